//! The shape of a type: the JSON values that its `Deserialize` reads.

pub(super) mod coverage;
pub(super) mod differences;
pub(super) mod examples;
pub(super) mod scalar;
pub(super) mod written;

use std::fmt;

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
    Object(Vec<(String, Presence)>),
    /// An object that refuses unknown fields.
    #[serde(with = "ordered")]
    ClosedObject(Vec<(String, Presence)>),
    /// The variants of an enum. A variant without content is a JSON string.
    #[serde(with = "ordered")]
    OneOf(Vec<(String, Option<Shape>)>),
    /// The shape that is this number of levels further out.
    Recursive(usize),
    #[serde(untagged)]
    Scalar(Scalar),
}

/// Whether a field of an object may be left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Presence {
    Optional(Shape),
    #[serde(untagged)]
    Required(Shape),
}

impl Presence {
    pub(super) fn shape(&self) -> &Shape {
        match self {
            Self::Optional(shape) | Self::Required(shape) => shape,
        }
    }

    pub(super) fn is_optional(&self) -> bool {
        matches!(self, Self::Optional(_))
    }
}

impl Shape {
    /// Returns true if a part of the shape reads values that are not known.
    pub(super) fn is_partial(&self) -> bool {
        match self {
            Self::Scalar(scalar) => !scalar.reads_all(),
            Self::Recursive(_) => false,
            _ => self.parts().any(Self::is_partial),
        }
    }

    /// Returns the shapes inside of this one.
    pub(super) fn parts(&self) -> Box<dyn Iterator<Item = &Self> + '_> {
        match self {
            Self::Nullable(inner) | Self::List(inner) => Box::new([&**inner].into_iter()),
            Self::Tuple(items) => Box::new(items.iter()),
            Self::Map(key, value) => Box::new([&**key, &**value].into_iter()),
            Self::Object(fields) | Self::ClosedObject(fields) => {
                Box::new(fields.iter().map(|(_, field)| field.shape()))
            }
            Self::OneOf(variants) => Box::new(variants.iter().filter_map(|(_, content)| content.as_ref())),
            Self::Recursive(_) | Self::Scalar(_) => Box::new([].into_iter()),
        }
    }

    /// Returns the fields of an object.
    pub(super) fn fields(&self) -> Option<&[(String, Presence)]> {
        match self {
            Self::Object(fields) | Self::ClosedObject(fields) => Some(fields),
            _ => None,
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
            Self::Object(fields) | Self::ClosedObject(fields) => write!(f, "{{{}}}", joined(fields, ", ", field_text)),
            Self::OneOf(variants) => f.write_str(&joined(variants, " | ", variant_text)),
            Self::Recursive(_) => f.write_str("…"),
            Self::Scalar(scalar) => scalar.fmt(f),
        }
    }
}

fn joined<T>(items: &[T], separator: &str, text: impl Fn(&T) -> String) -> String {
    items.iter().map(text).collect::<Vec<_>>().join(separator)
}

fn field_text((name, field): &(String, Presence)) -> String {
    let mark = if field.is_optional() { "?" } else { "" };
    format!("{name}{mark}: {}", field.shape())
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

#[cfg(test)]
mod tests {
    use super::scalar::{Kind, Scalar};
    use super::*;

    fn scalar(kind: Kind) -> Shape {
        Shape::Scalar(Scalar::new(kind))
    }

    #[test]
    fn a_shape_is_written_and_read_equal() {
        let fields = vec![
            ("z".to_owned(), Presence::Required(scalar(Kind::U32))),
            ("a".to_owned(), Presence::Optional(Shape::Nullable(Box::new(scalar(Kind::Text))))),
        ];
        let variants = vec![
            ("Unit".to_owned(), None),
            ("Null".to_owned(), Some(scalar(Kind::Null))),
            ("Again".to_owned(), Some(Shape::Recursive(2))),
            ("Date".to_owned(), Some(Shape::Scalar(Scalar::with_some(Kind::Text, vec!["\"2000-01-01\"".to_owned()])))),
        ];
        let shape = Shape::Tuple(vec![
            Shape::List(Box::new(Shape::ClosedObject(fields.clone()))),
            Shape::Map(Box::new(scalar(Kind::Text)), Box::new(Shape::OneOf(variants))),
            Shape::Object(fields),
            scalar(Kind::Any),
        ]);
        let text = serde_json::to_string(&shape).unwrap();
        assert_eq!(serde_json::from_str::<Shape>(&text).unwrap(), shape, "{text}");
        assert_eq!(
            shape.to_string(),
            "([{z: u32, a?: str?}], map from str to Unit | Null(null) | Again(…) | Date(some str), \
             {z: u32, a?: str?}, any)"
        );
    }
}
