//! The sweeper: a background task that deletes expired sessions at an interval.

use std::fmt;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use crate::session::manager::session_manager::SessionManager;

/// The number of sessions that the sweeper deletes with one operation.
const SWEEP_BATCH_SIZE: usize = 1000;

/// A running sweeper. It stops when this handle is dropped.
#[must_use = "the sweeper stops when this handle is dropped"]
pub struct Sweeper(JoinHandle<()>);

impl SessionManager {
    /// Starts a task that deletes expired sessions at once, and then at the interval `every`, in batches of 1,000.
    ///
    /// Expired sessions are never returned, so the sweeper only frees space. If the store fails, the sweeper logs a warning
    /// and tries again at the next interval. Redis deletes expired records itself and needs no sweeper.
    ///
    /// # Panics
    ///
    /// If it is called outside of a tokio runtime, or if `every` is zero.
    pub fn sweeper(&self, every: Duration) -> Sweeper {
        let manager = self.clone();
        Sweeper(tokio::spawn(async move {
            let mut ticks = interval(every);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                sweep(&manager).await;
            }
        }))
    }
}

async fn sweep(manager: &SessionManager) {
    let mut count = 0;
    loop {
        match manager.delete_expired(SWEEP_BATCH_SIZE).await {
            Ok(deleted) => {
                count += deleted;
                if deleted < SWEEP_BATCH_SIZE {
                    break;
                }
            }
            Err(error) => {
                tracing::warn!(%error, cause = error.cause(), "failed to delete expired sessions; the sweeper will retry");
                break;
            }
        }
    }
    if count > 0 {
        tracing::info!(sessions = count, "deleted expired sessions");
    }
}

impl Sweeper {
    /// Stops the sweeper, and waits until it has stopped. A store operation in flight is cancelled; its outcome is unknown.
    pub async fn stop(mut self) {
        self.0.abort();
        _ = (&mut self.0).await;
    }
}

impl Drop for Sweeper {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl fmt::Debug for Sweeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sweeper").field("stopped", &self.0.is_finished()).finish()
    }
}
