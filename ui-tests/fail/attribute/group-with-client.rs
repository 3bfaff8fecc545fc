use session::SessionSchema;

#[derive(SessionSchema)]
#[session(group, client)]
struct LoggedIn {
    user_id: u64,
}

fn main() {}
