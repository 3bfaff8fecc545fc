//! Reading a snapshot. The first error is kept, because a `?` for each field costs the compiler more.

#![allow(missing_docs, reason = "only for the derive")]

use crate::error::Error;
use crate::schema::field::Field;
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
