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
    pub(super) unreachable: Option<Arc<dyn SessionStore>>,
    guards: Vec<Box<dyn Any>>,
}

impl Fixture {
    /// Creates a fixture for a store that only one process can use. Both servers share the instance.
    pub fn in_process(store: impl SessionStore) -> Self {
        let first: Arc<dyn SessionStore> = Arc::new(store);
        Self { second: Arc::clone(&first), first, unreachable: None, guards: Vec::new() }
    }

    /// Creates a fixture for a store that several processes share: two instances with separate connections.
    pub fn two_servers(first: impl SessionStore, second: impl SessionStore) -> Self {
        Self { first: Arc::new(first), second: Arc::new(second), unreachable: None, guards: Vec::new() }
    }

    /// Adds an instance whose server refuses connections, for example at a port on which nothing listens.
    ///
    /// Give it a timeout of several minutes: an operation that waits for the server then fails its claim. Without this
    /// instance, for example for an embedded database, the claims about refused connections succeed.
    #[must_use]
    pub fn unreachable(mut self, store: impl SessionStore) -> Self {
        self.unreachable = Some(Arc::new(store));
        self
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
        let mut fixture = f.debug_struct("Fixture");
        fixture.field("unreachable", &self.unreachable.is_some()).field("guards", &self.guards.len());
        fixture.finish_non_exhaustive()
    }
}
