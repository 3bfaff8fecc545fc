//! The data of a request's state: loaded record, pending changes, changes in flight, client state, response cookies.

use std::cell::Cell;

use crate::config::lifetime::Lifetime;
use crate::config::session_config::SessionConfig;
use crate::cookie::csrf_secret::CsrfSecret;
use crate::cookie::parsed_credentials::{ParsedCredentials, PresentCookies};
use crate::cookie::request_credentials::RequestTransport;
use crate::cookie::state_cookie::StateCookie;
use crate::cookie::token::Token;
use crate::record::changes::Changes;
use crate::record::commit::LoadedValues;
use crate::record::id::SessionId;
use crate::record::side::Side;
use crate::record::stored_record::Record;
use crate::record::timestamp::Timestamp;
use crate::request::plan::{Deletion, RecordStatus};
use crate::request::state::credential::Credential;
use crate::schema::schema_set::SchemaSet;

/// The state of one request.
///
/// A read looks at pending changes first, then at changes in flight, then at the loaded record.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) loaded: LoadedRecord,
    pub(crate) pending: PendingChanges,
    pub(crate) client: ClientStateView,
    pub(crate) response: ResponseCookies,
    /// The secrets of tokens against request forgery.
    pub(super) csrf: CsrfState,
    /// The operation whose reply is missing. If none is running, it was cancelled.
    pub(crate) in_flight: Option<InFlightCommit>,
    /// A cancelled operation whose outcome stayed unknown. The next commit returns an error.
    pub(crate) unknown: Option<Box<InFlightCommit>>,
    pub(super) phase: Phase,
    pub(super) invalidated: bool,
    /// Set when a value was written after `invalidate`. It is logged once.
    pub(super) has_ignored_write: bool,
    pub(super) handle_kind: HandleKind,
    /// Set by `keep_alive`: loads and commits of a session without a browser count as activity.
    pub(super) keeps_alive: bool,
    /// Set when a method without a `Result` was called that needs a browser, and there is none. The next commit returns
    /// `NoBrowser`.
    pub(super) unsupported_call: Option<&'static str>,
    /// The transport of the request. With a header, there is no client state.
    pub(super) transport: RequestTransport,
    /// The token that the client sent.
    pub(super) sent_token: SentToken,
    pub(crate) late_calls: LateCalls,
    /// Retired keys of the schemas in use. Their values are deleted with the next commit.
    pub(super) retired: Vec<(Side, &'static str)>,
    /// The schemas in use that have secret or sealed keys, and are not registered.
    pub(crate) schemas: SchemaSet,
}

/// The token that the client sent with the request.
#[derive(Clone, Copy, Default)]
pub(super) enum SentToken {
    #[default]
    Missing,
    /// It expired, or does not decrypt.
    Invalid,
    /// It names this record.
    Decrypted(SessionId),
}

/// The secrets of one request against request forgery.
#[derive(Default)]
pub(super) struct CsrfState {
    /// The secret in the session cookie that the browser sent, or else in its state cookie.
    pub(super) sent: Option<CsrfSecret>,
    /// The secret of everything that this request creates: the token of a login, a session, the state cookie of a stranger.
    pub(super) new: Option<CsrfSecret>,
    /// Set when a page of this request needs a token.
    pub(super) is_used: bool,
}

impl CsrfState {
    pub(super) fn new(credentials: &ParsedCredentials) -> Self {
        let in_state_cookie = || credentials.state.as_ref()?.csrf;
        let sent = credentials.token.map(|token| token.csrf).or_else(in_state_cookie);
        Self { sent, ..Self::default() }
    }

    pub(super) fn is_used(&self) -> bool {
        self.is_used
    }

    /// Returns the secret of this request. `random` is used by the first call.
    pub(super) fn new_secret(&mut self, random: CsrfSecret) -> CsrfSecret {
        *self.new.get_or_insert(random)
    }

    /// Returns the token of a login: forms from before it are refused.
    pub(super) fn token_of_login(&mut self, token: Token) -> Token {
        token.with_csrf(self.new_secret(token.csrf))
    }
}

/// Calls that change the session after the response.
#[derive(Default)]
pub(crate) struct LateCalls {
    /// Set when a method without a `Result` was called, or the changes of a failed request were discarded. The next `sync`
    /// returns `Finalized`.
    pub(super) is_unreported: bool,
    /// Set after the one log line.
    pub(crate) is_logged: bool,
}

/// The way in which the session was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum HandleKind {
    /// By the cookies or the header of a request.
    #[default]
    Request,
    /// By an id from the application: no browser, and no record is created.
    ById,
    /// From the session of a request, to be used after its response. Like `ById`, but bound to the login.
    Detached,
}

/// The progress of the request.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Phase {
    #[default]
    Open,
    /// The response exists, and the last commit is running.
    Closing,
    Finalized,
}

/// The record of this request, as far as it is known.
#[derive(Default)]
pub(crate) struct LoadedRecord {
    pub(crate) credential: Option<Credential>,
    pub(crate) status: RecordStatus,
    /// The record as it was loaded last, with this request's own commits applied.
    pub(crate) record: Option<Record>,
    /// The number of records that the store returned or this request created.
    pub(super) load_count: u32,
    /// Another request committed since the load. Load again before a compare-and-swap.
    pub(crate) is_stale: bool,
    /// The last login of the verified record, if it is known. A detached handle is bound to it.
    pub(super) login: Option<Timestamp>,
    /// The number of calls of `reload`.
    pub(crate) reloads: u32,
    /// The value of `reloads` before the last load started.
    pub(super) loaded_reloads: u32,
}

/// Changes of the record that are not sent yet.
#[derive(Default)]
pub(crate) struct PendingChanges {
    pub(crate) changes: Changes,
    pub(crate) deletion: Option<Deletion>,
    pub(crate) rotates: bool,
    /// Rotates the token and keeps the absolute end. Without effect if `rotates` is set.
    pub(crate) renews_token: bool,
    pub(crate) lifetime: Option<Lifetime>,
    pub(crate) label: Option<String>,
    /// Set by `log_in`: the changes since then. Only they belong to a new session if the record is deleted or replaced.
    pub(crate) since_login: Option<Box<Changes>>,
}

impl PendingChanges {
    pub(super) fn is_empty(&self) -> bool {
        let Self { changes, deletion, rotates, renews_token, lifetime, label, since_login } = self;
        let has_token_change = *rotates || *renews_token || lifetime.is_some() || since_login.is_some();
        changes.is_empty() && deletion.is_none() && !has_token_change && label.is_none()
    }
}

/// The client state: the received cookie and the changes of this request.
#[derive(Default)]
pub(crate) struct ClientStateView {
    pub(crate) received: Option<StateCookie>,
    pub(crate) changes: Changes,
    /// The changes since `log_in`. Only they belong to a new session if the record is deleted or replaced.
    pub(crate) since_login: Option<Box<Changes>>,
    pub(crate) is_used: Cell<bool>,
    /// The record was deleted: the cookie must be sent again without it.
    pub(crate) is_unbound: bool,
    /// Ignore client state that is bound to a record until the store has confirmed the record.
    pub(crate) requires_verification: bool,
}

impl ClientStateView {
    /// The record of a login is deleted or replaced: discards the changes before the login.
    pub(super) fn keep_changes_since_login(&mut self) {
        if let Some(since_login) = self.since_login.take() {
            self.changes = *since_login;
        }
    }

    /// Returns true if no state cookie needs to be sent.
    pub(crate) fn is_untouched(&self) -> bool {
        !self.is_used.get() && !self.is_unbound && self.changes.is_empty()
    }
}

/// The cookies, or the token header, that the response needs.
#[derive(Default)]
pub(crate) struct ResponseCookies {
    pub(crate) present: PresentCookies,
    /// The token that a commit of this request created.
    pub(crate) token: Option<Token>,
    /// Set when the session was deleted with its cookies.
    pub(crate) removes_cookies: bool,
}

/// The changes of an operation that was sent and has no reply yet.
#[derive(Default)]
pub(crate) struct InFlightCommit {
    /// The changes of the whole request, or of one field. They include no deletion.
    pub(crate) sent: PendingChanges,
    /// For a commit of one field: the pending changes that it replaced. They are restored if nothing was stored.
    pub(super) replaced: Option<Box<PendingChanges>>,
    /// The token that the operation creates.
    pub(crate) new_token: Option<Token>,
    /// The revision that a compare-and-swap expects.
    pub(crate) revision: Option<u64>,
    /// The keys of expired values that the operation deletes under its revision.
    pub(super) expired: Vec<Box<str>>,
    /// The changes as the store receives them, with sealed values, and the record for which these are encrypted. Set when
    /// an operation with such values is built. If it is sent again, it must contain the same texts.
    pub(super) sealed: Option<(SessionId, Changes)>,
    /// The values on which the changes are based, for a store that can use them.
    pub(super) loaded: Option<LoadedValues>,
    /// Set when a load showed that the operation was not stored. It is sent again unchanged, before any other write.
    pub(crate) must_resend: bool,
    /// Set when the operation is sent again. An earlier one may still arrive.
    pub(crate) is_resent: bool,
}

/// The record must be loaded first.
pub(crate) struct NotLoaded;

impl State {
    /// Sets the credentials of the request. Only `finalize` may have been called before.
    pub(crate) fn set_credentials(&mut self, credentials: ParsedCredentials) {
        self.loaded.credential = credentials.token.map(Credential::Token);
        self.loaded.status = if credentials.token.is_some() { RecordStatus::Unknown } else { RecordStatus::Absent };
        self.csrf = CsrfState::new(&credentials);
        self.client.received = credentials.state;
        self.response.present = credentials.present;
        self.sent_token = match credentials.token {
            Some(token) => SentToken::Decrypted(token.id),
            None if credentials.present.session => SentToken::Invalid,
            None => SentToken::Missing,
        };
    }

    /// Sets the transport of the request. It does not depend on the credentials.
    pub(crate) fn set_transport(&mut self, transport: RequestTransport) {
        self.transport = transport;
    }

    pub(crate) fn uses_header(&self) -> bool {
        self.transport == RequestTransport::Header
    }

    /// Opens a session by its id. It counts as live; if it is not, commits fail.
    pub(crate) fn open_by_id(&mut self, id: SessionId) {
        self.loaded.credential = Some(Credential::Id(id));
        self.loaded.status = RecordStatus::Live;
        self.handle_kind = HandleKind::ById;
    }

    /// Returns true if a request opened the session, and not the application.
    pub(crate) fn has_browser(&self) -> bool {
        self.handle_kind == HandleKind::Request
    }

    pub(crate) fn is_invalidated(&self) -> bool {
        self.invalidated
    }

    pub(crate) fn is_finalized(&self) -> bool {
        self.phase == Phase::Finalized
    }

    pub(crate) fn finalize(&mut self) {
        self.phase = Phase::Finalized;
    }

    /// Starts the last commit of the request. A write is an error from now on, because no commit would follow it.
    pub(crate) fn close(&mut self) {
        if self.phase == Phase::Open {
            self.phase = Phase::Closing;
        }
    }

    /// The last commit was cancelled: another handle may continue.
    pub(crate) fn reopen(&mut self) {
        if self.phase == Phase::Closing {
            self.phase = Phase::Open;
        }
    }

    /// Returns true if there are changes that no commit has sent, or whose outcome was not reported, or a new token for a
    /// browser whose old one is useless.
    pub(crate) fn has_forgotten_changes(&self) -> bool {
        let has_unsent_token = self.response.token.is_some() && self.response.present.session;
        let has_unsent = self.has_unsent_changes() || self.unsupported_call.is_some() || has_unsent_token;
        self.phase != Phase::Finalized && (has_unsent || self.in_flight.is_some() || self.unknown.is_some())
    }

    pub(crate) fn has_unsent_changes(&self) -> bool {
        !self.pending.is_empty() || !self.client.changes.is_empty()
    }

    /// The request failed, and its changes are discarded. A handle that made one of them may call `sync` later.
    pub(crate) fn note_discarded(&mut self) {
        self.late_calls.is_unreported = true;
    }

    /// Adds the retired keys of a schema.
    pub(crate) fn retire(&mut self, keys: Vec<(Side, &'static str)>) {
        if !keys.is_empty() {
            self.retired.extend(keys);
            self.retired.sort_unstable();
            self.retired.dedup();
        }
    }

    /// Returns the retired keys of the schemas in use and of the registered schemas.
    pub(in crate::request) fn retired_keys<'a>(
        &'a self,
        config: &'a SessionConfig,
        side: Side,
    ) -> impl Iterator<Item = &'static str> + 'a {
        self.retired
            .iter()
            .chain(&config.retired)
            .filter(move |(retired_side, _)| *retired_side == side)
            .map(|(_, key)| *key)
    }
}
