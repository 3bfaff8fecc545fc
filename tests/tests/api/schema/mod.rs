//! Tests of `#[derive(SessionSchema)]` at run time: attributes, releases with different schemas, and `assert_schema!`.

mod assert_schema;
mod attributes;
mod evolution;
mod expiring;
mod group;
mod keyed;
mod protected;
mod reading;
mod shared_keys;
mod typed_keys;
mod unset_all;

use session::store::Timestamp;
use session_tests::{App, Browser};

/// The keys in the store, with expired values.
async fn stored_keys(app: &App, browser: &Browser) -> String {
    let id = app.open(browser).id().unwrap();
    let record = app.spy.inner().load(&id, Timestamp::from(app.now())).await.unwrap().unwrap();
    record.values.iter().map(|(key, _)| key.to_owned()).collect::<Vec<_>>().join(" ")
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "required by `check`")]
fn is_even(number: &u64) -> Result<(), &'static str> {
    if number.is_multiple_of(2) { Ok(()) } else { Err("odd") }
}

/// A codec: the number 4711 is stored as `"pin-4711"`.
mod as_text {
    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    pub(super) fn serialize<S: Serializer>(value: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("pin-{value}"))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.trim_start_matches("pin-").parse().map_err(serde::de::Error::custom)
    }
}
