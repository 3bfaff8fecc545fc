use session::SessionSchema;

#[derive(SessionSchema)]
#[session(default = 7)]
struct Visitor {
    size: u64,
}

fn main() {}
