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
    #[session(nested)]
    checkout: VisitorSnapshot,
    #[session(nested)]
    profile: Nested0,
    #[session(flash)]
    flash: VisitorCodec,
    #[session(with = "E")]
    fields: i32,
    view: u8,
    one: Nested1,
}

#[derive(SessionSchema)]
struct VisitorSnapshot {
    snap: u8,
}

#[derive(SessionSchema)]
struct Nested0 {
    nested: Nested1,
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Nested1;

#[derive(serde::Serialize, serde::Deserialize)]
struct VisitorCodec;

impl E {
    fn serialize<S: serde::Serializer>(number: &i32, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
        serializer.serialize_i32(*number)
    }

    fn deserialize<'de, D: serde::Deserializer<'de>>(deserializer: D) -> ::core::result::Result<i32, D::Error> {
        <i32 as serde::Deserialize>::deserialize(deserializer)
    }
}

async fn handler(mut visitor: session::Typed<Visitor>) -> ::core::result::Result<(), session::Error> {
    visitor.set_r(R)?;
    visitor.update_e(|e| *e = E).await?;
    visitor.set_reader(VisitorReader)?;
    visitor.update_f(|f| *f = R)?;
    visitor.checkout_mut().set_snap(1)?;
    visitor.set_flash(VisitorCodec)?;
    let view = visitor.snapshot().await?.view;
    visitor.set_value(view.unwrap_or_default())
}

fn main() {
    let _ = handler;
}
