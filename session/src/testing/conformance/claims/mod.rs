//! The list of all claims, of which their table and the tests of [`conformance!`](crate::conformance) are made.

pub(super) mod commit;
pub(super) mod create;
pub(super) mod deletion;
pub(super) mod expiry;
pub(super) mod index;
pub(super) mod races;
pub(super) mod rotation;
pub(super) mod scan;
pub(super) mod servers;
pub(super) mod values;

/// Invokes a macro with every claim, by the file that it is in.
#[doc(hidden)]
#[macro_export]
macro_rules! __each_claim {
    ([$($then:tt)*] $($given:tt)*) => {
        $($then)*! {
            $($given)*
            create [
                an_absent_record_loads_as_none,
                a_created_record_loads_equal_in_every_field,
                an_empty_record_is_a_record,
                creating_on_a_live_id_changes_nothing,
                creating_on_an_expired_id_says_false_too,
                records_do_not_mix,
            ]
            commit [
                a_commit_carries_out_its_changes_and_leaves_the_other_keys,
                a_commit_says_what_it_made_of_the_record,
                a_commit_of_everything_at_once_is_carried_out_whole,
                a_commit_finds_no_record_where_none_lives,
                a_commit_under_another_token_changes_nothing,
                a_commit_without_a_token_asks_for_none,
                a_commit_on_the_expected_revision_goes_ahead,
                a_commit_on_another_revision_is_shown_the_record_as_it_is,
                a_token_is_looked_at_before_a_revision,
                the_revision_counts_what_changed_something,
                a_label_is_kept_until_it_is_changed,
            ]
            rotation [
                a_rotation_replaces_the_token_and_keeps_the_values,
                a_rotation_may_shorten_the_life_of_a_session,
                the_last_rotation_is_the_one_that_is_remembered,
            ]
            deletion [
                the_current_token_ends_a_session,
                another_token_does_not_end_a_session,
                an_index_entry_ends_only_a_session_that_has_it,
                the_application_ends_a_session_without_a_proof,
                there_is_nothing_to_end_where_no_record_lives,
                an_ended_session_leaves_nothing_behind,
            ]
            expiry [
                a_touch_notes_the_use_and_extends_past_the_threshold_only,
                no_use_shortens_a_session,
                no_use_extends_beyond_the_end,
                a_change_extends_as_a_touch_does,
                a_commit_that_is_no_use_moves_no_time,
                a_record_lives_until_the_very_instant_it_expires,
                sweeping_drops_what_expired_in_batches_and_nothing_else,
                sweeping_spares_a_record_until_the_very_instant_it_expires,
                sweeping_spares_an_extended_record_until_its_new_time,
                sweeping_does_not_count_an_ended_session,
                sweeping_leaves_nothing_behind,
            ]
            values [
                keys_are_compared_by_their_bytes,
                values_keep_their_text_to_the_letter,
                a_value_may_have_megabytes,
                a_record_may_have_a_thousand_keys,
            ]
            index [
                a_session_is_found_by_the_entries_it_was_created_with,
                a_session_is_found_by_the_entry_that_a_commit_gave_it,
                a_found_session_tells_what_its_record_says,
                a_moved_entry_is_found_where_it_is_and_no_longer_where_it_was,
                a_dropped_entry_is_not_found,
                an_entry_stays_through_commits_that_do_not_name_it,
                a_commit_of_entries_alone_is_no_change_of_the_record,
                what_is_refused_changes_no_entry,
                an_ended_session_is_not_found,
                an_expired_session_is_not_found,
                the_sessions_of_an_entry_are_found_the_oldest_first,
                sessions_that_come_at_once_are_all_found,
            ]
            scan [
                a_walk_comes_to_every_live_session,
                a_walk_comes_to_no_ended_or_expired_session,
                a_walk_comes_in_batches,
                a_walk_misses_no_session_that_lives_all_the_time,
            ]
            races [
                a_hundred_pairs_of_commits_of_different_keys_all_survive,
                a_hundred_pairs_of_commits_on_two_servers_all_survive,
                a_hundred_compare_and_swaps_count_to_a_hundred,
                compare_and_swaps_on_two_servers_count_to_a_hundred,
                a_clearing_races_a_commit_of_two_keys_and_leaves_both_or_none,
                of_rival_creations_exactly_one_succeeds,
                of_rival_creations_on_two_servers_exactly_one_succeeds,
                of_rival_rotations_exactly_one_succeeds,
                of_rival_rotations_on_two_servers_exactly_one_succeeds,
                of_rival_endings_exactly_one_succeeds,
                of_rival_endings_on_two_servers_exactly_one_succeeds,
                nothing_comes_back_after_an_ending_that_raced_a_commit,
                nothing_comes_back_after_an_ending_on_the_other_server,
                a_session_stays_whole_under_everything_at_once,
            ]
            servers [
                two_servers_see_each_others_commits,
                two_servers_see_each_others_rotations_and_endings,
                two_servers_share_one_index,
                two_servers_walk_over_the_same_sessions,
                sweeping_on_two_servers_drops_each_record_once,
            ]
            costs [
                a_request_that_does_not_touch_server_state_costs_nothing,
                a_request_without_a_record_asks_nothing_until_its_first_write,
                reading_any_number_of_keys_is_one_load,
                only_writing_is_one_commit_of_the_changed_keys,
                reading_what_the_request_wrote_itself_takes_no_load,
                reading_and_writing_is_one_load_and_one_commit,
                an_update_is_one_load_and_one_commit_of_its_key,
                a_lost_race_costs_an_update_one_more_commit_and_no_load,
                ending_is_one_operation_and_beginning_anew_another,
                writing_what_is_there_and_removing_what_is_not_is_no_commit,
                one_changed_key_of_many_travels_alone,
                a_read_past_the_threshold_is_one_load_and_one_touch,
                a_write_past_the_threshold_extends_in_the_same_commit,
                with_changes_only_a_read_extends_nothing,
                a_verified_open_is_the_one_load_of_its_request,
            ]
            requests [
                both_of_two_writers_of_different_keys_survive,
                both_of_two_updates_of_one_key_survive,
                an_update_survives_a_blind_write_of_another_key_in_between,
                of_two_writers_of_one_key_the_later_commit_wins,
                a_clear_drops_what_was_committed_before_it_and_nothing_after,
                a_reader_that_writes_after_a_sign_out_is_told_and_nothing_comes_back,
                no_verb_of_a_request_that_read_a_live_session_revives_it,
                an_update_after_a_sign_out_is_told_and_nothing_comes_back,
                writing_on_after_the_error_is_an_error_again_but_a_restart_begins_anew,
                a_read_only_request_beside_a_sign_out_is_no_error,
                signing_in_with_the_cookie_of_an_ended_session_works_the_first_time,
                a_rotation_elsewhere_refuses_reader_and_writer_without_logging_anyone_out,
                a_sign_in_clicked_twice_is_not_refused,
                a_sign_in_by_update_with_a_replaced_token_is_not_refused,
                signing_out_with_a_replaced_token_is_an_error_and_the_session_lives,
                every_earlier_token_is_replaced_for_the_grace_after_the_last_rotation,
                taking_by_update_gives_a_value_to_one_request_alone,
                nothing_comes_back_after_a_sign_out_that_raced_writers,
            ]
            user_sessions [
                the_sessions_of_a_user_are_found_the_oldest_first,
                a_found_session_tells_when_and_what_it_is,
                every_write_to_an_indexed_key_moves_the_session,
                an_ended_or_expired_session_of_a_user_is_not_found,
                revoking_ends_a_session_of_this_user_and_no_other_s,
                revoking_all_may_spare_the_current_session,
                a_limit_ends_the_oldest_sessions_and_never_the_newest_sign_in,
                a_job_s_write_is_no_use_of_the_session_and_survives_a_rotation,
                a_job_never_creates_and_never_revives,
            ]
        }
    };
}

/// Makes the tests of one store.
#[doc(hidden)]
#[macro_export]
macro_rules! __claim_tests {
    ($($file:ident [$($claim:ident,)*])*) => {$($(
        #[test]
        fn $claim() {
            $crate::store::conformance::prove(stringify!($claim), fixture());
        }
    )*)*};
}

/// Tests of a store, one for each of [`CLAIMS`](crate::store::conformance::CLAIMS): `conformance!(NAME, FIXTURE)` is a module of
/// this name with plain `#[test]` functions.
///
/// FIXTURE is an expression that gives a future of a [`Fixture`](crate::store::conformance::Fixture), such as an `async` block. It
/// is evaluated anew for each claim, and sees the items of the module that the macro is called in.
///
/// ```
/// use session::store::MemoryStore;
/// use session::store::conformance::{Fixture, conformance};
///
/// conformance!(memory, async { Fixture::in_process(MemoryStore::new()) });
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! conformance {
    ($name:ident, $fixture:expr $(,)?) => {
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            fn fixture() -> impl ::core::future::Future<Output = $crate::store::conformance::Fixture> {
                $fixture
            }

            $crate::__each_claim! { [$crate::__claim_tests] }
        }
    };
}
