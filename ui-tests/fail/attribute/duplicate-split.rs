use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(client)]
    #[session(default, client)]
    theme: u8,
}

fn main() {}
