use session::SessionSchema;

#[derive(serde::Serialize)]
struct LineItem;

#[derive(SessionSchema)]
struct Visitor {
    #[session(default)]
    cart: Vec<LineItem>,
}

fn main() {}
