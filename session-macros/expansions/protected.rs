struct Account {
    #[session(secret)]
    pin_code: String,
    #[session(sealed, secret, alias = "old_token", migrate = "from_plain")]
    refresh_token: String,
    #[session(sealed)]
    email: String,
    #[session(secret, client)]
    device_key: u64,
}
