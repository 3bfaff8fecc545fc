use session::SessionSchema;

#[derive(SessionSchema)]
struct Login {
    #[session(expires_in = "0s")]
    otp: String,
}

fn main() {}
