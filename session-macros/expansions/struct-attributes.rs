#[session(prefix = "auth.", rename_all = "camelCase", client, crate = "::my::session")]
pub(crate) struct Auth {
    pub user_id: u64,
}
