//! The shop under a load that does not let go: visitors who sign in, fill their carts in two tabs and sign out, while the
//! shop and its server are stopped and started under them. Nothing that was acknowledged is lost, nobody is taken for
//! somebody else, no sign-out is undone, and the shop's memory stays what it was.
//!
//! Seconds for each store, as many as `SESSION_SOAK_SECONDS` says.

mod backend;
mod shop;
mod visitor;

use std::sync::Arc;
use std::time::{Duration, Instant};

use session_tests::private_server::Engine;

use self::backend::Backend;
use self::shop::Till;
use self::visitor::{Tally, Visitor};

const VISITORS: usize = 12;

/// How long each store is loaded.
fn length() -> Duration {
    let seconds = std::env::var("SESSION_SOAK_SECONDS").ok().map(|text| text.parse().expect("a number of seconds"));
    Duration::from_secs(seconds.unwrap_or(4))
}

async fn nothing_is_lost_under_continuous_load(backend: Backend) {
    let till = Arc::new(Till::open(backend));
    let end = Instant::now() + length();
    let visitors: Vec<_> =
        (0..VISITORS).map(|_| tokio::spawn(Visitor::new(Arc::clone(&till)).visit_until(end))).collect();
    let memory = till.disturb_until(end).await;
    let mut tally = Tally::default();
    for visitor in visitors {
        tally += visitor.await.expect("a visitor found what was promised");
    }
    println!("{tally}; the shop's memory: {memory}");
    assert!(tally.rounds > 0, "nobody came around");
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
