//! The outcomes of all frameworks.

use app::cases::Cases;
use session_framework_cases::{Application, assert_outcome, assert_outcomes, case_names};

use crate::LISTENERS;

/// Starts the application of all frameworks, and returns its address.
async fn serve() -> String {
    let start = server::start_cases(Cases(Application::new()));
    let server = LISTENERS.spawn(start).await.unwrap().unwrap();
    server.address.to_string()
}

/// Each case is a test on a server of its own.
macro_rules! cases {
    ($($name:ident),* $(,)?) => {
        $(#[tokio::test]
        async fn $name() {
            assert_outcome(stringify!($name), &serve().await).await;
        })*

        #[test]
        fn every_case_is_a_test() {
            assert_eq!(case_names(), [$(stringify!($name)),*]);
        }
    };
}

cases!(
    an_untouched_request_costs_no_store_operation_and_sends_no_cookie,
    a_sign_up_is_one_store_operation,
    a_login_replaces_the_token_and_keeps_the_cart,
    a_login_of_another_user_starts_a_new_session,
    items_added_in_two_tabs_at_once_are_both_in_the_cart,
    a_slow_write_after_a_logout_is_refused_and_not_stored,
    a_server_error_after_a_write_stores_nothing,
    a_server_error_after_a_logout_deletes_the_session,
    a_client_error_after_a_write_stores_it,
    a_session_error_of_a_handler_responds_with_its_status_and_stores_nothing,
    a_store_that_is_down_responds_503_with_an_empty_body,
    a_handle_moved_into_a_task_reads_but_cannot_write_after_the_response,
    a_task_that_its_handler_awaits_can_write,
    client_state_is_in_its_own_cookie,
);

#[tokio::test]
async fn all_outcomes_in_one_server_are_those_of_the_page() {
    assert_outcomes("Pavex", &serve().await).await;
}
