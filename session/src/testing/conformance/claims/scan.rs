//! Claims: a walk over all sessions comes to every one that lives, in batches, and to its end.

use std::collections::BTreeMap;

use crate::record::id::SessionId;
use crate::store::{DeleteCondition, Record, ScanPage};
use crate::testing::conformance::assertions::{holds, same, same_record};
use crate::testing::conformance::store::Store;
use crate::testing::conformance::test_session::Verb::Set;
use crate::testing::conformance::test_session::{NOW, Subject};

/// The most pages of a walk, on a store that others use too.
const PAGES: usize = 1_000_000;

/// Walks over all sessions, and looks at each page.
async fn walk(store: &Store, batch: usize, mut look: impl AsyncFnMut(&ScanPage)) -> BTreeMap<SessionId, Record> {
    let (mut sessions, mut from) = (BTreeMap::new(), None::<String>);
    for _ in 0..PAGES {
        let page = store.scan(from.as_deref(), batch, NOW).await;
        look(&page).await;
        sessions.extend(page.sessions);
        from = page.next;
        if from.is_none() {
            return sessions;
        }
    }
    panic!("a walk must come to an end: there were {PAGES} pages and no end");
}

async fn sessions(store: &Store, number: usize) -> Vec<Subject> {
    let mut subjects = Vec::new();
    for number in 0..number {
        subjects.push(Subject::created(store, &[("a", &number.to_string())]).await);
    }
    subjects
}

pub(in crate::testing::conformance) async fn a_walk_comes_to_every_live_session(store: Store) {
    let subjects = sessions(&store, 45).await;
    subjects[7].commit(&subjects[7].change(&[Set("a", "\"changed\"")])).await;
    for batch in [1, 7, 45, 1000] {
        let walked = walk(&store, batch, async |_| {}).await;
        for subject in &subjects {
            let promise = format!("a walk must come to every live session, with its record: {batch} at a time");
            same_record(walked.get(&subject.id), Some(&subject.stored().await), promise);
        }
    }
}

pub(in crate::testing::conformance) async fn a_walk_comes_to_no_ended_or_expired_session(store: Store) {
    let subjects = sessions(&store, 6).await;
    subjects[0].end(DeleteCondition::None, NOW).await;
    let expired = Subject::new(&store);
    let mut record = expired.record(&[]);
    record.expires = NOW;
    expired.create(&record, &[]).await;
    let walked = walk(&store, 2, async |_| {}).await;
    for gone in [&subjects[0], &expired] {
        holds(!walked.contains_key(&gone.id), "a walk must not come to a session that has ended or expired");
    }
    let lives = subjects[1..].iter().filter(|subject| walked.contains_key(&subject.id)).count();
    same(lives, 5, "a walk must come to every live session, beside those that are gone");
}

pub(in crate::testing::conformance) async fn a_walk_comes_in_batches(store: Store) {
    const BATCH: usize = 20;
    sessions(&store, 10 * BATCH).await;
    walk(&store, BATCH, async |page| {
        let sessions = page.sessions.len();
        let promise = "a part of a walk must have about as many sessions as were asked for";
        holds(sessions <= 4 * BATCH, format_args!("{promise}: {sessions} instead of about {BATCH}"));
    })
    .await;
}

/// Some sessions come and go, and some are changed, while the walk is under way.
pub(in crate::testing::conformance) async fn a_walk_misses_no_session_that_lives_all_the_time(store: Store) {
    let subjects = sessions(&store, 160).await;
    let (staying, leaving) = subjects.split_at(100);
    let mut leaving = leaving.chunks(3);
    let mut changing = staying.iter().cycle();
    let walked = walk(&store, 8, async |_| {
        let Some(ended) = leaving.next() else { return };
        for subject in ended {
            subject.end(DeleteCondition::None, NOW).await;
        }
        Subject::created(&store, &[]).await;
        if let Some(subject) = changing.next() {
            subject.commit(&subject.change(&[Set("turn", "1")])).await;
        }
    })
    .await;
    let walked = staying.iter().filter(|subject| walked.contains_key(&subject.id)).count();
    same(walked, staying.len(), "a walk must come to every session that lives from its beginning to its end");
}
