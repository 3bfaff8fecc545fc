//! The functions behind the accessors of `keyed` fields.

pub use std::collections::BTreeMap;
use std::fmt::{self, Debug};
use std::time::Duration;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{Result, TryResult, into_ok};
use crate::error::Error;
use crate::record::side::Side;
use crate::request::fields::{self, removals};
use crate::request::operations::update;
use crate::schema::field::codec::{Codec, WithCodec};
use crate::schema::keyed::entry::Entry;
use crate::schema::keyed::key_part::DisplayPart;
pub use crate::schema::keyed::key_part::KeyParts;
use crate::schema::keyed::keyed_field::KeyedField;
pub use crate::schema::keyed::prefix::{ClientKeyPrefix, EntryValues, KeyPrefix};
use crate::session::handle::Session;
use crate::session::typed::View;

/// The entry of a part, or the error for a part that has no key.
type EntryResult<T> = core::result::Result<Entry<T>, Error>;

// Server state

pub async fn get<T>(session: &Session, entry: EntryResult<T>) -> Result<Option<T>> {
    let entry = entry?;
    let field = entry.field();
    match session.get_cached(&field) {
        Some(value) => value,
        None => fields::get(session.inner(), &field).await,
    }
}

pub async fn get_or<T>(session: &Session, entry: EntryResult<T>, default: fn() -> T) -> Result<T> {
    Ok(get(session, entry).await?.unwrap_or_else(default))
}

pub async fn entries<K, T>(session: &Session, prefix: &KeyPrefix<K, T>) -> Result<BTreeMap<K, T>> {
    read_entries(session, &prefix.keyed, None).await
}

pub async fn entries_or<K, T>(
    session: &Session,
    prefix: &KeyPrefix<K, T>,
    default: fn() -> T,
) -> Result<BTreeMap<K, T>> {
    read_entries(session, &prefix.keyed, Some(default)).await
}

async fn read_entries<K, T>(
    session: &Session,
    keyed: &KeyedField<K, T>,
    default: Option<fn() -> T>,
) -> Result<BTreeMap<K, T>> {
    session.inner().load().await?;
    let (values, record) = {
        let state = session.inner().state();
        (state.server_values(), state.record_id())
    };
    keyed.read(&values, record.as_ref(), &*session.inner().manager, default, &Err)
}

/// Sets an entry of either side.
#[expect(clippy::needless_pass_by_value, reason = "a setter takes ownership of the value")]
pub fn set<T>(session: &mut Session, entry: EntryResult<T>, value: T) -> Result<()> {
    let entry = entry?;
    fields::set(session.inner(), &entry.field(), entry.encode, &value)
}

/// Sets an entry of either side, whose value expires after the duration.
#[expect(clippy::needless_pass_by_value, reason = "a setter takes ownership of the value")]
pub fn set_for<T>(session: &mut Session, entry: EntryResult<T>, value: T, duration: Duration) -> Result<()> {
    let entry = entry?;
    fields::set(session.inner(), &entry.field().with_expiry(duration), entry.encode, &value)
}

/// Unsets an entry of either side.
pub fn unset<T>(session: &mut Session, entry: EntryResult<T>) -> Result<()> {
    let entry = entry?;
    fields::unset(session.inner(), &entry.field())
}

pub async fn unset_all<K, T>(session: &mut Session, prefix: &KeyPrefix<K, T>) -> Result<()> {
    session.inner().check_open()?;
    session.inner().load().await?;
    removals::unset_entries(session.inner(), Side::Server, prefix.keyed.prefixes())
}

pub async fn remove<T>(session: &mut Session, entry: EntryResult<T>) -> Result<Option<T>> {
    let entry = entry?;
    fields::remove(session.inner(), &entry.field()).await
}

/// Removes and returns a flash message, except in a HEAD request.
pub async fn take<T>(session: &mut Session, entry: EntryResult<T>) -> Result<Option<T>> {
    if session.inner().is_head() { get(session, entry).await } else { remove(session, entry).await }
}

pub async fn update<T, R>(
    session: &mut Session,
    entry: EntryResult<T>,
    mut f: impl FnMut(&mut Option<T>) -> R,
) -> Result<R> {
    Ok(into_ok(try_update(session, entry, |value| Ok(f(value))).await?))
}

pub async fn update_or<T, R>(
    session: &mut Session,
    entry: EntryResult<T>,
    default: fn() -> T,
    mut f: impl FnMut(&mut T) -> R,
) -> Result<R> {
    update(session, entry, |value| f(value.get_or_insert_with(default))).await
}

pub async fn try_update<T, R, E>(
    session: &mut Session,
    entry: EntryResult<T>,
    f: impl FnMut(&mut Option<T>) -> core::result::Result<R, E>,
) -> TryResult<R, E> {
    let entry = entry?;
    update::try_update(session.drop_cache(), &entry.field(), entry.encode, f).await
}

pub async fn try_update_or<T, R, E>(
    session: &mut Session,
    entry: EntryResult<T>,
    default: fn() -> T,
    mut f: impl FnMut(&mut T) -> core::result::Result<R, E>,
) -> TryResult<R, E> {
    try_update(session, entry, |value| f(value.get_or_insert_with(default))).await
}

// Client state

pub fn client_get<T>(session: &Session, entry: EntryResult<T>) -> Result<Option<T>> {
    let entry = entry?;
    fields::client_get(session.inner(), &entry.field())
}

pub fn client_get_or<T>(session: &Session, entry: EntryResult<T>, default: fn() -> T) -> Result<T> {
    Ok(client_get(session, entry)?.unwrap_or_else(default))
}

pub fn client_entries<K, T>(session: &Session, prefix: &ClientKeyPrefix<K, T>) -> Result<BTreeMap<K, T>> {
    read_client_entries(session, &prefix.keyed, None)
}

pub fn client_entries_or<K, T>(
    session: &Session,
    prefix: &ClientKeyPrefix<K, T>,
    default: fn() -> T,
) -> Result<BTreeMap<K, T>> {
    read_client_entries(session, &prefix.keyed, Some(default))
}

fn read_client_entries<K, T>(
    session: &Session,
    keyed: &KeyedField<K, T>,
    default: Option<fn() -> T>,
) -> Result<BTreeMap<K, T>> {
    let values = session.inner().state().client_all();
    keyed.read(&values, None, &*session.inner().manager, default, &Err)
}

pub fn client_unset_all<K, T>(session: &mut Session, prefix: &ClientKeyPrefix<K, T>) -> Result<()> {
    removals::unset_entries(session.inner(), Side::Client, prefix.keyed.prefixes())
}

pub fn client_remove<T>(session: &mut Session, entry: EntryResult<T>) -> Result<Option<T>> {
    let entry = entry?;
    fields::client_remove(session.inner(), &entry.field())
}

/// Removes and returns a flash message, except in a HEAD request.
pub fn client_take<T>(session: &mut Session, entry: EntryResult<T>) -> Result<Option<T>> {
    if session.inner().is_head() { client_get(session, entry) } else { client_remove(session, entry) }
}

pub fn client_update<T, R>(
    session: &mut Session,
    entry: EntryResult<T>,
    f: impl FnOnce(&mut Option<T>) -> R,
) -> Result<R> {
    Ok(into_ok(client_try_update(session, entry, |value| Ok(f(value)))?))
}

pub fn client_update_or<T, R>(
    session: &mut Session,
    entry: EntryResult<T>,
    default: fn() -> T,
    f: impl FnOnce(&mut T) -> R,
) -> Result<R> {
    client_update(session, entry, |value| f(value.get_or_insert_with(default)))
}

pub fn client_try_update<T, R, E>(
    session: &mut Session,
    entry: EntryResult<T>,
    f: impl FnOnce(&mut Option<T>) -> core::result::Result<R, E>,
) -> TryResult<R, E> {
    let entry = entry?;
    let field = entry.field();
    let mut value = fields::client_get(session.inner(), &field)?;
    let result = match f(&mut value) {
        Ok(result) => result,
        Err(error) => return Ok(Err(error)),
    };
    match value {
        Some(value) => fields::set(session.inner(), &field, entry.encode, &value)?,
        None => fields::unset(session.inner(), &field)?,
    }
    Ok(Ok(result))
}

pub fn client_try_update_or<T, R, E>(
    session: &mut Session,
    entry: EntryResult<T>,
    default: fn() -> T,
    f: impl FnOnce(&mut T) -> core::result::Result<R, E>,
) -> TryResult<R, E> {
    client_try_update(session, entry, |value| f(value.get_or_insert_with(default)))
}

// Snapshots

pub fn view<K, T>(view: &View<'_>, prefix: &KeyPrefix<K, T>) -> Result<BTreeMap<K, T>> {
    prefix.keyed.read(&view.server, view.record.as_ref(), view.context(), None, &|error| view.skip(error))
}

pub fn view_or<K, T>(view: &View<'_>, prefix: &KeyPrefix<K, T>, default: fn() -> T) -> Result<BTreeMap<K, T>> {
    prefix.keyed.read(&view.server, view.record.as_ref(), view.context(), Some(default), &|error| view.skip(error))
}

pub fn client_view<K, T>(view: &View<'_>, prefix: &ClientKeyPrefix<K, T>) -> Result<BTreeMap<K, T>> {
    prefix.keyed.read(&view.client, None, view.context(), None, &|error| view.skip(error))
}

pub fn client_view_or<K, T>(
    view: &View<'_>,
    prefix: &ClientKeyPrefix<K, T>,
    default: fn() -> T,
) -> Result<BTreeMap<K, T>> {
    prefix.keyed.read(&view.client, None, view.context(), Some(default), &|error| view.skip(error))
}

/// The entries of a snapshot during serialization. A part is written by its `Display`, as in the session key.
pub struct Entries<'a, K, T> {
    map: &'a BTreeMap<K, T>,
    parts: KeyParts<K, T>,
}

impl<'a, K, T> Entries<'a, K, T> {
    pub fn new(map: &'a BTreeMap<K, T>, prefix: &KeyPrefix<K, T>) -> Self {
        Self { map, parts: prefix.keyed.parts }
    }

    pub fn of_client(map: &'a BTreeMap<K, T>, prefix: &ClientKeyPrefix<K, T>) -> Self {
        Self { map, parts: prefix.keyed.parts }
    }

    fn serialize_values<'v, S: Serializer, V: Serialize>(
        &'v self,
        serializer: S,
        to_value: impl Fn(&'v T) -> V,
    ) -> core::result::Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.map.len()))?;
        for (part, value) in self.map {
            map.serialize_entry(&DisplayPart(part, &self.parts).to_string(), &to_value(value))?;
        }
        map.end()
    }
}

impl<K, T: Serialize> Serialize for Entries<'_, K, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> core::result::Result<S::Ok, S::Error> {
        self.serialize_values(serializer, |value| value)
    }
}

impl<K: Debug, T: Debug> Debug for Entries<'_, K, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.map.fmt(f)
    }
}

/// Like [`Entries`], with values that are serialized by their codec.
pub struct EntriesWithCodec<'a, K, C: Codec>(pub Entries<'a, K, C::Value>);

impl<K, C: Codec> Serialize for EntriesWithCodec<'_, K, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> core::result::Result<S::Ok, S::Error> {
        self.0.serialize_values(serializer, |value| WithCodec::<C>(value))
    }
}

impl<K: Debug, C: Codec<Value: Debug>> Debug for EntriesWithCodec<'_, K, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
