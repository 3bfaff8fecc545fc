//! `check` with every attribute that it can be combined with, and with functions of several shapes.

#![deny(warnings)]

use std::fmt::Display;

use session::{SessionSchema, Typed};

mod rules {
    use std::fmt::Display;

    pub fn no_more_than_two<T>(list: &[T]) -> Result<(), impl Display + use<T>> {
        if list.len() <= 2 { Ok(()) } else { Err("too many") }
    }
}

fn check(text: &str) -> Result<(), String> {
    if text.len() <= 5 { Ok(()) } else { Err(format!("{} bytes", text.len())) }
}

fn is_even(number: &u64) -> Result<(), impl Display> {
    if number % 2 == 0 { Ok(()) } else { Err("odd") }
}

fn from_text(value: &serde_json::Value) -> Option<u64> {
    value.as_str()?.parse().ok()
}

#[derive(SessionSchema)]
pub struct Profile {
    #[session(check = "check")]
    pub name: String,
    #[session(check = "rules::no_more_than_two", default)]
    pub tags: Vec<String>,
    #[session(check = "check", flash, sealed, secret)]
    pub notice: String,
    #[session(check = "is_even", index)]
    pub user_id: u64,
    #[session(check = "is_even", client, default = 2, alias = "p", kept_alias = "q", migrate = "from_text")]
    pub page: u64,
    #[session(check = "is_even", on_invalid = "discard", key = "s", secret)]
    pub size: u64,
}

pub async fn handler(mut profile: Typed<Profile>) -> Result<(), session::Error> {
    profile.set_name("Ada".to_owned())?;
    profile.update_tags(|tags| tags.push("new".to_owned())).await?;
    profile.set_page(4)
}

fn main() {}
