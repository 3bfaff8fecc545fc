//! The controls of a running application. They are routes of the application, so that a test needs only HTTP.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use tokio::sync::Notify;

/// Clones share the state.
#[derive(Clone, Default)]
pub struct Controls(Arc<State>);

#[derive(Default)]
struct State {
    is_store_down: AtomicBool,
    operations: Mutex<Vec<&'static str>>,
    /// A handler has reached its pause.
    paused: Notify,
    /// The test releases that handler or task.
    released: Notify,
    report: Mutex<String>,
    /// A task has written its report.
    reported: Notify,
}

impl Controls {
    /// Runs `POST /control/{command}`, and returns the body of the response. Every server has this route.
    pub async fn run(&self, command: &str) -> String {
        match command {
            "store-down" => self.set_store_down(true),
            "store-up" => self.set_store_down(false),
            "release" => self.0.released.notify_one(),
            "until-paused" => self.0.paused.notified().await,
            "take-operations" => return std::mem::take(&mut *self.0.operations.lock().unwrap()).join(", "),
            "task-report" => {
                self.0.reported.notified().await;
                return std::mem::take(&mut *self.0.report.lock().unwrap());
            }
            _ => panic!("there is no control {command:?}"),
        }
        String::new()
    }

    /// Waits in a handler until the test releases it.
    pub async fn pause(&self) {
        self.0.paused.notify_one();
        self.0.released.notified().await;
    }

    /// Writes the report of a task.
    pub fn report(&self, report: String) {
        *self.0.report.lock().unwrap() = report;
        self.0.reported.notify_one();
    }

    pub(crate) fn record(&self, operation: &'static str) {
        self.0.operations.lock().unwrap().push(operation);
    }

    pub(crate) fn is_store_down(&self) -> bool {
        self.0.is_store_down.load(Ordering::SeqCst)
    }

    fn set_store_down(&self, is_down: bool) {
        self.0.is_store_down.store(is_down, Ordering::SeqCst);
    }
}
