use session::SessionSchema;

#[derive(SessionSchema)]
#[session(group)]
struct LoggedIn {
    user_id: u64,
    #[session(nested)]
    profile: Profile,
}

#[derive(SessionSchema)]
struct Profile {
    name: String,
}

fn main() {}
