use session::SessionSchema;

#[derive(SessionSchema)]
struct Login {
    #[session(index, expires_in = "10m")]
    user_id: u64,
}

fn main() {}
