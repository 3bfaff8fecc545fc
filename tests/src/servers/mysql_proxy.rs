//! A proxy before a MySQL server: it counts the commands of the client, and can break or pause the connections.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Listens on its own port, and forwards to the server.
pub struct Proxy {
    pub port: u16,
    shared: Arc<Shared>,
    listener: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    commands: Mutex<Vec<Command>>,
    connections: Mutex<Vec<JoinHandle<()>>>,
    is_paused: watch::Sender<bool>,
    loses_replies: watch::Sender<bool>,
}

/// A command of a client: one round trip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Command {
    pub kind: u8,
    pub bytes: usize,
}

impl Command {
    pub const PING: u8 = 0x0e;
    pub const PREPARE: u8 = 0x16;
    pub const EXECUTE: u8 = 0x17;
}

impl Proxy {
    pub async fn start(host: &str, port: u16) -> Self {
        let (listener, server) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), (host.to_owned(), port));
        let (port, shared) = (listener.local_addr().unwrap().port(), Arc::new(Shared::default()));
        let forwarding = Arc::clone(&shared);
        let listener = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let connection = tokio::spawn(forward(client, server.clone(), Arc::clone(&forwarding)));
                forwarding.connections.lock().unwrap().push(connection);
            }
        });
        Self { port, shared, listener }
    }

    /// The commands since the last call, without the pings that follow a response.
    pub fn commands(&self) -> Vec<Command> {
        let mut commands = self.commands_and_pings();
        commands.retain(|command| command.kind != Command::PING);
        commands
    }

    /// The commands since the last call. sqlx's pool sends a ping some time after the response.
    pub fn commands_and_pings(&self) -> Vec<Command> {
        std::mem::take(&mut *self.shared.commands.lock().unwrap())
    }

    /// Breaks all connections. New ones are accepted.
    pub fn disconnect(&self) {
        for connection in self.shared.connections.lock().unwrap().drain(..) {
            connection.abort();
        }
    }

    /// Stops or resumes forwarding and keeps the connections: a server that hangs.
    pub fn pause(&self, paused: bool) {
        self.shared.is_paused.send_replace(paused);
    }

    /// Commands reach the server, but the connection breaks before the response arrives.
    pub fn lose_replies(&self, lose: bool) {
        self.shared.loses_replies.send_replace(lose);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listener.abort();
        self.disconnect();
    }
}

async fn forward(client: TcpStream, server: (String, u16), shared: Arc<Shared>) {
    let server = TcpStream::connect(server).await.unwrap();
    client.set_nodelay(true).unwrap();
    server.set_nodelay(true).unwrap();
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    tokio::select! {
        _ = requests(from_client, to_server, &shared) => {}
        _ = responses(from_server, to_client, &shared) => {}
    }
}

async fn requests(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, shared: &Shared) -> std::io::Result<()> {
    loop {
        let mut header = [0; 4];
        from.read_exact(&mut header).await?;
        let length = usize::from(header[0]) | usize::from(header[1]) << 8 | usize::from(header[2]) << 16;
        let mut packet = vec![0; length];
        from.read_exact(&mut packet).await?;
        // A command starts with packet 0; the packets of the handshake do not.
        if header[3] == 0 {
            let command = Command { kind: packet[0], bytes: 4 + length };
            shared.commands.lock().unwrap().push(command);
        }
        shared.is_paused.subscribe().wait_for(|paused| !paused).await.ok();
        to.write_all(&header).await?;
        to.write_all(&packet).await?;
    }
}

async fn responses(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, shared: &Shared) -> std::io::Result<()> {
    let mut bytes = vec![0; 1 << 16];
    loop {
        let length = from.read(&mut bytes).await?;
        if length == 0 || *shared.loses_replies.borrow() {
            return Ok(());
        }
        shared.is_paused.subscribe().wait_for(|paused| !paused).await.ok();
        to.write_all(&bytes[..length]).await?;
    }
}
