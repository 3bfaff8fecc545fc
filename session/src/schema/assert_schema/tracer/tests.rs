//! The shapes of types, as their own `Deserialize` shows them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::IpAddr;
use std::num::NonZeroU8;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::*;

fn shape_of<T: for<'de> Deserialize<'de>>() -> String {
    trace(|deserializer| T::deserialize(deserializer).map(drop)).to_string()
}

fn texts_of<T: for<'de> Deserialize<'de>>() -> Vec<String> {
    let shape = trace(|deserializer| T::deserialize(deserializer).map(drop));
    let Shape::Scalar(scalar) = shape else { panic!("{shape}") };
    scalar.texts().into_iter().map(str::to_owned).collect()
}

#[test]
fn scalars_and_containers_have_their_shape() {
    assert_eq!(shape_of::<u32>(), "u32");
    assert_eq!(
        shape_of::<(i8, u64, u128, i128, bool, char, f32, f64)>(),
        "(i8, u64, u128, i128, bool, char, f32, f64)"
    );
    assert_eq!(shape_of::<String>(), "str");
    assert_eq!(shape_of::<Box<str>>(), "str");
    assert_eq!(shape_of::<()>(), "null");
    assert_eq!(shape_of::<Option<Vec<u8>>>(), "[u8]?");
    assert_eq!(shape_of::<HashSet<String>>(), "[str]");
    assert_eq!(shape_of::<[u8; 3]>(), "(u8, u8, u8)");
    assert_eq!(shape_of::<HashMap<u16, BTreeMap<String, bool>>>(), "map from u16 to map from str to bool");
    assert_eq!(shape_of::<std::time::Duration>(), "{secs: u64, nanos: u32}");
}

#[test]
fn a_type_that_reads_only_some_texts_or_numbers_has_known_values_with_its_limits() {
    assert_eq!(shape_of::<IpAddr>(), "some str");
    assert_eq!(texts_of::<IpAddr>(), ["\"::1\"", "\"127.0.0.1\""]);
    assert_eq!(shape_of::<NonZeroU8>(), "some u8");
    assert_eq!(texts_of::<NonZeroU8>(), ["1", "255", "2", "7", "10", "100"]);
    assert_eq!(shape_of::<Vec<NonZeroU8>>(), "[some u8]");
}

#[test]
fn values_that_are_refused_after_they_were_read_are_not_used() {
    #[derive(Deserialize)]
    #[serde(try_from = "u16")]
    struct Percent;
    impl TryFrom<u16> for Percent {
        type Error = &'static str;

        fn try_from(value: u16) -> Result<Self, Self::Error> {
            if (1..=100).contains(&value) { Ok(Self) } else { Err("no percentage") }
        }
    }
    #[derive(Deserialize)]
    #[serde(try_from = "String")]
    struct Email;
    impl TryFrom<String> for Email {
        type Error = &'static str;

        fn try_from(text: String) -> Result<Self, Self::Error> {
            text.contains('@').then_some(Self).ok_or("no address")
        }
    }
    #[derive(Deserialize)]
    #[serde(try_from = "String")]
    struct Never;
    impl TryFrom<String> for Never {
        type Error = &'static str;

        fn try_from(_: String) -> Result<Self, Self::Error> {
            Err("no")
        }
    }
    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Contact {
        emails: Vec<Email>,
    }
    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Form {
        never: Never,
        count: Option<u8>,
        list: Vec<Never>,
    }
    assert_eq!(shape_of::<Percent>(), "some u16");
    assert_eq!(shape_of::<Vec<Email>>(), "[some str]");
    assert_eq!(shape_of::<Contact>(), "{emails: [some str]}");
    assert_eq!(shape_of::<Never>(), "unknown str");
    assert_eq!(shape_of::<Form>(), "{never: unknown str, count: u8?, list: [unknown str]}");
}

#[test]
fn aliases_of_a_field_are_not_fields() {
    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Item {
        #[serde(alias = "a_sku", alias = "zsku")]
        sku: String,
        #[serde(skip)]
        cached: u8,
        note: Option<String>,
    }
    assert_eq!(shape_of::<Item>(), "{sku: str, note: str?}");
}

#[test]
fn aliases_inside_of_a_field_do_not_hide_the_field() {
    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Line {
        sku: String,
        #[serde(alias = "qty", alias = "amount")]
        quantity: u32,
    }
    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Cart {
        lines: Vec<Line>,
        first: Line,
        pair: (u8, Line),
        named: BTreeMap<String, Line>,
        choice: Choice,
        #[serde(alias = "old_count")]
        count: u8,
    }
    #[derive(Deserialize)]
    #[allow(dead_code)]
    enum Choice {
        One(Line),
        Named {
            #[serde(alias = "old_line")]
            line: Line,
        },
    }
    let line = "{sku: str, quantity: u32}";
    assert_eq!(
        shape_of::<Cart>(),
        format!(
            "{{lines: [{line}], first: {line}, pair: (u8, {line}), named: map from str to {line}, \
             choice: One({line}) | Named({{line: {line}}}), count: u8}}"
        )
    );
}

#[derive(Deserialize)]
#[allow(dead_code)]
enum Payment {
    Card { number: String, owner: Option<Owner> },
    Invoice(u32),
    Split(Vec<u8>, Theme),
    Free,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Owner {
    theme: Theme,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Theme {
    Dark,
    VeryLight,
}

#[test]
fn every_variant_is_found() {
    assert_eq!(shape_of::<Theme>(), "dark | very_light");
    assert_eq!(
        shape_of::<Payment>(),
        "Card({number: str, owner: {theme: dark | very_light}?}) | Invoice(u32) | Split(([u8], dark | very_light)) | Free"
    );
    assert_eq!(shape_of::<HashMap<Theme2, Payment2>>(), "map from A | B to X(A | B)");
}

#[derive(Deserialize, PartialEq, Eq, Hash)]
enum Theme2 {
    A,
    B,
}

#[derive(Deserialize)]
#[allow(dead_code)]
enum Payment2 {
    X(Theme2),
}

#[test]
fn recursive_types_end() {
    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Tree {
        name: String,
        children: Vec<Tree>,
        parent: Option<Box<Tree>>,
    }
    #[derive(Deserialize)]
    #[allow(dead_code)]
    enum Term {
        Add(Box<Term>, Box<Term>),
        Not(Box<Term>),
        Number(u8),
    }
    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct List(Vec<List>);
    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Endless {
        next: Box<Endless>,
    }
    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Page<T> {
        items: Vec<T>,
    }
    assert_eq!(shape_of::<Tree>(), "{name: str, children: […], parent: …?}");
    assert_eq!(shape_of::<Term>(), "Add((…, …)) | Not(…) | Number(u8)");
    assert_eq!(shape_of::<List>(), "[…]");
    assert_eq!(shape_of::<Endless>(), "{next: …}");
    assert_eq!(shape_of::<Page<Page<u8>>>(), "{items: [{items: [u8]}]}");
}

#[test]
fn types_that_decide_by_the_value_are_any() {
    #[derive(Deserialize)]
    #[serde(tag = "kind")]
    #[allow(dead_code)]
    enum Internal {
        A { a: u8 },
        B,
    }
    #[derive(Deserialize)]
    #[serde(untagged)]
    #[allow(dead_code)]
    enum Untagged {
        A(u8),
        B(String),
    }
    #[derive(Deserialize)]
    #[serde(tag = "kind", content = "value")]
    #[allow(dead_code)]
    enum Adjacent {
        A(u8),
        B(String),
    }
    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Flat {
        a: u8,
        #[serde(flatten)]
        rest: HashMap<String, u8>,
    }
    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Outer {
        value: serde_json::Value,
        login: Internal,
        after: u8,
    }
    assert_eq!(shape_of::<Internal>(), "unknown any");
    assert_eq!(shape_of::<Untagged>(), "some any");
    assert_eq!(shape_of::<serde_json::Value>(), "some any");
    assert_eq!(shape_of::<Flat>(), "unknown any");
    assert_eq!(shape_of::<Adjacent>(), "{kind: A | B, value: unknown any}");
    assert!(shape_of::<Outer>().starts_with("{value: some any, login: unknown any, after: u8"));
}

#[test]
fn a_custom_deserialization_shows_its_own_json() {
    fn from_hex<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
        let text = String::deserialize(deserializer)?;
        u32::from_str_radix(&text, 16).map_err(Error::custom)
    }
    assert_eq!(trace(|deserializer| from_hex(deserializer).map(drop)).to_string(), "some str");
}

#[test]
fn an_attempt_that_does_not_reach_its_part_shows_nothing() {
    #[derive(Deserialize)]
    #[serde(tag = "kind")]
    #[allow(dead_code)]
    enum Internal {
        A,
    }
    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Order {
        internal: Internal,
        count: NonZeroU8,
    }
    assert_eq!(shape_of::<Vec<Order>>(), "[{internal: unknown any, count: some u8}]");
    assert_eq!(
        shape_of::<HashMap<String, Option<Order>>>(),
        "map from str to {internal: unknown any, count: some u8}?"
    );
}

#[test]
fn a_part_that_is_read_only_beside_other_values_is_unknown() {
    struct Versioned;
    impl<'de> Visitor<'de> for Versioned {
        type Value = ();

        fn expecting(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            Ok(())
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
            match items.next_element::<u8>()? {
                Some(0) => items.next_element::<u8>().and(Err(Error::custom("version 0"))),
                _ => Ok(()),
            }
        }
    }
    let shape = trace(|deserializer| deserializer.deserialize_tuple(2, Versioned));
    assert_eq!(shape.to_string(), "(some u8, unknown u8)");
}

#[test]
fn recursive_types_without_a_name_end() {
    #[derive(Deserialize)]
    #[serde(transparent)]
    #[allow(dead_code)]
    struct Tree(BTreeMap<String, Tree>);
    #[derive(Deserialize)]
    #[serde(from = "Vec<Node>")]
    struct Node;
    impl From<Vec<Node>> for Node {
        fn from(_: Vec<Node>) -> Self {
            Self
        }
    }
    #[derive(Deserialize)]
    #[serde(transparent)]
    #[allow(dead_code)]
    struct Endless(Box<(Endless, u8)>);
    assert!(shape_of::<Tree>().ends_with("map from str to unknown any"));
    assert!(shape_of::<Node>().starts_with("[[[[[["));
    assert!(shape_of::<Endless>().starts_with("((("));
}

#[test]
fn a_type_that_panics_refuses_the_value() {
    struct Code;
    impl<'de> Deserialize<'de> for Code {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let text = String::deserialize(deserializer)?;
            let _ = text.split_at(3);
            Ok(Self)
        }
    }
    assert_eq!(shape_of::<Code>(), "some str");
}
