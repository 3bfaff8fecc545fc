//! Values that are all present, or all absent.

/// A user with names, a role and permissions, which a login sets together.
mod permissions {
    #![expect(clippy::struct_excessive_bools, reason = "the permissions of the ported application")]

    use crate::usages::prelude::*;

    on_memory_and_sqlite!(the_permissions_of_a_ported_session_are_read_as_one_value);

    // schema: permissions
    #[derive(SessionSchema)]
    #[session(group, rename_all = "camelCase")]
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

    #[derive(SessionSchema)]
    struct Visitor {
        #[session(group)]
        login: Login,
    }
    // end

    fn login(user_id: u64) -> Login {
        Login {
            user_id,
            username: "ada".to_owned(),
            full_name: "Ada L.".to_owned(),
            role: "clerk".to_owned(),
            can_view: true,
            can_download: true,
            can_upload: false,
            can_edit: true,
            access_tenders: true,
            access_entities: false,
            access_suppliers: false,
            access_projects: false,
            access_guarantees: false,
            access_contracts: false,
            access_rfq: false,
            access_po: true,
        }
    }

    async fn may_edit(visit: &mut Visit) -> bool {
        visit
            .request(async |visitor: &mut Typed<Visitor>| {
                // count: permissions
                let may_edit = visitor.login().await?.is_some_and(|login| login.role == "admin" || login.can_edit);
                // end
                Ok(may_edit)
            })
            .await
    }

    async fn the_permissions_of_a_ported_session_are_read_as_one_value(kind: Kind) {
        let mut visit = Visit::new(kind).await;
        visit
            .request(async |visitor: &mut Typed<Visitor>| {
                // count: permissions
                visitor.log_in(Login::USER_ID, 7).await?;
                visitor.set_login(login(7))?;
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
            .request(async |visitor: &mut Typed<Visitor>| {
                // count: permissions
                visitor.unset_login()?;
                // end
                Ok(())
            })
            .await;
        assert_eq!(visit.stored().await, json!({}));

        let mut half = Visit::ported(kind, &json!({ "userId": 7, "role": "admin" })).await;
        assert!(!may_edit(&mut half).await, "half of a group is no login");
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
    #[session(group)]
    struct User {
        user_id: String,
        user_role: Role,
    }

    #[derive(SessionSchema)]
    struct Login {
        mfa_pending_user_id: String,
        #[session(group)]
        user: User,
    }
    // end

    async fn is_admin(visit: &mut Visit) -> bool {
        visit
            .request(async |login: &mut Typed<Login>| {
                // count: second_factor
                let is_admin = login.user().await?.is_some_and(|user| user.user_role == Role::Admin);
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
                    login.log_in(User::USER_ID, user_id.clone()).await?;
                    login.set_user(User { user_id, user_role: Role::Admin })?;
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
    use session::SessionConfig;

    use crate::usages::prelude::*;

    on_memory_and_sqlite!(a_pending_user_is_not_logged_in_and_a_logged_in_one_is_found);

    // schema: login_states
    #[derive(SessionSchema)]
    #[session(group)]
    struct LoggedIn {
        logged_in: bool,
        #[session(index)]
        auth_username: String,
    }

    #[derive(SessionSchema)]
    struct Login {
        pending_2fa_user: String,
        #[session(group)]
        user: LoggedIn,
    }
    // end

    async fn username(visit: &mut Visit) -> Option<String> {
        visit
            .request(async |login: &mut Typed<Login>| {
                // count: login_states
                let username = login.user().await?.filter(|user| user.logged_in).map(|user| user.auth_username);
                // end
                Ok(username)
            })
            .await
    }

    async fn a_pending_user_is_not_logged_in_and_a_logged_in_one_is_found(kind: Kind) {
        let mut visit = Visit::with(kind, SessionConfig::schema::<Login>).await;
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
                    login.log_in(LoggedIn::AUTH_USERNAME, auth_username.clone()).await?;
                    login.set_user(LoggedIn { logged_in: true, auth_username })?;
                }
                // end
                Ok(())
            })
            .await;
        assert_eq!(username(&mut visit).await.as_deref(), Some("ada"));
        assert_eq!(visit.stored().await, json!({ "logged_in": true, "auth_username": "ada" }));
        let find = async |visit: &Visit| visit.app.manager.find(LoggedIn::AUTH_USERNAME, "ada").await.unwrap().len();
        assert_eq!(find(&visit).await, 1);
        visit
            .request(async |login: &mut Typed<Login>| {
                // count: login_states
                login.unset_user()?;
                login.unset_pending_2fa_user()?;
                // end
                Ok(())
            })
            .await;
        assert_eq!(visit.stored().await, json!({}));
        assert_eq!(find(&visit).await, 0);
    }
}
