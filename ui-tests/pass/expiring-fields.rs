//! `expires_in` with every attribute that it can be combined with.

#![deny(warnings)]

use std::time::Duration;

use session::{SessionSchema, Typed};

mod text {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(value: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        value.to_string().serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

fn from_text(value: &serde_json::Value) -> Option<u64> {
    value.as_str()?.parse().ok()
}

fn is_even(number: &u64) -> Result<(), String> {
    if number % 2 == 0 { Ok(()) } else { Err("odd".to_owned()) }
}

#[derive(SessionSchema)]
#[session(prefix = "login.", rename_all = "camelCase", default, retired = "old")]
pub struct Login {
    #[session(expires_in = "10m", flash)]
    pub otp: String,
    #[session(expires_in = "1h30m", client, flash)]
    pub hint: u64,
    #[session(expires_in = "1d2h3m4s", sealed, secret, with = "text")]
    pub verifier: u64,
    #[session(expires_in = "90s", default = 3, check = "is_even", on_invalid = "default")]
    pub attempts: u64,
    #[session(expires_in = "2d", client, key = "c", alias = "a", kept_alias = "b", migrate = "from_text")]
    pub in_the_cookie: u64,
}

pub async fn handler(mut login: Typed<Login>) -> Result<u64, session::Error> {
    login.set_otp_for("123456".to_owned(), Duration::from_secs(60))?;
    login.set_hint_for(7, Duration::from_secs(60))?;
    login.set_verifier(7)?;
    login.update_attempts(|attempts| *attempts -= 1).await?;
    let code = login.take_otp().await?;
    Ok(login.attempts().await? + login.in_the_cookie()? + u64::from(code.is_some()))
}

fn main() {}
