//! The devices page: lists all sessions of the logged-in user, and logs them out.

use std::cmp::Reverse;

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use session::{Session, SessionId, SessionManager, Typed};

use crate::actions::{self, ActionResult};
use crate::pages::load_frame;
use crate::views::{self, Page};
use crate::visitor::Visitor;

pub async fn page(
    State(manager): State<SessionManager>,
    session: Session,
    mut visitor: Typed<Visitor>,
) -> Result<Response, session::Error> {
    let Some(user) = visitor.user().await? else {
        return Ok(redirect_to_login(visitor)?.into_response());
    };
    let frame = load_frame(&mut visitor, Page::Devices).await?;
    let current = session.id();
    let mut devices = manager.find(Visitor::USER, &user).await?;
    devices.sort_by_key(|device| (Some(device.id) != current, Reverse(device.last_seen)));
    Ok(views::devices(&frame, &devices, current).into_response())
}

#[derive(Deserialize)]
pub struct DeviceForm {
    device: SessionId,
}

pub async fn log_out(
    State(manager): State<SessionManager>,
    session: Session,
    mut visitor: Typed<Visitor>,
    Form(form): Form<DeviceForm>,
) -> ActionResult {
    let Some(user) = visitor.user().await? else { return redirect_to_login(visitor) };
    if session.id() == Some(form.device) {
        return actions::log_out(session, visitor).await;
    }
    // Deletes only sessions of this user: the id of another user's session has no effect.
    let deleted = manager.revoke(Visitor::USER, &user, form.device).await?;
    let notice = if deleted { "That device is logged out." } else { "That device was already logged out." };
    visitor.set_notice(notice.into())?;
    Ok(Redirect::to(Page::Devices.path()))
}

pub async fn log_out_others(
    State(manager): State<SessionManager>,
    session: Session,
    mut visitor: Typed<Visitor>,
) -> ActionResult {
    let Some(user) = visitor.user().await? else { return redirect_to_login(visitor) };
    let deleted = manager.revoke_all(Visitor::USER, &user, session.id()).await?;
    visitor.set_notice(match deleted {
        0 => "You were not logged in on another device.".into(),
        1 => "You are logged out on the other device.".into(),
        count => format!("You are logged out on {count} other devices."),
    })?;
    Ok(Redirect::to(Page::Devices.path()))
}

fn redirect_to_login(mut visitor: Typed<Visitor>) -> ActionResult {
    visitor.set_notice("Log in to see your devices.".into())?;
    Ok(Redirect::to(Page::Login.path()))
}
