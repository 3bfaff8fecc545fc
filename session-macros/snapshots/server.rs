struct Visitor {
    /// Who is signed in.
    #[session(key = "user.id")]
    user_id: UserId,
}
