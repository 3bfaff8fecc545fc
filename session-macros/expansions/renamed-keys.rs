#[session(prefix = "auth.")]
struct Auth {
    #[session(alias = "user", alias = "uid")]
    user_id: u64,
    #[session(kept_alias = "mail", client)]
    email: String,
}
