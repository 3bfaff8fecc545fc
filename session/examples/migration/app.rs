//! An application that used tower-sessions before: a login, a cart, and a logout on all devices.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use session::axum::SessionLayer;
use session::{Error, Lifetime, Session, SessionConfig, SessionManager, SessionSchema, Typed};

use super::Pool;
use super::carry_over::{Data, MOVED_FROM, OldSessions, carry_over};

#[derive(SessionSchema)]
pub(crate) struct Visitor {
    #[session(key = "user.id", index)]
    user_id: u64,
    #[session(default)]
    cart: Vec<String>,
}

async fn home(visitor: Typed<Visitor>) -> Result<String, Error> {
    let user = visitor.user_id().await?.map_or("nobody".to_owned(), |user| format!("user {user}"));
    Ok(format!("{user}: {}", visitor.cart().await?.join(", ")))
}

#[derive(serde::Deserialize)]
struct LoginForm {
    user: u64,
}

async fn log_in(mut visitor: Typed<Visitor>, Form(form): Form<LoginForm>) -> Result<Redirect, Error> {
    visitor.log_in(Visitor::USER_ID, form.user).await?; // a real application verifies a password first
    Ok(Redirect::to("/"))
}

async fn log_out(mut session: Session) -> Redirect {
    session.invalidate();
    Redirect::to("/")
}

/// The landing page of an advertisement.
async fn visit(mut visitor: Typed<Visitor>) -> Result<Redirect, Error> {
    visitor.update_cart(|cart| cart.push("advertised".to_owned())).await?;
    Ok(Redirect::to("/"))
}

async fn fail() -> StatusCode {
    StatusCode::INTERNAL_SERVER_ERROR
}

async fn log_out_everywhere(
    State(old): State<Arc<OldSessions>>,
    mut visitor: Typed<Visitor>,
) -> Result<Response, Error> {
    if let Some(user) = visitor.user_id().await? {
        if let Err(error) = old.delete_rows(&Visitor::USER_ID, &user.into()).await {
            tracing::error!(%error, "failed to delete the old sessions");
            return Ok(StatusCode::SERVICE_UNAVAILABLE.into_response());
        }
        old.manager.revoke_all(Visitor::USER_ID, &user, visitor.id()).await?;
    }
    visitor.invalidate();
    Ok(Redirect::to("/").into_response())
}

/// tower-sessions had an inactivity of one day, and "remember me" set a longer one.
fn convert(session: &mut Session, data: Data, remaining: Duration) -> Data {
    if remaining > Duration::from_hours(24) {
        session.set_lifetime(Lifetime::new().idle(remaining).absolute(remaining));
    }
    data
}

/// The settings of the new sessions.
pub(crate) fn config(config: SessionConfig) -> SessionConfig {
    config.index(Visitor::USER_ID).index(MOVED_FROM)
}

pub(crate) fn old_sessions(rows: Pool, manager: SessionManager) -> OldSessions {
    OldSessions {
        rows,
        manager,
        login_key: Visitor::USER_ID.as_str(),
        read_cookie: Box::new(|cookies| cookies.get("id").cloned()),
        removal: HeaderValue::from_static("id=; Path=/; Max-Age=0"),
        convert,
    }
}

pub(crate) fn app(old: OldSessions) -> Router {
    let (manager, old) = (old.manager.clone(), Arc::new(old));
    let routes = Router::new().route("/", get(home)).route("/login", post(log_in)).route("/logout", post(log_out));
    let routes = routes.route("/visit", post(visit)).route("/fail", post(fail));
    let routes = routes.route("/logout-everywhere", post(log_out_everywhere)).with_state(old.clone());
    routes.layer(from_fn_with_state(old, carry_over)).layer(SessionLayer::new(manager))
}
