//! Lists all sessions of a user, and logs out one device or all other devices: an indexed key.
//!
//! `cargo run --example devices`, then open <http://127.0.0.1:3000> in two browsers.

use axum::extract::State;
use axum::response::Redirect;
use axum::routing::{get, post};
use axum::{Form, Router};
use maud::{Markup, html};
use session::axum::SessionLayer;
use session::store::MemoryStore;
use session::{ReadOnly, SecretKey, Session, SessionConfig, SessionId, SessionManager, SessionSchema, Typed};

#[derive(SessionSchema, serde::Deserialize)]
struct Visitor {
    /// `index` generates the constant `Visitor::USER`, which finds the sessions of a user.
    #[session(index)]
    user: String,
}

async fn home(State(manager): State<SessionManager>, visitor: Typed<Visitor>) -> Result<Markup, session::Error> {
    let Some(user) = visitor.user().await? else {
        return Ok(html! { form method="post" action="/login" { input name="user"; button { "Log in" } } });
    };
    let devices = manager.find(Visitor::USER, &user).await?;
    Ok(html! {
        p { (user) " is logged in on " (devices.len()) " device(s)." }
        ul { @for device in devices { li {
            (device.label.unwrap_or_default())
            form method="post" action="/logout" { button name="device" value=(device.id) { "Log out" } }
        } } }
        form method="post" action="/logout-others" { button { "Log out all other devices" } }
    })
}

async fn log_in(mut session: Session, form: Form<Visitor>) -> Result<Redirect, session::Error> {
    session.log_in(Visitor::USER, form.0.user).await?;
    session.set_label("a browser"); // the shop uses the `User-Agent` header
    Ok(Redirect::to("/"))
}

#[derive(serde::Deserialize)]
struct LogOut {
    /// axum refuses a form with an invalid id.
    device: SessionId,
}

async fn log_out(
    manager: State<SessionManager>,
    visitor: ReadOnly<Visitor>,
    form: Form<LogOut>,
) -> Result<Redirect, session::Error> {
    if let Some(user) = visitor.user().await? {
        manager.revoke(Visitor::USER, &user, form.device).await?; // deletes only a session of this user
    }
    Ok(Redirect::to("/"))
}

async fn log_out_others(manager: State<SessionManager>, session: Session) -> Result<Redirect, session::Error> {
    if let Some(user) = session.typed::<Visitor>().user().await? {
        manager.revoke_all(Visitor::USER, &user, session.id()).await?;
    }
    Ok(Redirect::to("/"))
}

fn app() -> Router {
    let config = SessionConfig::new(SecretKey::generate()).index(Visitor::USER);
    let manager = SessionManager::new(MemoryStore::new(), config);
    let routes = Router::new().route("/", get(home)).route("/login", post(log_in));
    let routes = routes.route("/logout", post(log_out)).route("/logout-others", post(log_out_others));
    routes.with_state(manager.clone()).layer(SessionLayer::new(manager))
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    tracing_subscriber::fmt().init();
    axum::serve(tokio::net::TcpListener::bind("127.0.0.1:3000").await?, app()).await
}

#[cfg(test)]
mod browser;

#[cfg(test)]
#[tokio::test]
async fn the_other_devices_are_logged_out() {
    let app = app();
    let (mut first, mut second) = (browser::Browser::new(&app), browser::Browser::new(&app));
    assert!(first.post("/login", "user=Ada").await.contains("on 1 device(s)"));
    assert!(second.post("/login", "user=Ada").await.contains("on 2 device(s)"));
    assert!(first.post("/logout-others", "").await.contains("on 1 device(s)"));
    assert!(second.get("/").await.contains("Log in"));
}

#[cfg(test)]
#[tokio::test]
async fn one_device_is_logged_out_by_its_user_only() {
    let app = app();
    let mut browsers = ["Ada", "Ada", "Grace"].map(|user| (browser::Browser::new(&app), format!("user={user}")));
    let mut pages = Vec::new();
    for (browser, form) in &mut browsers {
        pages.push(browser.post("/login", form).await);
    }
    let [(first, _), (second, _), (stranger, _)] = &mut browsers;
    let (_, id) = pages[0].split_once("value=\"").expect("a button for the device of the page");
    let form = format!("device={}", &id[..32]);
    assert!(stranger.post("/logout", &form).await.contains("Grace is logged in on 1 device(s)"));
    assert!(first.get("/").await.contains("on 2 device(s)"));
    assert!(second.post("/logout", &form).await.contains("on 1 device(s)"));
    assert!(first.get("/").await.contains("Log in"));
}
