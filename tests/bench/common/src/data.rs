//! The session data: a short text, a number and a struct of about 200 bytes in turn.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use serde::{Deserialize, Serialize};

/// The key that requests read and write. Its value is a text.
pub const TEXT: &str = "key-0000";
/// A key whose value is a struct, in sessions of 10 keys or more.
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

/// Returns a text of 19 bytes that depends on `number`.
fn text(number: u64) -> String {
    format!("value-{:04}-abcdefgh", number % 10_000)
}

/// Returns a text that differs from the previous one.
pub fn unique_text() -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    text(NUMBER.fetch_add(1, Relaxed))
}

/// A sequence of texts for one row, without the atomic operation of [`unique_text`].
#[derive(Default)]
pub struct TextSequence(Cell<u64>);

impl TextSequence {
    /// Returns the next text.
    pub fn next(&self) -> String {
        text(self.0.replace(self.0.get() + 1))
    }
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

/// Returns the keys and values of a session.
pub fn each_key(keys: usize) -> impl Iterator<Item = (String, Datum)> {
    (0..keys).map(|index| {
        let datum = match index % 3 {
            0 => Datum::Text(text(index as u64)),
            1 => Datum::Number(index as i64),
            _ => Datum::Profile(Profile::new()),
        };
        (format!("key-{index:04}"), datum)
    })
}
