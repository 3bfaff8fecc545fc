struct Visitor {
    #[session(null = "absent")]
    reserve_id: u64,
    #[session(null = "absent", client, flash)]
    hint: String,
}
