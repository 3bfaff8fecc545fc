use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(skip)]
    password: String,
}

fn main() {}
