use std::collections::BTreeMap;

use session::SessionSchema;

#[derive(SessionSchema)]
#[session(group)]
struct LoggedIn {
    user_id: u64,
    #[session(keyed)]
    seats: BTreeMap<u8, u64>,
}

fn main() {}
