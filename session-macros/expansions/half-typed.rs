struct Visitor {
    #[session(ke)]
    name: String,
    #[session(key = )]
    user_id: u64,
    #[session(default = , clie)]
    cart: Vec<LineItem>,
    #[session]
    theme: Theme,
    #[session(on_invalid)]
    size: u32,
}
