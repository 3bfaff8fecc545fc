//! Reading and serializing a snapshot. The first error is kept, because a `?` for each field costs the compiler more.

#![allow(missing_docs, reason = "only for the derive")]

use std::ops::Deref;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::error::Error;
use crate::schema::field::Field;
use crate::schema::field::codec::{Codec, WithCodec};
use crate::schema::key::{ClientKey, IndexKey, Key};
use crate::session::typed::View;

/// A snapshot that is being read. After an error, no further field is read.
pub struct SnapshotReader<'a, 'v> {
    view: &'a View<'v>,
    error: Option<Error>,
}

impl<'a, 'v> SnapshotReader<'a, 'v> {
    pub fn new(view: &'a View<'v>) -> Self {
        Self { view, error: None }
    }

    pub fn read<T>(&mut self, key: &Key<T>) -> Option<T> {
        self.read_server(&key.field)
    }

    pub fn read_or<T>(&mut self, key: &Key<T>, default: fn() -> T) -> T {
        self.read(key).unwrap_or_else(default)
    }

    pub fn index_read<T>(&mut self, key: &IndexKey<T>) -> Option<T> {
        if let Err(error) = self.view.session.inner().manager.check_indexed(key) {
            self.error.get_or_insert(error);
        }
        self.read_server(&key.field)
    }

    pub fn index_read_or<T>(&mut self, key: &IndexKey<T>, default: fn() -> T) -> T {
        self.index_read(key).unwrap_or_else(default)
    }

    pub fn client_read<T>(&mut self, key: &ClientKey<T>) -> Option<T> {
        if self.error.is_some() {
            return None;
        }
        let read = key.field.read(&self.view.client, None, self.view.context());
        self.keep_error(read)
    }

    pub fn client_read_or<T>(&mut self, key: &ClientKey<T>, default: fn() -> T) -> T {
        self.client_read(key).unwrap_or_else(default)
    }

    /// Returns the snapshot.
    ///
    /// # Errors
    ///
    /// The first error of a field.
    pub fn finish<S>(self, snapshot: S) -> Result<S, Error> {
        self.error.map_or(Ok(snapshot), Err)
    }

    fn read_server<T>(&mut self, field: &Field<'_, T>) -> Option<T> {
        if self.error.is_some() {
            return None;
        }
        let read = field.read(&self.view.server, self.view.record.as_ref(), self.view.context());
        self.keep_error(read)
    }

    fn keep_error<T>(&mut self, read: Result<Option<T>, Error>) -> Option<T> {
        read.unwrap_or_else(|error| {
            self.error = self.view.skip(error).err();
            None
        })
    }
}

/// A snapshot that is being serialized. After an error, no further field is serialized.
pub struct SnapshotWriter<S: Serializer> {
    fields: Result<S::SerializeStruct, S::Error>,
}

impl<S: Serializer> SnapshotWriter<S> {
    pub fn new(serializer: S, name: &'static str, count: usize) -> Self {
        Self { fields: serializer.serialize_struct(name, count) }
    }

    /// Writes a field without a default and with a codec.
    pub fn write_with_codec<C: Codec>(&mut self, name: &'static str, value: &Option<C::Value>) {
        self.write(name, &value.as_ref().map(WithCodec::<C>));
    }

    /// Ends the struct.
    ///
    /// # Errors
    ///
    /// The first error of the serializer.
    pub fn finish(self) -> Result<S::Ok, S::Error> {
        self.fields?.end()
    }

    fn write(&mut self, name: &'static str, value: &impl Serialize) {
        if let Ok(fields) = &mut self.fields
            && let Err(error) = fields.serialize_field(name, value)
        {
            self.fields = Err(error);
        }
    }
}

/// A field of a snapshot during serialization.
///
/// If its type is not `Serialize`, the compiler has already reported this at the field. Method resolution then falls back
/// to `Unserializable`, so that there is no second error.
pub struct SnapshotField<'a, T>(pub &'a T);

impl<T: Serialize> SnapshotField<'_, T> {
    pub fn write<S: Serializer>(&self, name: &'static str, to: &mut SnapshotWriter<S>) {
        to.write(name, self.0);
    }
}

impl<T> Deref for SnapshotField<'_, T> {
    type Target = Unserializable;

    fn deref(&self) -> &Unserializable {
        &Unserializable
    }
}

pub struct Unserializable;

impl Unserializable {
    #[expect(clippy::unused_self, reason = "called like the method of `SnapshotField`")]
    pub fn write<S: Serializer>(&self, _: &'static str, _: &mut SnapshotWriter<S>) {}
}
