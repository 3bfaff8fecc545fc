//! The paths of the benchmark.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::get;
use axum_session::{DatabasePool, Session, SessionConfig, SessionLayer, SessionNullPool, SessionStore};
use bench_common::router::App;
use bench_common::{Subject, TEXT, another_text, each_key};

pub trait Pool: DatabasePool + Clone + Debug + Sync + Send + 'static {}

impl<T: DatabasePool + Clone + Debug + Sync + Send + 'static> Pool for T {}

type Answer = Result<(), StatusCode>;

async fn unused<T: Pool>(_: Session<T>) {}

async fn read<T: Pool>(session: Session<T>) -> Answer {
    let text: Option<String> = session.get(TEXT);
    text.map(drop).ok_or(StatusCode::INTERNAL_SERVER_ERROR)
}

async fn write<T: Pool>(session: Session<T>) {
    session.set(TEXT, another_text());
}

async fn both<T: Pool>(session: Session<T>) -> Answer {
    read(session.clone()).await?;
    write(session).await;
    Ok(())
}

async fn sign_in<T: Pool>(session: Session<T>) {
    session.renew();
    write(session).await;
}

async fn seed<T: Pool>(session: Session<T>, Path(keys): Path<usize>) {
    for (key, datum) in each_key(keys) {
        session.set(&key, datum);
    }
}

/// The paths behind the middleware with this store, or without one: then it keeps all sessions in its own map.
pub async fn app<T: Pool>(pool: Option<T>, config: SessionConfig) -> App {
    let store = SessionStore::new(pool, config).await.expect("a table");
    let routes = Router::new()
        .route("/unused", get(unused::<T>))
        .route("/read", get(read::<T>))
        .route("/write", get(write::<T>))
        .route("/both", get(both::<T>))
        .route("/sign-in", get(sign_in::<T>))
        .route("/seed/{keys}", get(seed::<T>));
    App::new(routes.layer(SessionLayer::new(store)))
}

/// A session of ten keys. Only the middleware makes one; it stays usable after its request.
pub async fn session() -> Session<SessionNullPool> {
    let store = SessionStore::<SessionNullPool>::new(None, SessionConfig::default()).await.expect("no table");
    let taken = Arc::new(Mutex::new(None));
    let taker = Arc::clone(&taken);
    let take = async move |session: Session<SessionNullPool>| *taker.lock().expect("no panic") = Some(session);
    let app = App::new(Router::new().route("/", get(take)).layer(SessionLayer::new(store)));
    app.call("/", "").await;
    let session = taken.lock().expect("no panic").take().expect("a session");
    for (key, datum) in each_key(10) {
        session.set(&key, datum);
    }
    session
}
