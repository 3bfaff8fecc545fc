use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(index)]
    score: f64,
}

fn main() {}
