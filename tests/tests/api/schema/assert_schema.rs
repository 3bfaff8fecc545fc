//! Tests of `assert_schema!`, which compares a schema with the description of the previous release.

#![allow(clippy::needless_raw_string_hashes, reason = "expect-test writes the hashes")]

use std::fs;
use std::panic::catch_unwind;
use std::process::Command;

use expect_test::expect;
use session::SessionSchema;
use tempfile::TempDir;

/// The previous release.
mod v1 {
    use session::SessionSchema;

    #[derive(SessionSchema)]
    pub(super) struct Visitor {
        #[session(key = "user.id")]
        pub(super) user_id: u64,
        #[session(alias = "basket", default)]
        pub(super) cart: Vec<String>,
        pub(super) theme: String,
        pub(super) referrer: String,
        #[session(nested)]
        pub(super) checkout: Checkout,
    }

    #[derive(SessionSchema)]
    #[session(prefix = "checkout.")]
    pub(super) struct Checkout {
        pub(super) address: String,
    }

    #[derive(SessionSchema)]
    pub(super) struct Sealed {
        #[session(sealed)]
        pub(super) token: String,
    }
}

/// Declares a later release, and returns the message of `assert_schema!`.
macro_rules! release {
    ($(#[$attr:meta])* { $($fields:tt)* }) => {{
        #[derive(SessionSchema)]
        $(#[$attr])*
        #[allow(dead_code)]
        struct Visitor { $($fields)* }
        verdict::<v1::Visitor, Visitor>()
    }};
}

/// The message of `assert_schema!` for a release and the description of another one.
fn verdict<Before: SessionSchema, After: SessionSchema>() -> String {
    let folder = TempDir::new().unwrap();
    let path = folder.path().to_str().unwrap().to_owned();
    fs::write(folder.path().join("visitor.json"), description::<Before>()).unwrap();
    let outcome = catch_unwind(|| session::__private::assert_schema(After::schema(), &path, "visitor.json"));
    match outcome {
        Ok(()) => String::new(),
        Err(panic) => panic.downcast_ref::<String>().unwrap().clone(),
    }
}

/// The description as `SESSION_SCHEMA=accept` writes it, in a child process with this variable.
fn description<S: SessionSchema>() -> String {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("new").join("visitor.json");
    let name = std::any::type_name::<S>();
    // The name of a test does not contain the crate.
    let module = module_path!().split_once("::").unwrap().1;
    let child = format!("{module}::writes_a_description_for_its_parent_process");
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &child, "--nocapture"])
        .env("SESSION_SCHEMA", "accept")
        .env("GUARD_SCHEMA", name)
        .env("GUARD_FILE", &file)
        .output()
        .unwrap();
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
    fs::read_to_string(file).unwrap()
}

#[test]
fn writes_a_description_for_its_parent_process() {
    let Some(file) = std::env::var_os("GUARD_FILE") else { return };
    let file = file.to_str().unwrap();
    match std::env::var("GUARD_SCHEMA").unwrap().rsplit("::").take(2).collect::<Vec<_>>()[..] {
        ["Visitor", "v1"] => session::assert_schema!(v1::Visitor, file),
        ["Sealed", "v1"] => session::assert_schema!(v1::Sealed, file),
        ["Checkout", "v1"] => session::assert_schema!(v1::Checkout, file),
        ref other => panic!("{other:?}"),
    }
}

#[test]
fn a_description_contains_everything_that_affects_stored_values() {
    let expected = expect![[r#"
        {
          "schema": "Visitor",
          "fields": [
            {
              "field": "user_id",
              "key": "user.id",
              "side": "server",
              "type": "u64"
            },
            {
              "field": "cart",
              "key": "cart",
              "side": "server",
              "type": "Vec<String>",
              "aliases": [
                "basket"
              ]
            },
            {
              "field": "theme",
              "key": "theme",
              "side": "server",
              "type": "String"
            },
            {
              "field": "referrer",
              "key": "referrer",
              "side": "server",
              "type": "String"
            },
            {
              "field": "checkout.address",
              "key": "checkout.address",
              "side": "server",
              "type": "String"
            }
          ]
        }
    "#]];
    expected.assert_eq(&description::<v1::Visitor>());
}

#[test]
fn an_unchanged_schema_passes() {
    assert_eq!(verdict::<v1::Visitor, v1::Visitor>(), "");
}

#[test]
fn every_breaking_change_is_explained_with_its_fix() {
    let verdict = release!({
        uid: u64,
        #[session(default)]
        cart: Vec<u64>,
        #[session(client)]
        theme: String,
        #[session(key = "checkout.address", with = "form")]
        address: String,
    });
    let expected = expect![[r#"
        the schema `Visitor` cannot read all values of stored sessions (snapshot: visitor.json)

        - field `user_id` was removed, and no field reads its key `user.id`. If the field was renamed, add `alias = "user.id"` to it. Otherwise delete the stored values with `retired = "user.id"` on the struct.
        - field `cart`: its type changed from `Vec<String>` to `Vec<u64>`. Reading a stored value would fail. Convert the old values with `migrate = "fn"`, or ignore them with `on_invalid`.
        - field `cart`: its alias `basket` was removed. Sessions that have not written the field since still have the value there. Keep the alias for the lifetime of a session, then retire it.
        - field `theme`: it moved from the server state to the client state. Stored values do not move, and read as absent. To accept this, delete the stored values with `retired = "theme"` on the struct.
        - field `referrer` was removed, and no field reads its key `referrer`. If the field was renamed, add `alias = "referrer"` to it. Otherwise delete the stored values with `retired = "referrer"` on the struct.
        - field `address`: its serialization changed. Reading a stored value would fail. Convert the old values with `migrate = "fn"`, or ignore them with `on_invalid`.

        To accept the loss, run the test once with SESSION_SCHEMA=accept, and commit the file.
    "#]];
    expected.assert_eq(&verdict);
}

#[test]
fn a_renamed_key_requires_an_alias() {
    let verdict = release!({
        #[session(key = "uid")]
        user_id: u64,
        #[session(alias = "basket", default)]
        cart: Vec<String>,
        theme: String,
        referrer: String,
        #[session(nested)]
        checkout: v1::Checkout,
    });
    assert!(verdict.contains("its key changed from `user.id` to `uid`"), "{verdict}");
    assert!(verdict.contains("add `alias = \"user.id\"` to the field, or `kept_alias = \"user.id\"`"), "{verdict}");
}

#[test]
fn each_suggested_fix_is_accepted_and_the_snapshot_is_only_outdated() {
    let verdict = release!(#[session(retired = "theme", retired = "referrer", retired = "basket")] {
        #[session(alias = "user.id")]
        uid: u64,
        #[session(default, migrate = "numbers")]
        cart: Vec<u64>,
        #[session(client)]
        theme: String,
        #[session(key = "checkout.address", with = "form", on_invalid = "discard")]
        address: String,
        brand_new: String,
    });
    let expected = expect![[r#"
        the snapshot visitor.json is out of date; all stored sessions are readable by the schema `Visitor`

        To accept the changes, run the test once with SESSION_SCHEMA=accept, and commit the file.
    "#]];
    expected.assert_eq(&verdict);
}

#[test]
fn a_field_that_becomes_sealed_needs_a_fix_for_plain_values() {
    let verdict = release!({
        #[session(key = "user.id", sealed)]
        user_id: u64,
        #[session(alias = "basket", default, sealed, on_invalid = "default")]
        cart: Vec<String>,
        #[session(sealed, migrate = "text")]
        theme: String,
        referrer: String,
        #[session(nested)]
        checkout: v1::Checkout,
    });
    let expected = expect![[r#"
        the schema `Visitor` cannot read all values of stored sessions (snapshot: visitor.json)

        - field `user_id`: it became `sealed`. Reading a stored plain value would fail. Decode plain values with `migrate = "fn"`, or ignore them with `on_invalid`.

        To accept the loss, run the test once with SESSION_SCHEMA=accept, and commit the file.
    "#]];
    expected.assert_eq(&verdict);
}

#[test]
fn a_field_that_is_sealed_no_longer_only_outdates_the_snapshot() {
    #[derive(SessionSchema)]
    #[allow(dead_code)]
    struct Sealed {
        token: String,
    }
    assert_eq!(verdict::<v1::Sealed, v1::Sealed>(), "");
    let verdict = verdict::<v1::Sealed, Sealed>();
    assert!(
        verdict.starts_with("the snapshot visitor.json is out of date; all stored sessions are readable"),
        "{verdict}"
    );
}

#[test]
fn a_missing_snapshot_is_an_error_that_names_the_fix() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().to_str().unwrap().to_owned();
    let outcome = catch_unwind(|| session::__private::assert_schema(v1::Visitor::schema(), &path, "visitor.json"));
    let text = outcome.unwrap_err().downcast_ref::<String>().unwrap().clone();
    assert!(text.starts_with("the schema `Visitor` has no snapshot yet: visitor.json"), "{text}");
    assert!(text.contains("SESSION_SCHEMA=accept"), "{text}");
}

fn text(plain: &serde_json::Value) -> Option<String> {
    plain.as_str().map(str::to_owned)
}

fn numbers(old: &serde_json::Value) -> Option<Vec<u64>> {
    old.as_array()?.iter().map(|text| text.as_str()?.parse().ok()).collect()
}

mod form {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(text.chars())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
        Vec::<char>::deserialize(deserializer).map(|chars| chars.into_iter().collect())
    }
}
