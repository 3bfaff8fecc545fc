//! The recipes.

use session::store::MemoryStore;
use session::testing::{Browser, Client};
use session::{Error, SecretKey, SessionConfig, SessionManager};

fn manager() -> SessionManager {
    SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()))
}

mod step_up_authentication {
    use std::time::Duration;

    use session::store::MemoryStore;
    use session::testing::TestClock;
    use session::{SecretKey, SessionConfig, SessionManager};

    samples!("recipes", "step-up-authentication");

    #[tokio::test]
    async fn a_password_is_confirmed_for_ten_minutes() -> Result<(), session::Error> {
        let clock = TestClock::new();
        let config = SessionConfig::new(SecretKey::generate()).index(Account::USER).clock(clock.source());
        let manager = SessionManager::new(MemoryStore::new(), config);
        let mut session = manager.open(&http::HeaderMap::new());
        let mut account = session.typed_mut::<Account>();
        assert!(!account.confirmed().await?);
        confirm(&mut account)?;
        clock.advance(Duration::from_secs(599));
        assert!(account.confirmed().await?);
        clock.advance(Duration::from_secs(1));
        assert!(!account.confirmed().await?);
        Ok(())
    }
}

mod logout {
    use super::*;

    samples!("recipes", "a-logout-that-keeps-preferences");

    #[tokio::test]
    async fn a_logout_keeps_the_theme_and_makes_the_token_useless() -> Result<(), Error> {
        let config = SessionConfig::new(SecretKey::generate()).schema::<Visitor>();
        let manager = SessionManager::new(MemoryStore::new(), config);
        let mut browser = Browser::new();
        browser
            .with(&manager, async |session| {
                let mut visitor = session.typed_mut::<Visitor>();
                visitor.log_in(Visitor::USER, 7).await?;
                visitor.set_theme("dark".to_owned())
            })
            .await?;
        let mut stolen = browser.clone();
        browser.with(&manager, async |session| log_out(&mut session.typed_mut())).await?;
        browser
            .with(&manager, async |session| {
                let mut visitor = session.typed_mut::<Visitor>();
                assert_eq!((visitor.user().await?, visitor.theme()?.as_str()), (None, "dark"));
                assert_eq!(visitor.take_notice()?.as_deref(), Some("You are logged out."));
                Ok(())
            })
            .await?;
        assert_eq!(stolen.with(&manager, async |session| session.typed::<Visitor>().user().await).await?, None);
        Ok(())
    }

    /// The table of the page: the theme after each method, and the cart that the request sets afterwards.
    #[tokio::test]
    async fn each_method_that_ends_a_session_keeps_the_values_of_the_table() -> Result<(), Error> {
        let expected = [
            ("invalidate", "light", None),
            ("restart", "light", Some(1)),
            ("delete", "dark", Some(1)),
            ("clear", "dark", Some(1)),
            ("unset_all", "light", Some(1)),
        ];
        for (method, theme, written) in expected {
            let config = SessionConfig::new(SecretKey::generate()).schema::<Visitor>();
            let manager = SessionManager::new(MemoryStore::new(), config);
            let mut browser = Browser::new();
            browser
                .with(&manager, async |session| {
                    session.insert("before", 1).await?;
                    let mut visitor = session.typed_mut::<Visitor>();
                    visitor.log_in(Visitor::USER, 7).await?;
                    visitor.set_theme("dark".to_owned())
                })
                .await?;
            browser
                .with(&manager, async |session| {
                    match method {
                        "invalidate" => session.invalidate(),
                        "restart" => session.restart(),
                        "delete" => session.delete(),
                        "clear" => session.clear().await?,
                        _ => session.typed_mut::<Visitor>().unset_all().await?,
                    }
                    session.insert("after", 1).await
                })
                .await?;
            browser
                .with(&manager, async |session| {
                    let visitor = session.typed::<Visitor>();
                    assert_eq!(visitor.user().await?, None, "{method}");
                    assert_eq!(visitor.theme()?, theme, "{method}");
                    assert_eq!(session.get::<u32>("after").await?, written, "{method}");
                    let before = (method == "unset_all").then_some(1);
                    assert_eq!(session.get::<u32>("before").await?, before, "{method}");
                    Ok(())
                })
                .await?;
        }
        Ok(())
    }
}

mod impersonation {
    samples!("recipes", "impersonation");

    #[tokio::test]
    async fn an_administrator_becomes_a_user_and_returns_without_values_of_either() -> Result<(), session::Error> {
        let config = super::SessionConfig::new(super::SecretKey::generate()).index(Account::USER);
        let manager = super::SessionManager::new(super::MemoryStore::new(), config);
        let mut session = manager.open(&http::HeaderMap::new());
        let mut account = session.typed_mut::<Account>();
        account.log_in(Account::USER, 1).await?;
        account.insert("secret of the administrator", true).await?;
        account.sync().await?;
        impersonate(&mut account, 1, 2).await?;
        account.sync().await?;
        assert_eq!((account.user().await?, account.impersonated_by().await?), (Some(2), Some(1)));
        assert_eq!(account.get::<bool>("secret of the administrator").await?, None);
        end_impersonation(&mut account).await?;
        account.sync().await?;
        assert_eq!((account.user().await?, account.impersonated_by().await?), (Some(1), None));
        Ok(())
    }
}

mod session_as_json {
    samples!("recipes", "the-session-as-json");

    #[tokio::test]
    async fn a_visitor_gets_401_and_a_user_the_fields_without_secrets() -> Result<(), session::Error> {
        let manager = super::manager();
        let app = axum::Router::new().route("/", axum::routing::get(current_session));
        let mut client = super::Client::axum(app.layer(session::axum::SessionLayer::new(manager.clone())));
        assert_eq!(client.get("/").await.status(), 401);
        client
            .browser
            .with(&manager, async |session| {
                let mut account = session.typed_mut::<Account>();
                account.set_user("Ada".to_owned())?;
                account.set_refresh_token("hunter2".to_owned())
            })
            .await?;
        assert_eq!(client.get("/").await.body(), r#"{"user":"Ada","cart":[]}"#);
        Ok(())
    }
}
