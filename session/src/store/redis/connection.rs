//! The connection: one that all requests share, opened when it is needed, and never sending a commit twice.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::cluster::{ClusterClient, ClusterConfig};
use redis::cluster_async::ClusterConnection;
use redis::cluster_routing::{MultipleNodeRoutingInfo, ResponsePolicy, RoutingInfo, SingleNodeRoutingInfo};
use redis::{AsyncConnectionConfig, Client, Cmd, ErrorKind, PushInfo, PushKind, RedisError, ServerErrorKind, Value};

use super::super::StoreError;
use super::layout::bytes;
use super::scripts::Call;

/// Where the sessions are.
#[derive(Clone)]
pub(super) enum Server {
    One(Box<Client>),
    Cluster(Box<ClusterClient>),
}

pub(super) struct Link {
    pub(super) server: Server,
    pub(super) deadline: Duration,
    open: Mutex<Option<Wire>>,
    /// Whoever opens one does so for all that wait.
    opening: tokio::sync::Mutex<()>,
}

/// A connection, shared by all who have a clone of it.
#[derive(Clone)]
enum Wire {
    One {
        connection: MultiplexedConnection,
        /// Nobody is to use it any more.
        lost: Arc<AtomicBool>,
    },
    /// This one reconnects by itself, node by node.
    Cluster(ClusterConnection),
}

/// A node of a cluster, `host:port`.
pub(super) type Node = String;

/// How often a command that the server refused to carry out is sent again.
const REFUSALS: u32 = 5;

/// How often a command that does no harm is sent again after a lost connection.
const REPEATS: u32 = 3;

impl Link {
    pub(super) fn new(server: Server, deadline: Duration) -> Self {
        Self { server, deadline, open: Mutex::default(), opening: tokio::sync::Mutex::default() }
    }

    /// Calls a script, once: what gets no answer may have been carried out, and is not sent again.
    pub(super) async fn call_once(&self, call: &Call) -> Result<Value, StoreError> {
        match self.send(&call.short, None).await {
            Err(error) if is_unknown_script(&error) => self.send(&call.whole(), None).await,
            answer => answer,
        }
        .map_err(told)
    }

    /// Calls a script that does no harm when it is carried out twice: if the connection is lost, again on another.
    pub(super) async fn call(&self, call: &Call) -> Result<Value, StoreError> {
        match self.send_again(&call.short, None).await {
            Err(error) if is_unknown_script(&error) => self.send_again(&call.whole(), None).await,
            answer => answer,
        }
        .map_err(told)
    }

    /// Sends a command, once.
    pub(super) async fn ask_once(&self, command: &Cmd) -> Result<Value, StoreError> {
        self.send(command, None).await.map_err(told)
    }

    /// Sends a command that does no harm when it is carried out twice, to the node of its key or to this one.
    pub(super) async fn ask(&self, command: &Cmd, node: Option<&Node>) -> Result<Value, StoreError> {
        self.send_again(command, node).await.map_err(told)
    }

    async fn send_again(&self, command: &Cmd, node: Option<&Node>) -> Result<Value, RedisError> {
        let mut repeats = 0;
        loop {
            match self.send(command, node).await {
                Err(error) if repeats < REPEATS && error.is_unrecoverable_error() => {
                    // At once at first; the client of a cluster may need a moment to connect to a node again.
                    tokio::time::sleep(Duration::from_millis(10) * repeats).await;
                    repeats += 1;
                }
                answer => return answer,
            }
        }
    }

    /// The primaries of the cluster, in their order; none if there is one server.
    pub(super) async fn nodes(&self) -> Result<Vec<Node>, StoreError> {
        let Wire::Cluster(mut connection) = self.wire().await.map_err(told)? else { return Ok(Vec::new()) };
        let routing = RoutingInfo::MultiNode((MultipleNodeRoutingInfo::AllMasters, None::<ResponsePolicy>));
        let answer = connection.route_command(redis::cmd("PING"), routing).await.map_err(told)?;
        let Value::Map(answers) = answer else { return Err("the nodes of the cluster did not answer".into()) };
        let nodes = answers.into_iter().map(|(node, _)| Ok(String::from_utf8(bytes(node)?)?));
        let mut nodes = nodes.collect::<Result<Vec<_>, StoreError>>()?;
        nodes.sort_unstable();
        Ok(nodes)
    }

    /// After an operation that got no answer in time: the next one takes another connection, should this one lead
    /// nowhere.
    pub(super) fn doubt(&self) {
        if let Some(wire) = self.opened() {
            wire.give_up();
        }
    }

    /// Sends a command, once, and again only as long as the server says that it did not carry it out.
    async fn send(&self, command: &Cmd, node: Option<&Node>) -> Result<Value, RedisError> {
        let mut refusals = 0;
        loop {
            let mut wire = self.wire().await?;
            let error = match wire.send(command, node).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            if error.is_unrecoverable_error() || error.kind() == ErrorKind::Server(ServerErrorKind::ReadOnly) {
                // A server that has become a replica: its name may lead to the new primary by now.
                wire.give_up();
            }
            if refusals == REFUSALS || !wire.is_refusal(&error) {
                return Err(error);
            }
            tokio::time::sleep(Duration::from_millis(10) * 2_u32.pow(refusals)).await;
            refusals += 1;
        }
    }

    async fn wire(&self) -> Result<Wire, RedisError> {
        match self.opened() {
            Some(wire) => Ok(wire),
            // Boxed, as whatever is rare: each operation's future has room for the largest of its steps, and is moved.
            None => Box::pin(self.reopened()).await,
        }
    }

    async fn reopened(&self) -> Result<Wire, RedisError> {
        let _turn = self.opening.lock().await;
        if let Some(wire) = self.opened() {
            return Ok(wire);
        }
        let wire = self.connect().await?;
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) = Some(wire.clone());
        Ok(wire)
    }

    fn opened(&self) -> Option<Wire> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.as_ref().filter(|wire| !wire.is_lost()).cloned()
    }

    async fn connect(&self) -> Result<Wire, RedisError> {
        match &self.server {
            Server::One(client) => {
                let lost = Arc::new(AtomicBool::new(false));
                // The deadline of the operation is the limit of both.
                let mut config = AsyncConnectionConfig::new().set_connection_timeout(None).set_response_timeout(None);
                if client.get_connection_info().redis_settings().protocol().supports_resp3() {
                    config = config.set_push_sender(on_loss(Arc::clone(&lost)));
                }
                let connection = client.get_multiplexed_async_connection_with_config(&config).await?;
                Ok(Wire::One { connection, lost })
            }
            Server::Cluster(client) => {
                let config =
                    ClusterConfig::new().set_connection_timeout(self.deadline).set_response_timeout(self.deadline);
                client.get_async_connection_with_config(config).await.map(Wire::Cluster)
            }
        }
    }
}

/// Takes note when the server closes the connection, so that no command is sent into the void.
fn on_loss(lost: Arc<AtomicBool>) -> impl Fn(PushInfo) -> Result<(), redis::aio::SendError> + Send + Sync + 'static {
    move |push| {
        if push.kind == PushKind::Disconnection {
            lost.store(true, Ordering::Relaxed);
        }
        Ok(())
    }
}

impl Wire {
    fn is_lost(&self) -> bool {
        matches!(self, Self::One { lost, .. } if lost.load(Ordering::Relaxed))
    }

    fn give_up(&self) {
        if let Self::One { lost, .. } = self {
            lost.store(true, Ordering::Relaxed);
        }
    }

    /// Whether the server said that it did not carry the command out, and may do so in a moment.
    ///
    /// When the client of a cluster asks for its nodes and is refused, it fails all commands that are on their way with
    /// that answer. So there, only what is never said to such questions tells something about a command.
    fn is_refusal(&self, error: &RedisError) -> bool {
        use ServerErrorKind::{Ask, BusyLoading, ClusterDown, MasterDown, Moved, ReadOnly, TryAgain};
        match error.kind() {
            ErrorKind::Server(Ask | ClusterDown | Moved | ReadOnly | TryAgain) => true,
            ErrorKind::Server(BusyLoading | MasterDown) => matches!(self, Self::One { .. }),
            _ => false,
        }
    }

    async fn send(&mut self, command: &Cmd, node: Option<&Node>) -> Result<Value, RedisError> {
        match self {
            Self::One { connection, .. } => connection.send_packed_command(command).await?.extract_error(),
            Self::Cluster(connection) => Box::pin(send_to_cluster(connection, command, node)).await,
        }
    }
}

async fn send_to_cluster(
    connection: &mut ClusterConnection,
    command: &Cmd,
    node: Option<&Node>,
) -> Result<Value, RedisError> {
    if let Some(route) = node.and_then(|node| address(node)) {
        return connection.route_command(command.clone(), RoutingInfo::SingleNode(route)).await?.extract_error();
    }
    let answer = command.query_async(connection).await;
    let Err(error) = &answer else { return answer };
    // A key on its way to another node: that one takes commands for it, if it is told that they are sent there.
    let asked = (error.kind() == ErrorKind::Server(ServerErrorKind::Ask)).then(|| error.redirect_node()).flatten();
    let Some(route) = asked.and_then(|(node, _)| address(node)) else { return answer };
    let mut pipeline = redis::pipe();
    pipeline.cmd("ASKING").add_command(command.clone());
    let mut answers = connection.route_pipeline(pipeline, 0, 2, route).await?;
    answers.pop().unwrap_or(Value::Nil).extract_error()
}

fn address(node: &str) -> Option<SingleNodeRoutingInfo> {
    let (host, port) = node.rsplit_once(':')?;
    Some(SingleNodeRoutingInfo::ByAddress { host: host.to_owned(), port: port.parse().ok()? })
}

fn is_unknown_script(error: &RedisError) -> bool {
    error.kind() == ErrorKind::Server(ServerErrorKind::NoScript)
}

/// What went wrong, up to the first quotation: the server quotes the arguments of commands that it does not take.
#[derive(Debug)]
struct Trouble(String);

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Trouble {}

pub(super) fn told(error: RedisError) -> StoreError {
    let Some(code) = error.code() else {
        return error.into();
    };
    let detail = error.detail().unwrap_or_default();
    let detail = detail.split(['\'', '"', '`']).next().unwrap_or_default().trim();
    Box::new(Trouble(format!("Redis refuses: {code} {detail}")))
}
