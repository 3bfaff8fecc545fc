//! Changes of the types of fields, and of parts of these types.

#![allow(clippy::too_many_lines, unused_qualifications, reason = "tables of evolutions")]

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use session::__private::SchemaCheck;
use session::{Session, SessionSchema};

use super::codecs;
use super::evolution::{Evolution, check_of, evolution};

pub(super) fn enums() -> Vec<Evolution> {
    vec![
        evolution! {
            "an enum variant was removed"
            before {
                #[derive(Debug, Serialize, Deserialize)] pub enum Theme { Dark, Light }
                #[derive(SessionSchema)] pub struct Visitor { theme: Theme }
            }
            write |visitor| visitor.set_theme(Theme::Dark);
            after {
                #[derive(Debug, Serialize, Deserialize)] pub enum Theme { Light }
                #[derive(SessionSchema)] pub struct Visitor { theme: Theme }
            }
            read |visitor| visitor.theme().await? => "Some(Dark)";
        },
        evolution! {
            "an enum variant was renamed"
            before {
                #[derive(Debug, Serialize, Deserialize)] pub enum Theme { Dark, Light }
                #[derive(SessionSchema)] pub struct Visitor { themes: Vec<Theme> }
            }
            write |visitor| visitor.set_themes(vec![Theme::Dark]);
            after {
                #[derive(Debug, Serialize, Deserialize)] pub enum Theme { Night, Light }
                #[derive(SessionSchema)] pub struct Visitor { themes: Vec<Theme> }
            }
            read |visitor| visitor.themes().await? => "Some([Dark])";
        },
        evolution! {
            "`rename_all` was added to an enum"
            before {
                #[derive(Debug, Serialize, Deserialize)] pub enum Theme { Dark, Light }
                #[derive(SessionSchema)] pub struct Visitor { theme: Theme }
            }
            write |visitor| visitor.set_theme(Theme::Dark);
            after {
                #[derive(Debug, Serialize, Deserialize)] #[serde(rename_all = "lowercase")] pub enum Theme { Dark, Light }
                #[derive(SessionSchema)] pub struct Visitor { theme: Theme }
            }
            read |visitor| visitor.theme().await? => "Some(Dark)";
        },
        evolution! {
            "an enum variant was added"
            before {
                #[derive(Debug, Serialize, Deserialize)] pub enum Theme { Dark, Light }
                #[derive(SessionSchema)] pub struct Visitor { theme: Theme }
            }
            write |visitor| visitor.set_theme(Theme::Dark);
            after {
                #[derive(Debug, Serialize, Deserialize)] pub enum Theme { Dark, Light, System }
                #[derive(SessionSchema)] pub struct Visitor { theme: Theme }
            }
            read |visitor| visitor.theme().await? => "Some(Dark)";
        },
        evolution! {
            "an enum variant was renamed, with an alias of serde"
            before {
                #[derive(Debug, Serialize, Deserialize)] pub enum Theme { Dark, Light }
                #[derive(SessionSchema)] pub struct Visitor { theme: Theme }
            }
            write |visitor| visitor.set_theme(Theme::Dark);
            after {
                #[derive(Debug, Serialize, Deserialize)] pub enum Theme { #[serde(alias = "Dark")] Night, Light }
                #[derive(SessionSchema)] pub struct Visitor { theme: Theme }
            }
            read |visitor| visitor.theme().await? => "Some(Night)";
        },
        evolution! {
            "an enum variant was removed, and another one reads unknown names"
            before {
                #[derive(Debug, Serialize, Deserialize)] pub enum Theme { Dark, Light }
                #[derive(SessionSchema)] pub struct Visitor { theme: Theme }
            }
            write |visitor| visitor.set_theme(Theme::Dark);
            after {
                #[derive(Debug, Serialize, Deserialize)] pub enum Theme { Light, #[serde(other)] Unknown }
                #[derive(SessionSchema)] pub struct Visitor { theme: Theme }
            }
            read |visitor| visitor.theme().await? => "Some(Unknown)";
        },
        evolution! {
            "the content of an enum variant has another type"
            before {
                #[derive(Debug, Serialize, Deserialize)] pub enum Payment { Free, Card { number: String } }
                #[derive(SessionSchema)] pub struct Visitor { payment: Payment }
            }
            write |visitor| visitor.set_payment(Payment::Card { number: "4242".to_owned() });
            after {
                #[derive(Debug, Serialize, Deserialize)] pub enum Payment { Free, Card { number: u64 } }
                #[derive(SessionSchema)] pub struct Visitor { payment: Payment }
            }
            read |visitor| visitor.payment().await? => "Some(Card { number: 4242 })";
        },
        evolution! {
            "a variant of an internally tagged enum was removed, and there are samples"
            before [samples: Visitor::LOGIN => Login::Password, Visitor::LOGIN => Login::Token { name: "ci".to_owned() }] {
                #[derive(Debug, Serialize, Deserialize)] #[serde(tag = "by")]
                pub enum Login { Password, Token { name: String } }
                #[derive(SessionSchema)] pub struct Visitor { login: Login }
            }
            write |visitor| visitor.set_login(Login::Token { name: "ci".to_owned() });
            after {
                #[derive(Debug, Serialize, Deserialize)] #[serde(tag = "by")] pub enum Login { Password }
                #[derive(SessionSchema)] pub struct Visitor { login: Login }
            }
            read |visitor| visitor.login().await? => "Some(Token)";
        },
        evolution! {
            "a variant of an internally tagged enum was added, and there are samples"
            before [samples: Visitor::LOGIN => Login::Password] {
                #[derive(Debug, Serialize, Deserialize)] #[serde(tag = "by")] pub enum Login { Password }
                #[derive(SessionSchema)] pub struct Visitor { login: Login }
            }
            write |visitor| visitor.set_login(Login::Password);
            after {
                #[derive(Debug, Serialize, Deserialize)] #[serde(tag = "by")]
                pub enum Login { Password, Token { name: String } }
                #[derive(SessionSchema)] pub struct Visitor { login: Login }
            }
            read |visitor| visitor.login().await? => "Some(Password)";
        },
        evolution! {
            "a number became an untagged enum that reads numbers"
            before { #[derive(SessionSchema)] pub struct Visitor { owner: u32 } }
            write |visitor| visitor.set_owner(7);
            after {
                #[derive(Debug, Serialize, Deserialize)] #[serde(untagged)] pub enum Id { Number(u32), Text(String) }
                #[derive(SessionSchema)] pub struct Visitor { owner: Id }
            }
            read |visitor| visitor.owner().await? => "Some(Number(7))";
        },
    ]
}

pub(super) fn structs() -> Vec<Evolution> {
    vec![
        evolution! {
            "a field of a struct was added without a default"
            before {
                #[derive(Debug, Serialize, Deserialize)] pub struct Item { sku: String }
                #[derive(SessionSchema)] pub struct Visitor { cart: Vec<Item> }
            }
            write |visitor| visitor.set_cart(vec![Item { sku: "tea".to_owned() }]);
            after {
                #[derive(Debug, Serialize, Deserialize)] pub struct Item { sku: String, qty: u32 }
                #[derive(SessionSchema)] pub struct Visitor { cart: Vec<Item> }
            }
            read |visitor| visitor.cart().await? => "Some";
        },
        evolution! {
            "a field of a struct was renamed"
            before {
                #[derive(Debug, Serialize, Deserialize)] pub struct Item { sku: String }
                #[derive(SessionSchema)] pub struct Visitor { cart: Vec<Item> }
            }
            write |visitor| visitor.set_cart(vec![Item { sku: "tea".to_owned() }]);
            after {
                #[derive(Debug, Serialize, Deserialize)] pub struct Item { article: String }
                #[derive(SessionSchema)] pub struct Visitor { cart: Vec<Item> }
            }
            read |visitor| visitor.cart().await? => "Some";
        },
        evolution! {
            "a field of a struct was removed, with `deny_unknown_fields`"
            before {
                #[derive(Debug, Serialize, Deserialize)] pub struct Item { sku: String, gift: bool }
                #[derive(SessionSchema)] pub struct Visitor { cart: Vec<Item> }
            }
            write |visitor| visitor.set_cart(vec![Item { sku: "tea".to_owned(), gift: true }]);
            after {
                #[derive(Debug, Serialize, Deserialize)] #[serde(deny_unknown_fields)] pub struct Item { sku: String }
                #[derive(SessionSchema)] pub struct Visitor { cart: Vec<Item> }
            }
            read |visitor| visitor.cart().await? => "Some";
        },
        evolution! {
            "`deny_unknown_fields` was added"
            before {
                #[derive(Debug, Serialize, Deserialize)] pub struct Item { sku: String }
                #[derive(SessionSchema)] pub struct Visitor { item: Item }
            }
            write |visitor| visitor.set_item(Item { sku: "tea".to_owned() });
            after {
                #[derive(Debug, Serialize, Deserialize)] #[serde(deny_unknown_fields)] pub struct Item { sku: String }
                #[derive(SessionSchema)] pub struct Visitor { item: Item }
            }
            read |visitor| visitor.item().await? => "Some(Item { sku: \"tea\" })";
        },
        evolution! {
            "a field of a generic type was added"
            before {
                #[derive(Debug, Serialize, Deserialize)] pub struct Page<T> { items: Vec<T> }
                #[derive(SessionSchema)] pub struct Visitor { page: Page<u8> }
            }
            write |visitor| visitor.set_page(Page { items: vec![1] });
            after {
                #[derive(Debug, Serialize, Deserialize)] pub struct Page<T> { items: Vec<T>, number: u32 }
                #[derive(SessionSchema)] pub struct Visitor { page: Page<u8> }
            }
            read |visitor| visitor.page().await? => "Some";
        },
        evolution! {
            "a field of a struct was added with `serde(default)`"
            before {
                #[derive(Debug, Serialize, Deserialize)] pub struct Item { sku: String }
                #[derive(SessionSchema)] pub struct Visitor { item: Item }
            }
            write |visitor| visitor.set_item(Item { sku: "tea".to_owned() });
            after {
                #[derive(Debug, Serialize, Deserialize)] pub struct Item { sku: String, #[serde(default)] qty: u32 }
                #[derive(SessionSchema)] pub struct Visitor { item: Item }
            }
            read |visitor| visitor.item().await? => "Some(Item { sku: \"tea\", qty: 0 })";
        },
        evolution! {
            "a field of a struct was renamed, with an alias of serde"
            before {
                #[derive(Debug, Serialize, Deserialize)] pub struct Item { sku: String, qty: u32 }
                #[derive(SessionSchema)] pub struct Visitor { item: Item }
            }
            write |visitor| visitor.set_item(Item { sku: "tea".to_owned(), qty: 2 });
            after {
                #[derive(Debug, Serialize, Deserialize)]
                pub struct Item { #[serde(alias = "sku")] article: String, #[serde(alias = "count")] qty: u32 }
                #[derive(SessionSchema)] pub struct Visitor { item: Item }
            }
            read |visitor| visitor.item().await? => "Some(Item { article: \"tea\", qty: 2 })";
        },
        evolution! {
            "an optional part became required"
            before {
                #[derive(Debug, Serialize, Deserialize)] pub struct Item { note: Option<String> }
                #[derive(SessionSchema)] pub struct Visitor { item: Item }
            }
            write |visitor| visitor.set_item(Item { note: None });
            after {
                #[derive(Debug, Serialize, Deserialize)] pub struct Item { note: String }
                #[derive(SessionSchema)] pub struct Visitor { item: Item }
            }
            read |visitor| visitor.item().await? => "Some";
        },
        evolution! {
            "a recursive type has another type inside"
            before {
                #[derive(Debug, Serialize, Deserialize)] pub struct Tree { name: String, children: Vec<Tree> }
                #[derive(SessionSchema)] pub struct Visitor { tree: Tree }
            }
            write |visitor| visitor.set_tree(Tree { name: "a".to_owned(), children: vec![Tree { name: "b".to_owned(), children: Vec::new() }] });
            after {
                #[derive(Debug, Serialize, Deserialize)] pub struct Tree { name: u8, children: Vec<Tree> }
                #[derive(SessionSchema)] pub struct Visitor { tree: Tree }
            }
            read |visitor| visitor.tree().await? => "Some";
        },
        evolution! {
            "`Vec<Item>` is written as `Vec<self::Item>`"
            before {
                #[derive(Debug, Serialize, Deserialize)] pub struct Item { sku: String }
                #[derive(SessionSchema)] pub struct Visitor { cart: Vec<Item> }
            }
            write |visitor| visitor.set_cart(vec![Item { sku: "tea".to_owned() }]);
            after {
                #[derive(Debug, Serialize, Deserialize)] pub struct Item { sku: String }
                #[derive(SessionSchema)] pub struct Visitor { cart: Vec<self::Item> }
            }
            read |visitor| visitor.cart().await? => "Some([Item { sku: \"tea\" }])";
        },
        evolution! {
            "a pair became a struct of two fields"
            before { #[derive(SessionSchema)] pub struct Visitor { at: (u8, u8) } }
            write |visitor| visitor.set_at((1, 2));
            after {
                #[derive(Debug, Serialize, Deserialize)] pub struct Point { x: u8, y: u8 }
                #[derive(SessionSchema)] pub struct Visitor { at: Point }
            }
            read |visitor| visitor.at().await? => "Some(Point { x: 1, y: 2 })";
        },
        evolution! {
            "any JSON became a struct"
            before { #[derive(SessionSchema)] pub struct Visitor { item: Value } }
            write |visitor| visitor.set_item(serde_json::json!(["tea"]));
            after {
                #[derive(Debug, Serialize, Deserialize)] pub struct Item { sku: String }
                #[derive(SessionSchema)] pub struct Visitor { item: Item }
            }
            read |visitor| visitor.item().await? => "Some";
        },
        evolution! {
            "a struct became any JSON"
            before {
                #[derive(Debug, Serialize, Deserialize)] pub struct Item { n: u8 }
                #[derive(SessionSchema)] pub struct Visitor { item: Item }
            }
            write |visitor| visitor.set_item(Item { n: 1 });
            after { #[derive(SessionSchema)] pub struct Visitor { item: Value } }
            read |visitor| visitor.item().await? => "Some(Object {\"n\": Number(1)})";
        },
    ]
}

pub(super) fn simple_types() -> Vec<Evolution> {
    vec![
        evolution! {
            "the type behind a `type` name changed from `u32` to `String`"
            before {
                pub type Id = u32;
                #[derive(SessionSchema)] pub struct Visitor { owner: Id }
            }
            write |visitor| visitor.set_owner(7);
            after {
                pub type Id = String;
                #[derive(SessionSchema)] pub struct Visitor { owner: Id }
            }
            read |visitor| visitor.owner().await? => "Some";
        },
        evolution! {
            "`u32` became `u64`"
            before { #[derive(SessionSchema)] pub struct Visitor { visits: u32 } }
            write |visitor| visitor.set_visits(u32::MAX);
            after { #[derive(SessionSchema)] pub struct Visitor { visits: u64 } }
            read |visitor| visitor.visits().await? => "Some(4294967295)";
        },
        evolution! {
            "`u64` became `u32`"
            before { #[derive(SessionSchema)] pub struct Visitor { visits: u64 } }
            write |visitor| visitor.set_visits(u64::MAX);
            after { #[derive(SessionSchema)] pub struct Visitor { visits: u32 } }
            read |visitor| visitor.visits().await? => "Some";
        },
        evolution! {
            "a float became an integer"
            before { #[derive(SessionSchema)] pub struct Visitor { price: f64 } }
            write |visitor| visitor.set_price(1.5);
            after { #[derive(SessionSchema)] pub struct Visitor { price: u64 } }
            read |visitor| visitor.price().await? => "Some";
        },
        evolution! {
            "`String` became `Box<str>`"
            before { #[derive(SessionSchema)] pub struct Visitor { name: String } }
            write |visitor| visitor.set_name("Ada".to_owned());
            after { #[derive(SessionSchema)] pub struct Visitor { name: Box<str> } }
            read |visitor| visitor.name().await? => "Some(\"Ada\")";
        },
        evolution! {
            "`u64` became a newtype"
            before { #[derive(SessionSchema)] pub struct Visitor { owner: u64 } }
            write |visitor| visitor.set_owner(7);
            after {
                #[derive(Debug, Serialize, Deserialize)] pub struct UserId(u64);
                #[derive(SessionSchema)] pub struct Visitor { owner: UserId }
            }
            read |visitor| visitor.owner().await? => "Some(UserId(7))";
        },
        evolution! {
            "the items of a list became optional"
            before { #[derive(SessionSchema)] pub struct Visitor { sizes: Vec<u32> } }
            write |visitor| visitor.set_sizes(vec![1]);
            after { #[derive(SessionSchema)] pub struct Visitor { sizes: Vec<Option<u32>> } }
            read |visitor| visitor.sizes().await? => "Some([Some(1)])";
        },
        evolution! {
            "a map became a list"
            before { #[derive(SessionSchema)] pub struct Visitor { cart: HashMap<String, u32> } }
            write |visitor| visitor.set_cart([("tea".to_owned(), 2)].into());
            after { #[derive(SessionSchema)] pub struct Visitor { cart: Vec<u32> } }
            read |visitor| visitor.cart().await? => "Some";
        },
        evolution! {
            "a set became a list"
            before { #[derive(SessionSchema)] pub struct Visitor { seen: HashSet<u32> } }
            write |visitor| visitor.set_seen([7].into());
            after { #[derive(SessionSchema)] pub struct Visitor { seen: Vec<u32> } }
            read |visitor| visitor.seen().await? => "Some([7])";
        },
        evolution! {
            "the keys of a map became numbers"
            before { #[derive(SessionSchema)] pub struct Visitor { cart: HashMap<String, u32> } }
            write |visitor| visitor.set_cart([("tea".to_owned(), 2)].into());
            after { #[derive(SessionSchema)] pub struct Visitor { cart: BTreeMap<u32, u32> } }
            read |visitor| visitor.cart().await? => "Some";
        },
        evolution! {
            "the keys of a map became texts"
            before { #[derive(SessionSchema)] pub struct Visitor { cart: BTreeMap<u32, u32> } }
            write |visitor| visitor.set_cart([(7, 2)].into());
            after { #[derive(SessionSchema)] pub struct Visitor { cart: HashMap<String, u32> } }
            read |visitor| visitor.cart().await? => "Some({\"7\": 2})";
        },
        evolution! {
            "an address became a text"
            before { #[derive(SessionSchema)] pub struct Visitor { address: IpAddr } }
            write |visitor| visitor.set_address("::1".parse().unwrap());
            after { #[derive(SessionSchema)] pub struct Visitor { address: String } }
            read |visitor| visitor.address().await? => "Some(\"::1\")";
        },
        evolution! {
            "a text became an address"
            before { #[derive(SessionSchema)] pub struct Visitor { address: String } }
            write |visitor| visitor.set_address("localhost".to_owned());
            after { #[derive(SessionSchema)] pub struct Visitor { address: IpAddr } }
            read |visitor| visitor.address().await? => "Some";
        },
        evolution! {
            "a tuple is longer"
            before { #[derive(SessionSchema)] pub struct Visitor { at: (u8, u8) } }
            write |visitor| visitor.set_at((1, 2));
            after { #[derive(SessionSchema)] pub struct Visitor { at: (u8, u8, u8) } }
            read |visitor| visitor.at().await? => "Some";
        },
        evolution! {
            "a type refuses long texts, and there is a sample"
            before [samples: Visitor::NAME => "Augusta Ada King".to_owned()] {
                #[derive(SessionSchema)] pub struct Visitor { name: String }
            }
            write |visitor| visitor.set_name("Augusta Ada King".to_owned());
            after {
                #[derive(SessionSchema)] pub struct Visitor { #[session(with = "codecs::short")] name: String }
            }
            read |visitor| visitor.name().await? => "Some";
        },
        evolution! {
            "the codec changed"
            before { #[derive(SessionSchema)] pub struct Visitor { #[session(with = "codecs::text")] color: u32 } }
            write |visitor| visitor.set_color(255);
            after { #[derive(SessionSchema)] pub struct Visitor { #[session(with = "codecs::pair")] color: u32 } }
            read |visitor| visitor.color().await? => "Some(255)";
        },
        evolution! {
            "the codec was renamed"
            before { #[derive(SessionSchema)] pub struct Visitor { #[session(with = "codecs::text")] color: u32 } }
            write |visitor| visitor.set_color(255);
            after { #[derive(SessionSchema)] pub struct Visitor { #[session(with = "codecs::renamed_text")] color: u32 } }
            read |visitor| visitor.color().await? => "Some(255)";
        },
    ]
}
