use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    friends: Vec<Self>,
}

fn main() {}
