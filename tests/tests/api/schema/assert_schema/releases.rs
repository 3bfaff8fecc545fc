//! Changes over several releases, and those that no stored value shows: groups, `null`, `migrate`, parts of keys.

#![allow(unused_assignments, reason = "only the message of the last release is used")]

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use session::SessionSchema;

use super::evolution::check_of;
use super::promise;

/// Declares releases of one schema, and returns the message of the last one. The releases before it are accepted.
macro_rules! releases {
    ($({ $($items:tt)* })*) => {{
        let mut snapshot = None::<String>;
        let mut message = String::new();
        $({
            #[allow(dead_code, unused_imports)]
            mod release {
                use super::*;
                $($items)*
            }
            let check = check_of::<release::Visitor>();
            message = snapshot.as_deref().and_then(|before| check.compare(Some(before)).err()).unwrap_or_default();
            let accepted = check.accept(snapshot.as_deref());
            assert_eq!(check.compare(Some(&accepted)), Ok(()), "{accepted}");
            snapshot = Some(accepted);
        })*
        assert!(snapshot.is_some());
        message
    }};
}

fn assert_loss(message: &str, reason: &str) {
    assert!(message.contains("cannot read all values") && message.contains(reason), "{message}");
}

fn assert_undecided(message: &str, reason: &str) {
    assert!(message.contains("could not be decided\n") && message.contains(reason), "{message}");
}

fn assert_readable(message: &str) {
    assert!(message.contains("all stored sessions are readable"), "{message}");
}

#[test]
fn a_new_field_of_a_group_hides_the_stored_fields() {
    let message = releases! {
        {
            #[derive(SessionSchema)] #[session(group)] pub struct Login { user: u64 }
            #[derive(SessionSchema)] pub struct Visitor { #[session(group)] login: Login }
        }
        {
            #[derive(SessionSchema)] #[session(group)] pub struct Login { user: u64, device: String }
            #[derive(SessionSchema)] pub struct Visitor { #[session(group)] login: Login }
        }
    };
    assert_loss(&message, "group `login`: its field `device` is new");
}

#[test]
fn a_field_that_becomes_part_of_a_larger_group_is_hidden_too() {
    let message = releases! {
        { #[derive(SessionSchema)] pub struct Visitor { user: u64 } }
        {
            #[derive(SessionSchema)] #[session(group)] pub struct Login { user: u64, device: String }
            #[derive(SessionSchema)] pub struct Visitor { #[session(group)] login: Login }
        }
    };
    assert_loss(&message, "group `login`: its field `device` is new");
}

#[test]
fn fields_that_become_a_group_may_not_be_stored_together() {
    let message = releases! {
        { #[derive(SessionSchema)] pub struct Visitor { user: u64, device: String } }
        {
            #[derive(SessionSchema)] #[session(group)] pub struct Login { user: u64, device: String }
            #[derive(SessionSchema)] pub struct Visitor { #[session(group)] login: Login }
        }
    };
    assert_undecided(&message, "group `login`: its fields were not one group before");
}

#[test]
fn a_group_may_lose_fields_and_get_another_name() {
    assert_readable(&releases! {
        {
            #[derive(SessionSchema)] #[session(group)] pub struct Login { user: u64, device: String }
            #[derive(SessionSchema)] pub struct Visitor { #[session(group)] login: Login }
        }
        {
            #[derive(SessionSchema)] #[session(group, retired = "device")] pub struct Login { user: u64 }
            #[derive(SessionSchema)] pub struct Visitor { #[session(group)] account: Login }
        }
    });
}

#[test]
fn a_null_of_another_application_is_unreadable_without_its_attribute() {
    let message = releases! {
        { #[derive(SessionSchema)] pub struct Visitor { #[session(null = "absent")] name: String } }
        { #[derive(SessionSchema)] pub struct Visitor { name: String } }
    };
    assert_loss(&message, "reading `null` fails");
}

#[test]
fn a_null_that_a_type_has_written_reads_as_absent() {
    assert_readable(&releases! {
        {
            #[derive(Serialize, Deserialize)] #[serde(transparent)] pub struct Name(Option<String>);
            #[derive(SessionSchema)] pub struct Visitor { name: Name }
        }
        { #[derive(SessionSchema)] pub struct Visitor { #[session(null = "absent")] name: String } }
    });
}

#[test]
fn removing_a_fallback_may_make_unknown_values_unreadable() {
    let message = releases! {
        {
            #[derive(SessionSchema)] pub struct Visitor { #[session(migrate = "number")] size: u32 }
            fn number(old: &Value) -> Option<u32> { old.as_str()?.parse().ok() }
        }
        { #[derive(SessionSchema)] pub struct Visitor { size: u32 } }
    };
    assert_undecided(&message, "`migrate` was removed");
    let message = releases! {
        { #[derive(SessionSchema)] pub struct Visitor { #[session(on_invalid = "discard")] size: u32 } }
        { #[derive(SessionSchema)] pub struct Visitor { size: u32 } }
    };
    assert_undecided(&message, "`on_invalid` was removed");
    let message = releases! {
        { #[derive(SessionSchema)] pub struct Visitor { #[session(on_invalid = "discard")] size: u32 } }
        {
            #[derive(SessionSchema)] pub struct Visitor { #[session(migrate = "number")] size: u32 }
            fn number(old: &Value) -> Option<u32> { old.as_str()?.parse().ok() }
        }
    };
    assert_undecided(&message, "`on_invalid` was removed");
}

#[test]
fn values_of_a_release_before_the_last_one_are_not_forgotten() {
    let message = releases! {
        {
            #[derive(Serialize, Deserialize)] pub struct Item { sku: String }
            #[derive(SessionSchema)] pub struct Visitor { item: Item }
        }
        {
            #[derive(Serialize, Deserialize)] pub struct Item { #[serde(alias = "sku")] article: String }
            #[derive(SessionSchema)] pub struct Visitor { item: Item }
        }
        {
            #[derive(Serialize, Deserialize)] pub struct Item { article: String }
            #[derive(SessionSchema)] pub struct Visitor { item: Item }
        }
    };
    assert_loss(&message, "missing field `article`");
    let message = releases! {
        {
            #[derive(Serialize, Deserialize)] pub struct Item { sku: String, note: String }
            #[derive(SessionSchema)] pub struct Visitor { item: Item }
        }
        {
            #[derive(Serialize, Deserialize)] pub struct Item { sku: String }
            #[derive(SessionSchema)] pub struct Visitor { item: Item }
        }
        {
            #[derive(Serialize, Deserialize)] pub struct Item { sku: String, #[serde(default)] note: u8 }
            #[derive(SessionSchema)] pub struct Visitor { item: Item }
        }
    };
    assert_loss(&message, "fails at `item.note`");
}

#[test]
fn the_order_of_fields_matters_for_values_that_were_a_list() {
    let message = releases! {
        { #[derive(SessionSchema)] pub struct Visitor { at: (u8, u8) } }
        {
            #[derive(Serialize, Deserialize)] pub struct Point { x: u8, y: u8 }
            #[derive(SessionSchema)] pub struct Visitor { at: Point }
        }
        {
            #[derive(Serialize, Deserialize)] pub struct Point { y: u8, x: u8 }
            #[derive(SessionSchema)] pub struct Visitor { at: Point }
        }
    };
    assert_undecided(&message, "not all values of `at`");
}

#[test]
fn parts_of_keys_are_tried_with_the_limits_of_their_type() {
    let message = releases! {
        { #[derive(SessionSchema)] pub struct Visitor { #[session(keyed)] cart: BTreeMap<u64, u8> } }
        { #[derive(SessionSchema)] pub struct Visitor { #[session(keyed)] cart: BTreeMap<u8, u8> } }
    };
    assert_loss(&message, "stored key `cart:65535` is not an entry");
    let message = releases! {
        { #[derive(SessionSchema)] pub struct Visitor { #[session(keyed)] cart: BTreeMap<std::net::IpAddr, u8> } }
        { #[derive(SessionSchema)] pub struct Visitor { #[session(keyed)] cart: BTreeMap<std::net::Ipv6Addr, u8> } }
    };
    assert_loss(&message, "stored key `cart:127.0.0.1` is not an entry");
    assert_readable(&releases! {
        { #[derive(SessionSchema)] pub struct Visitor { #[session(keyed)] cart: BTreeMap<u8, u8> } }
        { #[derive(SessionSchema)] pub struct Visitor { #[session(keyed)] cart: BTreeMap<String, u8> } }
    });
}

#[test]
fn parts_of_keys_that_are_ignored_are_not_forgotten() {
    let message = releases! {
        { #[derive(SessionSchema)] pub struct Visitor { #[session(keyed)] cart: BTreeMap<String, u8> } }
        { #[derive(SessionSchema)] pub struct Visitor { #[session(keyed, on_invalid = "discard")] cart: BTreeMap<u32, u8> } }
        { #[derive(SessionSchema)] pub struct Visitor { #[session(keyed)] cart: BTreeMap<u32, u8> } }
    };
    assert_loss(&message, "stored key `cart:abcdefgh` is not an entry");
}

#[test]
fn parts_of_keys_that_are_not_known_are_undecided() {
    let message = releases! {
        { #[derive(SessionSchema)] pub struct Visitor { #[session(keyed)] cart: BTreeMap<promise::OrderId, u8> } }
        { #[derive(SessionSchema)] pub struct Visitor { #[session(keyed)] cart: BTreeMap<promise::Plan, u8> } }
    };
    assert_undecided(&message, "not all parts of the keys are known");
}

#[test]
fn parts_of_keys_of_one_type_stay_readable_beside_other_values() {
    assert_readable(&releases! {
        { #[derive(SessionSchema)] pub struct Visitor { #[session(keyed)] cart: BTreeMap<promise::OrderId, u8> } }
        { #[derive(SessionSchema)] pub struct Visitor { #[session(keyed)] cart: BTreeMap<promise::OrderId, u32> } }
    });
}

#[test]
fn plain_values_of_an_earlier_release_are_not_taken_for_sealed_ones() {
    let message = releases! {
        { #[derive(SessionSchema)] pub struct Visitor { token: String } }
        {
            #[derive(SessionSchema)] pub struct Visitor { #[session(sealed, migrate = "plain")] token: String }
            fn plain(old: &Value) -> Option<String> { old.as_str().map(str::to_owned) }
        }
        { #[derive(SessionSchema)] pub struct Visitor { #[session(sealed)] token: String } }
    };
    assert_loss(&message, "the value is not encrypted");
}

#[test]
fn a_retired_key_without_known_values_may_be_used_again_only_with_a_fallback() {
    let message = releases! {
        { #[derive(SessionSchema)] #[session(retired = "size")] pub struct Visitor { name: String } }
        { #[derive(SessionSchema)] pub struct Visitor { name: String, size: u32 } }
    };
    assert_loss(&message, "their type is not known");
    assert_readable(&releases! {
        { #[derive(SessionSchema)] #[session(retired = "size")] pub struct Visitor { name: String } }
        { #[derive(SessionSchema)] pub struct Visitor { name: String, #[session(on_invalid = "discard")] size: u32 } }
    });
}

#[test]
fn a_retired_key_whose_values_are_not_all_known_is_undecided() {
    let message = releases! {
        { #[derive(SessionSchema)] pub struct Visitor { order: promise::OrderId } }
        { #[derive(SessionSchema)] #[session(retired = "order")] pub struct Visitor { name: String } }
        { #[derive(SessionSchema)] pub struct Visitor { name: String, order: promise::Plan } }
    };
    assert_undecided(&message, "Whether the field reads them could not be decided");
}

#[test]
fn a_sample_with_any_order_is_the_same_in_each_run() {
    #[derive(SessionSchema)]
    #[allow(dead_code)]
    struct Visitor {
        counts: HashMap<String, u8>,
        seen: HashSet<u8>,
    }
    let check = || {
        let counts = (0..6).map(|number| (number.to_string(), number)).collect();
        check_of::<Visitor>().sample(Visitor::COUNTS, counts).sample(Visitor::SEEN, (0..6).collect())
    };
    let accepted = check().accept(None);
    for _ in 0..10 {
        assert_eq!(check().compare(Some(&accepted)), Ok(()));
    }
}

#[test]
fn a_headline_does_not_promise_more_than_was_tried() {
    let message = releases! {
        { #[derive(SessionSchema)] pub struct Visitor { login: promise::Login } }
        { #[derive(SessionSchema)] pub struct Visitor { login: promise::Login, name: String } }
    };
    assert!(message.contains("reads all known values of stored sessions"), "{message}");
    assert!(message.contains("no value of `login` is known"), "{message}");
}

#[test]
fn a_renamed_field_beside_an_alias_inside_of_a_struct_is_found() {
    let message = releases! {
        {
            #[derive(Serialize, Deserialize)] pub struct Line { sku: String, qty: u32 }
            #[derive(Serialize, Deserialize)] pub struct Cart { lines: Vec<Line>, gift: bool }
            #[derive(SessionSchema)] pub struct Visitor { cart: Cart }
        }
        {
            #[derive(Serialize, Deserialize)] pub struct Line { sku: String, #[serde(alias = "qty")] quantity: u32 }
            #[derive(Serialize, Deserialize)] pub struct Cart { lines: Vec<Line>, gift: bool }
            #[derive(SessionSchema)] pub struct Visitor { cart: Cart }
        }
        {
            #[derive(Serialize, Deserialize)] pub struct Line { item: String, #[serde(alias = "qty")] quantity: u32 }
            #[derive(Serialize, Deserialize)] pub struct Cart { lines: Vec<Line>, gift: bool }
            #[derive(SessionSchema)] pub struct Visitor { cart: Cart }
        }
    };
    assert_loss(&message, "missing field `item`");
}

#[test]
fn a_new_field_with_a_default_is_named_as_a_possible_successor_of_a_removed_one() {
    let message = releases! {
        {
            #[derive(Serialize, Deserialize)] pub struct Line { sku: String, qty: u32 }
            #[derive(SessionSchema)] pub struct Visitor { cart: Vec<Line> }
        }
        {
            #[derive(Serialize, Deserialize)] pub struct Line { sku: String, #[serde(default)] quantity: u32 }
            #[derive(SessionSchema)] pub struct Visitor { cart: Vec<Line> }
        }
    };
    assert_readable(&message);
    let hint = "If `quantity` is the new name of `qty`, check that it has `#[serde(alias = \"qty\")]`";
    assert!(message.contains(hint), "{message}");
}
