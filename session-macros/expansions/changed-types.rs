struct Visitor {
    #[session(migrate = "release::lines_of_pairs")]
    cart: Vec<Line>,
    #[session(on_invalid = "discard")]
    size: u32,
    #[session(default = 7, on_invalid = "default", client)]
    page: u8,
}
