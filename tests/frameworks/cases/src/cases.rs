//! The cases: the requests of each one, and the order in which they overlap.

use crate::log::Log;

/// A claim, and the requests that show it.
macro_rules! cases {
    ($($name:ident($log:ident) $requests:block)*) => {
        /// The names of all cases, in the order of `outcomes.md`.
        pub fn names() -> &'static [&'static str] {
            &[$(stringify!($name)),*]
        }

        /// Runs a case on the server at an address.
        pub(crate) async fn run(name: &str, address: &str) -> Log {
            let mut log = Log::new(address);
            match name {
                $(stringify!($name) => $name(&mut log).await,)*
                _ => panic!("there is no case {name:?}"),
            }
            log
        }

        $(async fn $name($log: &mut Log) $requests)*
    };
}

cases! {
    an_untouched_request_costs_no_store_operation_and_sends_no_cookie(log) {
        let mut visitor = log.browser("visitor");
        for _ in 0..2 {
            visitor.get(log, "/untouched").await;
            visitor.get(log, "/unused").await;
            visitor.get(log, "/no-such-page").await;
            visitor.post(log, "/sign-up").await;
        }
    }

    a_sign_up_is_one_store_operation(log) {
        let mut visitor = log.browser("visitor");
        visitor.get(log, "/user").await;
        visitor.post(log, "/sign-up").await;
        visitor.get(log, "/cart").await;
    }

    a_login_replaces_the_token_and_keeps_the_cart(log) {
        let mut visitor = log.browser("visitor");
        visitor.post(log, "/cart/tea").await;
        let mut old_tab = visitor.tab("old token");
        visitor.post(log, "/login/7").await;
        visitor.get(log, "/user").await;
        visitor.get(log, "/cart").await;
        old_tab.get(log, "/cart").await;
        old_tab.post(log, "/sign-up").await;
        old_tab.post(log, "/logout").await;
        visitor.get(log, "/cart").await;
    }

    a_login_of_another_user_starts_a_new_session(log) {
        let mut visitor = log.browser("visitor");
        visitor.post(log, "/login/7").await;
        visitor.post(log, "/cart/tea").await;
        visitor.post(log, "/login/8").await;
        visitor.get(log, "/user").await;
        visitor.get(log, "/cart").await;
    }

    items_added_in_two_tabs_at_once_are_both_in_the_cart(log) {
        let mut visitor = log.browser("tab 1");
        visitor.post(log, "/sign-up").await;
        let slow = visitor.tab("tab 2").start(log, "/slow-cart/tea").await;
        visitor.post(log, "/cart/milk").await;
        slow.finish(log).await;
        visitor.get(log, "/cart").await;
    }

    a_slow_write_after_a_logout_is_refused_and_not_stored(log) {
        let mut visitor = log.browser("tab 1");
        visitor.post(log, "/cart/tea").await;
        visitor.post(log, "/theme/dark").await;
        let mut old_tab = visitor.tab("tab 2");
        let slow = old_tab.clone().start(log, "/slow-write").await;
        visitor.post(log, "/logout").await;
        slow.finish(log).await;
        visitor.get(log, "/cart").await;
        old_tab.get(log, "/cart").await;
    }

    a_server_error_after_a_write_stores_nothing(log) {
        let mut visitor = log.browser("visitor");
        visitor.post(log, "/fail").await;
        visitor.post(log, "/cart/tea").await;
        visitor.post(log, "/fail").await;
        visitor.get(log, "/cart").await;
    }

    a_server_error_after_a_logout_deletes_the_session(log) {
        let mut visitor = log.browser("visitor");
        visitor.post(log, "/cart/tea").await;
        let mut old_tab = visitor.tab("old token");
        visitor.post(log, "/fail-after-logout").await;
        old_tab.get(log, "/cart").await;
    }

    a_client_error_after_a_write_stores_it(log) {
        let mut visitor = log.browser("visitor");
        visitor.post(log, "/reject").await;
        visitor.get(log, "/cart").await;
    }

    a_session_error_of_a_handler_responds_with_its_status_and_stores_nothing(log) {
        let mut visitor = log.browser("visitor");
        visitor.post(log, "/cart/tea").await;
        visitor.post(log, "/misread").await;
        visitor.get(log, "/user").await;
    }

    a_store_that_is_down_responds_503_with_an_empty_body(log) {
        let mut visitor = log.browser("visitor");
        visitor.post(log, "/cart/tea").await;
        log.control("store-down").await;
        visitor.get(log, "/cart").await;
        visitor.post(log, "/sign-up").await;
        visitor.post(log, "/logout").await;
        visitor.get(log, "/untouched").await;
        log.browser("stranger").post(log, "/sign-up").await;
        log.control("store-up").await;
        visitor.get(log, "/cart").await;
    }

    a_handle_moved_into_a_task_reads_but_cannot_write_after_the_response(log) {
        let mut visitor = log.browser("visitor");
        visitor.post(log, "/cart/tea").await;
        visitor.post(log, "/detached-task").await;
        log.finish_task().await;
        visitor.get(log, "/cart").await;
        visitor.get(log, "/user").await;
    }

    a_task_that_its_handler_awaits_can_write(log) {
        let mut visitor = log.browser("visitor");
        visitor.post(log, "/awaited-task").await;
        visitor.get(log, "/cart").await;
    }

    client_state_is_in_its_own_cookie(log) {
        let mut visitor = log.browser("visitor");
        visitor.get(log, "/theme").await;
        visitor.post(log, "/theme/dark").await;
        visitor.get(log, "/theme").await;
    }
}
