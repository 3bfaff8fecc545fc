//! Claims: a commit carries out its changes on one live record, all of them or none.

use crate::store::{Commit, Committed, Rotation};
use crate::testing::conformance::assertions::{revision, same, same_record, same_values};
use crate::testing::conformance::store::Store;
use crate::testing::conformance::test_session::Verb::{Clear, Set, Unset};
use crate::testing::conformance::test_session::{NOW, Subject, Verb, changes, token};

const DONE: &str = "a commit on a live record must be done";

pub(in crate::testing::conformance) async fn a_commit_carries_out_its_changes_and_leaves_the_other_keys(store: Store) {
    type Pairs<'a> = &'a [(&'a str, &'a str)];
    let cases: [(&[Verb<'_>], Pairs<'_>); 12] = [
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
    for (verbs, expected) in cases {
        let subject = Subject::created(&store, &[("a", "1"), ("b", "2")]).await;
        subject.commit(&subject.change(verbs)).await;
        let promise = "a commit must clear first, then set and unset its keys, and leave the others";
        same_values(&subject.stored().await.values, expected, format_args!("{promise}: after {}", line(verbs)));
    }
}

fn line(verbs: &[Verb<'_>]) -> String {
    let word = |verb: &Verb<'_>| match verb {
        Set(key, text) => format!("set {key} to {text}"),
        Unset(key) => format!("unset {key}"),
        Clear => "clear".to_owned(),
    };
    verbs.iter().map(word).collect::<Vec<_>>().join(", ")
}

pub(in crate::testing::conformance) async fn a_commit_says_what_it_made_of_the_record(store: Store) {
    let subject = Subject::created(&store, &[]).await;
    let mut change = subject.change(&[Set("a", "1")]);
    change.now = subject.after(50);
    let committed = subject.commit(&change).await;
    let mut expected = subject.record(&[]);
    change.apply(&mut expected);
    let said = Committed::Done { revision: 2, expires: subject.after(150) };
    same(committed, said, "a commit must say the revision and the expiry that it made");
    same_record(Some(&subject.stored().await), Some(&expected), "a commit must make what `Commit::apply` makes");
}

pub(in crate::testing::conformance) async fn a_commit_of_everything_at_once_is_carried_out_whole(store: Store) {
    let subject = Subject::created(&store, &[("a", "1"), ("b", "2")]).await;
    let mut expected = subject.stored().await;
    let mut all = subject.change(&[Set("a", "3"), Unset("b"), Set("c", "4")]);
    (all.now, all.revision, all.label) = (subject.after(50), Some(1), Some("phone".to_owned()));
    all.rotation = Some(Rotation { token: token(), limits: subject.limits() });
    subject.commit(&all).await;
    all.apply(&mut expected);
    let promise = "a commit must carry out its changes, its label and its rotation together";
    same_record(Some(&subject.stored().await), Some(&expected), promise);
}

pub(in crate::testing::conformance) async fn a_commit_finds_no_record_where_none_lives(store: Store) {
    let subject = Subject::new(&store);
    let mut change = subject.change(&[Set("a", "2")]);
    for commit in [&change, &subject.touch(NOW)] {
        same(subject.commit(commit).await, Committed::Missing, "a commit on an id without a record must say Missing");
    }
    same_record(subject.load(NOW).await.as_ref(), None, "a commit must create nothing");

    subject.create(&subject.record(&[("a", "1")]), &[]).await;
    change.now = subject.after(100);
    for commit in [&change, &subject.touch(subject.after(100))] {
        same(subject.commit(commit).await, Committed::Missing, "a commit on an expired record must say Missing");
    }
    let promise = "a commit on an expired record must leave it as it was";
    same_record(Some(&subject.stored().await), Some(&subject.record(&[("a", "1")])), promise);
}

pub(in crate::testing::conformance) async fn a_commit_under_another_token_changes_nothing(store: Store) {
    const REPLACED: &str = "a commit under another token must say Replaced, and when the token was last replaced";
    const UNCHANGED: &str = "a commit under another token must change nothing";
    let subject = Subject::created(&store, &[("a", "1")]).await;
    let mut theirs = subject.change(&[Clear, Set("b", "2")]);
    theirs.token = Some(token());
    theirs.label = Some("theirs".into());
    theirs.rotation = Some(Rotation { token: token(), limits: subject.limits() });
    theirs.now = subject.after(50);
    same(subject.commit(&theirs).await, Committed::Replaced { rotated: None }, REPLACED);
    same_record(Some(&subject.stored().await), Some(&subject.record(&[("a", "1")])), UNCHANGED);

    let rotated = Some(subject.after(10));
    subject.commit(&subject.rotation(token(), subject.limits(), subject.after(10))).await;
    let before = subject.stored().await;
    theirs.token = Some(subject.token);
    for commit in [&theirs, &subject.touch(subject.after(50))] {
        same(subject.commit(commit).await, Committed::Replaced { rotated }, REPLACED);
    }
    same_record(Some(&subject.stored().await), Some(&before), UNCHANGED);
}

pub(in crate::testing::conformance) async fn a_commit_without_a_token_asks_for_none(store: Store) {
    let subject = Subject::created(&store, &[("a", "1")]).await;
    let mut job = Commit::empty(NOW);
    job.changes = changes(&[Set("b", "2")]);
    same(revision(&subject.commit(&job).await, DONE), 2, "a commit without a token must be done under any");
    subject.commit(&subject.rotation(token(), subject.limits(), NOW)).await;
    same(revision(&subject.commit(&job).await, DONE), 4, "a commit without a token must be done after a rotation");
}

pub(in crate::testing::conformance) async fn a_commit_on_the_expected_revision_goes_ahead(store: Store) {
    let subject = Subject::created(&store, &[("a", "1")]).await;
    for expected in 1..=3 {
        let mut swap = subject.change(&[Set("a", &format!("{expected}0"))]);
        swap.revision = Some(expected);
        let promise = "a compare-and-swap on the record's revision must go ahead and add one to it";
        same(revision(&subject.commit(&swap).await, promise), expected + 1, promise);
    }
    same_values(&subject.stored().await.values, &[("a", "30")], "a compare-and-swap must store its changes");
}

pub(in crate::testing::conformance) async fn a_commit_on_another_revision_is_shown_the_record_as_it_is(store: Store) {
    let subject = Subject::created(&store, &[("a", "1"), ("b", "2")]).await;
    let mut other = subject.change(&[Set("a", "5"), Unset("b"), Set("c", "6")]);
    other.label = Some("renamed".into());
    subject.commit(&other).await;
    let before = subject.stored().await;
    for wrong in [0, 1, 3, u64::from(u32::MAX)] {
        let mut swap = subject.change(&[Clear, Set("a", "7")]);
        (swap.revision, swap.now) = (Some(wrong), subject.after(50));
        swap.rotation = Some(Rotation { token: token(), limits: subject.limits() });
        let committed = subject.commit(&swap).await;
        let Committed::Conflict(shown) = committed else {
            panic!("a commit on another revision must say Conflict\n  found:    {committed:?}");
        };
        same_record(Some(&shown), Some(&before), "a conflict must show the record as it is");
        let promise = "a commit on another revision must change nothing";
        same_record(Some(&subject.stored().await), Some(&before), promise);
    }
}

pub(in crate::testing::conformance) async fn a_token_is_looked_at_before_a_revision(store: Store) {
    let subject = Subject::created(&store, &[("a", "1")]).await;
    let mut swap = subject.change(&[Set("a", "2")]);
    (swap.token, swap.revision) = (Some(token()), Some(9));
    let promise =
        "a commit under another token and on another revision must say Replaced: a stranger is shown no record";
    same(subject.commit(&swap).await, Committed::Replaced { rotated: None }, promise);
}

pub(in crate::testing::conformance) async fn the_revision_counts_what_changed_something(store: Store) {
    let subject = Subject::created(&store, &[("a", "1")]).await;
    let mut renaming = subject.touch(NOW);
    renaming.label = Some("renamed".into());
    let commits = [
        ("a touch", subject.touch(NOW), 1),
        ("a value that is set", subject.change(&[Set("a", "2")]), 2),
        ("a touch that extends", subject.touch(subject.after(50)), 2),
        ("a key that is unset", subject.change(&[Unset("b")]), 3),
        ("a clearing", subject.change(&[Clear]), 4),
        ("a label", renaming, 5),
        ("a rotation", subject.rotation(subject.token, subject.limits(), NOW), 6),
        ("a commit of nothing", Commit::empty(NOW), 6),
        ("another touch", subject.touch(subject.after(60)), 6),
    ];
    for (what, commit, expected) in commits {
        let promise = format!("the revision must count each commit that changes something, and no touch: after {what}");
        same(revision(&subject.commit(&commit).await, DONE), expected, &promise);
        same(subject.stored().await.revision, expected, &promise);
    }
}

pub(in crate::testing::conformance) async fn a_label_is_kept_until_it_is_changed(store: Store) {
    let subject = Subject::created(&store, &[("a", "1")]).await;
    for label in ["Firefox", "", "\u{1f98a} ' \" \\ % \n", &"long ".repeat(2000)] {
        let mut renaming = subject.touch(NOW);
        renaming.label = Some(label.to_owned());
        subject.commit(&renaming).await;
        subject.commit(&subject.change(&[Set("a", "2")])).await;
        subject.commit(&subject.touch(NOW)).await;
        let kept = subject.stored().await.label;
        same(kept.as_deref(), Some(label), "a label must be kept, to the letter, until it is changed");
    }
    same_values(&subject.stored().await.values, &[("a", "2")], "a label must leave the values alone");
}
