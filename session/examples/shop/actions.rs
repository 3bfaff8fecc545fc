//! The forms: each changes the session and sends the browser on, so that a reload repeats nothing.

use axum::Form;
use axum::http::{HeaderMap, header};
use axum::response::Redirect;
use serde::Deserialize;
use session::{Session, Typed};

use crate::catalogue::Product;
use crate::user_agent;
use crate::views::Place;
use crate::visitor::{Line, Theme, Visitor};

pub type Action = Result<Redirect, session::Error>;

#[derive(Deserialize)]
pub struct Choice {
    product: Product,
}

pub async fn add_to_cart(mut visitor: Typed<Visitor>, Form(choice): Form<Choice>) -> Action {
    // Atomic: of two clicks at once, neither is lost.
    visitor.update_cart(|cart| cart.add(choice.product)).await?;
    visitor.set_notice(format!("{} is in your cart.", choice.product.name()))?;
    Ok(Redirect::to(Place::Products.path()))
}

pub async fn change_cart(mut visitor: Typed<Visitor>, Form(line): Form<Line>) -> Action {
    visitor.update_cart(|cart| cart.set(line)).await?;
    Ok(Redirect::to(Place::Cart.path()))
}

#[derive(Deserialize)]
pub struct Credentials {
    name: String,
}

pub async fn sign_in(
    mut session: Session,
    mut visitor: Typed<Visitor>,
    headers: HeaderMap,
    Form(form): Form<Credentials>,
) -> Action {
    let name: String = form.name.trim().chars().take(40).collect();
    if name.is_empty() {
        visitor.set_notice("Please tell us your name.".into())?;
        return Ok(Redirect::to(Place::SignIn.path()));
    }
    // The session goes on, cart and all, under a new token: one that was planted or seen before is worth nothing now.
    session.cycle_id();
    let user_agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    session.set_label(user_agent::name(user_agent.unwrap_or_default()));
    visitor.set_notice(format!("Welcome, {name}."))?;
    visitor.set_user(name)?;
    Ok(Redirect::to(Place::Products.path()))
}

pub async fn sign_out(mut session: Session, mut visitor: Typed<Visitor>) -> Action {
    let (user, theme) = (visitor.user().await?, visitor.theme()?);
    session.restart();
    // From here on this is another session, empty but for what we carry over.
    visitor.set_theme(theme)?;
    visitor.set_notice(match user {
        Some(name) => format!("Goodbye, {name}. Nothing of you is left here."),
        None => "Nobody was signed in.".into(),
    })?;
    Ok(Redirect::to(Place::Products.path()))
}

#[derive(Deserialize)]
pub struct Switch {
    theme: Theme,
    back: Place,
}

pub async fn switch_theme(mut visitor: Typed<Visitor>, Form(switch): Form<Switch>) -> Action {
    visitor.set_theme(switch.theme)?;
    Ok(Redirect::to(switch.back.path()))
}
