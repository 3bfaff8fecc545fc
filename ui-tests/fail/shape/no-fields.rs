use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {}

fn main() {}
