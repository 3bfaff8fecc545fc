//! The shapes without parts: numbers, texts, `null`, and the example values of each.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A JSON value without parts. It is written as text: `u32`, or `str, such as "2000-01-01"`.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::schema::assert_schema) struct Scalar {
    kind: Kind,
    values: Values,
}

/// The values of the kind that the type reads.
#[derive(Clone, Debug, PartialEq)]
enum Values {
    All,
    /// Some of them, for example this JSON text.
    Example(String),
    /// Some of them, and none is known.
    Unknown,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $name:literal: $($text:literal),*;)*) => {
        /// The kind of a scalar.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(in crate::schema::assert_schema) enum Kind { $($(#[$doc])* $kind),* }

        impl Kind {
            pub(in crate::schema::assert_schema) const ALL: &'static [Self] = &[$(Self::$kind),*];

            pub(in crate::schema::assert_schema) fn name(self) -> &'static str {
                match self { $(Self::$kind => $name),* }
            }

            /// Returns JSON texts that cover the kind: its limits, and an ordinary value.
            pub(in crate::schema::assert_schema) fn texts(self) -> &'static [&'static str] {
                match self { $(Self::$kind => &[$($text),*]),* }
            }
        }
    };
}

kinds! {
    Null "null": "null";
    Bool "bool": "false", "true";
    U8 "u8": "0", "255";
    U16 "u16": "0", "65535";
    U32 "u32": "0", "4294967295";
    U64 "u64": "0", "18446744073709551615";
    U128 "u128": "0", "340282366920938463463374607431768211455";
    I8 "i8": "0", "-128", "127";
    I16 "i16": "0", "-32768", "32767";
    I32 "i32": "0", "-2147483648", "2147483647";
    I64 "i64": "0", "-9223372036854775808", "9223372036854775807";
    I128 "i128": "0", "-170141183460469231731687303715884105728", "170141183460469231731687303715884105727";
    /// `f32` and `f64`.
    Float "float": "0.5", "-1.0";
    Char "char": "\"a\"";
    Text "str": "\"\"", "\"a\"";
    /// A type that decides by the value which type it reads.
    Any "any":;
}

const EXAMPLE: &str = ", such as ";
const UNKNOWN: &str = ", of unknown values";

impl Scalar {
    pub(in crate::schema::assert_schema) fn new(kind: Kind) -> Self {
        Self { kind, values: Values::All }
    }

    /// Creates the shape of a type that reads some values of the kind, and this JSON text is one of them.
    pub(in crate::schema::assert_schema) fn with_example(kind: Kind, example: Option<String>) -> Self {
        Self { kind, values: example.map_or(Values::Unknown, Values::Example) }
    }

    pub(in crate::schema::assert_schema) fn is_any(&self) -> bool {
        self.kind == Kind::Any
    }

    /// Returns JSON texts that the type reads, the ordinary one first.
    pub(in crate::schema::assert_schema) fn texts(&self) -> Vec<&str> {
        match &self.values {
            Values::All => self.kind.texts().to_vec(),
            Values::Example(example) => vec![example],
            Values::Unknown => Vec::new(),
        }
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.name())?;
        match &self.values {
            Values::All => Ok(()),
            Values::Example(example) => write!(f, "{EXAMPLE}{example}"),
            Values::Unknown => f.write_str(UNKNOWN),
        }
    }
}

impl FromStr for Scalar {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, values) = match (text.split_once(EXAMPLE), text.strip_suffix(UNKNOWN)) {
            (Some((name, example)), _) => (name, Values::Example(example.to_owned())),
            (None, Some(name)) => (name, Values::Unknown),
            (None, None) => (text, Values::All),
        };
        let kind = Kind::ALL.iter().copied().find(|kind| kind.name() == name);
        let kind = kind.ok_or_else(|| format!("`{name}` is not a shape"))?;
        Ok(Self { kind, values })
    }
}

impl Serialize for Scalar {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
