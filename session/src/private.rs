//! What the derive's output may name, besides `::core`. Nothing here is public API, and it changes without notice.

use std::ops::Deref;

pub use serde::de::{Deserialize, Deserializer};
pub use serde::ser::{Serialize, SerializeStruct, Serializer};
pub use serde_json::Value;

use crate::access;
pub use crate::disjoint::{assert_disjoint, assert_nested};
pub use crate::field::{Codec, OnInvalid};
use crate::field::{Encode, Field};
pub use crate::guard::assert_schema;
pub use crate::schema::View;
pub use crate::{
    ClientKey, Error, FieldInfo, IndexKey, Key, ReadOnly, SchemaInfo, Session, SessionSchema, Side, Snapshot, Typed,
};

pub type Result<T> = core::result::Result<T, Error>;
type Tried<R, E> = Result<core::result::Result<R, E>>;

/// The key of a server field: as it is, or indexed, which the application has to agree to.
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
        session.shared().manager.check_indexed(self)?;
        Ok((&self.field, self.encode))
    }
}

pub async fn get<T>(session: &Session, key: &impl ServerKey<T>) -> Result<Option<T>> {
    let (field, _) = key.checked(session)?;
    match access::get_at_once(session, field) {
        Some(value) => value,
        None => access::get(session.shared(), field).await,
    }
}

pub async fn get_or<T>(session: &Session, key: &impl ServerKey<T>, default: fn() -> T) -> Result<T> {
    Ok(get(session, key).await?.unwrap_or_else(default))
}

#[expect(clippy::needless_pass_by_value, reason = "a setter takes the value, so that the caller gives it up")]
pub fn set<T>(session: &mut Session, key: &impl ServerKey<T>, value: T) -> Result<()> {
    let (field, encode) = key.checked(session)?;
    access::set(session.shared(), field, encode, &value)
}

pub fn unset<T>(session: &mut Session, key: &impl ServerKey<T>) -> Result<()> {
    let (field, _) = key.checked(session)?;
    access::unset(session.shared(), field)
}

pub async fn remove<T>(session: &mut Session, key: &impl ServerKey<T>) -> Result<Option<T>> {
    let (field, _) = key.checked(session)?;
    access::remove(session.shared(), field).await
}

pub async fn update<T, R>(
    session: &mut Session,
    key: &impl ServerKey<T>,
    mut f: impl FnMut(&mut Option<T>) -> R,
) -> Result<R> {
    Ok(always(try_update(session, key, |value| Ok(f(value))).await?))
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
) -> Tried<R, E> {
    let (field, encode) = key.checked(session)?;
    access::try_update(session.let_go(), field, encode, f).await
}

pub async fn try_update_or<T, R, E>(
    session: &mut Session,
    key: &impl ServerKey<T>,
    default: fn() -> T,
    mut f: impl FnMut(&mut T) -> core::result::Result<R, E>,
) -> Tried<R, E> {
    try_update(session, key, |value| f(value.get_or_insert_with(default))).await
}

pub fn client_get<T>(session: &Session, key: &ClientKey<T>) -> Result<Option<T>> {
    access::client_get(session.shared(), &key.field)
}

pub fn client_get_or<T>(session: &Session, key: &ClientKey<T>, default: fn() -> T) -> Result<T> {
    Ok(client_get(session, key)?.unwrap_or_else(default))
}

#[expect(clippy::needless_pass_by_value, reason = "a setter takes the value, so that the caller gives it up")]
pub fn client_set<T>(session: &mut Session, key: &ClientKey<T>, value: T) -> Result<()> {
    access::set(session.shared(), &key.field, key.encode, &value)
}

pub fn client_unset<T>(session: &mut Session, key: &ClientKey<T>) -> Result<()> {
    access::unset(session.shared(), &key.field)
}

pub fn client_remove<T>(session: &mut Session, key: &ClientKey<T>) -> Result<Option<T>> {
    let value = client_get(session, key)?;
    client_unset(session, key)?;
    Ok(value)
}

pub fn client_update<T, R>(
    session: &mut Session,
    key: &ClientKey<T>,
    f: impl FnOnce(&mut Option<T>) -> R,
) -> Result<R> {
    Ok(always(client_try_update(session, key, |value| Ok(f(value)))?))
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
) -> Tried<R, E> {
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
) -> Tried<R, E> {
    client_try_update(session, key, |value| f(value.get_or_insert_with(default)))
}

/// What a nested schema is to the one that it is in. All of it comes through this one trait, so that a schema that is
/// none is reported once.
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

/// Every accessor, used once. Nobody calls this.
pub trait Used<S: ?Sized> {
    fn used<Z>(&mut self, schema: &S, _: Z);
}

// Snapshots

pub fn view<T>(view: &View<'_>, key: &impl ServerKey<T>) -> Result<Option<T>> {
    let (field, _) = key.checked(view.session)?;
    field.read_in(&view.server)
}

pub fn view_or<T>(view: &View<'_>, key: &impl ServerKey<T>, default: fn() -> T) -> Result<T> {
    Ok(self::view(view, key)?.unwrap_or_else(default))
}

pub fn client_view<T>(view: &View<'_>, key: &ClientKey<T>) -> Result<Option<T>> {
    key.field.read_in(&view.client)
}

pub fn client_view_or<T>(view: &View<'_>, key: &ClientKey<T>, default: fn() -> T) -> Result<T> {
    Ok(client_view(view, key)?.unwrap_or_else(default))
}

/// A field of a snapshot on its way out. If its type cannot be written, that has been reported where the field stands:
/// a method that does not apply is passed over for that of [`Unwritable`], and there is no second error.
pub struct Shown<'a, T>(pub &'a T);

impl<T: Serialize> Shown<'_, T> {
    pub fn field<S: SerializeStruct>(&self, name: &'static str, to: &mut S) -> core::result::Result<(), S::Error> {
        to.serialize_field(name, self.0)
    }
}

impl<T> Deref for Shown<'_, T> {
    type Target = Unwritable;

    fn deref(&self) -> &Unwritable {
        &Unwritable
    }
}

pub struct Unwritable;

impl Unwritable {
    pub fn field<S: SerializeStruct>(&self, _: &'static str, _: &mut S) -> core::result::Result<(), S::Error> {
        Ok(())
    }
}

/// A value in the form that its codec gives it.
pub struct Coded<'a, C: Codec>(pub &'a C::Value);

impl<C: Codec> Serialize for Coded<'_, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> core::result::Result<S::Ok, S::Error> {
        C::serialize(self.0, serializer)
    }
}

pub fn coded_field<C: Codec, S: SerializeStruct>(
    value: &Option<C::Value>,
    name: &'static str,
    to: &mut S,
) -> core::result::Result<(), S::Error> {
    to.serialize_field(name, &value.as_ref().map(Coded::<C>))
}

fn always<R>(result: core::result::Result<R, core::convert::Infallible>) -> R {
    match result {
        Ok(result) => result,
        Err(never) => match never {},
    }
}
