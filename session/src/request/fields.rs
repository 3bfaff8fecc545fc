//! Reads, writes and removals of one field, for the typed accessors and the raw key API, and all values for inspectors.

use std::iter;

use serde_json::{Map, Value};

use crate::error::Error;
use crate::record::id::SessionId;
use crate::record::side::Side;
use crate::record::values::{Shown, Values};
use crate::request::manager_inner::ManagerInner;
use crate::request::session_inner::SessionInner;
use crate::request::state::types::NotLoaded;
use crate::schema::field::Field;
use crate::schema::field::codec::Encode;
use crate::schema::field::field_keys::{FieldKeys, StoredValue};
use crate::schema::info::{FieldInfo, SchemaInfo};
use crate::schema::keyed::entry_key::stored_entries;
use crate::schema::schema_set::SchemaSet;
use crate::schema::stored_form::sealed::may_be_sealed;
use crate::schema::stored_form::{OpenedText, may_be_marked};

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

/// Returns the keys of the fields, and those of the entries of keyed fields.
fn stored_keys(session: &SessionInner, fields: &[&'static FieldInfo], side: Side) -> Vec<String> {
    let stored = has_entries(fields, side).then(|| InspectedValues::of(session, side));
    let fields = fields.iter().filter(|field| field.side() == side);
    let keys = |field: &FieldInfo, key: &str| match &stored {
        Some(stored) if field.is_keyed() => stored.entries_to_unset(key),
        _ => vec![key.to_owned()],
    };
    fields.flat_map(|field| field.keys().flat_map(|key| keys(field, key)).collect::<Vec<_>>()).collect()
}

/// Unsets the entries with these prefixes. Call it only after the load.
pub(crate) fn unset_entries<'p>(
    session: &SessionInner,
    side: Side,
    prefixes: impl Iterator<Item = &'p str>,
) -> Result<(), Error> {
    let stored = InspectedValues::of(session, side);
    let keys: Vec<_> = prefixes.flat_map(|prefix| stored.entries_to_unset(prefix)).collect();
    let keys = keys.iter().map(String::as_str);
    if side == Side::Server {
        return session.unset_keys(keys, iter::empty());
    }
    session.unset_keys(iter::empty(), keys)?;
    // Without client state there are no entries, but the call is an error, as for one entry.
    session.state().check_client_state()
}

/// Unsets every field of a group, without reading them. They are server fields, and none is keyed.
pub(crate) fn unset_group(session: &SessionInner, schema: &SchemaInfo) -> Result<(), Error> {
    session.unset_keys(schema.fields().iter().flat_map(FieldInfo::keys), iter::empty())
}

/// Unsets the fields of a group that have one of these values. Returns false if another handle of the request has changed the
/// group since they were read.
///
/// As in [`remove`], an expired value is not removed here. The other fields of its group are.
pub(crate) fn unset_group_if_stored(
    session: &SessionInner,
    schema: &SchemaInfo,
    values: &Values,
) -> Result<bool, Error> {
    let stored = InspectedValues { values: values.clone(), ..InspectedValues::server(session) };
    let live: Vec<_> = schema.fields().iter().filter(|field| stored.is_live(field)).collect();
    session.edit_if(
        Side::Server,
        |state| state.still_have(schema.fields().iter().flat_map(FieldInfo::keys), values),
        |changes| live.into_iter().flat_map(FieldInfo::keys).try_for_each(|key| changes.unset(key)),
    )
}

/// Returns all server values as JSON, without expired ones. Call it only after the load.
pub(crate) fn server_entries(session: &SessionInner) -> Result<Map<String, Value>, Error> {
    let inspected = InspectedValues::server(session);
    inspected.values.to_map(Side::Server, |key, text| inspected.shown(key, text))
}

/// Returns all client values as JSON, without expired ones.
pub(crate) fn client_entries(session: &SessionInner) -> Map<String, Value> {
    let inspected = InspectedValues::client(session);
    inspected.values.to_map(Side::Client, |key, text| inspected.shown(key, text)).unwrap_or_default()
}

/// Returns true if the server state has no key, or only expired values. Call it only after the load.
pub(crate) fn is_empty(session: &SessionInner) -> bool {
    InspectedValues::server(session).has_only_expired()
}

/// Returns true if the client state has no key, or only expired values.
pub(crate) fn client_is_empty(session: &SessionInner) -> bool {
    InspectedValues::client(session).has_only_expired()
}

/// All values of one side, for inspectors and removals. The lock is not held, because the clock and listeners of the
/// application may run.
struct InspectedValues<'s> {
    manager: &'s ManagerInner,
    side: Side,
    values: Values,
    record: Option<SessionId>,
    /// The schemas in use that are not registered.
    schemas: SchemaSet,
}

impl<'s> InspectedValues<'s> {
    fn of(session: &'s SessionInner, side: Side) -> Self {
        match side {
            Side::Server => Self::server(session),
            Side::Client => Self::client(session),
        }
    }

    fn server(session: &'s SessionInner) -> Self {
        let state = session.state();
        let (values, record, schemas) = (state.server_values(), state.record_id(), state.schemas.clone());
        Self { manager: &session.manager, side: Side::Server, values, record, schemas }
    }

    fn client(session: &'s SessionInner) -> Self {
        let state = session.state();
        let (values, schemas) = (state.client_all(), state.schemas.clone());
        Self { manager: &session.manager, side: Side::Client, values, record: None, schemas }
    }

    fn any_schemas(&self, test: impl Fn(&SchemaSet) -> bool) -> bool {
        test(&self.manager.config.schemas) || test(&self.schemas)
    }

    fn is_hidden(&self, key: &str) -> bool {
        let seals = |schemas: &SchemaSet| self.side == Side::Server && schemas.seals(key);
        self.any_schemas(|schemas| schemas.is_secret(self.side, key) || seals(schemas))
    }

    /// Returns the form in which a value is shown. If it is redacted anyway, it is decrypted only to see whether it expired.
    fn shown(&self, key: &str, text: &str) -> Shown {
        let is_hidden = self.is_hidden(key) || self.values.needs_seal(key);
        if !may_be_marked(text) {
            return if is_hidden { Shown::Redacted } else { Shown::Stored };
        }
        let opened = self.open_shown(key, text, is_hidden);
        match opened.timed() {
            Some(timed) if timed.is_expired(self.manager.now()) => Shown::Omitted,
            _ if is_hidden || opened.was_sealed => Shown::Redacted,
            Some(timed) => Shown::Text(timed.value.to_owned()),
            None => Shown::Stored,
        }
    }

    fn has_only_expired(&self) -> bool {
        self.values.iter().all(|(key, text)| self.is_expired(key, text))
    }

    fn is_expired(&self, key: &str, text: &str) -> bool {
        may_be_marked(text) && self.open_shown(key, text, self.is_hidden(key)).is_expired(|| self.manager.now())
    }

    /// Returns true if the field has a value that has not expired, also an invalid one. The first key with a value is used.
    fn is_live(&self, field: &FieldInfo) -> bool {
        let stored = field.keys().find_map(|key| Some((key, self.values.text(key)?)));
        stored.is_some_and(|(key, text)| !self.is_expired(key, text))
    }

    /// Returns the keys of the entries with this prefix, except expired ones of server state.
    ///
    /// A commit deletes those under the loaded revision, because another request may have set a new value. Client state has no
    /// revision: its cookie is replaced as a whole.
    fn entries_to_unset(&self, prefix: &str) -> Vec<String> {
        let keys = stored_entries(&self.values, prefix).map(|(_, key)| key);
        let is_kept = |key: &str| self.values.text(key).is_some_and(|text| self.is_expired(key, text));
        keys.filter(|key| self.side == Side::Client || !is_kept(key)).map(str::to_owned).collect()
    }

    fn open_shown<'t>(&self, key: &str, text: &'t str, is_hidden: bool) -> OpenedText<'t> {
        if is_hidden { self.open_if_expiring(key, text) } else { self.open(key, text) }
    }

    fn open<'t>(&self, key: &str, text: &'t str) -> OpenedText<'t> {
        let record = self.record.as_ref().filter(|_| !self.values.needs_seal(key));
        OpenedText::open(text, key, record, self.manager)
    }

    /// Decrypts a sealed value only if its key is declared to expire.
    fn open_if_expiring<'t>(&self, key: &str, text: &'t str) -> OpenedText<'t> {
        let is_expiring = || self.any_schemas(|schemas| schemas.expires_in(self.side, key).is_some());
        if !may_be_sealed(text) || is_expiring() { self.open(key, text) } else { OpenedText::plain(text) }
    }
}
