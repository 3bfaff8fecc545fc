//! Reads, writes and removals of one field, for the typed accessors and the raw key API.

pub(crate) mod inspected_values;
pub(crate) mod removals;

use crate::error::Error;
use crate::request::session_inner::SessionInner;
use crate::request::state::types::NotLoaded;
use crate::schema::field::Field;
use crate::schema::field::codec::Encode;
use crate::schema::field::field_keys::{FieldKeys, StoredValue};

pub(crate) async fn get<T>(session: &SessionInner, field: &Field<'_, T>) -> Result<Option<T>, Error> {
    // Most reads need no load, and then nothing to await.
    let stored = match session.find_loaded(&field.keys) {
        Ok(stored) => stored,
        Err(NotLoaded) => session.find(&field.keys).await?,
    };
    field.decode_stored(stored.as_ref(), &*session.manager)
}

#[inline]
pub(crate) fn client_get<T>(session: &SessionInner, field: &Field<'_, T>) -> Result<Option<T>, Error> {
    field.decode_stored(client_find(session, &field.keys).as_ref(), &*session.manager)
}

#[inline]
fn client_find<'k>(session: &SessionInner, keys: &FieldKeys<'k>) -> Option<StoredValue<'k>> {
    session.state().find_client(keys)
}

pub(crate) fn set<T>(session: &SessionInner, field: &Field<'_, T>, encode: Encode<T>, value: &T) -> Result<(), Error> {
    let json = field.encode_value(encode, value, &*session.manager)?;
    session.write(field.side, &field.keys, Some(json))
}

/// Sets a field through the raw key API: a schema may seal a key that its own key constant does not seal, and let its values
/// expire.
pub(crate) fn set_raw<T>(
    session: &SessionInner,
    field: &Field<'_, T>,
    encode: Encode<T>,
    value: &T,
) -> Result<(), Error> {
    set(session, &with_rules_of_schemas(session, *field), encode, value)
}

/// Returns the field with a seal and an expiry time, if a schema declares them for its key.
pub(crate) fn with_rules_of_schemas<'k, T>(session: &SessionInner, field: Field<'k, T>) -> Field<'k, T> {
    let rules = session.write_rules(field.side, field.keys.key);
    let expires_in = field.expires_in.or(rules.expires_in);
    Field { is_sealed: field.is_sealed || rules.is_sealed, expires_in, ..field }
}

pub(crate) fn unset<T>(session: &SessionInner, field: &Field<'_, T>) -> Result<(), Error> {
    session.write(field.side, &field.keys, None)
}

/// Removes a value and returns it. An expired value is not removed here, because another request may have set a new one since
/// the load.
pub(crate) async fn remove<T>(session: &SessionInner, field: &Field<'_, T>) -> Result<Option<T>, Error> {
    session.check_open()?;
    let context = &*session.manager;
    loop {
        let stored = match session.find_loaded(&field.keys) {
            Ok(stored) => stored,
            Err(NotLoaded) => session.find(&field.keys).await?,
        };
        let value = field.decode_stored(stored.as_ref(), context)?;
        let is_removed = |stored: &StoredValue<'_>| value.is_some() || !stored.is_expired(context);
        let Some(stored) = stored.filter(is_removed) else { return Ok(value) };
        if unset_if_stored(session, field, &stored)? {
            return Ok(value);
        }
    }
}

/// Removes a client value and returns it.
pub(crate) fn client_remove<T>(session: &SessionInner, field: &Field<'_, T>) -> Result<Option<T>, Error> {
    loop {
        let Some(stored) = client_find(session, &field.keys) else {
            // Returns an error where a session has no client state.
            return unset(session, field).map(|()| None);
        };
        let value = field.decode_stored(Some(&stored), &*session.manager)?;
        if unset_if_stored(session, field, &stored)? {
            return Ok(value);
        }
    }
}

/// Unsets a field. Returns false if another handle of the request has changed its value since it was read.
///
/// The value is decoded without the lock. With this condition, one of two handles that take a message receives it.
fn unset_if_stored<T>(session: &SessionInner, field: &Field<'_, T>, stored: &StoredValue<'_>) -> Result<bool, Error> {
    let (side, keys) = (field.side, &field.keys);
    session.edit_if(side, |state| state.still_has(side, keys, stored), |changes| keys.write(changes, None))
}
