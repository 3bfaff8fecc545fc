//! The connection that all requests share: connects on demand, retries only if safe, never sends a commit twice.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use redis::aio::MultiplexedConnection;
use redis::cluster::{ClusterClient, ClusterConfig};
use redis::cluster_async::ClusterConnection;
use redis::cluster_routing::{MultipleNodeRoutingInfo, ResponsePolicy, RoutingInfo, SingleNodeRoutingInfo};
use redis::{AsyncConnectionConfig, Client, Cmd, ErrorKind, PushInfo, PushKind, RedisError, ServerErrorKind, Value};

use crate::error::StoreError;
use crate::store::redis::layout::into_bytes;
use crate::store::redis::scripts::ScriptCall;
use crate::store::timeout;

/// The client of one server or of a cluster.
#[derive(Clone)]
pub(super) enum Server {
    Single(Box<Client>),
    Cluster(Box<ClusterClient>),
}

/// A connection on demand, shared by all requests.
pub(super) struct SharedConnection {
    server: Server,
    timeout: Duration,
    current: Mutex<Option<Connection>>,
    /// Held while connecting, so that concurrent requests open one connection.
    connect_lock: tokio::sync::Mutex<()>,
}

/// An open connection. Clones share it.
#[derive(Clone)]
enum Connection {
    Single {
        connection: MultiplexedConnection,
        /// Set when the connection must not be used again.
        is_lost: Arc<AtomicBool>,
    },
    /// The client reconnects by itself, node by node.
    Cluster(ClusterConnection),
}

/// The address of a cluster node, `host:port`.
pub(super) type NodeAddress = String;

/// Retries of a command that the server refused and did not execute.
const MAX_REFUSED_RETRIES: u32 = 5;

/// Retries of an idempotent command after a lost connection.
const MAX_RECONNECT_RETRIES: u32 = 3;

impl SharedConnection {
    pub(super) fn new(server: Server, timeout: Duration) -> Self {
        Self { server, timeout, current: Mutex::default(), connect_lock: tokio::sync::Mutex::default() }
    }

    pub(super) fn with_timeout(&self, timeout: Duration) -> Self {
        Self::new(self.server.clone(), timeout)
    }

    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Runs an operation within the timeout. After a timeout, the next operation reconnects.
    ///
    /// Not an `async fn`: its future would be twice as large.
    pub(super) fn within<T>(
        &self,
        operation: impl Future<Output = Result<T, StoreError>>,
    ) -> impl Future<Output = Result<T, StoreError>> {
        tokio::time::timeout(self.timeout, operation).map(|result| {
            if result.is_err() {
                self.discard_connection();
            }
            timeout::flatten(self.timeout, result)
        })
    }

    /// Runs a script that must not run twice. If the reply is lost, it may have run.
    pub(super) async fn run_once(&self, call: &ScriptCall) -> Result<Value, StoreError> {
        match self.send(&call.evalsha, None).await {
            Err(error) if is_unknown_script(&error) => self.send(&call.to_eval(), None).await,
            result => result,
        }
        .map_err(redact)
    }

    /// Runs an idempotent script, again if the connection is lost.
    pub(super) async fn run(&self, call: &ScriptCall) -> Result<Value, StoreError> {
        match self.send_with_retries(&call.evalsha, None).await {
            Err(error) if is_unknown_script(&error) => self.send_with_retries(&call.to_eval(), None).await,
            result => result,
        }
        .map_err(redact)
    }

    /// Sends a command that must not be executed twice.
    pub(super) async fn query_once(&self, command: &Cmd) -> Result<Value, StoreError> {
        self.send(command, None).await.map_err(redact)
    }

    /// Sends an idempotent command, again if the connection is lost. `node`: by default, the node of the command's key.
    pub(super) async fn query(&self, command: &Cmd, node: Option<&NodeAddress>) -> Result<Value, StoreError> {
        self.send_with_retries(command, node).await.map_err(redact)
    }

    async fn send_with_retries(&self, command: &Cmd, node: Option<&NodeAddress>) -> Result<Value, RedisError> {
        let mut retries = 0;
        loop {
            match self.send(command, node).await {
                Err(error) if retries < MAX_RECONNECT_RETRIES && error.is_unrecoverable_error() => {
                    // The first retry is immediate. The cluster client may need time to reconnect to a node.
                    tokio::time::sleep(Duration::from_millis(10) * retries).await;
                    retries += 1;
                }
                result => return result,
            }
        }
    }

    /// Returns the primary nodes of the cluster, sorted. Empty for a single server.
    pub(super) async fn primaries(&self) -> Result<Vec<NodeAddress>, StoreError> {
        let Connection::Cluster(mut connection) = self.get_or_connect().await.map_err(redact)? else {
            return Ok(Vec::new());
        };
        let routing = RoutingInfo::MultiNode((MultipleNodeRoutingInfo::AllMasters, None::<ResponsePolicy>));
        let reply = connection.route_command(redis::cmd("PING"), routing).await.map_err(redact)?;
        let Value::Map(replies) = reply else { return Err("the nodes of the cluster did not respond".into()) };
        let nodes = replies.into_iter().map(|(node, _)| Ok(String::from_utf8(into_bytes(node)?)?));
        let mut nodes = nodes.collect::<Result<Vec<_>, StoreError>>()?;
        nodes.sort_unstable();
        Ok(nodes)
    }

    /// Makes the next operation reconnect, because this connection may be dead.
    fn discard_connection(&self) {
        if let Some(connection) = self.current() {
            connection.mark_lost();
        }
    }

    /// Sends a command, and retries it only if the server reports that it did not execute it.
    async fn send(&self, command: &Cmd, node: Option<&NodeAddress>) -> Result<Value, RedisError> {
        let mut retries = 0;
        loop {
            let mut connection = self.get_or_connect().await?;
            let error = match connection.send(command, node).await {
                Ok(reply) => return Ok(reply),
                Err(error) => error,
            };
            if error.is_unrecoverable_error() || error.kind() == ErrorKind::Server(ServerErrorKind::ReadOnly) {
                // A read-only server has become a replica. Its host name may already resolve to the new primary.
                connection.mark_lost();
            }
            if retries == MAX_REFUSED_RETRIES || !connection.is_refusal(&error) {
                return Err(error);
            }
            tokio::time::sleep(Duration::from_millis(10) * 2_u32.pow(retries)).await;
            retries += 1;
        }
    }

    async fn get_or_connect(&self) -> Result<Connection, RedisError> {
        match self.current() {
            Some(connection) => Ok(connection),
            // Boxed because it is rare: the future of each operation has the size of its largest step.
            None => Box::pin(self.reconnect()).await,
        }
    }

    async fn reconnect(&self) -> Result<Connection, RedisError> {
        let _guard = self.connect_lock.lock().await;
        if let Some(connection) = self.current() {
            return Ok(connection);
        }
        let connection = self.connect().await?;
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Some(connection.clone());
        Ok(connection)
    }

    fn current(&self) -> Option<Connection> {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        current.as_ref().filter(|connection| !connection.is_lost()).cloned()
    }

    async fn connect(&self) -> Result<Connection, RedisError> {
        match &self.server {
            Server::Single(client) => {
                let is_lost = Arc::new(AtomicBool::new(false));
                // The timeout of the operation limits both.
                let mut config = AsyncConnectionConfig::new().set_connection_timeout(None).set_response_timeout(None);
                if client.get_connection_info().redis_settings().protocol().supports_resp3() {
                    config = config.set_push_sender(mark_lost_on_disconnect(Arc::clone(&is_lost)));
                }
                let connection = client.get_multiplexed_async_connection_with_config(&config).await?;
                Ok(Connection::Single { connection, is_lost })
            }
            Server::Cluster(client) => {
                let config =
                    ClusterConfig::new().set_connection_timeout(self.timeout).set_response_timeout(self.timeout);
                client.get_async_connection_with_config(config).await.map(Connection::Cluster)
            }
        }
    }
}

/// Returns a push handler that notices a connection that the server closed, before a command is sent on it.
fn mark_lost_on_disconnect(
    is_lost: Arc<AtomicBool>,
) -> impl Fn(PushInfo) -> Result<(), redis::aio::SendError> + Send + Sync + 'static {
    move |push| {
        if push.kind == PushKind::Disconnection {
            is_lost.store(true, Ordering::Relaxed);
        }
        Ok(())
    }
}

impl Connection {
    fn is_lost(&self) -> bool {
        matches!(self, Self::Single { is_lost, .. } if is_lost.load(Ordering::Relaxed))
    }

    fn mark_lost(&self) {
        if let Self::Single { is_lost, .. } = self {
            is_lost.store(true, Ordering::Relaxed);
        }
    }

    /// Returns true if the server reports that it did not execute the command, and may execute it soon.
    ///
    /// If a node refuses the cluster client's own topology query, the client fails all commands in flight with that
    /// error. On a cluster, only errors that a topology query never returns are therefore refusals of the command.
    fn is_refusal(&self, error: &RedisError) -> bool {
        use ServerErrorKind::{Ask, BusyLoading, ClusterDown, MasterDown, Moved, ReadOnly, TryAgain};
        match error.kind() {
            ErrorKind::Server(Ask | ClusterDown | Moved | ReadOnly | TryAgain) => true,
            ErrorKind::Server(BusyLoading | MasterDown) => matches!(self, Self::Single { .. }),
            _ => false,
        }
    }

    async fn send(&mut self, command: &Cmd, node: Option<&NodeAddress>) -> Result<Value, RedisError> {
        match self {
            Self::Single { connection, .. } => connection.send_packed_command(command).await?.extract_error(),
            Self::Cluster(connection) => Box::pin(send_to_cluster(connection, command, node)).await,
        }
    }
}

async fn send_to_cluster(
    connection: &mut ClusterConnection,
    command: &Cmd,
    node: Option<&NodeAddress>,
) -> Result<Value, RedisError> {
    if let Some(route) = node.and_then(|node| parse_route(node)) {
        return connection.route_command(command.clone(), RoutingInfo::SingleNode(route)).await?.extract_error();
    }
    let result = command.query_async(connection).await;
    let Err(error) = &result else { return result };
    // The slot of the key is migrating. The target node accepts the command only after `ASKING`.
    let is_ask = error.kind() == ErrorKind::Server(ServerErrorKind::Ask);
    let target = is_ask.then(|| error.redirect_node()).flatten();
    let Some(route) = target.and_then(|(node, _)| parse_route(node)) else { return result };
    let mut pipeline = redis::pipe();
    pipeline.cmd("ASKING").add_command(command.clone());
    let mut replies = connection.route_pipeline(pipeline, 0, 2, route).await?;
    replies.pop().unwrap_or(Value::Nil).extract_error()
}

fn parse_route(node: &str) -> Option<SingleNodeRoutingInfo> {
    let (host, port) = node.rsplit_once(':')?;
    Some(SingleNodeRoutingInfo::ByAddress { host: host.to_owned(), port: port.parse().ok()? })
}

fn is_unknown_script(error: &RedisError) -> bool {
    error.kind() == ErrorKind::Server(ServerErrorKind::NoScript)
}

/// A server error, cut off at the first quotation mark: Redis quotes the arguments of a command that it rejects.
#[derive(Debug)]
struct RedactedError(String);

impl fmt::Display for RedactedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for RedactedError {}

/// Removes quoted arguments from a server error.
pub(super) fn redact(error: RedisError) -> StoreError {
    let Some(code) = error.code() else {
        return error.into();
    };
    let detail = error.detail().unwrap_or_default();
    let detail = detail.split(['\'', '"', '`']).next().unwrap_or_default().trim();
    Box::new(RedactedError(format!("Redis returned an error: {code} {detail}")))
}
