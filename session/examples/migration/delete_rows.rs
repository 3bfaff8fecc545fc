//! For applications with "log out all devices": copy this file too.

use serde_json::Value;

use super::carry_over::{OldSessions, decode};
use super::{DELETE, LIST};

impl OldSessions {
    /// Deletes the old sessions of one user. Call it before `SessionManager::revoke_all`. It reads the whole table.
    pub(crate) async fn delete_rows(&self, key: &str, value: &Value) -> sqlx::Result<()> {
        let mut last = String::new();
        loop {
            let rows: Vec<(String, Vec<u8>)> = sqlx::query_as(LIST).bind(&last).fetch_all(&self.rows).await?;
            let Some((id, _)) = rows.last() else { return Ok(()) };
            last.clone_from(id);
            for (id, row) in &rows {
                if decode(row).is_some_and(|data| data.get(key) == Some(value)) {
                    sqlx::query(DELETE).bind(id).execute(&self.rows).await?;
                }
            }
        }
    }
}
