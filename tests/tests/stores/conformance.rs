//! Runs the library's conformance suite on every store.

use std::sync::Arc;

use session::store::conformance::{CLAIMS, Fixture, conformance, run};
use session::store::{MemoryStore, SessionStore, SqliteStore};
use session::{SecretKey, SessionConfig, SessionManager};
use session_tests::servers;
use tempfile::TempDir;

conformance!(memory, async { Fixture::in_process(MemoryStore::new()) });

conformance!(sqlite, async {
    let folder = TempDir::new().unwrap();
    let open = async || {
        let store = SqliteStore::open(folder.path().join("sessions.db")).await.unwrap();
        store.migrate().await.unwrap();
        store
    };
    Fixture::two_servers(open().await, open().await).keep(folder)
});

conformance!(postgres, on_a_server("SESSION_TEST_POSTGRES"));

conformance!(mysql, on_a_server("SESSION_TEST_MYSQL"));

conformance!(redis, on_a_server("SESSION_TEST_REDIS"));

async fn on_a_server(variable: &str) -> Fixture {
    let (url, prefix) = (servers::url(variable), servers::prefix());
    let (unreachable, port) = servers::unreachable(&url);
    let fixture = Fixture::two_servers(servers::at(&url, &prefix).await, servers::at(&url, &prefix).await);
    fixture.unreachable(unreachable).keep(port)
}

#[test]
fn boxes_and_arcs_of_stores_are_stores() {
    for claim in CLAIMS {
        let boxed: Box<dyn SessionStore> = Box::new(MemoryStore::new());
        run(claim, async { Fixture::in_process(Arc::new(boxed)) }).unwrap();
    }
}

#[test]
fn the_trait_is_object_safe() {
    fn object(store: &dyn SessionStore) -> &dyn SessionStore {
        store
    }
    let store = MemoryStore::new();
    object(&store);
    SessionManager::new(Box::new(store) as Box<dyn SessionStore>, SessionConfig::new(SecretKey::generate()));
}
