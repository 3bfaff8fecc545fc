#![no_implicit_prelude]
#![deny(warnings)]

#[derive(::session::SessionSchema)]
pub struct Visitor {
    pub user_id: ::core::primitive::u64,
    #[session(default)]
    pub cart: ::std::vec::Vec<u8>,
    #[session(client, default = ::std::string::String::new())]
    pub theme: ::std::string::String,
}

pub async fn handler(mut visitor: ::session::Typed<Visitor>) -> ::std::result::Result<(), ::session::Error> {
    visitor.set_user_id(7)?;
    visitor.update_cart(|cart| cart.clear()).await?;
    let theme = visitor.theme()?;
    visitor.set_theme(theme)
}

fn main() {}
