//! The promise of `assert_schema!`, for each pair of types in a list: no false loss, and no false reassurance.

mod types;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write;
use std::net::{IpAddr, Ipv6Addr};
use std::num::{NonZeroU8, NonZeroU32};
use std::time::Duration;

use expect_test::expect_file;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use session::__private::SchemaCheck;
use session::SessionSchema;

#[allow(clippy::wildcard_imports, reason = "a list of types")]
use self::types::*;
pub(super) use self::types::{Login, OrderId, Plan};
use super::evolution::{Verdict, check_of, verdict};

/// A type, and values that a release with this type has stored.
struct Subject {
    name: &'static str,
    check: fn() -> SchemaCheck,
    stored: Vec<Value>,
    rewrite: fn(&Value) -> Option<Value>,
}

macro_rules! subjects {
    ($($name:ident: $ty:ty = [$($value:expr),* $(,)?];)*) => {
        $(
            mod $name {
                use super::*;

                #[derive(SessionSchema)]
                #[allow(dead_code)]
                pub(super) struct Visitor { field: $ty }

                pub(super) mod inside {
                    use super::*;

                    #[derive(Clone, serde::Serialize, serde::Deserialize)]
                    pub struct Outer { part: $ty, count: u8 }

                    #[derive(SessionSchema)]
                    #[allow(dead_code)]
                    pub struct Visitor { list: Vec<$ty>, option: Vec<Option<$ty>>, map: BTreeMap<String, $ty>, outer: Vec<Outer> }
                }
            }
        )*

        fn subjects() -> Vec<Subject> {
            vec![$(Subject {
                name: stringify!($ty),
                check: check_of::<$name::Visitor>,
                stored: vec![$(serde_json::to_value::<$ty>($value).unwrap()),*],
                rewrite: rewrite::<$ty>,
            }),*]
        }

        fn nested_checks() -> Vec<(&'static str, fn() -> SchemaCheck)> {
            vec![$((stringify!($ty), check_of::<$name::inside::Visitor>)),*]
        }
    };
}

fn rewrite<T: Serialize + DeserializeOwned>(stored: &Value) -> Option<Value> {
    // From text, as a session is read.
    std::panic::catch_unwind(|| serde_json::from_str::<T>(&stored.to_string()).ok())
        .ok()?
        .map(|value| serde_json::to_value(value).unwrap())
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn order_id() -> OrderId {
    OrderId(text("ord_1"))
}

subjects! {
    unsigned_8: u8 = [0, 7, u8::MAX];
    unsigned_32: u32 = [0, 7, 1_500_000, u32::MAX];
    unsigned_64: u64 = [0, 7, 9_007_199_254_740_993, u64::MAX];
    signed_64: i64 = [-1, 0, 7, i64::MIN, i64::MAX];
    float_32: f32 = [1.0, 0.5, -1.0, f32::MAX];
    float_64: f64 = [1.5, 0.5, -1.0, f64::MAX];
    boolean: bool = [false, true];
    character: char = ['a', '∞'];
    string: String = [text(""), text("a"), text("7"), text("Augusta Ada King, Countess"), text("::1")];
    non_zero_8: NonZeroU8 = [NonZeroU8::MIN, NonZeroU8::MAX];
    non_zero_32: NonZeroU32 = [NonZeroU32::MIN, NonZeroU32::MAX];
    ranged: Ranged = [Ranged(1_000_000), Ranged(1_999_999_999)];
    order_id: OrderId = [order_id()];
    plan: Plan = [Plan(text("free")), Plan(text("pro"))];
    tier: Tier = [Tier(text("gold"))];
    weekday: Weekday = [Weekday(text("Mon")), Weekday(text("Tue"))];
    short: Short = [Short(text("")), Short(text("a")), Short(text("a b"))];
    ip_address: IpAddr = ["::1".parse().unwrap(), "127.0.0.1".parse().unwrap()];
    ip_6_address: Ipv6Addr = ["::1".parse().unwrap()];
    duration: Duration = [Duration::ZERO, Duration::MAX];
    pair: (u8, u8) = [(0, 0), (1, 2), (0, 255)];
    point: Point = [Point { x: 1, y: 2 }];
    swapped: Swapped = [Swapped { x: 1, y: 2 }];
    interval: Interval = [Interval(0, 1), Interval(1, 2), Interval(0, 255)];
    item: Item = [Item { sku: text("tea") }];
    item_with_count: ItemWithCount = [ItemWithCount { sku: text(""), count: 0 }, ItemWithCount { sku: text("tea"), count: u32::MAX }];
    item_with_price: ItemWithPrice = [ItemWithPrice { sku: text("tea"), price: u32::MAX }];
    item_with_note: ItemWithNote = [
        ItemWithNote { sku: text("tea"), note: None },
        ItemWithNote { sku: text("tea"), note: Some(text("gift")) },
    ];
    closed_item: ClosedItem = [ClosedItem { sku: text("tea") }];
    flat: Flat = [Flat { sku: text("tea"), rest: BTreeMap::new() }, Flat { sku: text("tea"), rest: [(text("price"), 2)].into() }];
    orders: Vec<Order> = [vec![], vec![Order { id: order_id(), count: 2 }]];
    orders_with_gift: Vec<OrderWithGift> = [vec![], vec![OrderWithGift { id: order_id(), count: 2, gift: true }]];
    orders_with_text: Vec<OrderWithText> = [vec![], vec![OrderWithText { id: order_id(), count: text("2") }]];
    orders_with_note: Vec<OrderWithNote> = [vec![], vec![OrderWithNote { id: order_id(), count: 2, note: text("") }]];
    accounts: Vec<Account> = [vec![], vec![Account { login: Login::Token { name: text("ci") }, count: 1 }]];
    day: Vec<Day> = [vec![], vec![Day { day: Weekday(text("Mon")), count: u32::MAX }]];
    day_with_note: Vec<DayWithNote> = [vec![], vec![DayWithNote { day: Weekday(text("Tue")), count: 1, note: text("n") }]];
    maybe: Maybe = [Maybe(None), Maybe(Some(text(""))), Maybe(Some(text("a")))];
    tree: Tree = [Tree(BTreeMap::new()), Tree([(text("a"), Tree(BTreeMap::new()))].into())];
    nested: Nested = [Nested(vec![]), Nested(vec![Nested(vec![])])];
    node: Node = [Node(vec![]), Node(vec![Node(vec![])])];
    theme: Theme = [Theme::Dark, Theme::Light];
    new_theme: NewTheme = [NewTheme::Dark, NewTheme::System];
    step: Step = [Step::Start, Step::Paid(order_id()), Step::Sent { id: order_id(), day: 3 }];
    small_step: SmallStep = [SmallStep::Start];
    copies: Copies = [Copies { copies: 1 }, Copies { copies: u32::MAX }];
    required_copies: RequiredCopies = [RequiredCopies { copies: 1 }, RequiredCopies { copies: u32::MAX }];
    login: Login = [Login::Password, Login::Token { name: text("ci") }];
    small_login: SmallLogin = [SmallLogin::Password];
    number_or_text: NumberOrText = [NumberOrText::Number(7), NumberOrText::Text(text("a"))];
    adjacent: Adjacent = [Adjacent::A, Adjacent::B(7)];
    larger_adjacent: LargerAdjacent = [LargerAdjacent::A, LargerAdjacent::B(7), LargerAdjacent::C];
    any: Value = [json!(null), json!(false), json!(0), json!([{"a": 1}]), json!({}), json!("ord_1")];
    panicking: Panicking = [Panicking(text("a text of more than twenty bytes")), Panicking(text("abc"))];
    set: HashSet<u8> = [HashSet::new(), HashSet::from([0]), HashSet::from([255])];
    map: HashMap<String, u8> = [HashMap::new(), HashMap::from([(text("a"), 7)]), HashMap::from([(text(""), 255)])];
    map_of_numbers: BTreeMap<u128, u8> = [BTreeMap::new(), BTreeMap::from([(0, 0)]), BTreeMap::from([(u128::MAX, 7)])];
}

#[test]
fn an_unchanged_schema_passes_with_each_type_and_with_each_type_inside_of_others() {
    let checks = subjects().into_iter().map(|subject| (subject.name, subject.check)).chain(nested_checks());
    for (name, check) in checks {
        let accepted = check().accept(None);
        assert_eq!(check().compare(Some(&accepted)), Ok(()), "{name}: {accepted}");
        assert_eq!(check().accept(Some(&accepted)), accepted, "{name}");
    }
}

#[test]
fn each_verdict_on_a_pair_of_types_agrees_with_the_reading_of_stored_values() {
    let (subjects, mut table, mut wrong) = (subjects(), String::new(), Vec::new());
    for old in &subjects {
        let snapshot = (old.check)().accept(None);
        let (mut readable, mut undecided) = (Vec::new(), Vec::new());
        for new in &subjects {
            let message = (new.check)().compare(Some(&snapshot)).err().unwrap_or_default();
            let keeps = |stored: &Value| (new.rewrite)(stored).is_some_and(|written| is_kept(stored, &written));
            let lost = old.stored.iter().find(|stored| !keeps(stored));
            let verdict = verdict(&message);
            match verdict {
                Verdict::Passes | Verdict::Readable => readable.push(new.name),
                Verdict::Uncertain => undecided.push(new.name),
                Verdict::Ignored | Verdict::Unreadable => {}
            }
            let is_right = match verdict {
                Verdict::Passes | Verdict::Readable => lost.is_none(),
                Verdict::Unreadable => lost.is_some(),
                Verdict::Uncertain => true,
                Verdict::Ignored => false,
            };
            if !is_right {
                wrong.push(format!("`{}` became `{}`, lost: {lost:?}\n{message}", old.name, new.name));
            }
        }
        _ = writeln!(table, "{}\n  readable: {}\n  undecided: {}", old.name, readable.join(", "), undecided.join(", "));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    expect_file!["promise.txt"].assert_eq(&table);
}

/// Returns true if the written value has all parts of the stored one that it has at all.
#[expect(clippy::cast_possible_truncation, reason = "the comparison fails for a float with a fraction")]
fn is_kept(stored: &Value, written: &Value) -> bool {
    match (stored, written) {
        (Value::Object(stored), Value::Object(written)) => {
            stored.iter().all(|(key, stored)| written.get(key).is_none_or(|written| is_kept(stored, written)))
        }
        (Value::Array(stored), Value::Array(written)) => {
            stored.len() == written.len()
                && stored.iter().zip(written).all(|(stored, written)| is_kept(stored, written))
        }
        (Value::Number(stored), Value::Number(written)) => match (stored.as_i128(), written.as_i128()) {
            (Some(stored), Some(written)) => stored == written,
            (Some(stored), None) => written.as_f64().is_some_and(|written| written as i128 == stored),
            (None, _) => stored.as_f64() == written.as_f64(),
        },
        _ => stored == written,
    }
}
