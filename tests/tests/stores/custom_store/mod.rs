//! Tests of the conformance suite itself: each deliberate defect of a store is caught by a claim.

mod store;

use std::thread;

use session::store::conformance::{CLAIMS, Fixture, conformance, run};

use self::store::{CustomStore, Defect};

conformance!(sound, async {
    let store = CustomStore::new(None);
    Fixture::two_servers(store.clone(), store)
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
    a_creation_that_revives_an_expired_id: CreateRevivesExpired => creating_on_an_expired_id_says_false_too,
    a_commit_that_creates: CommitCreates => a_commit_finds_no_record_where_none_lives,
    a_commit_that_ignores_the_token: CommitIgnoresTheToken => a_commit_under_another_token_changes_nothing,
    a_commit_that_ignores_the_revision:
        CommitIgnoresTheRevision => a_commit_on_another_revision_is_shown_the_record_as_it_is,
    a_commit_that_looks_at_the_revision_first: CommitChecksTheRevisionFirst => a_token_is_looked_at_before_a_revision,
    a_commit_that_loads_and_stores: CommitIsNotAtomic => a_hundred_pairs_of_commits_of_different_keys_all_survive,
    a_compare_and_swap_that_loads_and_stores: CommitIsNotAtomic => a_hundred_compare_and_swaps_count_to_a_hundred,
    a_deletion_undone_by_a_commit: CommitIsNotAtomic => nothing_comes_back_after_an_ending_that_raced_a_commit,
    a_conflict_without_a_cause: CommitReportsAFalseConflict => a_commit_on_the_expected_revision_goes_ahead,
    a_conflict_that_shows_no_values: ConflictShowsNoValues => a_commit_on_another_revision_is_shown_the_record_as_it_is,
    a_conflict_that_loses_an_update: ConflictShowsNoValues => both_of_two_updates_of_one_key_survive,
    a_revision_that_is_not_counted: RevisionIsNotIncremented => the_revision_counts_what_changed_something,
    a_revision_that_counts_touches: TouchIncrementsTheRevision => the_revision_counts_what_changed_something,
    an_unset_that_is_lost: UnsetIsLost => a_commit_carries_out_its_changes_and_leaves_the_other_keys,
    a_clear_that_is_applied_last: ClearIsAppliedLast => a_commit_carries_out_its_changes_and_leaves_the_other_keys,
    a_commit_that_drops_other_keys: OtherKeysAreRemoved => a_commit_carries_out_its_changes_and_leaves_the_other_keys,
    a_label_that_is_dropped: LabelIsLost => a_label_is_kept_until_it_is_changed,
    a_rotation_that_keeps_the_limits: RotationKeepsTheLimits => a_rotation_replaces_the_token_and_keeps_the_values,
    a_rotation_that_is_not_remembered: RotationTimeIsLost => the_last_rotation_is_the_one_that_is_remembered,
    a_load_of_an_expired_record: LoadReturnsExpired => a_record_lives_until_the_very_instant_it_expires,
    a_record_that_lives_too_long: LivesAMillisecondTooLong => a_record_lives_until_the_very_instant_it_expires,
    a_touch_that_shortens: TouchShortens => no_use_shortens_a_session,
    a_use_that_always_extends: EveryUseExtends => a_touch_notes_the_use_and_extends_past_the_threshold_only,
    a_use_that_extends_past_the_end: ExtendsPastTheEnd => no_use_extends_beyond_the_end,
    a_job_that_extends: JobsExtend => a_commit_that_is_no_use_moves_no_time,
    a_deletion_that_ignores_the_token: DeleteIgnoresTheToken => another_token_does_not_end_a_session,
    a_deletion_that_ignores_the_index_entry: DeleteIgnoresTheIndexEntry => an_index_entry_ends_only_a_session_that_has_it,
    a_deletion_that_leaves_index_entries: DeletedIsStillFound => an_ended_session_is_not_found,
    an_expired_session_in_a_list: ExpiredIsStillFound => an_expired_session_is_not_found,
    a_committed_index_entry_that_is_lost:
        CommittedIndexEntriesAreLost => a_session_is_found_by_the_entry_that_a_commit_gave_it,
    a_moved_index_entry_that_stays: MovedIndexEntriesStay => a_moved_entry_is_found_where_it_is_and_no_longer_where_it_was,
    a_rejected_commit_that_changes_the_index: RejectedCommitsIndex => what_is_refused_changes_no_entry,
    a_list_that_is_unsorted: FindIsUnsorted => the_sessions_of_an_entry_are_found_the_oldest_first,
    numbers_that_are_rewritten: NumbersAreRewritten => values_keep_their_text_to_the_letter,
    keys_that_fold_case: KeysFoldCase => keys_are_compared_by_their_bytes,
    keys_that_are_trimmed: KeysAreTrimmed => keys_are_compared_by_their_bytes,
    a_sweep_that_drops_live_records: SweepDeletesLive => sweeping_spares_a_record_until_the_very_instant_it_expires,
    a_sweep_that_ignores_the_batch: SweepIgnoresTheBatch => sweeping_drops_what_expired_in_batches_and_nothing_else,
    a_scan_that_skips: ScanSkipsOnePerPage => a_walk_comes_to_every_live_session,
    a_scan_that_ignores_the_batch: ScanIgnoresTheBatch => a_walk_comes_in_batches,
    a_scan_by_position: ScanUsesPositions => a_walk_misses_no_session_that_lives_all_the_time,
    a_server_that_caches_loads: ServersCacheLoads => two_servers_see_each_others_commits,
    a_store_that_is_down_under_load: UnavailableUnderLoad => a_hundred_pairs_of_commits_of_different_keys_all_survive,
}

#[test]
fn a_failure_contains_the_promise_and_the_difference() {
    let failure = verdict(Some(Defect::UnsetIsLost), "a_commit_carries_out_its_changes_and_leaves_the_other_keys");
    let expected = [
        "a_commit_carries_out_its_changes_and_leaves_the_other_keys: ",
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
