//! What the sessions hold: key `i` is a short text, a number or a struct of about 200 bytes, in turns.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use serde::{Deserialize, Serialize};

/// The key that the requests read and write, a text.
pub const TEXT: &str = "key-0000";
/// A key that holds a struct, from 10 keys on.
pub const PROFILE: &str = "key-0002";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    pub name: String,
    pub email: String,
    pub city: String,
    pub street: String,
    pub newsletter: bool,
    pub visits: u32,
    pub interests: Vec<String>,
}

#[derive(Clone, Serialize)]
#[serde(untagged)]
pub enum Datum {
    Text(String),
    Number(i64),
    Profile(Profile),
}

pub fn key(index: usize) -> String {
    format!("key-{index:04}")
}

/// 19 bytes, another one for each turn.
pub fn text(turn: u64) -> String {
    format!("value-{:04}-abcdefgh", turn % 10_000)
}

/// A text that was not there before.
pub fn another_text() -> String {
    static TURN: AtomicU64 = AtomicU64::new(0);
    text(TURN.fetch_add(1, Relaxed))
}

impl Profile {
    pub fn new() -> Self {
        Self {
            name: "Maria Sibylla Merian".to_owned(),
            email: "maria.merian@example.org".to_owned(),
            city: "Frankfurt am Main".to_owned(),
            street: "Schaumainkai 35".to_owned(),
            newsletter: true,
            visits: 1705,
            interests: vec!["plants".to_owned(), "insects".to_owned()],
        }
    }
}

impl Default for Profile {
    fn default() -> Self {
        Self::new()
    }
}

/// The keys of a session and their values.
pub fn each_key(keys: usize) -> impl Iterator<Item = (String, Datum)> {
    (0..keys).map(|index| {
        let datum = match index % 3 {
            0 => Datum::Text(text(index as u64)),
            1 => Datum::Number(index as i64),
            _ => Datum::Profile(Profile::new()),
        };
        (key(index), datum)
    })
}
