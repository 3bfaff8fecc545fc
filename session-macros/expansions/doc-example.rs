struct Visitor {
    /// The articles in the cart.
    ///
    /// ```
    /// assert_eq!(1 + 1, 2);
    /// ```
    #[session(default)]
    cart: Vec<u64>,
}
