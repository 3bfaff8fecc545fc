//! Requests to the Pavex application over HTTP.

mod browser;
mod cases;
mod errors;
mod forgotten_middleware;
mod guide;
mod log;
mod shop;
mod spy;

use std::sync::{Arc, LazyLock};

use app::state::Store;
use server::RunningServer;
use tokio::runtime::Runtime;

use crate::browser::Browser;
use crate::spy::Spy;

/// The runtime of all listeners. A test's runtime ends before its server, which would then retry to accept without pause.
static LISTENERS: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

/// The application, its store, and a browser.
async fn start() -> (Spy, Browser) {
    start_with(|store| server::start(store, 0)).await
}

/// The application that forgot the middleware of session_pavex, its store, and a browser.
async fn start_uncommitted() -> (Spy, Browser) {
    start_with(server::start_uncommitted).await
}

async fn start_with<F>(start: impl FnOnce(Store) -> F) -> (Spy, Browser)
where
    F: Future<Output = std::io::Result<RunningServer>> + Send + 'static,
{
    let spy = Spy::default();
    let server = LISTENERS.spawn(start(Store(Arc::new(spy.clone())))).await.unwrap().unwrap();
    (spy, Browser::new(server))
}
