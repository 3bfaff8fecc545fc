//! The values that are tried for each kind of scalar.

use std::fmt;

use serde::de::Visitor;
use serde::de::value::{MapDeserializer, SeqDeserializer};

use super::error::TraceError;
use crate::schema::assert_schema::shape::scalar::Kind;

/// A value for a type that reads a scalar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Candidate {
    Null,
    Bool(bool),
    Unsigned(u128),
    Signed(i128),
    Float(f64),
    Text(&'static str),
    EmptyList,
    EmptyObject,
}

/// Texts of types that read from text: numbers, ids, dates and times, addresses, and other common formats.
pub(in crate::schema::assert_schema) const TEXTS: &[&str] = &[
    "",
    "a",
    "0",
    "1",
    "00000000-0000-0000-0000-000000000000",
    "2000-01-01",
    "2000-01-01T00:00:00Z",
    "2000-01-01T00:00:00",
    "2000-01-01T00:00:00+00:00[UTC]",
    "2000-01-01 00:00:00",
    "2000-01-01 0:00:00.0",
    "2000-01-01 00:00:00.0 +00:00:00",
    "00:00:00",
    "00:00:00.0",
    "+00:00",
    "+00:00:00",
    "UTC",
    "Etc/UTC",
    "PT1S",
    "1s",
    "::1",
    "127.0.0.1",
    "127.0.0.1:80",
    "[::1]:80",
    "::/0",
    "127.0.0.0/8",
    "http://a.example/",
    "a@a.example",
    "a.example",
    "/",
    "text/plain",
    "en",
    "EN",
    "EUR",
    "1.0.0",
    "#000000",
    "00",
    "0000000000000000",
    "00000000000000000000000000000000",
    "AAAA",
    "0.5",
    "true",
    "GET",
    "abcdefgh",
    "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "+491701234567",
    "Mon",
    "Monday",
    "January",
];

/// Types with a limit of the length refuse this text.
const LONG_TEXT: &str = "\
    abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz\
    abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz\
    abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz";

impl Candidate {
    const ONE_OF_EACH_KIND: [Self; 6] =
        [Self::Null, Self::Bool(false), Self::Unsigned(0), Self::Text("a"), Self::EmptyList, Self::EmptyObject];

    /// Returns the values to try, in this order.
    pub(super) fn all(kind: Kind) -> Vec<Self> {
        match kind {
            Kind::Null => vec![Self::Null],
            Kind::Bool => vec![Self::Bool(false), Self::Bool(true)],
            Kind::F32 | Kind::F64 => {
                [0.5, 1.0, 0.0, -1.0, 100.0].map(Self::Float).into_iter().chain(Self::limits(kind)).collect()
            }
            Kind::Char => ["a", "0", "A", " "].map(Self::Text).to_vec(),
            Kind::Text => TEXTS.iter().copied().map(Self::Text).collect(),
            Kind::Any => {
                let texts = TEXTS.iter().copied().map(Self::Text);
                Self::ONE_OF_EACH_KIND.into_iter().chain(texts).collect()
            }
            integer => {
                let limits = Self::limits(integer);
                [0, 1, 2, 7, 10, 100, 1000, 2000].map(Self::Unsigned).into_iter().chain(limits).collect()
            }
        }
    }

    /// Returns the values that a type reads if it reads all values of the kind.
    pub(super) fn limits(kind: Kind) -> Vec<Self> {
        match kind {
            Kind::Null | Kind::Char => Vec::new(),
            Kind::Bool => vec![Self::Bool(false), Self::Bool(true)],
            Kind::Text => vec![Self::Text(""), Self::Text("a")],
            Kind::Any => Self::ONE_OF_EACH_KIND.to_vec(),
            number => number.texts().iter().filter_map(|text| Self::from_number(text)).collect(),
        }
    }

    /// Returns further values that a type reads if it reads all values of the kind. They are in no snapshot.
    pub(super) fn unusual(kind: Kind) -> Vec<Self> {
        if kind == Kind::Text { vec![Self::Text(LONG_TEXT), Self::Text("\u{0} \u{221e}\n")] } else { Vec::new() }
    }

    fn from_number(text: &str) -> Option<Self> {
        let unsigned = text.parse().ok().map(Self::Unsigned);
        let signed = || text.parse().ok().map(Self::Signed);
        unsigned.or_else(signed).or_else(|| text.parse().ok().map(Self::Float))
    }

    /// Passes the value to the type, as the JSON parser would do.
    pub(super) fn visit<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TraceError> {
        match self {
            Self::Null => visitor.visit_unit(),
            Self::Bool(value) => visitor.visit_bool(value),
            Self::Unsigned(value) => match u64::try_from(value) {
                Ok(value) => visitor.visit_u64(value),
                Err(_) => visitor.visit_u128(value),
            },
            Self::Signed(value) => match i64::try_from(value) {
                Ok(value) => visitor.visit_i64(value),
                Err(_) => visitor.visit_i128(value),
            },
            Self::Float(value) => visitor.visit_f64(value),
            Self::Text(text) => visitor.visit_str(text),
            Self::EmptyList => visitor.visit_seq(SeqDeserializer::new(std::iter::empty::<()>())),
            Self::EmptyObject => visitor.visit_map(MapDeserializer::new(std::iter::empty::<((), ())>())),
        }
    }
}

/// The JSON text of the value.
impl fmt::Display for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => value.fmt(f),
            Self::Unsigned(value) => value.fmt(f),
            Self::Signed(value) => value.fmt(f),
            Self::Float(value) => write!(f, "{value:?}"),
            Self::Text(text) => write!(f, "{}", serde_json::json!(text)),
            Self::EmptyList => f.write_str("[]"),
            Self::EmptyObject => f.write_str("{}"),
        }
    }
}
