#![deny(warnings)]

use session::{Error, SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    #[cfg(not(any()))]
    #[cfg_attr(not(any()), session(key = "here"))]
    present: u64,
    #[cfg(any())]
    absent: NoSuchType,
}

fn handler(mut visitor: Typed<Visitor>) -> Result<(), Error> {
    visitor.set_present(1)
}

fn main() {
    let _ = handler;
    assert_eq!(&*Visitor::PRESENT, "here");
}
