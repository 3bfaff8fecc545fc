#![deny(warnings)]

use session::{Error, SessionSchema, Typed};

#[derive(SessionSchema)]
pub struct Visitor {
    #[deprecated = "use `visits`"]
    #[session(default)]
    pub hits: u64,
    #[deprecated(since = "1.0.0", note = "use `visits`")]
    #[session(client)]
    pub seen: u64,
    pub visits: u64,
}

#[deprecated]
#[derive(SessionSchema)]
pub struct Retired {
    pub visits: u64,
}

#[expect(deprecated)]
pub fn move_on(visitor: &mut Typed<Visitor>) -> Result<(), Error> {
    visitor.unset_hits()
}

#[expect(deprecated)]
pub fn still_there(visitor: &Typed<Visitor>) -> Result<Option<u64>, Error> {
    let _ = Visitor::HITS;
    visitor.seen()
}

fn main() {}
