use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(ttl = 600)]
    notice: String,
}

fn main() {}
