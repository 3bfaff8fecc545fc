//! Tests of clocks that are set back or forward, and of servers whose clocks differ.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use futures_util::FutureExt;
use http::HeaderMap;
use http::header::{COOKIE, SET_COOKIE};
use session::store::{MemoryStore, SessionStore};
use session::{ErrorKind, Lifetime, SecretKey, Session, SessionConfig, SessionId, SessionManager};
use session_tests::{App, Browser, Kind, on_every_store};
use tempfile::TempDir;

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

// One clock that is set

async fn a_clock_that_is_set_back_loses_nothing(kind: Kind) {
    let app = App::new(kind).await;
    app.advance(2 * HOUR);
    let mut browser = app.browser_with(&[("a", 1)]).await;
    app.rewind(2 * HOUR);
    assert_eq!(app.stored(&browser, "a").await, Some(1));
    app.request(&mut browser, async |session| session.insert("a", 2).await.unwrap()).await;
    app.advance(4 * HOUR);
    assert_eq!(app.stored(&browser, "a").await, Some(2));
}

async fn a_clock_that_is_set_back_during_a_request_loses_nothing(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    app.advance(HOUR);
    let handler = async |session: &mut Session| {
        assert_eq!(session.get::<u64>("a").await.unwrap(), Some(1));
        app.rewind(3 * HOUR);
        session.insert("a", 2).await.unwrap();
        session.cycle_id();
    };
    app.request(&mut browser, handler).await;
    assert_eq!(app.stored(&browser, "a").await, Some(2));
    let meta = app.open(&browser).meta().await.unwrap().unwrap();
    assert!(meta.last_seen < meta.created, "the times are the ones of the clock");
}

async fn a_session_that_expired_by_a_wrong_clock_is_live_again_after_the_clock_is_corrected(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let before = browser.clone();
    app.advance(25 * HOUR);
    app.request(&mut browser, async |session| assert_eq!(session.get::<u64>("a").await.unwrap(), None)).await;
    assert_eq!(browser.cookies, before.cookies, "the browser keeps its cookies");
    app.rewind(25 * HOUR);
    assert_eq!(app.stored(&browser, "a").await, Some(1));
}

async fn a_clock_that_jumps_past_the_expiry_during_a_request_fails_the_write_with_ended(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let mut session = app.open(&browser);
    assert_eq!(session.get::<u64>("a").await.unwrap(), Some(1));
    app.advance(25 * HOUR);
    session.insert("a", 2).await.unwrap();
    let error = app.finalize(session, &mut browser).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Ended);
    app.rewind(25 * HOUR);
    assert_eq!(app.stored(&browser, "a").await, Some(1), "nothing was stored");
}

async fn a_use_while_the_clock_is_ahead_extends_a_session_but_not_past_its_absolute_end(kind: Kind) {
    let app = App::with(kind, |config| config.lifetime(Lifetime::new().absolute(3 * DAY))).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    app.advance(20 * HOUR);
    app.request(&mut browser, async |session| session.insert("a", 2).await.unwrap()).await;
    app.rewind(20 * HOUR);
    app.advance((44 * HOUR).saturating_sub(SECOND));
    assert_eq!(app.stored(&browser, "a").await, Some(2), "20 hours longer than the idle limit");
    app.request(&mut browser, async |session| session.insert("a", 3).await.unwrap()).await;
    app.advance(23 * HOUR);
    app.request(&mut browser, async |session| session.insert("a", 4).await.unwrap()).await;
    app.advance(5 * HOUR);
    assert_eq!(app.stored(&browser, "a").await, Some(4));
    app.advance(SECOND);
    assert_eq!(app.stored(&browser, "a").await, None, "the absolute end is set at the creation");
}

async fn after_a_rotation_and_a_clock_set_back_the_earlier_token_reads_nothing(kind: Kind) {
    let app = App::new(kind).await;
    app.advance(2 * HOUR);
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let old = browser.clone();
    app.request(&mut browser, async |session| session.cycle_id()).await;
    app.rewind(2 * HOUR);
    for wait in [Duration::ZERO, HOUR, HOUR + 59 * SECOND, SECOND] {
        app.advance(wait);
        let session = app.open(&old);
        assert_eq!(session.get::<u64>("a").await.unwrap(), None);
        let in_grace = wait != SECOND;
        assert_eq!(session.is_replaced(), in_grace, "the grace is longer by the clock change");
        assert_eq!(app.stored(&browser, "a").await, Some(1));
    }
}

// Two servers

/// Two servers on one store with different clocks.
struct Pair {
    servers: [SessionManager; 2],
    millis: Arc<AtomicU64>,
    _folder: Option<TempDir>,
}

/// The difference of the second clock to the first one.
#[derive(Clone, Copy, Debug)]
enum Skew {
    Ahead(Duration),
    Behind(Duration),
}

const SECONDS: [Skew; 2] = [Skew::Ahead(Duration::from_secs(5)), Skew::Behind(Duration::from_secs(5))];
const MINUTES: [Skew; 2] = [Skew::Ahead(Duration::from_mins(5)), Skew::Behind(Duration::from_mins(5))];

impl Pair {
    async fn new(kind: Kind, skew: Skew) -> Self {
        let (store, folder) = kind.store().await;
        let (key, millis) = (SecretKey::generate(), Arc::new(AtomicU64::new(1_800_000_000_000)));
        let server = |ahead: Duration, behind: Duration| {
            let (store, millis): (Arc<dyn SessionStore>, _) = (Arc::clone(&store), Arc::clone(&millis));
            let now =
                move || SystemTime::UNIX_EPOCH + Duration::from_millis(millis.load(Ordering::SeqCst)) + ahead - behind;
            SessionManager::new(store, SessionConfig::new(key.clone()).clock(now))
        };
        let second = match skew {
            Skew::Ahead(time) => server(time, Duration::ZERO),
            Skew::Behind(time) => server(Duration::ZERO, time),
        };
        Self { servers: [server(Duration::ZERO, Duration::ZERO), second], millis, _folder: folder }
    }

    fn wait(&self, time: Duration) {
        self.millis.fetch_add(u64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }

    async fn request(
        &self,
        server: usize,
        browser: &mut Browser,
        request: impl AsyncFnOnce(&mut Session),
    ) -> Result<(), ErrorKind> {
        let (mut session, mut headers) = (self.servers[server].open(&browser.request()), HeaderMap::new());
        request(&mut session).await;
        let result = session.finalize(&mut headers).await;
        browser.keep(&headers);
        result.map_err(|error| error.kind())
    }

    async fn write(&self, server: usize, browser: &mut Browser, value: u64) -> Result<(), ErrorKind> {
        self.request(server, browser, async |session| session.insert("a", value).await.unwrap()).await
    }

    async fn read(&self, server: usize, browser: &Browser) -> Option<u64> {
        self.servers[server].open(&browser.request()).get("a").await.unwrap()
    }

    fn id(&self, browser: &Browser) -> Option<SessionId> {
        self.servers[0].open(&browser.request()).id()
    }
}

async fn servers_with_clock_skew_share_a_session(kind: Kind) {
    for skew in SECONDS.into_iter().chain(MINUTES) {
        let (pair, mut browser) = (Pair::new(kind, skew).await, Browser::default());
        for (value, server) in (1..).zip([0, 1, 0, 1]) {
            pair.write(server, &mut browser, value).await.unwrap();
            for reader in [0, 1] {
                assert_eq!(pair.read(reader, &browser).await, Some(value), "{skew:?}");
            }
        }
        let client = async |session: &mut Session| session.client_mut().insert("theme", "dark").unwrap();
        pair.request(1, &mut browser, client).await.unwrap();
        let theme = pair.servers[0].open(&browser.request()).client().get_raw("theme");
        assert_eq!(theme, Some("dark".into()), "{skew:?}");
    }
}

async fn a_logout_on_one_server_is_visible_on_the_other_despite_clock_skew(kind: Kind) {
    for skew in SECONDS.into_iter().chain(MINUTES) {
        for server in [0, 1] {
            let (pair, mut browser) = (Pair::new(kind, skew).await, Browser::default());
            pair.write(0, &mut browser, 1).await.unwrap();
            let replayed = browser.clone();
            pair.request(server, &mut browser, async |session| session.invalidate()).await.unwrap();
            for reader in [0, 1] {
                assert_eq!(pair.read(reader, &replayed).await, None, "{skew:?}");
            }
        }
    }
}

async fn a_rotation_on_one_server_is_visible_on_the_other_despite_clock_skew(kind: Kind) {
    for skew in SECONDS.into_iter().chain(MINUTES) {
        for server in [0, 1] {
            let (pair, mut browser) = (Pair::new(kind, skew).await, Browser::default());
            pair.write(0, &mut browser, 1).await.unwrap();
            let old = browser.clone();
            pair.request(server, &mut browser, async |session| session.cycle_id()).await.unwrap();
            for reader in [0, 1] {
                assert_eq!(pair.read(reader, &browser).await, Some(1), "{skew:?}");
                assert_eq!(pair.read(reader, &old).await, None, "{skew:?}");
            }
        }
    }
}

async fn a_skew_below_the_rotation_grace_logs_nobody_out_after_a_rotation(kind: Kind) {
    for skew in SECONDS {
        for (rotates, races) in [(0, 1), (1, 0)] {
            let (pair, mut browser) = (Pair::new(kind, skew).await, Browser::default());
            pair.write(0, &mut browser, 1).await.unwrap();
            let mut old = browser.clone();
            pair.request(rotates, &mut browser, async |session| session.cycle_id()).await.unwrap();
            pair.wait(54 * SECOND);
            let before = old.cookies.clone();
            assert_eq!(pair.write(races, &mut old, 2).await, Err(ErrorKind::Replaced), "{skew:?}");
            assert_eq!(old.cookies, before, "no cookie overwrites the new one");
        }
    }
}

/// Therefore, the clocks of servers should differ by less than the rotation grace.
async fn a_skew_above_the_rotation_grace_creates_a_new_session_for_a_write_that_raced_a_rotation(kind: Kind) {
    let (pair, mut browser) = (Pair::new(kind, MINUTES[0]).await, Browser::default());
    pair.write(0, &mut browser, 1).await.unwrap();
    let mut old = browser.clone();
    pair.request(0, &mut browser, async |session| session.cycle_id()).await.unwrap();
    pair.write(1, &mut old, 2).await.unwrap();
    assert_ne!(pair.id(&old), pair.id(&browser));
    assert_eq!(pair.read(1, &browser).await, Some(1), "the rotated session is unchanged");
}

async fn an_idle_session_expires_earlier_or_later_by_the_skew_only(kind: Kind) {
    for skew in SECONDS.into_iter().chain(MINUTES) {
        let (pair, mut browser) = (Pair::new(kind, skew).await, Browser::default());
        pair.write(0, &mut browser, 1).await.unwrap();
        let expiries = match skew {
            Skew::Ahead(time) => [DAY, DAY.saturating_sub(time)],
            Skew::Behind(time) => [DAY, DAY + time],
        };
        let (early, late) = (expiries[0].min(expiries[1]), expiries[0].max(expiries[1]));
        let mut passed = Duration::ZERO;
        for now in [early.saturating_sub(SECOND), early, late.saturating_sub(SECOND), late] {
            pair.wait(now.saturating_sub(passed));
            passed = now;
            for server in [0, 1] {
                let expected = (now < expiries[server]).then_some(1);
                assert_eq!(pair.read(server, &browser).await, expected, "{skew:?}, server {server} after {now:?}");
            }
        }
    }
}

async fn a_server_whose_clock_is_behind_never_shortens_a_session(kind: Kind) {
    for skew in [Skew::Ahead(HOUR), Skew::Behind(HOUR)] {
        let (pair, mut browser) = (Pair::new(kind, skew).await, Browser::default());
        pair.write(0, &mut browser, 0).await.unwrap();
        let expires = async || {
            let meta = pair.servers[0].open(&browser.clone().request()).meta().await.unwrap();
            meta.unwrap().expires
        };
        let mut latest = expires().await;
        for _ in 0..4 {
            pair.wait(6 * HOUR);
            for server in [0, 1, 0, 1] {
                pair.write(server, &mut browser.clone(), 1).await.unwrap();
                let now = expires().await;
                assert!(now >= latest, "{skew:?}, server {server}");
                latest = now;
            }
        }
    }
}

on_every_store!(
    a_clock_that_is_set_back_loses_nothing,
    a_clock_that_is_set_back_during_a_request_loses_nothing,
    a_session_that_expired_by_a_wrong_clock_is_live_again_after_the_clock_is_corrected,
    a_clock_that_jumps_past_the_expiry_during_a_request_fails_the_write_with_ended,
    a_use_while_the_clock_is_ahead_extends_a_session_but_not_past_its_absolute_end,
    after_a_rotation_and_a_clock_set_back_the_earlier_token_reads_nothing,
    servers_with_clock_skew_share_a_session,
    a_logout_on_one_server_is_visible_on_the_other_despite_clock_skew,
    a_rotation_on_one_server_is_visible_on_the_other_despite_clock_skew,
    a_skew_below_the_rotation_grace_logs_nobody_out_after_a_rotation,
    a_skew_above_the_rotation_grace_creates_a_new_session_for_a_write_that_raced_a_rotation,
    an_idle_session_expires_earlier_or_later_by_the_skew_only,
    a_server_whose_clock_is_behind_never_shortens_a_session,
);

/// A clock that panics when its flag is set.
fn panicking_clock(panics: &Arc<AtomicBool>) -> impl Fn() -> SystemTime + Send + Sync + 'static {
    let panics = Arc::clone(panics);
    move || {
        assert!(!panics.load(Ordering::Relaxed), "the clock panicked");
        SystemTime::UNIX_EPOCH + Duration::from_hours(500_000)
    }
}

#[tokio::test]
async fn a_panic_of_the_clock_loses_no_session_and_no_write() {
    let panics = Arc::new(AtomicBool::new(false));
    let config = SessionConfig::new(SecretKey::generate()).clock(panicking_clock(&panics));
    let manager = SessionManager::new(MemoryStore::new(), config);
    let (mut request, mut response) = (HeaderMap::new(), HeaderMap::new());
    let mut session = manager.open(&request);
    session.insert("a", 1).await.unwrap();
    panics.store(true, Ordering::Relaxed);
    assert!(AssertUnwindSafe(session.sync()).catch_unwind().await.is_err(), "creation needs the time");
    panics.store(false, Ordering::Relaxed);
    session.finalize(&mut response).await.unwrap();
    let cookie = response[SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    request.insert(COOKIE, cookie.parse().unwrap());

    let session = manager.open(&request);
    panics.store(true, Ordering::Relaxed);
    assert!(
        AssertUnwindSafe(session.get::<u64>("a")).catch_unwind().await.is_err(),
        "parsing the cookies needs the time"
    );
    panics.store(false, Ordering::Relaxed);
    assert_eq!(session.get::<u64>("a").await.unwrap(), Some(1));
}
