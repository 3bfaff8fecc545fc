use session::SessionSchema;

#[derive(SessionSchema)]
struct Account {
    #[session(sealed = "key")]
    refresh_token: String,
}

fn main() {}
