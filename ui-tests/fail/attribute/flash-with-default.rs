use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(flash, default)]
    notice: String,
}

fn main() {}
