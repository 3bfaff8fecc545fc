use session::SessionSchema;

#[derive(SessionSchema)]
#[session(group)]
struct LoggedIn {
    user_id: u64,
    #[session(group)]
    grant: Grant,
}

#[derive(SessionSchema)]
#[session(group)]
struct Grant {
    token: String,
}

fn main() {}
