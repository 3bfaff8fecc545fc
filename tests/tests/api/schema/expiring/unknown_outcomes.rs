//! Commits that delete expired values, and whose reply is lost or whose future is dropped.

use session::Session;
use session_tests::{App, Arrival, Browser, Fault, Kind, on_every_store};

use super::{Login, TEN_MINUTES, expired, request};
use crate::schema::stored_keys;

on_every_store!(
    a_commit_whose_reply_is_lost_still_deletes_expired_values,
    a_cancelled_commit_that_deletes_expired_values_is_sent_again,
    a_cancelled_rotation_that_deletes_expired_values_survives_another_commit,
);

async fn a_commit_whose_reply_is_lost_still_deletes_expired_values(kind: Kind) {
    // A rotation is found by its token.
    let app = App::new(kind).await;
    let mut browser = expired(&app).await;
    let operations = request(&app, &mut browser, async |login| {
        login.name().await.unwrap();
        login.cycle_id();
        login.set_name("Eve".to_owned()).unwrap();
        app.spy.fail_next("commit", Fault::LoseReply);
        login.sync().await.unwrap();
    })
    .await;
    assert_eq!(operations, "load commit load");
    assert_eq!(stored_keys(&app, &browser).await, "attempts name");

    // A commit without a new token is an error, as without expired values.
    let mut session = app.open(&browser);
    session.typed_mut::<Login>().set_otp("1".to_owned()).unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    app.advance(TEN_MINUTES);
    let mut session = app.open(&browser);
    let mut login = session.typed_mut::<Login>();
    login.name().await.unwrap();
    login.set_name("Eda".to_owned()).unwrap();
    app.spy.fail_next("commit", Fault::LoseReply);
    assert!(login.sync().await.is_err());
    assert_eq!(stored_keys(&app, &browser).await, "attempts name");
}

/// Drops a commit when its store operation hangs.
async fn cancelled_commit(app: &App, browser: &Browser, fault: Fault, rotates: bool) -> Session {
    let mut session = app.open(browser);
    let mut login = session.typed_mut::<Login>();
    assert_eq!(login.otp().await.unwrap(), None);
    if rotates {
        session.cycle_id();
    }
    login.set_name("Eve".to_owned()).unwrap();
    app.spy.fail_next("commit", fault);
    assert!(app.spy.run_until_hang(session.sync()).await.is_none());
    session
}

async fn a_cancelled_commit_that_deletes_expired_values_is_sent_again(kind: Kind) {
    for fault in [Fault::Hang, Fault::Stall, Fault::Late(Arrival::Before), Fault::Late(Arrival::After)] {
        for rotates in [false, true] {
            let app = App::new(kind).await;
            let mut browser = expired(&app).await;
            let session = cancelled_commit(&app, &browser, fault, rotates).await;
            app.finalize(session, &mut browser).await.unwrap();
            assert_eq!(stored_keys(&app, &browser).await, "attempts name", "{fault:?} {rotates}");
            let login = app.open(&browser).typed::<Login>();
            assert_eq!(login.name().await.unwrap().as_deref(), Some("Eve"), "{fault:?} {rotates}");
        }
    }
}

/// The record has another revision when the rotation is sent again, so the first one can never be stored.
async fn a_cancelled_rotation_that_deletes_expired_values_survives_another_commit(kind: Kind) {
    for fault in [Fault::Stall, Fault::Late(Arrival::After)] {
        let app = App::new(kind).await;
        let mut browser = expired(&app).await;
        let session = cancelled_commit(&app, &browser, fault, true).await;
        request(&app, &mut browser.clone(), async |login| login.set_otp("654321".to_owned()).unwrap()).await;
        app.finalize(session, &mut browser).await.unwrap();
        let login = app.open(&browser).typed::<Login>();
        assert_eq!(login.otp().await.unwrap().as_deref(), Some("654321"), "{fault:?}");
        assert_eq!(login.name().await.unwrap().as_deref(), Some("Eve"), "{fault:?}");
    }
}
