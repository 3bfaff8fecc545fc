use session::SessionSchema;

trait Theme {}

#[derive(SessionSchema)]
struct Visitor {
    theme: Box<dyn Theme>,
}

fn main() {}
