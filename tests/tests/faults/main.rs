//! What goes wrong around a session, on purpose: the store, the server that it is on, the client that leaves. For each:
//! what the user sees, what is stored, and that the next request works.

mod leaving;
mod pairs;
mod request;
mod servers;
mod sqlite_file;
mod walk;

use session_tests::{Kind, on_every_store};

use self::walk::{every_fault_in_every_request_ends_as_the_table_says, what_asks_nothing_meets_no_fault};

on_every_store!(every_fault_in_every_request_ends_as_the_table_says, what_asks_nothing_meets_no_fault);
