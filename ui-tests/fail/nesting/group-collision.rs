use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(group)]
    login: LoggedIn,
}

#[derive(SessionSchema)]
#[session(group)]
struct LoggedIn {
    user_id: u64,
    since: u64,
}

fn main() {}
