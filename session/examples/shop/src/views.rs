//! The HTML templates, and the data that they show. They do not access the session.

use axum::http::header;
use axum::response::IntoResponse;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use session::{FieldInfo, SessionId, SessionInfo};

use crate::product::Product;
use crate::times::relative_time;
use crate::visitor::{Cart, Line, Theme};

/// A page of the shop. The theme form contains it, to redirect back to the same page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Page {
    Products,
    Cart,
    Login,
    Session,
    Devices,
    #[default]
    NotFound,
}

impl Page {
    pub fn path(self) -> &'static str {
        match self {
            Self::Products | Self::NotFound => "/",
            Self::Cart => "/cart",
            Self::Login => "/login",
            Self::Session => "/session",
            Self::Devices => "/devices",
        }
    }

    fn slug(self) -> &'static str {
        match self {
            Self::Products => "products",
            Self::Cart => "cart",
            Self::Login => "login",
            Self::Session => "session",
            Self::Devices => "devices",
            Self::NotFound => "not-found",
        }
    }
}

/// The data of the parts that all pages share: the navigation, the user, the theme and the notice.
#[derive(Default)]
pub struct Frame {
    pub page: Page,
    pub theme: Theme,
    pub user: Option<String>,
    pub items: u32,
    pub notice: Option<String>,
}

/// The data of the session page.
pub struct SessionView {
    pub id: Option<SessionId>,
    pub meta: Option<SessionInfo>,
    pub server: Vec<KeyRow>,
    pub client: Vec<KeyRow>,
}

/// One key: its declaration in the schema, the stored JSON, and the value that a typed accessor returns.
pub struct KeyRow {
    pub key: String,
    pub field: Option<&'static FieldInfo>,
    pub stored: Option<Value>,
    pub typed: Option<Value>,
}

pub async fn stylesheet() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("assets/style.css"))
}

pub async fn icon() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "image/svg+xml")], include_str!("assets/crumb.svg"))
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
                button id={ "add-" (product.slug()) } aria-label={ "Add to cart: " (product.name()) } {
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
            p.panel.empty { "There is nothing in it yet. " a href=(Page::Products.path()) { "Go to the products." } }
        } @else {
            ul.panel.lines { @for line in cart.lines() { (cart_line(*line)) } }
            div.total { "Total " strong #total { (cart.total()) } }
            p.hint { "This shop is an example: there is no checkout." }
        }
    };
    layout(frame, "Your cart", &content)
}

fn cart_line(line: Line) -> Markup {
    let Line { product, quantity } = line;
    html! {
        li id={ "line-" (product.slug()) } {
            (picture(product))
            div.text { strong { (product.name()) } span { (product.price()) " each" } }
            span.price { (line.price()) }
            form.quantity method="post" action="/cart/change" {
                input type="hidden" name="product" value=(product.slug());
                label {
                    span.visually-hidden { "Quantity of " (product.name()) }
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

pub fn login(frame: &Frame) -> Markup {
    let content = html! {
        div.panel.narrow {
            @if let Some(user) = &frame.user {
                h1 { "You are logged in" }
                p { "as " strong { (user) } "." }
                (logout_form())
            } @else {
                h1 { "Log in" }
                form.fields method="post" action="/login" {
                    label {
                        "Your name"
                        input #name name="name" autocomplete="username" maxlength="40" required autofocus;
                    }
                    button #login { "Log in" }
                }
                p.hint { "Any name works, and there is no password: this shop is an example." }
            }
        }
    };
    layout(frame, "Log in", &content)
}

fn logout_form() -> Markup {
    html! { form method="post" action="/logout" { button.quiet { "Log out" } } }
}

pub fn not_found(frame: &Frame) -> Markup {
    message(frame, "Page not found", "The shop does not have this page.")
}

pub fn error(frame: &Frame, explanation: &str) -> Markup {
    message(frame, "Something went wrong", explanation)
}

fn message(frame: &Frame, title: &str, text: &str) -> Markup {
    let content = html! {
        div.panel.narrow {
            h1 { (title) }
            p { (text) " " a href=(Page::Products.path()) { "Go to the products." } }
        }
    };
    layout(frame, title, &content)
}

pub fn session(frame: &Frame, view: &SessionView) -> Markup {
    let content = html! {
        h1 { "Your session" }
        p.lead { "The contents of your session: the schema, the stored JSON, and the values that the typed accessors return." }
        (key_table("Server state", "Kept in the store. The cookie contains only a token.", &view.server))
        (key_table("Client state", "Kept in an encrypted cookie. Reading it needs no store query.", &view.client))
        section.panel {
            h2 { "Metadata" }
            dl.facts {
                dt { "Id" }
                dd #session-id {
                    @match view.id {
                        Some(id) => code { (id) },
                        None => "None: this session is not in the store.",
                    }
                }
                @if let Some(meta) = &view.meta { (timestamps(meta)) }
            }
        }
    };
    layout(frame, "Your session", &content)
}

fn key_table(title: &str, hint: &str, rows: &[KeyRow]) -> Markup {
    html! {
        section.panel {
            h2 { (title) }
            p.hint { (hint) }
            table {
                thead { tr { th { "Key" } th { "Declared as" } th { "Stored JSON" } th { "Typed value" } } }
                tbody { @for row in rows { (key_row(row)) } }
            }
        }
    }
}

fn key_row(row: &KeyRow) -> Markup {
    html! {
        tr data-key=(row.key) {
            th scope="row" { code { (row.key) } }
            td data-label="Declared" { @if let Some(field) = row.field { (declaration(field)) } @else { em { "not in the schema" } } }
            td data-label="Stored" { @if let Some(stored) = &row.stored { code { (stored) } } @else { em { "absent" } } }
            td data-label="Typed" { @if let Some(typed) = &row.typed { code { (typed) } } @else { em { "–" } } }
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

fn timestamps(meta: &SessionInfo) -> Markup {
    html! {
        dt { "Created" } dd { (relative_time(meta.created)) }
        dt { "Last seen" } dd { (relative_time(meta.last_seen)) }
        dt { "Expires" } dd { (relative_time(meta.expires)) ", unless you use it" }
    }
}

pub fn devices(frame: &Frame, devices: &[SessionInfo], current: Option<SessionId>) -> Markup {
    let content = html! {
        h1 { "Your devices" }
        p.lead { "You are logged in on these devices. If you do not recognize a device, log it out." }
        ul.panel.lines.devices { @for device in devices { (device_row(device, Some(device.id) == current)) } }
        @if devices.len() > 1 {
            form.others method="post" action="/devices/logout-others" {
                button #logout-others { "Log out all other devices" }
            }
        }
    };
    layout(frame, "Your devices", &content)
}

fn device_row(device: &SessionInfo, is_current: bool) -> Markup {
    let name = device.label.as_deref().unwrap_or("an unknown browser");
    html! {
        li data-device=(device.id) {
            div.text {
                strong { span.device { (name) } @if is_current { span.mark { "This device" } } }
                span { "First seen " (relative_time(device.created)) ", last seen " (relative_time(device.last_seen)) }
            }
            form method="post" action="/devices/logout" {
                input type="hidden" name="device" value=(device.id);
                button.quiet { "Log out" }
            }
        }
    }
}

fn layout(frame: &Frame, title: &str, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" data-theme=(frame.theme.name()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · Crumb" }
                link rel="icon" href="/icon.svg" type="image/svg+xml";
                link rel="stylesheet" href="/style.css";
            }
            body {
                (top(frame))
                main {
                    @if let Some(notice) = &frame.notice { p.notice #notice role="status" { (notice) } }
                    (content)
                }
                footer { "Crumb is an example for typed sessions. " a href=(Page::Session.path()) { "See your session." } }
            }
        }
    }
}

fn top(frame: &Frame) -> Markup {
    html! {
        header {
            a.brand href=(Page::Products.path()) { (PreEscaped(include_str!("assets/crumb.svg"))) "Crumb" }
            nav {
                (link(frame, Page::Products, &html! { "Products" }))
                (link(frame, Page::Cart, &html! { "Cart" @if frame.items > 0 { span.badge #items { (frame.items) } } }))
                (link(frame, Page::Session, &html! { "Your session" }))
                @if frame.user.is_some() { (link(frame, Page::Devices, &html! { "Your devices" })) }
            }
            div.visitor {
                (theme_switch(frame))
                @if let Some(user) = &frame.user {
                    span.user #user { (user) }
                    (logout_form())
                } @else {
                    (link(frame, Page::Login, &html! { "Log in" }))
                }
            }
        }
    }
}

fn link(frame: &Frame, page: Page, label: &Markup) -> Markup {
    html! { a href=(page.path()) aria-current=[(frame.page == page).then_some("page")] { (label) } }
}

fn theme_switch(frame: &Frame) -> Markup {
    let theme = frame.theme.other();
    html! {
        form method="post" action="/theme" {
            input type="hidden" name="theme" value=(theme.name());
            input type="hidden" name="back" value=(frame.page.slug());
            button.quiet.icon #theme title={ "Switch to the " (theme.name()) " theme" } {
                span.visually-hidden { "Switch to the " (theme.name()) " theme" }
                (PreEscaped(match theme {
                    Theme::Light => include_str!("assets/sun.svg"),
                    Theme::Dark => include_str!("assets/moon.svg"),
                }))
            }
        }
    }
}
