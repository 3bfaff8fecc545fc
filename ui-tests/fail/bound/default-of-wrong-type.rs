use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(default = 1)]
    theme: String,
}

fn main() {}
