//! Detects that the database file was deleted or replaced while it is open.
//!
//! SQLite continues to write to the deleted file, and to the write-ahead log of the replaced one. The changes are then
//! lost, or damage the new file.

use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Instant;

use sqlx::Error;

use crate::store::sqlite::errors;

/// A `stat` before each operation would take a few percent of a commit, and a fifth of a load.
const CHECK_INTERVAL_MS: u64 = 100;

/// The file of a database. The path of a database in memory leads to no file, and is never checked.
pub(super) struct DatabaseFile {
    /// The path as new connections open it.
    path: PathBuf,
    /// `None` if there is no file.
    opened: OnceLock<Option<FileIdentity>>,
    created: Instant,
    next_check_ms: AtomicU64,
}

/// The device and the inode.
#[derive(PartialEq, Eq)]
struct FileIdentity(u64, u64);

impl DatabaseFile {
    pub(super) fn new(path: &Path) -> Self {
        Self { path: path.into(), opened: OnceLock::new(), created: Instant::now(), next_check_ms: AtomicU64::new(0) }
    }

    /// Remembers the file, when the first connection is open.
    pub(super) fn remember(&self) {
        self.opened.get_or_init(|| fs::metadata(&self.path).ok().map(|file| identity(&file)));
    }

    /// Returns an error if the path does not lead to the opened file. Looks at most once per interval, until an error.
    pub(super) fn check(&self) -> Result<(), Error> {
        let Some(Some(opened)) = self.opened.get() else { return Ok(()) };
        let now_ms = u64::try_from(self.created.elapsed().as_millis()).unwrap_or(u64::MAX);
        if now_ms < self.next_check_ms.load(Relaxed) {
            return Ok(());
        }
        let is_moved = match fs::metadata(&self.path) {
            Ok(file) => identity(&file) != *opened,
            // After any other error, for example of permissions, the state is unknown.
            Err(error) => error.kind() == std::io::ErrorKind::NotFound,
        };
        if is_moved {
            return Err(Error::Decode(errors::FILE_MOVED.into()));
        }
        self.next_check_ms.store(now_ms.saturating_add(CHECK_INTERVAL_MS), Relaxed);
        Ok(())
    }
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> FileIdentity {
    use std::os::unix::fs::MetadataExt;

    FileIdentity(metadata.dev(), metadata.ino())
}

/// Other systems do not replace an open file.
#[cfg(not(unix))]
fn identity(_: &Metadata) -> FileIdentity {
    FileIdentity(0, 0)
}
