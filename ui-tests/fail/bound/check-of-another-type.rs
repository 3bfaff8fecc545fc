use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(check = "is_short")]
    size: u64,
}

fn is_short(name: &str) -> Result<(), String> {
    if name.len() < 40 { Ok(()) } else { Err("too long".to_owned()) }
}

fn main() {}
