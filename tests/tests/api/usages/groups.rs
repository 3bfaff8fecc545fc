//! Values that are all present, or all absent.

/// A user with names, a role and permissions, which a login sets together.
mod permissions {
    #![expect(clippy::struct_excessive_bools, reason = "the permissions of the ported application")]

    use crate::usages::prelude::*;

    on_memory_and_sqlite!(the_permissions_of_a_ported_session_are_read_as_one_value);

    // schema: permissions
    #[derive(SessionSchema)]
    #[session(rename_all = "camelCase")]
    struct Login {
        user_id: u64,
        username: String,
        full_name: String,
        role: String,
        can_view: bool,
        can_download: bool,
        can_upload: bool,
        can_edit: bool,
        access_tenders: bool,
        access_entities: bool,
        access_suppliers: bool,
        access_projects: bool,
        access_guarantees: bool,
        access_contracts: bool,
        access_rfq: bool,
        access_po: bool,
    }
    // end

    async fn may_edit(visit: &mut Visit) -> bool {
        visit
            .request(async |login: &mut Typed<Login>| {
                // count: permissions
                let login = login.snapshot().await?;
                let is_editor = login.role.as_deref() == Some("admin") || login.can_edit == Some(true);
                let may_edit = login.user_id.is_some() && is_editor;
                // end
                Ok(may_edit)
            })
            .await
    }

    async fn the_permissions_of_a_ported_session_are_read_as_one_value(kind: Kind) {
        let mut visit = Visit::new(kind).await;
        visit
            .request(async |login: &mut Typed<Login>| {
                // count: permissions
                login.log_in(Login::USER_ID, 7).await?;
                login.set_username("ada".to_owned())?;
                login.set_full_name("Ada L.".to_owned())?;
                login.set_role("clerk".to_owned())?;
                login.set_can_view(true)?;
                login.set_can_download(true)?;
                login.set_can_upload(false)?;
                login.set_can_edit(true)?;
                login.set_access_tenders(true)?;
                login.set_access_entities(false)?;
                login.set_access_suppliers(false)?;
                login.set_access_projects(false)?;
                login.set_access_guarantees(false)?;
                login.set_access_contracts(false)?;
                login.set_access_rfq(false)?;
                login.set_access_po(true)?;
                // end
                Ok(())
            })
            .await;
        assert!(may_edit(&mut visit).await);
        let stored = visit.stored().await;
        assert_eq!(stored.as_object().unwrap().len(), 16);
        assert_eq!((&stored["fullName"], &stored["accessRfq"]), (&json!("Ada L."), &json!(false)));

        let mut visit = Visit::ported(kind, &stored).await;
        assert!(may_edit(&mut visit).await);
        visit
            .request(async |login: &mut Typed<Login>| {
                // count: permissions
                login.unset_all().await?;
                // end
                Ok(())
            })
            .await;
        assert_eq!(visit.stored().await, json!({}));

        let mut half = Visit::ported(kind, &json!({ "role": "admin" })).await;
        assert!(!may_edit(&mut half).await);
    }
}

/// A user and a role after the second factor, and only the user before it.
mod second_factor {
    use crate::usages::prelude::*;

    on_memory_and_sqlite!(a_user_is_logged_in_after_the_second_factor);

    // schema: second_factor
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Role {
        Admin,
        Member,
    }

    #[derive(SessionSchema)]
    struct Login {
        mfa_pending_user_id: String,
        user_id: String,
        user_role: Role,
    }
    // end

    async fn is_admin(visit: &mut Visit) -> bool {
        visit
            .request(async |login: &mut Typed<Login>| {
                // count: second_factor
                let is_admin = login.user_id().await?.is_some() && login.user_role().await? == Some(Role::Admin);
                // end
                Ok(is_admin)
            })
            .await
    }

    async fn a_user_is_logged_in_after_the_second_factor(kind: Kind) {
        let mut visit = Visit::new(kind).await;
        visit
            .request(async |login: &mut Typed<Login>| {
                // count: second_factor
                login.set_mfa_pending_user_id("u7".to_owned())?;
                // end
                Ok(())
            })
            .await;
        assert_eq!(visit.stored().await, json!({ "mfa_pending_user_id": "u7" }));
        assert!(!is_admin(&mut visit).await);
        visit
            .request(async |login: &mut Typed<Login>| {
                // count: second_factor
                if let Some(user_id) = login.remove_mfa_pending_user_id().await? {
                    login.log_in(Login::USER_ID, user_id).await?;
                    login.set_user_role(Role::Admin)?;
                }
                // end
                Ok(())
            })
            .await;
        assert!(is_admin(&mut visit).await);
        assert_eq!(visit.stored().await, json!({ "user_id": "u7", "user_role": "admin" }));

        let mut visit = Visit::ported(kind, &json!({ "user_id": "u8", "user_role": "member" })).await;
        assert!(!is_admin(&mut visit).await);
    }
}

/// A login as a state machine: nobody, a pending user, a logged-in user. The sessions of a user can be found.
mod login_states {
    use crate::usages::prelude::*;

    on_memory_and_sqlite!(a_pending_user_is_not_logged_in_and_a_logged_in_one_is_found);

    // schema: login_states
    #[derive(SessionSchema)]
    struct Login {
        pending_2fa_user: String,
        #[session(default)]
        logged_in: bool,
        #[session(index)]
        auth_username: String,
    }
    // end

    async fn username(visit: &mut Visit) -> Option<String> {
        visit
            .request(async |login: &mut Typed<Login>| {
                // count: login_states
                let username = if login.logged_in().await? { login.auth_username().await? } else { None };
                // end
                Ok(username)
            })
            .await
    }

    async fn a_pending_user_is_not_logged_in_and_a_logged_in_one_is_found(kind: Kind) {
        let mut visit = Visit::with(kind, |config| config.schema::<Login>()).await;
        visit
            .request(async |login: &mut Typed<Login>| {
                // count: login_states
                login.set_pending_2fa_user("ada".to_owned())?;
                // end
                Ok(())
            })
            .await;
        assert_eq!(username(&mut visit).await, None);
        visit
            .request(async |login: &mut Typed<Login>| {
                // count: login_states
                if let Some(auth_username) = login.remove_pending_2fa_user().await? {
                    login.log_in(Login::AUTH_USERNAME, auth_username).await?;
                    login.set_logged_in(true)?;
                }
                // end
                Ok(())
            })
            .await;
        assert_eq!(username(&mut visit).await.as_deref(), Some("ada"));
        assert_eq!(visit.stored().await, json!({ "logged_in": true, "auth_username": "ada" }));
        let find = async |visit: &Visit| visit.app.manager.find(Login::AUTH_USERNAME, "ada").await.unwrap().len();
        assert_eq!(find(&visit).await, 1);
        visit
            .request(async |login: &mut Typed<Login>| {
                // count: login_states
                login.unset_all().await?;
                // end
                Ok(())
            })
            .await;
        assert_eq!(visit.stored().await, json!({}));
        assert_eq!(find(&visit).await, 0);
    }
}
