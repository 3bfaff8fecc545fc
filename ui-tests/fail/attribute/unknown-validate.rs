use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(validate = "is_short")]
    name: String,
}

fn is_short(name: &str) -> Result<(), String> {
    if name.len() < 40 { Ok(()) } else { Err("too long".to_owned()) }
}

fn main() {}
