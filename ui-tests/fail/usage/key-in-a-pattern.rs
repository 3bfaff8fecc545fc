use session::{SessionSchema};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(default)]
    cart: Vec<String>,
    #[session(client, default)]
    dark: bool,
}

fn noun(key: &str) -> &'static str {
    match key {
        Visitor::USER_ID => "the user",
        _ => "a value",
    }
}

fn main() {}
