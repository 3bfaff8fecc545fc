//! Tests of the warning for two registered schemas that use one key.

use std::collections::BTreeMap;

use session::{SecretKey, SessionConfig, SessionSchema};
use session_tests::Log;

#[derive(SessionSchema)]
#[session(prefix = "shared.")]
struct Shop {
    user_id: u64,
    cart: Vec<String>,
    #[session(client)]
    theme: u8,
    #[session(nested)]
    checkout: Checkout,
}

#[derive(SessionSchema)]
#[session(prefix = "shared.checkout.")]
struct Checkout {
    address: String,
}

/// The cart has the same type, and the theme is on another side.
#[derive(SessionSchema)]
#[session(prefix = "shared.")]
struct Blog {
    cart: Vec<String>,
    theme: String,
    #[session(nested)]
    checkout: Checkout,
}

#[derive(SessionSchema)]
#[session(prefix = "shared.")]
struct Admin {
    #[session(key = "checkout.address")]
    address: u64,
}

#[derive(SessionSchema)]
#[session(prefix = "shared.")]
struct Legacy {
    #[session(keyed)]
    flags: BTreeMap<String, bool>,
}

#[derive(SessionSchema)]
struct Entry {
    #[session(key = "shared.flags:beta")]
    beta: u8,
}

#[test]
fn two_registered_schemas_with_one_key_of_different_types_are_logged() {
    let log = Log::of_this_process();
    let config = || SessionConfig::new(SecretKey::generate());
    _ = config().schema::<Shop>().schema::<Blog>().schema::<Shop>();
    assert!(!log.all().contains("shared."), "{}", log.all());
    _ = config().schema::<Shop>().schema::<Admin>();
    _ = config().schema::<Legacy>().schema::<Entry>();
    let log = log.all();
    for part in [
        r#"key="shared.checkout.address" schemas=Shop, Admin types=String, u64"#,
        r#"key="shared.flags:beta" schemas=Legacy, Entry types=BTreeMap<String, bool>, u8"#,
    ] {
        let line = log.lines().find(|line| line.contains(part)).unwrap_or_else(|| panic!("{part}: {log}"));
        assert!(line.contains("WARN") && line.contains("two registered schemas use one session key"), "{line}");
    }
}
