//! The routes.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::get;
use axum_session::{DatabasePool, Session, SessionConfig, SessionLayer, SessionNullPool, SessionStore};
use bench_common::router::{App, routes};
use bench_common::{DEFAULT_KEYS, Subject, TEXT, each_key, unique_text};

pub trait Pool: DatabasePool + Clone + Debug + Sync + Send + 'static {}

impl<T: DatabasePool + Clone + Debug + Sync + Send + 'static> Pool for T {}

type Response = Result<(), StatusCode>;

async fn unused<T: Pool>(_: Session<T>) {}

async fn read<T: Pool>(session: Session<T>) -> Response {
    let text: Option<String> = session.get(TEXT);
    text.map(drop).ok_or(StatusCode::INTERNAL_SERVER_ERROR)
}

async fn write<T: Pool>(session: Session<T>) {
    session.set(TEXT, unique_text());
}

async fn both<T: Pool>(session: Session<T>) -> Response {
    read(session.clone()).await?;
    write(session).await;
    Ok(())
}

async fn login<T: Pool>(session: Session<T>) {
    session.renew();
    write(session).await;
}

async fn seed<T: Pool>(session: Session<T>, Path(keys): Path<usize>) {
    for (key, datum) in each_key(keys) {
        session.set(&key, datum);
    }
}

/// Returns the routes with the middleware. Without a pool, the middleware keeps all sessions in its own map.
pub async fn app<T: Pool>(pool: Option<T>, config: SessionConfig) -> App {
    let store = SessionStore::new(pool, config).await.expect("a table");
    let handlers = [get(unused::<T>), get(read::<T>), get(write::<T>), get(both::<T>), get(login::<T>)];
    App::new(routes(handlers, get(seed::<T>)).layer(SessionLayer::new(store)))
}

/// Returns a session of ten keys. Only the middleware can create a session, so a handler passes it out.
pub async fn loaded_session() -> Session<SessionNullPool> {
    let store = SessionStore::<SessionNullPool>::new(None, SessionConfig::default()).await.expect("no table");
    let slot = Arc::new(Mutex::new(None));
    let handler_slot = Arc::clone(&slot);
    let pass_out =
        async move |session: Session<SessionNullPool>| *handler_slot.lock().expect("no panic") = Some(session);
    let app = App::new(Router::new().route("/", get(pass_out)).layer(SessionLayer::new(store)));
    app.call("/", "").await;
    let session = slot.lock().expect("no panic").take().expect("a session");
    for (key, datum) in each_key(DEFAULT_KEYS) {
        session.set(&key, datum);
    }
    session
}
