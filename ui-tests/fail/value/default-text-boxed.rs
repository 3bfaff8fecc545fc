use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(default = "light grey")]
    theme: Box<str>,
}

fn main() {}
