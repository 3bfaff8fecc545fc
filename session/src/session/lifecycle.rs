//! The lifecycle of a session: its id, token rotation, lifetime, label, logout, commit, and the end of the request.

use http::HeaderMap;

use crate::config::lifetime::Lifetime;
use crate::error::Error;
use crate::record::id::SessionId;
use crate::record::session_info::{SessionInfo, cut_label};
use crate::request::fields;
use crate::request::operations::login;
use crate::request::plan::{Deletion, RecordStatus};
use crate::request::state::credential::Credential;
use crate::request::state::token_status::TokenStatus;
use crate::request::state::types::State;
use crate::schema::key::traits::server::LoginKey;
use crate::session::handle::Session;

/// Identity and lifecycle.
///
/// The **record** is the data of a session in the store. These methods end a session, or remove a part of it:
///
/// | method | keys in the store | client state | later writes of the request | use |
/// | --- | --- | --- | --- | --- |
/// | [`invalidate`](Self::invalidate) | deleted | deleted | ignored, and logged | logout |
/// | [`restart`](Self::restart) | deleted | deleted | in a new session | logout with a message for the next page |
/// | [`delete`](Self::delete) | deleted | kept | in a new session | logout that keeps theme and language |
/// | [`clear`](Self::clear) | deleted | kept | in this session | an empty session with the same id and token |
/// | [`Typed::unset_all`](crate::Typed::unset_all) | those of the schema deleted | those of the schema deleted | in this session | the end of a checkout |
///
/// These methods replace the token, and keep the values:
///
/// | method | use |
/// | --- | --- |
/// | [`log_in`](Self::log_in) | login; in a session of another user, it starts an empty session |
/// | [`cycle_id`](Self::cycle_id) | another change of rights, such as a confirmed password |
/// | [`set_lifetime`](Self::set_lifetime) | "remember me" |
/// | [`renew_token`](Self::renew_token) | rotation on a timer |
impl Session {
    /// Returns the public id of the session. `None` until the first commit creates a record, and after the session is
    /// known to have ended.
    ///
    /// The id may appear in logs and on admin pages. The store is not called, so the session may have ended already. After
    /// [`log_in`](Self::log_in) as another user, [`restart`](Self::restart) or [`delete`](Self::delete), it is the id of the
    /// old session until the commit: call [`sync`](Self::sync) first to log the new id.
    pub fn id(&self) -> Option<SessionId> {
        let state = self.inner().state();
        let is_ended = matches!(state.loaded.status, RecordStatus::Ended | RecordStatus::EndedMidRequest);
        state.loaded.credential.as_ref().filter(|_| !is_ended).map(Credential::id)
    }

    /// Rotates the session token at the next commit. Costs no operation besides that commit.
    ///
    /// Call it at each change of rights, so that a token that an attacker planted or saw earlier becomes
    /// useless (ASVS 5.0, 7.2.4). The rotation is part of the same operation as the changes. If the request fails before
    /// the commit, the old token stays valid. After the commit, the old token neither reads nor writes.
    ///
    /// At a login, use [`log_in`](Self::log_in), which also keeps the state of another user away. For a rotation on a timer,
    /// use [`renew_token`](Self::renew_token): `cycle_id` starts the absolute timeout again.
    #[doc(alias = "regenerate")]
    #[doc(alias = "renew")]
    #[doc(alias = "rotate")]
    pub fn cycle_id(&mut self) {
        self.inner().record_intent(|state| state.rotate(None));
    }

    /// Logs a user in: rotates the token and sets `key`, the key that holds the user. Costs one load, unless the session is
    /// loaded already, and the commit.
    ///
    /// If the key holds another value, or one that is not a valid `T`, the session belongs to another user. It is deleted
    /// with its client state, and the login starts an empty session, which costs one more operation. Changes that this
    /// request made earlier are dropped in this case, so call `log_in` first: writes, client state, `set_label` and
    /// `set_lifetime`. Set other values of the login afterwards, for example a group: `visitor.set_login(login)?`.
    ///
    /// If the key is absent or holds the same value, the session keeps its values, for example the cart of a visitor.
    ///
    /// - A login of the same user also keeps lifetime and label. Call [`set_lifetime`](Self::set_lifetime) in both branches of
    ///   a "remember me" checkbox.
    /// - [`id`](Self::id) and [`meta`](Self::meta) return the old session until the commit. Call [`sync`](Self::sync) first
    ///   to log the new id.
    /// - After [`invalidate`](Self::invalidate), it is ignored.
    /// - If another request rotates the token or deletes the session before the commit, the login starts a new session.
    /// - A failed request changes nothing (ASVS 5.0, 7.2.4).
    ///
    /// ```
    /// # use session::{SecretKey, SessionConfig, SessionManager, SessionSchema, store::MemoryStore};
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    /// # let mut session = manager.open(&http::HeaderMap::new());
    /// #[derive(SessionSchema)]
    /// struct Visitor {
    ///     user_id: u64,
    /// }
    ///
    /// session.log_in(Visitor::USER_ID, 7).await?;
    /// assert_eq!(session.get::<u64>("user_id").await?, Some(7));
    /// # Ok::<(), session::Error>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// - [`Store`](crate::ErrorKind::Store): the store could not be reached.
    /// - [`Value`](crate::ErrorKind::Value): the value cannot be encoded as JSON, or is refused by the `check` of its field.
    /// - [`Config`](crate::ErrorKind::Config): the key is an [`IndexKey`](crate::IndexKey) that is not indexed.
    /// - [`NoBrowser`](crate::ErrorKind::NoBrowser): the session was opened by its id, or the handle is detached.
    /// - [`Finalized`](crate::ErrorKind::Finalized): the response was already finalized.
    #[doc(alias = "login")]
    pub async fn log_in<T: PartialEq>(&mut self, key: impl LoginKey<T>, value: T) -> Result<(), Error> {
        self.check_index(&key)?;
        let field = fields::with_rules_of_schemas(self.inner(), key.field());
        login::log_in(self.drop_cache(), &field, key.encoder(), value).await
    }

    /// Rotates the session token at the next commit, for a rotation on a timer. It is not a login: the absolute end of the
    /// session stays, and no session is created.
    ///
    /// Costs no operation besides the commit. Without effect in these cases:
    ///
    /// - There is no live record, or another request has rotated the token.
    /// - This request calls [`cycle_id`](Self::cycle_id), [`log_in`](Self::log_in) or [`set_lifetime`](Self::set_lifetime).
    ///
    /// Of several parallel requests that renew and write, one succeeds. The writes of the others fail with
    /// [`Replaced`](crate::ErrorKind::Replaced). A parallel request with the old token reads an empty session: check
    /// [`is_replaced`](Self::is_replaced) before you treat the user as logged out.
    ///
    /// ```
    /// # use std::time::{Duration, SystemTime};
    /// # use session::Session;
    /// /// Rotates the token of a session once an hour (OWASP session management cheat sheet, renewal timeout).
    /// async fn renew_hourly(session: &mut Session) -> Result<(), session::Error> {
    ///     if let Some(meta) = session.meta().await? {
    ///         let age = SystemTime::now().duration_since(meta.rotated.unwrap_or(meta.created));
    ///         if age.is_ok_and(|age| age > Duration::from_secs(60 * 60)) {
    ///             session.renew_token();
    ///         }
    ///     }
    ///     Ok(())
    /// }
    /// ```
    pub fn renew_token(&mut self) {
        self.inner().record_intent(State::renew_token);
    }

    /// Deletes the session with its record and both cookies. Later calls in this request are ignored. Costs one operation.
    ///
    /// The client state is deleted too, for example a theme. To keep it, call [`delete`](Self::delete).
    ///
    /// If a value is written afterwards, the commit logs a warning. To keep a message for the next page after a logout, use [`restart`](Self::restart).
    #[doc(alias = "destroy")]
    #[doc(alias = "flush")]
    #[doc(alias = "purge")]
    #[doc(alias = "log_out")]
    pub fn invalidate(&mut self) {
        self.inner().record_intent(|state| state.delete(Deletion::Invalidate));
    }

    /// Deletes the session and starts a new one that is empty on both sides, for a logout that leaves a message.
    ///
    /// Later writes belong to the new session. Costs one operation, and a second one if a key is set.
    pub fn restart(&mut self) {
        self.inner().record_intent(|state| state.delete(Deletion::Restart));
    }

    /// Deletes the record from the store, and keeps the client state and its cookie, for a logout that keeps preferences such as
    /// a theme. Costs one operation.
    ///
    /// Later writes create a new record. Client state must then not contain data of the user who has logged out.
    pub fn delete(&mut self) {
        self.inner().record_intent(|state| state.delete(Deletion::Delete));
    }

    /// Returns true if [`invalidate`](Self::invalidate) was called in this request.
    pub fn is_invalidated(&self) -> bool {
        self.inner().state().is_invalidated()
    }

    /// Returns true if another request rotated this session's token. Known only after a store operation.
    pub fn is_replaced(&self) -> bool {
        self.inner().state().loaded.status == RecordStatus::Replaced
    }

    /// Sets the lifetime of this session, for example for "remember me". It stays valid after later rotations.
    ///
    /// The token contains the lifetime, so this rotates the token like [`cycle_id`](Self::cycle_id), and starts the absolute
    /// timeout again. Without a record, it has an effect only if this request sets a key.
    ///
    /// If a timeout is below one millisecond, the next commit fails with [`Config`](crate::ErrorKind::Config), and nothing is
    /// stored.
    #[doc(alias = "remember_me")]
    #[doc(alias = "set_expiry")]
    pub fn set_lifetime(&mut self, lifetime: Lifetime) {
        self.inner().record_intent(|state| state.rotate(Some(lifetime)));
    }

    /// Sets a label, such as `Firefox on Linux`, for lists of a user's sessions. A longer label than 1,024 bytes is cut at a
    /// character. Without a record, it has an effect only if this request sets a key.
    pub fn set_label(&mut self, label: impl Into<String>) {
        let mut label = label.into();
        cut_label(&mut label);
        self.inner().record_intent(|state| state.set_label(label));
    }

    /// Returns the id, the times and the label of the session, or `None` if there is no live record. Costs one load,
    /// unless the session is loaded already.
    ///
    /// Pending changes are not included: after a login as another user, it describes the old session until the commit.
    ///
    /// # Errors
    ///
    /// [`Store`](crate::ErrorKind::Store): the store could not be reached.
    pub async fn meta(&self) -> Result<Option<SessionInfo>, Error> {
        self.inner().load().await?;
        let state = self.inner().state();
        let id = state.loaded.credential.as_ref().map(Credential::id);
        Ok(id.zip(state.loaded.record.as_ref()).map(|(id, record)| SessionInfo::new(id, record)))
    }

    /// Returns the status of the token that this request sent, in a cookie or in a header. Costs one load, unless there is no
    /// token that decrypts, or the session is loaded already.
    ///
    /// An API returns status 401 if a route needs a session and there is none. Call it before the handler changes the
    /// session. [`Valid`](TokenStatus::Valid) does not mean that a user is logged in: visitors have sessions too.
    ///
    /// A middleware for axum, inside of the session layer. The challenge is the one of
    /// [bearer tokens](crate::HeaderConfig::bearer) (RFC 6750, 3). With another header, name that header instead:
    ///
    /// ```
    /// use axum::extract::Request;
    /// use axum::http::{StatusCode, header::WWW_AUTHENTICATE};
    /// use axum::middleware::Next;
    /// use axum::response::{IntoResponse, Response};
    /// use session::{Session, TokenStatus};
    ///
    /// async fn require_token(session: Session, request: Request, next: Next) -> Result<Response, session::Error> {
    ///     let challenge = match session.token_status().await? {
    ///         TokenStatus::Valid => return Ok(next.run(request).await),
    ///         // A parallel request rotated the token: the client repeats the request with the new one.
    ///         TokenStatus::Replaced => return Ok(StatusCode::CONFLICT.into_response()),
    ///         TokenStatus::Missing => "Bearer",
    ///         TokenStatus::Invalid => r#"Bearer error="invalid_token""#,
    ///     };
    ///     Ok((StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, challenge)]).into_response())
    /// }
    /// # let _: axum::Router = axum::Router::new().layer(axum::middleware::from_fn(require_token));
    /// ```
    ///
    /// For a [detached](Self::detached) session and one [opened by its id](crate::SessionManager::by_id), it returns
    /// [`Missing`](TokenStatus::Missing).
    ///
    /// # Errors
    ///
    /// [`Store`](crate::ErrorKind::Store): the store could not be reached.
    #[doc(alias = "401")]
    #[doc(alias = "unauthorized")]
    pub async fn token_status(&self) -> Result<TokenStatus, Error> {
        self.inner().load().await?;
        Ok(self.inner().state().token_status())
    }

    /// Commits all pending changes now. Costs one operation, or none if there is nothing to commit or renew. A deletion
    /// that is followed by writes costs two.
    ///
    /// It may be called any number of times. Stored changes remain, even if the request later fails. In a request that runs
    /// for a long time, call it from time to time, even without changes: if the session is loaded, it renews the session
    /// below the renewal threshold.
    ///
    /// # Errors
    ///
    /// - [`Ended`](crate::ErrorKind::Ended): the session ended. Nothing was stored.
    /// - [`Replaced`](crate::ErrorKind::Replaced): another request rotated the token. Nothing was stored.
    /// - [`Config`](crate::ErrorKind::Config): `set_lifetime` received a timeout of zero. Nothing was stored.
    /// - [`Store`](crate::ErrorKind::Store): the store could not be reached, or its reply was lost. Changes that are known
    ///   not to be stored stay pending, and are sent with the next commit. Other changes may be stored, and are not sent
    ///   again.
    /// - [`Finalized`](crate::ErrorKind::Finalized): `invalidate`, `restart`, `delete`, `cycle_id`, `renew_token`,
    ///   `set_lifetime` or `set_label` was called after the response.
    ///
    /// A [detached](Self::detached) handle that is known to have lost its session returns `Ended` or `Replaced` also without
    /// changes.
    ///
    /// # Cancellation
    ///
    /// If this future is dropped before its reply, for example by a timeout, the next operation loads the session:
    ///
    /// - The load shows the changes: they are stored.
    /// - The commit has a new token (a rotation or a new session), and the load does not show it: the commit is sent again
    ///   unchanged.
    /// - Any other commit whose changes the load does not show has an unknown outcome, because it may still arrive. The next
    ///   commit is an error of kind `Store`.
    ///
    /// Use [`SessionConfig::store_timeout`](crate::SessionConfig::store_timeout) instead of a timeout around `sync`.
    #[doc(alias = "save")]
    pub async fn sync(&mut self) -> Result<(), Error> {
        let session = self.drop_cache();
        session.state().check_late_call()?;
        session.commit().await
    }

    /// Commits all pending changes, and adds the headers of the [transport](crate::Transport) to `response`: `Set-Cookie`, or
    /// the token. Layers and middleware call it.
    ///
    /// Other handles of the request can then read, but not write. For a WebSocket, a stream or a task, use
    /// [`detached`](Self::detached).
    ///
    /// A response that sets or removes a cookie or a token gets `Cache-Control: no-store`. If the commit fails, the cookies of earlier
    /// commits of this request (`sync`, `update`) are appended.
    ///
    /// # Errors
    ///
    /// The same as for [`sync`](Self::sync), and [`TooLarge`](crate::ErrorKind::TooLarge): the client state does not fit
    /// into a cookie. Nothing was stored.
    pub async fn finalize(mut self, response: &mut HeaderMap) -> Result<(), Error> {
        let (headers, result) = self.drop_cache().finalize().await;
        headers.apply_to(response);
        result
    }

    /// Ends a failed request, instead of [`finalize`](Self::finalize): commits only a pending deletion.
    ///
    /// The layers call it if the response has status 5xx or 408, or the `grpc-status` of a failed call.
    ///
    /// A deletion is [`invalidate`](Self::invalidate), [`restart`](Self::restart) or [`delete`](Self::delete). The cookies
    /// of earlier commits of this request (`sync`, `update`) are appended to `response`.
    ///
    /// # Errors
    ///
    /// The same as for [`sync`](Self::sync).
    pub async fn abandon(mut self, response: &mut HeaderMap) -> Result<(), Error> {
        let (headers, result) = self.drop_cache().abandon().await;
        headers.apply_to(response);
        result
    }
}
