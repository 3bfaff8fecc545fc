//! The shape of a type: the JSON values that its `Deserialize` reads.

pub(super) mod coverage;
pub(super) mod examples;
pub(super) mod scalar;
pub(super) mod written;

use std::{fmt, mem};

use serde::{Deserialize, Serialize};

use self::scalar::Scalar;

/// A shape, as it is written to the snapshot file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Shape {
    Nullable(Box<Shape>),
    List(Box<Shape>),
    Tuple(Vec<Shape>),
    /// An object with keys of any text: the shapes of keys and values.
    Map(Box<Shape>, Box<Shape>),
    #[serde(with = "ordered")]
    Object(Vec<(String, Shape)>),
    /// The variants of an enum. A variant without content is a JSON string.
    #[serde(with = "ordered")]
    OneOf(Vec<(String, Option<Shape>)>),
    /// The shape that is this number of levels further out.
    Recursive(usize),
    #[serde(untagged)]
    Scalar(Scalar),
}

impl Shape {
    /// Returns true if a part of the shape reads values that are not known.
    pub(super) fn is_partial(&self) -> bool {
        match self {
            Self::Scalar(scalar) => !scalar.reads_all(),
            Self::Recursive(_) => false,
            _ => self.parts().iter().any(|(_, part)| part.is_partial()),
        }
    }

    /// Returns true if values with each part of this shape are known.
    pub(super) fn has_value(&self) -> bool {
        match self {
            Self::Scalar(scalar) => scalar.has_value(),
            // They may be `null` or empty.
            Self::Nullable(_) | Self::List(_) | Self::Map(..) | Self::Recursive(_) => true,
            Self::OneOf(variants) => variants.iter().any(|(_, content)| content.as_ref().is_none_or(Self::has_value)),
            Self::Tuple(_) | Self::Object(_) => self.parts().iter().all(|(_, part)| part.has_value()),
        }
    }

    /// Returns the shapes inside of this one, each with the end of its path.
    pub(super) fn parts(&self) -> Vec<(String, &Self)> {
        match self {
            Self::Nullable(inner) => vec![(String::new(), inner)],
            Self::List(item) => vec![("[]".to_owned(), item)],
            Self::Tuple(items) => items.iter().enumerate().map(|(index, item)| (format!(".{index}"), item)).collect(),
            Self::Map(key, value) => vec![(" (keys)".to_owned(), key), (".*".to_owned(), value)],
            Self::Object(fields) => fields.iter().map(|(name, field)| (format!(".{name}"), field)).collect(),
            Self::OneOf(variants) => {
                let contents = variants.iter().filter_map(|(name, content)| Some((name, content.as_ref()?)));
                contents.map(|(name, content)| (format!(".{name}"), content)).collect()
            }
            Self::Recursive(_) | Self::Scalar(_) => Vec::new(),
        }
    }

    /// Returns true if both shapes have the same container, whose parts can be compared.
    pub(super) fn is_same_container(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Tuple(items), Self::Tuple(others)) => items.len() == others.len(),
            (Self::Scalar(_) | Self::Recursive(_), _) => false,
            _ => mem::discriminant(self) == mem::discriminant(other),
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nullable(inner) => write!(f, "{inner}?"),
            Self::List(item) => write!(f, "[{item}]"),
            Self::Tuple(items) => write!(f, "({})", joined(items, ", ", ToString::to_string)),
            Self::Map(key, value) => write!(f, "map from {key} to {value}"),
            Self::Object(fields) => {
                write!(f, "{{{}}}", joined(fields, ", ", |(name, field)| format!("{name}: {field}")))
            }
            Self::OneOf(variants) => f.write_str(&joined(variants, " | ", variant_text)),
            Self::Recursive(_) => f.write_str("…"),
            Self::Scalar(scalar) => scalar.fmt(f),
        }
    }
}

fn joined<T>(items: &[T], separator: &str, text: impl Fn(&T) -> String) -> String {
    items.iter().map(text).collect::<Vec<_>>().join(separator)
}

fn variant_text((name, content): &(String, Option<Shape>)) -> String {
    content.as_ref().map_or_else(|| name.clone(), |content| format!("{name}({content})"))
}

/// A list of pairs as a JSON object that keeps its order.
mod ordered {
    use std::fmt;
    use std::marker::PhantomData;

    use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
    use serde::ser::{Serialize, Serializer};

    pub(super) fn serialize<T: Serialize, S: Serializer>(
        pairs: &[(String, T)],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(pairs.iter().map(|(key, value)| (key, value)))
    }

    pub(super) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<(String, T)>, D::Error> {
        struct Pairs<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Pairs<T> {
            type Value = Vec<(String, T)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                std::iter::from_fn(|| map.next_entry().transpose()).collect()
            }
        }

        deserializer.deserialize_map(Pairs(PhantomData))
    }
}
