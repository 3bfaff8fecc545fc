//! Tests of the messages for stored values of another type: they name the kind of JSON that was found, never the value.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use session::{Session, SessionSchema};
use session_tests::{App, Browser, Kind, Log};

#[derive(Debug, Serialize, Deserialize)]
enum Role {
    Guest,
    Admin,
}

#[derive(Debug, Serialize, Deserialize)]
struct Address {
    street: String,
    number: u32,
}

#[derive(SessionSchema)]
struct Visitor {
    currency: String,
    role: Role,
    size: u8,
    address: Address,
    list: Vec<Option<Role>>,
    #[session(migrate = "no_size")]
    migrated: u8,
    #[session(null = "absent")]
    nullable: bool,
    #[session(keyed)]
    seats: BTreeMap<u32, Role>,
    #[session(client)]
    theme: String,
    #[session(on_invalid = "discard", key = "wrong_types.ignored")]
    ignored: u8,
}

fn no_size(_: &Value) -> Option<u8> {
    None
}

/// Stores a value and returns the message of the error of its getter.
async fn message(session: &mut Session, key: &str, value: Value) -> String {
    session.insert_raw(key, value).await.unwrap();
    let visitor = session.typed::<Visitor>();
    let error = match key {
        "currency" => visitor.currency().await.err(),
        "role" => visitor.role().await.err(),
        "size" => visitor.size().await.err(),
        "address" => visitor.address().await.err(),
        "list" => visitor.list().await.err(),
        "migrated" => visitor.migrated().await.err(),
        "nullable" => visitor.nullable().await.err(),
        "seats:7" => visitor.seats(&7).await.err(),
        _ => visitor.seats_entries().await.err(),
    };
    error.unwrap().to_string()
}

#[tokio::test]
async fn the_message_names_the_short_type_the_kind_of_json_and_the_attribute_that_helps() {
    const NULL: &str = "; a field with `null = \"absent\"` reads it as absent";
    const OLD: &str = "; a field with `migrate` or `on_invalid` reads values of earlier releases";
    let app = App::new(Kind::Memory).await;
    let mut session = app.open(&Browser::default());
    for (key, value, problem, advice) in [
        ("currency", json!(null), "expected a `String`, found null", NULL),
        ("currency", json!(7), "expected a `String`, found a number", OLD),
        ("currency", json!(true), "expected a `String`, found a boolean", OLD),
        ("currency", json!(["hunter2"]), "expected a `String`, found a list", OLD),
        ("currency", json!({ "hunter2": "hunter2" }), "expected a `String`, found an object", OLD),
        ("role", json!(5), "expected a `Role`, found a number", OLD),
        ("role", json!(null), "expected a `Role`, found null", NULL),
        ("role", json!([]), "expected a `Role`, found a list", OLD),
        ("role", json!(false), "expected a `Role`, found a boolean", OLD),
        ("role", json!("hunter2"), "expected a `Role`, found a text that is not a valid one", OLD),
        ("size", json!(300), "expected a `u8`, found a number that is not a valid one", OLD),
        ("size", json!("hunter2"), "expected a `u8`, found a text", OLD),
        ("address", json!([1]), "expected a `Address`, found a list that is not a valid one (column 2)", OLD),
        (
            "address",
            json!({ "number": "hunter2", "street": "x" }),
            "expected a `Address`, found an object that is not a valid one (column 19)",
            OLD,
        ),
        ("list", json!({}), "expected a `Vec<Option<Role>>`, found an object", OLD),
        (
            "list",
            json!(["Guest", 7]),
            "expected a `Vec<Option<Role>>`, found a list that is not a valid one (column 10)",
            OLD,
        ),
        ("migrated", json!("hunter2"), "expected a `u8`, found a text, and its `migrate` returned `None`", ""),
        ("migrated", json!(null), "expected a `u8`, found null, and its `migrate` returned `None`", NULL),
        ("nullable", json!("hunter2"), "expected a `bool`, found a text", OLD),
        ("seats:7", json!(1), "expected a `Role`, found a number", OLD),
    ] {
        let expected = format!("server key `{key}`: {problem}{advice}");
        assert_eq!(message(&mut session, key, value.clone()).await, expected, "{value}");
    }
    session.unset("seats:7").await.unwrap();
    let part = message(&mut session, "seats:x", json!("Guest")).await;
    assert_eq!(part, "server key `seats:x`: its last part is not a `u32`, or is written differently");
    session.client_mut().insert("theme", 7).unwrap();
    let error = session.typed::<Visitor>().theme().unwrap_err().to_string();
    assert_eq!(error, format!("client key `theme`: expected a `String`, found a number{OLD}"));
    let error = session.get::<Address>("size").await.unwrap_err().to_string();
    assert_eq!(error, format!("server key `size`: expected a `Address`, found a text{OLD}"));
}

#[tokio::test]
async fn the_log_line_of_an_ignored_value_has_no_advice() {
    let log = Log::of_this_process();
    let app = App::new(Kind::Memory).await;
    let mut session = app.open(&Browser::default());
    session.insert("wrong_types.ignored", "hunter2").await.unwrap();
    assert_eq!(session.typed::<Visitor>().ignored().await.unwrap(), None);
    let log = log.all();
    let line = log.lines().find(|line| line.contains("wrong_types.ignored")).unwrap();
    assert!(line.contains("server key `wrong_types.ignored`: expected a `u8`, found a text"), "{line}");
    assert!(!line.contains("on_invalid"), "{line}");
}
