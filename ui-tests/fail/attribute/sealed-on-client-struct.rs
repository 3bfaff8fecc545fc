use session::SessionSchema;

#[derive(SessionSchema)]
#[session(client)]
struct Account {
    #[session(sealed)]
    refresh_token: String,
}

fn main() {}
