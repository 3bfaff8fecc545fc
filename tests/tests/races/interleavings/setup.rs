//! What is there before the requests come: a session in some state, and a browser with its cookies.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use futures_util::FutureExt;
use http::HeaderMap;
use session::store::{IndexChange, MemoryStore, Record, SessionStore, Timestamp};
use session::{SecretKey, Session, SessionConfig, SessionId, SessionManager};
use session_tests::Browser;
use session_tests::program::{FIRST_USER, Opener, Program, USER};

use super::paused_store::Stage;
use super::reference::{Held, Kept, Ledger};
use super::request::Request;

/// The states of the session behind the browser's cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Was {
    Fresh,
    /// A use extends its time.
    NearItsEnd,
    /// There is an old token too, and it is known as replaced.
    Rotated,
    /// There is an old token too, beyond the grace.
    RotatedLongAgo,
    Ended,
    Expired,
}

pub(crate) struct World {
    pub(crate) was: Was,
    pub(crate) manager: SessionManager,
    pub(crate) stage: Stage,
    pub(crate) id: SessionId,
    record: Record,
    entries: Vec<IndexChange>,
    pub(crate) browser: Browser,
    pub(crate) old: Browser,
    pub(crate) held: Held,
    pub(crate) held_before: Held,
    /// When the requests come.
    pub(crate) time: Timestamp,
}

/// Runs what never waits.
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("nothing waits outside a schedule")
}

/// One whole request.
fn request(manager: &SessionManager, browser: &mut Browser, handler: impl AsyncFnOnce(&mut Session)) {
    let mut headers = HeaderMap::new();
    let mut session = manager.open(&browser.request());
    now(handler(&mut session));
    now(session.finalize(&mut headers)).unwrap();
    browser.keep(&headers);
}

impl World {
    pub(crate) fn new(was: Was) -> Self {
        let start = 1_800_000_000_000;
        let (stage, millis) = (Stage::default(), Arc::new(AtomicU64::new(start)));
        let clock = Arc::clone(&millis);
        let clock = move || SystemTime::UNIX_EPOCH + Duration::from_millis(clock.load(Ordering::Relaxed));
        let config = SessionConfig::new(SecretKey::generate()).clock(clock).index(USER);
        let manager = SessionManager::new(stage.clone(), config);
        let mut browser = Browser::default();
        request(&manager, &mut browser, async |session| {
            for (key, value) in [("shared", 1), ("seed", 1), (&*USER, FIRST_USER)] {
                session.insert(key, value).await.unwrap();
            }
            session.client_mut().insert("theme", 0).unwrap();
        });
        let id = manager.open(&browser.request()).id().unwrap();
        let began = Timestamp::from_millis(start.cast_signed());
        let record = |stage: &Stage| {
            let store = stage.scene().store.clone();
            now(store.load(&id, began)).unwrap().unwrap()
        };
        let before = record(&stage);
        let old = browser.clone();
        if matches!(was, Was::Rotated | Was::RotatedLongAgo) {
            request(&manager, &mut browser, async |session| session.cycle_id());
        }
        let wait = match was {
            Was::Fresh | Was::Rotated | Was::Ended => Duration::ZERO,
            Was::NearItsEnd => Duration::from_hours(20),
            Was::RotatedLongAgo => Duration::from_mins(1),
            Was::Expired => Duration::from_hours(25),
        };
        let record = record(&stage);
        millis.fetch_add(u64::try_from(wait.as_millis()).unwrap(), Ordering::Relaxed);
        let entries = std::mem::take(&mut stage.scene().entries);
        let time = Timestamp::from_millis(millis.load(Ordering::Relaxed).cast_signed());
        let (held, held_before) = ((id, Some(record.token)), (id, Some(before.token)));
        Self { was, manager, stage, id, record, entries, browser, old, held, held_before, time }
    }

    /// Puts everything back, before the next schedule.
    pub(crate) fn set(&self, requests: usize, logs: bool) {
        let store = MemoryStore::new();
        if self.was != Was::Ended {
            now(store.create(&self.id, &self.record, &self.entries)).unwrap();
        }
        let is_live = !matches!(self.was, Was::Ended | Was::Expired);
        let kept = Kept::new(&self.record, is_live, self.was != Was::RotatedLongAgo);
        let mut scene = self.stage.scene();
        scene.store = store;
        scene.ledger = Ledger {
            kept: [(self.id, kept)].into(),
            requests: vec![Request::default(); requests],
            broken: None,
            log: logs.then(Vec::new),
        };
    }

    /// How a program's request comes, unless its browser has been given something else meanwhile.
    pub(crate) fn open(&self, program: &Program) -> (Session, Option<Held>) {
        let (browser, held) = match program.opener {
            Opener::Browser => (&self.browser, self.held),
            Opener::Old => (&self.old, self.held_before),
            Opener::Stranger => return (self.manager.open(&HeaderMap::new()), None),
            Opener::Id => return (self.manager.by_id(self.id), Some((self.id, None))),
        };
        (self.manager.open(&browser.request()), Some(held))
    }
}
