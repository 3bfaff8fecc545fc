//! The functions and types that the output of the derive calls. Not public API.

pub mod keyed;

pub use std::fmt::Debug;
use std::time::Duration;

pub use serde::de::{Deserialize, Deserializer};
pub use serde::ser::{Serialize, Serializer};
pub use serde_json::Value;

pub use crate as session;
pub use crate::error::Error;
pub use crate::future;
pub use crate::record::side::Side;
use crate::request::fields;
use crate::request::operations::update::field_update::FieldUpdate;
pub use crate::schema::assert_disjoint::{assert_disjoint, assert_nested};
pub use crate::schema::assert_schema::{CheckedKey, NoShape, SchemaCheck, Shapes};
use crate::schema::field::Field;
pub use crate::schema::field::OnInvalid;
pub use crate::schema::field::check::{CheckParameter, CheckResult, CheckReturn, MigrateParameter, MigrateReturn};
use crate::schema::field::codec::Encode;
pub use crate::schema::field::codec::{Codec, WithCodec};
pub use crate::schema::info::{FieldInfo, SchemaInfo};
pub use crate::schema::key::index_type::{AnyIndexType, IndexProbe, assert_indexable};
pub use crate::schema::key::{ClientKey, IndexKey, Key};
pub use crate::session::accessors::misuse::{AwaitedHandle, ClonedHandle};
pub use crate::session::accessors::snapshot::SnapshotReader;
pub use crate::session::accessors::snapshot_fields::{
    FieldVisitor, OptionWithCodec, SnapshotFields, debug_snapshot, sealed_field, serialize_snapshot, snapshot_field,
};
use crate::session::accessors::update::{TryUpdate, TryUpdateOr, Update, UpdateOr};
pub use crate::session::embedded::group::{Group, GroupField, GroupValues, group_get, group_remove, group_value};
pub use crate::session::embedded::nested_mut::NestedMut;
pub use crate::session::handle::Session;
pub use crate::session::typed::{DerivedSchema, ReadOnly, SessionSchema, Snapshot, Typed, View};

pub type Result<T> = core::result::Result<T, Error>;
type TryResult<R, E> = Result<core::result::Result<R, E>>;

// Server fields. An indexed key is checked: the application must have configured its index.

macro_rules! server_accessors {
    ($($key:ident, $check:ident:
        $get:ident $get_or:ident $set:ident $set_for:ident $unset:ident $remove:ident $take:ident
        $update:ident $update_or:ident $try_update:ident $try_update_or:ident)*) => {$(
        pub async fn $get<T>(session: &Session, key: &$key<T>) -> Result<Option<T>> {
            $check(session, key).map_or(Ok(()), Err)?;
            match session.get_cached(&key.field) {
                Some(value) => value,
                None => fields::get(session.inner(), &key.field).await,
            }
        }

        pub async fn $get_or<T>(session: &Session, key: &$key<T>, default: fn() -> T) -> Result<T> {
            Ok($get(session, key).await?.unwrap_or_else(default))
        }

        pub fn $set<T>(session: &mut Session, key: &$key<T>, value: T) -> Result<()> {
            $check(session, key).map_or(Ok(()), Err)?;
            fields::set(session.inner(), &key.field, key.encode, &value)
        }

        pub fn $set_for<T>(session: &mut Session, key: &$key<T>, value: T, duration: Duration) -> Result<()> {
            $check(session, key).map_or(Ok(()), Err)?;
            fields::set(session.inner(), &key.field.with_expiry(duration), key.encode, &value)
        }

        pub fn $unset<T>(session: &mut Session, key: &$key<T>) -> Result<()> {
            $check(session, key).map_or(Ok(()), Err)?;
            fields::unset(session.inner(), &key.field)
        }

        pub async fn $remove<T>(session: &mut Session, key: &$key<T>) -> Result<Option<T>> {
            $check(session, key).map_or(Ok(()), Err)?;
            fields::remove(session.inner(), &key.field).await
        }

        /// Removes and returns a flash message. A HEAD request keeps the message, because its client sees no page.
        pub async fn $take<T>(session: &mut Session, key: &$key<T>) -> Result<Option<T>> {
            if session.inner().is_head() { $get(session, key).await } else { $remove(session, key).await }
        }

        #[inline]
        pub fn $update<'a, T, R, F>(session: &'a mut Session, key: &'a $key<T>, f: F) -> Update<'a, T, R, F> {
            let refused = $check(session, key);
            Update::new(field_update(session, &key.field, key.encode, refused), f)
        }

        #[inline]
        pub fn $update_or<'a, T, R, F>(
            session: &'a mut Session,
            key: &'a $key<T>,
            default: fn() -> T,
            f: F,
        ) -> UpdateOr<'a, T, R, F> {
            let refused = $check(session, key);
            UpdateOr::new(field_update(session, &key.field, key.encode, refused), default, f)
        }

        #[inline]
        pub fn $try_update<'a, T, R, E, F>(
            session: &'a mut Session,
            key: &'a $key<T>,
            f: F,
        ) -> TryUpdate<'a, T, R, E, F> {
            let refused = $check(session, key);
            TryUpdate::new(field_update(session, &key.field, key.encode, refused), f)
        }

        #[inline]
        pub fn $try_update_or<'a, T, R, E, F>(
            session: &'a mut Session,
            key: &'a $key<T>,
            default: fn() -> T,
            f: F,
        ) -> TryUpdateOr<'a, T, R, E, F> {
            let refused = $check(session, key);
            TryUpdateOr::new(field_update(session, &key.field, key.encode, refused), default, f)
        }
    )*};
}

server_accessors! {
    Key, accept: get get_or set set_for unset remove take update update_or try_update try_update_or
    IndexKey, check_index: index_get index_get_or index_set index_set_for index_unset index_remove index_take
        index_update index_update_or index_try_update index_try_update_or
}

#[inline]
fn accept<T>(_: &Session, _: &Key<T>) -> Option<Error> {
    None
}

/// The application must have configured the index.
fn check_index<T>(session: &Session, key: &IndexKey<T>) -> Option<Error> {
    session.inner().manager.check_indexed(key).err()
}

#[inline]
fn field_update<'a, T, R>(
    session: &'a mut Session,
    field: &'a Field<'a, T>,
    encode: Encode<T>,
    refused: Option<Error>,
) -> FieldUpdate<'a, T, R> {
    let update = FieldUpdate::new(session.drop_cache(), field, encode);
    match refused {
        Some(error) => update.refuse(error),
        None => update,
    }
}

// Client fields

pub fn client_get<T>(session: &Session, key: &ClientKey<T>) -> Result<Option<T>> {
    fields::client_get(session.inner(), &key.field)
}

pub fn client_get_or<T>(session: &Session, key: &ClientKey<T>, default: fn() -> T) -> Result<T> {
    Ok(client_get(session, key)?.unwrap_or_else(default))
}

#[expect(clippy::needless_pass_by_value, reason = "a setter takes ownership of the value")]
pub fn client_set<T>(session: &mut Session, key: &ClientKey<T>, value: T) -> Result<()> {
    fields::set(session.inner(), &key.field, key.encode, &value)
}

#[expect(clippy::needless_pass_by_value, reason = "a setter takes ownership of the value")]
pub fn client_set_for<T>(session: &mut Session, key: &ClientKey<T>, value: T, duration: Duration) -> Result<()> {
    fields::set(session.inner(), &key.field.with_expiry(duration), key.encode, &value)
}

pub fn client_unset<T>(session: &mut Session, key: &ClientKey<T>) -> Result<()> {
    fields::unset(session.inner(), &key.field)
}

pub fn client_remove<T>(session: &mut Session, key: &ClientKey<T>) -> Result<Option<T>> {
    fields::client_remove(session.inner(), &key.field)
}

/// Removes and returns a flash message, except in a HEAD request.
pub fn client_take<T>(session: &mut Session, key: &ClientKey<T>) -> Result<Option<T>> {
    if session.inner().is_head() { client_get(session, key) } else { client_remove(session, key) }
}

pub fn client_update<T, R>(
    session: &mut Session,
    key: &ClientKey<T>,
    f: impl FnOnce(&mut Option<T>) -> R,
) -> Result<R> {
    Ok(into_ok(client_try_update(session, key, |value| Ok(f(value)))?))
}

pub fn client_update_or<T, R>(
    session: &mut Session,
    key: &ClientKey<T>,
    default: fn() -> T,
    f: impl FnOnce(&mut T) -> R,
) -> Result<R> {
    client_update(session, key, |value| f(value.get_or_insert_with(default)))
}

pub fn client_try_update<T, R, E>(
    session: &mut Session,
    key: &ClientKey<T>,
    f: impl FnOnce(&mut Option<T>) -> core::result::Result<R, E>,
) -> TryResult<R, E> {
    let mut value = client_get(session, key)?;
    let result = match f(&mut value) {
        Ok(result) => result,
        Err(error) => return Ok(Err(error)),
    };
    match value {
        Some(value) => client_set(session, key, value)?,
        None => client_unset(session, key)?,
    }
    Ok(Ok(result))
}

pub fn client_try_update_or<T, R, E>(
    session: &mut Session,
    key: &ClientKey<T>,
    default: fn() -> T,
    f: impl FnOnce(&mut T) -> core::result::Result<R, E>,
) -> TryResult<R, E> {
    client_try_update(session, key, |value| f(value.get_or_insert_with(default)))
}

/// A nested schema. All of its items are reached through this trait, so that a missing derive is reported only once: its
/// message must be the one of `SessionSchema`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a session schema",
    label = "expected a struct with `#[derive(SessionSchema)]`",
    note = "add `#[derive(session::SessionSchema)]` to `{Self}`",
    note = "`Typed` and `ReadOnly` take one schema: for two schemas, take two arguments"
)]
pub trait Nested {
    type ReadOnly;
    type Mut;
    type Snapshot;
    const SCHEMA: &'static SchemaInfo;

    fn read_only(session: &Session) -> Self::ReadOnly;

    fn nested_mut(session: &mut Session) -> Self::Mut;

    fn snapshot(view: &View<'_>) -> Result<Self::Snapshot>;

    fn shapes(shapes: &mut Shapes);
}

#[diagnostic::do_not_recommend]
impl<S: SessionSchema> Nested for S {
    type ReadOnly = ReadOnly<S>;
    type Mut = NestedMut<S>;
    type Snapshot = Snapshot<S>;
    const SCHEMA: &'static SchemaInfo = S::SCHEMA;

    fn read_only(session: &Session) -> ReadOnly<S> {
        session.typed()
    }

    fn nested_mut(session: &mut Session) -> NestedMut<S> {
        NestedMut::new(session)
    }

    fn snapshot(view: &View<'_>) -> Result<Snapshot<S>> {
        S::snapshot(view)
    }

    fn shapes(shapes: &mut Shapes) {
        S::shapes(shapes);
    }
}

/// Marks the fields as used, so that the compiler reports none of them as dead code. Never called.
pub trait Used<S: ?Sized> {
    // The compiler suggests methods with similar names, so this one is similar to none.
    fn zz_internal<Z>(&mut self, schema: &S, _: Z);
}

fn into_ok<R>(result: core::result::Result<R, core::convert::Infallible>) -> R {
    match result {
        Ok(result) => result,
        Err(never) => match never {},
    }
}
