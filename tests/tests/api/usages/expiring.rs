//! Values that are valid for some minutes.

/// A one-time code.
mod one_time_code {
    use std::time::Duration;

    use crate::usages::prelude::*;

    on_memory_and_sqlite!(a_code_is_valid_once_and_for_five_minutes);

    // schema: one_time_code
    #[derive(SessionSchema)]
    struct Codes {
        #[session(flash, expires_in = "5m")]
        otp: String,
    }
    // end

    async fn a_code_is_valid_once_and_for_five_minutes(kind: Kind) {
        let mut visit = Visit::new(kind).await;
        let code = || "12345".to_owned();
        let submitted = "12345";
        for (seconds, expected) in [(299, [true, false]), (300, [false, false])] {
            visit
                .request(async |codes: &mut Typed<Codes>| {
                    // count: one_time_code
                    codes.set_otp(code())?;
                    // end
                    Ok(())
                })
                .await;
            let expires_at = super::millis(visit.app.now() + Duration::from_mins(5));
            let text = format!("otp={{\"timed:expires_at\":{expires_at},\"value\":\"12345\"}}");
            assert_eq!(visit.store_text().await, text);
            assert_eq!(visit.stored().await, json!({ "otp": "12345" }));

            visit.app.advance(Duration::from_secs(seconds));
            for expected in expected {
                let valid = visit
                    .request(async |codes: &mut Typed<Codes>| {
                        // count: one_time_code
                        let valid = codes.take_otp().await?.is_some_and(|otp| otp == submitted);
                        // end
                        Ok(valid)
                    })
                    .await;
                assert_eq!(valid, expected);
            }
            assert_eq!(visit.stored().await, json!({}));
        }
    }
}

/// A one-time code for each registration, which is valid for ten minutes.
mod code_per_registration {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use crate::usages::prelude::*;

    on_memory_and_sqlite!(each_registration_has_a_code_that_is_used_once_within_ten_minutes);

    // schema: code_per_registration
    #[derive(SessionSchema)]
    struct Codes {
        #[session(keyed, flash, expires_in = "10m")]
        reg_otp: BTreeMap<String, String>,
    }
    // end

    async fn each_registration_has_a_code_that_is_used_once_within_ten_minutes(kind: Kind) {
        let mut visit = Visit::new(kind).await;
        for (registration, code) in [("REG-1", "111111"), ("REG-2", "222222"), ("REG-3", "333333")] {
            visit
                .request(async |codes: &mut Typed<Codes>| {
                    // count: code_per_registration
                    codes.set_reg_otp(registration, code.to_owned())?;
                    // end
                    Ok(())
                })
                .await;
        }
        let stored = visit.stored().await;
        let keys: Vec<_> = stored.as_object().unwrap().keys().cloned().collect();
        assert_eq!(keys, ["reg_otp:REG-1", "reg_otp:REG-2", "reg_otp:REG-3"]);

        for (registration, minutes, expected) in
            [("REG-1", 9, Some("111111")), ("REG-1", 0, None), ("REG-2", 0, Some("222222")), ("REG-3", 1, None)]
        {
            visit.app.advance(Duration::from_mins(minutes));
            let code = visit
                .request(async |codes: &mut Typed<Codes>| {
                    // count: code_per_registration
                    let code = codes.take_reg_otp(registration).await?;
                    // end
                    Ok(code)
                })
                .await;
            assert_eq!(code.as_deref(), expected, "{registration}");
        }
        assert_eq!(visit.stored().await, json!({}));
    }
}

/// The state of an authorization with OAuth, with the verifier of PKCE.
mod oauth_state {
    use std::time::Duration;

    use crate::usages::prelude::*;

    on_memory_and_sqlite!(the_state_of_an_authorization_is_used_once_within_ten_minutes);

    // schema: oauth_state
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Provider {
        Google,
        Slack,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct OAuth {
        provider: Provider,
        state: String,
        verifier: Option<String>,
    }

    #[derive(SessionSchema)]
    #[session(rename_all = "camelCase")]
    struct Login {
        user_id: String,
        #[session(flash, expires_in = "10m")]
        oauth: OAuth,
    }
    // end

    async fn the_state_of_an_authorization_is_used_once_within_ten_minutes(kind: Kind) {
        for (seconds, provider, expected) in [(599, Provider::Google, Some("v1")), (600, Provider::Slack, None)] {
            let mut visit = Visit::ported(kind, &json!({ "userId": "u7" })).await;
            visit
                .request(async |login: &mut Typed<Login>| {
                    // count: oauth_state
                    login.set_oauth(OAuth { provider, state: "s1".to_owned(), verifier: Some("v1".to_owned()) })?;
                    // end
                    Ok(())
                })
                .await;
            visit.app.advance(Duration::from_secs(seconds));
            let oauth = visit
                .request(async |login: &mut Typed<Login>| {
                    // count: oauth_state
                    let oauth = login.take_oauth().await?;
                    // end
                    Ok(oauth)
                })
                .await;
            assert_eq!(oauth.and_then(|oauth| oauth.verifier).as_deref(), expected);
            visit.request(async |login: &mut Typed<Login>| login.log_in(Login::USER_ID, "u7".to_owned()).await).await;
            assert_eq!(visit.store_text().await, "userId=\"u7\"", "the next commit deletes an expired state");
        }
    }
}

/// The data of each authorization that an identity provider has not answered yet.
mod provider_state {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use crate::usages::prelude::*;

    on_memory_and_sqlite!(two_authorizations_do_not_replace_each_other);

    // schema: provider_state
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Authorization {
        redirect_uri: String,
    }

    #[derive(SessionSchema)]
    struct Login {
        #[session(keyed, flash, key = "_state_google", expires_in = "5m")]
        authorization: BTreeMap<String, Authorization>,
    }
    // end

    async fn two_authorizations_do_not_replace_each_other(kind: Kind) {
        let mut visit = Visit::new(kind).await;
        for (state, uri) in [("s1", "/one"), ("s2", "/two")] {
            visit
                .request(async |login: &mut Typed<Login>| {
                    // count: provider_state
                    login.set_authorization(state, Authorization { redirect_uri: uri.to_owned() })?;
                    // end
                    Ok(())
                })
                .await;
            visit.app.advance(Duration::from_mins(3));
        }
        let stored = visit.stored().await;
        assert_eq!(stored, json!({ "_state_google:s2": { "redirect_uri": "/two" } }), "the first one has expired");

        for (state, expected) in [("s1", None), ("s2", Some("/two")), ("s2", None)] {
            let authorization = visit
                .request(async |login: &mut Typed<Login>| {
                    // count: provider_state
                    let authorization = login.take_authorization(state).await?;
                    // end
                    Ok(authorization)
                })
                .await;
            assert_eq!(authorization.map(|found| found.redirect_uri).as_deref(), expected);
        }
        assert_eq!(visit.store_text().await, "", "the commit deletes the expired one");
    }
}

/// A user who has entered the password, and has five minutes for the second factor.
mod pending_login {
    use std::time::Duration;

    use crate::usages::prelude::*;

    on_memory_and_sqlite!(a_login_is_pending_for_five_minutes);

    // schema: pending_login
    #[derive(SessionSchema)]
    struct Login {
        #[session(expires_in = "5m")]
        pending_2fa_user: String,
    }
    // end

    async fn a_login_is_pending_for_five_minutes(kind: Kind) {
        let ported = json!({ "pending_2fa_user": "ada", "pending_2fa_at": 1_796_119_200.5 });
        let mut visit = Visit::ported(kind, &ported).await;
        let user = visit.request(async |login: &mut Typed<Login>| login.pending_2fa_user().await).await;
        assert_eq!(user, None, "its time is not known");

        let mut visit = Visit::new(kind).await;
        let start = async |login: &mut Typed<Login>| {
            // count: pending_login
            login.set_pending_2fa_user("ada".to_owned())?;
            // end
            Ok(())
        };
        visit.request(start).await;
        for (seconds, expected) in [(0, Some("ada")), (299, Some("ada")), (1, None)] {
            visit.app.advance(Duration::from_secs(seconds));
            let user = visit
                .request(async |login: &mut Typed<Login>| {
                    // count: pending_login
                    let user = login.pending_2fa_user().await?;
                    // end
                    Ok(user)
                })
                .await;
            assert_eq!(user.as_deref(), expected);
        }
        visit.request(start).await;
        visit
            .request(async |login: &mut Typed<Login>| {
                // count: pending_login
                login.unset_pending_2fa_user()?;
                // end
                Ok(())
            })
            .await;
        assert_eq!(visit.stored().await, json!({}));
    }
}

fn millis(time: std::time::SystemTime) -> u64 {
    u64::try_from(time.duration_since(std::time::UNIX_EPOCH).unwrap().as_millis()).unwrap()
}
