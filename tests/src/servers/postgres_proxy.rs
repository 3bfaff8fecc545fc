//! A proxy before a PostgreSQL server: it records the messages of the client, and can be paused.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// The length of a sync: its letter, and its length field.
const SYNC_BYTES: usize = 5;

/// Listens on its own port, and forwards to the server.
pub struct Proxy {
    pub port: u16,
    sent: Arc<Mutex<Sent>>,
    paused: watch::Sender<bool>,
}

/// The messages of a client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// The letters of the messages, in order: `P` parse, `D` describe, `B` bind, `E` execute, `C` close, `S` sync.
    pub messages: String,
    pub bytes: usize,
}

impl Sent {
    /// Removes the pings, which sqlx's pool sends after an operation: each is a sync that ends no statement.
    ///
    /// The ping of the previous operation may be sent late, but always before the next statement.
    #[must_use]
    pub fn without_pings(self) -> Self {
        let mut sent = Self { messages: String::new(), bytes: self.bytes };
        for letter in self.messages.chars() {
            if letter == 'S' && matches!(sent.messages.chars().last(), None | Some('S' | 'Q')) {
                sent.bytes -= SYNC_BYTES;
            } else {
                sent.messages.push(letter);
            }
        }
        sent
    }
}

impl Proxy {
    /// Starts a proxy before the server at `host:port`.
    pub async fn start(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Self {
            port: listener.local_addr().unwrap().port(),
            sent: Arc::default(),
            paused: watch::Sender::new(false),
        };
        let (sent, paused) = (Arc::clone(&proxy.sent), proxy.paused.subscribe());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&server).await.unwrap();
                client.set_nodelay(true).unwrap();
                server.set_nodelay(true).unwrap();
                let ((from_client, mut to_client), (mut from_server, to_server)) =
                    (client.into_split(), server.into_split());
                tokio::spawn(async move { copy(&mut from_server, &mut to_client).await });
                tokio::spawn(forward(from_client, to_server, Arc::clone(&sent), paused.clone()));
            }
        });
        proxy
    }

    /// The messages since the last call.
    pub fn take_sent(&self) -> Sent {
        std::mem::take(&mut self.sent.lock().unwrap())
    }

    /// Stops or resumes forwarding to the server.
    pub fn pause(&self, paused: bool) {
        self.paused.send_replace(paused);
    }
}

async fn forward(
    mut client: OwnedReadHalf,
    mut server: OwnedWriteHalf,
    sent: Arc<Mutex<Sent>>,
    mut paused: watch::Receiver<bool>,
) -> Option<()> {
    const TLS_REQUEST: [u8; 4] = 80_877_103_u32.to_be_bytes();
    let mut started = false;
    loop {
        // The first message of a connection has no letter.
        let letter = if started { Some(client.read_u8().await.ok()?) } else { None };
        let length = client.read_u32().await.ok()?;
        let mut body = vec![0; usize::try_from(length).unwrap().checked_sub(4)?];
        client.read_exact(&mut body).await.ok()?;
        started = started || body[..4] != TLS_REQUEST;
        paused.wait_for(|paused| !paused).await.ok()?;
        if let Some(letter) = letter {
            let mut sent = sent.lock().unwrap();
            sent.messages.push(letter.into());
            sent.bytes += body.len() + 5;
        }
        let message = [letter.as_slice(), &length.to_be_bytes(), &body].concat();
        server.write_all(&message).await.ok()?;
    }
}
