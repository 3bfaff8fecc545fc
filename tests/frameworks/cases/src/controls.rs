//! The controls of a running application. They are routes of the application, so that a test needs only HTTP.

use std::sync::{Arc, Mutex};

use session::event::StoreOperation;
use session::store::SessionStore;
use session::testing::{FailingStore, Fault};
use tokio::sync::Notify;

/// Clones share the state.
#[derive(Clone)]
pub struct Controls {
    store: FailingStore<Arc<dyn SessionStore>>,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    /// A handler has reached its pause.
    paused: Notify,
    /// The test releases that handler or task.
    released: Notify,
    report: Mutex<String>,
    /// A task has written its report.
    reported: Notify,
}

impl Controls {
    pub(crate) fn new(store: FailingStore<Arc<dyn SessionStore>>) -> Self {
        Self { store, state: Arc::default() }
    }

    /// Runs `POST /control/{command}`, and returns the body of the response. Every server has this route.
    pub async fn run(&self, command: &str) -> String {
        match command {
            "store-down" => self.store.inject(Fault::refused().forever()),
            "store-up" => _ = self.store.repair(),
            "release" => self.state.released.notify_one(),
            "until-paused" => self.state.paused.notified().await,
            "take-operations" => return self.take_operations(),
            "task-report" => {
                self.state.reported.notified().await;
                return std::mem::take(&mut *self.state.report.lock().unwrap());
            }
            _ => panic!("there is no control {command:?}"),
        }
        String::new()
    }

    /// Waits in a handler until the test releases it.
    pub async fn pause(&self) {
        self.state.paused.notify_one();
        self.state.released.notified().await;
    }

    /// Writes the report of a task.
    pub fn report(&self, report: String) {
        *self.state.report.lock().unwrap() = report;
        self.state.reported.notify_one();
    }

    fn take_operations(&self) -> String {
        let operations: Vec<_> = self.store.take_operations().into_iter().map(StoreOperation::name).collect();
        operations.join(", ")
    }
}
