use session::{Error, SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    #[session(cleint, defualt)]
    theme: u8,
}

fn handler(mut visitor: Typed<Visitor>) -> Result<u8, Error> {
    visitor.update_theme(|theme| *theme += 1)?;
    visitor.theme()
}

fn main() {}
