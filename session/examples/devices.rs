//! Lists the sessions of a user with data of each, and logs out one device or all others: an indexed key.
//!
//! `cargo run --example devices`, then open <http://127.0.0.1:3000> in two browsers.

use axum::extract::State;
use axum::response::Redirect;
use axum::routing::{get, post};
use axum::{Form, Router};
use maud::{Markup, html};
use session::axum::SessionLayer;
use session::store::MemoryStore;
use session::{SecretKey, Session, SessionConfig, SessionId, SessionManager, SessionSchema, Typed};

#[derive(SessionSchema, serde::Deserialize)]
struct Visitor {
    #[session(index)] // generates the constant `Visitor::USER`, which finds the sessions of a user
    user: String,
    device: String,
}

async fn home(State(manager): State<SessionManager>, visitor: Typed<Visitor>) -> Result<Markup, session::Error> {
    let login =
        html! { form method="post" action="/login" { input name="user"; input name="device"; button { "Log in" } } };
    let Some(user) = visitor.user().await? else { return Ok(login) };
    let devices = manager.list_by(Visitor::USER, &user, None, 20).await?.sessions; // one store operation
    Ok(html! { form method="post" action="/logout" {
        p { (user) " is logged in on " (devices.len()) " device(s)." }
        @for device in devices {
            (device.session.typed::<Visitor>().device().await?.unwrap_or_default())
            button name="device" value=(device.info.id) { "Log out" }
        }
        button { "Log out all other devices" }
    } })
}

async fn log_in(mut visitor: Typed<Visitor>, Form(form): Form<Visitor>) -> Result<Redirect, session::Error> {
    visitor.log_in(Visitor::USER, form.user).await?;
    visitor.set_device(form.device)?;
    Ok(Redirect::to("/"))
}

type LogOut = Form<Vec<(String, SessionId)>>; // axum refuses an invalid id
async fn log_out(manager: State<SessionManager>, session: Session, form: LogOut) -> Result<Redirect, session::Error> {
    if let Some(user) = session.typed::<Visitor>().user().await? {
        match form.first() {
            Some((_, device)) => _ = manager.revoke(Visitor::USER, &user, *device).await?, // a session of this user only
            None => _ = manager.revoke_all(Visitor::USER, &user, session.id()).await?,
        }
    }
    Ok(Redirect::to("/"))
}

fn app() -> Router {
    let manager =
        SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()).schema::<Visitor>());
    let routes = Router::new().route("/", get(home)).route("/login", post(log_in)).route("/logout", post(log_out));
    routes.with_state(manager.clone()).layer(SessionLayer::new(manager))
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    axum::serve(tokio::net::TcpListener::bind("127.0.0.1:3000").await?, app()).await
}

#[cfg(test)]
#[tokio::test]
async fn a_user_sees_and_logs_out_only_their_own_devices() {
    let mut phone = session::testing::Client::axum(app());
    let (mut laptop, mut stranger) = (phone.clone(), phone.clone());
    phone.submit("/login", "user=Ada&device=phone").await;
    let page = laptop.submit("/login", "user=Ada&device=laptop").await.into_body();
    let form = format!("device={}", &page.split_once("phone<button name=\"device\" value=\"").unwrap().1[..32]);
    stranger.submit("/login", "user=Grace&device=tablet").await;
    stranger.submit("/logout", &form).await;
    assert!(phone.get("/").await.body().contains("on 2 device(s)"));
    assert!(laptop.submit("/logout", &form).await.body().contains("on 1 device(s)"));
    assert!(phone.submit("/login", "user=Ada&device=phone").await.body().contains("on 2 device(s)"));
    laptop.submit("/logout", "").await;
    assert!(phone.get("/").await.body().contains("Log in"));
}
