use session::SessionSchema;

#[derive(SessionSchema)]
#[session(group, default)]
struct LoggedIn {
    user_id: u64,
}

fn main() {}
