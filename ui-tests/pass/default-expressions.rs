#![deny(warnings)]

use std::borrow::Cow;
use std::collections::HashMap;

use session::SessionSchema;

const FEW: u8 = 3;

#[derive(SessionSchema)]
struct Visitor {
    #[session(default = FEW)]
    constant: u8,
    #[session(default = Self::MANY)]
    associated: u8,
    #[session(default = greeting())]
    call: String,
    #[session(default = "hello".to_owned())]
    method: String,
    #[session(default = HashMap::from([("a".to_owned(), 1), ("b".to_owned(), 2)]))]
    commas: HashMap<String, u8>,
    #[session(default = Point { x: 1, y: -1 }, key = "point")]
    literal: Point,
    #[session(default = { let one = 1; one + FEW })]
    block: u8,
    #[session(default = if FEW > 2 { vec![0] } else { vec![] })]
    condition: Vec<u8>,
    #[session(default = Cow::Borrowed("light"))]
    cow: Cow<'static, str>,
    #[session(default = |x: u8, y: u8| -> u8 { x + y }(1, 2))]
    closure: u8,
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Point {
    x: i8,
    y: i8,
}

impl Visitor {
    const MANY: u8 = 200;
}

fn greeting() -> String {
    "hello".to_owned()
}

fn main() {
    let point = Point { x: 0, y: 0 };
    assert_eq!(point.x, point.y);
}
