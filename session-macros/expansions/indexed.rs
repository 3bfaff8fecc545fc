struct Visitor {
    #[session(key = "user.id", index)]
    user_id: UserId,
}
