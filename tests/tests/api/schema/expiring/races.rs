//! Races with another request that sets a new value: it survives the deletion of the expired one.

use session_tests::{App, Kind, on_every_store};

use super::{Login, TEN_MINUTES, expired, otp, request};
use crate::schema::stored_keys;

on_every_store!(
    a_value_that_another_request_has_set_survives,
    a_later_commit_keeps_a_value_that_another_request_has_set,
    a_rotation_deletes_expired_values_and_survives_a_conflict,
    an_update_deletes_other_expired_values_under_its_revision,
    an_update_of_an_expired_value_keeps_a_concurrent_one,
    taking_an_expired_value_keeps_a_concurrent_one,
    removing_an_expired_value_keeps_a_concurrent_one,
);

async fn a_value_that_another_request_has_set_survives(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = expired(&app).await;
    let mut other = browser.clone();
    let operations = request(&app, &mut browser, async |login| {
        assert_eq!(login.otp().await.unwrap(), None);
        request(&app, &mut other, async |login| {
            login.set_otp("654321".to_owned()).unwrap();
            login.set_verifier("new".to_owned()).unwrap();
        })
        .await;
        login.set_name("Eve".to_owned()).unwrap();
    })
    .await;
    assert_eq!(operations, "commit commit", "once more without the deletions");
    let login = app.open(&browser).typed::<Login>();
    assert_eq!(login.otp().await.unwrap().as_deref(), Some("654321"));
    assert_eq!(login.verifier().await.unwrap().as_deref(), Some("new"));
    assert_eq!(login.name().await.unwrap().as_deref(), Some("Eve"));
}

/// After its first commit, the request knows the current revision, but not the values of the other request.
async fn a_later_commit_keeps_a_value_that_another_request_has_set(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = expired(&app).await;
    let mut other = browser.clone();
    request(&app, &mut browser, async |login| {
        assert_eq!(login.otp().await.unwrap(), None);
        request(&app, &mut other, async |login| login.set_otp("654321".to_owned()).unwrap()).await;
        login.set_name("Eve".to_owned()).unwrap();
        login.sync().await.unwrap();
        login.set_name("Eda".to_owned()).unwrap();
        login.sync().await.unwrap();
        login.update_attempts(|attempts| *attempts += 1).await.unwrap();
    })
    .await;
    assert_eq!(otp(&app, &browser).await.as_deref(), Some("654321"));
}

async fn a_rotation_deletes_expired_values_and_survives_a_conflict(kind: Kind) {
    for has_conflict in [false, true] {
        let app = App::new(kind).await;
        let mut browser = expired(&app).await;
        let mut other = browser.clone();
        let old = browser.clone();
        request(&app, &mut browser, async |login| {
            login.name().await.unwrap();
            if has_conflict {
                request(&app, &mut other, async |login| login.set_otp("654321".to_owned()).unwrap()).await;
            }
            login.cycle_id();
            login.set_label("phone");
            login.set_verifier("own".to_owned()).unwrap();
        })
        .await;
        assert_ne!(browser.cookies, old.cookies);
        let keys = if has_conflict { "attempts name notice otp verifier" } else { "attempts name verifier" };
        assert_eq!(stored_keys(&app, &browser).await, keys);
        let session = app.open(&browser);
        assert_eq!(session.typed::<Login>().verifier().await.unwrap().as_deref(), Some("own"));
        assert_eq!(session.typed::<Login>().otp().await.unwrap().is_some(), has_conflict);
        assert_eq!(session.meta().await.unwrap().unwrap().label.as_deref(), Some("phone"));
    }
}

async fn an_update_deletes_other_expired_values_under_its_revision(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = expired(&app).await;
    let mut other = browser.clone();
    let operations = request(&app, &mut browser, async |login| {
        login.update_attempts(|attempts| *attempts += 1).await.unwrap();
    })
    .await;
    assert_eq!(operations, "load commit");
    assert_eq!(stored_keys(&app, &browser).await, "attempts name");

    request(&app, &mut other, async |login| login.set_otp("1".to_owned()).unwrap()).await;
    app.advance(TEN_MINUTES);
    let operations = request(&app, &mut browser, async |login| {
        login.name().await.unwrap();
        request(&app, &mut other, async |login| login.set_otp("654321".to_owned()).unwrap()).await;
        login.update_attempts(|attempts| *attempts += 1).await.unwrap();
    })
    .await;
    assert_eq!(operations, "commit commit");
    assert_eq!(otp(&app, &browser).await.as_deref(), Some("654321"));
    assert_eq!(app.open(&browser).typed::<Login>().attempts().await.unwrap(), 4);
}

async fn an_update_of_an_expired_value_keeps_a_concurrent_one(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = expired(&app).await;
    let mut other = browser.clone();
    request(&app, &mut browser, async |login| {
        login.name().await.unwrap();
        request(&app, &mut other, async |login| login.set_otp("new".to_owned()).unwrap()).await;
        let mut seen = Vec::new();
        login.update_otp(|otp| seen.push(otp.clone())).await.unwrap();
        assert_eq!(seen, [None, Some("new".to_owned())]);
    })
    .await;
    assert_eq!(otp(&app, &browser).await.as_deref(), Some("new"));
}

async fn taking_an_expired_value_keeps_a_concurrent_one(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = expired(&app).await;
    let mut other = browser.clone();
    request(&app, &mut browser, async |login| {
        login.name().await.unwrap();
        request(&app, &mut other, async |login| login.set_notice("new".to_owned()).unwrap()).await;
        assert_eq!(login.take_notice().await.unwrap(), None);
        login.set_name("Eve".to_owned()).unwrap();
    })
    .await;
    let login = app.open(&browser).typed::<Login>();
    assert_eq!(login.peek_notice().await.unwrap().as_deref(), Some("new"));
}

async fn removing_an_expired_value_keeps_a_concurrent_one(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = expired(&app).await;
    let mut other = browser.clone();
    request(&app, &mut browser, async |login| {
        login.name().await.unwrap();
        request(&app, &mut other, async |login| {
            login.set_otp("654321".to_owned()).unwrap();
            login.set_verifier("new".to_owned()).unwrap();
        })
        .await;
        assert_eq!(login.remove_otp().await.unwrap(), None);
        assert_eq!(login.remove_verifier().await.unwrap(), None);
        assert_eq!(login.remove_raw("otp").await.unwrap(), None);
        login.set_name("Eve".to_owned()).unwrap();
    })
    .await;
    let login = app.open(&browser).typed::<Login>();
    assert_eq!(login.otp().await.unwrap().as_deref(), Some("654321"));
    assert_eq!(login.verifier().await.unwrap().as_deref(), Some("new"));
}
