use session::{Key, SessionSchema};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(default)]
    cart: Vec<String>,
    #[session(client, default)]
    theme: String,
}

fn find(_key: Key<String>) {}

fn handler() {
    find(Visitor::THEME);
}

fn main() {}
