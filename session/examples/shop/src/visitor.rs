//! The keys of the shop's sessions, and the types of their values.

use serde::{Deserialize, Serialize};
use session::SessionSchema;

use crate::product::{Cents, Product};

/// Each field declares one session key. The derive generates accessors such as `user()`, `set_user(..)` and
/// `update_cart(..)`. Handlers call them on `Typed<Visitor>`; a `Visitor` itself is never created.
#[derive(SessionSchema)]
pub struct Visitor {
    // The index lists all sessions of a user, for the devices page.
    /// The name of the logged-in user.
    #[session(key = "user.name", index)]
    pub user: String,

    /// The products in the cart.
    #[session(default)]
    pub cart: Cart,

    /// The number of visits to the product page.
    #[session(default)]
    pub visits: u64,

    /// A message that is shown once, on the next page.
    #[session(flash)]
    pub notice: String,

    /// The theme of the pages. It is stored in an encrypted cookie, so reading it needs no store query.
    #[session(client, default)]
    pub theme: Theme,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Cart(Vec<Line>);

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Line {
    pub product: Product,
    pub quantity: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    #[default]
    Light,
    Dark,
}

impl Cart {
    pub const MAX_QUANTITY: u32 = 99;

    pub fn lines(&self) -> &[Line] {
        &self.0
    }

    pub fn add(&mut self, product: Product) {
        let line = self.0.iter().find(|line| line.product == product);
        self.set(Line { product, quantity: line.map_or(0, |line| line.quantity) + 1 });
    }

    /// Sets the quantity of a product. Zero removes the product.
    pub fn set(&mut self, line: Line) {
        let quantity = line.quantity.min(Self::MAX_QUANTITY);
        match self.0.iter_mut().find(|existing| existing.product == line.product) {
            Some(existing) => existing.quantity = quantity,
            None => self.0.push(Line { quantity, ..line }),
        }
        self.0.retain(|line| line.quantity > 0);
    }

    pub fn items(&self) -> u32 {
        self.0.iter().map(|line| line.quantity).sum()
    }

    pub fn total(&self) -> Cents {
        self.0.iter().map(|line| line.price()).sum()
    }
}

impl Line {
    pub fn price(self) -> Cents {
        self.product.price() * self.quantity
    }
}

impl Theme {
    pub fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub fn other(self) -> Self {
        match self {
            Self::Light => Self::Dark,
            Self::Dark => Self::Light,
        }
    }
}
