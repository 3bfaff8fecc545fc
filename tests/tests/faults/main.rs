//! What goes wrong around a session, on purpose: the store, the server that it is on, the client that leaves. For each:
//! what the user sees, what is stored, and that the next request works.

mod leaving;
mod management;
mod pairs;
mod request;
mod servers;
mod sqlite_file;
mod walk;

use session_tests::on_every_store;

use self::management::{
    a_limit_of_sessions_that_cannot_be_enforced_fails_no_sign_in,
    what_fails_in_a_list_of_sessions_is_an_error_and_can_be_repeated,
};
use self::walk::{every_fault_in_every_request_ends_as_the_table_says, what_asks_nothing_meets_no_fault};

on_every_store!(
    every_fault_in_every_request_ends_as_the_table_says,
    what_asks_nothing_meets_no_fault,
    what_fails_in_a_list_of_sessions_is_an_error_and_can_be_repeated,
    a_limit_of_sessions_that_cannot_be_enforced_fails_no_sign_in,
);
