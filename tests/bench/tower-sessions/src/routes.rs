//! The paths of the benchmark, for the two versions of the library.

use bench_common::router::App;

macro_rules! routes {
    ($module:ident, $library:ident) => {
        pub mod $module {
            use axum::Router;
            use axum::extract::Path;
            use axum::http::StatusCode;
            use axum::routing::get;
            use bench_common::{TEXT, another_text, each_key};
            use $library::session::Error;
            use $library::{Session, SessionManagerLayer, SessionStore};

            use super::App;

            type Answer = Result<(), StatusCode>;

            fn failed(_: Error) -> StatusCode {
                StatusCode::INTERNAL_SERVER_ERROR
            }

            async fn unused(_: Session) {}

            async fn read(session: Session) -> Answer {
                let text: Option<String> = session.get(TEXT).await.map_err(failed)?;
                text.map(drop).ok_or(StatusCode::INTERNAL_SERVER_ERROR)
            }

            async fn write(session: Session) -> Answer {
                session.insert(TEXT, another_text()).await.map_err(failed)
            }

            async fn both(session: Session) -> Answer {
                read(session.clone()).await?;
                write(session).await
            }

            async fn sign_in(session: Session) -> Answer {
                session.cycle_id().await.map_err(failed)?;
                write(session).await
            }

            async fn seed(session: Session, Path(keys): Path<usize>) -> Answer {
                for (key, datum) in each_key(keys) {
                    session.insert(&key, datum).await.map_err(failed)?;
                }
                Ok(())
            }

            /// The paths behind the middleware with this store.
            pub fn app(store: impl SessionStore + Clone) -> App {
                App::new(routes().layer(SessionManagerLayer::new(store)))
            }

            pub(super) fn routes() -> Router {
                Router::new()
                    .route("/unused", get(unused))
                    .route("/read", get(read))
                    .route("/write", get(write))
                    .route("/both", get(both))
                    .route("/sign-in", get(sign_in))
                    .route("/seed/{keys}", get(seed))
            }
        }
    };
}

routes!(v15, tower_sessions);
routes!(v14, tower_sessions_014);

/// The paths behind the middleware that encrypts its cookie.
pub fn private(store: tower_sessions::MemoryStore) -> App {
    let layer = tower_sessions::SessionManagerLayer::new(store);
    App::new(v15::routes().layer(layer.with_private(tower_sessions::cookie::Key::generate())))
}
