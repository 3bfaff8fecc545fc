use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor<T> {
    cart: Vec<T>,
    visits: u32,
}

fn main() {}
