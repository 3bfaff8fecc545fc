use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(max_len = 40)]
    name: String,
}

fn main() {}
