//! The store's own operations, as a request has them carried out: without a cookie, a router or a layer around them.

use std::cell::RefCell;
use std::hash::{BuildHasher, RandomState};
use std::hint::black_box;
use std::time::{Duration, SystemTime};

use bench_common::{Subject, TEXT, another_text, each_key};
use session::SessionId;
use session::store::{Commit, Committed, Json, Limits, Record, Rotation, SessionStore, Timestamp, TokenHash};

pub struct Alone<S> {
    store: S,
    /// The cookie is a place in this list.
    sessions: RefCell<Vec<(SessionId, TokenHash)>>,
}

pub struct Answer(Option<String>);

fn random<const N: usize>() -> [u8; N] {
    let state = RandomState::new();
    let mut bytes = [0; N];
    for (index, chunk) in bytes.chunks_exact_mut(8).enumerate() {
        chunk.copy_from_slice(&state.hash_one(index).to_le_bytes());
    }
    bytes
}

fn now() -> Timestamp {
    SystemTime::now().into()
}

/// Those of the library as it comes.
fn limits() -> Limits {
    const HOUR: u64 = 3600;
    Limits { idle: Duration::from_secs(24 * HOUR), end: now() + Duration::from_secs(30 * 24 * HOUR) }
}

fn json(value: &impl serde::Serialize) -> Json {
    Json::from_text(serde_json::to_string(value).expect("JSON"))
}

impl<S: SessionStore> Alone<S> {
    pub fn new(store: S) -> Self {
        Self { store, sessions: RefCell::default() }
    }

    async fn seed(&self, keys: usize) -> Answer {
        let (id, token) = (SessionId::from_bytes(random()), TokenHash::from_bytes(random()));
        let mut record = Record::new(token, limits(), now());
        record.values = each_key(keys).map(|(key, value)| (key, json(&value))).collect();
        assert!(self.store.create(&id, &record, &[]).await.expect("a store"));
        let mut sessions = self.sessions.borrow_mut();
        sessions.push((id, token));
        Answer(Some(format!("session={}", sessions.len() - 1)))
    }

    async fn load(&self, place: usize) {
        let (id, token) = self.sessions.borrow()[place];
        let record = self.store.load(&id, now()).await.expect("a store").expect("a record");
        assert!(record.token == token);
        black_box(record);
    }

    async fn commit(&self, place: usize, new: Option<TokenHash>) {
        let (id, token) = self.sessions.borrow()[place];
        let mut commit = Commit::touch(token, 800, now());
        commit.changes.set(TEXT, json(&another_text())).expect("a key");
        commit.rotation = new.map(|token| Rotation { token, limits: limits() });
        let committed = self.store.commit(&id, &commit).await.expect("a store");
        assert!(matches!(committed, Committed::Done { .. }));
        if let Some(token) = new {
            self.sessions.borrow_mut()[place] = (id, token);
        }
    }
}

impl<S: SessionStore> Subject for Alone<S> {
    type Response = Answer;

    async fn call(&self, path: &str, cookies: &str) -> Answer {
        if let Some(keys) = path.strip_prefix("/seed/") {
            return self.seed(keys.parse().expect("a number")).await;
        }
        let place = cookies.trim_start_matches("session=").parse().expect("a place");
        if ["/read", "/both"].contains(&path) {
            self.load(place).await;
        }
        match path {
            "/write" | "/both" => self.commit(place, None).await,
            "/sign-in" => self.commit(place, Some(TokenHash::from_bytes(random()))).await,
            _ => {}
        }
        Answer(None)
    }

    fn is_ok(_: &Answer) -> bool {
        true
    }

    fn set_cookies(answer: &Answer) -> Vec<String> {
        answer.0.iter().cloned().collect()
    }

    fn answers(&self, path: &str) -> bool {
        path != "/unused"
    }
}
