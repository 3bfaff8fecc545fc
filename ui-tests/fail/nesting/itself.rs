use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    name: String,
    #[session(nested)]
    parent: Visitor,
}

fn main() {}
