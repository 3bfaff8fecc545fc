use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor(String);

fn main() {}
