//! The sessions of an application that uses tower-sessions and axum-login.

#![allow(clippy::must_use_candidate, clippy::missing_panics_doc, reason = "fixtures, not an interface")]

use std::collections::HashMap;

use axum::body::Body;
use axum::http::{Request, header};
use axum::{Router, routing::get};
use axum_login::{AuthManagerLayerBuilder, AuthSession, AuthUser, AuthnBackend};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;
use tower::ServiceExt;
use tower_sessions::service::SessionManagerLayer;
use tower_sessions::session::{Id, Record};
use tower_sessions::{Expiry, SessionStore};

const FUTURE: OffsetDateTime = datetime!(2100-01-01 12:00:00.5 UTC);
const PAST: OffsetDateTime = datetime!(2020-01-01 12:00 UTC);

/// The recorded sessions, except the one of axum-login.
pub fn records() -> [Record; 4] {
    let numbers = json!({"float": 1.0, "large": u64::MAX, "negative": -7, "none": null, "text": "Zoë ☕"});
    [
        record(0x1111_2222_3333_4444, FUTURE, json!({"user.id": 7, "cart": ["tea", "cups"], "numbers": numbers})),
        record(0x5555_6666_7777_8888, FUTURE, json!({"user.id": 7, "cart": ["phone"]})),
        record(0x0123_4567_89ab_cdef, FUTURE, json!({"cart": ["pot"]})),
        record(0x7eee_dddd_cccc_bbbb, PAST, json!({"user.id": 7, "cart": ["old"]})),
    ]
}

fn record(half: i128, expiry_date: OffsetDateTime, data: Value) -> Record {
    let Value::Object(data) = data else { unreachable!("the data is an object") };
    Record { id: Id(half << 64 | half), data: HashMap::from_iter(data), expiry_date }
}

#[derive(Clone, Debug)]
pub struct User;

impl AuthUser for User {
    type Id = u64;

    fn id(&self) -> u64 {
        7
    }

    fn session_auth_hash(&self) -> &[u8] {
        b"hash of the password"
    }
}

#[derive(Clone)]
pub struct Backend;

impl AuthnBackend for Backend {
    type User = User;
    type Credentials = ();
    type Error = std::convert::Infallible;

    async fn authenticate(&self, (): ()) -> Result<Option<User>, Self::Error> {
        Ok(Some(User))
    }

    async fn get_user(&self, _: &u64) -> Result<Option<User>, Self::Error> {
        Ok(Some(User))
    }
}

async fn log_in(mut auth: AuthSession<Backend>) {
    auth.login(&User).await.expect("the store works");
}

/// Logs in with axum-login.
pub async fn log_in_with_axum_login(store: impl SessionStore + Clone) {
    let sessions = SessionManagerLayer::new(store).with_expiry(Expiry::AtDateTime(FUTURE));
    let auth = AuthManagerLayerBuilder::new(Backend, sessions).build();
    first_cookie(Router::new().route("/", get(log_in)).layer(auth)).await;
}

/// Returns the cookie of a first request: name and value.
pub async fn first_cookie(app: Router) -> String {
    let response = app.oneshot(Request::new(Body::empty())).await.expect("a router never fails");
    let cookie = response.headers()[header::SET_COOKIE].to_str().expect("a cookie is text");
    cookie.split(';').next().expect("a cookie has a value").to_owned()
}
