use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(check = "is_short")]
    name: String,
}

fn is_short(name: &str) -> bool {
    name.len() < 40
}

fn main() {}
