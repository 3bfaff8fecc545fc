//! The cases: the requests of each one, and the order in which they overlap.

use crate::outcome_table::OutcomeTable;

/// A claim, and the requests that show it.
macro_rules! cases {
    ($($name:ident($table:ident) $requests:block)*) => {
        /// The names of all cases, in the order of `outcomes.md`.
        pub fn case_names() -> &'static [&'static str] {
            &[$(stringify!($name)),*]
        }

        /// Runs a case on the server at an address.
        pub(crate) async fn run(name: &str, address: &str) -> OutcomeTable {
            let mut table = OutcomeTable::new(address);
            match name {
                $(stringify!($name) => $name(&mut table).await,)*
                _ => panic!("there is no case {name:?}"),
            }
            table
        }

        $(async fn $name($table: &mut OutcomeTable) $requests)*
    };
}

cases! {
    an_untouched_request_costs_no_store_operation_and_sends_no_cookie(table) {
        let mut visitor = table.browser("visitor");
        for _ in 0..2 {
            visitor.get(table, "/untouched").await;
            visitor.get(table, "/unused").await;
            visitor.get(table, "/no-such-page").await;
            visitor.post(table, "/sign-up").await;
        }
    }

    a_sign_up_is_one_store_operation(table) {
        let mut visitor = table.browser("visitor");
        visitor.get(table, "/user").await;
        visitor.post(table, "/sign-up").await;
        visitor.get(table, "/cart").await;
    }

    a_login_replaces_the_token_and_keeps_the_cart(table) {
        let mut visitor = table.browser("visitor");
        visitor.post(table, "/cart/tea").await;
        let mut old_tab = visitor.tab("old token");
        visitor.post(table, "/login/7").await;
        visitor.get(table, "/user").await;
        visitor.get(table, "/cart").await;
        old_tab.get(table, "/cart").await;
        old_tab.post(table, "/sign-up").await;
        old_tab.post(table, "/logout").await;
        visitor.get(table, "/cart").await;
    }

    a_login_of_another_user_starts_a_new_session(table) {
        let mut visitor = table.browser("visitor");
        visitor.post(table, "/login/7").await;
        visitor.post(table, "/cart/tea").await;
        visitor.post(table, "/login/8").await;
        visitor.get(table, "/user").await;
        visitor.get(table, "/cart").await;
    }

    items_added_in_two_tabs_at_once_are_both_in_the_cart(table) {
        let mut visitor = table.browser("tab 1");
        visitor.post(table, "/sign-up").await;
        let slow = visitor.tab("tab 2").start(table, "/slow-cart/tea").await;
        visitor.post(table, "/cart/milk").await;
        slow.finish(table).await;
        visitor.get(table, "/cart").await;
    }

    a_slow_write_after_a_logout_is_refused_and_not_stored(table) {
        let mut visitor = table.browser("tab 1");
        visitor.post(table, "/cart/tea").await;
        visitor.post(table, "/theme/dark").await;
        let mut old_tab = visitor.tab("tab 2");
        let slow = old_tab.clone().start(table, "/slow-write").await;
        visitor.post(table, "/logout").await;
        slow.finish(table).await;
        visitor.get(table, "/cart").await;
        old_tab.get(table, "/cart").await;
    }

    a_server_error_after_a_write_stores_nothing(table) {
        let mut visitor = table.browser("visitor");
        visitor.post(table, "/fail").await;
        visitor.post(table, "/cart/tea").await;
        visitor.post(table, "/fail").await;
        visitor.get(table, "/cart").await;
    }

    a_server_error_after_a_logout_deletes_the_session(table) {
        let mut visitor = table.browser("visitor");
        visitor.post(table, "/cart/tea").await;
        let mut old_tab = visitor.tab("old token");
        visitor.post(table, "/fail-after-logout").await;
        old_tab.get(table, "/cart").await;
    }

    a_client_error_after_a_write_stores_it(table) {
        let mut visitor = table.browser("visitor");
        visitor.post(table, "/reject").await;
        visitor.get(table, "/cart").await;
    }

    a_session_error_of_a_handler_responds_with_its_status_and_stores_nothing(table) {
        let mut visitor = table.browser("visitor");
        visitor.post(table, "/cart/tea").await;
        visitor.post(table, "/misread").await;
        visitor.get(table, "/user").await;
    }

    a_store_that_is_down_responds_503_with_an_empty_body(table) {
        let mut visitor = table.browser("visitor");
        visitor.post(table, "/cart/tea").await;
        table.control("store-down").await;
        visitor.get(table, "/cart").await;
        visitor.post(table, "/sign-up").await;
        visitor.post(table, "/logout").await;
        visitor.get(table, "/untouched").await;
        table.browser("stranger").post(table, "/sign-up").await;
        table.control("store-up").await;
        visitor.get(table, "/cart").await;
    }

    a_handle_moved_into_a_task_reads_but_cannot_write_after_the_response(table) {
        let mut visitor = table.browser("visitor");
        visitor.post(table, "/cart/tea").await;
        visitor.post(table, "/detached-task").await;
        table.finish_task().await;
        visitor.get(table, "/cart").await;
        visitor.get(table, "/user").await;
    }

    a_task_that_its_handler_awaits_can_write(table) {
        let mut visitor = table.browser("visitor");
        visitor.post(table, "/awaited-task").await;
        visitor.get(table, "/cart").await;
    }

    client_state_is_in_its_own_cookie(table) {
        let mut visitor = table.browser("visitor");
        visitor.get(table, "/theme").await;
        visitor.post(table, "/theme/dark").await;
        visitor.get(table, "/theme").await;
    }
}
