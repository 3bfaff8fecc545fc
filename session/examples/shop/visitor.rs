//! What the shop remembers of a visitor: the schema of its sessions.

use serde::{Deserialize, Serialize};
use session::SessionSchema;

use crate::catalogue::{Cents, Product};

/// Each field is a session key. Nobody builds a `Visitor`: the derive makes accessors of the fields, and handlers reach
/// them through `Typed<Visitor>` and `ReadOnly<Visitor>`.
#[derive(SessionSchema)]
pub struct Visitor {
    /// Who is signed in. By it, the sessions of one user are found.
    #[session(key = "user.name", index)]
    pub user: String,

    /// What they want to buy.
    #[session(default)]
    pub cart: Cart,

    /// How often they looked at the products.
    #[session(default)]
    pub visits: u64,

    /// What the next page says, once.
    #[session(flash)]
    pub notice: String,

    /// How the pages look. It lives in the browser's cookie, and the store is never asked for it.
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
        let there = self.0.iter().find(|line| line.product == product);
        self.set(Line { product, quantity: there.map_or(0, |line| line.quantity) + 1 });
    }

    /// A quantity of zero takes the product out.
    pub fn set(&mut self, line: Line) {
        let quantity = line.quantity.min(Self::MAX_QUANTITY);
        match self.0.iter_mut().find(|there| there.product == line.product) {
            Some(there) => there.quantity = quantity,
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
