//! A visitor who knows the expected name and cart of every page.

use std::fmt;
use std::ops::AddAssign;
use std::sync::Arc;
use std::time::Instant;

use http::header::{CONTENT_TYPE, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use session_tests::{Browser, servers};

use super::shop::{PAUSE, Shop, TIMEOUT};

pub(crate) struct Visitor {
    shop: Arc<Shop>,
    client: Client,
    user: String,
    browser: Browser,
    cart: Cart,
    tally: Tally,
}

/// The number of products in the cart: the acknowledged ones, and the ones with unknown outcome.
#[derive(Clone, Copy, Default)]
struct Cart {
    acknowledged: u32,
    unknown: u32,
}

/// The outcome of a submitted form.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sent {
    Acknowledged,
    /// The form may be stored or not.
    Unknown,
}

/// The content of a page.
struct Seen {
    user: Option<String>,
    pieces: u32,
}

impl Visitor {
    pub(crate) fn new(shop: Arc<Shop>) -> Self {
        let client = Client::builder().redirect(Policy::none()).timeout(TIMEOUT).build().unwrap();
        let (user, browser) = (servers::prefix(), Browser::default());
        Self { shop, client, user, browser, cart: Cart::default(), tally: Tally::default() }
    }

    /// Visits repeatedly, and returns the totals.
    pub(crate) async fn visit_until(mut self, end: Instant) -> Tally {
        while Instant::now() < end {
            self.visit().await;
            self.tally.rounds += 1;
        }
        self.tally
    }

    async fn visit(&mut self) {
        self.log_in().await;
        for round in 0..5 {
            self.add_in_two_tabs().await;
            self.check_cart().await;
            if round == 2 {
                self.log_in().await;
                self.check_cart().await;
            }
        }
        self.log_out().await;
    }

    /// A login whose response was lost may have rotated the token. With a replaced token, the next login starts a new
    /// session.
    async fn log_in(&mut self) {
        let before = self.browser.clone();
        let form = format!("name={}", self.user);
        while self.send("/login", &form).await == Sent::Unknown {
            self.tally.unknown += 1;
            let seen = self.page(&self.browser).await;
            if seen.user.as_deref() != Some(&*self.user) && self.cart.acknowledged + self.cart.unknown > 0 {
                self.cart = Cart::default();
            }
        }
        if !before.cookies.is_empty() {
            self.assert_reads_nothing(&before).await;
        }
        self.tally.logins += 1;
    }

    async fn add_in_two_tabs(&mut self) {
        let (one, two) =
            (self.try_to_send("/cart/add", "product=macaron"), self.try_to_send("/cart/add", "product=macaron"));
        let (one, two) = tokio::join!(one, two);
        for (sent, response) in [one, two] {
            match sent {
                Sent::Acknowledged => self.cart.acknowledged += 1,
                Sent::Unknown => self.cart.unknown += 1,
            }
            self.keep(response);
            self.tally.count(sent);
        }
    }

    async fn check_cart(&self) {
        let Seen { user, pieces } = self.page(&self.browser).await;
        assert_eq!(user.as_deref(), Some(&*self.user), "the page shows the name of the visitor");
        let Cart { acknowledged, unknown } = self.cart;
        assert!(
            (acknowledged..=acknowledged + unknown).contains(&pieces),
            "{pieces} products, of which {acknowledged} were acknowledged and {unknown} are unknown"
        );
    }

    async fn log_out(&mut self) {
        let before = self.browser.clone();
        while self.send("/logout", "").await == Sent::Unknown {
            self.tally.unknown += 1;
        }
        self.cart = Cart::default();
        self.assert_reads_nothing(&before).await;
        let Seen { user, pieces } = self.page(&self.browser).await;
        assert_eq!((user, pieces), (None, 0), "the logout deleted everything");
        self.tally.logouts += 1;
    }

    /// Checks that the cookies from before a login or a logout read nothing.
    async fn assert_reads_nothing(&self, before: &Browser) {
        let Seen { user, pieces } = self.page(before).await;
        assert_eq!((user, pieces), (None, 0), "an old token reads nothing");
    }

    async fn send(&mut self, path: &str, form: &str) -> Sent {
        let (sent, response) = self.try_to_send(path, form).await;
        self.keep(response);
        sent
    }

    fn keep(&mut self, response: Option<Response>) {
        if let Some(response) = response {
            self.browser.keep(response.headers());
        }
    }

    /// Sends a form as soon as the shop is available.
    async fn try_to_send(&self, path: &str, form: &str) -> (Sent, Option<Response>) {
        let end = Instant::now() + TIMEOUT;
        loop {
            let post = self.client.post(self.shop.url(path)).headers(self.browser.request()).body(form.to_owned());
            match post.header(CONTENT_TYPE, "application/x-www-form-urlencoded").send().await {
                Ok(response) if response.headers().contains_key(LOCATION) => {
                    return (Sent::Acknowledged, Some(response));
                }
                Ok(response) if response.status().is_server_error() => return (Sent::Unknown, Some(response)),
                Ok(response) => panic!("{path}: {}", response.status()),
                Err(error) if !error.is_connect() => return (Sent::Unknown, None),
                Err(_) => assert!(Instant::now() < end, "the shop does not restart"),
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// The content of the cart page, as soon as the shop and its server are available.
    async fn page(&self, browser: &Browser) -> Seen {
        let end = Instant::now() + TIMEOUT;
        loop {
            let page = self.client.get(self.shop.url("/cart")).headers(browser.request()).send().await;
            match page {
                Ok(page) if page.status() == StatusCode::OK => {
                    if let Ok(text) = page.text().await {
                        return Seen::parse(&text);
                    }
                }
                Ok(page) => assert!(page.status().is_server_error(), "{}", page.status()),
                Err(_) => {}
            }
            assert!(Instant::now() < end, "the shop does not restart");
            tokio::time::sleep(PAUSE).await;
        }
    }
}

impl Seen {
    fn parse(page: &str) -> Self {
        let between = |start: &str, end| Some(page.split_once(start)?.1.split_once(end)?.0);
        let user = between("id=\"user\">", "<").map(str::to_owned);
        let line = between("id=\"line-macaron\"", "</form>");
        let pieces = line.and_then(|line| line.split_once("value=\"macaron\"")?.1.split_once("value=\""));
        let pieces = pieces.and_then(|(_, rest)| rest.split_once('"')?.0.parse().ok());
        Self { user, pieces: pieces.unwrap_or(0) }
    }
}

/// The totals of all visits.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) rounds: u32,
    logins: u32,
    logouts: u32,
    acknowledged: u32,
    unknown: u32,
}

impl Tally {
    fn count(&mut self, sent: Sent) {
        match sent {
            Sent::Acknowledged => self.acknowledged += 1,
            Sent::Unknown => self.unknown += 1,
        }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        let Self { rounds, logins, logouts, acknowledged, unknown } = other;
        self.rounds += rounds;
        self.logins += logins;
        self.logouts += logouts;
        self.acknowledged += acknowledged;
        self.unknown += unknown;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rounds, logins, logouts, acknowledged, unknown } = self;
        write!(
            f,
            "{rounds} visits, {logins} logins, {logouts} logouts; {acknowledged} acknowledged additions stored, \
             {unknown} lost responses"
        )
    }
}
