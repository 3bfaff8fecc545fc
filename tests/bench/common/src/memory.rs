//! Measures requests on a store in this process.

use crate::subject::{PATHS, call, follow, seed};
use crate::{Bench, DEFAULT_KEYS, SIZES, Subject};

/// Measures time, allocations or instructions of each request, and the heap bytes of an idle session.
pub async fn memory<S: Subject>(bench: &Bench, subject: &S) {
    let cookies = seed(subject, DEFAULT_KEYS).await.to_header();
    bench.measure("memory", "bare", DEFAULT_KEYS, async || call(subject, "/bare", &cookies).await).await;
    for keys in SIZES.into_iter().filter(|keys| subject.supports(*keys)) {
        for path in PATHS {
            let mut jar = seed(subject, keys).await;
            let cookies = jar.to_header();
            let row = &path[1..];
            if path == "/login" {
                // Each login needs the cookie of the previous one.
                bench.measure("memory", row, keys, async || follow(subject, path, &mut jar).await).await;
            } else {
                bench.measure("memory", row, keys, async || call(subject, path, &cookies).await).await;
            }
        }
    }
    if !bench.counts_instructions() {
        measure_idle_sessions(bench, subject).await;
    }
}

async fn measure_idle_sessions<S: Subject>(bench: &Bench, subject: &S) {
    const SESSIONS: usize = 1000;
    let create = async {
        for _ in 0..SESSIONS {
            seed(subject, DEFAULT_KEYS).await;
        }
    };
    bench.measure_heap("memory", "idle session", DEFAULT_KEYS, SESSIONS, create).await;
}
