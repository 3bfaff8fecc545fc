//! The initial state: a session in some state, and a browser with its cookies.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use futures_util::FutureExt;
use http::HeaderMap;
use session::store::{IndexChange, MemoryStore, Record, SessionStore, Timestamp};
use session::{SecretKey, Session, SessionConfig, SessionId, SessionManager};
use session_tests::Browser;
use session_tests::program::{FIRST_USER, OpenedBy, Program, USER};

use super::paused_store::PausedStore;
use super::reference::{Credential, ExpectedSession, Reference};
use super::request::Request;

/// The maximum number of requests in a schedule.
const MAX_REQUESTS: usize = 3;

/// The initial state of the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Initial {
    Fresh,
    /// A use renews it.
    NearExpiry,
    /// There is an old token within the grace.
    Rotated,
    /// There is an old token beyond the grace.
    RotatedLongAgo,
    Deleted,
    Expired,
}

pub(crate) struct Setup {
    pub(crate) initial: Initial,
    /// One for each request, as if each ran in its own process.
    pub(crate) managers: Vec<SessionManager>,
    /// All requests have one manager.
    pub(crate) is_shared: bool,
    pub(crate) store: PausedStore,
    pub(crate) id: SessionId,
    record: Record,
    entries: Vec<IndexChange>,
    pub(crate) browser: Browser,
    pub(crate) old: Browser,
    pub(crate) credential: Credential,
    pub(crate) old_credential: Credential,
    /// The time of all requests.
    pub(crate) time: Timestamp,
}

/// Runs a future that never waits.
pub(crate) fn run_now<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("nothing waits outside a schedule")
}

/// Runs one whole request.
fn request(manager: &SessionManager, browser: &mut Browser, handler: impl AsyncFnOnce(&mut Session)) {
    let mut headers = HeaderMap::new();
    let mut session = manager.open(&browser.request());
    run_now(handler(&mut session));
    run_now(session.finalize(&mut headers)).unwrap();
    browser.keep(&headers);
}

impl Setup {
    pub(crate) fn new(initial: Initial) -> Self {
        let start = 1_800_000_000_000;
        let (store, millis) = (PausedStore::default(), Arc::new(AtomicU64::new(start)));
        let clock = Arc::clone(&millis);
        let clock = move || SystemTime::UNIX_EPOCH + Duration::from_millis(clock.load(Ordering::Relaxed));
        let config = SessionConfig::new(SecretKey::generate()).clock(clock).index(USER);
        let managers: Vec<_> = (0..MAX_REQUESTS).map(|_| SessionManager::new(store.clone(), config.clone())).collect();
        let manager = &managers[0];
        let mut browser = Browser::default();
        request(manager, &mut browser, async |session| {
            for (key, value) in [("shared", 1), ("seed", 1), (&*USER, FIRST_USER)] {
                session.insert(key, value).await.unwrap();
            }
            session.client_mut().insert("theme", 0).unwrap();
        });
        let id = manager.open(&browser.request()).id().unwrap();
        let created = Timestamp::from_millis(start.cast_signed());
        let record = |store: &PausedStore| {
            let store = store.state().store.clone();
            run_now(store.load(&id, created)).unwrap().unwrap()
        };
        let before = record(&store);
        let old = browser.clone();
        if matches!(initial, Initial::Rotated | Initial::RotatedLongAgo) {
            request(manager, &mut browser, async |session| session.cycle_id());
        }
        let wait = match initial {
            Initial::Fresh | Initial::Rotated | Initial::Deleted => Duration::ZERO,
            Initial::NearExpiry => Duration::from_hours(20),
            Initial::RotatedLongAgo => Duration::from_mins(1),
            Initial::Expired => Duration::from_hours(25),
        };
        let record = record(&store);
        millis.fetch_add(u64::try_from(wait.as_millis()).unwrap(), Ordering::Relaxed);
        let entries = std::mem::take(&mut store.state().entries);
        let time = Timestamp::from_millis(millis.load(Ordering::Relaxed).cast_signed());
        let (credential, old_credential) = ((id, Some(record.token)), (id, Some(before.token)));
        Self {
            initial,
            managers,
            is_shared: false,
            store,
            id,
            record,
            entries,
            browser,
            old,
            credential,
            old_credential,
            time,
        }
    }

    /// Resets the store before the next schedule.
    pub(crate) fn reset(&self, requests: usize, logs: bool) {
        let store = MemoryStore::new();
        if self.initial != Initial::Deleted {
            run_now(store.create(&self.id, &self.record, &self.entries)).unwrap();
        }
        let is_live = !matches!(self.initial, Initial::Deleted | Initial::Expired);
        let session = ExpectedSession::new(&self.record, is_live, self.initial != Initial::RotatedLongAgo);
        let mut state = self.store.state();
        state.store = store;
        state.reference = Reference {
            sessions: [(self.id, session)].into(),
            requests: vec![Request::default(); requests],
            violation: None,
            waits: 0,
            log: logs.then(Vec::new),
        };
    }

    /// The same, but all requests run in one process.
    pub(crate) fn shared(initial: Initial) -> Self {
        let setup = Self::new(initial);
        Self { managers: vec![setup.managers[0].clone(); MAX_REQUESTS], is_shared: true, ..setup }
    }

    /// Opens the session of a request, and returns its credential.
    pub(crate) fn open(&self, number: usize, program: &Program) -> (Session, Option<Credential>) {
        let manager = &self.managers[number];
        let (browser, credential) = match program.opened_by {
            OpenedBy::Cookie => (&self.browser, self.credential),
            OpenedBy::OldCookie => (&self.old, self.old_credential),
            OpenedBy::NoCookie => return (manager.open(&HeaderMap::new()), None),
            OpenedBy::Id => return (manager.by_id(self.id), Some((self.id, None))),
        };
        (manager.open(&browser.request()), Some(credential))
    }
}
