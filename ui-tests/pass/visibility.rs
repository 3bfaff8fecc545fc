#![deny(warnings, unreachable_pub)]

use session::{Error, Key, ReadOnly, Typed};

mod shop {
    pub(crate) mod visit {
        #[derive(session::SessionSchema)]
        pub(crate) struct Visitor {
            pub(crate) user_id: u64,
            pub(in crate::shop) cart: Vec<String>,
            pub(super) coupon: String,
            visits: u64,
        }

        pub(crate) async fn count(visitor: &mut session::Typed<Visitor>) -> Result<(), session::Error> {
            let visits = visitor.visits().await?.unwrap_or_default();
            visitor.set_visits(visits + 1)
        }
    }

    pub(crate) fn begin(visitor: &mut session::Typed<visit::Visitor>) -> Result<(), session::Error> {
        visitor.set_cart(Vec::new())?;
        visitor.set_coupon("spring".to_owned())
    }
}

use shop::visit::Visitor;

async fn handler(mut visitor: Typed<Visitor>) -> Result<(), Error> {
    visitor.set_user_id(7)?;
    shop::visit::count(&mut visitor).await?;
    shop::begin(&mut visitor)
}

async fn reader(visitor: ReadOnly<Visitor>) -> Result<Option<u64>, Error> {
    visitor.user_id().await
}

fn main() {
    let _ = (handler, reader);
    let _: Key<u64> = Visitor::USER_ID;
}
