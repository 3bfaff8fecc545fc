//! A visitor, who knows what has to be in the cart, and whose name has to stand above it.

use std::fmt;
use std::ops::AddAssign;
use std::sync::Arc;
use std::time::Instant;

use http::header::{CONTENT_TYPE, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use session_tests::{Browser, servers};

use super::shop::{PATIENCE, PAUSE, Till};

pub(crate) struct Visitor {
    till: Arc<Till>,
    client: Client,
    user: String,
    browser: Browser,
    cart: Cart,
    tally: Tally,
}

/// How many pieces the cart holds: all that were acknowledged, and perhaps some whose answer never came.
#[derive(Clone, Copy, Default)]
struct Cart {
    acknowledged: u32,
    unknown: u32,
}

/// What became of a form that was sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sent {
    Acknowledged,
    /// It may have been carried out or not.
    Unknown,
}

/// What a page shows.
struct Seen {
    user: Option<String>,
    pieces: u32,
}

impl Visitor {
    pub(crate) fn new(till: Arc<Till>) -> Self {
        let client = Client::builder().redirect(Policy::none()).timeout(PATIENCE).build().unwrap();
        let (user, browser) = (servers::prefix(), Browser::default());
        Self { till, client, user, browser, cart: Cart::default(), tally: Tally::default() }
    }

    /// Comes again and again, and says what was done in all.
    pub(crate) async fn visit_until(mut self, end: Instant) -> Tally {
        while Instant::now() < end {
            self.visit().await;
            self.tally.rounds += 1;
        }
        self.tally
    }

    async fn visit(&mut self) {
        self.sign_in().await;
        for round in 0..5 {
            self.add_in_two_tabs().await;
            self.look().await;
            if round == 2 {
                self.sign_in().await;
                self.look().await;
            }
        }
        self.sign_out().await;
    }

    /// A sign-in whose answer was lost has replaced the token or not. With a replaced one the next sign-in begins anew.
    async fn sign_in(&mut self) {
        let before = self.browser.clone();
        let form = format!("name={}", self.user);
        while self.send("/sign-in", &form).await == Sent::Unknown {
            self.tally.unknown += 1;
            let seen = self.page(&self.browser).await;
            if seen.user.as_deref() != Some(&*self.user) && self.cart.acknowledged + self.cart.unknown > 0 {
                self.cart = Cart::default();
            }
        }
        if !before.cookies.is_empty() {
            self.finds_nothing(&before).await;
        }
        self.tally.sign_ins += 1;
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

    async fn look(&self) {
        let Seen { user, pieces } = self.page(&self.browser).await;
        assert_eq!(user.as_deref(), Some(&*self.user), "the visitor is known by name");
        let Cart { acknowledged, unknown } = self.cart;
        assert!(
            (acknowledged..=acknowledged + unknown).contains(&pieces),
            "{pieces} pieces, of which {acknowledged} were acknowledged and {unknown} may be there"
        );
    }

    async fn sign_out(&mut self) {
        let before = self.browser.clone();
        while self.send("/sign-out", "").await == Sent::Unknown {
            self.tally.unknown += 1;
        }
        self.cart = Cart::default();
        self.finds_nothing(&before).await;
        let Seen { user, pieces } = self.page(&self.browser).await;
        assert_eq!((user, pieces), (None, 0), "nothing of the visitor is left");
        self.tally.sign_outs += 1;
    }

    /// Whoever kept the cookies from before a sign-in or a sign-out has nothing of them.
    async fn finds_nothing(&self, before: &Browser) {
        let Seen { user, pieces } = self.page(before).await;
        assert_eq!((user, pieces), (None, 0), "an old token opens nothing");
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

    /// Sends a form, once the shop is there.
    async fn try_to_send(&self, path: &str, form: &str) -> (Sent, Option<Response>) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let post = self.client.post(self.till.url(path)).headers(self.browser.request()).body(form.to_owned());
            match post.header(CONTENT_TYPE, "application/x-www-form-urlencoded").send().await {
                Ok(response) if response.headers().contains_key(LOCATION) => {
                    return (Sent::Acknowledged, Some(response));
                }
                Ok(response) if response.status().is_server_error() => return (Sent::Unknown, Some(response)),
                Ok(response) => panic!("{path}: {}", response.status()),
                Err(error) if !error.is_connect() => return (Sent::Unknown, None),
                Err(_) => assert!(Instant::now() < deadline, "the shop does not come back"),
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// What the cart's page shows, once the shop and its server are there.
    async fn page(&self, browser: &Browser) -> Seen {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let page = self.client.get(self.till.url("/cart")).headers(browser.request()).send().await;
            match page {
                Ok(page) if page.status() == StatusCode::OK => {
                    if let Ok(text) = page.text().await {
                        return Seen::on(&text);
                    }
                }
                Ok(page) => assert!(page.status().is_server_error(), "{}", page.status()),
                Err(_) => {}
            }
            assert!(Instant::now() < deadline, "the shop does not come back");
            tokio::time::sleep(PAUSE).await;
        }
    }
}

impl Seen {
    fn on(page: &str) -> Self {
        let between = |start: &str, end| Some(page.split_once(start)?.1.split_once(end)?.0);
        let user = between("id=\"user\">", "<").map(str::to_owned);
        let line = between("id=\"line-macaron\"", "</form>");
        let pieces = line.and_then(|line| line.split_once("value=\"macaron\"")?.1.split_once("value=\""));
        let pieces = pieces.and_then(|(_, rest)| rest.split_once('"')?.0.parse().ok());
        Self { user, pieces: pieces.unwrap_or(0) }
    }
}

/// What was done in all.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) rounds: u32,
    sign_ins: u32,
    sign_outs: u32,
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
        let Self { rounds, sign_ins, sign_outs, acknowledged, unknown } = other;
        self.rounds += rounds;
        self.sign_ins += sign_ins;
        self.sign_outs += sign_outs;
        self.acknowledged += acknowledged;
        self.unknown += unknown;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rounds, sign_ins, sign_outs, acknowledged, unknown } = self;
        write!(
            f,
            "{rounds} visits, {sign_ins} sign-ins, {sign_outs} sign-outs; {acknowledged} additions acknowledged and there, \
             {unknown} answers lost"
        )
    }
}
