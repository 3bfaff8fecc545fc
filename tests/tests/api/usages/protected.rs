//! Values that protect a session, and values that must not leave the server.

/// The circumstances of a login, and the time of the last request.
mod security_metadata {
    use crate::usages::prelude::*;

    on_memory_and_sqlite!(the_last_activity_of_a_ported_login_is_changed);

    // schema: security_metadata
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct SecurityMetadata {
        #[serde(rename = "initialIP")]
        initial_ip: Option<String>,
        initial_user_agent: Option<String>,
        created_at: u64,
        last_activity: u64,
    }

    #[derive(SessionSchema)]
    #[session(rename_all = "camelCase")]
    struct Login {
        security_metadata: SecurityMetadata,
    }
    // end

    async fn the_last_activity_of_a_ported_login_is_changed(kind: Kind) {
        let mut metadata =
            json!({ "initialIP": "192.0.2.1", "createdAt": 1_796_119_200, "lastActivity": 1_796_119_200 });
        let mut visit = Visit::ported(kind, &json!({ "securityMetadata": metadata })).await;
        let now = 1_796_119_260;
        visit
            .request(async |login: &mut Typed<Login>| {
                // count: security_metadata
                login
                    .update_security_metadata(|metadata| metadata.as_mut().map(|metadata| metadata.last_activity = now))
                    .await?;
                // end
                Ok(())
            })
            .await;
        metadata["initialUserAgent"] = json!(null);
        metadata["lastActivity"] = json!(now);
        assert_eq!(visit.stored().await, json!({ "securityMetadata": metadata }));

        let same_ip = visit
            .request(async |login: &mut Typed<Login>| {
                // count: security_metadata
                let metadata = login.security_metadata().await?;
                let same_ip = metadata.is_some_and(|metadata| metadata.initial_ip.as_deref() == Some("192.0.2.1"));
                // end
                Ok(same_ip)
            })
            .await;
        assert!(same_ip);
    }
}

/// A token against request forgery that the first form creates.
mod form_token {
    use std::sync::atomic::{AtomicU32, Ordering};

    use crate::usages::prelude::*;

    on_memory_and_sqlite!(the_first_form_creates_the_token_of_all_forms);

    // schema: form_token
    #[derive(SessionSchema)]
    struct Forms {
        #[session(key = "csrf_token")]
        token: String,
    }
    // end

    async fn the_first_form_creates_the_token_of_all_forms(kind: Kind) {
        let created = AtomicU32::new(0);
        let random_token = || format!("token {}", created.fetch_add(1, Ordering::Relaxed));
        let mut visit = Visit::new(kind).await;
        for _ in 0..2 {
            let shown = visit
                .request(async |forms: &mut Typed<Forms>| {
                    // count: form_token
                    let token = forms.update_token(|token| token.get_or_insert_with(random_token).clone()).await?;
                    // end
                    Ok(token)
                })
                .await;
            assert_eq!(shown, "token 0");
        }
        assert_eq!(visit.app.spy.take_operations(), "create load", "the second form changes nothing");
        assert_eq!(visit.stored().await, json!({ "csrf_token": "token 0" }));

        for (submitted, expected) in [("token 0", true), ("token 1", false)] {
            let valid = visit
                .request(async |forms: &mut Typed<Forms>| {
                    // count: form_token
                    let valid = forms.token().await?.is_some_and(|token| constant_time_eq(&token, submitted));
                    // end
                    Ok(valid)
                })
                .await;
            assert_eq!(valid, expected);
        }
    }

    fn constant_time_eq(one: &str, other: &str) -> bool {
        let differences = one.bytes().zip(other.bytes()).fold(0, |bits, (one, other)| bits | (one ^ other));
        one.len() == other.len() && differences == 0
    }
}

/// A token of another service that a backup of the store must not reveal.
mod sealed_token {
    use crate::usages::prelude::*;

    on_memory_and_sqlite!(a_sealed_token_is_encrypted_in_the_store);

    // schema: sealed_token
    #[derive(SessionSchema)]
    struct Account {
        name: String,
        #[session(sealed)]
        refresh_token: String,
    }
    // end

    async fn a_sealed_token_is_encrypted_in_the_store(kind: Kind) {
        let mut visit = Visit::new(kind).await;
        visit
            .request(async |account: &mut Typed<Account>| {
                // count: sealed_token
                account.set_name("Ada".to_owned())?;
                account.set_refresh_token("hunter2".to_owned())?;
                // end
                Ok(())
            })
            .await;
        let text = visit.store_text().await;
        assert!(text.contains("name=\"Ada\"") && text.contains("refresh_token="), "{text}");
        assert!(!text.contains("hunter2"), "{text}");

        let token = visit
            .request(async |account: &mut Typed<Account>| {
                // count: sealed_token
                let token = account.refresh_token().await?;
                // end
                Ok(token)
            })
            .await;
        assert_eq!(token.as_deref(), Some("hunter2"));
    }
}

/// A page of all values, for support, without a token.
mod inspected_session {
    use crate::usages::prelude::*;

    on_memory_and_sqlite!(a_page_of_all_values_omits_the_token);

    // schema: inspected_session
    #[derive(SessionSchema)]
    struct Account {
        name: String,
        #[session(secret)]
        api_token: String,
    }
    // end

    async fn a_page_of_all_values_omits_the_token(kind: Kind) {
        let stored = json!({ "name": "Ada", "api_token": "hunter2" });
        let mut visit = Visit::ported(kind, &stored).await;
        visit
            .request(async |account: &mut Typed<Account>| {
                // count: inspected_session
                account.set_api_token("hunter3".to_owned())?;
                // end
                Ok(())
            })
            .await;
        let page = visit
            .request(async |account: &mut Typed<Account>| {
                // count: inspected_session
                let page = account.snapshot().await?;
                let token = account.api_token().await?;
                // end
                assert_eq!(token.as_deref(), Some("hunter3"));
                assert_eq!(account.entries().await?["api_token"], json!("[redacted]"));
                Ok(serde_json::to_value(page).unwrap())
            })
            .await;
        assert_eq!(page, json!({ "name": "Ada" }));
        assert!(visit.store_text().await.contains("hunter3"), "`secret` affects only output");
    }
}
