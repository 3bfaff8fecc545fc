use session::SessionSchema;

#[derive(SessionSchema)]
struct Login {
    #[session(expires_in = "10m")]
    otp: String,
    otp_for: u64,
}

fn main() {}
