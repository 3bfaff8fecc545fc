//! The contract of a store: one suite, run on every store.
//!
//! A claim knows its store as `dyn SessionStore` alone, gets one that is empty, and brings the time along.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::value::RawValue;
use session::store::{
    Changes, Commit, Committed, Deleted, Found, IndexChange, IndexHash, Json, Limits, MAX_KEY_LEN, MemoryStore, Page,
    Proof, Record, Rotation, SessionStore, SqliteStore, StoreError, Timestamp, TokenHash, Values,
};
use session::{ErrorKind, SecretKey, SessionConfig, SessionId, SessionManager};
use session_tests::{Browser, Kind};
use tempfile::TempDir;
use tokio::task::JoinSet;

/// Runs every claim on every store.
macro_rules! contract {
    ($(on $store:ident: $open:expr;)* claims $claims:tt) => {
        $(contract!(@one $store, $open, $claims);)*
    };
    (@one $store:ident, $open:expr, [$($claim:ident,)*]) => {
        mod $store {
            use super::*;

            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $claim() {
                    // The folder goes when the claim is through.
                    let (store, _folder) = $open.await;
                    super::$claim(store).await;
                }
            )*
        }
    };
}

contract! {
    on memory: Kind::Memory.store();
    on sqlite: Kind::Sqlite.store();
    on postgres: Kind::Postgres.store();
    on mysql: Kind::MySql.store();
    on redis: Kind::Redis.store();
    claims [
        an_absent_record_loads_as_none,
        a_created_record_loads_equal_in_every_field,
        an_empty_record_is_a_record,
        creating_on_a_live_id_changes_nothing,
        creating_on_an_expired_id_says_false_too,
        records_do_not_mix,
        a_commit_carries_out_its_changes_and_leaves_the_other_keys,
        a_commit_says_what_it_made_of_the_record,
        a_commit_finds_no_record_where_none_lives,
        a_commit_under_another_token_changes_nothing,
        a_commit_on_the_expected_revision_goes_ahead,
        a_commit_on_another_revision_is_shown_the_record_as_it_is,
        a_token_is_looked_at_before_a_revision,
        the_revision_counts_what_changed_something,
        a_touch_notes_the_use_and_extends_past_the_threshold_only,
        no_use_extends_beyond_the_end,
        a_change_extends_as_a_touch_does,
        a_commit_that_is_no_use_moves_no_time,
        a_rotation_replaces_the_token_and_keeps_the_values,
        a_rotation_may_shorten_the_life_of_a_session,
        the_last_rotation_is_the_one_that_is_remembered,
        a_label_is_kept_until_it_is_changed,
        the_current_token_ends_a_session,
        another_token_does_not_end_it,
        there_is_nothing_to_end_where_no_record_lives,
        what_was_dropped_leaves_nothing_behind,
        a_record_lives_until_the_very_instant_it_expires,
        expired_records_are_dropped_in_batches_and_no_others,
        an_extended_record_is_not_dropped_before_its_time,
        an_ended_record_is_not_dropped_again,
        keys_are_compared_by_their_bytes,
        values_keep_their_text_to_the_letter,
        a_value_may_have_megabytes,
        a_record_may_have_a_thousand_keys,
        a_hundred_pairs_of_commits_of_different_keys_all_survive,
        a_hundred_compare_and_swaps_count_to_a_hundred,
        a_clearing_races_a_commit_of_two_keys_and_leaves_both_or_none,
        of_rival_creations_exactly_one_succeeds,
        of_rival_rotations_exactly_one_succeeds,
        of_rival_endings_exactly_one_succeeds,
        nothing_comes_back_after_an_ending_that_raced_a_commit,
        boxes_and_arcs_of_stores_are_stores,
    ]
}

type Store = Arc<dyn SessionStore>;

const ID: SessionId = SessionId::from_bytes([7; 16]);
const TOKEN: TokenHash = TokenHash::from_bytes([1; 32]);
const NEXT: TokenHash = TokenHash::from_bytes([2; 32]);
const STRANGER: TokenHash = TokenHash::from_bytes([3; 32]);
const NOW: Timestamp = Timestamp::from_millis(1_900_000_000_123);
const MILLI: Duration = Duration::from_millis(1);
/// Uses extend a record when less than four fifths of its idle time are left.
const BELOW: u16 = 800;

fn after(seconds: u64) -> Timestamp {
    NOW + Duration::from_secs(seconds)
}

/// 100 seconds idle, 1,000 in all.
fn limits() -> Limits {
    Limits { idle: Duration::from_secs(100), end: after(1000) }
}

fn values(pairs: &[(&str, &str)]) -> Values {
    pairs.iter().map(|(key, text)| (*key, Json::from_text(*text))).collect()
}

fn record(pairs: &[(&str, &str)]) -> Record {
    let mut record = Record::new(TOKEN, limits(), NOW);
    record.values = values(pairs);
    record
}

async fn create(store: &Store, pairs: &[(&str, &str)]) {
    assert!(store.create(&ID, &record(pairs), &[]).await.unwrap());
}

async fn load(store: &Store, now: Timestamp) -> Option<Record> {
    store.load(&ID, now).await.unwrap()
}

async fn stored(store: &Store) -> Record {
    load(store, NOW).await.expect("the record lives")
}

async fn commit(store: &Store, commit: &Commit) -> Committed {
    store.commit(&ID, commit).await.unwrap()
}

fn touch(now: Timestamp) -> Commit {
    Commit::touch(TOKEN, BELOW, now)
}

async fn change(verbs: &[Verb<'_>]) -> Commit {
    let mut change = touch(NOW);
    change.changes = changes(verbs).await;
    change
}

fn rotation(token: TokenHash, limits: Limits, now: Timestamp) -> Commit {
    let mut rotation = touch(now);
    rotation.rotation = Some(Rotation { token, limits });
    rotation
}

fn revision(committed: &Committed) -> u64 {
    match committed {
        Committed::Done { revision, .. } => *revision,
        other => panic!("not done: {other:?}"),
    }
}

fn expiry(committed: &Committed) -> Timestamp {
    match committed {
        Committed::Done { expires, .. } => *expires,
        other => panic!("not done: {other:?}"),
    }
}

// Changes are made by the runtime alone: these are caught on their way to the store.

#[derive(Clone, Copy)]
enum Verb<'a> {
    Set(&'a str, &'a str),
    Unset(&'a str),
    Clear,
}

use Verb::{Clear, Set, Unset};

#[derive(Clone, Default)]
struct Catcher(Arc<Mutex<Changes>>);

async fn changes(verbs: &[Verb<'_>]) -> Changes {
    let catcher = Catcher::default();
    let manager = SessionManager::new(catcher.clone(), SessionConfig::new(SecretKey::generate()));
    let mut browser = Browser::default();
    let mut first = manager.open(&browser.request());
    first.insert("begins", "a session").await.unwrap();
    let mut headers = http::HeaderMap::new();
    first.finalize(&mut headers).await.unwrap();
    browser.keep(&headers);
    let mut session = manager.open(&browser.request());
    for verb in verbs {
        match verb {
            Set(key, text) => {
                let value = RawValue::from_string((*text).to_owned()).unwrap();
                session.insert(*key, value).await.unwrap();
            }
            Unset(key) => session.unset(*key).await.unwrap(),
            Clear => session.clear().await.unwrap(),
        }
    }
    session.sync().await.unwrap();
    let caught = catcher.0.lock().unwrap();
    caught.clone()
}

#[async_trait]
impl SessionStore for Catcher {
    async fn load(&self, _: &SessionId, _: Timestamp) -> Result<Option<Record>, StoreError> {
        unreachable!("changes are made without a read")
    }

    async fn create(&self, _: &SessionId, _: &Record, _: &[IndexChange]) -> Result<bool, StoreError> {
        Ok(true)
    }

    async fn commit(&self, _: &SessionId, commit: &Commit) -> Result<Committed, StoreError> {
        self.0.lock().unwrap().clone_from(&commit.changes);
        Ok(Committed::Done { revision: 2, expires: NOW })
    }

    async fn delete(&self, _: &SessionId, _: Proof, _: Timestamp) -> Result<Deleted, StoreError> {
        unreachable!("changes end nothing")
    }

    async fn find(&self, _: &IndexHash, _: Timestamp) -> Result<Vec<Found>, StoreError> {
        unreachable!("changes find nothing")
    }

    async fn scan(&self, _: Option<&str>, _: usize, _: Timestamp) -> Result<Page, StoreError> {
        unreachable!("changes walk nowhere")
    }

    async fn delete_expired(&self, _: Timestamp, _: usize) -> Result<usize, StoreError> {
        unreachable!("changes drop nothing")
    }
}

// Load and create

async fn an_absent_record_loads_as_none(store: Store) {
    assert_eq!(load(&store, NOW).await, None);
}

async fn a_created_record_loads_equal_in_every_field(store: Store) {
    let fresh = record(&[("a", "1"), ("b", "[true]")]);
    assert!(store.create(&ID, &fresh, &[]).await.unwrap());
    assert_eq!(load(&store, NOW).await, Some(fresh));

    let other = SessionId::from_bytes([8; 16]);
    let mut unusual = record(&[]);
    unusual.created = Timestamp::from_millis(NOW.as_millis() - 7);
    unusual.rotated = Some(Timestamp::from_millis(NOW.as_millis() - 5));
    unusual.seen = Timestamp::from_millis(NOW.as_millis() - 3);
    unusual.expires = NOW + MILLI;
    unusual.limits = Limits { idle: Duration::from_millis(1), end: after(400 * 86_400) };
    unusual.label = Some("Firefox \u{1f98a} on “Linux”, O'Brien's".into());
    unusual.revision = 41;
    assert!(store.create(&other, &unusual, &[]).await.unwrap());
    assert_eq!(store.load(&other, NOW).await.unwrap(), Some(unusual));
}

async fn an_empty_record_is_a_record(store: Store) {
    create(&store, &[]).await;
    let record = stored(&store).await;
    assert!(record.values.is_empty());
    assert_eq!((record.revision, record.rotated, record.label), (1, None, None));
}

async fn creating_on_a_live_id_changes_nothing(store: Store) {
    create(&store, &[("a", "1")]).await;
    let before = stored(&store).await;
    let mut thief = record(&[("a", "2"), ("b", "2")]);
    thief.token = STRANGER;
    thief.label = Some("thief".into());
    assert!(!store.create(&ID, &thief, &[]).await.unwrap());
    assert_eq!(stored(&store).await, before);
}

async fn creating_on_an_expired_id_says_false_too(store: Store) {
    create(&store, &[("a", "1")]).await;
    let mut later = Record::new(STRANGER, limits(), after(200));
    later.values = values(&[("b", "2")]);
    assert!(!store.create(&ID, &later, &[]).await.unwrap());
    assert_eq!(load(&store, after(200)).await, None);
    assert_eq!(stored(&store).await, record(&[("a", "1")]));
}

async fn records_do_not_mix(store: Store) {
    let mut one_bit_off = [7; 16];
    one_bit_off[15] = 6;
    let ids = [[0; 16], [255; 16], [7; 16], one_bit_off].map(SessionId::from_bytes);
    for (id, text) in ids.iter().zip(["0", "1", "2", "3"]) {
        assert!(store.create(id, &record(&[("a", text)]), &[]).await.unwrap());
    }
    assert_eq!(revision(&store.commit(&ids[2], &change(&[Clear, Set("b", "9")]).await).await.unwrap()), 2);
    assert_eq!(store.delete(&ids[1], Proof::Token(TOKEN), NOW).await.unwrap(), Deleted::Done);
    for (id, expected) in ids.iter().zip([Some(("a", "0")), None, Some(("b", "9")), Some(("a", "3"))]) {
        let loaded = store.load(id, NOW).await.unwrap().map(|record| record.values);
        assert_eq!(loaded, expected.map(|pair| values(&[pair])), "{id}");
    }
}

// Commit

async fn a_commit_carries_out_its_changes_and_leaves_the_other_keys(store: Store) {
    type Pairs<'a> = &'a [(&'a str, &'a str)];
    let cases: [(&[Verb<'_>], Pairs<'_>); 10] = [
        (&[Set("c", "3")], &[("a", "1"), ("b", "2"), ("c", "3")]),
        (&[Set("a", "9")], &[("a", "9"), ("b", "2")]),
        (&[Set("a", "1")], &[("a", "1"), ("b", "2")]),
        (&[Set("a", "null")], &[("a", "null"), ("b", "2")]),
        (&[Unset("a")], &[("b", "2")]),
        (&[Unset("z")], &[("a", "1"), ("b", "2")]),
        (&[Unset("a"), Set("c", "3"), Set("b", "4")], &[("b", "4"), ("c", "3")]),
        (&[Clear], &[]),
        (&[Clear, Set("b", "4"), Set("c", "3")], &[("b", "4"), ("c", "3")]),
        (&[Unset("a"), Unset("b")], &[]),
    ];
    for (case, (verbs, expected)) in (0..).zip(cases) {
        let id = SessionId::from_bytes([case; 16]);
        assert!(store.create(&id, &record(&[("a", "1"), ("b", "2")]), &[]).await.unwrap());
        let committed = store.commit(&id, &change(verbs).await).await.unwrap();
        assert_eq!(revision(&committed), 2, "case {case}");
        let loaded = store.load(&id, NOW).await.unwrap().unwrap();
        assert_eq!(text(&loaded.values), text(&values(expected)), "case {case}");
    }
}

fn text(values: &Values) -> Vec<(&str, &str)> {
    values.iter().map(|(key, value)| (key, value.as_str())).collect()
}

async fn a_commit_says_what_it_made_of_the_record(store: Store) {
    create(&store, &[]).await;
    let mut change = change(&[Set("a", "1")]).await;
    change.now = after(50);
    let committed = commit(&store, &change).await;
    let record = stored(&store).await;
    assert_eq!(committed, Committed::Done { revision: record.revision, expires: record.expires });
    assert_eq!((record.revision, record.expires, record.seen), (2, after(150), after(50)));
    assert_eq!((record.created, record.rotated, record.token), (NOW, None, TOKEN));
}

async fn a_commit_finds_no_record_where_none_lives(store: Store) {
    let mut change = change(&[Set("a", "2")]).await;
    assert_eq!(commit(&store, &change).await, Committed::Missing);
    assert_eq!(commit(&store, &touch(NOW)).await, Committed::Missing);
    assert_eq!(load(&store, NOW).await, None, "a commit creates nothing");

    create(&store, &[("a", "1")]).await;
    change.now = after(100);
    assert_eq!(commit(&store, &change).await, Committed::Missing);
    assert_eq!(commit(&store, &touch(after(100))).await, Committed::Missing);
    assert_eq!(stored(&store).await, record(&[("a", "1")]), "an expired record is left as it was");
}

async fn a_commit_under_another_token_changes_nothing(store: Store) {
    create(&store, &[("a", "1")]).await;
    let mut theirs = change(&[Clear, Set("b", "2")]).await;
    theirs.token = Some(STRANGER);
    theirs.label = Some("theirs".into());
    theirs.rotation = Some(Rotation { token: STRANGER, limits: limits() });
    theirs.now = after(50);
    assert_eq!(commit(&store, &theirs).await, Committed::Replaced { rotated: None });
    assert_eq!(stored(&store).await, record(&[("a", "1")]));

    commit(&store, &rotation(NEXT, limits(), after(10))).await;
    let before = stored(&store).await;
    theirs.token = Some(TOKEN);
    assert_eq!(commit(&store, &theirs).await, Committed::Replaced { rotated: Some(after(10)) });
    assert_eq!(commit(&store, &touch(after(50))).await, Committed::Replaced { rotated: Some(after(10)) });
    assert_eq!(stored(&store).await, before);
}

async fn a_commit_on_the_expected_revision_goes_ahead(store: Store) {
    create(&store, &[("a", "1")]).await;
    for expected in 1..=3 {
        let mut swap = change(&[Set("a", &format!("{expected}0"))]).await;
        swap.revision = Some(expected);
        assert_eq!(revision(&commit(&store, &swap).await), expected + 1);
    }
    assert_eq!(stored(&store).await.values, values(&[("a", "30")]));
}

async fn a_commit_on_another_revision_is_shown_the_record_as_it_is(store: Store) {
    create(&store, &[("a", "1"), ("b", "2")]).await;
    let mut other = change(&[Set("a", "5"), Unset("b"), Set("c", "6")]).await;
    other.label = Some("renamed".into());
    commit(&store, &other).await;
    let before = stored(&store).await;
    for wrong in [0, 1, 3, u64::from(u32::MAX)] {
        let mut swap = change(&[Clear, Set("a", "7")]).await;
        swap.revision = Some(wrong);
        swap.now = after(50);
        swap.rotation = Some(Rotation { token: NEXT, limits: limits() });
        assert_eq!(commit(&store, &swap).await, Committed::Conflict(Box::new(before.clone())), "revision {wrong}");
        assert_eq!(stored(&store).await, before);
    }
}

async fn a_token_is_looked_at_before_a_revision(store: Store) {
    create(&store, &[("a", "1")]).await;
    let mut swap = change(&[Set("a", "2")]).await;
    (swap.token, swap.revision) = (Some(STRANGER), Some(9));
    assert_eq!(commit(&store, &swap).await, Committed::Replaced { rotated: None }, "a stranger is shown no record");
}

async fn the_revision_counts_what_changed_something(store: Store) {
    create(&store, &[("a", "1")]).await;
    let mut renaming = touch(NOW);
    renaming.label = Some("renamed".into());
    let commits = [
        (touch(NOW), 1),
        (change(&[Set("a", "2")]).await, 2),
        (touch(after(50)), 2),
        (change(&[Unset("b")]).await, 3),
        (change(&[Clear]).await, 4),
        (renaming, 5),
        (rotation(TOKEN, limits(), NOW), 6),
        (touch(after(60)), 6),
    ];
    for (at, (one, expected)) in commits.into_iter().enumerate() {
        assert_eq!(revision(&commit(&store, &one).await), expected, "commit {at}");
        assert_eq!(stored(&store).await.revision, expected, "commit {at}");
    }
}

// Time

async fn a_touch_notes_the_use_and_extends_past_the_threshold_only(store: Store) {
    create(&store, &[("a", "1")]).await;
    for (used, expires) in [(0, 100), (20, 100), (21, 121), (41, 121), (42, 142), (141, 241)] {
        let committed = commit(&store, &touch(after(used))).await;
        assert_eq!(expiry(&committed), after(expires), "used at {used}");
        let record = stored(&store).await;
        assert_eq!((record.seen, record.expires), (after(used), after(expires)), "used at {used}");
        assert_eq!(record.values, values(&[("a", "1")]));
    }
    for (below, used, expires) in [(1000, 141, 241), (1000, 142, 242), (0, 241, 242)] {
        let committed = commit(&store, &Commit::touch(TOKEN, below, after(used))).await;
        assert_eq!(expiry(&committed), after(expires), "used at {used}, extended below {below}");
    }
}

async fn no_use_extends_beyond_the_end(store: Store) {
    let mut old = record(&[]);
    old.expires = after(951);
    assert!(store.create(&ID, &old, &[]).await.unwrap());
    assert_eq!(expiry(&commit(&store, &touch(after(950))).await), after(1000));
    assert_eq!(expiry(&commit(&store, &touch(after(999))).await), after(1000));
    assert_eq!(commit(&store, &touch(after(1000))).await, Committed::Missing);
    assert_eq!(load(&store, after(1000)).await, None);
}

async fn a_change_extends_as_a_touch_does(store: Store) {
    create(&store, &[]).await;
    for (used, expires) in [(20, 100), (21, 121)] {
        let mut change = change(&[Set("a", "1")]).await;
        change.now = after(used);
        assert_eq!(expiry(&commit(&store, &change).await), after(expires), "used at {used}");
        assert_eq!(stored(&store).await.seen, after(used));
    }
}

async fn a_commit_that_is_no_use_moves_no_time(store: Store) {
    create(&store, &[]).await;
    let mut job = Commit::nothing(after(90));
    job.changes = changes(&[Set("a", "1")]).await;
    assert_eq!(commit(&store, &job).await, Committed::Done { revision: 2, expires: after(100) });
    let record = stored(&store).await;
    assert_eq!((record.seen, record.expires, record.values), (NOW, after(100), values(&[("a", "1")])));
    assert_eq!(commit(&store, &Commit::nothing(after(95))).await, Committed::Done { revision: 2, expires: after(100) });
    job.token = Some(STRANGER);
    assert_eq!(commit(&store, &job).await, Committed::Replaced { rotated: None });
}

async fn a_record_lives_until_the_very_instant_it_expires(store: Store) {
    create(&store, &[("a", "1")]).await;
    let last = Timestamp::from_millis(after(100).as_millis() - 1);
    assert!(load(&store, last).await.is_some());
    let never = Commit::touch(TOKEN, 0, last);
    assert_eq!(expiry(&commit(&store, &never).await), after(100));
    for now in [after(100), after(100) + MILLI, after(100_000)] {
        assert_eq!(load(&store, now).await, None);
        assert_eq!(commit(&store, &touch(now)).await, Committed::Missing);
        assert_eq!(store.delete(&ID, Proof::Token(TOKEN), now).await.unwrap(), Deleted::Missing);
        assert_eq!(store.delete(&ID, Proof::Token(STRANGER), now).await.unwrap(), Deleted::Missing);
    }
    assert_eq!(store.delete_expired(last, 10).await.unwrap(), 0);
    assert_eq!(store.delete_expired(after(100), 10).await.unwrap(), 1);
}

// Rotation and label

async fn a_rotation_replaces_the_token_and_keeps_the_values(store: Store) {
    create(&store, &[("a", "1"), ("b", "2")]).await;
    let longer = Limits { idle: Duration::from_secs(500), end: after(5000) };
    let mut rotates = rotation(NEXT, longer, after(50));
    rotates.changes = changes(&[Set("b", "3"), Set("c", "4")]).await;
    assert_eq!(commit(&store, &rotates).await, Committed::Done { revision: 2, expires: after(550) });

    let mut expected = record(&[("a", "1"), ("b", "3"), ("c", "4")]);
    (expected.token, expected.rotated, expected.seen) = (NEXT, Some(after(50)), after(50));
    (expected.limits, expected.expires, expected.revision) = (longer, after(550), 2);
    assert_eq!(stored(&store).await, expected);

    assert_eq!(commit(&store, &touch(after(51))).await, Committed::Replaced { rotated: Some(after(50)) });
    let mut with_the_new_token = touch(after(151));
    with_the_new_token.token = Some(NEXT);
    assert_eq!(commit(&store, &with_the_new_token).await, Committed::Done { revision: 2, expires: after(651) });
}

async fn a_rotation_may_shorten_the_life_of_a_session(store: Store) {
    create(&store, &[]).await;
    let shorter = Limits { idle: Duration::from_secs(10), end: after(55) };
    assert_eq!(expiry(&commit(&store, &rotation(NEXT, shorter, after(1))).await), after(11));
    assert_eq!(load(&store, after(11)).await, None);
    assert_eq!(stored(&store).await.limits, shorter);
}

async fn the_last_rotation_is_the_one_that_is_remembered(store: Store) {
    create(&store, &[]).await;
    commit(&store, &rotation(NEXT, limits(), after(10))).await;
    let mut again = rotation(STRANGER, limits(), after(20));
    again.token = Some(NEXT);
    commit(&store, &again).await;
    for earlier in [TOKEN, NEXT] {
        let mut touch = touch(after(30));
        touch.token = Some(earlier);
        assert_eq!(commit(&store, &touch).await, Committed::Replaced { rotated: Some(after(20)) });
        let ending = store.delete(&ID, Proof::Token(earlier), after(30)).await.unwrap();
        assert_eq!(ending, Deleted::Replaced { rotated: Some(after(20)) });
    }
}

async fn a_label_is_kept_until_it_is_changed(store: Store) {
    create(&store, &[("a", "1")]).await;
    for label in ["Firefox", "", "\u{1f98a} ' \" \\ % \n", &"long ".repeat(2000)] {
        let mut renaming = touch(NOW);
        renaming.label = Some(label.to_owned());
        commit(&store, &renaming).await;
        commit(&store, &change(&[Set("a", "2")]).await).await;
        commit(&store, &touch(NOW)).await;
        assert_eq!(stored(&store).await.label.as_deref(), Some(label));
    }
    assert_eq!(stored(&store).await.values, values(&[("a", "2")]));
}

// Ending

async fn the_current_token_ends_a_session(store: Store) {
    create(&store, &[("a", "1")]).await;
    assert_eq!(store.delete(&ID, Proof::Token(TOKEN), NOW).await.unwrap(), Deleted::Done);
    assert_eq!(load(&store, NOW).await, None);
    assert_eq!(store.delete(&ID, Proof::Token(TOKEN), NOW).await.unwrap(), Deleted::Missing, "once is enough");
    assert_eq!(commit(&store, &change(&[Set("a", "2")]).await).await, Committed::Missing);
}

async fn another_token_does_not_end_it(store: Store) {
    create(&store, &[("a", "1")]).await;
    assert_eq!(store.delete(&ID, Proof::Token(STRANGER), NOW).await.unwrap(), Deleted::Replaced { rotated: None });
    assert_eq!(stored(&store).await, record(&[("a", "1")]));
    commit(&store, &rotation(NEXT, limits(), after(10))).await;
    let before = stored(&store).await;
    assert_eq!(
        store.delete(&ID, Proof::Token(TOKEN), after(11)).await.unwrap(),
        Deleted::Replaced { rotated: Some(after(10)) }
    );
    assert_eq!(stored(&store).await, before);
    assert_eq!(store.delete(&ID, Proof::Token(NEXT), after(11)).await.unwrap(), Deleted::Done);
}

async fn there_is_nothing_to_end_where_no_record_lives(store: Store) {
    assert_eq!(store.delete(&ID, Proof::Token(TOKEN), NOW).await.unwrap(), Deleted::Missing);
    create(&store, &[("a", "1")]).await;
    assert_eq!(store.delete(&ID, Proof::Token(TOKEN), after(100)).await.unwrap(), Deleted::Missing);
    assert_eq!(stored(&store).await, record(&[("a", "1")]), "an expired record is left to the sweep");
}

/// Ids are never used again; should one be all the same, nothing of its former life may show.
async fn what_was_dropped_leaves_nothing_behind(store: Store) {
    create(&store, &[("a", "1")]).await;
    assert_eq!(store.delete(&ID, Proof::Token(TOKEN), NOW).await.unwrap(), Deleted::Done);
    if store.create(&ID, &record(&[("b", "2")]), &[]).await.unwrap() {
        assert_eq!(stored(&store).await, record(&[("b", "2")]));
    }
    assert_eq!(store.delete_expired(after(100), 10).await.unwrap(), 1);
    if store.create(&ID, &record(&[]), &[]).await.unwrap() {
        assert_eq!(stored(&store).await, record(&[]));
    }
}

// Dropping what expired

async fn expired_records_are_dropped_in_batches_and_no_others(store: Store) {
    assert_eq!(store.delete_expired(NOW, 10).await.unwrap(), 0);
    let ids = [1, 2, 3, 4, 5, 6, 7].map(|byte| SessionId::from_bytes([byte; 16]));
    for (id, expires) in ids.iter().zip(1..) {
        let mut one = record(&[("a", "1"), ("b", "2")]);
        one.expires = after(expires);
        assert!(store.create(id, &one, &[]).await.unwrap());
    }
    assert_eq!(store.delete_expired(NOW, 10).await.unwrap(), 0);
    let mut counts = Vec::new();
    for batch in [0, 2, 2, 2, 2] {
        counts.push(store.delete_expired(after(5), batch).await.unwrap());
    }
    assert_eq!(counts, [0, 2, 2, 1, 0]);
    for (at, id) in ids.iter().enumerate() {
        let kept = store.load(id, NOW).await.unwrap().map(|record| record.values);
        let expected = (at >= 5).then(|| values(&[("a", "1"), ("b", "2")]));
        assert_eq!(kept, expected, "record {at}");
    }
    assert_eq!(store.delete_expired(after(1000), usize::MAX).await.unwrap(), 2);
}

async fn an_extended_record_is_not_dropped_before_its_time(store: Store) {
    create(&store, &[]).await;
    commit(&store, &touch(after(50))).await;
    assert_eq!(store.delete_expired(after(149), 10).await.unwrap(), 0);
    commit(&store, &rotation(TOKEN, limits(), after(60))).await;
    assert_eq!(store.delete_expired(after(159), 10).await.unwrap(), 0);
    let mut change = change(&[Set("a", "1")]).await;
    change.now = after(90);
    commit(&store, &change).await;
    assert_eq!(store.delete_expired(after(189), 10).await.unwrap(), 0);
    assert_eq!(store.delete_expired(after(190), 10).await.unwrap(), 1);
    assert_eq!(load(&store, NOW).await, None);
}

async fn an_ended_record_is_not_dropped_again(store: Store) {
    create(&store, &[]).await;
    store.delete(&ID, Proof::Token(TOKEN), NOW).await.unwrap();
    assert_eq!(store.delete_expired(after(1000), 10).await.unwrap(), 0);
}

// Keys and values

async fn keys_are_compared_by_their_bytes(store: Store) {
    let longest = "k".repeat(MAX_KEY_LEN);
    let longest_but_one = "k".repeat(MAX_KEY_LEN - 1);
    let wide = "\u{1f600}".repeat(MAX_KEY_LEN / 4);
    #[rustfmt::skip]
    let keys = [
        "", " ", "a", "A", "á", "a\u{301}", "Á", "a ", " a", "a\0", "a\0b", "\0", "\0\0", "ß", "ss", "SS", "ı", "i",
        "I", "İ", "\u{200d}", "\u{feff}a", "\u{ffff}", "\u{10ffff}", "%", "_", "*", "a%", "'", "\"", "\\", "\n", "\r\n",
        "; DROP TABLE sessions; --", "{a}:b", "a:b", "a.b", "$.a", "null", "__proto__", "token", "expires",
        &longest, &longest_but_one, &wide,
    ];
    let texts: Vec<String> = (0..keys.len()).map(|number| number.to_string()).collect();
    let mut expected: Vec<(&str, &str)> = keys.iter().zip(&texts).map(|(key, text)| (*key, &**text)).collect();
    expected.sort_unstable();
    let sets: Vec<Verb<'_>> = expected.iter().map(|(key, text)| Set(key, text)).collect();
    create(&store, &[("before", "0")]).await;
    commit(&store, &change(&[&[Clear], &*sets].concat()).await).await;
    assert_eq!(text(&stored(&store).await.values), expected);

    let created = SessionId::from_bytes([8; 16]);
    store.create(&created, &record(&expected), &[]).await.unwrap();
    assert_eq!(text(&store.load(&created, NOW).await.unwrap().unwrap().values), expected);

    for key in keys {
        expected.retain(|(other, _)| *other != key);
        commit(&store, &change(&[Unset(key)]).await).await;
        assert_eq!(text(&stored(&store).await.values), expected, "without {key:?}");
    }
}

async fn values_keep_their_text_to_the_letter(store: Store) {
    let deep = "[".repeat(127) + &"]".repeat(127);
    let many_digits = "1".repeat(400);
    #[rustfmt::skip]
    let texts = [
        "null", "true", "0", "-0", "-0.0", "1", "1.0", "1.00", "1e2", "1E+2", "1e308", "-1e308", "5e-324",
        "18446744073709551615", "-9223372036854775808", "340282366920938463463374607431768211455", "0.1",
        "\"\"", r#""\u0000""#, r#""a\u0000b""#, r#""\u00e9""#, "\"é\"", "\"e\u{301}\"", "\"\u{1f600}\"",
        r#""\ud83d\ude00""#, r#""\/""#, "\"/\"", "\"  \"", "\"'; --\"", "\"\u{7f}\u{2028}\u{feff}\"",
        "[]", "{}", "{ \"b\" : 1 , \"a\" : 2 }", r#"{"a":1,"a":2}"#, r#"{"":{"":[]}}"#, "[1, 2,3]",
        &deep, &many_digits,
    ];
    let keys: Vec<String> = (0..texts.len()).map(|number| format!("key {number:02}")).collect();
    let pairs: Vec<(&str, &str)> = keys.iter().map(|key| &**key).zip(texts).collect();
    let sets: Vec<Verb<'_>> = pairs.iter().map(|(key, text)| Set(key, text)).collect();
    create(&store, &[]).await;
    commit(&store, &change(&sets).await).await;
    assert_eq!(text(&stored(&store).await.values), pairs, "committed");

    let created = SessionId::from_bytes([8; 16]);
    store.create(&created, &record(&pairs), &[]).await.unwrap();
    assert_eq!(text(&store.load(&created, NOW).await.unwrap().unwrap().values), pairs, "created");

    let mut swap = touch(NOW);
    swap.revision = Some(9);
    let Committed::Conflict(shown) = commit(&store, &swap).await else { panic!("no conflict") };
    assert_eq!(text(&shown.values), pairs, "shown by a conflict");
}

async fn a_value_may_have_megabytes(store: Store) {
    let big = format!("\"{}\"", "é".repeat(1_500_000));
    let bigger = format!("\"{}\"", "x".repeat(4_000_000));
    create(&store, &[("big", &big)]).await;
    assert!(stored(&store).await.values == values(&[("big", &big)]));
    commit(&store, &change(&[Set("bigger", &bigger), Set("small", "1")]).await).await;
    assert!(stored(&store).await.values == values(&[("big", &big), ("bigger", &bigger), ("small", "1")]));
}

async fn a_record_may_have_a_thousand_keys(store: Store) {
    let owned: Vec<_> = (0..1000).map(|number| (format!("key {number:03}"), number.to_string())).collect();
    let pairs: Vec<(&str, &str)> = owned.iter().map(|(key, text)| (&**key, &**text)).collect();
    create(&store, &pairs[..500]).await;
    let sets: Vec<Verb<'_>> = pairs[400..].iter().map(|(key, text)| Set(key, text)).collect();
    commit(&store, &change(&sets).await).await;
    assert_eq!(text(&stored(&store).await.values), pairs);
    let unsets: Vec<Verb<'_>> = pairs[1..].iter().map(|(key, _)| Unset(key)).collect();
    commit(&store, &change(&unsets).await).await;
    assert_eq!(text(&stored(&store).await.values), pairs[..1]);
}

// Races

async fn a_hundred_pairs_of_commits_of_different_keys_all_survive(store: Store) {
    create(&store, &[]).await;
    let mut tasks = JoinSet::new();
    for pair in 0..100 {
        for side in ["a", "b"] {
            let change = change(&[Set(&format!("{side}{pair}"), &pair.to_string())]).await;
            let store = Arc::clone(&store);
            tasks.spawn(async move { commit(&store, &change).await });
        }
    }
    let committed = tasks.join_all().await;
    let revisions: BTreeSet<u64> = committed.iter().map(revision).collect();
    assert_eq!(revisions, (2..=201).collect(), "each commit saw the one before it");
    let record = stored(&store).await;
    let survived = (0..100).flat_map(|pair| ["a", "b"].map(|side| format!("{side}{pair}")));
    assert_eq!(survived.filter(|key| record.values.get(key).is_some()).count(), 200);
    assert_eq!((record.values.len(), record.revision), (200, 201));
}

async fn a_hundred_compare_and_swaps_count_to_a_hundred(store: Store) {
    create(&store, &[("count", "0")]).await;
    let mut tasks = JoinSet::new();
    for _ in 0..100 {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            let mut basis = stored(&store).await;
            loop {
                let count: u64 = basis.values.get("count").unwrap().as_str().parse().unwrap();
                let mut swap = change(&[Set("count", &(count + 1).to_string())]).await;
                swap.revision = Some(basis.revision);
                match commit(&store, &swap).await {
                    Committed::Conflict(record) => basis = *record,
                    other => return revision(&other),
                }
            }
        });
    }
    let revisions: BTreeSet<u64> = tasks.join_all().await.into_iter().collect();
    assert_eq!(revisions, (2..=101).collect());
    assert_eq!(stored(&store).await.values, values(&[("count", "100")]));
}

async fn a_clearing_races_a_commit_of_two_keys_and_leaves_both_or_none(store: Store) {
    const ROUNDS: usize = 150;
    create(&store, &[]).await;
    let writer = {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            for round in 0..ROUNDS {
                let text = round.to_string();
                let both = change(&[Set("a", &text), Set("b", &text)]).await;
                revision(&commit(&store, &both).await);
            }
        })
    };
    let clearer = {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            let clear = change(&[Clear]).await;
            for _ in 0..ROUNDS {
                revision(&commit(&store, &clear).await);
            }
        })
    };
    let (mut both, mut none) = (0, 0);
    while !(writer.is_finished() && clearer.is_finished()) {
        let values = stored(&store).await.values;
        let (a, b) = (values.get("a"), values.get("b"));
        assert_eq!(a.map(Json::as_str), b.map(Json::as_str), "half a commit");
        *(if a.is_some() { &mut both } else { &mut none }) += 1;
        tokio::task::yield_now().await;
    }
    writer.await.unwrap();
    clearer.await.unwrap();
    assert!(both + none > 10, "the race was watched: {both} loads found both keys, {none} none");
    assert_eq!(stored(&store).await.revision, 1 + 2 * ROUNDS as u64);
}

const ROUNDS: u8 = 30;

/// What each of some rivals got, all let loose at once.
async fn rivals<R: Send + 'static>(all: impl IntoIterator<Item = impl Future<Output = R> + Send + 'static>) -> Vec<R> {
    all.into_iter().collect::<JoinSet<R>>().join_all().await
}

async fn of_rival_creations_exactly_one_succeeds(store: Store) {
    for round in 0..ROUNDS {
        let id = SessionId::from_bytes([round; 16]);
        let creations = ["1", "2", "3", "4"].map(|text| {
            let store = Arc::clone(&store);
            async move { (text, store.create(&id, &record(&[("a", text), (text, text)]), &[]).await.unwrap()) }
        });
        let winners: Vec<_> = rivals(creations).await.into_iter().filter(|(_, won)| *won).collect();
        let [(winner, _)] = winners[..] else { panic!("winners: {winners:?}") };
        let kept = store.load(&id, NOW).await.unwrap().unwrap();
        assert_eq!(kept, record(&[("a", winner), (winner, winner)]), "the winner's record, whole and alone");
    }
}

async fn of_rival_rotations_exactly_one_succeeds(store: Store) {
    for round in 0..ROUNDS {
        let id = SessionId::from_bytes([round; 16]);
        assert!(store.create(&id, &record(&[("a", "1")]), &[]).await.unwrap());
        let rotations = [11, 12, 13, 14].map(|byte| {
            let (store, token) = (Arc::clone(&store), TokenHash::from_bytes([byte; 32]));
            async move { (token, store.commit(&id, &rotation(token, limits(), NOW)).await.unwrap()) }
        });
        let outcomes = rivals(rotations).await;
        let won = |(_, outcome): &&(_, Committed)| matches!(outcome, Committed::Done { .. });
        let winners: Vec<_> = outcomes.iter().filter(won).collect();
        assert_eq!(winners.len(), 1, "{outcomes:?}");
        let lost = outcomes.iter().filter(|(_, outcome)| *outcome == Committed::Replaced { rotated: Some(NOW) });
        assert_eq!(lost.count(), 3, "{outcomes:?}");
        assert!(store.load(&id, NOW).await.unwrap().unwrap().token == winners[0].0);
    }
}

async fn of_rival_endings_exactly_one_succeeds(store: Store) {
    for round in 0..ROUNDS {
        let id = SessionId::from_bytes([round; 16]);
        assert!(store.create(&id, &record(&[("a", "1")]), &[]).await.unwrap());
        let endings = [(); 4].map(|()| {
            let store = Arc::clone(&store);
            async move { store.delete(&id, Proof::Token(TOKEN), NOW).await.unwrap() }
        });
        let outcomes = rivals(endings).await;
        let count = |wanted| outcomes.iter().filter(|outcome| **outcome == wanted).count();
        assert_eq!((count(Deleted::Done), count(Deleted::Missing)), (1, 3), "{outcomes:?}");
    }
}

async fn nothing_comes_back_after_an_ending_that_raced_a_commit(store: Store) {
    let change = change(&[Set("a", "2"), Set("b", "3")]).await;
    for round in 0..ROUNDS {
        let id = SessionId::from_bytes([round; 16]);
        assert!(store.create(&id, &record(&[("a", "1")]), &[]).await.unwrap());
        let ending = {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.delete(&id, Proof::Token(TOKEN), NOW).await.unwrap() })
        };
        let commits = [(); 3].map(|()| {
            let (store, change) = (Arc::clone(&store), change.clone());
            async move { store.commit(&id, &change).await.unwrap() }
        });
        for outcome in rivals(commits).await {
            assert!(matches!(outcome, Committed::Done { .. } | Committed::Missing), "{outcome:?}");
        }
        assert_eq!(ending.await.unwrap(), Deleted::Done);
        assert_eq!(store.load(&id, NOW).await.unwrap(), None);
        if store.create(&id, &record(&[]), &[]).await.unwrap() {
            assert!(store.load(&id, NOW).await.unwrap().unwrap().values.is_empty());
        }
    }
}

// Stores behind pointers

async fn boxes_and_arcs_of_stores_are_stores(store: Store) {
    async fn fulfils_the_contract(store: impl SessionStore) {
        let store: &dyn SessionStore = &store;
        assert!(store.create(&ID, &record(&[("a", "1")]), &[]).await.unwrap());
        assert!(!store.create(&ID, &record(&[]), &[]).await.unwrap());
        assert_eq!(revision(&store.commit(&ID, &change(&[Set("a", "2")]).await).await.unwrap()), 2);
        assert_eq!(store.load(&ID, NOW).await.unwrap().unwrap().values, values(&[("a", "2")]));
        assert_eq!(store.delete(&ID, Proof::Token(STRANGER), NOW).await.unwrap(), Deleted::Replaced { rotated: None });
        assert_eq!(store.delete(&ID, Proof::Token(TOKEN), NOW).await.unwrap(), Deleted::Done);
        assert!(store.create(&ID, &record(&[]), &[]).await.unwrap());
        assert_eq!(store.delete_expired(after(100), 10).await.unwrap(), 1);
    }
    let boxed: Box<dyn SessionStore> = Box::new(Arc::clone(&store));
    let nested: Arc<Box<dyn SessionStore>> = Arc::new(Box::new(Arc::clone(&store)));
    fulfils_the_contract(Arc::clone(&store)).await;
    fulfils_the_contract(boxed).await;
    fulfils_the_contract(nested).await;
}

#[test]
fn the_trait_is_object_safe() {
    fn object(store: &dyn SessionStore) -> &dyn SessionStore {
        store
    }
    let store = MemoryStore::new();
    object(&store);
    SessionManager::new(Box::new(store) as Box<dyn SessionStore>, SessionConfig::new(SecretKey::generate()));
}

// What only a store in a file can promise

fn url(folder: &TempDir) -> String {
    format!("sqlite:{}", folder.path().join("sessions.db").display())
}

async fn open(folder: &TempDir) -> Store {
    let store = SqliteStore::connect(&url(folder)).await.unwrap();
    store.migrate().await.unwrap();
    Arc::new(store)
}

#[tokio::test]
async fn sqlite_keeps_its_records_over_a_restart() {
    let folder = TempDir::new().unwrap();
    let mut kept = record(&[("a", "1"), ("\0", "\"\\u0000\"")]);
    kept.label = Some("Firefox".into());
    assert!(open(&folder).await.create(&ID, &kept, &[]).await.unwrap());
    assert_eq!(stored(&open(&folder).await).await, kept);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_sqlite_stores_on_one_file_see_each_others_commits() {
    let folder = TempDir::new().unwrap();
    let (one, two) = (open(&folder).await, open(&folder).await);
    create(&one, &[("a", "1")]).await;
    assert_eq!(stored(&two).await, record(&[("a", "1")]));
    assert!(!two.create(&ID, &record(&[]), &[]).await.unwrap());
    let mut both = change(&[Set("b", "2")]).await;
    both.revision = Some(1);
    assert_eq!(revision(&commit(&two, &both).await), 2);
    assert!(matches!(commit(&one, &both).await, Committed::Conflict(_)));
    assert_eq!(stored(&one).await.values, values(&[("a", "1"), ("b", "2")]));
    assert_eq!(one.delete(&ID, Proof::Token(TOKEN), NOW).await.unwrap(), Deleted::Done);
    assert_eq!(load(&two, NOW).await, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_sqlite_stores_on_one_file_survive_each_others_writes() {
    let folder = TempDir::new().unwrap();
    let stores = [open(&folder).await, open(&folder).await];
    create(&stores[0], &[("count", "0")]).await;
    let mut tasks = JoinSet::new();
    for number in 0..100_usize {
        let store = Arc::clone(&stores[number % 2]);
        let own = change(&[Set(&format!("own {number}"), "1")]).await;
        tasks.spawn(async move {
            revision(&commit(&store, &own).await);
            let id = SessionId::from_bytes([u8::try_from(100 + number).unwrap(); 16]);
            assert!(store.create(&id, &record(&[("a", "1")]), &[]).await.unwrap());
            assert_eq!(store.delete(&id, Proof::Token(TOKEN), NOW).await.unwrap(), Deleted::Done);
        });
    }
    tasks.join_all().await;
    assert_eq!(stored(&stores[0]).await.values.len(), 101);
    assert_eq!(stored(&stores[0]).await, stored(&stores[1]).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sqlite_migrates_twice_and_from_two_stores_at_once() {
    for _ in 0..5 {
        let folder = TempDir::new().unwrap();
        let openings = [(); 4].map(|()| {
            let url = url(&folder);
            async move {
                let store = SqliteStore::connect(&url).await?;
                store.migrate().await?;
                store.migrate().await.map(|()| store)
            }
        });
        let stores = rivals(openings).await;
        let stores: Vec<Store> = stores.into_iter().map(|store| Arc::new(store.unwrap()) as Store).collect();
        create(&stores[0], &[("a", "1")]).await;
        assert_eq!(stored(&stores[3]).await, record(&[("a", "1")]));
        assert_eq!(stored(&open(&folder).await).await, record(&[("a", "1")]), "a later start keeps what is there");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sqlite_in_memory_keeps_its_records() {
    let store = SqliteStore::connect("sqlite::memory:").await.unwrap();
    store.migrate().await.unwrap();
    let store: Store = Arc::new(store);
    create(&store, &[]).await;
    let mut tasks = JoinSet::new();
    for number in 0..20 {
        let (store, change) = (Arc::clone(&store), change(&[Set(&number.to_string(), "1")]).await);
        tasks.spawn(async move {
            revision(&commit(&store, &change).await);
            stored(&store).await;
        });
    }
    tasks.join_all().await;
    assert_eq!(stored(&store).await.values.len(), 20);
    let other = SqliteStore::connect("sqlite::memory:").await.unwrap();
    other.migrate().await.unwrap();
    assert_eq!(other.load(&ID, NOW).await.unwrap(), None, "each is a database of its own");
}

#[tokio::test]
async fn an_sqlite_file_that_cannot_be_opened_is_a_clear_error() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("text");
    std::fs::write(&file, "this is no database, only some text that is long enough to be looked at. ".repeat(20))
        .unwrap();
    let no_folder = folder.path().join("missing").join("sessions.db");
    let under_a_file = file.join("sessions.db");
    for path in [&no_folder, &under_a_file, &folder.path().to_owned(), &file] {
        let url = format!("sqlite:{}", path.display());
        let error = SqliteStore::connect(&url).await.expect_err(&url);
        assert_eq!(error.kind(), ErrorKind::Store, "{url}");
        assert_eq!(error.to_string(), "the session store failed to open the SQLite database");
        assert!(std::error::Error::source(&error).is_some(), "the cause is told");
    }
}

/// Such as an empty environment variable: SQLite would make each connection a nameless database of its own.
#[tokio::test]
async fn an_sqlite_url_that_names_no_database_is_refused() {
    for url in ["", "sqlite:", "sqlite://", "mysql://localhost/sessions", "sqlite:sessions.db?mode=nonsense"] {
        match SqliteStore::connect(url).await {
            Err(error) => assert_eq!(error.kind(), ErrorKind::Store, "{url:?}"),
            Ok(_) => panic!("{url:?} was taken"),
        }
    }
}

#[tokio::test]
async fn sqlite_without_its_tables_is_an_error_and_no_empty_store() {
    let folder = TempDir::new().unwrap();
    let store = SqliteStore::connect(&url(&folder)).await.unwrap();
    assert!(store.load(&ID, NOW).await.is_err());
    assert!(store.create(&ID, &record(&[]), &[]).await.is_err());
    assert!(store.commit(&ID, &touch(NOW)).await.is_err());
    assert!(store.delete(&ID, Proof::Token(TOKEN), NOW).await.is_err());
    let error = store.delete_expired(NOW, 1).await.unwrap_err();
    assert!(error.to_string().contains("no such table"), "{error}");
}
