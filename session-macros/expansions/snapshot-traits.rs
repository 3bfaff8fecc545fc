#[session(snapshot(Clone, PartialEq, schemars::JsonSchema))]
struct Visitor {
    user_id: u64,
    #[session(sealed)]
    email: String,
    #[session(nested)]
    checkout: Checkout,
}
