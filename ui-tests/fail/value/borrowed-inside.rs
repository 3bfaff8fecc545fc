use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    names: Vec<&'static [u8]>,
}

fn main() {}
