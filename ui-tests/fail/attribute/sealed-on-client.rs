use session::SessionSchema;

#[derive(SessionSchema)]
struct Account {
    #[session(sealed, client)]
    refresh_token: String,
}

fn main() {}
