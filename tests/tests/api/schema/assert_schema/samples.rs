//! Samples: values of a test whose JSON text later releases must read.

use expect_test::expect;
use serde::{Deserialize, Serialize};
use session::__private::SchemaCheck;
use session::SessionSchema;

use super::codecs;
use super::evolution::check_of;

mod v1 {
    use super::*;

    #[derive(Serialize, Deserialize)]
    #[serde(tag = "by")]
    pub(super) enum Login {
        Password,
        Token { name: String },
    }

    #[derive(SessionSchema)]
    pub(super) struct Visitor {
        pub(super) login: Login,
        #[session(with = "codecs::text")]
        pub(super) color: u32,
    }

    pub(super) fn check() -> SchemaCheck {
        check_of::<Visitor>()
            .sample(Visitor::LOGIN, Login::Password)
            .sample(Visitor::LOGIN, Login::Token { name: "ci".to_owned() })
            .sample(Visitor::COLOR, 255)
    }
}

mod v2 {
    use super::*;

    #[derive(Serialize, Deserialize)]
    #[serde(tag = "by")]
    pub(super) enum Login {
        Password,
    }

    #[derive(SessionSchema)]
    pub(super) struct Visitor {
        #[session(alias = "login")]
        pub(super) access: Login,
        #[session(with = "codecs::text")]
        pub(super) color: u32,
    }
}

#[test]
fn a_snapshot_keeps_the_samples_as_they_are_stored() {
    let expected = expect![[r#"
        {
          "schema": "Visitor",
          "fields": [
            {
              "field": "login",
              "key": "login",
              "side": "server",
              "type": "Login",
              "written": {
                "shape": "unknown any"
              },
              "samples": [
                "{\"by\":\"Password\"}",
                "{\"by\":\"Token\",\"name\":\"ci\"}"
              ]
            },
            {
              "field": "color",
              "key": "color",
              "side": "server",
              "type": "u32",
              "with": "codecs::text",
              "written": {
                "shape": "some str",
                "values": [
                  "\"a\"",
                  "\"0\"",
                  "\"1\""
                ]
              },
              "samples": [
                "\"ff\""
              ]
            }
          ]
        }
    "#]];
    expected.assert_eq(&v1::check().accept(None));
}

#[test]
fn a_new_sample_makes_the_snapshot_outdated() {
    let before = check_of::<v1::Visitor>().accept(None);
    let message = v1::check().compare(Some(&before)).unwrap_err();
    assert!(message.contains("is out of date; the schema `Visitor` reads all known values"), "{message}");
    assert!(message.contains("no value of `login` is known"), "{message}");
    assert_eq!(v1::check().compare(Some(&v1::check().accept(Some(&before)))), Ok(()));
}

#[test]
fn a_sample_that_was_removed_from_the_test_stays_in_the_snapshot() {
    let before = v1::check().accept(None);
    let check = check_of::<v1::Visitor>();
    assert_eq!(check.compare(Some(&before)), Ok(()));
    assert_eq!(check.accept(Some(&before)), before);
}

#[test]
fn a_sample_that_is_no_longer_readable_fails_until_the_loss_is_accepted() {
    let before = v1::check().accept(None);
    let check = check_of::<v2::Visitor>();
    let message = check.compare(Some(&before)).unwrap_err();
    let expected =
        "- field `access`: reading `{\"by\":\"Token\",\"name\":\"ci\"}` fails at `access.by`: unknown variant `Token`";
    assert!(message.contains(expected), "{message}");
    let accepted = check.accept(Some(&before));
    assert!(accepted.contains("Password") && !accepted.contains("Token"), "{accepted}");
    assert_eq!(check.compare(Some(&accepted)), Ok(()));
}

#[test]
fn a_sample_decides_a_change_whose_values_are_not_known() {
    #[derive(SessionSchema)]
    #[allow(dead_code)]
    struct Visitor {
        login: String,
        #[session(with = "codecs::renamed_text")]
        color: u32,
    }
    let after = check_of::<Visitor>();
    let before = check_of::<v1::Visitor>().sample(v1::Visitor::LOGIN, v1::Login::Password).accept(None);
    let message = after.compare(Some(&before)).unwrap_err();
    assert!(message.contains("cannot read all values") && message.contains("`login`"), "{message}");
    let before = check_of::<v1::Visitor>().sample(v1::Visitor::COLOR, 255).accept(None);
    let message = after.compare(Some(&before)).unwrap_err();
    assert!(
        message.contains("not all values of `login`") && !message.contains("not all values of `color`"),
        "{message}"
    );
}

#[test]
fn a_sample_that_migrate_does_not_convert_is_lost() {
    #[derive(SessionSchema)]
    #[allow(dead_code)]
    struct Before {
        size: String,
    }
    #[derive(SessionSchema)]
    #[allow(dead_code)]
    struct Visitor {
        #[session(migrate = "number")]
        size: u32,
    }
    fn number(old: &serde_json::Value) -> Option<u32> {
        old.as_str()?.parse().ok()
    }
    let before = check_of::<Before>().sample(Before::SIZE, "large".to_owned()).accept(None);
    let message = check_of::<Visitor>().compare(Some(&before)).unwrap_err();
    assert!(message.contains("cannot read all values"), "{message}");
    let message = check_of::<Visitor>().compare(Some(&check_of::<Before>().accept(None))).unwrap_err();
    assert!(message.contains("`migrate` converts some old values"), "{message}");
}

#[test]
fn a_sample_that_its_own_field_cannot_read_is_reported() {
    #[derive(SessionSchema)]
    #[allow(dead_code)]
    struct Visitor {
        #[session(with = "codecs::short")]
        name: String,
    }
    let check = check_of::<Visitor>().sample(Visitor::NAME, "Augusta Ada King".to_owned());
    let message = check.compare(Some(&check.accept(None))).unwrap_err();
    assert!(message.contains("field `name`: its sample cannot be read back"), "{message}");
}

#[test]
fn the_macro_accepts_samples_and_other_schemas() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("visitor.json").to_str().unwrap().to_owned();
    std::fs::write(&file, v1::check().accept(None)).unwrap();
    session::assert_schema!(v1::Visitor, &file, others = [v2::Visitor], samples = [
        v1::Visitor::LOGIN => v1::Login::Password,
        v1::Visitor::COLOR => 255,
    ]);
    session::assert_schema!(v1::Visitor, &file, samples = [v1::Visitor::COLOR => 255]);
    session::assert_schema!(v1::Visitor, &file, others = [v2::Visitor],);
}
