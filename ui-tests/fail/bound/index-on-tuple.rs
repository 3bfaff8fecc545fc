use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(index)]
    position: (u8, u8),
}

fn main() {}
