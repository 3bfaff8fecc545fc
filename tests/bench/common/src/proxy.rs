//! A proxy between a library and its server that counts bytes, round trips and pings.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The messages with which sqlx tests a connection: PostgreSQL, MySQL.
const PINGS: [&[u8]; 2] = [b"S\x00\x00\x00\x04", b"\x01\x00\x00\x00\x0e"];
const BUFFER_BYTES: usize = 1 << 16;

#[derive(Default)]
pub struct Traffic {
    /// A round trip starts with the first bytes that are sent after a response.
    pub round_trips: AtomicU64,
    pub pings: AtomicU64,
    pub sent: AtomicU64,
    pub received: AtomicU64,
}

fn authority_range(url: &str) -> Range<usize> {
    let start = url.find("://").expect("a URL") + 3;
    let start = url[start..].find('@').map_or(start, |at| start + at + 1);
    let end = url[start..].find('/').map_or(url.len(), |slash| start + slash);
    start..end
}

/// Returns the host and port of a URL.
pub fn authority(url: &str) -> &str {
    &url[authority_range(url)]
}

/// Starts a proxy for the server at `url`. Returns the URL of the proxy and its counters.
pub async fn start(url: &str) -> (String, Arc<Traffic>) {
    let Range { start, end } = authority_range(url);
    let server = authority(url).to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let proxy = listener.local_addr().expect("an address");
    let traffic = Arc::new(Traffic::default());
    tokio::spawn(accept(listener, server, Arc::clone(&traffic)));
    (format!("{}{proxy}{}", &url[..start], &url[end..]), traffic)
}

async fn accept(listener: TcpListener, server: String, traffic: Arc<Traffic>) {
    while let Ok((client, _)) = listener.accept().await {
        let server = TcpStream::connect(&server).await.expect("the server");
        tokio::spawn(forward(client, server, Arc::clone(&traffic)));
    }
}

async fn forward(client: TcpStream, server: TcpStream, traffic: Arc<Traffic>) {
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let (traffic, has_response) = (&*traffic, &AtomicBool::new(true));
    // Each block owns its halves: the end of one direction closes its connection.
    let requests = async move {
        let mut buffer = vec![0; BUFFER_BYTES];
        while let Ok(length @ 1..) = from_client.read(&mut buffer).await {
            traffic.sent.fetch_add(length as u64, Relaxed);
            if has_response.swap(false, Relaxed) {
                traffic.round_trips.fetch_add(1, Relaxed);
            }
            if PINGS.contains(&&buffer[..length]) {
                traffic.pings.fetch_add(1, Relaxed);
            }
            if to_server.write_all(&buffer[..length]).await.is_err() {
                break;
            }
        }
    };
    let responses = async move {
        let mut buffer = vec![0; BUFFER_BYTES];
        while let Ok(length @ 1..) = from_server.read(&mut buffer).await {
            traffic.received.fetch_add(length as u64, Relaxed);
            has_response.store(true, Relaxed);
            if to_client.write_all(&buffer[..length]).await.is_err() {
                break;
            }
        }
    };
    tokio::join!(requests, responses);
}
