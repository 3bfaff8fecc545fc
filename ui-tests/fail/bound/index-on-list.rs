use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(index)]
    roles: Vec<String>,
}

fn main() {}
