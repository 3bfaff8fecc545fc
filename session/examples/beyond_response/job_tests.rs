//! Tests of the job.

#[path = "../browser/mod.rs"]
mod browser;

use self::browser::Browser;

/// Reloads the page until the job has run.
async fn wait_for_report(browser: &mut Browser) -> String {
    loop {
        let page = browser.get("/").await;
        if !page.contains("being prepared") {
            return page;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn the_result_of_a_job_is_shown_once() {
    let mut browser = Browser::new(&super::app());
    browser.post("/report", "").await;
    assert_eq!(wait_for_report(&mut browser).await, "Your report: 42 visitors");
    assert!(browser.get("/").await.contains("Prepare a report"));
}

#[tokio::test]
async fn a_job_does_not_revive_a_session_that_ended() {
    let manager = session::SessionManager::new(
        super::MemoryStore::new(),
        super::SessionConfig::new(super::SecretKey::generate()),
    );
    let ended = "00112233445566778899aabbccddeeff".parse().unwrap();
    let error = super::prepare(&manager, ended).await.unwrap_err();
    assert_eq!(error.kind(), super::ErrorKind::Ended);
    assert!(manager.by_id(ended).is_empty().await.unwrap());
}
