//! Removals of several fields: a schema, a group, and the entries of a keyed field.

use std::iter;

use crate::error::Error;
use crate::record::side::Side;
use crate::record::values::Values;
use crate::request::fields::inspected_values::InspectedValues;
use crate::request::session_inner::SessionInner;
use crate::schema::info::{FieldInfo, SchemaInfo};

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
/// As in [`remove`](super::remove), an expired value is not removed here. The other fields of its group are.
pub(crate) fn unset_group_if_stored(
    session: &SessionInner,
    schema: &SchemaInfo,
    values: &Values,
) -> Result<bool, Error> {
    let stored = InspectedValues::read_before(session, values.clone());
    let live: Vec<_> = schema.fields().iter().filter(|field| stored.is_live(field)).collect();
    session.edit_if(
        Side::Server,
        |state| state.still_have(schema.fields().iter().flat_map(FieldInfo::keys), values),
        |changes| live.into_iter().flat_map(FieldInfo::keys).try_for_each(|key| changes.unset(key)),
    )
}
