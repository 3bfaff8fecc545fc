use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    name: &str,
}

fn main() {}
