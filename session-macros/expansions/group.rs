#[session(group, prefix = "login.")]
pub struct LoggedIn {
    #[session(index)]
    pub user_id: u64,
    #[session(secret)]
    token: String,
}
