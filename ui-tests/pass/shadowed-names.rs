#![deny(warnings)]
#![allow(dead_code)]

use session::SessionSchema;

mod core {}
mod std {}
mod __private {}

struct Result;
struct Option;
struct String;
struct Vec;
struct FnMut;
struct Session;
struct Error;
#[allow(non_camel_case_types)]
struct u64;
trait Default {}
trait Deref {}

#[derive(serde::Serialize, serde::Deserialize)]
struct R;

#[derive(serde::Serialize, serde::Deserialize)]
struct VisitorReader;

#[derive(serde::Serialize, serde::Deserialize)]
struct E;

impl ::core::default::Default for E {
    fn default() -> Self {
        E
    }
}

#[derive(SessionSchema)]
struct Visitor {
    r: R,
    #[session(default)]
    e: E,
    reader: VisitorReader,
    #[session(client, default = R)]
    f: R,
    value: u8,
}

async fn handler(mut visitor: session::Typed<Visitor>) -> ::core::result::Result<(), session::Error> {
    visitor.set_r(R)?;
    visitor.update_e(|e| *e = E).await?;
    visitor.set_reader(VisitorReader)?;
    visitor.update_f(|f| *f = R)?;
    visitor.set_value(1)
}

fn main() {
    let _ = handler;
}
