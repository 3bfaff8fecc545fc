//! The sweeper: a task that drops expired sessions, time and again.

use std::fmt;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use crate::manager::SessionManager;

/// How many sessions the sweeper drops in one operation.
const BATCH: usize = 1000;

/// A running sweeper. It stops when this is dropped, and at the latest with the runtime.
#[must_use = "the sweeper stops when this is dropped"]
pub struct Sweeper(JoinHandle<()>);

impl SessionManager {
    /// Starts a task that drops expired sessions from the store at once and then `every` so often, in batches of 1,000.
    ///
    /// Expired sessions are never returned, swept or not: this is about the space they take. A store that fails is
    /// logged and asked again the next time. Redis expires its records by itself and needs no sweeper.
    ///
    /// # Panics
    ///
    /// If it is called outside of a tokio runtime, or `every` is zero.
    pub fn sweeper(&self, every: Duration) -> Sweeper {
        let manager = self.clone();
        Sweeper(tokio::spawn(async move {
            let mut ticks = interval(every);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                manager.sweep().await;
            }
        }))
    }

    async fn sweep(&self) {
        let mut swept = 0;
        loop {
            match self.delete_expired(BATCH).await {
                Ok(deleted) => {
                    swept += deleted;
                    if deleted < BATCH {
                        break;
                    }
                }
                Err(error) => {
                    let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
                    tracing::warn!(cause, "{error}; the sweeper tries again later");
                    break;
                }
            }
        }
        if swept > 0 {
            tracing::info!(sessions = swept, "expired sessions were dropped");
        }
    }
}

impl Sweeper {
    /// Stops the sweeper and waits until it has stopped. An operation that is on its way to the store is given up; it
    /// may have been carried out.
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
