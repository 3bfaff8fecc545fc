use session::SessionSchema;

struct Item<'a> {
    name: &'a str,
}

#[derive(SessionSchema)]
struct Visitor {
    cart: Vec<Item<'_>>,
}

fn main() {}
