use session::SessionSchema;

#[derive(SessionSchema)]
struct Login {
    #[session(expires_in = "10min")]
    otp: String,
}

fn main() {}
