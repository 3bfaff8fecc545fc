//! The templates. They know no session: what they show is passed to them.

use axum::http::header;
use axum::response::IntoResponse;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde::{Deserialize, Serialize};
use session::{FieldInfo, Meta};

use crate::catalogue::Product;
use crate::pages::{Contents, Entry, Frame};
use crate::times::moment;
use crate::visitor::{Cart, Line, Theme};

/// A page that a form can send the browser back to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    Products,
    Cart,
    SignIn,
    Session,
    Devices,
    #[default]
    Nowhere,
}

impl Place {
    pub fn path(self) -> &'static str {
        match self {
            Self::Products | Self::Nowhere => "/",
            Self::Cart => "/cart",
            Self::SignIn => "/sign-in",
            Self::Session => "/session",
            Self::Devices => "/devices",
        }
    }

    fn slug(self) -> &'static str {
        match self {
            Self::Products => "products",
            Self::Cart => "cart",
            Self::SignIn => "sign-in",
            Self::Session => "session",
            Self::Devices => "devices",
            Self::Nowhere => "nowhere",
        }
    }
}

pub async fn stylesheet() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("style.css"))
}

pub fn products(frame: &Frame, visits: u64) -> Markup {
    let content = html! {
        section.hero {
            h1 { "Baked this morning, remembered all day." }
            p {
                "Put something in your cart, close the tab, come back: it is still there. "
                span #visits {
                    @match visits {
                        1 => "This is your first visit.",
                        visits => { "This is visit number " (visits) "." }
                    }
                }
            }
        }
        ul.products { @for product in Product::ALL { (card(product)) } }
    };
    layout(frame, "Products", &content)
}

fn card(product: Product) -> Markup {
    html! {
        li.card {
            (picture(product))
            h2 { (product.name()) }
            p { (product.description()) }
            form.buy method="post" action="/cart/add" {
                input type="hidden" name="product" value=(product.slug());
                span.price { (product.price()) }
                button id={ "add-" (product.slug()) } aria-label={ "Add " (product.name()) " to the cart" } {
                    "Add to cart"
                }
            }
        }
    }
}

fn picture(product: Product) -> Markup {
    html! { span.picture.(product.slug()) { (PreEscaped(product.picture())) } }
}

pub fn cart(frame: &Frame, cart: &Cart) -> Markup {
    let content = html! {
        h1 { "Your cart" }
        @if cart.lines().is_empty() {
            p.panel.empty { "There is nothing in it yet. " a href=(Place::Products.path()) { "Have a look around." } }
        } @else {
            ul.panel.lines { @for line in cart.lines() { (cart_line(*line)) } }
            p.total { "Total " strong #total { (cart.total()) } }
            p.hint { "This shop bakes nothing and takes no money: there is no checkout." }
        }
    };
    layout(frame, "Your cart", &content)
}

fn cart_line(line: Line) -> Markup {
    let Line { product, quantity } = line;
    html! {
        li id={ "line-" (product.slug()) } {
            (picture(product))
            div.what { strong { (product.name()) } span { (product.price()) " each" } }
            span.price { (line.price()) }
            form.quantity method="post" action="/cart/change" {
                input type="hidden" name="product" value=(product.slug());
                label {
                    span.unseen { "Quantity of " (product.name()) }
                    input type="number" name="quantity" min="0" max=(Cart::MAX_QUANTITY) value=(quantity) required;
                }
                button.quiet { "Change" }
            }
            form method="post" action="/cart/change" {
                input type="hidden" name="product" value=(product.slug());
                input type="hidden" name="quantity" value="0";
                button.quiet aria-label={ "Remove " (product.name()) } { "Remove" }
            }
        }
    }
}

pub fn sign_in(frame: &Frame) -> Markup {
    let content = html! {
        div.panel.narrow {
            @if let Some(user) = &frame.user {
                h1 { "You are signed in" }
                p { "as " strong { (user) } "." }
                (sign_out())
            } @else {
                h1 { "Sign in" }
                form.fields method="post" action="/sign-in" {
                    label {
                        "Your name"
                        input #name name="name" autocomplete="username" maxlength="40" required autofocus;
                    }
                    button #sign-in { "Sign in" }
                }
                p.hint { "Any name will do, and there is no password: this shop has nothing to protect." }
            }
        }
    };
    layout(frame, "Sign in", &content)
}

fn sign_out() -> Markup {
    html! { form method="post" action="/sign-out" { button.quiet { "Sign out" } } }
}

pub fn not_found(frame: &Frame) -> Markup {
    message(frame, "Nothing on this shelf", "There is no such page.")
}

pub fn sorry(frame: &Frame, what: &str) -> Markup {
    message(frame, "That did not work", what)
}

fn message(frame: &Frame, title: &str, what: &str) -> Markup {
    let content = html! {
        div.panel.narrow {
            h1 { (title) }
            p { (what) " " a href=(Place::Products.path()) { "To the products." } }
        }
    };
    layout(frame, title, &content)
}

pub fn session(frame: &Frame, contents: &Contents) -> Markup {
    let content = html! {
        h1 { "Your session" }
        p.lead { "What this shop knows of you right now: the schema, what is stored, and what the typed accessors make of it." }
        (entries("Server state", "In the store; the browser holds a token, and no value.", &contents.server))
        (entries("Client state", "Sealed in a cookie; the store is not asked for it.", &contents.client))
        section.panel {
            h2 { "The session itself" }
            dl.facts {
                dt { "Id" }
                dd #session-id {
                    @match contents.id {
                        Some(id) => code { (id) },
                        None => "None: nothing of this session is in the store.",
                    }
                }
                @if let Some(meta) = &contents.meta { (times(meta)) }
            }
        }
    };
    layout(frame, "Your session", &content)
}

fn entries(title: &str, hint: &str, entries: &[Entry]) -> Markup {
    html! {
        section.panel {
            h2 { (title) }
            p.hint { (hint) }
            table {
                thead { tr { th { "Key" } th { "Declared as" } th { "Stored JSON" } th { "Read as" } } }
                tbody { @for entry in entries { (row(entry)) } }
            }
        }
    }
}

fn row(entry: &Entry) -> Markup {
    html! {
        tr data-key=(entry.key) {
            th scope="row" { code { (entry.key) } }
            td data-label="Declared" { @if let Some(field) = entry.field { (declaration(field)) } @else { em { "not in the schema" } } }
            td data-label="Stored" { @if let Some(raw) = &entry.raw { code { (raw) } } @else { em { "absent" } } }
            td data-label="Read" { @if let Some(read) = &entry.read { code { (read) } } @else { em { "–" } } }
        }
    }
}

fn declaration(field: &FieldInfo) -> Markup {
    let words = [("default", field.has_default()), ("flash", field.is_flash()), ("index", field.is_indexed())];
    html! {
        code { (field.type_name()) }
        @for (word, _) in words.iter().filter(|(_, is)| *is) { " " small { (word) } }
        br;
        small { (field.docs()) }
    }
}

fn times(meta: &Meta) -> Markup {
    html! {
        dt { "Created" } dd { (moment(meta.created)) }
        dt { "Last seen" } dd { (moment(meta.last_seen)) }
        dt { "Expires" } dd { (moment(meta.expires)) ", unless you use it" }
    }
}

pub fn layout(frame: &Frame, title: &str, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" data-theme=(frame.theme.name()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · Crumb" }
                link rel="icon" href="data:,";
                link rel="stylesheet" href="/style.css";
            }
            body {
                (top(frame))
                main {
                    @if let Some(notice) = &frame.notice { p.notice #notice role="status" { (notice) } }
                    (content)
                }
                footer { "Crumb is an example of typed sessions. " a href=(Place::Session.path()) { "See yours." } }
            }
        }
    }
}

fn top(frame: &Frame) -> Markup {
    html! {
        header {
            a.brand href=(Place::Products.path()) { (PreEscaped(include_str!("pictures/crumb.svg"))) "Crumb" }
            nav {
                (link(frame, Place::Products, &html! { "Products" }))
                (link(frame, Place::Cart, &html! { "Cart" @if frame.items > 0 { span.badge #items { (frame.items) } } }))
                (link(frame, Place::Session, &html! { "Your session" }))
                @if frame.user.is_some() { (link(frame, Place::Devices, &html! { "Your devices" })) }
            }
            div.visitor {
                (theme_switch(frame))
                @if let Some(user) = &frame.user {
                    span.user #user { (user) }
                    (sign_out())
                } @else {
                    (link(frame, Place::SignIn, &html! { "Sign in" }))
                }
            }
        }
    }
}

fn link(frame: &Frame, place: Place, label: &Markup) -> Markup {
    html! { a href=(place.path()) aria-current=[(frame.place == place).then_some("page")] { (label) } }
}

fn theme_switch(frame: &Frame) -> Markup {
    let theme = frame.theme.other();
    html! {
        form method="post" action="/theme" {
            input type="hidden" name="theme" value=(theme.name());
            input type="hidden" name="back" value=(frame.place.slug());
            button.quiet.icon #theme title={ "Switch to the " (theme.name()) " theme" } {
                span.unseen { "Switch to the " (theme.name()) " theme" }
                (PreEscaped(match theme {
                    Theme::Light => include_str!("pictures/sun.svg"),
                    Theme::Dark => include_str!("pictures/moon.svg"),
                }))
            }
        }
    }
}
