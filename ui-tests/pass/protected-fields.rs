//! Every combination of `secret` and `sealed` with the other attributes that works.

#![deny(warnings)]

use session::{ReadOnly, SessionSchema};

mod text {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(value: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        value.to_string().serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

fn from_plain(value: &serde_json::Value) -> Option<u64> {
    value.as_u64()
}

#[derive(SessionSchema)]
#[session(prefix = "account.", rename_all = "camelCase", default, retired = "old")]
pub struct Account {
    #[session(sealed, key = "key", alias = "a", kept_alias = "b", migrate = "from_plain", on_invalid = "default")]
    pub renamed: u64,
    #[session(sealed, secret, with = "text")]
    pub encoded: u64,
    #[session(sealed, secret, serialize_with = "text::serialize", deserialize_with = "text::deserialize")]
    pub encoded_by_functions: u64,
    #[session(sealed, secret, default = 7)]
    pub with_default: u64,
    #[session(sealed, secret, flash)]
    pub message: u64,
    #[session(secret, flash, client)]
    pub hint: u64,
    #[session(secret, index)]
    pub indexed: u64,
    #[session(secret, client, default, alias = "c", kept_alias = "d", migrate = "from_plain")]
    pub in_the_cookie: u64,
    #[session(nested)]
    pub nested: OnlySecrets,
}

#[derive(SessionSchema)]
pub struct OnlySecrets {
    #[session(secret)]
    secret: u64,
    #[session(secret, sealed)]
    sealed: u64,
}

pub async fn handler(account: ReadOnly<Account>) -> Result<u64, session::Error> {
    let snapshot = account.snapshot().await?;
    let _ = serde_json::to_string(&snapshot.nested);
    Ok(snapshot.renamed + account.with_default().await?)
}

fn main() {}
