use session::SessionSchema;

#[derive(SessionSchema)]
#[session(group)]
struct LoggedIn {
    user_id: u64,
    #[session(default)]
    roles: Vec<String>,
}

fn main() {}
