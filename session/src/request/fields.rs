//! Reads, writes and removals of one field, for the typed accessors and the raw key API, and all values for inspectors.

use std::convert::Infallible;

use serde_json::{Map, Value};

use crate::error::Error;
use crate::record::side::Side;
use crate::record::values::Values;
use crate::request::session_inner::SessionInner;
use crate::request::state::types::NotLoaded;
use crate::schema::codec::Encode;
use crate::schema::field::Field;
use crate::schema::info::{FieldInfo, SchemaInfo};
use crate::schema::keyed::entry_key::stored_entries;
use crate::schema::schema_set::SchemaSet;
use crate::schema::sealed::{OpenSealed, may_be_sealed};

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

/// Sets a field through the raw key API: a schema may seal a key that its own key constant does not seal.
pub(crate) fn set_raw<T>(
    session: &SessionInner,
    field: &Field<'_, T>,
    encode: Encode<T>,
    value: &T,
) -> Result<(), Error> {
    set(session, &sealed_by_schema(session, *field), encode, value)
}

/// Returns the field with a seal, if a schema seals its key.
pub(crate) fn sealed_by_schema<'k, T>(session: &SessionInner, field: Field<'k, T>) -> Field<'k, T> {
    Field { is_sealed: field.is_sealed || session.seals(field.keys.key), ..field }
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

/// Unsets every field of a schema and of its nested schemas. Client fields are absent where a session has no client state.
///
/// Costs one load if there are keyed server fields: the keys of their entries are known only then.
pub(crate) async fn unset_all(session: &SessionInner, schema: &SchemaInfo) -> Result<(), Error> {
    let fields = schema.every_field();
    if has_entries(&fields, Side::Server) {
        session.check_open()?;
        session.load().await?;
    }
    let [server, client] = [Side::Server, Side::Client].map(|side| stored_keys(session, &fields, side));
    session.unset_keys(server.iter().map(String::as_str), client.iter().map(String::as_str))
}

fn has_entries(fields: &[&FieldInfo], side: Side) -> bool {
    fields.iter().any(|field| field.side() == side && field.is_keyed())
}

/// Returns the keys of the fields, and those of all stored entries of keyed fields.
fn stored_keys(session: &SessionInner, fields: &[&'static FieldInfo], side: Side) -> Vec<String> {
    let values = match (has_entries(fields, side), side) {
        (false, _) => Values::default(),
        (true, Side::Server) => session.state().server_values(),
        (true, Side::Client) => session.state().client_all(),
    };
    let fields = fields.iter().filter(|field| field.side() == side);
    let stored = |field: &FieldInfo, key: &str| -> Vec<String> {
        if field.is_keyed() {
            stored_entries(&values, key).map(|(_, key)| key.to_owned()).collect()
        } else {
            vec![key.to_owned()]
        }
    };
    fields.flat_map(|field| field.keys().flat_map(|key| stored(field, key)).collect::<Vec<_>>()).collect()
}

/// Returns all server values as JSON. Call it only after the load.
pub(crate) fn server_entries(session: &SessionInner) -> Result<Map<String, Value>, Error> {
    let (values, record, used) = {
        let state = session.state();
        (state.server_values(), state.record_id(), state.schemas.clone())
    };
    let cipher = &session.manager.value_cipher;
    let is_sealed = |key: &str, text: &str| {
        let opens = || record.is_some_and(|record| cipher.open(&record, key, text).is_some());
        values.needs_seal(key) || may_be_sealed(text) && opens()
    };
    let hides = |schemas: &SchemaSet, key: &str| schemas.is_secret(Side::Server, key) || schemas.seals(key);
    let registered = &session.manager.config.schemas;
    values.to_map(Side::Server, |key, text| hides(registered, key) || hides(&used, key) || is_sealed(key, text))
}

/// Returns all client values as JSON.
pub(crate) fn client_entries(session: &SessionInner) -> Map<String, Value> {
    let (values, used) = {
        let state = session.state();
        (state.client_all(), state.schemas.clone())
    };
    let registered = &session.manager.config.schemas;
    let is_secret = |key: &str, _: &str| registered.is_secret(Side::Client, key) || used.is_secret(Side::Client, key);
    values.to_map(Side::Client, is_secret).unwrap_or_default()
}
