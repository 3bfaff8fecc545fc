//! An application that forgot `bp.post_process(FINALIZE_SESSION)`.

use serde_json::json;

use crate::{log, start, start_uncommitted};

#[tokio::test]
async fn discarded_changes_are_reported() {
    const WARNING: &str = "changes discarded";
    log::start();
    let (_, mut browser) = start().await;
    assert_eq!(browser.put("/cart/tea").await.outcome(), (200, "id"));
    assert_eq!(browser.post("/fail/500").await.outcome(), (500, ""));
    assert_eq!(log::lines_with(WARNING), [""; 0], "the complete application reports nothing");

    let (spy, mut browser) = start_uncommitted().await;
    assert_eq!(browser.get("/untouched").await.outcome(), (200, ""));
    assert_eq!(browser.get("/cart").await.json(), json!([]));
    assert_eq!(log::lines_with(WARNING), [""; 0], "a request without changes reports nothing");

    assert_eq!(browser.put("/cart/tea").await.outcome(), (200, ""));
    assert_eq!(spy.take_operations(), "");
    let warnings = log::lines_with(WARNING);
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].contains("WARN"), "{warnings:?}");
}
