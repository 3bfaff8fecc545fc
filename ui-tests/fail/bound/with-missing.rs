use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(with = "hex")]
    colour: u32,
}

fn main() {}
