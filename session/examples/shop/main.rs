//! A small shop, and the main example of the `session` crate: every line of session code in it is typed.
//!
//! Read [`visitor`] first: it declares what a session holds. `actions` changes it, `pages` reads it.
//!
//! ```text
//! cargo run --example shop -- --addr 127.0.0.1:3000 --store sqlite:shop.db
//! cargo run --example shop -- --help
//! ```

#![allow(unreachable_pub, reason = "an application says `pub` for what its modules share")]

mod actions;
mod catalogue;
mod devices;
mod flags;
mod key;
mod pages;
mod storage;
mod times;
mod user_agent;
mod views;
mod visitor;

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::{get, post};
use session::axum::SessionLayer;
use session::{CookieConfig, SessionConfig, SessionManager};
use tokio::net::TcpListener;

use crate::flags::Flags;
use crate::visitor::Visitor;

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt().with_max_level(tracing::Level::WARN).with_writer(io::stderr).init();
    let flags = match Flags::parse(std::env::args_os().skip(1)) {
        Ok(Some(flags)) => flags,
        Ok(None) => {
            say(flags::HELP);
            return ExitCode::SUCCESS;
        }
        Err(message) => return fail(2, &message),
    };
    match run(flags).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => fail(1, &message),
    }
}

fn fail(code: u8, message: &str) -> ExitCode {
    _ = writeln!(io::stderr(), "shop: {message}");
    ExitCode::from(code)
}

async fn run(flags: Flags) -> Result<(), String> {
    let listener = TcpListener::bind(&flags.addr).await;
    let listener = listener.map_err(|error| format!("cannot listen on {}: {error}", flags.addr))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let key = flags.key.read()?;
    let store = flags.store.open().await?;
    say(format_args!("sessions are kept in {}", flags.store));

    let mut config = SessionConfig::new(key).index(Visitor::USER);
    if !address.ip().is_loopback() {
        // Browsers take secure cookies over plain http from this machine, and from no other.
        config = config.cookie(CookieConfig::new().secure(false));
        say("cookies are not secure: this is plain http on a network");
    }
    let manager = SessionManager::new(store, config);
    // Expired sessions are never returned; this is about the space they take. It stops when it is dropped.
    let _sweeper = manager.sweeper(Duration::from_mins(10));
    let router = router(manager);
    say(format_args!("the shop is open at http://{address} (Ctrl-C closes it)"));
    serve(listener, router).await.map_err(|error| format!("cannot serve: {error}"))?;
    say("stopped");
    Ok(())
}

fn router(manager: SessionManager) -> Router {
    Router::new()
        .route("/", get(pages::products))
        .route("/cart", get(pages::cart))
        .route("/cart/add", post(actions::add_to_cart))
        .route("/cart/change", post(actions::change_cart))
        .route("/sign-in", get(pages::sign_in).post(actions::sign_in))
        .route("/sign-out", post(actions::sign_out))
        .route("/theme", post(actions::switch_theme))
        .route("/session", get(pages::session))
        .route("/devices", get(devices::page))
        .route("/devices/sign-out", post(devices::sign_out))
        .route("/devices/sign-out-others", post(devices::sign_out_others))
        .with_state(manager.clone())
        .fallback(pages::not_found)
        .layer(map_response(keep_private))
        .layer(SessionLayer::new(manager))
        .layer(map_response(pages::explain))
        .route("/style.css", get(views::stylesheet))
}

/// Every page shows what one visitor may see: after a sign-out, the back button must not find it in a cache.
async fn keep_private(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Serves until Ctrl-C, and then lets the requests in flight finish, but waits for no idle browser.
async fn serve(listener: TcpListener, router: Router) -> io::Result<()> {
    let out_of_patience = async {
        interrupted().await;
        tokio::time::sleep(Duration::from_secs(3)).await;
    };
    tokio::select! {
        served = axum::serve(listener, router).with_graceful_shutdown(interrupted()) => served,
        () = out_of_patience => Ok(()),
    }
}

async fn interrupted() {
    _ = tokio::signal::ctrl_c().await;
}

/// Prints a line. That nobody reads it is no reason to stop.
fn say(line: impl Display) {
    _ = writeln!(io::stdout(), "{line}");
}
