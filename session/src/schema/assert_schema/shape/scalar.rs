//! The shapes without parts: numbers, texts, `null`, and the example values of each.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A JSON value without parts. It is written as text: `u32`, `some u32`, or `unknown u32`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub(in crate::schema::assert_schema) struct Scalar {
    kind: Kind,
    values: Values,
}

/// The values of the kind that the type reads.
#[derive(Clone, Debug)]
enum Values {
    All,
    /// Some of them: these JSON texts, and perhaps others. The snapshot file contains them only inside of whole values.
    Some(Vec<String>),
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
    F32 "f32": "0.5", "-1.0", "3.4028235e38";
    F64 "f64": "0.5", "-1.0", "1.7976931348623157e308";
    Char "char": "\"a\"";
    Text "str": "\"\"", "\"a\"";
    /// A type that decides by the value which type it reads.
    Any "any": "null", "false", "0", "\"a\"", "[]", "{}";
}

const SOME: &str = "some ";
const UNKNOWN: &str = "unknown ";

impl Scalar {
    pub(in crate::schema::assert_schema) fn new(kind: Kind) -> Self {
        Self { kind, values: Values::All }
    }

    /// Creates the shape of a type that reads only some values of the kind, these JSON texts among them.
    pub(in crate::schema::assert_schema) fn with_some(kind: Kind, texts: Vec<String>) -> Self {
        Self { kind, values: if texts.is_empty() { Values::Unknown } else { Values::Some(texts) } }
    }

    pub(in crate::schema::assert_schema) fn is_any(&self) -> bool {
        self.kind == Kind::Any
    }

    pub(in crate::schema::assert_schema) fn reads_all(&self) -> bool {
        matches!(self.values, Values::All)
    }

    pub(in crate::schema::assert_schema) fn has_value(&self) -> bool {
        !matches!(self.values, Values::Unknown)
    }

    /// Returns true if this type reads all values that another one can write.
    pub(in crate::schema::assert_schema) fn contains(&self, other: &Self) -> bool {
        self.reads_all() && self.kind.contains(other.kind)
    }

    /// Returns JSON texts that the type reads, the ordinary one first.
    pub(in crate::schema::assert_schema) fn texts(&self) -> Vec<&str> {
        match &self.values {
            Values::All => self.kind.texts().to_vec(),
            Values::Some(texts) => texts.iter().map(String::as_str).collect(),
            Values::Unknown => Vec::new(),
        }
    }
}

impl Kind {
    /// Returns true if all values of the other kind are values of this one.
    fn contains(self, other: Self) -> bool {
        match (self, other) {
            (Self::Text, Self::Char) | (Self::F64, Self::F32) => return true,
            _ if self == other => return true,
            _ => {}
        }
        let (Some((is_signed, bits)), Some((is_other_signed, other_bits))) = (self.integer(), other.integer()) else {
            return false;
        };
        if is_signed && !is_other_signed {
            bits > other_bits
        } else {
            is_signed == is_other_signed && bits >= other_bits
        }
    }

    /// Returns whether an integer is signed, and its bits.
    fn integer(self) -> Option<(bool, u32)> {
        let sign = self.name().chars().next().filter(|sign| ['u', 'i'].contains(sign))?;
        Some((sign == 'i', self.name()[1..].parse().ok()?))
    }
}

/// The texts are not compared: a shape of the snapshot file has none.
impl PartialEq for Scalar {
    fn eq(&self, other: &Self) -> bool {
        let is_same = std::mem::discriminant(&self.values) == std::mem::discriminant(&other.values);
        self.kind == other.kind && is_same
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prefix = match self.values {
            Values::All => "",
            Values::Some(_) => SOME,
            Values::Unknown => UNKNOWN,
        };
        write!(f, "{prefix}{}", self.kind.name())
    }
}

impl From<Scalar> for String {
    fn from(scalar: Scalar) -> Self {
        scalar.to_string()
    }
}

impl TryFrom<String> for Scalar {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let (name, values) = match (text.strip_prefix(SOME), text.strip_prefix(UNKNOWN)) {
            (Some(name), _) => (name, Values::Some(Vec::new())),
            (None, Some(name)) => (name, Values::Unknown),
            (None, None) => (&*text, Values::All),
        };
        let kind = Kind::ALL.iter().copied().find(|kind| kind.name() == name);
        let kind = kind.ok_or_else(|| format!("`{name}` is not a shape"))?;
        Ok(Self { kind, values })
    }
}
