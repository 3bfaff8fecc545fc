use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(flash, index)]
    notice: String,
}

fn main() {}
