struct Login {
    #[session(expires_in = "10m", flash, check = "is_code")]
    otp: String,
    #[session(expires_in = "1h30m", client, default)]
    attempts: u32,
    #[session(expires_in = "2d", sealed, secret, alias = "old", migrate = "from_word")]
    verifier: String,
}
