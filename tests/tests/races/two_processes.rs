//! Tests of two processes that share only the store.

use std::future::Future;
use std::time::Duration;

use http::HeaderMap;
use reqwest::{Client, header};
use session::{SecretKey, SessionConfig, SessionManager};
use session_tests::writers;
use session_tests::{Browser, Process, servers, shop};

const PAIRS: u64 = 100;

async fn in_time<T>(test: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_mins(2), test).await.expect("the test takes less than two minutes")
}

/// Two writer processes, and a manager in this process that reads their results.
struct Writers {
    processes: [Process; 2],
    manager: SessionManager,
    browser: Browser,
}

impl Writers {
    /// Starts both writers on one existing session.
    async fn start(url: &str) -> Self {
        let (prefix, key) = (servers::prefix(), shop::new_key());
        let store = servers::at(url, &prefix).await;
        let manager = SessionManager::new(store, SessionConfig::new(SecretKey::from_hex(&key).unwrap()));
        let mut processes = [(); 2].map(|()| writers::start(env!("CARGO_BIN_EXE_writer"), url, &prefix, &key));
        let browser = create_session(&manager).await;
        for process in &mut processes {
            process.expect_line("ready");
            process.send_line(&format!("session {}", browser.request()[header::COOKIE].to_str().unwrap()));
            process.expect_line("done");
        }
        Self { processes, manager, browser }
    }

    /// Runs a command in both processes at one instant, and returns the results.
    fn at_once(&mut self, line: impl Fn(usize, u128) -> String) -> [String; 2] {
        let instant = writers::next_instant();
        for (number, process) in self.processes.iter_mut().enumerate() {
            process.send_line(&line(number, instant));
        }
        self.processes.each_ref().map(|process| process.expect_line("done"))
    }
}

async fn create_session(manager: &SessionManager) -> Browser {
    let (mut browser, mut headers) = (Browser::default(), HeaderMap::new());
    let mut session = manager.open(&browser.request());
    session.insert("seed", 0).await.unwrap();
    session.finalize(&mut headers).await.unwrap();
    browser.keep(&headers);
    browser
}

async fn a_hundred_pairs_of_writers_in_two_processes_all_survive(url: &str) {
    let mut writers = Writers::start(url).await;
    let mut overlapping = 0;
    for pair in 0..PAIRS {
        let results = writers.at_once(|writer, instant| format!("write {instant} {pair}-{writer}"));
        let [(a_start, a_end), (b_start, b_end)] = results.map(|result| span(&result));
        overlapping += u64::from(a_start < b_end && b_start < a_end);
    }
    let entries = writers.manager.open(&writers.browser.request()).entries().await.unwrap();
    let keys = (0..PAIRS).flat_map(|pair| [0, 1].map(|writer| format!("{pair}-{writer}")));
    let survived = keys.filter(|key| entries.get(key).is_some_and(|value| value == key.as_str())).count();
    println!("{survived} of {} writes survived; {overlapping} of {PAIRS} pairs overlapped", 2 * PAIRS);
    assert_eq!(survived, 200);
    assert!(overlapping >= PAIRS / 10, "only {overlapping} pairs overlapped");
}

/// The start and the end of a commit.
fn span(result: &str) -> (u64, u64) {
    let (start, end) = result.trim().split_once(' ').expect("two instants");
    (start.parse().unwrap(), end.parse().unwrap())
}

async fn updates_of_one_counter_in_two_processes_all_count(url: &str) {
    let mut writers = Writers::start(url).await;
    writers.at_once(|_, instant| format!("count {instant} 16 10"));
    let session = writers.manager.open(&writers.browser.request());
    assert_eq!(session.get::<u64>("count").await.unwrap(), Some(320));
}

/// Two shops with one secret key.
struct Shops([(Process, String); 2]);

impl Shops {
    fn open(store: &str) -> Self {
        let key = shop::new_key();
        Self([(); 2].map(|()| shop::start("127.0.0.1:0", store, Some(&key))))
    }

    /// The page of a shop. As in browsers, one cookie jar applies to all ports of a host.
    async fn page(&self, shop: usize, client: &Client, path: &str) -> String {
        Self::text(client.get(format!("http://{}{path}", self.0[shop].1))).await
    }

    async fn submit(&self, shop: usize, client: &Client, path: &str, form: String) -> String {
        let post = client.post(format!("http://{}{path}", self.0[shop].1)).body(form);
        Self::text(post.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")).await
    }

    async fn text(request: reqwest::RequestBuilder) -> String {
        let response = request.send().await.expect("the shop responds");
        assert!(response.status().is_success(), "{}", response.status());
        response.text().await.expect("the response is text")
    }

    /// Returns for each shop if it knows the user.
    async fn know(&self, client: &Client, user: &str) -> [bool; 2] {
        let name = format!("<span class=\"user\" id=\"user\">{user}</span>");
        let (a, b) = (self.page(0, client, "/cart").await, self.page(1, client, "/cart").await);
        [a.contains(&name), b.contains(&name)]
    }
}

fn client() -> Client {
    Client::builder().cookie_store(true).timeout(Duration::from_secs(20)).build().unwrap()
}

/// The shop uses the default table names of the library, so each test has its own user names.
async fn a_logout_of_other_devices_on_one_server_is_visible_on_the_other(store: &str) {
    let shops = Shops::open(store);
    let (first, third, stranger) = (client(), client(), client());
    let (user, other) = (servers::prefix(), servers::prefix());
    shops.submit(0, &first, "/login", format!("name={user}")).await;
    shops.submit(1, &stranger, "/login", format!("name={other}")).await;
    assert_eq!(shops.know(&first, &user).await, [true; 2], "logged in on one, known to both");
    shops.submit(1, &first, "/cart/add", "product=macaron".into()).await;
    assert!(shops.page(0, &first, "/cart").await.contains("Raspberry macaron"), "one reads the writes of the other");

    shops.submit(1, &third, "/login", format!("name={user}")).await;
    assert_eq!(shops.page(1, &third, "/devices").await.matches("data-device").count(), 2);
    let page = shops.submit(1, &third, "/devices/logout-others", String::new()).await;
    assert!(page.contains("You are logged out on the other device."));
    assert_eq!(page.matches("data-device").count(), 1);
    assert_eq!(shops.know(&first, &user).await, [false; 2]);
    assert_eq!(shops.know(&third, &user).await, [true; 2]);
    assert_eq!(shops.know(&stranger, &other).await, [true; 2]);
}

macro_rules! on_every_server {
    ($($name:ident),* $(,)?) => {
        on_every_server!(postgres "SESSION_TEST_POSTGRES" $($name)*);
        on_every_server!(mysql "SESSION_TEST_MYSQL" $($name)*);
        on_every_server!(redis "SESSION_TEST_REDIS" $($name)*);
    };
    ($server:ident $variable:literal $($name:ident)*) => {
        mod $server {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::in_time(super::$name(&super::servers::url($variable))).await;
                }
            )*
        }
    };
}

on_every_server!(
    a_hundred_pairs_of_writers_in_two_processes_all_survive,
    updates_of_one_counter_in_two_processes_all_count,
    a_logout_of_other_devices_on_one_server_is_visible_on_the_other,
);
