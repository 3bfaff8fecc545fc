//! The state cookie of the response: whether the request needs to send a new one, and its content.

use crate::config::lifetime::Lifetime;
use crate::config::session_config::{RenewOn, SessionConfig};
use crate::cookie::state_cookie::StateCookie;
use crate::record::id::SessionId;
use crate::record::side::Side;
use crate::record::timestamp::Timestamp;
use crate::record::values::Values;
use crate::request::state::credential::Credential;
use crate::request::state::types::State;
use crate::schema::keyed::entry_key::stored_retired;

impl State {
    /// Returns the new state cookie, or `None` if the browser keeps the current one. A cookie without values is removed.
    pub(crate) fn new_state_cookie(&self, config: &SessionConfig, now: Timestamp) -> Option<StateCookie> {
        let csrf = self.state_cookie_secret();
        let uses_csrf = self.csrf.is_used() && csrf.is_some();
        if self.client.is_untouched() && !uses_csrf {
            return None;
        }
        let lifetime = self.lifetime(config);
        let trusted = self.trusted_client_state();
        let empty = Values::default();
        let before = trusted.map_or(&empty, |state| &state.values);
        let is_changed = !self.client.changes.without_no_ops(before).is_empty();
        let limits = lifetime.limits(now);
        let is_due = |state: &StateCookie| {
            (self.client.is_used.get() || uses_csrf)
                && config.renew_on == RenewOn::LoadsAndChanges
                && state.expires < now + limits.threshold(config.renew_below)
        };
        let is_new_secret = uses_csrf && trusted.is_none_or(|state| state.csrf.is_none());
        let is_needed = is_changed || is_new_secret || self.client.is_unbound || trusted.is_some_and(is_due);
        is_needed.then(|| StateCookie {
            record: self.live_id(),
            issued: now,
            expires: now + lifetime.idle,
            csrf,
            values: Self::without_expired(self.values_without_retired(config), now),
        })
    }

    fn values_without_retired(&self, config: &SessionConfig) -> Values {
        let values = self.client_values();
        let stored = self.retired_keys(config, Side::Client).flat_map(|key| stored_retired(&values, key));
        let retired: Vec<_> = stored.filter(|key| self.client.changes.get(key).is_none()).collect();
        if retired.is_empty() {
            return values;
        }
        let mut kept = values.clone();
        for key in retired {
            kept.as_map_mut().remove(key);
        }
        kept
    }

    pub(crate) fn lifetime(&self, config: &SessionConfig) -> Lifetime {
        self.loaded.credential.as_ref().and_then(Credential::lifetime).unwrap_or(config.lifetime)
    }

    /// Returns the record's id, unless the record is known to be ended or replaced.
    fn live_id(&self) -> Option<SessionId> {
        self.loaded.credential.as_ref().filter(|_| self.loaded.status.may_be_live()).map(Credential::id)
    }
}
