//! The recipes with an identity provider: callbacks by POST, and access tokens.

mod callbacks {
    use session::testing::Client;

    samples!("recipes", "callbacks-by-post-from-another-site");

    /// Runs the login. A POST from the provider has only the cookies with `SameSite=None`.
    #[tokio::test]
    async fn a_callback_logs_in_once_and_keeps_the_visitors_session() -> Result<(), session::Error> {
        use axum::http::{Request, header};

        let (store, key) = (MemoryStore::new(), SecretKey::generate());
        let manager = SessionManager::new(store.clone(), SessionConfig::new(key.clone()));
        let app = app(manager.clone(), store, key)?;
        let mut client = Client::axum(app.clone());
        client.browser.with(&manager, async |session| session.insert("cart", "tea").await).await?;
        client.get("/sso/start").await;
        let sso_cookie = format!("__Host-sso={}", client.browser.cookie("__Host-sso").unwrap());
        let post = |state: &str| {
            let form = Request::post("/sso/callback").header(header::COOKIE, &sso_cookie);
            let form = form.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            form.body(format!("state={state}&user=Ada")).unwrap()
        };
        let mut from_provider = Client::axum(app);
        assert_eq!(from_provider.send(post("forged")).await.status(), 400);
        client.get("/sso/start").await;
        assert_eq!(from_provider.send(post("random")).await.status(), 303);
        assert_eq!(client.get("/sso/complete").await.status(), 303);
        let visitor = client.browser.with(&manager, async |session| {
            Ok((session.typed::<Visitor>().user().await?, session.get::<String>("cart").await?))
        });
        assert_eq!(visitor.await?, (Some("Ada".to_owned()), Some("tea".to_owned())));
        assert_eq!(from_provider.send(post("random")).await.status(), 400, "a callback works once");
        Ok(())
    }
}

mod access_tokens {
    use session::event::StoreOperation;
    use session::store::MemoryStore;
    use session::testing::{Browser, FailingStore};
    use session::{SecretKey, SessionConfig, SessionManager};

    samples!("recipes", "access-tokens-of-a-provider");

    /// The provider accepts a refresh token once: one request refreshes, and a dropped one loses nothing.
    #[tokio::test]
    async fn parallel_and_dropped_requests_refresh_once() -> Result<(), session::Error> {
        let store = FailingStore::new(MemoryStore::new());
        let manager = SessionManager::new(store.clone(), SessionConfig::new(SecretKey::generate()));
        let mut browser = Browser::new();
        let set = async |account: &mut Typed<Account>| account.set_refresh_token("first".to_owned());
        browser.with(&manager, async |session| set(&mut session.typed_mut()).await).await?;
        store.take_operations();

        let open = || manager.open(&browser.request());
        let mut dropped = open();
        let mut dropped = dropped.typed_mut();
        let timeout = tokio::time::timeout(Duration::from_millis(10), access_token(&mut dropped));
        timeout.await.unwrap_err();
        let (mut one, mut two) = (open(), open());
        let (mut one, mut two) = (one.typed_mut(), two.typed_mut());
        let tokens = tokio::join!(access_token(&mut one), access_token(&mut two));
        assert_eq!((tokens.0?.as_deref(), tokens.1?.as_deref()), (Some("usable"), Some("usable")));
        assert_eq!(one.refresh_token().await?.as_deref(), Some("first, renewed"));

        let operations = store.take_operations();
        let commits = operations.iter().filter(|operation| **operation == StoreOperation::Commit).count();
        assert_eq!(commits, 2, "one claim and one refresh: {operations:?}");
        Ok(())
    }
}
