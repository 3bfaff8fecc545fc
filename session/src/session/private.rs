//! The functions and types that the output of the derive calls. Not public API.

pub mod keyed;

use std::ops::Deref;
use std::time::Duration;

pub use serde::de::{Deserialize, Deserializer};
pub use serde::ser::{Serialize, SerializeStruct, Serializer};
pub use serde_json::Value;

pub use crate::error::Error;
pub use crate::record::side::Side;
use crate::request::fields;
pub use crate::schema::assert_disjoint::{assert_disjoint, assert_nested};
pub use crate::schema::assert_schema::assert_schema;
pub use crate::schema::check::{CheckResult, check_result};
use crate::schema::codec::Encode;
pub use crate::schema::codec::{Codec, WithCodec};
use crate::schema::field::Field;
pub use crate::schema::field::OnInvalid;
pub use crate::schema::info::{FieldInfo, SchemaInfo};
pub use crate::schema::key::{ClientKey, IndexKey, Key};
pub use crate::session::embedded::nested_mut::NestedMut;
pub use crate::session::handle::Session;
pub use crate::session::typed::{ReadOnly, SessionSchema, Snapshot, Typed, View};

pub type Result<T> = core::result::Result<T, Error>;
type TryResult<R, E> = Result<core::result::Result<R, E>>;

/// The key of a server field. An indexed key is checked: the application must have configured its index.
pub trait ServerKey<T> {
    fn checked(&self, session: &Session) -> Result<(&Field<'static, T>, Encode<T>)>;
}

impl<T> ServerKey<T> for Key<T> {
    fn checked(&self, _: &Session) -> Result<(&Field<'static, T>, Encode<T>)> {
        Ok((&self.field, self.encode))
    }
}

impl<T> ServerKey<T> for IndexKey<T> {
    fn checked(&self, session: &Session) -> Result<(&Field<'static, T>, Encode<T>)> {
        session.inner().manager.check_indexed(self)?;
        Ok((&self.field, self.encode))
    }
}

pub async fn get<T>(session: &Session, key: &impl ServerKey<T>) -> Result<Option<T>> {
    let (field, _) = key.checked(session)?;
    match session.get_cached(field) {
        Some(value) => value,
        None => fields::get(session.inner(), field).await,
    }
}

pub async fn get_or<T>(session: &Session, key: &impl ServerKey<T>, default: fn() -> T) -> Result<T> {
    Ok(get(session, key).await?.unwrap_or_else(default))
}

#[expect(clippy::needless_pass_by_value, reason = "a setter takes ownership of the value")]
pub fn set<T>(session: &mut Session, key: &impl ServerKey<T>, value: T) -> Result<()> {
    let (field, encode) = key.checked(session)?;
    fields::set(session.inner(), field, encode, &value)
}

#[expect(clippy::needless_pass_by_value, reason = "a setter takes ownership of the value")]
pub fn set_for<T>(session: &mut Session, key: &impl ServerKey<T>, value: T, duration: Duration) -> Result<()> {
    let (field, encode) = key.checked(session)?;
    fields::set(session.inner(), &field.with_expiry(duration), encode, &value)
}

pub fn unset<T>(session: &mut Session, key: &impl ServerKey<T>) -> Result<()> {
    let (field, _) = key.checked(session)?;
    fields::unset(session.inner(), field)
}

pub async fn remove<T>(session: &mut Session, key: &impl ServerKey<T>) -> Result<Option<T>> {
    let (field, _) = key.checked(session)?;
    fields::remove(session.inner(), field).await
}

/// Removes and returns a flash message. A HEAD request keeps the message, because its client sees no page.
pub async fn take<T>(session: &mut Session, key: &impl ServerKey<T>) -> Result<Option<T>> {
    if session.inner().is_head() { get(session, key).await } else { remove(session, key).await }
}

pub async fn update<T, R>(
    session: &mut Session,
    key: &impl ServerKey<T>,
    mut f: impl FnMut(&mut Option<T>) -> R,
) -> Result<R> {
    Ok(into_ok(try_update(session, key, |value| Ok(f(value))).await?))
}

pub async fn update_or<T, R>(
    session: &mut Session,
    key: &impl ServerKey<T>,
    default: fn() -> T,
    mut f: impl FnMut(&mut T) -> R,
) -> Result<R> {
    update(session, key, |value| f(value.get_or_insert_with(default))).await
}

pub async fn try_update<T, R, E>(
    session: &mut Session,
    key: &impl ServerKey<T>,
    f: impl FnMut(&mut Option<T>) -> core::result::Result<R, E>,
) -> TryResult<R, E> {
    let (field, encode) = key.checked(session)?;
    crate::request::operations::update::try_update(session.drop_cache(), field, encode, f).await
}

pub async fn try_update_or<T, R, E>(
    session: &mut Session,
    key: &impl ServerKey<T>,
    default: fn() -> T,
    mut f: impl FnMut(&mut T) -> core::result::Result<R, E>,
) -> TryResult<R, E> {
    try_update(session, key, |value| f(value.get_or_insert_with(default))).await
}

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
    let value = client_get(session, key)?;
    client_unset(session, key)?;
    Ok(value)
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

/// Returns the handle of a nested schema.
pub fn nested_mut<S: SessionSchema>(session: &mut Session) -> NestedMut<S> {
    NestedMut::new(session)
}

/// A nested schema. All of its items are reached through this trait, so that a missing derive is reported only once.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a session schema",
    label = "expected a struct with `#[derive(SessionSchema)]`",
    note = "add `#[derive(session::SessionSchema)]` to `{Self}`"
)]
pub trait Nested {
    type Snapshot;
    const SCHEMA: &'static SchemaInfo;

    fn snapshot(view: &View<'_>) -> Result<Self::Snapshot>;
}

#[diagnostic::do_not_recommend]
impl<S: SessionSchema> Nested for S {
    type Snapshot = Snapshot<S>;
    const SCHEMA: &'static SchemaInfo = S::SCHEMA;

    fn snapshot(view: &View<'_>) -> Result<Snapshot<S>> {
        S::snapshot(view)
    }
}

/// Marks all accessors as used, so that the compiler reports none of them as dead code. Never called.
pub trait Used<S: ?Sized> {
    fn used<Z>(&mut self, schema: &S, _: Z);
}

// Snapshots

pub fn view<T>(view: &View<'_>, key: &impl ServerKey<T>) -> Result<Option<T>> {
    let (field, _) = key.checked(view.session)?;
    field.read(&view.server, view.record.as_ref(), view.context())
}

pub fn view_or<T>(view: &View<'_>, key: &impl ServerKey<T>, default: fn() -> T) -> Result<T> {
    Ok(self::view(view, key)?.unwrap_or_else(default))
}

pub fn client_view<T>(view: &View<'_>, key: &ClientKey<T>) -> Result<Option<T>> {
    key.field.read(&view.client, None, view.context())
}

pub fn client_view_or<T>(view: &View<'_>, key: &ClientKey<T>, default: fn() -> T) -> Result<T> {
    Ok(client_view(view, key)?.unwrap_or_else(default))
}

/// A field of a snapshot during serialization.
///
/// If its type is not `Serialize`, the compiler has already reported this at the field. Method resolution then falls back
/// to [`Unserializable`], so that there is no second error.
pub struct SnapshotField<'a, T>(pub &'a T);

impl<T: Serialize> SnapshotField<'_, T> {
    pub fn field<S: SerializeStruct>(&self, name: &'static str, to: &mut S) -> core::result::Result<(), S::Error> {
        to.serialize_field(name, self.0)
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
    pub fn field<S: SerializeStruct>(&self, _: &'static str, _: &mut S) -> core::result::Result<(), S::Error> {
        Ok(())
    }
}

pub fn serialize_with_codec<C: Codec, S: SerializeStruct>(
    value: &Option<C::Value>,
    name: &'static str,
    to: &mut S,
) -> core::result::Result<(), S::Error> {
    to.serialize_field(name, &value.as_ref().map(WithCodec::<C>))
}

fn into_ok<R>(result: core::result::Result<R, core::convert::Infallible>) -> R {
    match result {
        Ok(result) => result,
        Err(never) => match never {},
    }
}
