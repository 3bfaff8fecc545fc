//! Logged-in users and their profiles.

/// A token of an identity provider, and the time when it expires.
mod token_with_date {
    use time::OffsetDateTime;

    use crate::usages::prelude::*;

    on_memory_and_sqlite!(a_date_of_a_ported_session_is_read_and_stored_in_the_same_format);

    // schema: token_with_date
    #[derive(SessionSchema)]
    #[session(rename_all = "camelCase")]
    struct Login {
        user_id: String,
        email: String,
        token: String,
        #[session(with = "time::serde::rfc3339")]
        expires_on: OffsetDateTime,
        #[session(flash, key = "__flash_error__")]
        error: String,
    }
    // end

    async fn a_date_of_a_ported_session_is_read_and_stored_in_the_same_format(kind: Kind) {
        let day = |unix| OffsetDateTime::from_unix_timestamp(unix).unwrap();
        let ported = json!({
            "userId": "u7", "token": "t0", "expiresOn": "2026-12-01T10:00:00.000Z", "__flash_error__": "Denied",
        });
        let mut visit = Visit::ported(kind, &ported).await;
        let read = visit
            .request(async |login: &mut Typed<Login>| {
                // count: token_with_date
                let token = login.token().await?;
                let expires_on = login.expires_on().await?;
                let error = login.take_error().await?;
                // end
                Ok((token.unwrap(), expires_on.unwrap(), error.unwrap()))
            })
            .await;
        assert_eq!(read, ("t0".to_owned(), day(1_796_119_200), "Denied".to_owned()));

        let expires_on = day(1_796_119_200 + 24 * 3600);
        visit
            .request(async |login: &mut Typed<Login>| {
                // count: token_with_date
                login.set_user_id("u8".to_owned())?;
                login.set_email("ada@example.org".to_owned())?;
                login.set_token("t1".to_owned())?;
                login.set_expires_on(expires_on)?;
                // end
                Ok(())
            })
            .await;
        let expected =
            json!({ "userId": "u8", "email": "ada@example.org", "token": "t1", "expiresOn": "2026-12-02T10:00:00Z" });
        assert_eq!(visit.stored().await, expected);
    }
}

/// The user as one object, and the token of a password reset.
mod user_object {
    use crate::usages::prelude::*;

    on_memory_and_sqlite!(a_user_object_is_kept_when_the_reset_token_is_removed);

    // schema: user_object
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct User {
        id: u64,
        username: String,
        rol: u8,
    }

    #[derive(SessionSchema)]
    #[session(rename_all = "camelCase")]
    struct Account {
        user: User,
        restore_token: String,
    }
    // end

    async fn a_user_object_is_kept_when_the_reset_token_is_removed(kind: Kind) {
        let stored = json!({ "user": { "id": 7, "username": "ada", "rol": 2 }, "restoreToken": "r1" });
        let mut visit = Visit::new(kind).await;
        visit
            .request(async |account: &mut Typed<Account>| {
                // count: user_object
                account.set_user(User { id: 7, username: "ada".to_owned(), rol: 2 })?;
                account.set_restore_token("r1".to_owned())?;
                // end
                Ok(())
            })
            .await;
        assert_eq!(visit.stored().await, stored);

        let mut visit = Visit::ported(kind, &stored).await;
        let (user, token) = visit
            .request(async |account: &mut Typed<Account>| {
                // count: user_object
                let user = account.user().await?;
                let token = account.remove_restore_token().await?;
                // end
                Ok((user.unwrap(), token))
            })
            .await;
        assert_eq!((user.username.as_str(), token.as_deref()), ("ada", Some("r1")));
        assert_eq!(visit.stored().await, json!({ "user": user }));
    }
}

/// The key under which passport.js stores its user.
mod passport {
    use crate::usages::prelude::*;

    on_memory_and_sqlite!(the_user_of_passport_is_read_from_a_ported_session);

    // schema: passport
    #[derive(Serialize, Deserialize)]
    struct Passport {
        user: User,
    }

    #[derive(Serialize, Deserialize)]
    struct User {
        username: String,
        id: String,
    }

    #[derive(SessionSchema)]
    struct Login {
        passport: Passport,
    }
    // end

    async fn the_user_of_passport_is_read_from_a_ported_session(kind: Kind) {
        let mut visit = Visit::ported(kind, &json!({ "passport": { "user": { "username": "ada", "id": "7" } } })).await;
        let name = visit
            .request(async |login: &mut Typed<Login>| {
                // count: passport
                let user = login.passport().await?.map(|passport| passport.user);
                // end
                Ok(user.map(|user| user.username))
            })
            .await;
        assert_eq!(name.as_deref(), Some("ada"));

        visit
            .request(async |login: &mut Typed<Login>| {
                // count: passport
                login.set_passport(Passport { user: User { username: "bob".to_owned(), id: "8".to_owned() } })?;
                // end
                Ok(())
            })
            .await;
        assert_eq!(visit.stored().await, json!({ "passport": { "user": { "username": "bob", "id": "8" } } }));
    }
}

/// A user whose role is one of a few words.
mod role_of_user {
    use crate::usages::prelude::*;

    on_memory_and_sqlite!(a_role_is_stored_as_its_word);

    // schema: role_of_user
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Role {
        Husband,
        Wife,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct User {
        name: String,
        role: Role,
    }

    #[derive(SessionSchema)]
    struct Login {
        user: User,
    }
    // end

    async fn a_role_is_stored_as_its_word(kind: Kind) {
        let mut visit = Visit::new(kind).await;
        visit
            .request(async |login: &mut Typed<Login>| {
                // count: role_of_user
                login.set_user(User { name: "Ada".to_owned(), role: Role::Wife })?;
                // end
                Ok(())
            })
            .await;
        let stored = json!({ "user": { "name": "Ada", "role": "wife" } });
        assert_eq!(visit.stored().await, stored);

        let user = Visit::ported(kind, &stored)
            .await
            .request(async |login: &mut Typed<Login>| {
                // count: role_of_user
                let user = login.user().await?;
                // end
                Ok(user)
            })
            .await;
        assert_eq!(user, Some(User { name: "Ada".to_owned(), role: Role::Wife }));
    }
}

/// A profile with many fields, which a page shows all at once.
mod profile {
    #![expect(clippy::struct_excessive_bools, reason = "the role of the ported application")]

    use time::OffsetDateTime;

    use crate::usages::prelude::*;

    on_memory_and_sqlite!(a_ported_profile_is_read_at_once_and_one_field_is_changed);

    // schema: profile
    #[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
    #[serde(default)]
    struct Role {
        id: u64,
        name: String,
        color: String,
        default: bool,
        team: bool,
        high_team: bool,
        priority: u32,
        gradient: bool,
        start: Option<String>,
        end: Option<String>,
    }

    #[derive(Serialize, Deserialize)]
    struct Account {
        id: u64,
    }

    #[derive(SessionSchema)]
    struct Profile {
        #[session(key = "id")]
        profile_id: u64,
        username: String,
        email: String,
        avatar_url: String,
        banner_url: String,
        signature: String,
        token: String,
        #[session(key = "createdAt", with = "time::serde::rfc3339")]
        created_at: OffsetDateTime,
        #[session(key = "updatedAt", with = "time::serde::rfc3339")]
        updated_at: OffsetDateTime,
        role: Role,
        user_id: Account,
        #[session(key = "isLoggedIn", default)]
        is_logged_in: bool,
    }
    // end

    async fn a_ported_profile_is_read_at_once_and_one_field_is_changed(kind: Kind) {
        let mut ported = json!({
            "id": 7, "username": "ada", "signature": "A.", "createdAt": "2026-01-01T00:00:00.000Z",
            "role": { "id": 1, "name": "Admin", "team": true, "priority": 9, "start": null }, "user_id": { "id": 70 },
            "isLoggedIn": true,
        });
        let mut visit = Visit::ported(kind, &ported).await;
        let profile = visit
            .request(async |profile: &mut Typed<Profile>| {
                // count: profile
                let profile = profile.snapshot().await?;
                // end
                Ok(profile)
            })
            .await;
        assert_eq!((profile.profile_id, profile.username.as_deref()), (Some(7), Some("ada")));
        assert_eq!((profile.email, profile.created_at.map(OffsetDateTime::year)), (None, Some(2026)));
        assert_eq!((profile.role.unwrap().priority, profile.user_id.unwrap().id), (9, 70));
        assert!(profile.is_logged_in);

        visit
            .request(async |profile: &mut Typed<Profile>| {
                // count: profile
                profile.set_username("ada.l".to_owned())?;
                profile.update_role(|role| role.get_or_insert_default().priority = 10).await?;
                // end
                Ok(())
            })
            .await;
        let role = json!({
            "id": 1, "name": "Admin", "color": "", "default": false, "team": true, "high_team": false, "priority": 10,
            "gradient": false, "start": null, "end": null,
        });
        ported["username"] = json!("ada.l");
        ported["role"] = role;
        assert_eq!(visit.stored().await, ported);
    }
}

/// Sign-In with Ethereum.
mod ethereum {
    use crate::usages::prelude::*;

    on_memory_and_sqlite!(a_verified_address_is_logged_in_with_a_new_token);

    // schema: ethereum
    #[derive(SessionSchema)]
    #[session(rename_all = "camelCase")]
    struct Wallet {
        address: String,
        chain_id: u64,
        #[session(default)]
        authenticated: bool,
    }
    // end

    async fn a_verified_address_is_logged_in_with_a_new_token(kind: Kind) {
        let mut visit = Visit::ported(kind, &json!({ "chainId": 1 })).await;
        let before = visit.browser.cookie("__Host-id").unwrap().to_owned();
        visit
            .request(async |wallet: &mut Typed<Wallet>| {
                assert!(!wallet.authenticated().await?);
                // count: ethereum
                wallet.log_in(Wallet::ADDRESS, "0xA1".to_owned()).await?;
                wallet.set_chain_id(10)?;
                wallet.set_authenticated(true)?;
                // end
                Ok(())
            })
            .await;
        assert_ne!(visit.browser.cookie("__Host-id").unwrap(), before);
        let address = visit
            .request(async |wallet: &mut Typed<Wallet>| {
                // count: ethereum
                let address = if wallet.authenticated().await? { wallet.address().await? } else { None };
                // end
                Ok(address)
            })
            .await;
        assert_eq!(address.as_deref(), Some("0xA1"));
        assert_eq!(visit.stored().await, json!({ "address": "0xA1", "chainId": 10, "authenticated": true }));
    }
}

/// A user who may be anonymous.
mod anonymous_user {
    use crate::usages::prelude::*;

    on_memory_and_sqlite!(an_anonymous_user_becomes_a_named_one);

    // schema: anonymous_user
    #[derive(SessionSchema)]
    #[session(rename_all = "camelCase")]
    struct User {
        user_id: String,
        email: String,
        name: String,
        role: String,
        #[session(default)]
        is_anonymous: bool,
    }
    // end

    async fn an_anonymous_user_becomes_a_named_one(kind: Kind) {
        let mut visit = Visit::ported(kind, &json!({ "userId": "u7", "isAnonymous": true })).await;
        visit
            .request(async |user: &mut Typed<User>| {
                assert!(user.is_anonymous().await?);
                // count: anonymous_user
                user.set_name("Ada".to_owned())?;
                user.set_email("ada@example.org".to_owned())?;
                user.unset_is_anonymous()?;
                // end
                Ok(())
            })
            .await;
        let user = visit
            .request(async |user: &mut Typed<User>| {
                // count: anonymous_user
                let user = user.snapshot().await?;
                // end
                Ok(user)
            })
            .await;
        assert_eq!((user.user_id.as_deref(), user.name.as_deref(), user.role), (Some("u7"), Some("Ada"), None));
        assert!(!user.is_anonymous);
        assert_eq!(visit.stored().await, json!({ "userId": "u7", "name": "Ada", "email": "ada@example.org" }));
    }
}

/// A wallet with a secret, and an error for the next page.
mod wallet {
    use crate::usages::prelude::*;

    on_memory_and_sqlite!(an_error_is_shown_once_and_the_wallet_stays);

    // schema: wallet
    #[derive(SessionSchema)]
    #[session(rename_all = "camelCase")]
    struct Wallet {
        account_address: String,
        secret: String,
        #[session(default)]
        has_rental_hook: bool,
        #[session(flash, key = "__flash_error__")]
        error: String,
    }
    // end

    async fn an_error_is_shown_once_and_the_wallet_stays(kind: Kind) {
        let mut visit = Visit::ported(kind, &json!({ "accountAddress": "0xA1", "secret": "s0" })).await;
        visit
            .request(async |wallet: &mut Typed<Wallet>| {
                // count: wallet
                wallet.set_has_rental_hook(true)?;
                wallet.set_error("no funds".to_owned())?;
                // end
                Ok(())
            })
            .await;
        for expected in [Some("no funds"), None] {
            let (has_hook, error) = visit
                .request(async |wallet: &mut Typed<Wallet>| {
                    // count: wallet
                    let has_hook = wallet.has_rental_hook().await?;
                    let error = wallet.take_error().await?;
                    // end
                    Ok((has_hook, error))
                })
                .await;
            assert_eq!((has_hook, error.as_deref()), (true, expected));
        }
        assert_eq!(visit.stored().await, json!({ "accountAddress": "0xA1", "secret": "s0", "hasRentalHook": true }));
    }
}

/// A wrapper of the session with methods for the user id, as Rust applications write by hand.
mod typed_session {
    use crate::usages::prelude::*;

    on_memory_and_sqlite!(a_user_is_logged_in_and_logged_out);

    // schema: typed_session
    #[derive(SessionSchema)]
    struct Login {
        user_id: u64,
    }
    // end

    async fn a_user_is_logged_in_and_logged_out(kind: Kind) {
        let mut visit = Visit::new(kind).await;
        visit
            .request(async |login: &mut Typed<Login>| {
                // count: typed_session
                login.log_in(Login::USER_ID, 7).await?;
                // end
                Ok(())
            })
            .await;
        assert_eq!(visit.stored().await, json!({ "user_id": 7 }));
        visit
            .request(async |login: &mut Typed<Login>| {
                // count: typed_session
                let user_id = login.user_id().await?;
                login.invalidate();
                // end
                assert_eq!(user_id, Some(7));
                Ok(())
            })
            .await;
        assert_eq!(visit.stored().await, json!({}));
        assert!(visit.browser.cookie_names().is_empty());
    }
}

/// A login through a SAML identity provider.
mod saml {
    use crate::usages::prelude::*;

    on_memory_and_sqlite!(the_relay_state_of_a_login_is_used_once);

    // schema: saml
    #[derive(SessionSchema)]
    #[session(rename_all = "camelCase")]
    struct Saml {
        #[session(flash)]
        relay_state: String,
        idp: String,
        user_id: String,
        email: String,
        saml_session_id: String,
        #[session(default)]
        authenticated: bool,
    }
    // end

    async fn the_relay_state_of_a_login_is_used_once(kind: Kind) {
        let mut visit = Visit::new(kind).await;
        visit
            .request(async |saml: &mut Typed<Saml>| {
                // count: saml
                saml.set_relay_state("/report".to_owned())?;
                saml.set_idp("corp".to_owned())?;
                // end
                Ok(())
            })
            .await;
        let ported = visit.stored().await;
        assert_eq!(ported, json!({ "relayState": "/report", "idp": "corp" }));

        let mut visit = Visit::ported(kind, &ported).await;
        let target = visit
            .request(async |saml: &mut Typed<Saml>| {
                // count: saml
                let target = saml.take_relay_state().await?;
                saml.log_in(Saml::USER_ID, "u7".to_owned()).await?;
                saml.set_email("ada@example.org".to_owned())?;
                saml.set_saml_session_id("s1".to_owned())?;
                saml.set_authenticated(true)?;
                // end
                Ok(target)
            })
            .await;
        assert_eq!(target.as_deref(), Some("/report"));
        let expected = json!({
            "idp": "corp", "userId": "u7", "email": "ada@example.org", "samlSessionId": "s1", "authenticated": true,
        });
        assert_eq!(visit.stored().await, expected);
    }
}

/// A user of one of several tenants. A JavaScript application stored `null` for the tenant that is not chosen yet.
mod tenant_user {
    use crate::usages::prelude::*;

    on_memory_and_sqlite!(a_null_of_a_ported_session_reads_as_absent);

    // schema: tenant_user
    #[derive(SessionSchema)]
    #[session(rename_all = "camelCase")]
    struct Login {
        user_id: String,
        role: String,
        tenant_id: String,
        #[session(null = "absent")]
        reserve_id: String,
        session_id: String,
        issued_at: u64,
    }
    // end

    async fn a_null_of_a_ported_session_reads_as_absent(kind: Kind) {
        let mut ported = json!({
            "userId": "u7", "role": "staff", "tenantId": "t1", "reserveId": null, "sessionId": "s1", "issuedAt": 1_796,
        });
        let mut visit = Visit::ported(kind, &ported).await;
        let (user_id, reserve_id) = visit
            .request(async |login: &mut Typed<Login>| {
                // count: tenant_user
                let user_id = login.user_id().await?;
                let reserve_id = login.reserve_id().await?;
                // end
                Ok((user_id, reserve_id))
            })
            .await;
        assert_eq!((user_id.as_deref(), reserve_id), (Some("u7"), None));
        assert_eq!(visit.stored().await, ported);

        visit
            .request(async |login: &mut Typed<Login>| {
                // count: tenant_user
                login.set_reserve_id("r1".to_owned())?;
                // end
                Ok(())
            })
            .await;
        ported["reserveId"] = json!("r1");
        assert_eq!(visit.stored().await, ported);
    }
}
