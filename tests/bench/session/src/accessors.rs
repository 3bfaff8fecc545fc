//! Each accessor beside the raw call with the same typed key.

use bench_common::{Bench, DEFAULT_KEYS, TextSequence};
use http::HeaderMap;
use session::store::MemoryStore;
use session::{SecretKey, Session, SessionConfig, SessionManager, SessionSchema};

use crate::seeded_request;

const TABLE: &str = "accessors";

#[derive(SessionSchema)]
pub struct Visitor {
    #[session(key = "key-0000")]
    pub text: String,
    pub absent: String,
    #[session(key = "key-0001", default)]
    pub number: u64,
    /// Absent, except in the row that sets and removes it.
    pub extra: u64,
}

macro_rules! rows {
    ($bench:expr, $suffix:literal; $($row:literal: $operation:expr;)*) => {
        $($bench
            .measure(TABLE, concat!($row, $suffix), DEFAULT_KEYS, async || _ = ::std::hint::black_box($operation))
            .await;)*
    };
}

/// Measures the same operations with raw calls and with accessors, on a session each. Each raw call gets the key by
/// reference, as the accessors do.
pub async fn measure_accessors(bench: &Bench) {
    let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    let request = seeded_request(&manager).await;
    raw_calls(bench, loaded(&manager, &request).await).await;
    accessors(bench, loaded(&manager, &request).await).await;
}

async fn loaded(manager: &SessionManager, request: &HeaderMap) -> Session {
    let session = manager.open(request);
    session.get(Visitor::TEXT).await.expect("loaded");
    session
}

async fn raw_calls(bench: &Bench, mut session: Session) {
    let texts = TextSequence::default();
    rows! { bench, ", raw call";
        "get": session.get(&Visitor::TEXT).await.expect("a value");
        "get absent": session.get(&Visitor::ABSENT).await.expect("no value");
        "get with default": session.get(&Visitor::NUMBER).await.expect("a value").unwrap_or_default();
        "update without commit": session.update(&Visitor::TEXT, |_| ()).await.expect("stored already");
        "update with commit": session.update(&Visitor::TEXT, |value| value.replace(texts.next())).await.expect("committed");
        "set": session.insert(&Visitor::TEXT, texts.next()).await.expect("stored");
        "get after set": session.get(&Visitor::TEXT).await.expect("a value");
        "unset": session.unset(&Visitor::TEXT).await.expect("unset");
        "set and remove": {
            session.insert(&Visitor::EXTRA, 7).await.expect("stored");
            session.remove(&Visitor::EXTRA).await.expect("removed")
        };
    }
}

async fn accessors(bench: &Bench, mut session: Session) {
    let texts = TextSequence::default();
    let mut visitor = session.typed_mut::<Visitor>();
    rows! { bench, "";
        "get": visitor.text().await.expect("a value");
        "get absent": visitor.absent().await.expect("no value");
        "get with default": visitor.number().await.expect("a value");
        "update without commit": visitor.update_text(|_| ()).await.expect("stored already");
        "update with commit": visitor.update_text(|value| value.replace(texts.next())).await.expect("committed");
        "set": visitor.set_text(texts.next()).expect("stored");
        "get after set": visitor.text().await.expect("a value");
        "unset": visitor.unset_text().expect("unset");
        "set and remove": {
            visitor.set_extra(7).expect("stored");
            visitor.remove_extra().await.expect("removed")
        };
    }
}
