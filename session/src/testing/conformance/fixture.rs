//! The input of one claim: an empty store, opened by two servers.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use crate::store::session_store::SessionStore;

/// An empty store for one claim, opened by two servers.
///
/// Use a new file, schema, table prefix or key prefix for each claim. A shared store also works, because each claim
/// uses random ids and index entries. On a shared store, run the claims whose names begin with `sweeping` one at a
/// time, because they count the records that they delete. If your store also deletes expired records during `create`,
/// run no other claim at the same time.
pub struct Fixture {
    pub(super) first: Arc<dyn SessionStore>,
    pub(super) second: Arc<dyn SessionStore>,
    guards: Vec<Box<dyn Any>>,
}

impl Fixture {
    /// Creates a fixture for a store that only one process can use. Both servers share the instance.
    pub fn in_process(store: impl SessionStore) -> Self {
        let first: Arc<dyn SessionStore> = Arc::new(store);
        Self { second: Arc::clone(&first), first, guards: Vec::new() }
    }

    /// Creates a fixture for a store that several processes share: two instances with separate connections.
    pub fn two_servers(first: impl SessionStore, second: impl SessionStore) -> Self {
        Self { first: Arc::new(first), second: Arc::new(second), guards: Vec::new() }
    }

    /// Keeps a value until the claim is finished, for example a temporary directory, a container or a lock.
    #[must_use]
    pub fn keep(mut self, guard: impl Any) -> Self {
        self.guards.push(Box::new(guard));
        self
    }
}

impl fmt::Debug for Fixture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fixture").field("guards", &self.guards.len()).finish_non_exhaustive()
    }
}
