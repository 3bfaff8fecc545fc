//! Tests of the shop under continuous load. Visitors log in, fill their carts in two tabs and log out, while the shop
//! and its server are restarted. Acknowledged changes are stored, users are not confused, logouts are final, and the
//! memory of the shop does not grow.
//!
//! `SESSION_SOAK_SECONDS` is the duration per store.

mod backend;
mod shop;
mod visitor;

use std::sync::Arc;
use std::time::{Duration, Instant};

use session_tests::private_server::Engine;

use self::backend::Backend;
use self::shop::Shop;
use self::visitor::{Tally, Visitor};

const VISITORS: usize = 12;

/// The duration per store.
fn duration() -> Duration {
    let seconds = std::env::var("SESSION_SOAK_SECONDS").ok().map(|text| text.parse().expect("a number of seconds"));
    Duration::from_secs(seconds.unwrap_or(4))
}

async fn nothing_is_lost_under_continuous_load(backend: Backend) {
    let shop = Arc::new(Shop::open(backend));
    let end = Instant::now() + duration();
    let visitors: Vec<_> =
        (0..VISITORS).map(|_| tokio::spawn(Visitor::new(Arc::clone(&shop)).visit_until(end))).collect();
    let memory = shop.disturb_until(end).await;
    let mut tally = Tally::default();
    for visitor in visitors {
        tally += visitor.await.expect("a visitor found a wrong page");
    }
    println!("{tally}; memory of the shop: {memory}");
    assert!(tally.rounds > 0, "no visit was completed");
    memory.assert_flat();
}

macro_rules! soak {
    ($($store:ident: $backend:expr,)*) => {$(
        mod $store {
            use super::*;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn nothing_is_lost_under_continuous_load() {
                super::nothing_is_lost_under_continuous_load($backend).await;
            }
        }
    )*};
}

soak! {
    memory: Backend::memory(),
    sqlite: Backend::sqlite(),
    redis: Backend::on(Engine::Redis),
    postgres: Backend::on(Engine::Postgres),
    mysql: Backend::on(Engine::MySql),
}
