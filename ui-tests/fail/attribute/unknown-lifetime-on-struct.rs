use session::SessionSchema;

#[derive(SessionSchema)]
#[session(max_age = "10m")]
struct Login {
    otp: String,
}

fn main() {}
