//! A wire between a PostgreSQL store and its server, which listens in and can be held up.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Listens on a port of its own and passes everything on to the server.
pub struct Proxy {
    pub port: u16,
    sent: Arc<Mutex<Sent>>,
    held: watch::Sender<bool>,
}

/// What a client sent to its server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// The letters of the messages, in order: `P` parse, `D` describe, `B` bind, `E` execute, `C` close, `S` sync.
    pub messages: String,
    pub bytes: usize,
}

impl Proxy {
    /// A proxy before the server at `host:port`.
    pub async fn before(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy =
            Self { port: listener.local_addr().unwrap().port(), sent: Arc::default(), held: watch::Sender::new(false) };
        let (sent, held) = (Arc::clone(&proxy.sent), proxy.held.subscribe());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&server).await.unwrap();
                client.set_nodelay(true).unwrap();
                server.set_nodelay(true).unwrap();
                let ((from_client, mut to_client), (mut from_server, to_server)) =
                    (client.into_split(), server.into_split());
                tokio::spawn(async move { copy(&mut from_server, &mut to_client).await });
                tokio::spawn(pass_on(from_client, to_server, Arc::clone(&sent), held.clone()));
            }
        });
        proxy
    }

    /// What was sent since the last call.
    pub fn take_sent(&self) -> Sent {
        std::mem::take(&mut self.sent.lock().unwrap())
    }

    /// From now on nothing reaches the server, until it is let go.
    pub fn hold(&self, held: bool) {
        self.held.send_replace(held);
    }
}

async fn pass_on(
    mut client: OwnedReadHalf,
    mut server: OwnedWriteHalf,
    sent: Arc<Mutex<Sent>>,
    mut held: watch::Receiver<bool>,
) -> Option<()> {
    const ASKS_FOR_TLS: [u8; 4] = 80_877_103_u32.to_be_bytes();
    let mut started = false;
    loop {
        // A connection begins with a message that has no letter.
        let letter = if started { Some(client.read_u8().await.ok()?) } else { None };
        let length = client.read_u32().await.ok()?;
        let mut body = vec![0; usize::try_from(length).unwrap().checked_sub(4)?];
        client.read_exact(&mut body).await.ok()?;
        started = started || body[..4] != ASKS_FOR_TLS;
        held.wait_for(|held| !held).await.ok()?;
        if let Some(letter) = letter {
            let mut sent = sent.lock().unwrap();
            sent.messages.push(letter.into());
            sent.bytes += body.len() + 5;
        }
        let message = [letter.as_slice(), &length.to_be_bytes(), &body].concat();
        server.write_all(&message).await.ok()?;
    }
}
