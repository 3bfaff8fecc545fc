//! Types that a snapshot must describe honestly: most read only some values, or decide by the value.

use std::collections::BTreeMap;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

/// A type that is stored as a text, and that reads only the texts of which the function returns true.
macro_rules! text_types {
    ($($name:ident: |$text:ident| $is_read:expr;)*) => {$(
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(pub String);

        impl TryFrom<String> for $name {
            type Error = &'static str;

            fn try_from($text: String) -> Result<Self, Self::Error> {
                if $is_read { Ok(Self($text)) } else { Err("another text") }
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = &'static str;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.to_owned().try_into()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

text_types! {
    OrderId: |text| text.starts_with("ord_");
    Plan: |text| ["free", "pro"].contains(&&*text);
    Tier: |text| ["gold", "silver"].contains(&&*text);
    Weekday: |text| ["Mon", "Tue"].contains(&&*text);
    Short: |text| text.len() < 20;
}

#[derive(Clone, Serialize, Deserialize)]
pub struct Point {
    pub x: u8,
    pub y: u8,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct Swapped {
    pub y: u8,
    pub x: u8,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct Item {
    pub sku: String,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct ItemWithCount {
    pub sku: String,
    #[serde(default)]
    pub count: u32,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct ItemWithPrice {
    pub sku: String,
    pub price: u32,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct ItemWithNote {
    pub sku: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct Order {
    pub id: OrderId,
    pub count: u32,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct OrderWithGift {
    pub id: OrderId,
    pub count: u32,
    #[serde(default)]
    pub gift: bool,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct OrderWithText {
    pub id: OrderId,
    pub count: String,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct OrderWithNote {
    pub id: OrderId,
    pub count: u32,
    pub note: String,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct Account {
    pub login: Login,
    pub count: u32,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct Day {
    pub day: Weekday,
    pub count: u32,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct DayWithNote {
    pub day: Weekday,
    pub count: u32,
    #[serde(default)]
    pub note: String,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClosedItem {
    pub sku: String,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct Flat {
    pub sku: String,
    #[serde(flatten)]
    pub rest: BTreeMap<String, u8>,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct Ranged(#[serde(deserialize_with = "ranged")] pub u32);

#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Maybe(pub Option<String>);

#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tree(pub BTreeMap<String, Tree>);

#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Nested(pub Vec<Nested>);

#[derive(Clone, Serialize, Deserialize)]
#[serde(from = "Vec<Node>", into = "Vec<Node>")]
pub struct Node(pub Vec<Node>);

#[derive(Clone, Serialize, Deserialize)]
pub enum Theme {
    Dark,
    Light,
}

#[derive(Clone, Serialize, Deserialize)]
pub enum NewTheme {
    Dark,
    System,
}

#[derive(Clone, Serialize, Deserialize)]
pub enum Step {
    Start,
    Paid(OrderId),
    Sent { id: OrderId, day: u8 },
}

#[derive(Clone, Serialize, Deserialize)]
pub enum SmallStep {
    Start,
}

/// Does not write its ordinary value.
#[derive(Clone, Serialize, Deserialize)]
pub struct Copies {
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub copies: u32,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct RequiredCopies {
    pub copies: u32,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "by")]
pub enum Login {
    Password,
    Token { name: String },
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "by")]
pub enum SmallLogin {
    Password,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum NumberOrText {
    Number(u32),
    Text(String),
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "t", content = "c")]
pub enum Adjacent {
    A,
    B(u8),
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "t", content = "c")]
pub enum LargerAdjacent {
    A,
    B(u8),
    C,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "(u8, u8)", into = "(u8, u8)")]
pub struct Interval(pub u8, pub u8);

impl From<Vec<Self>> for Node {
    fn from(nodes: Vec<Self>) -> Self {
        Self(nodes)
    }
}

impl From<Node> for Vec<Node> {
    fn from(node: Node) -> Self {
        node.0
    }
}

impl TryFrom<(u8, u8)> for Interval {
    type Error = &'static str;

    fn try_from((from, to): (u8, u8)) -> Result<Self, Self::Error> {
        if from < to { Ok(Self(from, to)) } else { Err("an empty interval") }
    }
}

impl From<Interval> for (u8, u8) {
    fn from(interval: Interval) -> Self {
        (interval.0, interval.1)
    }
}

fn one() -> u32 {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "required by serde")]
fn is_one(copies: &u32) -> bool {
    *copies == 1
}

fn ranged<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let number = u32::deserialize(deserializer)?;
    if (1_000_000..2_000_000_000).contains(&number) { Ok(number) } else { Err(D::Error::custom("out of range")) }
}

/// Panics if the text is short.
#[derive(Clone, Serialize)]
pub struct Panicking(pub String);

impl<'de> Deserialize<'de> for Panicking {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(Self(text.split_at(3).0.to_owned() + text.split_at(3).1))
    }
}
