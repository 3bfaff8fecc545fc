use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(group)]
    login: LoggedIn,
}

struct LoggedIn {
    user_id: u64,
}

fn main() {}
