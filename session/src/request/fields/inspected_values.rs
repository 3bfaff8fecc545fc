//! All values of one side: as JSON for inspectors, and for removals that keep expired ones.

use serde_json::{Map, Value};

use crate::error::Error;
use crate::record::id::SessionId;
use crate::record::side::Side;
use crate::record::values::{Shown, Values};
use crate::request::manager_inner::ManagerInner;
use crate::request::session_inner::SessionInner;
use crate::schema::info::FieldInfo;
use crate::schema::keyed::entry_key::stored_entries;
use crate::schema::schema_set::SchemaSet;
use crate::schema::stored_form::sealed::may_be_sealed;
use crate::schema::stored_form::{OpenedText, may_be_marked};

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
pub(super) struct InspectedValues<'s> {
    manager: &'s ManagerInner,
    side: Side,
    values: Values,
    record: Option<SessionId>,
    /// The schemas in use that are not registered.
    schemas: SchemaSet,
}

impl<'s> InspectedValues<'s> {
    pub(super) fn of(session: &'s SessionInner, side: Side) -> Self {
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

    /// Returns server values that were read before.
    pub(super) fn read_before(session: &'s SessionInner, values: Values) -> Self {
        Self { values, ..Self::server(session) }
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
    pub(super) fn is_live(&self, field: &FieldInfo) -> bool {
        let stored = field.keys().find_map(|key| Some((key, self.values.text(key)?)));
        stored.is_some_and(|(key, text)| !self.is_expired(key, text))
    }

    /// Returns the keys of the entries with this prefix, except expired ones of server state.
    ///
    /// A commit deletes those under the loaded revision, because another request may have set a new value. Client state has no
    /// revision: its cookie is replaced as a whole.
    pub(super) fn entries_to_unset(&self, prefix: &str) -> Vec<String> {
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
