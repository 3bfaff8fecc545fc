struct Shop {
    /// The items of a tenant.
    #[session(keyed, default, alias = "basket", on_invalid = "default")]
    cart: BTreeMap<TenantId, Vec<Item>>,
    #[session(keyed, client, flash, with = "color")]
    hint: std::collections::HashMap<String, Color>,
    #[session(keyed, secret, sealed, key = "tokens.by_provider", migrate = "from_plain")]
    tokens: BTreeMap<String, String>,
}
