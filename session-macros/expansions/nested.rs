struct Visitor {
    name: String,
    /// What is being bought.
    #[session(nested)]
    pub checkout: Checkout,
}
