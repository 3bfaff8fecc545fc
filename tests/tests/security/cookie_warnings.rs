//! Tests of the log lines about cookies: cookies that do not decrypt, and plain http.

use axum::http::{HeaderMap, HeaderName};
use session::store::MemoryStore;
use session::{CookieConfig, SecretKey, SessionConfig, SessionManager};
use session_tests::Log;

/// The name of the cookies in these tests, which no other test uses: the log belongs to the process.
const NAME: &str = "__Host-warned";

fn manager(key: &SecretKey, secure: bool) -> SessionManager {
    let cookies = CookieConfig::new().name("warned").unwrap().secure(secure);
    SessionManager::new(MemoryStore::new(), SessionConfig::new(key.clone()).cookie(cookies))
}

fn request(headers: &[(&'static str, &str)]) -> HeaderMap {
    let parse = |name: &'static str| HeaderName::from_static(name);
    headers.iter().map(|(name, value)| (parse(name), value.parse().unwrap())).collect()
}

/// The pairs that a manager sets for a session with client state.
async fn cookies(manager: &SessionManager) -> String {
    let mut session = manager.open(&HeaderMap::new());
    session.insert("a", 1).await.unwrap();
    session.client_mut().insert("a", 1).unwrap();
    let mut response = HeaderMap::new();
    session.finalize(&mut response).await.unwrap();
    let pairs = response.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap());
    pairs.collect::<Vec<_>>().join("; ")
}

fn lines(log: &Log, level: &str, text: &str) -> usize {
    log.all().lines().filter(|line| line.contains(level) && line.contains(text) && line.contains(NAME)).count()
}

#[tokio::test]
async fn each_cookie_that_does_not_decrypt_is_logged_and_one_warning_per_process_suggests_the_key() {
    let log = Log::of_this_process();
    let (ours, theirs) = (SecretKey::generate(), SecretKey::generate());
    let foreign = cookies(&manager(&theirs, true)).await;
    let mut expected = 0;
    for manager in [manager(&ours, true), manager(&ours, true)] {
        let own = cookies(&manager).await;
        for line in [&foreign, &format!("{own}; {foreign}"), &format!("{foreign}; {own}")] {
            let session = manager.open(&request(&[("cookie", line)]));
            assert_eq!(session.id().is_some(), line.contains(&own));
            session.client().entries();
            expected += 1;
            for name in [format!("cookie=\"{NAME}\""), format!("cookie=\"{NAME}-state\"")] {
                assert_eq!(lines(log, "DEBUG", &name), expected, "{name}");
            }
        }
        assert!(lines(log, "WARN", "is the key the same on every server") <= 1, "one per process");
    }
    let text = log.all();
    assert_eq!(text.matches("is the key the same on every server").count(), 1);
    for value in foreign.split("; ").map(|pair| pair.split_once('=').unwrap().1) {
        assert!(!text.contains(value), "a cookie is never logged");
    }
}

#[tokio::test]
async fn an_expired_cookie_and_an_unused_session_log_nothing() {
    let log = Log::of_this_process();
    let key = SecretKey::generate();
    let own = cookies(&manager(&key, true)).await;
    let later = std::time::SystemTime::now() + std::time::Duration::from_hours(24 * 31);
    let cookies = CookieConfig::new().name("warned").unwrap();
    let config = SessionConfig::new(key).cookie(cookies).clock(move || later);
    let before = lines(log, "DEBUG", "does not decrypt");
    let session = SessionManager::new(MemoryStore::new(), config).open(&request(&[("cookie", &own)]));
    assert!(session.id().is_none());
    drop(manager(&SecretKey::generate(), true).open(&request(&[("cookie", &own)])));
    assert_eq!(lines(log, "DEBUG", "does not decrypt"), before);
}

#[tokio::test]
async fn plain_http_is_logged_once_and_only_if_the_browser_drops_our_cookie() {
    const SAFARI: &str =
        "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15";
    let log = Log::of_this_process();
    let warnings = || log.all().matches("WebKit (Safari) also on localhost").count();
    let local = [("host", "localhost:3000"), ("origin", "http://localhost:3000"), ("user-agent", SAFARI)];
    let network = [("host", "10.0.0.5"), ("origin", "http://10.0.0.5")];
    let key = SecretKey::generate();
    for headers in [&local[..], &network] {
        let before = warnings();
        let secure = manager(&key, true);
        manager(&key, false).open(&request(headers));
        let with_ours = [headers, &[("cookie", "theme=dark; __Host-warned=x")]].concat();
        secure.open(&request(&with_ours));
        assert_eq!(warnings(), before, "the browser sends our cookie, or the cookie is not secure");
        secure.open(&request(headers));
        secure.open(&request(headers));
        assert_eq!(warnings(), before + 1);
    }
}
