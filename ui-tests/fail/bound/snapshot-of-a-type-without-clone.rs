use session::SessionSchema;

#[derive(serde::Serialize, serde::Deserialize)]
struct Cart;

#[derive(SessionSchema)]
#[session(snapshot(Clone))]
struct Visitor {
    cart: Cart,
    #[session(nested)]
    checkout: Checkout,
}

#[derive(SessionSchema)]
#[session(prefix = "checkout.")]
struct Checkout {
    address: String,
}

fn copy(snapshot: &session::Snapshot<Visitor>) -> session::Snapshot<Visitor> {
    snapshot.clone()
}

fn main() {
    let _ = copy;
}
