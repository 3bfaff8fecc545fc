use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(client, encrypted)]
    notice: String,
}

fn main() {}
