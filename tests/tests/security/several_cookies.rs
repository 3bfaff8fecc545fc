//! Tests of requests with two cookies of one name, as browsers send them after a change of the cookie's attributes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use axum::http::HeaderMap;
use session::store::MemoryStore;
use session::{CookieConfig, SecretKey, Session, SessionConfig, SessionManager};
use session_tests::{Browser, Log, Spy};

/// Settings of two releases whose cookies have one name, so that the browser keeps both.
fn changes() -> Vec<(&'static str, CookieConfig, CookieConfig)> {
    let secure = CookieConfig::new;
    let plain = || CookieConfig::new().secure(false);
    let domain = |config: CookieConfig, domain: &str| config.domain(domain).unwrap();
    let path = |config: CookieConfig| config.path("/app").unwrap();
    vec![
        ("domain to subdomain", domain(secure(), "example.com"), domain(secure(), "shop.example.com")),
        ("path /app to /", path(plain()), plain()),
        ("path /app to /, with a domain", path(domain(secure(), "example.com")), domain(secure(), "example.com")),
        ("host to domain", plain(), domain(plain(), "example.com")),
        ("domain to host", domain(plain(), "example.com"), plain()),
        ("not partitioned to partitioned", secure(), secure().partitioned(true)),
        ("partitioned to not partitioned", secure().partitioned(true), secure()),
    ]
}

#[derive(Clone, Copy, Debug)]
enum Order {
    OldFirst,
    NewFirst,
}

/// An application before and after a change, and a browser that keeps the cookies of both.
struct Releases {
    managers: [SessionManager; 2],
    /// The cookies that each release has set. A removal reaches only the cookies of its own release.
    jars: [Browser; 2],
    order: Order,
    spy: Spy,
    millis: Arc<AtomicU64>,
}

const OLD: usize = 0;
const NEW: usize = 1;

impl Releases {
    fn new(configs: [CookieConfig; 2], order: Order) -> Self {
        let (spy, key) = (Spy::new(Arc::new(MemoryStore::new())), SecretKey::generate());
        let millis = Arc::new(AtomicU64::new(1_800_000_000_000));
        let managers = configs.map(|cookies| {
            let clock = Arc::clone(&millis);
            let now = move || SystemTime::UNIX_EPOCH + Duration::from_millis(clock.load(Ordering::SeqCst));
            SessionManager::new(spy.clone(), SessionConfig::new(key.clone()).cookie(cookies).clock(now))
        });
        Self { managers, jars: Default::default(), order, spy, millis }
    }

    fn advance(&self, time: Duration) {
        self.millis.fetch_add(u64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }

    fn open(&self, release: usize) -> Session {
        let [old, new] = self.jars.each_ref().map(|jar| jar.request().remove("cookie"));
        let cookies = match self.order {
            Order::OldFirst => [old, new],
            Order::NewFirst => [new, old],
        };
        let lines = cookies.into_iter().flatten().map(|line| line.to_str().unwrap().to_owned());
        let line = lines.collect::<Vec<_>>().join("; ");
        self.managers[release].open(&[(http::header::COOKIE, line.parse().unwrap())].into_iter().collect())
    }

    /// One request. Time passes afterwards.
    async fn request<T>(&mut self, release: usize, handler: impl AsyncFnOnce(&mut Session) -> T) -> T {
        let mut session = self.open(release);
        let result = handler(&mut session).await;
        let mut response = HeaderMap::new();
        session.finalize(&mut response).await.unwrap();
        self.jars[release].keep(&response);
        self.advance(Duration::from_millis(1));
        result
    }

    async fn log_in(&mut self, release: usize, user: &str) {
        let log_in = async |session: &mut Session| {
            session.cycle_id();
            session.insert("user", user).await.unwrap();
            session.client_mut().insert("theme", user).unwrap();
        };
        self.request(release, log_in).await;
    }

    async fn log_out(&mut self, release: usize) {
        self.request(release, async |session: &mut Session| session.invalidate()).await;
    }

    /// The user and the theme of a request to the new release, and its store operations.
    async fn seen(&mut self) -> (Option<String>, Option<String>, String) {
        self.spy.take_operations();
        let read =
            async |session: &mut Session| (session.get("user").await.unwrap(), session.client().get("theme").unwrap());
        let (user, theme) = self.request(NEW, read).await;
        (user, theme, self.spy.take_operations())
    }
}

/// Runs a way in after each change and in each order, and checks that the user is logged in by one load.
async fn assert_logged_in_after(way_in: impl AsyncFn(&mut Releases)) {
    for (change, old, new) in changes() {
        assert_eq!(old.session_cookie_name(), new.session_cookie_name(), "{change}");
        for order in [Order::OldFirst, Order::NewFirst] {
            let mut releases = Releases::new([old.clone(), new.clone()], order);
            releases.log_in(OLD, "before").await;
            way_in(&mut releases).await;
            for _ in 0..2 {
                let expected = (Some("ann".into()), Some("ann".into()), "load".into());
                assert_eq!(releases.seen().await, expected, "{change}, {order:?}");
            }
            assert!(releases.jars[OLD].cookies.len() == 2, "{change}: the old cookies are still there");
        }
    }
}

#[tokio::test]
async fn a_user_can_log_in_after_a_cookie_change_and_idle_expiry() {
    assert_logged_in_after(async |releases| {
        releases.advance(Duration::from_hours(25));
        releases.log_in(NEW, "ann").await;
    })
    .await;
}

#[tokio::test]
async fn a_user_can_log_out_and_in_after_a_cookie_change() {
    assert_logged_in_after(async |releases| {
        releases.log_out(NEW).await;
        assert_eq!(releases.seen().await.0, None);
        releases.log_in(NEW, "ann").await;
        releases.log_out(NEW).await;
        releases.log_in(NEW, "ann").await;
    })
    .await;
}

#[tokio::test]
async fn a_login_that_rotates_the_token_after_a_cookie_change_keeps_the_user_logged_in() {
    assert_logged_in_after(async |releases| releases.log_in(NEW, "ann").await).await;
}

#[tokio::test]
async fn a_renewal_after_a_cookie_change_keeps_the_user_logged_in() {
    assert_logged_in_after(async |releases| {
        releases.log_in(OLD, "ann").await;
        for _ in 0..2 {
            releases.request(NEW, async |session: &mut Session| session.renew_token()).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_planted_state_cookie_is_logged() {
    let log = Log::of_this_process();
    let config = CookieConfig::new().name("planted").unwrap();
    let mut releases = Releases::new([config.clone(), config], Order::OldFirst);
    let theme = async |session: &mut Session| session.client_mut().insert("theme", "dark").unwrap();
    releases.request(OLD, theme).await;
    let planted = std::mem::take(&mut releases.jars[OLD]);
    releases.request(NEW, async |session: &mut Session| session.client_mut().insert("theme", "ann").unwrap()).await;
    releases.jars[OLD] = planted;
    assert_eq!(releases.seen().await.1.as_deref(), Some("ann"), "the planted one is older");
    assert!(log.all().contains("several cookies of one name"));
}

#[tokio::test]
async fn client_state_written_after_a_cookie_change_is_read() {
    for (change, old, new) in changes() {
        for order in [Order::OldFirst, Order::NewFirst] {
            let mut releases = Releases::new([old.clone(), new.clone()], order);
            let theme = async |session: &mut Session, theme: &str| session.client_mut().insert("theme", theme).unwrap();
            releases.request(OLD, async |session: &mut Session| theme(session, "light").await).await;
            for expected in ["dark", "blue"] {
                releases.request(NEW, async |session: &mut Session| theme(session, expected).await).await;
                assert_eq!(releases.seen().await, (None, Some(expected.into()), String::new()), "{change}, {order:?}");
            }
        }
    }
}

#[tokio::test]
async fn several_host_cookies_that_decrypt_are_logged_once_per_manager() {
    let log = Log::of_this_process();
    let lines = || log.all().matches("several cookies of one name").count();
    let host = CookieConfig::new().name("several").unwrap();
    let domain = CookieConfig::new().name("several").unwrap().domain("example.com").unwrap();
    for (config, expected) in [(domain, 0), (host.clone(), 1), (host, 2)] {
        let mut releases = Releases::new([config.clone(), config], Order::OldFirst);
        releases.log_in(OLD, "mallory").await;
        let planted = std::mem::take(&mut releases.jars[OLD]);
        releases.log_in(NEW, "ann").await;
        assert_eq!(lines(), expected - usize::from(expected > 0));
        releases.jars[OLD] = planted;
        for _ in 0..3 {
            assert_eq!(releases.seen().await.0.as_deref(), Some("ann"), "the planted one is older");
        }
        assert_eq!(lines(), expected);
        for jar in &releases.jars {
            assert!(jar.cookies.values().all(|cookie| !log.all().contains(cookie)));
        }
    }
}
