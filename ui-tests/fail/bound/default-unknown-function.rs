use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(default = dark())]
    theme: String,
}

fn main() {}
