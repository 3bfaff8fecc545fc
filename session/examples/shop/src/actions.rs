//! The form handlers: each one changes the session, then redirects, so that a reload does not repeat the change.

use axum::Form;
use axum::http::{HeaderMap, header};
use axum::response::Redirect;
use serde::Deserialize;
use session::{Session, Typed};

use crate::product::Product;
use crate::user_agent;
use crate::views::Page;
use crate::visitor::{Line, Theme, Visitor};

pub type ActionResult = Result<Redirect, session::Error>;

#[derive(Deserialize)]
pub struct AddForm {
    product: Product,
}

pub async fn add_to_cart(mut visitor: Typed<Visitor>, Form(form): Form<AddForm>) -> ActionResult {
    // Atomic: of two clicks at once, neither is lost.
    visitor.update_cart(|cart| cart.add(form.product)).await?;
    visitor.set_notice(format!("{} is in your cart.", form.product.name()))?;
    Ok(Redirect::to(Page::Products.path()))
}

pub async fn change_cart(mut visitor: Typed<Visitor>, Form(line): Form<Line>) -> ActionResult {
    visitor.update_cart(|cart| cart.set(line)).await?;
    Ok(Redirect::to(Page::Cart.path()))
}

#[derive(Deserialize)]
pub struct LoginForm {
    name: String,
}

pub async fn log_in(
    mut session: Session,
    mut visitor: Typed<Visitor>,
    headers: HeaderMap,
    Form(form): Form<LoginForm>,
) -> ActionResult {
    let name: String = form.name.trim().chars().take(40).collect();
    if name.is_empty() {
        visitor.set_notice("Please enter your name.".into())?;
        return Ok(Redirect::to(Page::Login.path()));
    }
    // The cart of a visitor stays. The token changes: a token from before the login is no longer valid. If another user is
    // logged in, the session starts empty.
    session.log_in(Visitor::USER, name.clone()).await?;
    let user_agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    session.set_label(user_agent::device_name(user_agent.unwrap_or_default()));
    visitor.set_notice(format!("Welcome, {name}."))?;
    Ok(Redirect::to(Page::Products.path()))
}

pub async fn log_out(mut session: Session, mut visitor: Typed<Visitor>) -> ActionResult {
    let (user, theme) = (visitor.user().await?, visitor.theme()?);
    // Deletes this session and starts an empty one, which keeps only the theme.
    session.restart();
    visitor.set_theme(theme)?;
    visitor.set_notice(match user {
        Some(name) => format!("Goodbye, {name}. You are logged out."),
        None => "You were not logged in.".into(),
    })?;
    Ok(Redirect::to(Page::Products.path()))
}

#[derive(Deserialize)]
pub struct ThemeForm {
    theme: Theme,
    back: Page,
}

pub async fn switch_theme(mut visitor: Typed<Visitor>, Form(form): Form<ThemeForm>) -> ActionResult {
    visitor.set_theme(form.theme)?;
    Ok(Redirect::to(form.back.path()))
}
