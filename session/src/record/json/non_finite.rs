//! Finds NaN and infinity in a value, by a serialization without output.

use std::cell::Cell;
use std::fmt::{self, Display};

use serde::Serialize;
use serde::ser::{
    SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple, SerializeTupleStruct,
    SerializeTupleVariant, Serializer,
};

/// Returns true if the value contains a float that is NaN or infinite, at any depth.
pub(super) fn has_non_finite<T: Serialize>(value: &T) -> bool {
    let found = Cell::new(false);
    // The JSON serializer has accepted the value, so a failure here is ignored.
    _ = value.serialize(NonFiniteFinder(&found));
    found.get()
}

/// A serializer that writes nothing, and records a float that is NaN or infinite.
///
/// A flag is safer than an error: a `Serialize` implementation may replace the error of an inner value.
#[derive(Clone, Copy)]
struct NonFiniteFinder<'a>(&'a Cell<bool>);

type SerializeResult = Result<(), fmt::Error>;

macro_rules! ignore {
    ($($method:ident($($type:ty),*)),* $(,)?) => {$(
        fn $method(self, $(_: $type),*) -> SerializeResult {
            Ok(())
        }
    )*};
}

impl<'a> Serializer for NonFiniteFinder<'a> {
    type Ok = ();
    type Error = fmt::Error;
    type SerializeSeq = NonFiniteFinder<'a>;
    type SerializeTuple = NonFiniteFinder<'a>;
    type SerializeTupleStruct = NonFiniteFinder<'a>;
    type SerializeTupleVariant = NonFiniteFinder<'a>;
    type SerializeMap = NonFiniteFinder<'a>;
    type SerializeStruct = NonFiniteFinder<'a>;
    type SerializeStructVariant = NonFiniteFinder<'a>;

    ignore!(
        serialize_bool(bool),
        serialize_i8(i8),
        serialize_i16(i16),
        serialize_i32(i32),
        serialize_i64(i64),
        serialize_i128(i128),
        serialize_u8(u8),
        serialize_u16(u16),
        serialize_u32(u32),
        serialize_u64(u64),
        serialize_u128(u128),
        serialize_char(char),
        serialize_str(&str),
        serialize_bytes(&[u8]),
        serialize_none(),
        serialize_unit(),
        serialize_unit_struct(&'static str),
        serialize_unit_variant(&'static str, u32, &'static str),
    );

    fn serialize_f32(self, value: f32) -> SerializeResult {
        self.0.set(self.0.get() || !value.is_finite());
        Ok(())
    }

    fn serialize_f64(self, value: f64) -> SerializeResult {
        self.0.set(self.0.get() || !value.is_finite());
        Ok(())
    }

    fn collect_str<T: Display + ?Sized>(self, _: &T) -> SerializeResult {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> SerializeResult {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> SerializeResult {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        value: &T,
    ) -> SerializeResult {
        value.serialize(self)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self, fmt::Error> {
        Ok(self)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self, fmt::Error> {
        Ok(self)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self, fmt::Error> {
        Ok(self)
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<Self, fmt::Error> {
        Ok(self)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self, fmt::Error> {
        Ok(self)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, fmt::Error> {
        Ok(self)
    }

    fn serialize_struct_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<Self, fmt::Error> {
        Ok(self)
    }
}

macro_rules! check_elements {
    ($($trait:ident { $method:ident($($name:ty)?) }),* $(,)?) => {$(
        impl $trait for NonFiniteFinder<'_> {
            type Ok = ();
            type Error = fmt::Error;

            fn $method<T: Serialize + ?Sized>(&mut self, $(_: $name,)? value: &T) -> SerializeResult {
                value.serialize(*self)
            }

            fn end(self) -> SerializeResult {
                Ok(())
            }
        }
    )*};
}

check_elements!(
    SerializeSeq { serialize_element() },
    SerializeTuple { serialize_element() },
    SerializeTupleStruct { serialize_field() },
    SerializeTupleVariant { serialize_field() },
    SerializeStruct { serialize_field(&'static str) },
    SerializeStructVariant { serialize_field(&'static str) },
);

impl SerializeMap for NonFiniteFinder<'_> {
    type Ok = ();
    type Error = fmt::Error;

    // A float that is a key was rejected by the JSON serializer, if it is not finite.
    fn serialize_key<T: Serialize + ?Sized>(&mut self, _: &T) -> SerializeResult {
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> SerializeResult {
        value.serialize(*self)
    }

    fn end(self) -> SerializeResult {
        Ok(())
    }
}
