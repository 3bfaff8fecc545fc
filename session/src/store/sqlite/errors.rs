//! The meaning of SQLite's errors for an operation, and how to fix their cause.

use sqlx::Error;
use sqlx::error::DatabaseError;

use crate::error::StoreError;

const BUSY: u32 = 5;
const READ_ONLY: u32 = 8;
const READ_ONLY_FILE_MOVED: u32 = READ_ONLY | 4 << 8;
const IO: u32 = 10;
const CORRUPT: u32 = 11;
const FULL: u32 = 13;
const CANNOT_OPEN: u32 = 14;
const NOT_A_DATABASE: u32 = 26;

pub(super) const FILE_MOVED: &str = "the database file was deleted or replaced while it was open: move the original \
                                     file back, or stop all processes that use it, delete its `-wal` and `-shm` \
                                     files, and start them again";

/// Returns true if another connection or process holds the file's lock.
pub(super) fn is_busy(error: &Error) -> bool {
    error.as_database_error().is_some_and(|error| primary(code(error)) == BUSY)
}

/// Adds the fix to an error that has a usual cause.
pub(super) fn describe(error: Error) -> StoreError {
    match error {
        // An error of this library.
        Error::Decode(error) => error,
        error => match error.as_database_error().and_then(|database| Some((database, fix(database)?))) {
            Some((database, fix)) => format!("{} (SQLite error {}): {fix}", database.message(), code(database)).into(),
            None => error.into(),
        },
    }
}

fn fix(error: &dyn DatabaseError) -> Option<&'static str> {
    let code = code(error);
    if code == READ_ONLY_FILE_MOVED {
        return Some(FILE_MOVED);
    }
    Some(match primary(code) {
        BUSY => "another process holds the write lock; end its transaction",
        READ_ONLY => "the process needs write access to the file and to its folder",
        IO => "check the disk, and its free space",
        CORRUPT => "the file is damaged; stop all processes that use it, and restore a backup",
        FULL => "free disk space, or raise `max_page_count`",
        CANNOT_OPEN => "the folder must exist, and the process needs write access to it",
        NOT_A_DATABASE => "the path leads to another file, or to an encrypted database",
        _ if error.message().starts_with("no such table") => "call `migrate` at startup, with the same prefix",
        _ => return None,
    })
}

fn code(error: &dyn DatabaseError) -> u32 {
    error.code().and_then(|code| code.parse().ok()).unwrap_or_default()
}

/// Returns the code without the reason, which the higher bytes contain.
fn primary(code: u32) -> u32 {
    code & 0xff
}
