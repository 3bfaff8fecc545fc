//! Claims: a rotation sets a new token and new limits, and keeps the values.

use std::time::Duration;

use crate::record::commit::{Committed, CommittedVersion};
use crate::record::lifetime_limits::Limits;
use crate::store::session_store::{DeleteCondition, Deleted};
use crate::testing::conformance::assertions::{assert_equal, assert_record};
use crate::testing::conformance::test_session::KeyChange::Set;
use crate::testing::conformance::test_session::{TestSession, changes, random_token};
use crate::testing::conformance::test_store::TestStore;

const DONE: &str = "a rotation with the current token must return Done";

pub(crate) async fn a_rotation_sets_token_and_limits_and_keeps_the_values(store: TestStore) {
    let session = TestSession::create(&store, &[("a", "1"), ("b", "2")]).await;
    let mut expected = session.new_record(&[("a", "1"), ("b", "3"), ("c", "4")]);
    let longer = Limits { idle: Duration::from_secs(500), absolute_end: session.time_after(5000) };
    let (next, rotated) = (random_token(), session.time_after(50));
    (expected.token, expected.rotated, expected.last_seen) = (next, Some(rotated), rotated);
    expected.login_rotated = Some(rotated);
    (expected.limits, expected.expires, expected.revision) = (longer, session.time_after(550), 2);

    let mut rotation = session.rotation(next, longer, rotated);
    rotation.changes = changes(&[Set("b", "3"), Set("c", "4")]);
    let expected_version = CommittedVersion { revision: 2, expires: session.time_after(550) };
    assert_equal(session.apply(&rotation, DONE).await, expected_version, "a rotation must set revision and expiry");
    let requirement = "a rotation must set token, limits and expiry, and keep the values";
    assert_record(Some(&session.expect_record().await), Some(&expected), requirement);

    let replaced = Committed::Replaced { rotated: Some(rotated) };
    assert_equal(
        session.commit(&session.touch(session.time_after(51))).await,
        replaced,
        "a rotated token must be rejected",
    );
    let with_new_token = TestSession { token: next, ..session.clone() };
    let touched = session.apply(&with_new_token.touch(session.time_after(151)), DONE).await;
    let renewed = CommittedVersion { revision: 2, expires: session.time_after(651) };
    assert_equal(touched, renewed, "after a rotation the new token must be accepted and renew by the new limits");
}

pub(crate) async fn a_rotation_can_shorten_the_lifetime(store: TestStore) {
    let session = TestSession::create(&store, &[]).await;
    let shorter = Limits { idle: Duration::from_secs(10), absolute_end: session.time_after(55) };
    let rotation = session.rotation(random_token(), shorter, session.time_after(1));
    let requirement = "a rotation must set the expiry by the new limits, even to an earlier time";
    assert_equal(session.apply(&rotation, DONE).await.expires, session.time_after(11), requirement);
    assert_record(session.load(session.time_after(11)).await.as_ref(), None, requirement);
    assert_equal(session.expect_record().await.limits, shorter, "a rotation must store its limits");
}

pub(crate) async fn every_earlier_token_returns_the_time_of_the_last_rotation(store: TestStore) {
    let session = TestSession::create(&store, &[]).await;
    let next = TestSession { token: random_token(), ..session.clone() };
    session.commit(&session.rotation(next.token, session.limits(), session.time_after(10))).await;
    session.commit(&next.rotation(random_token(), session.limits(), session.time_after(20))).await;
    let rotated = Some(session.time_after(20));
    for earlier in [&session, &next] {
        let requirement = "every earlier token must return Replaced with the time of the last rotation";
        let touched = earlier.commit(&earlier.touch(session.time_after(30))).await;
        assert_equal(touched, Committed::Replaced { rotated }, requirement);
        let outcome = earlier.delete(DeleteCondition::Token(earlier.token), session.time_after(30)).await;
        assert_equal(outcome, Deleted::Replaced { rotated }, requirement);
    }
}

pub(crate) async fn only_a_rotation_by_a_login_sets_the_time_of_the_login(store: TestStore) {
    let session = TestSession::create(&store, &[]).await;
    let login = session.rotation(session.token, session.limits(), session.time_after(10));
    let mut renewal = session.rotation(session.token, session.limits(), session.time_after(20));
    if let Some(rotation) = &mut renewal.rotation {
        rotation.is_login = false;
    }
    let requirement = "only a rotation by a login must set `login_rotated`";
    for (commit, rotated, login_rotated) in [(&renewal, 20, None), (&login, 10, Some(10)), (&renewal, 20, Some(10))] {
        session.apply(commit, DONE).await;
        let record = session.expect_record().await;
        assert_equal(record.rotated, Some(session.time_after(rotated)), "each rotation must set `rotated`");
        assert_equal(record.login_rotated, login_rotated.map(|seconds| session.time_after(seconds)), requirement);
    }
}

pub(crate) async fn each_login_is_later_than_the_one_before(store: TestStore) {
    let session = TestSession::create(&store, &[]).await;
    let mut expected = session.expect_record().await;
    for (seconds, millis) in [(0, 1), (0, 2), (10, 10_000), (5, 10_001), (10, 10_002), (11, 11_000)] {
        let login = session.rotation(session.token, session.limits(), session.time_after(seconds));
        login.apply(&mut expected);
        session.apply(&login, DONE).await;
        let record = session.expect_record().await;
        let requirement =
            "a login must be stored as at least one millisecond later than the creation and earlier logins";
        assert_equal(record.login_rotated, Some(session.start + Duration::from_millis(millis)), requirement);
        assert_record(Some(&record), Some(&expected), requirement);
    }
}
