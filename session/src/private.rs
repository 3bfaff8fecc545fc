//! What the derive's output may name, besides `::core`. Nothing here is public API, and it changes without notice.

use crate::access;
use crate::json::Place;
pub use crate::{ClientKey, Error, IndexKey, Key, ReadOnly, Session, SessionSchema, Typed};

pub type Result<T> = core::result::Result<T, Error>;
type Tried<R, E> = Result<core::result::Result<R, E>>;

/// The key of a server field: as it is, or indexed, which the application has to agree to.
pub trait ServerKey<T> {
    fn checked(&self, session: &Session) -> Result<Key<T>>;
}

impl<T> ServerKey<T> for Key<T> {
    fn checked(&self, _: &Session) -> Result<Key<T>> {
        Ok(*self)
    }
}

impl<T> ServerKey<T> for IndexKey<T> {
    fn checked(&self, session: &Session) -> Result<Key<T>> {
        session.shared().manager.check_indexed(self)?;
        Ok(self.as_key())
    }
}

pub async fn get<T>(session: &Session, key: &impl ServerKey<T>) -> Result<Option<T>> {
    let key = key.checked(session)?;
    let value = session.shared().read(&key).await?;
    access::decode(Place::Server, &key, value.as_ref(), key.codec.decode)
}

pub async fn get_or<T>(session: &Session, key: &impl ServerKey<T>, default: fn() -> T) -> Result<T> {
    Ok(get(session, key).await?.unwrap_or_else(default))
}

#[expect(clippy::needless_pass_by_value, reason = "a setter takes the value, so that the caller gives it up")]
pub fn set<T>(session: &mut Session, key: &impl ServerKey<T>, value: T) -> Result<()> {
    let key = key.checked(session)?;
    let json = (key.codec.encode)(&value).map_err(|error| error.at::<T>(Place::Server, &key))?;
    session.shared().set(Place::Server, &key, json)
}

pub fn unset<T>(session: &mut Session, key: &impl ServerKey<T>) -> Result<()> {
    let key = key.checked(session)?;
    session.shared().unset(Place::Server, &key)
}

pub async fn remove<T>(session: &mut Session, key: &impl ServerKey<T>) -> Result<Option<T>> {
    let key = key.checked(session)?;
    access::remove(session.shared(), &key, key.codec.decode).await
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
    let key = key.checked(session)?;
    access::try_update(session.shared(), &key, key.codec, f).await
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
    let value = session.shared().state().client_get(key);
    access::decode(Place::Client, key, value.as_ref(), key.codec.decode)
}

pub fn client_get_or<T>(session: &Session, key: &ClientKey<T>, default: fn() -> T) -> Result<T> {
    Ok(client_get(session, key)?.unwrap_or_else(default))
}

#[expect(clippy::needless_pass_by_value, reason = "a setter takes the value, so that the caller gives it up")]
pub fn client_set<T>(session: &mut Session, key: &ClientKey<T>, value: T) -> Result<()> {
    let json = (key.codec.encode)(&value).map_err(|error| error.at::<T>(Place::Client, key))?;
    session.shared().set(Place::Client, key, json)
}

pub fn client_unset<T>(session: &mut Session, key: &ClientKey<T>) -> Result<()> {
    session.shared().unset(Place::Client, key)
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

fn always<R>(result: core::result::Result<R, core::convert::Infallible>) -> R {
    match result {
        Ok(result) => result,
        Err(never) => match never {},
    }
}
