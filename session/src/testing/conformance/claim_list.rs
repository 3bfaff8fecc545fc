//! The only list of all claims, from which `CLAIMS`, `run` and the tests of `conformance!` are generated.

/// Calls `callback! { arguments… file [claim, …] file [claim, …] … }` with all claims, grouped by file.
///
/// A test that needs the names of one group matches its file name, for example `concurrent_requests`.
#[doc(hidden)]
#[macro_export]
macro_rules! __each_claim {
    ([$($callback:tt)*] $($arguments:tt)*) => {
        $($callback)*! {
            $($arguments)*
            create [
                loading_an_absent_record_returns_none,
                every_field_of_a_created_record_is_loaded_unchanged,
                a_record_without_values_is_stored,
                creating_on_a_live_id_changes_nothing,
                creating_on_an_expired_id_returns_false,
                operations_affect_only_the_record_of_their_id,
            ]
            commit [
                a_commit_applies_its_changes_and_keeps_the_other_keys,
                a_commit_changes_revision_and_expiry_and_returns_them_or_nothing,
                a_commit_applies_changes_label_and_rotation_together,
                a_commit_on_an_absent_or_expired_record_returns_missing,
                a_commit_with_another_token_changes_nothing,
                a_commit_without_a_token_is_applied_under_any_token,
                a_commit_on_the_expected_revision_is_applied,
                a_commit_on_another_revision_returns_the_current_record,
                the_token_is_checked_before_the_revision,
                only_mutations_increment_the_revision,
                a_label_is_kept_until_it_is_changed,
            ]
            rotation [
                a_rotation_sets_token_and_limits_and_keeps_the_values,
                a_rotation_can_shorten_the_lifetime,
                every_earlier_token_returns_the_time_of_the_last_rotation,
                only_a_rotation_by_a_login_sets_the_time_of_the_login,
                each_login_is_later_than_the_one_before,
            ]
            delete [
                the_current_token_deletes_the_session,
                another_token_does_not_delete_the_session,
                an_index_entry_deletes_only_a_session_that_has_it,
                a_session_is_deleted_without_a_condition,
                deleting_an_absent_or_expired_record_returns_missing,
                a_deleted_session_leaves_no_data,
            ]
            expiry [
                a_touch_sets_last_seen_and_renews_only_below_the_threshold,
                a_renewal_never_shortens_the_lifetime,
                a_renewal_never_exceeds_the_absolute_end,
                a_change_renews_like_a_touch,
                a_commit_without_renewal_changes_no_time,
                a_commit_without_a_token_can_renew,
                a_record_is_live_until_its_expiry,
                sweeping_deletes_only_expired_records_up_to_the_limit,
                sweeping_keeps_a_record_until_its_expiry,
                sweeping_keeps_a_renewed_record_until_its_new_expiry,
                sweeping_does_not_count_a_deleted_session,
                sweeping_leaves_no_data,
            ]
            values [
                keys_are_compared_by_their_bytes,
                values_keep_their_exact_json_text,
                a_value_can_have_several_megabytes,
                a_record_can_have_a_thousand_keys,
            ]
            index [
                a_session_is_found_by_its_initial_index_entries,
                a_session_is_found_by_a_committed_index_entry,
                a_found_session_has_the_current_metadata,
                a_changed_index_entry_is_found_only_by_its_new_hash,
                a_removed_index_entry_is_not_found,
                an_index_entry_is_kept_by_commits_of_other_keys,
                a_commit_of_index_entries_changes_only_the_revision,
                a_rejected_operation_changes_no_index_entry,
                a_deleted_session_is_not_found,
                an_expired_session_is_not_found,
                the_sessions_of_an_index_entry_are_found_oldest_first,
                pages_of_an_index_entry_return_each_session_once_in_order,
                pages_return_every_session_that_has_the_index_entry_throughout,
                the_records_of_an_index_entry_are_the_stored_records_in_the_same_pages,
                the_records_of_an_index_entry_are_live_and_have_it,
                concurrently_created_sessions_are_all_found,
            ]
            scan [
                a_scan_returns_every_live_session,
                a_scan_returns_no_deleted_or_expired_session,
                a_scan_returns_pages_of_about_the_limit,
                a_scan_returns_every_session_that_is_live_throughout,
                a_text_that_is_no_cursor_is_the_error_invalid_cursor,
                the_count_is_the_number_of_live_sessions,
            ]
            races [
                concurrent_commits_of_different_keys_are_all_stored,
                concurrent_commits_on_two_servers_are_all_stored,
                concurrent_compare_and_swaps_lose_no_update,
                concurrent_compare_and_swaps_on_two_servers_lose_no_update,
                a_concurrent_clear_removes_both_keys_of_a_commit_or_none,
                of_concurrent_creations_exactly_one_succeeds,
                of_concurrent_creations_on_two_servers_exactly_one_succeeds,
                of_concurrent_rotations_exactly_one_succeeds,
                of_concurrent_rotations_on_two_servers_exactly_one_succeeds,
                of_concurrent_deletions_exactly_one_succeeds,
                of_concurrent_deletions_on_two_servers_exactly_one_succeeds,
                a_concurrent_commit_never_revives_a_deleted_session,
                a_concurrent_commit_never_revives_a_session_deleted_on_another_server,
                concurrent_operations_of_every_kind_are_atomic,
            ]
            two_servers [
                two_servers_see_each_others_commits,
                two_servers_see_each_others_rotations_and_deletions,
                two_servers_share_one_index,
                a_scan_can_continue_on_another_server,
                sweeping_on_two_servers_deletes_each_record_once,
            ]
            unreachable [
                a_refused_connection_is_an_error_at_once_and_nothing_was_sent,
                concurrent_operations_on_refused_connections_all_fail_at_once,
            ]
            operation_counts [
                a_request_without_server_state_costs_no_operation,
                a_request_without_a_record_costs_nothing_until_its_first_write,
                reading_any_number_of_keys_costs_one_load,
                writing_without_reading_costs_one_commit_of_the_changed_keys,
                reading_the_request_s_own_writes_costs_no_load,
                reading_and_writing_costs_one_load_and_one_commit,
                an_update_costs_one_load_and_one_commit_of_its_key,
                a_lost_race_costs_an_update_one_more_commit_and_no_load,
                a_deletion_costs_one_operation_and_a_new_session_one_more,
                writing_the_stored_value_or_removing_an_absent_key_costs_no_commit,
                only_the_changed_key_of_many_is_sent,
                a_read_below_the_renewal_threshold_costs_one_load_and_one_touch,
                a_write_below_the_renewal_threshold_renews_in_the_same_commit,
                with_renew_on_changes_a_read_does_not_renew,
                a_verified_open_costs_the_only_load_of_its_request,
            ]
            concurrent_requests [
                concurrent_writes_of_different_keys_are_both_stored,
                concurrent_updates_of_one_key_are_both_applied,
                an_update_and_a_concurrent_write_of_another_key_are_both_stored,
                of_two_writes_of_one_key_the_later_commit_wins,
                a_clear_removes_only_values_that_were_committed_before_it,
                a_write_after_a_logout_fails_and_revives_nothing,
                no_operation_after_a_logout_revives_the_session,
                an_update_after_a_logout_fails_and_revives_nothing,
                after_a_logout_every_write_fails_until_a_restart,
                a_read_only_request_during_a_logout_succeeds,
                a_login_with_the_cookie_of_a_deleted_session_succeeds,
                a_concurrent_rotation_rejects_writes_without_logging_anyone_out,
                a_login_that_is_submitted_twice_succeeds,
                a_login_by_update_with_a_rotated_token_succeeds,
                a_logout_with_a_rotated_token_fails_and_the_session_remains,
                every_earlier_token_is_recognized_as_rotated_during_the_grace_period,
                a_value_that_is_taken_by_update_is_returned_to_one_request_only,
                concurrent_writes_never_revive_a_session_after_a_logout,
            ]
            detached [
                a_detached_handle_reads_and_writes_after_the_response,
                a_detached_handle_is_refused_after_a_logout,
                a_detached_handle_is_refused_after_its_session_expired,
                a_detached_handle_is_refused_after_a_login,
                a_detached_handle_of_a_planted_session_reads_nothing_of_the_user,
                a_detached_handle_works_after_renewals_of_the_token,
                a_detached_handle_of_a_renewed_token_is_refused,
                a_commit_of_a_detached_handle_during_a_login_is_stored_before_it_or_refused,
                commits_of_a_detached_handle_during_renewals_are_all_stored,
                a_handle_that_keeps_alive_renews_up_to_the_absolute_end,
                a_detached_handle_costs_the_operations_of_a_request,
            ]
            user_sessions [
                the_sessions_of_a_user_are_found_oldest_first,
                a_found_session_has_its_times_and_label,
                every_write_to_an_indexed_key_updates_the_index,
                a_deleted_or_expired_session_of_a_user_is_not_found,
                the_sessions_of_a_user_are_listed_with_their_values_in_one_operation,
                all_sessions_are_listed_with_their_values_in_one_operation_per_page,
                revoking_deletes_only_a_session_of_the_same_user,
                revoking_all_can_keep_the_current_session,
                a_limit_deletes_the_oldest_sessions_and_never_the_newest_login,
                a_write_by_id_does_not_renew_and_survives_a_rotation,
                a_write_by_id_never_creates_or_revives_a_session,
            ]
        }
    };
}
