//! Reads, writes and removals of one field, for the typed accessors and the raw key API.

use std::convert::Infallible;

use crate::error::Error;
use crate::request::session_inner::SessionInner;
use crate::request::state::types::NotLoaded;
use crate::schema::codec::Encode;
use crate::schema::field::Field;

pub(crate) async fn get<T>(session: &SessionInner, field: &Field<'_, T>) -> Result<Option<T>, Error> {
    // Most reads need no load, and then nothing to await.
    let stored = match session.find_loaded(&field.keys) {
        Ok(stored) => stored,
        Err(NotLoaded) => session.find(&field.keys).await?,
    };
    field.decode_stored(stored.as_ref(), &session.manager.value_cipher)
}

pub(crate) fn client_get<T>(session: &SessionInner, field: &Field<'_, T>) -> Result<Option<T>, Error> {
    let Ok(stored) = field.keys.find(None, |key| Ok::<_, Infallible>(session.state().client_get(key)));
    field.decode_stored(stored.as_ref(), &session.manager.value_cipher)
}

pub(crate) fn set<T>(session: &SessionInner, field: &Field<'_, T>, encode: Encode<T>, value: &T) -> Result<(), Error> {
    let json = field.encode_value(encode, value)?;
    session.write(field.side, &field.keys, Some(json))
}

pub(crate) fn unset<T>(session: &SessionInner, field: &Field<'_, T>) -> Result<(), Error> {
    session.write(field.side, &field.keys, None)
}

pub(crate) async fn remove<T>(session: &SessionInner, field: &Field<'_, T>) -> Result<Option<T>, Error> {
    session.check_open()?;
    let stored = match session.find_loaded(&field.keys) {
        Ok(stored) => stored,
        Err(NotLoaded) => session.find(&field.keys).await?,
    };
    let value = field.decode_stored(stored.as_ref(), &session.manager.value_cipher)?;
    if stored.is_some() {
        unset(session, field)?;
    }
    Ok(value)
}
