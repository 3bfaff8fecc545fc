#![deny(warnings)]

use session::{ClientKey, SessionSchema};

#[derive(SessionSchema)]
#[session(prefix = "shop.")]
#[session()]
#[session(rename_all = "camelCase",)]
struct Visitor {
    #[session(client)]
    #[session(default)]
    color_theme: u8,
    #[session(client, key = "time-zone",)]
    zone: String,
}

fn main() {
    let theme: ClientKey<u8> = Visitor::COLOR_THEME;
    assert_eq!(&*theme, "shop.colorTheme");
    assert_eq!(&*Visitor::ZONE, "shop.time-zone");
}
