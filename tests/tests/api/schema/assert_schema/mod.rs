//! Tests of `assert_schema!`, which compares a schema with the snapshot of the previous release.

#![allow(clippy::needless_raw_string_hashes, reason = "expect-test writes the hashes")]
#![allow(unreachable_pub, reason = "the schemas of the evolutions are in modules of their own")]

mod changed_fields;
mod changed_groups;
mod changed_types;
mod codecs;
mod evolution;
mod promise;
mod releases;
mod samples;
mod table;

use std::fs;
use std::panic::catch_unwind;
use std::process::Command;

use expect_test::expect;
use session::SessionSchema;
use tempfile::TempDir;

use self::evolution::check_of;

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

/// The message of `assert_schema!` for a release and the snapshot of another one.
fn verdict<Before: SessionSchema, After: SessionSchema>() -> String {
    let before = check_of::<Before>().accept(None);
    check_of::<After>().compare(Some(&before)).err().unwrap_or_default()
}

/// Runs `assert_schema!` in a child process that sets `SESSION_SCHEMA=accept`, and returns the file.
fn accept_in_a_child_process() -> String {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("new").join("visitor.json");
    // The name of a test does not contain the crate.
    let module = module_path!().split_once("::").unwrap().1;
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("{module}::writes_a_snapshot_for_its_parent_process"), "--nocapture"])
        .env("SESSION_SCHEMA", "accept")
        .env("ASSERT_SCHEMA_FILE", &file)
        .output()
        .unwrap();
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
    fs::read_to_string(file).unwrap()
}

#[test]
fn writes_a_snapshot_for_its_parent_process() {
    let Some(file) = std::env::var_os("ASSERT_SCHEMA_FILE") else { return };
    session::assert_schema!(v1::Visitor, file.to_str().unwrap());
}

#[test]
fn the_switch_writes_the_snapshot_and_its_folder() {
    assert_eq!(accept_in_a_child_process(), check_of::<v1::Visitor>().accept(None));
}

#[test]
fn a_check_without_the_switch_panics_with_the_message() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("visitor.json").to_str().unwrap().to_owned();
    let outcome = catch_unwind(|| session::assert_schema!(v1::Visitor, &file));
    let text = outcome.unwrap_err().downcast_ref::<String>().unwrap().clone();
    assert!(text.starts_with("the schema `Visitor` has no snapshot yet: "), "{text}");
    assert!(text.contains("SESSION_SCHEMA=accept"), "{text}");
    fs::write(&file, check_of::<v1::Visitor>().accept(None)).unwrap();
    session::assert_schema!(v1::Visitor, &file);
    fs::write(&file, "[]").unwrap();
    let outcome = catch_unwind(|| session::assert_schema!(v1::Visitor, &file));
    let text = outcome.unwrap_err().downcast_ref::<String>().unwrap().clone();
    assert!(text.contains("is not a schema snapshot"), "{text}");
}

#[test]
fn a_snapshot_contains_everything_that_affects_stored_values() {
    let expected = expect![[r#"
        {
          "schema": "Visitor",
          "fields": [
            {
              "field": "user_id",
              "key": "user.id",
              "side": "server",
              "type": "u64",
              "written": {
                "shape": "u64",
                "values": [
                  "0",
                  "18446744073709551615"
                ]
              }
            },
            {
              "field": "cart",
              "key": "cart",
              "side": "server",
              "type": "Vec<String>",
              "aliases": [
                "basket"
              ],
              "written": {
                "shape": {
                  "list": "str"
                },
                "values": [
                  "[\"\"]",
                  "[\"a\"]",
                  "[]"
                ]
              }
            },
            {
              "field": "theme",
              "key": "theme",
              "side": "server",
              "type": "String",
              "written": {
                "shape": "str",
                "values": [
                  "\"\"",
                  "\"a\""
                ]
              }
            },
            {
              "field": "referrer",
              "key": "referrer",
              "side": "server",
              "type": "String",
              "written": {
                "shape": "str",
                "values": [
                  "\"\"",
                  "\"a\""
                ]
              }
            },
            {
              "field": "checkout.address",
              "key": "checkout.address",
              "side": "server",
              "type": "String",
              "written": {
                "shape": "str",
                "values": [
                  "\"\"",
                  "\"a\""
                ]
              }
            }
          ]
        }
    "#]];
    expected.assert_eq(&check_of::<v1::Visitor>().accept(None));
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

        - field `user_id` was removed, and no field reads its key `user.id`. If the field was renamed, add `alias = "user.id"` to it. If it moved to another schema, add `others = [Schema]` to `assert_schema!`. Otherwise delete the stored values with `retired = "user.id"` on the struct.
        - field `cart`: its type changed from `Vec<String>` to `Vec<u64>`; reading `[""]` fails at `cart[]`: invalid type: string "", expected u64. Convert the old values with `migrate = "fn"`, or ignore them with `on_invalid`.
        - field `cart`: its alias `basket` was removed. Sessions that have not written the field since still have the value there. Keep the alias for the lifetime of a session, then retire it.
        - field `theme`: it moved from the server state to the client state. Stored values do not move, and read as absent. To accept this, delete the stored values with `retired = "theme"` on the struct.
        - field `referrer` was removed, and no field reads its key `referrer`. If the field was renamed, add `alias = "referrer"` to it. If it moved to another schema, add `others = [Schema]` to `assert_schema!`. Otherwise delete the stored values with `retired = "referrer"` on the struct.
        - field `address`: reading `""` fails: invalid type: string "", expected a sequence. Convert the old values with `migrate = "fn"`, or ignore them with `on_invalid`.

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
        the snapshot visitor.json is out of date; whether the schema `Visitor` reads all stored values could not be decided

        - field `cart`: `migrate` converts some old values, but reading `[""]` fails at `cart[]`: invalid type: string "", expected u64, and `migrate` returns `None`. If sessions contain such values, convert them too.
        - field `address`: reading `""` fails: invalid type: string "", expected a sequence. `on_invalid` ignores these values.

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

        - field `user_id`: it became `sealed`. Reading a stored plain value fails. Decode plain values with `migrate = "fn"`, or ignore them with `on_invalid`.

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
