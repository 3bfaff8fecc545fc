//! Tests of the chat, over real sockets.

#[path = "../browser/mod.rs"]
mod browser;

use std::net::SocketAddr;

use axum::http::header;
use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};

use self::browser::Browser;

async fn serve(app: axum::Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("the socket has an address");
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

async fn open(server: SocketAddr, browser: &Browser) -> Result<WebSocketStream<TcpStream>, Error> {
    let mut request = format!("ws://{server}/chat").into_client_request()?;
    let cookies = browser.cookies().parse().expect("cookies are valid in a header");
    request.headers_mut().insert(header::COOKIE, cookies);
    let stream = TcpStream::connect(server).await?;
    Ok(tokio_tungstenite::client_async(request, stream).await?.0)
}

/// Returns the next text, or `None` if the server closed the socket.
async fn receive(socket: &mut WebSocketStream<TcpStream>) -> Option<String> {
    match socket.next().await? {
        Ok(Message::Text(text)) => Some(text.to_string()),
        Ok(Message::Close(_)) => None,
        other => panic!("unexpected: {other:?}"),
    }
}

async fn log_in(app: &axum::Router, user: &str) -> Browser {
    let mut browser = Browser::new(app);
    browser.post(&format!("/login/{user}"), "").await;
    browser
}

#[tokio::test]
async fn a_user_who_logs_out_is_disconnected_and_the_others_chat_on() {
    let app = super::app();
    let (server, mut ada, grace) = (serve(app.clone()).await, log_in(&app, "Ada").await, log_in(&app, "Grace").await);
    let mut sockets = [open(server, &ada).await.unwrap(), open(server, &grace).await.unwrap()];
    sockets[0].send(Message::text("Hello")).await.unwrap();
    for socket in &mut sockets {
        assert_eq!(receive(socket).await.unwrap(), "Ada: Hello");
    }
    ada.post("/logout", "").await;
    assert_eq!(receive(&mut sockets[0]).await, None, "without a message of the user");
    sockets[1].send(Message::text("Bye")).await.unwrap();
    assert_eq!(receive(&mut sockets[1]).await.unwrap(), "Grace: Bye");
    assert!(matches!(open(server, &ada).await, Err(Error::Http(response)) if response.status() == 401));
}

#[tokio::test]
async fn a_message_after_the_logout_is_not_delivered() {
    let app = super::app();
    let (server, mut ada, grace) = (serve(app.clone()).await, log_in(&app, "Ada").await, log_in(&app, "Grace").await);
    let mut sockets = [open(server, &ada).await.unwrap(), open(server, &grace).await.unwrap()];
    ada.post("/logout", "").await;
    sockets[0].send(Message::text("still here?")).await.unwrap();
    assert_eq!(receive(&mut sockets[0]).await, None);
    sockets[1].send(Message::text("alone")).await.unwrap();
    assert_eq!(receive(&mut sockets[1]).await.unwrap(), "Grace: alone");
}

#[tokio::test]
async fn another_login_in_the_browser_disconnects_the_socket_of_the_first_user() {
    let app = super::app();
    let (server, mut browser) = (serve(app.clone()).await, log_in(&app, "Ada").await);
    let mut socket = open(server, &browser).await.unwrap();
    browser.post("/login/Grace", "").await;
    assert_eq!(receive(&mut socket).await, None);
}
