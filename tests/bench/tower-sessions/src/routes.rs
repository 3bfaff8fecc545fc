//! The routes, for both versions of the library.

use bench_common::router::App;

macro_rules! routes {
    ($module:ident, $library:ident) => {
        pub mod $module {
            use axum::Router;
            use axum::extract::Path;
            use axum::http::StatusCode;
            use axum::routing::get;
            use bench_common::router::routes;
            use bench_common::{TEXT, each_key, unique_text};
            use $library::session::Error;
            use $library::{Session, SessionManagerLayer, SessionStore};

            use super::App;

            type Response = Result<(), StatusCode>;

            fn to_status(_: Error) -> StatusCode {
                StatusCode::INTERNAL_SERVER_ERROR
            }

            async fn unused(_: Session) {}

            async fn read(session: Session) -> Response {
                let text: Option<String> = session.get(TEXT).await.map_err(to_status)?;
                text.map(drop).ok_or(StatusCode::INTERNAL_SERVER_ERROR)
            }

            async fn write(session: Session) -> Response {
                session.insert(TEXT, unique_text()).await.map_err(to_status)
            }

            async fn both(session: Session) -> Response {
                read(session.clone()).await?;
                write(session).await
            }

            async fn login(session: Session) -> Response {
                session.cycle_id().await.map_err(to_status)?;
                write(session).await
            }

            async fn seed(session: Session, Path(keys): Path<usize>) -> Response {
                for (key, datum) in each_key(keys) {
                    session.insert(&key, datum).await.map_err(to_status)?;
                }
                Ok(())
            }

            /// Returns the routes with the middleware and this store.
            pub fn app(store: impl SessionStore + Clone) -> App {
                App::new(routes_without_layer().layer(SessionManagerLayer::new(store)))
            }

            pub(super) fn routes_without_layer() -> Router {
                routes([get(unused), get(read), get(write), get(both), get(login)], get(seed))
            }
        }
    };
}

routes!(v15, tower_sessions);
routes!(v14, tower_sessions_014);

/// Returns the routes with a middleware that encrypts its cookie.
pub fn private_app(store: tower_sessions::MemoryStore) -> App {
    let layer = tower_sessions::SessionManagerLayer::new(store);
    App::new(v15::routes_without_layer().layer(layer.with_private(tower_sessions::cookie::Key::generate())))
}
