//! The shop of all visitors, and its restarts.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use session_tests::{Process, shop};

use super::backend::Backend;

/// The pause between two attempts while the shop is unavailable, and the timeout of all attempts.
pub(crate) const PAUSE: Duration = Duration::from_millis(20);
pub(crate) const TIMEOUT: Duration = Duration::from_secs(30);

pub(crate) struct Shop {
    /// The address of the shop, for example `127.0.0.1:3000`. It does not change at a restart.
    address: String,
    key: String,
    running: Mutex<(Process, Backend)>,
}

impl Shop {
    pub(crate) fn open(backend: Backend) -> Self {
        let key = shop::new_key();
        let (process, address) = shop::start("127.0.0.1:0", &backend.url(), Some(&key));
        Self { address, key, running: Mutex::new((process, backend)) }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Restarts the shop and its server, each twice, and measures the memory of the shop.
    pub(crate) async fn disturb_until(&self, end: Instant) -> Memory {
        let step = end.saturating_duration_since(Instant::now()) / 10;
        let mut memory = Memory::default();
        for number in 0..10 {
            tokio::time::sleep(step).await;
            match number {
                1 | 4 => self.restart_shop(),
                2 | 5 => self.kill_server(),
                // From here, the shop is not restarted.
                6.. => memory.0.push(self.resident_kb()),
                _ => {}
            }
        }
        memory
    }

    fn restart_shop(&self) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let (process, backend) = &mut *running;
        if backend.survives_a_restart() {
            process.interrupt();
            process.wait();
            *process = shop::start(&self.address, &backend.url(), Some(&self.key)).0;
        }
    }

    fn kill_server(&self) {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).1.kill();
    }

    /// The resident memory of the shop in kilobytes.
    fn resident_kb(&self) -> u64 {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).0.resident_kb()
    }
}

/// The memory of the shop over time, in kilobytes.
#[derive(Default)]
pub(crate) struct Memory(Vec<u64>);

impl Memory {
    /// A leak of one session per login would be much larger.
    pub(crate) fn assert_flat(&self) {
        const MAX_GROWTH_KB: u64 = 16 * 1024;
        let (first, last) = (self.0.first().unwrap(), self.0.last().unwrap());
        assert!(*last <= first + MAX_GROWTH_KB, "the memory of the shop grows: {self}");
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kilobytes: Vec<String> = self.0.iter().map(u64::to_string).collect();
        write!(f, "{} kB", kilobytes.join(", "))
    }
}
