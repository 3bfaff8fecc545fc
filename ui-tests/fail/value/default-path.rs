use session::SessionSchema;

fn greeting() -> u8 {
    0
}

#[derive(SessionSchema)]
struct Visitor {
    #[session(default = "greeting")]
    theme: u8,
}

fn main() {}
