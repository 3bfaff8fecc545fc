//! The other pages: after the response, observability, testing, usages, and those for users of another library.

use session::store::MemoryStore;
use session::{Error, SecretKey, Session, SessionConfig, SessionManager};

fn open() -> Session {
    let config = SessionConfig::new(SecretKey::generate());
    SessionManager::new(MemoryStore::new(), config).open(&http::HeaderMap::new())
}

mod handshakes {
    samples!("after_the_response", "handshakes-of-other-sites");

    #[test]
    fn a_handshake_of_a_sibling_subdomain_is_cross_origin() {
        let headers = |origin: &str| {
            let pairs = [("host", "shop.example"), ("origin", origin)];
            pairs
                .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
                .into_iter()
                .collect::<HeaderMap>()
        };
        assert!(!is_cross_origin(&headers("https://shop.example")));
        assert!(is_cross_origin(&headers("https://other.shop.example")));
    }
}

mod audit_log {
    samples!("observability", "audit-log-of-logins");

    #[tokio::test]
    async fn a_login_has_an_id_after_its_commit() -> Result<(), super::Error> {
        let mut session = super::open();
        log_in(&mut session.typed_mut(), "Ada".to_owned()).await?;
        assert!(session.id().is_some());
        log_out(&mut session.typed_mut()).await?;
        session.finalize(&mut http::HeaderMap::new()).await
    }
}

mod usages {
    samples!("usages", "examples");

    #[tokio::test]
    async fn a_message_is_shown_with_the_cart() -> Result<(), super::Error> {
        let mut session = super::open();
        let mut shop = session.typed_mut();
        add(&mut shop, "tea".to_owned()).await?;
        assert_eq!(show(&mut shop).await?, (Some("Added.".to_owned()), vec!["tea".to_owned()]));
        Ok(())
    }
}

/// These samples are tests.
mod testing_your_handlers {
    mod function {
        samples!("testing_your_handlers", "a-function");
    }
    mod router {
        samples!("testing_your_handlers", "a-router");
    }
    mod time {
        samples!("testing_your_handlers", "time");
    }
    mod failing_store {
        samples!("testing_your_handlers", "a-store-that-fails");
    }
}

mod from_axum_login {
    mod users_only {
        use session::store::MemoryStore;
        use session::testing::Client;
        use session::{SecretKey, SessionConfig};

        samples!("from_axum_login", "a-page-for-users-only");

        #[tokio::test]
        async fn a_visitor_is_redirected_and_a_user_sees_the_page() {
            let config = SessionConfig::new(SecretKey::generate()).index(Visitor::USER_ID);
            let mut client = Client::axum(app(SessionManager::new(MemoryStore::new(), config), Users));
            assert_eq!(client.get("/account").await.headers()["location"], "/login?next=/account");
            assert_eq!(client.post("/login", "name=Ada&password=wrong").await.status(), 401);
            assert_eq!(client.submit("/login", "name=Ada&password=secret").await.body(), "Hello, Ada");
        }
    }

    mod live_sessions {
        samples!("from_axum_login", "live-sessions");

        #[test]
        fn a_login_of_axum_login_is_converted() {
            let login = serde_json::json!({"user_id": 7, "auth_hash": [1, 2]});
            let data = HashMap::from_iter([("axum-login.data".to_owned(), login)]);
            let data = convert(&mut super::super::open(), data, Duration::ZERO);
            assert_eq!((&data["user.id"], &data["auth_hash"]), (&7.into(), &serde_json::json!([1, 2])));
        }
    }
}
