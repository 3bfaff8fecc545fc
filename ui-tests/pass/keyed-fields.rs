//! Keyed fields: types of parts, inherited attributes, shadowed names, and schemas that an application does not use.

#![deny(warnings)]
#![forbid(unsafe_code)]

use std::collections::BTreeMap;
use std::net::IpAddr;

use session::{ReadOnly, SessionSchema, Typed};

mod shadowed {
    use session::SessionSchema;

    #[allow(dead_code)]
    struct String;
    #[allow(dead_code)]
    struct KeyPrefix;
    #[allow(dead_code)]
    struct Result;

    #[derive(SessionSchema)]
    pub struct Shadowed {
        #[session(keyed)]
        pub parts: std::collections::BTreeMap<std::string::String, u8>,
    }
}

#[derive(SessionSchema)]
struct Unused {
    #[session(keyed)]
    cart: BTreeMap<u32, u64>,
    #[session(keyed, flash)]
    notice: BTreeMap<String, u64>,
    #[session(keyed, client, default)]
    rows: BTreeMap<IpAddr, u64>,
}

#[derive(SessionSchema)]
pub struct Visitor {
    /// The views of a page.
    ///
    /// ```
    /// compile_error!("not a doc test of each accessor");
    /// ```
    #[session(keyed)]
    pub views: std::collections::HashMap<std::string::String, u64>,
    #[deprecated = "use `views`"]
    #[session(keyed)]
    pub hits: BTreeMap<IpAddr, u64>,
    #[session(keyed, default = BTreeMap::from([(1, 2)]))]
    pub r#type: BTreeMap<char, BTreeMap<u8, u8>>,
}

macro_rules! schema {
    ($name:ident, $part:ty, $value:ty) => {
        #[derive(SessionSchema)]
        pub struct $name {
            #[session(keyed)]
            pub entries_of_macro: BTreeMap<$part, $value>,
        }
    };
}

schema!(FromMacro, u8, Vec<String>);

pub async fn handler(mut visitor: Typed<Visitor>, other: ReadOnly<FromMacro>) -> Result<u64, session::Error> {
    let (page, name) = (String::from("/"), "a");
    visitor.set_views("/", 1)?;
    visitor.set_views(&page, 1)?;
    visitor.set_views(&name, 1)?;
    let mut seen = Vec::new();
    visitor.update_views(&page, |views| seen.push(*views)).await?;
    visitor.update_type(&'x', |map| map.len()).await?;
    let views: BTreeMap<String, u64> = visitor.views_entries().await?;
    Ok(views.values().sum::<u64>() + other.entries_of_macro(&1).await?.map_or(0, |names| names.len() as u64))
}

fn is_send<T: Send>(_: T) {}

pub fn futures_are_send(mut visitor: Typed<Visitor>) {
    is_send(visitor.views("a"));
    is_send(visitor.views_entries());
    is_send(visitor.unset_all_views());
    is_send(visitor.update_views("a", |_| ()));
}

fn main() {}
