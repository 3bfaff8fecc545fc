//! The log of this process.

use std::io::Write;
use std::sync::{LazyLock, Mutex};

/// The lines so far. A process has one global subscriber, so all tests share them.
static LINES: LazyLock<Mutex<Vec<u8>>> = LazyLock::new(|| {
    tracing_subscriber::fmt().with_max_level(tracing::Level::WARN).with_ansi(false).with_writer(|| Log).init();
    Mutex::default()
});

/// Starts the log.
pub fn start() {
    LazyLock::force(&LINES);
}

/// All lines since the start that contain `text`.
pub fn lines_with(text: &str) -> Vec<String> {
    let lines = String::from_utf8(LINES.lock().unwrap().clone()).unwrap();
    lines.lines().filter(|line| line.contains(text)).map(str::to_owned).collect()
}

struct Log;

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LINES.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
