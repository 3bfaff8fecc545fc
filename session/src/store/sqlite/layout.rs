//! Where the values of a session lie: in a log beside the rest of its row, and the older ones in parts of their own.
//!
//! A commit appends to the log, which stays so short that the row fits on a page: one page is written, whatever else
//! the session holds. A log that has become too long is folded, or moved out as one more part; all parts are folded into
//! one when they are twice as long as what they hold. Both take as many steps as were appended since the last time.

use sqlx::sqlite::SqliteConnection;

use super::super::{Changes, StoreError, Values, value_log};
use super::statements::Statements;
use crate::record::id::SessionId;

/// The longest log. With it, the row takes most of one page of 4,096 bytes.
pub(super) const LONGEST: usize = 3584;
/// What is longer, without any garbage in it, would be too long again too soon.
const LONGEST_FOLDED: usize = 2048;

/// What a row says of its session's values.
#[derive(Clone, Default)]
pub(super) struct Held {
    pub(super) log: Vec<u8>,
    /// The length of all parts. They come before the log.
    pub(super) size: usize,
    /// How long the first part was when everything had been folded into it.
    pub(super) folded: usize,
}

impl Held {
    /// What begins a record, and its first part if it needs one.
    pub(super) fn begin(values: &Values) -> (Self, Option<Vec<u8>>) {
        let entries = value_log::encode_values(values);
        let len = entries.len();
        if len <= LONGEST {
            return (Self { log: entries, ..Self::default() }, None);
        }
        (Self { size: len, folded: len, log: Vec::new() }, Some(entries))
    }

    /// Carries changes out. The row itself is left to whoever writes it.
    pub(super) async fn change(
        &mut self,
        statements: &Statements,
        connection: &mut SqliteConnection,
        id: &SessionId,
        changes: &Changes,
    ) -> Result<(), StoreError> {
        if changes.is_cleared() {
            self.drop_parts(statements, connection, id).await?;
            self.log.clear();
        }
        self.log.append(&mut value_log::encode_changes(changes));
        self.settle(statements, connection, id).await
    }

    /// Makes the log short enough.
    async fn settle(
        &mut self,
        statements: &Statements,
        connection: &mut SqliteConnection,
        id: &SessionId,
    ) -> Result<(), StoreError> {
        if self.log.len() <= LONGEST {
            return Ok(());
        }
        if self.size + self.log.len() > 2 * self.folded {
            self.fold(statements, connection, id).await?;
            if self.log.len() <= LONGEST_FOLDED {
                return Ok(());
            }
            self.folded = self.log.len();
        }
        self.size += self.log.len();
        statements.add_part(connection, id, std::mem::take(&mut self.log)).await?;
        Ok(())
    }

    /// Takes everything into the log, without its garbage.
    async fn fold(
        &mut self,
        statements: &Statements,
        connection: &mut SqliteConnection,
        id: &SessionId,
    ) -> Result<(), StoreError> {
        let mut all = if self.size == 0 { Vec::new() } else { statements.parts(connection, id).await? };
        all.append(&mut self.log);
        self.log = value_log::encode_values(&value_log::decode(all)?);
        self.drop_parts(statements, connection, id).await
    }

    async fn drop_parts(
        &mut self,
        statements: &Statements,
        connection: &mut SqliteConnection,
        id: &SessionId,
    ) -> Result<(), StoreError> {
        if self.size > 0 {
            statements.drop_parts(connection, id).await?;
        }
        (self.size, self.folded) = (0, 0);
        Ok(())
    }
}
