use session::{Error, Typed};

struct Visitor {
    user_id: u64,
}

fn handler(mut visitor: Typed<Visitor>) -> Result<(), Error> {
    visitor.set_user_id(7)
}

fn main() {}
