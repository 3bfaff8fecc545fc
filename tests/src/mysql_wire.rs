//! A wire to a MySQL server: it counts the commands that go over it, and breaks when it is told to.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Listens on a port of its own, and passes on to the server.
pub struct Proxy {
    pub port: u16,
    shared: Arc<Shared>,
    listener: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    commands: Mutex<Vec<Command>>,
    connections: Mutex<Vec<JoinHandle<()>>>,
    is_silent: watch::Sender<bool>,
    loses_replies: watch::Sender<bool>,
}

/// What a client sent: one round trip.
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
    pub async fn to(host: &str, port: u16) -> Self {
        let (listener, server) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), (host.to_owned(), port));
        let (port, shared) = (listener.local_addr().unwrap().port(), Arc::new(Shared::default()));
        let passing = Arc::clone(&shared);
        let listener = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let connection = tokio::spawn(pass(client, server.clone(), Arc::clone(&passing)));
                passing.connections.lock().unwrap().push(connection);
            }
        });
        Self { port, shared, listener }
    }

    /// The commands since the last call, without the pings that follow an answer.
    pub async fn commands(&self) -> Vec<Command> {
        let mut commands = self.commands_and_pings().await;
        commands.retain(|command| command.kind != Command::PING);
        commands
    }

    /// The commands since the last call.
    pub async fn commands_and_pings(&self) -> Vec<Command> {
        // A ping comes when the answer has been given already.
        tokio::time::sleep(Duration::from_millis(20)).await;
        std::mem::take(&mut *self.shared.commands.lock().unwrap())
    }

    /// Breaks all connections. New ones may be made.
    pub fn cut(&self) {
        for connection in self.shared.connections.lock().unwrap().drain(..) {
            connection.abort();
        }
    }

    /// Passes nothing on any more, and breaks nothing: a server that hangs.
    pub fn be_silent(&self, silent: bool) {
        self.shared.is_silent.send_replace(silent);
    }

    /// Commands reach the server; instead of an answer the connection breaks.
    pub fn lose_replies(&self, loses: bool) {
        self.shared.loses_replies.send_replace(loses);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listener.abort();
        self.cut();
    }
}

async fn pass(client: TcpStream, server: (String, u16), shared: Arc<Shared>) {
    let server = TcpStream::connect(server).await.unwrap();
    client.set_nodelay(true).unwrap();
    server.set_nodelay(true).unwrap();
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    tokio::select! {
        _ = requests(from_client, to_server, &shared) => {}
        _ = answers(from_server, to_client, &shared) => {}
    }
}

async fn requests(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, shared: &Shared) -> std::io::Result<()> {
    loop {
        let mut header = [0; 4];
        from.read_exact(&mut header).await?;
        let length = usize::from(header[0]) | usize::from(header[1]) << 8 | usize::from(header[2]) << 16;
        let mut packet = vec![0; length];
        from.read_exact(&mut packet).await?;
        // A command begins with packet 0; the packets of a greeting do not.
        if header[3] == 0 {
            let command = Command { kind: packet[0], bytes: 4 + length };
            shared.commands.lock().unwrap().push(command);
        }
        shared.is_silent.subscribe().wait_for(|silent| !silent).await.ok();
        to.write_all(&header).await?;
        to.write_all(&packet).await?;
    }
}

async fn answers(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, shared: &Shared) -> std::io::Result<()> {
    let mut bytes = vec![0; 1 << 16];
    loop {
        let length = from.read(&mut bytes).await?;
        if length == 0 || *shared.loses_replies.borrow() {
            return Ok(());
        }
        shared.is_silent.subscribe().wait_for(|silent| !silent).await.ok();
        to.write_all(&bytes[..length]).await?;
    }
}
