//! The shop that all visitors come to, and what befalls it.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use session_tests::{Process, shop};

use super::backend::Backend;

/// How long a visitor waits before the next attempt, while the shop is away, and how long in all.
pub(crate) const PAUSE: Duration = Duration::from_millis(20);
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Till {
    /// Where the shop listens, such as `127.0.0.1:3000`: the same after a restart.
    address: String,
    key: String,
    running: Mutex<(Process, Backend)>,
}

impl Till {
    pub(crate) fn open(backend: Backend) -> Self {
        let key = shop::new_key();
        let (process, address) = shop::start("127.0.0.1:0", &backend.url(), Some(&key));
        Self { address, key, running: Mutex::new((process, backend)) }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Restarts the shop and its server, each twice over the time, and looks at the shop's memory.
    pub(crate) async fn disturb_until(&self, end: Instant) -> Memory {
        let step = end.saturating_duration_since(Instant::now()) / 10;
        let mut memory = Memory::default();
        for number in 0..10 {
            tokio::time::sleep(step).await;
            match number {
                1 | 4 => self.restart_shop(),
                2 | 5 => self.kill_server(),
                // From here on the shop is the same process.
                6.. => memory.0.push(self.resident()),
                _ => {}
            }
        }
        memory
    }

    fn restart_shop(&self) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let (process, backend) = &mut *running;
        if backend.outlives_the_shop() {
            process.interrupt();
            process.wait();
            *process = shop::start(&self.address, &backend.url(), Some(&self.key)).0;
        }
    }

    fn kill_server(&self) {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).1.kill();
    }

    /// How many kilobytes of memory the shop holds.
    fn resident(&self) -> u64 {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).0.resident()
    }
}

/// The shop's memory over time, in kilobytes.
#[derive(Default)]
pub(crate) struct Memory(Vec<u64>);

impl Memory {
    /// A leak of one session's worth per sign-in would be many times this.
    pub(crate) fn assert_flat(&self) {
        const SLACK: u64 = 16 * 1024;
        let (first, last) = (self.0.first().unwrap(), self.0.last().unwrap());
        assert!(*last <= first + SLACK, "the shop's memory grows: {self}");
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kilobytes: Vec<String> = self.0.iter().map(u64::to_string).collect();
        write!(f, "{} kB", kilobytes.join(", "))
    }
}
