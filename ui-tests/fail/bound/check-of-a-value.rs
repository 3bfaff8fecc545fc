use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(check = "is_an_adult")]
    age: u32,
}

fn is_an_adult(age: u32) -> Result<(), &'static str> {
    if age >= 18 { Ok(()) } else { Err("too young") }
}

fn main() {}
