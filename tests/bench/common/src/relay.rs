//! A relay between a library and its server that counts: the bytes of each side, and how often the library speaks after
//! the server has answered, which is a round trip; and how many of those only ask whether the connection lives.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What sqlx's pools send to PostgreSQL and to MySQL to see whether a connection lives.
const PINGS: [&[u8]; 2] = [b"S\x00\x00\x00\x04", b"\x01\x00\x00\x00\x0e"];

#[derive(Default)]
pub struct Traffic {
    pub round_trips: AtomicU64,
    pub pings: AtomicU64,
    pub sent: AtomicU64,
    pub received: AtomicU64,
}

/// Where the host and the port stand in a URL.
fn place(url: &str) -> Range<usize> {
    let start = url.find("://").expect("a URL") + 3;
    let start = url[start..].find('@').map_or(start, |at| start + at + 1);
    let end = url[start..].find('/').map_or(url.len(), |slash| start + slash);
    start..end
}

/// The host and the port of a URL.
pub fn address(url: &str) -> &str {
    &url[place(url)]
}

/// The URL with the relay in the place of its server.
pub async fn before(url: &str) -> (String, Arc<Traffic>) {
    let Range { start, end } = place(url);
    let server = address(url).to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let relay = listener.local_addr().expect("an address");
    let traffic = Arc::new(Traffic::default());
    tokio::spawn(accept(listener, server, Arc::clone(&traffic)));
    (format!("{}{relay}{}", &url[..start], &url[end..]), traffic)
}

async fn accept(listener: TcpListener, server: String, traffic: Arc<Traffic>) {
    while let Ok((client, _)) = listener.accept().await {
        let server = TcpStream::connect(&server).await.expect("the server");
        tokio::spawn(relay(client, server, Arc::clone(&traffic)));
    }
}

async fn relay(client: TcpStream, server: TcpStream, traffic: Arc<Traffic>) {
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let answered = Arc::new(AtomicBool::new(true));
    let (counted, seen) = (Arc::clone(&traffic), Arc::clone(&answered));
    let forth = async move {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(length @ 1..) = from_client.read(&mut buffer).await {
            counted.sent.fetch_add(length as u64, Relaxed);
            if seen.swap(false, Relaxed) {
                counted.round_trips.fetch_add(1, Relaxed);
            }
            if PINGS.contains(&&buffer[..length]) {
                counted.pings.fetch_add(1, Relaxed);
            }
            if to_server.write_all(&buffer[..length]).await.is_err() {
                break;
            }
        }
    };
    let back = async move {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(length @ 1..) = from_server.read(&mut buffer).await {
            traffic.received.fetch_add(length as u64, Relaxed);
            answered.store(true, Relaxed);
            if to_client.write_all(&buffer[..length]).await.is_err() {
                break;
            }
        }
    };
    tokio::join!(forth, back);
}
