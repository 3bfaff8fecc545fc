#![no_implicit_prelude]
#![deny(warnings)]

#[derive(::session::SessionSchema)]
pub struct Visitor {
    pub user_id: ::core::primitive::u64,
    #[session(default)]
    pub cart: ::std::vec::Vec<u8>,
    #[session(client, default = ::std::string::String::new())]
    pub theme: ::std::string::String,
    #[session(flash)]
    pub notice: ::std::string::String,
    #[session(alias = "town", migrate = "town", on_invalid = "discard")]
    pub place: ::std::string::String,
    #[session(serialize_with = "hex")]
    pub colour: ::core::primitive::u32,
    #[session(nested)]
    pub checkout: Checkout,
}

#[derive(::session::SessionSchema)]
#[session(prefix = "checkout.", default)]
pub struct Checkout {
    pub express: ::core::primitive::bool,
}

fn town(old: &::serde_json::Value) -> ::core::option::Option<::std::string::String> {
    old.as_str().map(::core::convert::From::from)
}

fn hex<S: ::serde::Serializer>(
    number: &::core::primitive::u32,
    serializer: S,
) -> ::core::result::Result<S::Ok, S::Error> {
    serializer.serialize_u32(*number)
}

::session::assert_disjoint!(Checkout, Other);

#[derive(::session::SessionSchema)]
pub struct Other {
    pub other: ::core::primitive::bool,
}

pub async fn handler(mut visitor: ::session::Typed<Visitor>) -> ::std::result::Result<(), ::session::Error> {
    visitor.set_user_id(7)?;
    visitor.update_cart(|cart| cart.clear()).await?;
    let theme = visitor.theme()?;
    visitor.set_theme(theme)
}

fn main() {}
