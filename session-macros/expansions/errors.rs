struct Visitor<'a, T> {
    #[session(kee = "user")]
    name: Option<&'a str>,
    hidden: Vec<T>,
    #[session(default = "path::to")]
    A: u8,
    a: u8,
}
