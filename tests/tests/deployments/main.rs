//! Tests of the SQL stores in the deployments of operators: poolers, proxies, server settings, roles with few rights, and
//! restored backups. And the move of the sessions of tower-sessions from PostgreSQL.

mod autocommit;
mod connection_limits;
mod idle_connections;
mod login;
mod migrations;
mod pgbouncer;
mod replicas;
mod restore;
mod roles;
mod tower_sessions;

use session::store::{Commit, Committed, Json, SessionStore};
use session_tests::sample::{ID, NOW, TOKEN, is_done, record, set};

/// Creates a session.
async fn create(store: &impl SessionStore) {
    assert!(store.create(&ID, &record(&[("count", "0")]), &[]).await.unwrap());
}

/// Checks that each of these commits is stored exactly once.
async fn commit_each(store: &impl SessionStore, counts: std::ops::Range<u64>) {
    for count in counts {
        let before = store.load(&ID, NOW).await.unwrap().unwrap().revision;
        assert!(is_done(&store.commit(&ID, &set(&[("count", &count.to_string())])).await.unwrap()));
        let record = store.load(&ID, NOW).await.unwrap().unwrap();
        assert_eq!(record.values.get("count").unwrap().as_str(), count.to_string());
        assert_eq!(record.revision, before + 1);
    }
}

/// Executes this many loads at once, so that the store opens several connections.
async fn load_at_once(store: &impl SessionStore, loads: usize) {
    let loads = futures_util::future::join_all((0..loads).map(|_| store.load(&ID, NOW))).await;
    for load in loads {
        assert!(load.unwrap().is_some());
    }
}

const CLIENTS: usize = 16;
const WRITES_PER_CLIENT: usize = 20;

/// The commits of [`write_concurrently`].
const CONCURRENT_WRITES: u64 = (CLIENTS * WRITES_PER_CLIENT) as u64;

/// The clients of a process write different keys of one session at once. Checks that every change is stored.
async fn write_concurrently(store: &impl SessionStore, process: &str) {
    let clients = (0..CLIENTS).map(async |client| {
        for write in 0..WRITES_PER_CLIENT {
            let mut commit = Commit::touch(TOKEN, 800, NOW);
            commit.changes.set(&format!("{process}{client}"), Json::from_text(write.to_string())).unwrap();
            assert!(matches!(store.commit(&ID, &commit).await.unwrap(), Committed::Done(_)));
        }
    });
    futures_util::future::join_all(clients).await;
    let record = store.load(&ID, NOW).await.unwrap().unwrap();
    for client in 0..CLIENTS {
        assert_eq!(
            record.values.get(&format!("{process}{client}")).unwrap().as_str(),
            (WRITES_PER_CLIENT - 1).to_string()
        );
    }
}
