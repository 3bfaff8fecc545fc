use session::SessionSchema;

#[derive(SessionSchema)]
struct Account {
    #[session(index, sealed)]
    email: String,
}

fn main() {}
