use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(check = "is_short")]
    name: String,
}

fn main() {}
