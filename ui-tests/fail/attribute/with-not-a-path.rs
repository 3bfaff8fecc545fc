use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(with = "my module")]
    colour: u32,
}

fn main() {}
