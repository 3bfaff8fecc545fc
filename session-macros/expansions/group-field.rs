struct Visitor {
    name: String,
    /// Who is logged in.
    #[session(group)]
    pub login: LoggedIn,
}
