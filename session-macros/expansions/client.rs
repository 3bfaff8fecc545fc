struct Visitor {
    #[session(client)]
    seen: u32,
    #[session(client, default = Theme::Light)]
    theme: Theme,
}
