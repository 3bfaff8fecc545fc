//! A field as the check sees it: the values that it writes, and a function that reads a stored text.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::shape::written::{WrittenValues, is_changed_value};
use super::tracer::{NodeDeserializer, TraceError, trace};
use crate::record::json::Json;
use crate::record::side::Side;
use crate::schema::field::codec::{Codec, Encode};
use crate::schema::field::{Field, OnInvalid};
use crate::schema::key::{ClientKey, IndexKey, Key};
use crate::schema::keyed::keyed_field::KeyedField;
use crate::schema::keyed::prefix::{ClientKeyPrefix, KeyPrefix};

/// The fields of a schema. Filled by generated code that only `assert_schema!` calls.
#[derive(Default)]
pub struct Shapes {
    pub(super) probes: Vec<FieldProbe>,
}

type ReadText = Box<dyn Fn(&str, bool) -> Reading>;
type ReadsPart = Box<dyn Fn(&str) -> bool>;

pub(super) struct FieldProbe {
    pub(super) side: Side,
    pub(super) key: &'static str,
    pub(super) written: WrittenValues,
    pub(super) has_migration: bool,
    read: ReadText,
    /// Set for a keyed field: whether it reads a key with this part.
    reads_part: Option<ReadsPart>,
}

impl FieldProbe {
    /// Reads a stored text, as the accessors of the field do. `was_sealed`: whether the text was encrypted in the store.
    pub(super) fn read(&self, text: &str, was_sealed: bool) -> Reading {
        (self.read)(text, was_sealed)
    }

    /// Returns true if a keyed field reads a key with this part.
    pub(super) fn reads_part(&self, part: &str) -> bool {
        self.reads_part.as_ref().is_some_and(|reads_part| reads_part(part))
    }
}

/// The result of reading a stored text.
#[derive(Debug)]
pub(super) enum Reading {
    Read,
    /// The text is read, and a number or a list in it is another one when it is written again.
    Changed(Failure),
    Migrated,
    /// The field has `on_invalid`.
    Ignored(Failure),
    Failed(Failure),
}

/// The reason for which a text is not readable.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) message: String,
    /// The byte of the text after which the value was refused.
    pub(super) end: Option<usize>,
}

impl Shapes {
    fn add<T: 'static>(
        &mut self,
        field: Field<'static, T>,
        encode: Encode<T>,
        deserialize: impl Fn(NodeDeserializer<'_>) -> Result<T, TraceError>,
        reads_part: Option<ReadsPart>,
    ) {
        let shape = trace(|deserializer| deserialize(deserializer).map(drop));
        let mut written = WrittenValues::find(shape, |text| rewrite(&field, encode, text));
        if field.null_is_absent {
            written.add_null();
        }
        self.probes.push(FieldProbe {
            side: field.side,
            key: field.keys.key,
            written,
            has_migration: field.migrate.is_some(),
            read: Box::new(move |text, was_sealed| read(&field, encode, text, was_sealed)),
            reads_part,
        });
    }
}

/// Reads a text, and returns the text that is written for this value. `None` if it is not read.
fn rewrite<T>(field: &Field<'_, T>, encode: Encode<T>, text: &str) -> Option<String> {
    let value = decode(field, text).ok()?;
    let json = catch_unwind(AssertUnwindSafe(|| encode(&value))).ok()?.ok()?;
    Some(json.as_str().to_owned())
}

/// Decodes a text. A type that panics refuses it.
fn decode<T>(field: &Field<'_, T>, text: &str) -> Result<T, Failure> {
    let result = catch_unwind(AssertUnwindSafe(|| (field.decode)(text)));
    let panicked = || Failure { message: "its `Deserialize` panics".to_owned(), end: None };
    result.map_err(|_| panicked())?.map_err(|error| Failure::new(&error))
}

fn read<T>(field: &Field<'_, T>, encode: Encode<T>, text: &str, was_sealed: bool) -> Reading {
    let failure = if field.is_sealed && !was_sealed {
        Failure { message: "the value is not encrypted, but the field is `sealed`".to_owned(), end: None }
    } else if field.is_absent_null(text) {
        return Reading::Read;
    } else {
        match decode(field, text) {
            Ok(_) => return changed(text, rewrite(field, encode, text)),
            Err(failure) => failure,
        }
    };
    let migrated =
        field.migrate.map(|migrate| Json::decode::<Value>(text).ok().and_then(|old| migrate(&old)).is_some());
    match (migrated, field.on_invalid) {
        (Some(true), _) => Reading::Migrated,
        (_, OnInvalid::Absent) => Reading::Ignored(failure),
        (Some(false), OnInvalid::Error) => Reading::Failed(failure.after_migration()),
        (None, OnInvalid::Error) => Reading::Failed(failure),
    }
}

fn changed(text: &str, written: Option<String>) -> Reading {
    let written = written.filter(|written| is_changed_value(text, written));
    written.map_or(Reading::Read, |written| {
        Reading::Changed(Failure { message: format!("it is written as `{written}`"), end: None })
    })
}

impl Failure {
    fn new(error: &serde_json::Error) -> Self {
        let message = error.to_string();
        let message = message.split_once(" at line ").map_or(&*message, |(message, _)| message).to_owned();
        // Types that buffer their input, such as tagged enums, lose the position.
        Self { message, end: (error.line() == 1).then(|| error.column()) }
    }

    fn after_migration(self) -> Self {
        Self { message: format!("{}, and `migrate` returns `None`", self.message), ..self }
    }
}

/// A typed key whose field is checked.
pub trait CheckedKey {
    /// The type of the values.
    type Value;

    #[doc(hidden)]
    fn parts(&self) -> (Field<'static, Self::Value>, Encode<Self::Value>);
}

/// The shape of a type that cannot be stored: the key constant reports the error.
pub trait NoShape: Sized {
    #[doc(hidden)]
    fn trace_shape(self, _: &mut Shapes) {}
}

impl<K> NoShape for K {}

macro_rules! checked_keys {
    ($($name:ident [$($part:ident)?] {
        field: |$key:ident| $field:expr, encode: $encode:expr, reads_part: $reads_part:expr
    })*) => {$(
        impl<$($part,)? T> CheckedKey for $name<$($part,)? T> {
            type Value = T;

            fn parts(&self) -> (Field<'static, T>, Encode<T>) {
                let $key = self;
                ($field, $encode)
            }
        }

        // In an impl with a bound: for other types, the call finds `NoShape` instead of being a second error.
        #[doc(hidden)]
        impl<$($part: 'static,)? T: DeserializeOwned + 'static> $name<$($part,)? T> {
            pub fn trace_shape(self, shapes: &mut Shapes) {
                let $key = &self;
                shapes.add($field, $encode, |deserializer| T::deserialize(deserializer), $reads_part);
            }
        }

        #[doc(hidden)]
        impl<$($part: 'static,)? T: 'static> $name<$($part,)? T> {
            pub fn trace_shape_with<C: Codec<Value = T>>(self, shapes: &mut Shapes) {
                let $key = &self;
                shapes.add($field, $encode, |deserializer| C::deserialize(deserializer), $reads_part);
            }
        }
    )*};
}

checked_keys! {
    Key [] { field: |key| key.field, encode: key.encode, reads_part: None }
    IndexKey [] { field: |key| key.field, encode: key.encode, reads_part: None }
    ClientKey [] { field: |key| key.field, encode: key.encode, reads_part: None }
    // A sample of a keyed field is the value of an entry.
    KeyPrefix [K] { field: |key| key.keyed.field, encode: key.keyed.encode, reads_part: Some(reads_part(key.keyed)) }
    ClientKeyPrefix [K] { field: |key| key.keyed.field, encode: key.keyed.encode, reads_part: Some(reads_part(key.keyed)) }
}

fn reads_part<K: 'static, T: 'static>(keyed: KeyedField<K, T>) -> ReadsPart {
    Box::new(move |part| keyed.reads_part(part))
}
