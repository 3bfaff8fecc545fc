struct Visitor {
    /// The user who is logged in.
    #[session(key = "user.id")]
    user_id: UserId,
}
