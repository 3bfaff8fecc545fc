//! Changes of keys, sides and attributes, and of fields that move or return.

#![allow(clippy::too_many_lines, reason = "tables of evolutions")]

use std::collections::BTreeMap;

use serde_json::Value;
use session::__private::SchemaCheck;
use session::{Session, SessionSchema};

use super::evolution::{Evolution, check_of, evolution};

pub(super) fn keys() -> Vec<Evolution> {
    vec![
        evolution! {
            "a key was renamed"
            before { #[derive(SessionSchema)] pub struct Visitor { #[session(key = "user")] name: String } }
            write |visitor| visitor.set_name("Ada".to_owned());
            after { #[derive(SessionSchema)] pub struct Visitor { #[session(key = "user.name")] name: String } }
            read |visitor| visitor.name().await? => "Some(\"Ada\")";
        },
        evolution! {
            "a key was renamed, with an alias"
            before { #[derive(SessionSchema)] pub struct Visitor { #[session(key = "user")] name: String } }
            write |visitor| visitor.set_name("Ada".to_owned());
            after { #[derive(SessionSchema)] pub struct Visitor { #[session(alias = "user")] name: String } }
            read |visitor| visitor.name().await? => "Some(\"Ada\")";
        },
        evolution! {
            "a prefix was added"
            before { #[derive(SessionSchema)] pub struct Visitor { name: String } }
            write |visitor| visitor.set_name("Ada".to_owned());
            after { #[derive(SessionSchema)] #[session(prefix = "v.")] pub struct Visitor { name: String } }
            read |visitor| visitor.name().await? => "Some(\"Ada\")";
        },
        evolution! {
            "two fields of one type exchanged their keys"
            before { #[derive(SessionSchema)] pub struct Visitor { first: String, last: String } }
            write |visitor| { visitor.set_first("Ada".to_owned())?; visitor.set_last("King".to_owned()) };
            after {
                #[derive(SessionSchema)]
                pub struct Visitor { #[session(key = "last")] first: String, #[session(key = "first")] last: String }
            }
            read |visitor| visitor.first().await? => "Some(\"Ada\")";
        },
        evolution! {
            "another field took the key"
            before { #[derive(SessionSchema)] pub struct Visitor { name: String } }
            write |visitor| visitor.set_name("Ada".to_owned());
            after {
                #[derive(SessionSchema)]
                pub struct Visitor { #[session(key = "full_name")] name: String, #[session(key = "name")] nick: String }
            }
            read |visitor| visitor.name().await? => "Some(\"Ada\")";
        },
        evolution! {
            "a field was renamed, and its key kept"
            before { #[derive(SessionSchema)] pub struct Visitor { name: String } }
            write |visitor| visitor.set_name("Ada".to_owned());
            after { #[derive(SessionSchema)] pub struct Visitor { #[session(key = "name")] full_name: String } }
            read |visitor| visitor.full_name().await? => "Some(\"Ada\")";
        },
        evolution! {
            "an alias was removed"
            before { #[derive(SessionSchema)] pub struct Visitor { #[session(key = "user")] name: String } }
            write |visitor| visitor.set_name("Ada".to_owned());
            between { #[derive(SessionSchema)] pub struct Visitor { #[session(alias = "user")] name: String } }
            after { #[derive(SessionSchema)] pub struct Visitor { name: String } }
            read |visitor| visitor.name().await? => "Some(\"Ada\")";
        },
        evolution! {
            "a field of another type took the key of an alias"
            before { #[derive(SessionSchema)] pub struct Visitor { #[session(key = "user")] name: String } }
            write |visitor| visitor.set_name("Ada".to_owned());
            between { #[derive(SessionSchema)] pub struct Visitor { #[session(alias = "user")] name: String } }
            after { #[derive(SessionSchema)] pub struct Visitor { name: String, user: u64 } }
            read |visitor| visitor.user().await? => "Some(\"Ada\")";
        },
        evolution! {
            "a field was removed"
            before { #[derive(SessionSchema)] pub struct Visitor { name: String, theme: String } }
            write |visitor| visitor.set_theme("dark".to_owned());
            after { #[derive(SessionSchema)] pub struct Visitor { name: String } }
            read |visitor| visitor.name().await? => "Some(\"dark\")";
        },
        evolution! {
            "a retired key returned with another type"
            before { #[derive(SessionSchema)] pub struct Visitor { name: String, size: String } }
            write |visitor| visitor.set_size("large".to_owned());
            between { #[derive(SessionSchema)] #[session(retired = "size")] pub struct Visitor { name: String } }
            after { #[derive(SessionSchema)] pub struct Visitor { name: String, size: u32 } }
            read |visitor| visitor.size().await? => "Some";
        },
        evolution! {
            "a retired key returned with an equal type"
            before { #[derive(SessionSchema)] pub struct Visitor { name: String, size: u32 } }
            write |visitor| visitor.set_size(44);
            between { #[derive(SessionSchema)] #[session(retired = "size")] pub struct Visitor { name: String } }
            after { #[derive(SessionSchema)] pub struct Visitor { name: String, size: u64 } }
            read |visitor| visitor.size().await? => "Some(44)";
        },
        evolution! {
            "the order of the fields changed"
            before { #[derive(SessionSchema)] pub struct Visitor { name: String, size: u32 } }
            write |visitor| visitor.set_size(44);
            after { #[derive(SessionSchema)] pub struct Visitor { size: u32, name: String } }
            read |visitor| visitor.size().await? => "Some(44)";
        },
    ]
}

pub(super) fn structure() -> Vec<Evolution> {
    vec![
        evolution! {
            "a field moved from the server to the client"
            before { #[derive(SessionSchema)] pub struct Visitor { theme: String } }
            write |visitor| visitor.set_theme("dark".to_owned());
            after { #[derive(SessionSchema)] pub struct Visitor { #[session(client)] theme: String } }
            read |visitor| visitor.theme()? => "Some(\"dark\")";
        },
        evolution! {
            "a field moved from the client to the server"
            before { #[derive(SessionSchema)] pub struct Visitor { #[session(client)] theme: String } }
            write |visitor| visitor.set_theme("dark".to_owned());
            after { #[derive(SessionSchema)] pub struct Visitor { theme: String } }
            read |visitor| visitor.theme().await? => "Some(\"dark\")";
        },
        evolution! {
            "a field moved to a schema of its own, with the same key"
            before { #[derive(SessionSchema)] pub struct Visitor { name: String, address: String } }
            write |visitor| visitor.set_address("London".to_owned());
            after [others: Checkout] {
                #[derive(SessionSchema)] pub struct Visitor { name: String }
                #[derive(SessionSchema)] pub struct Checkout { address: String }
            }
            read |visitor| visitor.typed::<Checkout>().address().await? => "Some(\"London\")";
        },
        evolution! {
            "a field moved to a schema of its own, with another type"
            before { #[derive(SessionSchema)] pub struct Visitor { name: String, address: String } }
            write |visitor| visitor.set_address("London".to_owned());
            after [others: Checkout] {
                #[derive(SessionSchema)] pub struct Visitor { name: String }
                #[derive(SessionSchema)] pub struct Checkout { address: Vec<String> }
            }
            read |visitor| visitor.typed::<Checkout>().address().await? => "Some";
        },
        evolution! {
            "a nested schema was renamed"
            before {
                #[derive(SessionSchema)] pub struct Checkout { address: String }
                #[derive(SessionSchema)] pub struct Visitor { #[session(nested)] checkout: Checkout }
            }
            write |visitor| visitor.checkout_mut().set_address("London".to_owned());
            after {
                #[derive(SessionSchema)] pub struct Order { address: String }
                #[derive(SessionSchema)] pub struct Visitor { #[session(nested)] order: Order }
            }
            read |visitor| visitor.order().address().await? => "Some(\"London\")";
        },
        evolution! {
            "a field moved to a nested schema, with the same key"
            before { #[derive(SessionSchema)] pub struct Visitor { address: String } }
            write |visitor| visitor.set_address("London".to_owned());
            after {
                #[derive(SessionSchema)] pub struct Checkout { address: String }
                #[derive(SessionSchema)] pub struct Visitor { #[session(nested)] checkout: Checkout }
            }
            read |visitor| visitor.checkout().address().await? => "Some(\"London\")";
        },
    ]
}

pub(super) fn keyed_fields() -> Vec<Evolution> {
    vec![
        evolution! {
            "the entries of a keyed field have a wider type"
            before { #[derive(SessionSchema)] pub struct Visitor { #[session(keyed)] cart: BTreeMap<u32, u8> } }
            write |visitor| visitor.set_cart(&7, 2);
            after { #[derive(SessionSchema)] pub struct Visitor { #[session(keyed)] cart: BTreeMap<String, u32> } }
            read |visitor| visitor.cart("7").await? => "Some(2)";
        },
        evolution! {
            "the entries of a keyed field have another type"
            before { #[derive(SessionSchema)] pub struct Visitor { #[session(keyed)] cart: BTreeMap<u32, u8> } }
            write |visitor| visitor.set_cart(&7, 2);
            after { #[derive(SessionSchema)] pub struct Visitor { #[session(keyed)] cart: BTreeMap<u32, String> } }
            read |visitor| visitor.cart(&7).await? => "Some(2)";
        },
        evolution! {
            "the parts of a keyed field have another type"
            before { #[derive(SessionSchema)] pub struct Visitor { #[session(keyed)] cart: BTreeMap<String, u8> } }
            write |visitor| visitor.set_cart("tea", 2);
            after { #[derive(SessionSchema)] pub struct Visitor { #[session(keyed)] cart: BTreeMap<u32, u8> } }
            read |visitor| visitor.cart_entries().await?.len() => "1";
        },
        evolution! {
            "a map became a keyed field"
            before { #[derive(SessionSchema)] pub struct Visitor { cart: BTreeMap<u32, u8> } }
            write |visitor| visitor.set_cart([(7, 2)].into());
            after { #[derive(SessionSchema)] pub struct Visitor { #[session(keyed)] cart: BTreeMap<u32, u8> } }
            read |visitor| visitor.cart(&7).await? => "Some(2)";
        },
        evolution! {
            "the key of a keyed field was renamed"
            before { #[derive(SessionSchema)] pub struct Visitor { #[session(keyed)] cart: BTreeMap<u32, u8> } }
            write |visitor| visitor.set_cart(&7, 2);
            after { #[derive(SessionSchema)] pub struct Visitor { #[session(keyed, key = "basket")] cart: BTreeMap<u32, u8> } }
            read |visitor| visitor.cart(&7).await? => "Some(2)";
        },
        evolution! {
            "the key of a keyed field was renamed, with an alias"
            before { #[derive(SessionSchema)] pub struct Visitor { #[session(keyed)] cart: BTreeMap<u32, u8> } }
            write |visitor| visitor.set_cart(&7, 2);
            after { #[derive(SessionSchema)] pub struct Visitor { #[session(keyed, key = "basket", alias = "cart")] cart: BTreeMap<u32, u8> } }
            read |visitor| visitor.cart(&7).await? => "Some(2)";
        },
    ]
}

pub(super) fn attributes() -> Vec<Evolution> {
    vec![
        evolution! {
            "a default was added"
            before { #[derive(SessionSchema)] pub struct Visitor { size: u32 } }
            write |visitor| visitor.set_size(44);
            after { #[derive(SessionSchema)] pub struct Visitor { #[session(default = 42)] size: u32 } }
            read |visitor| visitor.size().await? => "44";
        },
        evolution! {
            "a default changed"
            before { #[derive(SessionSchema)] pub struct Visitor { #[session(default = 42)] size: u32 } }
            write |visitor| visitor.set_size(44);
            after { #[derive(SessionSchema)] pub struct Visitor { #[session(default = 43)] size: u32 } }
            read |visitor| visitor.size().await? => "44";
        },
        evolution! {
            "the type changed, with `on_invalid`"
            before { #[derive(SessionSchema)] pub struct Visitor { size: String } }
            write |visitor| visitor.set_size("large".to_owned());
            after { #[derive(SessionSchema)] pub struct Visitor { #[session(on_invalid = "discard")] size: u32 } }
            read |visitor| visitor.size().await? => "Some";
        },
        evolution! {
            "`on_invalid` was removed, and the type had changed before"
            before { #[derive(SessionSchema)] pub struct Visitor { size: String } }
            write |visitor| visitor.set_size("large".to_owned());
            between { #[derive(SessionSchema)] pub struct Visitor { #[session(on_invalid = "discard")] size: u32 } }
            after { #[derive(SessionSchema)] pub struct Visitor { size: u32 } }
            read |visitor| visitor.size().await? => "Some";
        },
        evolution! {
            "the type changed, with `migrate`"
            before { #[derive(SessionSchema)] pub struct Visitor { size: String } }
            write |visitor| visitor.set_size("44".to_owned());
            after {
                #[derive(SessionSchema)] pub struct Visitor { #[session(migrate = "number")] size: u32 }
                fn number(old: &Value) -> Option<u32> { Some(old.as_str()?.parse().unwrap_or(0)) }
            }
            read |visitor| visitor.size().await? => "Some(44)";
        },
        evolution! {
            "the type changed, with a `migrate` that converts some values"
            before { #[derive(SessionSchema)] pub struct Visitor { size: String } }
            write |visitor| visitor.set_size("44".to_owned());
            after {
                #[derive(SessionSchema)] pub struct Visitor { #[session(migrate = "number")] size: u32 }
                fn number(old: &Value) -> Option<u32> { old.as_str()?.parse().ok() }
            }
            read |visitor| visitor.size().await? => "Some(44)";
        },
        evolution! {
            "the type changed, with a `migrate` that converts other values"
            before { #[derive(SessionSchema)] pub struct Visitor { size: String } }
            write |visitor| visitor.set_size("44".to_owned());
            after {
                #[derive(SessionSchema)] pub struct Visitor { #[session(migrate = "number")] size: u32 }
                fn number(old: &Value) -> Option<u32> { u32::try_from(old.as_array()?.len()).ok() }
            }
            read |visitor| visitor.size().await? => "Some(44)";
        },
        evolution! {
            "`migrate` was removed, and the type had changed before"
            before { #[derive(SessionSchema)] pub struct Visitor { size: String } }
            write |visitor| visitor.set_size("44".to_owned());
            between {
                #[derive(SessionSchema)] pub struct Visitor { #[session(migrate = "number")] size: u32 }
                fn number(old: &Value) -> Option<u32> { Some(old.as_str()?.parse().unwrap_or(0)) }
            }
            after { #[derive(SessionSchema)] pub struct Visitor { size: u32 } }
            read |visitor| visitor.size().await? => "Some(44)";
        },
        evolution! {
            "`index` was added"
            before { #[derive(SessionSchema)] pub struct Visitor { user_id: u64 } }
            write |visitor| visitor.set_user_id(7);
            after { #[derive(SessionSchema)] pub struct Visitor { #[session(index)] user_id: u64 } }
            read |visitor| visitor.user_id().await? => "Some(7)";
        },
        evolution! {
            "`sealed` was added"
            before { #[derive(SessionSchema)] pub struct Visitor { token: String } }
            write |visitor| visitor.set_token("t".to_owned());
            after { #[derive(SessionSchema)] pub struct Visitor { #[session(sealed)] token: String } }
            read |visitor| visitor.token().await? => "Some(\"t\")";
        },
        evolution! {
            "`sealed` was added, with `on_invalid`"
            before { #[derive(SessionSchema)] pub struct Visitor { token: String } }
            write |visitor| visitor.set_token("t".to_owned());
            after { #[derive(SessionSchema)] pub struct Visitor { #[session(sealed, on_invalid = "discard")] token: String } }
            read |visitor| visitor.token().await? => "Some(\"t\")";
        },
        evolution! {
            "`sealed` was added, with `migrate`"
            before { #[derive(SessionSchema)] pub struct Visitor { token: String } }
            write |visitor| visitor.set_token("t".to_owned());
            after {
                #[derive(SessionSchema)] pub struct Visitor { #[session(sealed, migrate = "plain")] token: String }
                fn plain(old: &Value) -> Option<String> { old.as_str().map(str::to_owned) }
            }
            read |visitor| visitor.token().await? => "Some(\"t\")";
        },
        evolution! {
            "`sealed` was removed"
            before { #[derive(SessionSchema)] pub struct Visitor { #[session(sealed)] token: String } }
            write |visitor| visitor.set_token("t".to_owned());
            after { #[derive(SessionSchema)] pub struct Visitor { token: String } }
            read |visitor| visitor.token().await? => "Some(\"t\")";
        },
        evolution! {
            "`expires_in` was added"
            before { #[derive(SessionSchema)] pub struct Visitor { code: String } }
            write |visitor| visitor.set_code("1234".to_owned());
            after { #[derive(SessionSchema)] pub struct Visitor { #[session(expires_in = "10m")] code: String } }
            read |visitor| visitor.code().await? => "Some(\"1234\")";
        },
        evolution! {
            "`expires_in` was removed"
            before { #[derive(SessionSchema)] pub struct Visitor { #[session(expires_in = "10m")] code: String } }
            write |visitor| visitor.set_code("1234".to_owned());
            after { #[derive(SessionSchema)] pub struct Visitor { code: String } }
            read |visitor| visitor.code().await? => "Some(\"1234\")";
        },
        evolution! {
            "`flash` was added"
            before { #[derive(SessionSchema)] pub struct Visitor { message: String } }
            write |visitor| visitor.set_message("hi".to_owned());
            after { #[derive(SessionSchema)] pub struct Visitor { #[session(flash)] message: String } }
            read |visitor| visitor.peek_message().await? => "Some(\"hi\")";
        },
    ]
}
