use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(index)]
    id: [u8; 16],
    #[session(index, key = "position")]
    position: (u8, u8),
}

fn main() {}
