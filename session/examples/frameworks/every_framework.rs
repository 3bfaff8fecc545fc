//! The tests that every framework passes. The cases are those of `tests/frameworks/cases/outcomes.md`.

use std::io::Write;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};

use session_framework_cases::{Application, Browser, assert_outcome, assert_outcomes, case_names};
use tracing_subscriber::util::SubscriberInitExt;

use super::{FRAMEWORK, manager, serve, serve_example};

/// Each case is a test on a server of its own.
macro_rules! cases {
    ($($name:ident),* $(,)?) => {
        $(#[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            assert_outcome(stringify!($name), &serve(Application::new()).await).await;
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

#[tokio::test(flavor = "multi_thread")]
async fn all_outcomes_in_one_server_are_those_of_the_page() {
    assert_outcomes(FRAMEWORK, &serve(Application::new()).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example_has_a_cart_and_a_login() {
    let mut browser = Browser::new(&serve_example(manager()).await);
    for (method, path, body) in [
        ("POST", "/cart/tea", None),
        ("POST", "/login/7", None),
        ("GET", "/", Some("user Some(7), cart [\"tea\"]\n")),
        ("POST", "/logout", None),
        ("GET", "/", Some("user None, cart []\n")),
    ] {
        let response = browser.send(&method.parse().unwrap(), path).await;
        assert!(response.status.is_success(), "{method} {path}: {response:?}");
        assert_eq!(response.body, body.unwrap_or(&response.body), "{method} {path}");
    }
}

/// Starts a request and drops its future, as a server does if the client disconnects. Returns the log.
#[allow(dead_code, reason = "Rocket does not drop requests")]
pub(super) fn log_of_a_dropped_request(request: impl Future) -> String {
    let log = Log::default();
    let writer = log.clone();
    let _subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).set_default();
    {
        let mut request = pin!(request);
        assert!(request.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    String::from_utf8(log.0.lock().unwrap().clone()).unwrap()
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
