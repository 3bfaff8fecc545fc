use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    cart: impl IntoIterator<Item = u64>,
}

fn main() {}
