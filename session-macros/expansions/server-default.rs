struct Visitor {
    #[session(default)]
    cart: Vec<LineItem>,
    #[session(default = Currency::of("CHF"))]
    currency: Currency,
}
