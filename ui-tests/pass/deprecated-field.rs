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
    #[deprecated = "use `news`"]
    #[session(flash)]
    pub notice: String,
    #[deprecated = "use `Till`"]
    #[session(nested)]
    pub checkout: Checkout,
    pub visits: u64,
}

#[derive(SessionSchema)]
pub struct Checkout {
    pub step: u8,
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

#[expect(deprecated)]
pub fn say_it_once(visitor: &mut Typed<Visitor>) -> Result<(), Error> {
    visitor.set_notice("Saved.".to_owned())
}

#[expect(deprecated)]
pub fn go_on(visitor: &mut Typed<Visitor>) -> Result<(), Error> {
    visitor.checkout_mut().set_step(2)
}

#[expect(deprecated)]
pub async fn show(visitor: &Typed<Visitor>) -> Result<u64, Error> {
    Ok(visitor.snapshot().await?.hits)
}

fn main() {}
