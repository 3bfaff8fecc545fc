//! Tests of `entries` and `is_empty` for values that the request has no schema for.

use std::time::Duration;

use session::{SessionConfig, SessionSchema};
use session_tests::{App, Browser, Kind, on_every_store};

on_every_store!(a_session_is_empty_if_its_entries_are);

#[derive(SessionSchema)]
struct Login {
    #[session(sealed, expires_in = "10m")]
    code: String,
    #[session(sealed)]
    token: String,
}

async fn a_session_is_empty_if_its_entries_are(kind: Kind) {
    for is_registered in [false, true] {
        let with_schema = |config: SessionConfig| if is_registered { config.schema::<Login>() } else { config };
        let app = App::with(kind, with_schema).await;
        let mut browser = Browser::default();
        let mut session = app.open(&browser);
        session.typed_mut::<Login>().set_code("123456".to_owned()).unwrap();
        app.finalize(session, &mut browser).await.unwrap();
        let session = app.open(&browser);
        assert!(!session.is_empty().await.unwrap() && session.entries().await.unwrap().len() == 1);

        app.advance(Duration::from_secs(601));
        let session = app.open(&browser);
        assert!(session.entries().await.unwrap().is_empty());
        assert!(session.is_empty().await.unwrap(), "registered: {is_registered}");

        let mut session = app.open(&browser);
        session.typed_mut::<Login>().set_token("t".to_owned()).unwrap();
        app.finalize(session, &mut browser).await.unwrap();
        let session = app.open(&browser);
        assert!(!session.is_empty().await.unwrap() && session.entries().await.unwrap().len() == 1);
    }
}
