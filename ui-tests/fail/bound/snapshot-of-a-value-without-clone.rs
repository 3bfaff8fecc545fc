use session::SessionSchema;

#[derive(serde::Serialize, serde::Deserialize)]
struct Cart;

#[derive(SessionSchema)]
#[session(snapshot(Clone))]
struct Visitor {
    cart: Cart,
}

fn main() {}
