//! Claims: `commit` applies its changes to one live record, all or nothing.

use crate::record::commit::{Commit, Committed, CommittedVersion, Rotation};
use crate::testing::conformance::assertions::{assert_equal, assert_record, assert_values};
use crate::testing::conformance::test_session::KeyChange::{Clear, Set, Unset};
use crate::testing::conformance::test_session::{KeyChange, NOW, TestSession, changes, random_token};
use crate::testing::conformance::test_store::TestStore;

const DONE: &str = "a commit on a live record must return Done";

pub(crate) async fn a_commit_applies_its_changes_and_keeps_the_other_keys(store: TestStore) {
    type Pairs<'a> = &'a [(&'a str, &'a str)];
    let cases: [(&[KeyChange<'_>], Pairs<'_>); 12] = [
        (&[Set("c", "3")], &[("a", "1"), ("b", "2"), ("c", "3")]),
        (&[Set("a", "9")], &[("a", "9"), ("b", "2")]),
        (&[Set("a", "1")], &[("a", "1"), ("b", "2")]),
        (&[Set("a", "null")], &[("a", "null"), ("b", "2")]),
        (&[Unset("a")], &[("b", "2")]),
        (&[Unset("z")], &[("a", "1"), ("b", "2")]),
        (&[Unset("a"), Set("c", "3"), Set("b", "4")], &[("b", "4"), ("c", "3")]),
        (&[Set("c", "3"), Unset("c")], &[("a", "1"), ("b", "2")]),
        (&[Clear], &[]),
        (&[Clear, Set("b", "4"), Set("c", "3")], &[("b", "4"), ("c", "3")]),
        (&[Set("c", "3"), Clear], &[]),
        (&[Unset("a"), Unset("b")], &[]),
    ];
    for (key_changes, expected) in cases {
        let session = TestSession::create(&store, &[("a", "1"), ("b", "2")]).await;
        session.commit(&session.change(key_changes)).await;
        let requirement = "a commit must clear first, then set and unset its keys, and leave the others";
        assert_values(
            &session.expect_record().await.values,
            expected,
            format_args!("{requirement}: after {}", describe(key_changes)),
        );
    }
}

fn describe(key_changes: &[KeyChange<'_>]) -> String {
    let text = |key_change: &KeyChange<'_>| match key_change {
        Set(key, text) => format!("set {key} to {text}"),
        Unset(key) => format!("unset {key}"),
        Clear => "clear".to_owned(),
    };
    key_changes.iter().map(text).collect::<Vec<_>>().join(", ")
}

pub(crate) async fn a_commit_changes_revision_and_expiry_and_returns_them_or_nothing(store: TestStore) {
    let session = TestSession::create(&store, &[]).await;
    let mut change = session.change(&[Set("a", "1")]);
    change.now = session.time_after(50);
    let version = session.apply(&change, DONE).await;
    let mut expected_record = session.new_record(&[]);
    change.apply(&mut expected_record);
    let expected = CommittedVersion { revision: 2, expires: session.time_after(150) };
    assert_equal(version, expected, "a commit must increment the revision and renew the expiry");
    assert_record(
        Some(&session.expect_record().await),
        Some(&expected_record),
        "a commit must change the record like `Commit::apply`",
    );
}

pub(crate) async fn a_commit_applies_changes_label_and_rotation_together(store: TestStore) {
    let session = TestSession::create(&store, &[("a", "1"), ("b", "2")]).await;
    let mut expected = session.expect_record().await;
    let mut all = session.change(&[Set("a", "3"), Unset("b"), Set("c", "4")]);
    (all.now, all.revision, all.label) = (session.time_after(50), Some(1), Some("phone".to_owned()));
    all.rotation = Some(Rotation { token: random_token(), limits: session.limits(), is_login: true });
    session.commit(&all).await;
    all.apply(&mut expected);
    let requirement = "a commit must apply its changes, its label and its rotation together";
    assert_record(Some(&session.expect_record().await), Some(&expected), requirement);
}

pub(crate) async fn a_commit_on_an_absent_or_expired_record_returns_missing(store: TestStore) {
    let session = TestSession::new(&store);
    let mut change = session.change(&[Set("a", "2")]);
    for commit in [&change, &session.touch(NOW)] {
        assert_equal(
            session.commit(commit).await,
            Committed::Missing,
            "a commit on an id without a record must return Missing",
        );
    }
    assert_record(session.load(NOW).await.as_ref(), None, "a commit must not create a record");

    session.store_record(&session.new_record(&[("a", "1")]), &[]).await;
    change.now = session.time_after(100);
    for commit in [&change, &session.touch(session.time_after(100))] {
        assert_equal(
            session.commit(commit).await,
            Committed::Missing,
            "a commit on an expired record must return Missing",
        );
    }
    let requirement = "a commit on an expired record must not change it";
    assert_record(Some(&session.expect_record().await), Some(&session.new_record(&[("a", "1")])), requirement);
}

pub(crate) async fn a_commit_with_another_token_changes_nothing(store: TestStore) {
    const REPLACED: &str = "a commit with another token must return Replaced with the time of the last rotation";
    const UNCHANGED: &str = "a commit with another token must change nothing";
    let session = TestSession::create(&store, &[("a", "1")]).await;
    let mut rejected = session.change(&[Clear, Set("b", "2")]);
    rejected.token = Some(random_token());
    rejected.label = Some("theirs".into());
    rejected.rotation = Some(Rotation { token: random_token(), limits: session.limits(), is_login: true });
    rejected.now = session.time_after(50);
    assert_equal(session.commit(&rejected).await, Committed::Replaced { rotated: None }, REPLACED);
    assert_record(Some(&session.expect_record().await), Some(&session.new_record(&[("a", "1")])), UNCHANGED);

    let rotated = Some(session.time_after(10));
    session.commit(&session.rotation(random_token(), session.limits(), session.time_after(10))).await;
    let before = session.expect_record().await;
    rejected.token = Some(session.token);
    for commit in [&rejected, &session.touch(session.time_after(50))] {
        assert_equal(session.commit(commit).await, Committed::Replaced { rotated }, REPLACED);
    }
    assert_record(Some(&session.expect_record().await), Some(&before), UNCHANGED);
}

pub(crate) async fn a_commit_without_a_token_is_applied_under_any_token(store: TestStore) {
    let session = TestSession::create(&store, &[("a", "1")]).await;
    let mut without_token = Commit::empty(NOW);
    without_token.changes = changes(&[Set("b", "2")]);
    assert_equal(
        session.apply(&without_token, DONE).await.revision,
        2,
        "a commit without a token must be applied under any token",
    );
    session.commit(&session.rotation(random_token(), session.limits(), NOW)).await;
    assert_equal(
        session.apply(&without_token, DONE).await.revision,
        4,
        "a commit without a token must be applied after a rotation",
    );
}

pub(crate) async fn a_commit_on_the_expected_revision_is_applied(store: TestStore) {
    let session = TestSession::create(&store, &[("a", "1")]).await;
    for expected in 1..=3 {
        let mut swap = session.change(&[Set("a", &format!("{expected}0"))]);
        swap.revision = Some(expected);
        let requirement = "a compare-and-swap on the current revision must be applied and increment the revision";
        assert_equal(session.apply(&swap, requirement).await.revision, expected + 1, requirement);
    }
    assert_values(&session.expect_record().await.values, &[("a", "30")], "a compare-and-swap must store its changes");
}

pub(crate) async fn a_commit_on_another_revision_returns_the_current_record(store: TestStore) {
    let session = TestSession::create(&store, &[("a", "1"), ("b", "2")]).await;
    let mut other = session.change(&[Set("a", "5"), Unset("b"), Set("c", "6")]);
    other.label = Some("renamed".into());
    session.commit(&other).await;
    let before = session.expect_record().await;
    for wrong in [0, 1, 3, u64::from(u32::MAX)] {
        let mut swap = session.change(&[Clear, Set("a", "7")]);
        (swap.revision, swap.now) = (Some(wrong), session.time_after(50));
        swap.rotation = Some(Rotation { token: random_token(), limits: session.limits(), is_login: true });
        let committed = session.commit(&swap).await;
        let Committed::Conflict(current) = committed else {
            panic!("a commit on another revision must return Conflict\n  found:    {committed:?}");
        };
        assert_record(Some(&current), Some(&before), "a conflict must return the current record");
        let requirement = "a commit on another revision must change nothing";
        assert_record(Some(&session.expect_record().await), Some(&before), requirement);
    }
}

pub(crate) async fn the_token_is_checked_before_the_revision(store: TestStore) {
    let session = TestSession::create(&store, &[("a", "1")]).await;
    let mut swap = session.change(&[Set("a", "2")]);
    (swap.token, swap.revision) = (Some(random_token()), Some(9));
    let requirement = "a commit with another token and another revision must return Replaced, which contains no record";
    assert_equal(session.commit(&swap).await, Committed::Replaced { rotated: None }, requirement);
}

pub(crate) async fn only_mutations_increment_the_revision(store: TestStore) {
    let session = TestSession::create(&store, &[("a", "1")]).await;
    let mut labelling = session.touch(NOW);
    labelling.label = Some("renamed".into());
    let commits = [
        ("a touch", session.touch(NOW), 1),
        ("a set key", session.change(&[Set("a", "2")]), 2),
        ("a touch that renews", session.touch(session.time_after(50)), 2),
        ("an unset key", session.change(&[Unset("b")]), 3),
        ("a clear", session.change(&[Clear]), 4),
        ("a label", labelling, 5),
        ("a rotation", session.rotation(session.token, session.limits(), NOW), 6),
        ("an empty commit", Commit::empty(NOW), 6),
        ("another touch", session.touch(session.time_after(60)), 6),
    ];
    for (name, commit, expected) in commits {
        let requirement = format!("each mutation, and no touch, must increment the revision: after {name}");
        assert_equal(session.apply(&commit, DONE).await.revision, expected, &requirement);
        assert_equal(session.expect_record().await.revision, expected, &requirement);
    }
}

pub(crate) async fn a_label_is_kept_until_it_is_changed(store: TestStore) {
    let session = TestSession::create(&store, &[("a", "1")]).await;
    for label in ["Firefox", "", "\u{1f98a} ' \" \\ % \n", &"long ".repeat(2000)] {
        let mut labelling = session.touch(NOW);
        labelling.label = Some(label.to_owned());
        session.commit(&labelling).await;
        session.commit(&session.change(&[Set("a", "2")])).await;
        session.commit(&session.touch(NOW)).await;
        let stored = session.expect_record().await.label;
        assert_equal(stored.as_deref(), Some(label), "a label must be kept unchanged until a commit sets it");
    }
    assert_values(&session.expect_record().await.values, &[("a", "2")], "a label must not change the values");
}
