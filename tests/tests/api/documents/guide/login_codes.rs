//! One-time codes: a wrong attempt neither extends a code nor uses it up, and the right one succeeds once.

use std::time::Duration;

use session::store::MemoryStore;
use session::testing::{Browser, TestClock};
use session::{Error, SecretKey, SessionConfig, SessionManager};

samples!("recipes", "one-time-codes");

const CODE: &str = "730184";

async fn started() -> (TestClock, SessionManager, Browser) {
    let clock = TestClock::new();
    let config = SessionConfig::new(SecretKey::generate()).clock(clock.source());
    let manager = SessionManager::new(MemoryStore::new(), config);
    let mut browser = Browser::new();
    browser.with(&manager, async |session| start(&mut session.typed_mut(), CODE.to_owned())).await.unwrap();
    (clock, manager, browser)
}

async fn enter(manager: &SessionManager, browser: &mut Browser, code: &str) -> bool {
    browser.with(manager, async |session| confirm(&mut session.typed_mut(), code).await).await.unwrap()
}

#[tokio::test]
async fn the_right_code_succeeds_once() {
    let (_, manager, mut browser) = started().await;
    assert!(enter(&manager, &mut browser, CODE).await);
    assert!(!enter(&manager, &mut browser, CODE).await);
}

#[tokio::test]
async fn a_wrong_code_does_not_use_up_the_right_one() {
    let (_, manager, mut browser) = started().await;
    assert!(!enter(&manager, &mut browser, "1").await);
    assert!(enter(&manager, &mut browser, CODE).await);
}

#[tokio::test]
async fn a_wrong_code_does_not_extend_the_right_one() {
    let (clock, manager, mut browser) = started().await;
    clock.advance(Duration::from_secs(599));
    assert!(!enter(&manager, &mut browser, "1").await);
    clock.advance(Duration::from_secs(1));
    assert!(!enter(&manager, &mut browser, CODE).await);
}

#[tokio::test]
async fn the_sixth_attempt_fails_with_the_right_code_too() {
    let (_, manager, mut browser) = started().await;
    for _ in 0..5 {
        assert!(!enter(&manager, &mut browser, "1").await);
    }
    assert!(!enter(&manager, &mut browser, CODE).await);
}

#[tokio::test]
async fn of_two_requests_with_the_right_code_one_succeeds() {
    let (_, manager, browser) = started().await;
    let (mut one, mut two) = (manager.open(&browser.request()), manager.open(&browser.request()));
    let (mut one, mut two) = (one.typed_mut(), two.typed_mut());
    let results = tokio::join!(confirm(&mut one, CODE), confirm(&mut two, CODE));
    assert!(results.0.unwrap() != results.1.unwrap());
}

/// The reasons of the page against two other ways to compare a code.
#[tokio::test]
async fn an_update_extends_a_code_and_a_removal_lets_two_requests_succeed() -> Result<(), Error> {
    let (clock, manager, mut browser) = started().await;
    clock.advance(Duration::from_secs(599));
    let update = async |confirmation: &mut Typed<Confirmation>| {
        confirmation.update_code(|code| code.as_deref() == Some("1")).await
    };
    assert!(!browser.with(&manager, async |session| update(&mut session.typed_mut()).await).await?);
    clock.advance(Duration::from_secs(1));
    let code = browser.with(&manager, async |session| session.typed::<Confirmation>().code().await).await?;
    assert_eq!(code.as_deref(), Some(CODE));

    let (mut one, mut two) = (manager.open(&browser.request()), manager.open(&browser.request()));
    for session in [&mut one, &mut two] {
        let mut confirmation = session.typed_mut::<Confirmation>();
        assert_eq!(confirmation.code().await?.as_deref(), Some(CODE));
        assert_eq!(confirmation.remove_code().await?.as_deref(), Some(CODE));
    }
    one.sync().await?;
    two.sync().await
}
