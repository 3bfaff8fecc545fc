use session::SessionSchema;

#[derive(SessionSchema)]
struct Login {
    #[session(expires_in = "600")]
    otp: String,
}

fn main() {}
