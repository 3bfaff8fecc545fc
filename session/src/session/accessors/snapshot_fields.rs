//! `Serialize` and `Debug` of a snapshot. The derive generates one function that visits the fields, because a second one
//! would cost the compiler as much again.

#![allow(missing_docs, reason = "only for the derive")]

use std::fmt::{self, Debug, DebugStruct};
use std::ops::Deref;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::schema::field::codec::{Codec, WithCodec};

/// A struct that the derive generates.
pub trait SnapshotFields {
    fn visit<V: FieldVisitor>(&self, fields: &mut V);
}

pub trait FieldVisitor {
    /// Visits a field. `shown` is the form for `Debug`.
    fn visit<T: Serialize, D: Debug>(&mut self, name: &'static str, value: &T, shown: &D);
}

/// Serializes all fields, `sealed` ones included: templates need them.
///
/// # Errors
///
/// The first error of the serializer.
pub fn serialize_snapshot<S: Serializer, T: SnapshotFields>(
    snapshot: &T,
    serializer: S,
    name: &'static str,
    count: usize,
) -> Result<S::Ok, S::Error> {
    let mut fields = SnapshotWriter::<S>(serializer.serialize_struct(name, count));
    snapshot.visit(&mut fields);
    fields.0?.end()
}

/// Formats the fields with their own `Debug`, since that may hide a value. A `sealed` field is redacted.
///
/// # Errors
///
/// The error of the formatter.
pub fn debug_snapshot<T: SnapshotFields>(snapshot: &T, f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
    let mut fields = f.debug_struct(name);
    snapshot.visit(&mut fields);
    fields.finish()
}

/// The serializer, or its first error. After an error, no further field is serialized.
struct SnapshotWriter<S: Serializer>(Result<S::SerializeStruct, S::Error>);

impl<S: Serializer> FieldVisitor for SnapshotWriter<S> {
    fn visit<T: Serialize, D: Debug>(&mut self, name: &'static str, value: &T, _: &D) {
        if let Ok(fields) = &mut self.0
            && let Err(error) = fields.serialize_field(name, value)
        {
            self.0 = Err(error);
        }
    }
}

impl FieldVisitor for DebugStruct<'_, '_> {
    fn visit<T: Serialize, D: Debug>(&mut self, name: &'static str, _: &T, shown: &D) {
        self.field(name, shown);
    }
}

/// Returns a field for its visit. Its type is `Serialize`, and may be `Debug`.
///
/// Method resolution selects the first type whose bounds are met, and each type derefs to the next one. If the type of the
/// field is not even `Serialize`, the compiler has already reported this at the field, and the last type adds no second error.
#[inline]
pub fn snapshot_field<T>(value: &T) -> SnapshotField<'_, T> {
    SnapshotField(UnformattedField(value))
}

/// Returns a `sealed` field for its visit.
#[inline]
pub fn sealed_field<T>(value: &T) -> SealedField<'_, T> {
    SealedField(value)
}

pub struct SnapshotField<'a, T>(UnformattedField<'a, T>);

impl<T: Serialize + Debug> SnapshotField<'_, T> {
    #[inline]
    pub fn visit<V: FieldVisitor>(&self, name: &'static str, fields: &mut V) {
        let value = self.0.0;
        fields.visit(name, value, value);
    }
}

impl<'a, T> Deref for SnapshotField<'a, T> {
    type Target = UnformattedField<'a, T>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// A field whose type is not `Debug`.
pub struct UnformattedField<'a, T>(&'a T);

impl<T: Serialize> UnformattedField<'_, T> {
    #[inline]
    pub fn visit<V: FieldVisitor>(&self, name: &'static str, fields: &mut V) {
        fields.visit(name, self.0, &format_args!("[not Debug]"));
    }
}

impl<T> Deref for UnformattedField<'_, T> {
    type Target = UnserializableField;

    fn deref(&self) -> &UnserializableField {
        &UnserializableField
    }
}

pub struct SealedField<'a, T>(&'a T);

impl<T: Serialize> SealedField<'_, T> {
    #[inline]
    pub fn visit<V: FieldVisitor>(&self, name: &'static str, fields: &mut V) {
        fields.visit(name, self.0, &format_args!("[redacted]"));
    }
}

impl<T> Deref for SealedField<'_, T> {
    type Target = UnserializableField;

    fn deref(&self) -> &UnserializableField {
        &UnserializableField
    }
}

/// A field whose type is not `Serialize`.
pub struct UnserializableField;

impl UnserializableField {
    #[expect(clippy::unused_self, reason = "called like the method of `SnapshotField`")]
    pub fn visit<V: FieldVisitor>(&self, _: &'static str, _: &mut V) {}
}

/// The value of a field without a default, which is serialized by its codec.
pub struct OptionWithCodec<'a, C: Codec>(pub &'a Option<C::Value>);

impl<C: Codec> Serialize for OptionWithCodec<'_, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.as_ref().map(WithCodec::<C>).serialize(serializer)
    }
}

impl<C: Codec<Value: Debug>> Debug for OptionWithCodec<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
