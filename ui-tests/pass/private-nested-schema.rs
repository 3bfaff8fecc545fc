//! Private schemas and private types of values in public schemas.
#![deny(warnings)]

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use session::{Error, SessionSchema, Snapshot, Typed};

#[derive(SessionSchema)]
pub struct Visitor {
    #[session(nested)]
    checkout: Checkout,
    #[session(group)]
    login: Login,
    #[session(keyed)]
    carts: BTreeMap<Shop, Cart>,
    #[session(keyed, client, default)]
    tabs: BTreeMap<u32, Cart>,
    cart: Cart,
    #[session(default = Cart(3))]
    last_cart: Cart,
    #[session(flash)]
    removed: Cart,
    #[session(sealed)]
    hidden: Cart,
}

#[derive(SessionSchema)]
#[session(prefix = "checkout.")]
struct Checkout {
    #[session(nested)]
    address: address::Address,
    #[session(client, default)]
    express: bool,
}

mod address {
    /// Public only inside of its parent.
    #[derive(session::SessionSchema)]
    #[session(prefix = "address.")]
    pub(super) struct Address {
        pub(super) city: String,
        #[session(nested)]
        country: Country,
    }

    #[derive(session::SessionSchema)]
    #[session(prefix = "country.")]
    struct Country {
        code: String,
    }

    pub(super) fn set_code(address: &mut session::Typed<Address>) -> Result<(), session::Error> {
        address.country_mut().set_code("CH".to_owned())
    }
}

#[derive(SessionSchema)]
#[session(group, prefix = "login.")]
struct Login {
    user_id: UserId,
}

#[derive(Serialize, Deserialize)]
struct UserId(u64);

#[derive(Default, Serialize, Deserialize)]
struct Cart(u64);

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Shop(String);

impl fmt::Display for Shop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Shop {
    type Err = std::convert::Infallible;

    fn from_str(shop: &str) -> Result<Self, Self::Err> {
        Ok(Self(shop.to_owned()))
    }
}

/// The compiler warns about the field of the struct, and the code of the derive still compiles.
#[allow(private_interfaces)]
#[derive(SessionSchema)]
pub struct Account {
    #[session(nested)]
    pub checkout: Checkout,
    #[session(group)]
    pub login: Login,
    #[session(keyed)]
    pub carts: BTreeMap<Shop, Cart>,
    pub cart: Cart,
}

/// A private field of a public handle is used in its module.
async fn handler(mut visitor: Typed<Visitor>) -> Result<Option<u64>, Error> {
    visitor.checkout_mut().set_express(true)?;
    address::set_code(&mut visitor.checkout_mut().address_mut())?;
    let city = visitor.checkout().address().city().await?;
    visitor.set_login(Login { user_id: UserId(7) })?;
    visitor.set_carts(&Shop(city.unwrap_or_default()), Cart(3))?;
    let snapshot: Snapshot<Visitor> = visitor.snapshot().await?;
    println!("{snapshot:?} {:?} {}", snapshot.checkout.address.city, snapshot.tabs.len());
    Ok(visitor.login().await?.map(|login| login.user_id.0))
}

async fn account(account: Typed<Account>) -> Result<bool, Error> {
    account.checkout().express()
}

fn main() {
    let _ = (handler, account);
}
