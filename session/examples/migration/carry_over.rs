//! Moves the sessions of tower-sessions into `session`, at the first request of each browser. Copy this file, and the
//! statements of your database from `sqlite.rs` or `postgres.rs`.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cookie::{Cookie, CookieJar};
use serde::de::IgnoredAny;
use serde_json::Value;
use session::{Error, IndexKey, Session, SessionManager, TokenStatus};

use super::{DELETE, DELETE_SOON, LOAD, Pool};

/// The row of a moved session: a part of its id, which does not open the row. Pass the key to `SessionConfig::index`.
pub(crate) const MOVED_FROM: IndexKey<String> = IndexKey::declare("tower_sessions.row");

pub(crate) type Data = HashMap<String, Value>;

/// Finds the old cookie in the jar.
type ReadCookie = Box<dyn Fn(&CookieJar) -> Option<Cookie<'static>> + Send + Sync>;

pub(crate) struct OldSessions {
    pub(crate) rows: Pool,
    pub(crate) manager: SessionManager,
    /// A session with this key has a user, so no old session replaces it.
    pub(crate) login_key: &'static str,
    /// Returns the old cookie, if it is valid.
    pub(crate) read_cookie: ReadCookie,
    /// The `Set-Cookie` header that removes the old cookie, with its path and domain.
    pub(crate) removal: HeaderValue,
    /// Renames keys, converts values, and sets a lifetime. The last argument is the remaining time of the old session.
    pub(crate) convert: fn(&mut Session, Data, Duration) -> Data,
}

/// The middleware. It belongs inside of the session layer.
pub(crate) async fn carry_over(
    State(old): State<Arc<OldSessions>>,
    mut session: Session,
    request: Request,
    next: Next,
) -> Result<Response, Error> {
    let Some(id) = old.id(request.headers()) else { return Ok(next.run(request).await) };
    match old.load(&id).await {
        Ok(Some((row, remaining))) => match decode(&row) {
            Some(data) => old.move_row(&mut session, &id, data, remaining).await?,
            None => return Ok(next.run(request).await), // a new visitor; the row remains
        },
        Ok(None) if is_moved(&session, &id).await? => session.unset(MOVED_FROM).await?,
        Ok(None) => {}
        Err(error) => return Ok(unavailable(&error)),
    }
    let mut response = next.run(request).await;
    // The row has expired, or the user has logged out: from here on, the old cookie must open nothing.
    if !is_moved(&session, &id).await? {
        if let Err(error) = sqlx::query(DELETE).bind(&id).execute(&old.rows).await {
            return Ok(unavailable(&error));
        }
        old.manager.revoke_all(MOVED_FROM, half(&id), session.id()).await?; // the copies of parallel first requests
        response.headers_mut().append(header::SET_COOKIE, old.removal.clone());
    }
    Ok(response)
}

impl OldSessions {
    fn id(&self, headers: &HeaderMap) -> Option<String> {
        let mut jar = CookieJar::new();
        for header in headers.get_all(header::COOKIE).iter().filter_map(|header| header.to_str().ok()) {
            Cookie::split_parse(header.to_owned()).flatten().for_each(|cookie| jar.add_original(cookie));
        }
        let id = (self.read_cookie)(&jar)?.value().to_owned();
        (id.len() == 22 && id.is_ascii()).then_some(id) // 16 bytes in base64
    }

    async fn load(&self, id: &str) -> sqlx::Result<Option<(Vec<u8>, Duration)>> {
        let row: Option<(Vec<u8>, i64)> = sqlx::query_as(LOAD).bind(id).fetch_optional(&self.rows).await?;
        Ok(row.map(|(row, seconds)| (row, Duration::from_secs(seconds.max(1).unsigned_abs()))))
    }

    async fn move_row(&self, session: &mut Session, id: &str, data: Data, remaining: Duration) -> Result<(), Error> {
        match session.token_status().await? {
            TokenStatus::Missing => {}
            // The browser has the new cookie. Parallel requests without it may still need the row.
            TokenStatus::Valid if is_moved(session, id).await? => {
                if let Err(error) = sqlx::query(DELETE_SOON).bind(id).execute(&self.rows).await {
                    tracing::warn!(%error, "failed to shorten the old session; the next request repeats it");
                }
                return Ok(());
            }
            // A visit without the old cookie, for example from a link on another site, started a session.
            TokenStatus::Valid if session.get_raw(self.login_key).await?.is_none() => session.restart(),
            // Another login, or a deleted session: the old one must not come back.
            TokenStatus::Valid | TokenStatus::Replaced | TokenStatus::Invalid => return Ok(()),
        }
        for (key, value) in (self.convert)(session, data, remaining) {
            if let Err(error) = session.insert_raw(key, value).await {
                tracing::warn!(%error, "a value of the old session was not moved");
            }
        }
        session.insert(MOVED_FROM, half(id).to_owned()).await?;
        session.sync().await?; // moved, whatever the handler responds
        // A logout in parallel has deleted either the row, or the moved session.
        if !matches!(self.load(id).await, Ok(Some(_))) {
            session.restart();
        }
        Ok(())
    }
}

async fn is_moved(session: &Session, id: &str) -> Result<bool, Error> {
    Ok(session.get::<String>(&MOVED_FROM).await?.is_some_and(|from| from == half(id)))
}

/// Decodes a row in the format `MessagePack`: the id, the values, and the expiry.
pub(crate) fn decode(row: &[u8]) -> Option<Data> {
    let row = rmp_serde::from_slice::<(IgnoredAny, Data, IgnoredAny)>(row);
    row.map(|(_, data, _)| data).map_err(|_| tracing::error!("an old session is unreadable")).ok()
}

/// Half of the id: enough to name a row, and too little to open it.
fn half(id: &str) -> &str {
    &id[..11]
}

fn unavailable(error: &sqlx::Error) -> Response {
    tracing::error!(%error, "failed to query the old sessions");
    StatusCode::SERVICE_UNAVAILABLE.into_response()
}
