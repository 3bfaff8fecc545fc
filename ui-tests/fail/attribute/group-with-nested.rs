use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(group, nested)]
    login: LoggedIn,
}

#[derive(SessionSchema)]
#[session(group)]
struct LoggedIn {
    user_id: u64,
}

fn main() {}
