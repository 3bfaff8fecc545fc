//! A cart and a login on plain hyper, without a framework.
//!
//! `cargo run --example hyper`, then `curl -c jar -b jar -X POST http://127.0.0.1:3000/cart/tea`

mod sessions;
#[cfg(test)]
mod tests;

use std::convert::Infallible;

use http::{Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use session::store::MemoryStore;
use session::{Error, ReadOnly, SecretKey, SessionConfig, SessionManager, SessionSchema, Typed};
use tokio::net::{TcpListener, TcpStream};

use crate::sessions::{extract_session, with_session};

#[derive(SessionSchema)]
struct Visitor {
    #[session(key = "user.id")]
    user_id: u64,
    #[session(default)]
    cart: Vec<String>,
}

async fn route(request: Request<Incoming>) -> Result<Response<String>, Error> {
    let mut session = extract_session(&request); // no I/O: the record is loaded when it is needed
    let path: Vec<&str> = request.uri().path().split('/').skip(1).collect();
    match (request.method(), &path[..]) {
        (&Method::GET, [""]) => home(session.typed()).await,
        (&Method::POST, ["cart", item]) => add_to_cart(session.typed_mut(), item).await,
        (&Method::POST, ["login", user_id]) => log_in(session.typed_mut(), user_id).await,
        (&Method::POST, ["logout"]) => {
            session.invalidate();
            Ok(Response::new("logged out\n".to_owned()))
        }
        _ => Ok(status(StatusCode::NOT_FOUND)),
    }
}

async fn home(visitor: ReadOnly<Visitor>) -> Result<Response<String>, Error> {
    let (user, cart) = (visitor.user_id().await?, visitor.cart().await?);
    Ok(Response::new(format!("user {user:?}, cart {cart:?}\n")))
}

async fn add_to_cart(mut visitor: Typed<Visitor>, item: &str) -> Result<Response<String>, Error> {
    // Atomic: of two requests at the same time, both items are in the cart.
    visitor.update_cart(|cart| cart.push(item.to_owned())).await?;
    Ok(Response::new("added\n".to_owned()))
}

async fn log_in(mut visitor: Typed<Visitor>, user_id: &str) -> Result<Response<String>, Error> {
    let Ok(user_id) = user_id.parse() else { return Ok(status(StatusCode::BAD_REQUEST)) };
    visitor.log_in(Visitor::USER_ID, user_id).await?; // rotates the token
    Ok(Response::new("logged in\n".to_owned()))
}

fn status(status: StatusCode) -> Response<String> {
    let mut response = Response::new(String::new());
    *response.status_mut() = status;
    response
}

async fn serve_connection<F>(stream: TcpStream, manager: SessionManager, handle: impl Fn(Request<Incoming>) -> F)
where
    F: Future<Output = Result<Response<String>, Error>>,
{
    let service = service_fn(async |request| Ok::<_, Infallible>(with_session(&manager, request, &handle).await));
    if let Err(error) = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await {
        tracing::debug!(%error, "the connection failed");
    }
}

#[tokio::main]
async fn main() -> Result<(), std::io::Error> {
    tracing_subscriber::fmt().init(); // prints the causes of failed requests
    // The key and the store live as long as this process. The shop keeps both in files.
    let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    let listener = TcpListener::bind("127.0.0.1:3000").await?;
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(serve_connection(stream, manager.clone(), route));
    }
}
