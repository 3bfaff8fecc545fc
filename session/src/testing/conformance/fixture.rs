//! What a claim is given: an empty store, as two servers see it.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use crate::store::SessionStore;

/// An empty store for one claim, as two servers see it.
///
/// "Empty" may be a file, a schema, or a prefix of tables or keys that nobody else has. Claims make up their own random
/// ids and index entries, so a store that is shared does too, if claims whose names begin with `sweeping` run one at a
/// time: they count what they drop. Should creations drop expired records as well, they run alone.
pub struct Fixture {
    pub(super) one: Arc<dyn SessionStore>,
    pub(super) two: Arc<dyn SessionStore>,
    kept: Vec<Box<dyn Any>>,
}

impl Fixture {
    /// A store whose sessions no other process can reach: both servers use this one instance.
    pub fn in_process(store: impl SessionStore) -> Self {
        let one: Arc<dyn SessionStore> = Arc::new(store);
        Self { two: Arc::clone(&one), one, kept: Vec::new() }
    }

    /// Two instances on one database, each with connections of its own, as two processes would have them.
    pub fn two_servers(one: impl SessionStore, two: impl SessionStore) -> Self {
        Self { one: Arc::new(one), two: Arc::new(two), kept: Vec::new() }
    }

    /// Keeps something until the claim is through: a folder that is removed when it is dropped, a container, a lock.
    #[must_use]
    pub fn keep(mut self, guard: impl Any) -> Self {
        self.kept.push(Box::new(guard));
        self
    }
}

impl fmt::Debug for Fixture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fixture").field("kept", &self.kept.len()).finish_non_exhaustive()
    }
}
