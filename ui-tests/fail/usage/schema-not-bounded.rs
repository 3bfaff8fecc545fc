use session::{Error, Typed};



async fn empty<S>(visitor: &mut Typed<S>) -> Result<(), Error> {
    visitor.unset_all().await
}

fn main() {}
