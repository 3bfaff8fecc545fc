use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(once)]
    notice: String,
}

fn main() {}
