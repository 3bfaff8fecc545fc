//! "Your devices": where a user is signed in, and the forms that sign them out there.

use std::cmp::Reverse;

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;
use session::{Session, SessionId, SessionInfo, SessionManager, Typed};

use crate::actions::{self, Action};
use crate::pages::Frame;
use crate::times::moment;
use crate::views::{self, Place};
use crate::visitor::Visitor;

pub async fn page(
    State(manager): State<SessionManager>,
    session: Session,
    mut visitor: Typed<Visitor>,
) -> Result<Response, session::Error> {
    let Some(user) = visitor.user().await? else {
        return Ok(ask_for_name(visitor)?.into_response());
    };
    let frame = Frame::new(&mut visitor, Place::Devices).await?;
    let this = session.id();
    let mut devices = manager.find(Visitor::USER, &user).await?;
    devices.sort_by_key(|device| (Some(device.id) != this, Reverse(device.last_seen)));
    Ok(view(&frame, &devices, this).into_response())
}

#[derive(Deserialize)]
pub struct Choice {
    device: String,
}

pub async fn sign_out(
    State(manager): State<SessionManager>,
    session: Session,
    mut visitor: Typed<Visitor>,
    Form(choice): Form<Choice>,
) -> Action {
    let Some(user) = visitor.user().await? else { return ask_for_name(visitor) };
    let device: Option<SessionId> = choice.device.parse().ok();
    if device.is_some() && device == session.id() {
        return actions::sign_out(session, visitor).await;
    }
    // It ends what this user is signed in on: an id of somebody else's session ends nothing.
    let ended = match device {
        Some(device) => manager.revoke(Visitor::USER, &user, device).await?,
        None => false,
    };
    let notice = if ended { "That device is signed out." } else { "That device was signed out already." };
    visitor.set_notice(notice.into())?;
    Ok(Redirect::to(Place::Devices.path()))
}

pub async fn sign_out_others(
    State(manager): State<SessionManager>,
    session: Session,
    mut visitor: Typed<Visitor>,
) -> Action {
    let Some(user) = visitor.user().await? else { return ask_for_name(visitor) };
    let ended = manager.revoke_all(Visitor::USER, &user, session.id()).await?;
    visitor.set_notice(match ended {
        0 => "You were signed in nowhere else.".into(),
        1 => "You are signed out on the other device.".into(),
        ended => format!("You are signed out on {ended} other devices."),
    })?;
    Ok(Redirect::to(Place::Devices.path()))
}

fn ask_for_name(mut visitor: Typed<Visitor>) -> Action {
    visitor.set_notice("Sign in to see your devices.".into())?;
    Ok(Redirect::to(Place::SignIn.path()))
}

fn view(frame: &Frame, devices: &[SessionInfo], this: Option<SessionId>) -> Markup {
    let content = html! {
        h1 { "Your devices" }
        p.lead { "Where you are signed in. If you do not know one of them, sign it out." }
        ul.panel.lines.devices { @for device in devices { (row(device, Some(device.id) == this)) } }
        @if devices.len() > 1 {
            form.others method="post" action="/devices/sign-out-others" {
                button #sign-out-others { "Sign out everywhere else" }
            }
        }
    };
    views::layout(frame, "Your devices", &content)
}

fn row(device: &SessionInfo, is_this: bool) -> Markup {
    let name = device.label.as_deref().unwrap_or("an unknown browser");
    html! {
        li data-device=(device.id) {
            div.what {
                strong { span.device { (name) } @if is_this { span.mark { "This device" } } }
                span { "First seen " (moment(device.created)) ", last seen " (moment(device.last_seen)) }
            }
            form method="post" action="/devices/sign-out" {
                input type="hidden" name="device" value=(device.id);
                button.quiet { "Sign out this one" }
            }
        }
    }
}
