use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(default)]
    cart: Vec<String>,
    #[session(client, default)]
    dark: bool,
}

fn the_schema_is_compatible() {
    session::assert_schema!(Visitor);
}

fn main() {}
