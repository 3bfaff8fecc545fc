//! The shop: an axum application with a cart, a login, client state and a list of the user's devices.
//!
//! Start with [`visitor`], which declares the session's keys. [`pages`] reads the session and [`actions`] changes it.
//! [`devices`] lists all sessions of one user and logs them out.
//!
//! ```text
//! cargo run --example shop
//! cargo run --example shop -- --help
//! cargo run --example shop --features postgres -- --store postgres://USER:PASSWORD@HOST/DATABASE
//! ```

#![allow(unreachable_pub, reason = "an application declares the items that its modules share as `pub`")]

mod actions;
mod devices;
mod headers;
mod options;
mod pages;
mod product;
mod storage;
mod times;
mod user_agent;
mod views;
mod visitor;

use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::middleware::map_response;
use axum::routing::{get, post};
use session::axum::SessionLayer;
use session::{CookieConfig, SessionConfig, SessionManager};
use tokio::net::TcpListener;
use tower_http::csrf::CsrfLayer;

use crate::options::Options;
use crate::visitor::Visitor;

const SWEEP_INTERVAL: Duration = Duration::from_mins(10);
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(3);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    // The library logs the causes of failed requests. Without a subscriber, nothing is printed.
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();

    let Some(options) = Options::parse(lexopt::Parser::from_env())? else {
        println!("{}", options::HELP);
        return Ok(());
    };
    let listener = TcpListener::bind(&options.addr).await;
    let listener = listener.with_context(|| format!("failed to listen on {}", options.addr))?;
    let address = listener.local_addr()?;

    // WebKit (Safari) drops `Secure` cookies over plain HTTP, also on loopback. Elsewhere, and where HTTPS is in front, they
    // stay `Secure`, which is the default. An application with HTTPS does not need this line.
    let cookies = CookieConfig::new().secure(options.https || !address.ip().is_loopback());
    let config = SessionConfig::new(options.key.load()?).cookie(cookies).index(Visitor::USER);
    let manager = SessionManager::new(options.store.open().await?, config);
    // Deletes expired sessions in the background, until it is dropped.
    let _sweeper = manager.sweeper(SWEEP_INTERVAL);

    println!("sessions are stored in {}", options.store);
    println!("the shop listens on http://{address} (Ctrl-C stops it)");
    serve(listener, router(manager)).await?;
    println!("stopped");
    Ok(())
}

fn router(manager: SessionManager) -> Router {
    Router::new()
        .route("/", get(pages::products))
        .route("/cart", get(pages::cart))
        .route("/cart/add", post(actions::add_to_cart))
        .route("/cart/change", post(actions::change_cart))
        .route("/login", get(pages::login).post(actions::log_in))
        .route("/logout", post(actions::log_out))
        .route("/theme", post(actions::switch_theme))
        .route("/session", get(pages::session))
        .route("/devices", get(devices::page))
        .route("/devices/logout", post(devices::log_out))
        .route("/devices/logout-others", post(devices::log_out_others))
        .with_state(manager.clone())
        .fallback(pages::not_found)
        .layer(map_response(headers::forbid_caching))
        .layer(SessionLayer::new(manager))
        // Refuses forms of other origins (CSRF). `SameSite=Lax` stops those of other sites, but not those of other
        // subdomains and ports, and not a login or a logout, which needs no session.
        .layer(CsrfLayer::new())
        // Outside of the session layer, so that it also sees the responses to failed commits.
        .layer(map_response(pages::explain_error))
        // After the layers, so that it is served without them.
        .route("/style.css", get(views::stylesheet))
        .route("/icon.svg", get(views::icon))
        .layer(map_response(headers::protect))
}

/// Serves until Ctrl-C, then waits for the requests in flight, but not longer than [`SHUTDOWN_TIMEOUT`]: a browser may
/// keep an idle connection open.
async fn serve(listener: TcpListener, router: Router) -> std::io::Result<()> {
    let shutdown_timeout = async {
        ctrl_c().await;
        tokio::time::sleep(SHUTDOWN_TIMEOUT).await;
    };
    tokio::select! {
        result = axum::serve(listener, router).with_graceful_shutdown(ctrl_c()) => result,
        () = shutdown_timeout => Ok(()),
    }
}

async fn ctrl_c() {
    _ = tokio::signal::ctrl_c().await;
}
