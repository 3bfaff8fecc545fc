//! The application that every server runs.

use std::sync::Arc;

use session::store::{MemoryStore, SessionStore};
use session::testing::FailingStore;
use session::{SecretKey, SessionConfig, SessionManager};

use crate::controls::Controls;
use crate::handlers;
use crate::route::{Handler, Route};

/// The manager and the controls. A server needs both for its routes.
#[derive(Clone)]
pub struct Application {
    pub manager: SessionManager,
    pub controls: Controls,
}

impl Application {
    pub fn new() -> Self {
        Self::on_store(Arc::new(MemoryStore::new()))
    }

    pub fn on_store(store: Arc<dyn SessionStore>) -> Self {
        let store = FailingStore::new(store);
        let config = SessionConfig::new(SecretKey::generate());
        Self { manager: SessionManager::new(store.clone(), config), controls: Controls::new(store) }
    }

    /// All routes, for frameworks whose routes can be added at run time.
    pub fn routes(&self) -> Vec<Route> {
        let mut routes = visitor_routes();
        routes.extend(failing_routes());
        routes.extend(self.paused_routes());
        routes
    }

    /// The routes that pause until a test releases them, and the controls.
    fn paused_routes(&self) -> [Route; 5] {
        let [write, add, detached, control] = [(); 4].map(|()| self.controls.clone());
        [
            Route::post(
                "/slow-write",
                Handler::session(async move |session, _| handlers::slow_write(session, &write).await),
            ),
            Route::post(
                "/slow-cart/{item}",
                Handler::typed(async move |visitor, parameters| {
                    let [item] = parameters.last();
                    handlers::slow_add_to_cart(visitor, item, &add).await
                }),
            ),
            Route::post(
                "/detached-task",
                Handler::session(async move |session, _| Ok(handlers::detached_task(session, detached))),
            ),
            Route::post("/awaited-task", Handler::session(async |session, _| handlers::awaited_task(session).await)),
            Route::post(
                "/control/{command}",
                Handler::plain(async move |parameters| {
                    let [command] = parameters.last();
                    Ok(control.run(command).await)
                }),
            ),
        ]
    }
}

impl Default for Application {
    fn default() -> Self {
        Self::new()
    }
}

fn visitor_routes() -> Vec<Route> {
    vec![
        Route::get("/untouched", Handler::plain(async |_| Ok(handlers::untouched()))),
        Route::get("/unused", Handler::session(async |session, _| Ok(handlers::unused(session)))),
        Route::get("/user", Handler::read_only(async |visitor, _| handlers::user(visitor).await)),
        Route::get("/cart", Handler::read_only(async |visitor, _| handlers::cart(visitor).await)),
        Route::post(
            "/cart/{item}",
            Handler::typed(async |visitor, parameters| {
                let [item] = parameters.last();
                handlers::add_to_cart(visitor, item).await
            }),
        ),
        Route::post("/sign-up", Handler::typed(async |visitor, _| handlers::sign_up(visitor))),
        Route::post(
            "/login/{user}",
            Handler::typed(async |visitor, parameters| {
                let [user] = parameters.last();
                handlers::log_in(visitor, user).await
            }),
        ),
        Route::post("/logout", Handler::session(async |session, _| Ok(handlers::log_out(session)))),
        Route::get("/theme", Handler::read_only(async |visitor, _| handlers::theme(&visitor))),
        Route::post(
            "/theme/{theme}",
            Handler::typed(async |visitor, parameters| {
                let [theme] = parameters.last();
                handlers::set_theme(visitor, theme)
            }),
        ),
    ]
}

fn failing_routes() -> [Route; 4] {
    [
        Route::post("/fail", Handler::session(async |session, _| handlers::fail(session).await)),
        Route::post("/reject", Handler::session(async |session, _| handlers::reject(session).await)),
        Route::post(
            "/fail-after-logout",
            Handler::session(async |session, _| Ok(handlers::fail_after_logout(session))),
        ),
        Route::post("/misread", Handler::session(async |session, _| handlers::misread(session).await)),
    ]
}
