//! Changes of groups, which are absent if one of their fields is.

#![allow(clippy::too_many_lines, reason = "tables of evolutions")]

use serde_json::Value;
use session::__private::SchemaCheck;
use session::{Session, SessionSchema};

use super::evolution::{Evolution, check_of, evolution};

pub(super) fn fields() -> Vec<Evolution> {
    vec![
        evolution! {
            "a field was added to a group"
            before {
                #[derive(SessionSchema)] #[session(group)] pub struct Login { user: u64 }
                #[derive(SessionSchema)] pub struct Visitor { #[session(group)] login: Login }
            }
            write |visitor| visitor.set_login(Login { user: 7 });
            after {
                #[derive(SessionSchema)] #[session(group)] pub struct Login { user: u64, since: u64 }
                #[derive(SessionSchema)] pub struct Visitor { #[session(group)] login: Login }
            }
            read |visitor| visitor.login().await?.map(|login| login.user) => "Some(7)";
        },
        evolution! {
            "a field joined a group, with its key"
            before {
                #[derive(SessionSchema)] #[session(group)] pub struct Login { user: u64 }
                #[derive(SessionSchema)] pub struct Visitor { #[session(group)] login: Login, since: u64 }
            }
            write |visitor| { visitor.set_since(3)?; visitor.set_login(Login { user: 7 }) };
            after {
                #[derive(SessionSchema)] #[session(group)] pub struct Login { user: u64, since: u64 }
                #[derive(SessionSchema)] pub struct Visitor { #[session(group)] login: Login }
            }
            read |visitor| visitor.login().await?.map(|login| login.user + login.since) => "Some(10)";
        },
        evolution! {
            "a field of a group was removed, and its key retired"
            before {
                #[derive(SessionSchema)] #[session(group)] pub struct Login { user: u64, since: u64 }
                #[derive(SessionSchema)] pub struct Visitor { #[session(group)] login: Login }
            }
            write |visitor| visitor.set_login(Login { user: 7, since: 3 });
            after {
                #[derive(SessionSchema)] #[session(group, retired = "since")] pub struct Login { user: u64 }
                #[derive(SessionSchema)] pub struct Visitor { #[session(group)] login: Login }
            }
            read |visitor| visitor.login().await?.map(|login| login.user) => "Some(7)";
        },
        evolution! {
            "a field left a group, with its key"
            before {
                #[derive(SessionSchema)] #[session(group)] pub struct Login { user: u64, since: u64 }
                #[derive(SessionSchema)] pub struct Visitor { #[session(group)] login: Login }
            }
            write |visitor| visitor.set_login(Login { user: 7, since: 3 });
            after {
                #[derive(SessionSchema)] #[session(group)] pub struct Login { user: u64 }
                #[derive(SessionSchema)] pub struct Visitor { #[session(group)] login: Login, since: u64 }
            }
            read |visitor| (visitor.login().await?.map(|login| login.user), visitor.since().await?) => "(Some(7), Some(3))";
        },
        evolution! {
            "a field of a group was renamed"
            before {
                #[derive(SessionSchema)] #[session(group)] pub struct Login { user: u64, since: u64 }
                #[derive(SessionSchema)] pub struct Visitor { #[session(group)] login: Login }
            }
            write |visitor| visitor.set_login(Login { user: 7, since: 3 });
            after {
                #[derive(SessionSchema)] #[session(group)] pub struct Login { user: u64, start: u64 }
                #[derive(SessionSchema)] pub struct Visitor { #[session(group)] login: Login }
            }
            read |visitor| visitor.login().await?.map(|login| login.start) => "Some(3)";
        },
        evolution! {
            "a field of a group was renamed, with an alias"
            before {
                #[derive(SessionSchema)] #[session(group)] pub struct Login { user: u64, since: u64 }
                #[derive(SessionSchema)] pub struct Visitor { #[session(group)] login: Login }
            }
            write |visitor| visitor.set_login(Login { user: 7, since: 3 });
            after {
                #[derive(SessionSchema)] #[session(group)]
                pub struct Login { user: u64, #[session(alias = "since")] start: u64 }
                #[derive(SessionSchema)] pub struct Visitor { #[session(group)] login: Login }
            }
            read |visitor| visitor.login().await?.map(|login| login.start) => "Some(3)";
        },
        evolution! {
            "a field of a group has another type"
            before {
                #[derive(SessionSchema)] #[session(group)] pub struct Login { user: u64 }
                #[derive(SessionSchema)] pub struct Visitor { #[session(group)] login: Login }
            }
            write |visitor| visitor.set_login(Login { user: 7 });
            after {
                #[derive(SessionSchema)] #[session(group)] pub struct Login { user: String }
                #[derive(SessionSchema)] pub struct Visitor { #[session(group)] login: Login }
            }
            read |visitor| visitor.login().await?.map(|login| login.user) => "Some(7)";
        },
        evolution! {
            "a field of a group expires now"
            before {
                #[derive(SessionSchema)] #[session(group)] pub struct Login { user: u64, code: u64 }
                #[derive(SessionSchema)] pub struct Visitor { #[session(group)] login: Login }
            }
            write |visitor| visitor.set_login(Login { user: 7, code: 1 });
            after {
                #[derive(SessionSchema)] #[session(group)]
                pub struct Login { user: u64, #[session(expires_in = "10m")] code: u64 }
                #[derive(SessionSchema)] pub struct Visitor { #[session(group)] login: Login }
            }
            read |visitor| visitor.login().await?.map(|login| login.user) => "Some(7)";
        },
        evolution! {
            "a group was renamed"
            before {
                #[derive(SessionSchema)] #[session(group)] pub struct Login { user: u64 }
                #[derive(SessionSchema)] pub struct Visitor { #[session(group)] login: Login }
            }
            write |visitor| visitor.set_login(Login { user: 7 });
            after {
                #[derive(SessionSchema)] #[session(group)] pub struct Account { user: u64 }
                #[derive(SessionSchema)] pub struct Visitor { #[session(group)] account: Account }
            }
            read |visitor| visitor.account().await?.map(|account| account.user) => "Some(7)";
        },
        evolution! {
            "fields became a group, with their keys"
            before { #[derive(SessionSchema)] pub struct Visitor { user: u64, since: u64 } }
            write |visitor| { visitor.set_user(7)?; visitor.set_since(3) };
            after {
                #[derive(SessionSchema)] #[session(group)] pub struct Login { user: u64, since: u64 }
                #[derive(SessionSchema)] pub struct Visitor { #[session(group)] login: Login }
            }
            read |visitor| visitor.login().await?.map(|login| login.user) => "Some(7)";
        },
        evolution! {
            "a field became a group with a new field"
            before { #[derive(SessionSchema)] pub struct Visitor { user: u64 } }
            write |visitor| visitor.set_user(7);
            after {
                #[derive(SessionSchema)] #[session(group)] pub struct Login { user: u64, since: u64 }
                #[derive(SessionSchema)] pub struct Visitor { #[session(group)] login: Login }
            }
            read |visitor| visitor.login().await?.map(|login| login.user) => "Some(7)";
        },
        evolution! {
            "a new group was added"
            before { #[derive(SessionSchema)] pub struct Visitor { name: String } }
            write |visitor| visitor.set_name("Ada".to_owned());
            after {
                #[derive(SessionSchema)] #[session(group)] pub struct Login { user: u64, since: u64 }
                #[derive(SessionSchema)] pub struct Visitor { name: String, #[session(group)] login: Login }
            }
            read |visitor| visitor.name().await? => "Some(\"Ada\")";
        },
    ]
}

/// The other schema of `before` stands for an application that stores `null` for absent values.
pub(super) fn nulls() -> Vec<Evolution> {
    vec![
        evolution! {
            "`null = \"absent\"` was added"
            before { #[derive(SessionSchema)] pub struct Visitor { size: u8 } }
            write |visitor| visitor.set_size(44);
            after { #[derive(SessionSchema)] pub struct Visitor { #[session(null = "absent")] size: u8 } }
            read |visitor| visitor.size().await? => "Some(44)";
        },
        evolution! {
            "`null = \"absent\"` was added to a field that stored `null`"
            before {
                #[derive(serde::Serialize, serde::Deserialize)] pub struct Size(Option<u8>);
                #[derive(SessionSchema)] pub struct Visitor { size: Size }
            }
            write |visitor| visitor.set_size(Size(None));
            after { #[derive(SessionSchema)] pub struct Visitor { #[session(null = "absent")] size: u8 } }
            read |visitor| visitor.size().await? => "None";
        },
        evolution! {
            "`null = \"absent\"` was removed"
            before {
                #[derive(SessionSchema)] pub struct Visitor { #[session(null = "absent")] size: u8 }
                #[derive(SessionSchema)] pub struct Other { size: Value }
            }
            write |visitor| visitor.typed_mut::<Other>().set_size(Value::Null);
            after { #[derive(SessionSchema)] pub struct Visitor { size: u8 } }
            read |visitor| visitor.size().await? => "None";
        },
        evolution! {
            "`null = \"absent\"` was removed, with `on_invalid`"
            before {
                #[derive(SessionSchema)] pub struct Visitor { #[session(null = "absent")] size: u8 }
                #[derive(SessionSchema)] pub struct Other { size: Value }
            }
            write |visitor| visitor.typed_mut::<Other>().set_size(Value::Null);
            after { #[derive(SessionSchema)] pub struct Visitor { #[session(on_invalid = "discard")] size: u8 } }
            read |visitor| visitor.size().await? => "Some";
        },
        evolution! {
            "`on_invalid` was removed, and `null = \"absent\"` had been removed before"
            before {
                #[derive(SessionSchema)] pub struct Visitor { #[session(null = "absent")] size: u8 }
                #[derive(SessionSchema)] pub struct Other { size: Value }
            }
            write |visitor| visitor.typed_mut::<Other>().set_size(Value::Null);
            between { #[derive(SessionSchema)] pub struct Visitor { #[session(on_invalid = "discard")] size: u8 } }
            after { #[derive(SessionSchema)] pub struct Visitor { size: u8 } }
            read |visitor| visitor.size().await? => "Some";
        },
        evolution! {
            "a key with `null = \"absent\"` was retired, and is used again"
            before {
                #[derive(SessionSchema)] pub struct Visitor { #[session(null = "absent")] size: u8 }
                #[derive(SessionSchema)] pub struct Other { size: Value }
            }
            write |visitor| visitor.typed_mut::<Other>().set_size(Value::Null);
            between { #[derive(SessionSchema)] #[session(retired = "size")] pub struct Visitor { name: String } }
            after { #[derive(SessionSchema)] pub struct Visitor { name: String, size: u8 } }
            read |visitor| visitor.size().await? => "Some";
        },
        evolution! {
            "`null = \"absent\"` stayed, and the type became wider"
            before {
                #[derive(SessionSchema)] pub struct Visitor { #[session(null = "absent")] size: u8 }
                #[derive(SessionSchema)] pub struct Other { size: Value }
            }
            write |visitor| visitor.typed_mut::<Other>().set_size(44.into());
            after { #[derive(SessionSchema)] pub struct Visitor { #[session(null = "absent")] size: u32 } }
            read |visitor| visitor.size().await? => "Some(44)";
        },
    ]
}
