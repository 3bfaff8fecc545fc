use session::SessionSchema;

#[derive(SessionSchema)]
struct Login {
    #[session(expires_in = "99999999999999999999d")]
    otp: String,
}

fn main() {}
