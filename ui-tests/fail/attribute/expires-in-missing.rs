use session::SessionSchema;

#[derive(SessionSchema)]
struct Login {
    #[session(expires_in)]
    otp: String,
}

fn main() {}
