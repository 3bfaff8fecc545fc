use session::SessionSchema;

#[derive(SessionSchema)]
enum Visitor {
    Guest,
}

fn main() {}
