struct Messages {
    #[session(flash)]
    notice: String,
    #[session(flash, client)]
    hint: u8,
}
