//! Tests of the conformance suite itself: each deliberate defect of a store is caught by a claim.

mod store;
mod unreachable;

use std::thread;

use session::store::conformance::{CLAIMS, Fixture, conformance, run};

use self::store::{CustomStore, Defect};
use self::unreachable::{RefusalDefect, UnreachableStore};

conformance!(sound, async {
    let store = CustomStore::new(None);
    Fixture::two_servers(store.clone(), store).unreachable(UnreachableStore::new(None))
});

/// Runs a claim on a new store with this defect.
fn verdict(defect: Option<Defect>, claim: &str) -> Result<(), String> {
    let store = CustomStore::new(defect);
    run(claim, async { Fixture::two_servers(store.clone(), store) })
}

/// `name: Defect => claim` is a test that the claim catches the defect with a readable message.
macro_rules! caught {
    ($($name:ident: $defect:ident => $claim:ident,)*) => {$(
        #[test]
        fn $name() {
            let claim = stringify!($claim);
            let failure = verdict(Some(Defect::$defect), claim).expect_err("the claim did not catch the defect");
            println!("{failure}");
            let promise = failure.strip_prefix(&format!("{claim}: ")).expect("a failure starts with its claim");
            let first_line = promise.lines().next().unwrap();
            assert!(first_line.contains(" must "), "a failure names the promise: {failure}");
        }
    )*};
}

caught! {
    a_creation_that_overwrites: CreateOverwrites => creating_on_a_live_id_changes_nothing,
    a_creation_that_revives_an_expired_id: CreateRevivesExpired => creating_on_an_expired_id_returns_false,
    a_commit_that_creates: CommitCreates => a_commit_on_an_absent_or_expired_record_returns_missing,
    a_commit_that_ignores_the_token: CommitIgnoresTheToken => a_commit_with_another_token_changes_nothing,
    a_commit_that_ignores_the_revision:
        CommitIgnoresTheRevision => a_commit_on_another_revision_returns_the_current_record,
    a_commit_that_looks_at_the_revision_first: CommitChecksTheRevisionFirst => the_token_is_checked_before_the_revision,
    a_commit_that_loads_and_stores: CommitIsNotAtomic => concurrent_commits_of_different_keys_are_all_stored,
    a_compare_and_swap_that_loads_and_stores: CommitIsNotAtomic => concurrent_compare_and_swaps_lose_no_update,
    a_deletion_undone_by_a_commit: CommitIsNotAtomic => a_concurrent_commit_never_revives_a_deleted_session,
    a_conflict_without_a_cause: CommitReportsAFalseConflict => a_commit_on_the_expected_revision_is_applied,
    a_conflict_that_shows_no_values: ConflictShowsNoValues => a_commit_on_another_revision_returns_the_current_record,
    a_conflict_that_loses_an_update: ConflictShowsNoValues => concurrent_updates_of_one_key_are_both_applied,
    a_revision_that_is_not_counted: RevisionIsNotIncremented => only_mutations_increment_the_revision,
    a_revision_that_counts_touches: TouchIncrementsTheRevision => only_mutations_increment_the_revision,
    an_unset_that_is_lost: UnsetIsLost => a_commit_applies_its_changes_and_keeps_the_other_keys,
    a_clear_that_is_applied_last: ClearIsAppliedLast => a_commit_applies_its_changes_and_keeps_the_other_keys,
    a_commit_that_drops_other_keys: OtherKeysAreRemoved => a_commit_applies_its_changes_and_keeps_the_other_keys,
    a_label_that_is_dropped: LabelIsLost => a_label_is_kept_until_it_is_changed,
    a_rotation_that_keeps_the_limits: RotationKeepsTheLimits => a_rotation_sets_token_and_limits_and_keeps_the_values,
    a_rotation_that_is_not_remembered: RotationTimeIsLost => every_earlier_token_returns_the_time_of_the_last_rotation,
    logins_of_the_same_time: LoginsHaveEqualTimes => each_login_is_later_than_the_one_before,
    a_login_that_a_detached_handle_does_not_notice: LoginsHaveEqualTimes => a_detached_handle_is_refused_after_a_login,
    a_load_of_an_expired_record: LoadReturnsExpired => a_record_is_live_until_its_expiry,
    a_record_that_lives_too_long: LivesAMillisecondTooLong => a_record_is_live_until_its_expiry,
    a_touch_that_shortens: TouchShortens => a_renewal_never_shortens_the_lifetime,
    a_use_that_always_extends: EveryUseExtends => a_touch_sets_last_seen_and_renews_only_below_the_threshold,
    a_use_that_extends_past_the_end: ExtendsPastTheEnd => a_renewal_never_exceeds_the_absolute_end,
    a_job_that_extends: JobsExtend => a_commit_without_renewal_changes_no_time,
    a_job_that_never_extends: JobsNeverExtend => a_commit_without_a_token_can_renew,
    a_deletion_that_ignores_the_token: DeleteIgnoresTheToken => another_token_does_not_delete_the_session,
    a_deletion_that_ignores_the_index_entry: DeleteIgnoresTheIndexEntry => an_index_entry_deletes_only_a_session_that_has_it,
    a_deletion_that_leaves_index_entries: DeletedIsStillFound => a_deleted_session_is_not_found,
    an_expired_session_in_a_list: ExpiredIsStillFound => an_expired_session_is_not_found,
    a_committed_index_entry_that_is_lost:
        CommittedIndexEntriesAreLost => a_session_is_found_by_a_committed_index_entry,
    a_moved_index_entry_that_stays: MovedIndexEntriesStay => a_changed_index_entry_is_found_only_by_its_new_hash,
    a_rejected_commit_that_changes_the_index: RejectedCommitsIndex => a_rejected_operation_changes_no_index_entry,
    a_list_that_is_unsorted: FindIsUnsorted => the_sessions_of_an_index_entry_are_found_oldest_first,
    a_page_that_skips_equal_times: FindSkipsEqualTimes => pages_of_an_index_entry_return_each_session_once_in_order,
    a_page_that_ignores_the_limit: FindIgnoresTheLimit => pages_of_an_index_entry_return_each_session_once_in_order,
    a_page_by_position: FindUsesPositions => pages_return_every_session_that_has_the_index_entry_throughout,
    a_page_of_records_without_values:
        FoundRecordsHaveNoValues => the_records_of_an_index_entry_are_the_stored_records_in_the_same_pages,
    a_list_without_values:
        FoundRecordsHaveNoValues => the_sessions_of_a_user_are_listed_with_their_values_in_one_operation,
    an_expired_record_in_a_list: ExpiredIsStillFound => the_records_of_an_index_entry_are_live_and_have_it,
    an_invalid_cursor_that_is_a_failure: InvalidCursorsAreFailures => a_text_that_is_no_cursor_is_the_error_invalid_cursor,
    a_count_with_expired_sessions: CountIncludesExpired => the_count_is_the_number_of_live_sessions,
    numbers_that_are_rewritten: NumbersAreRewritten => values_keep_their_exact_json_text,
    keys_that_fold_case: KeysFoldCase => keys_are_compared_by_their_bytes,
    keys_that_are_trimmed: KeysAreTrimmed => keys_are_compared_by_their_bytes,
    a_sweep_that_drops_live_records: SweepDeletesLive => sweeping_keeps_a_record_until_its_expiry,
    a_sweep_that_ignores_the_batch: SweepIgnoresTheBatch => sweeping_deletes_only_expired_records_up_to_the_limit,
    a_scan_that_skips: ScanSkipsOnePerPage => a_scan_returns_every_live_session,
    a_scan_that_ignores_the_batch: ScanIgnoresTheBatch => a_scan_returns_pages_of_about_the_limit,
    a_scan_by_position: ScanUsesPositions => a_scan_returns_every_session_that_is_live_throughout,
    a_server_that_caches_loads: ServersCacheLoads => two_servers_see_each_others_commits,
    a_store_that_is_down_under_load: UnavailableUnderLoad => concurrent_commits_of_different_keys_are_all_stored,
}

#[test]
fn each_defect_of_a_refused_connection_is_caught() {
    let claim = "a_refused_connection_is_an_error_at_once_and_nothing_was_sent";
    for (defect, found) in [
        (RefusalDefect::OutcomeIsUnknown, "found:    connection refused"),
        (RefusalDefect::LaterOutcomesAreUnknown, "found:    connection refused"),
        (RefusalDefect::WritesAreBuffered, "found:    it succeeded"),
        (RefusalDefect::TimesOut, "found:    no reply within"),
    ] {
        let unreachable = UnreachableStore::new(Some(defect));
        let fixture = async { Fixture::in_process(CustomStore::new(None)).unreachable(unreachable) };
        let failure = run(claim, fixture).expect_err("the claim did not catch the defect");
        assert!(failure.contains("must return `Unavailable::NotSent` at once") && failure.contains(found), "{failure}");
    }
}

#[test]
fn a_failure_contains_the_promise_and_the_difference() {
    let failure = verdict(Some(Defect::UnsetIsLost), "a_commit_applies_its_changes_and_keeps_the_other_keys");
    let expected = [
        "a_commit_applies_its_changes_and_keeps_the_other_keys: ",
        "a commit must clear first, then set and unset its keys, and leave the others: after unset a\n",
        "  key \"a\": found 1, expected nothing",
    ];
    assert_eq!(failure.unwrap_err(), expected.concat());
}

#[test]
fn an_unknown_claim_is_an_error() {
    let failure = verdict(None, "it_works").unwrap_err();
    assert_eq!(failure, "it_works: there is no claim of this name; `CLAIMS` lists them");
}

#[tokio::test]
async fn a_claim_inside_a_runtime_is_an_error_and_no_abort() {
    let failure = verdict(None, CLAIMS[0]).unwrap_err();
    assert!(failure.contains("brings its own tokio runtime"), "{failure}");
}

#[test]
fn a_shared_store_passes_all_claims_twice_in_sequence() {
    let store = CustomStore::new(None);
    for claim in CLAIMS.iter().chain(CLAIMS) {
        run(claim, async { Fixture::in_process(store.clone()) }).unwrap();
    }
}

#[test]
fn a_shared_store_passes_concurrent_claims_that_do_not_sweep() {
    let store = &CustomStore::new(None);
    let (sweeping, others): (Vec<&str>, Vec<&str>) = CLAIMS.iter().partition(|claim| claim.starts_with("sweeping"));
    thread::scope(|scope| {
        for claims in [&sweeping[..]].into_iter().chain(others.chunks(20)) {
            scope.spawn(move || {
                for claim in claims {
                    run(claim, async { Fixture::in_process(store.clone()) }).unwrap();
                }
            });
        }
    });
}
