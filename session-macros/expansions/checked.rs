struct Profile {
    #[session(check = "is_short")]
    name: String,
    #[session(check = "rules::is_even", default = 2, client)]
    page: u64,
}
