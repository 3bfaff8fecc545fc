//! The products of the shop, and the type of a price.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Mul};

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Product {
    ChocolateChip,
    GingerSnap,
    JamRing,
    Shortbread,
    Macaron,
    Pretzel,
}

impl Product {
    pub const ALL: [Self; 6] =
        [Self::ChocolateChip, Self::GingerSnap, Self::JamRing, Self::Shortbread, Self::Macaron, Self::Pretzel];

    /// The product's name in forms and in the session.
    pub fn slug(self) -> &'static str {
        match self {
            Self::ChocolateChip => "chocolate-chip",
            Self::GingerSnap => "ginger-snap",
            Self::JamRing => "jam-ring",
            Self::Shortbread => "shortbread",
            Self::Macaron => "macaron",
            Self::Pretzel => "pretzel",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::ChocolateChip => "Chocolate chip",
            Self::GingerSnap => "Ginger snap",
            Self::JamRing => "Jam ring",
            Self::Shortbread => "Shortbread",
            Self::Macaron => "Raspberry macaron",
            Self::Pretzel => "Butter pretzel",
        }
    }

    pub fn description(self) -> &'static str {
        match self {
            Self::ChocolateChip => "Crisp at the rim, soft in the middle, dark chocolate throughout.",
            Self::GingerSnap => "Thin and fiery. It breaks with a sound you can hear next door.",
            Self::JamRing => "Two rounds of butter dough with redcurrant jam between them.",
            Self::Shortbread => "Three fingers, four ingredients. One of them is patience.",
            Self::Macaron => "Almond shells, raspberry cream, gone in two bites.",
            Self::Pretzel => "Salt outside, butter inside, tied by hand at five in the morning.",
        }
    }

    pub fn price(self) -> Cents {
        Cents(match self {
            Self::ChocolateChip => 280,
            Self::GingerSnap => 190,
            Self::JamRing => 240,
            Self::Shortbread => 320,
            Self::Macaron => 210,
            Self::Pretzel => 175,
        })
    }

    /// An SVG image, for inline use in HTML.
    pub fn picture(self) -> &'static str {
        match self {
            Self::ChocolateChip => include_str!("assets/chocolate-chip.svg"),
            Self::GingerSnap => include_str!("assets/ginger-snap.svg"),
            Self::JamRing => include_str!("assets/jam-ring.svg"),
            Self::Shortbread => include_str!("assets/shortbread.svg"),
            Self::Macaron => include_str!("assets/macaron.svg"),
            Self::Pretzel => include_str!("assets/pretzel.svg"),
        }
    }
}

/// An amount of money, exact to the cent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cents(u32);

impl Add for Cents {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Mul<u32> for Cents {
    type Output = Self;

    fn mul(self, times: u32) -> Self {
        Self(self.0 * times)
    }
}

impl Sum for Cents {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self(0), Self::add)
    }
}

impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "€{}.{:02}", self.0 / 100, self.0 % 100)
    }
}
