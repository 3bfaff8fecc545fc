//! The connection that all requests share: connects on demand, retries only if safe, never sends a commit twice.
//!
//! An error states whether the command was executed. Without a connection, nothing is sent.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::Either;
use futures_util::{FutureExt, TryFutureExt};
use redis::aio::MultiplexedConnection;
use redis::cluster::{ClusterClient, ClusterConfig};
use redis::cluster_async::ClusterConnection;
use redis::cluster_routing::{MultipleNodeRoutingInfo, ResponsePolicy, RoutingInfo, SingleNodeRoutingInfo};
use redis::{AsyncConnectionConfig, Client, Cmd, ErrorKind, PushInfo, PushKind, RedisError, ServerErrorKind, Value};

use crate::error::StoreError;
use crate::store::redis::errors::{redact, redact_in_script, with_unknown_outcome};
use crate::store::redis::layout::into_bytes;
use crate::store::redis::scripts::ScriptCall;
use crate::store::redis::sentinel::{SentinelGroup, SentinelWatch};
use crate::store::timeout::{self, Unavailable};

/// The client of one server, of the primary of sentinels, or of a cluster.
#[derive(Clone)]
pub(super) enum Server {
    Single(Box<Client>),
    Sentinel(Box<SentinelGroup>),
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
        /// Sets the flag when a failover starts.
        _watch: Option<Arc<SentinelWatch>>,
    },
    Cluster {
        /// Reconnects by itself, node by node.
        connection: ClusterConnection,
        /// Set when no node is reachable.
        is_lost: Arc<AtomicBool>,
    },
}

/// The failure of a command.
enum CommandError {
    /// No connection could be opened.
    NotConnected(StoreError),
    /// The server returned an error, or the connection was lost.
    Failed {
        error: RedisError,
        /// True if the server certainly did not execute the command.
        is_not_executed: bool,
    },
}

impl CommandError {
    fn is_unknown_script(&self) -> bool {
        matches!(self, Self::Failed { error, .. } if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript))
    }

    /// Returns true if the connection was lost after the command was sent.
    fn is_lost_reply(&self) -> bool {
        matches!(self, Self::Failed { error, is_not_executed: false } if error.is_unrecoverable_error())
    }

    /// Converts the error of a script with this source.
    fn into_script_error(self, code: &str) -> StoreError {
        match self {
            Self::NotConnected(error) => Unavailable::not_sent(error).into(),
            Self::Failed { error, is_not_executed: true } => {
                Unavailable::not_sent(redact_in_script(error, code)).into()
            }
            Self::Failed { error, is_not_executed: false } => redact_in_script(error, code),
        }
    }

    /// Converts the error of a command that must not be executed twice.
    fn into_write_error(self, code: &str) -> StoreError {
        if self.is_lost_reply() {
            with_unknown_outcome(&self.into_script_error(code))
        } else {
            self.into_script_error(code)
        }
    }
}

impl From<CommandError> for StoreError {
    fn from(error: CommandError) -> Self {
        error.into_script_error("")
    }
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

    /// Connects if necessary, and then runs an operation, both within the timeout.
    ///
    /// The connection is first, because an operation that times out may be executed. After a timeout, the next operation
    /// reconnects. Not an `async fn`: its future would be twice as large.
    pub(super) fn within<T>(
        &self,
        operation: impl Future<Output = Result<T, StoreError>>,
    ) -> impl Future<Output = Result<T, StoreError>> {
        if self.is_connected() {
            return Either::Left(self.run_within(self.timeout, operation));
        }
        let started = Instant::now();
        let connected = Box::pin(tokio::time::timeout(self.timeout, self.connect_first()));
        let connected = connected.map(|result| timeout::flatten_connecting(self.timeout, false, result));
        Either::Right(
            connected.and_then(move |()| self.run_within(self.timeout.saturating_sub(started.elapsed()), operation)),
        )
    }

    fn run_within<T>(
        &self,
        remaining: Duration,
        operation: impl Future<Output = Result<T, StoreError>>,
    ) -> impl Future<Output = Result<T, StoreError>> {
        tokio::time::timeout(remaining, operation).map(|result| {
            if result.is_err() {
                self.discard_connection();
            }
            timeout::flatten(self.timeout, result)
        })
    }

    async fn connect_first(&self) -> Result<(), StoreError> {
        self.reconnect().await.map(drop).map_err(|error| Unavailable::not_sent(error).into())
    }

    /// Runs a script that must not run twice. If the reply is lost, it may have run.
    pub(super) async fn run_once(&self, call: &ScriptCall) -> Result<Value, StoreError> {
        match self.send(&call.evalsha, None).await {
            Err(error) if error.is_unknown_script() => self.send(&call.to_eval(), None).await,
            result => result,
        }
        .map_err(|error| error.into_write_error(call.code()))
    }

    /// Runs an idempotent script, again if the connection is lost.
    pub(super) async fn run(&self, call: &ScriptCall) -> Result<Value, StoreError> {
        match self.send_with_retries(&call.evalsha, None).await {
            Err(error) if error.is_unknown_script() => self.send_with_retries(&call.to_eval(), None).await,
            result => result,
        }
        .map_err(|error| error.into_script_error(call.code()))
    }

    /// Sends a command that must not be executed twice.
    pub(super) async fn query_once(&self, command: &Cmd) -> Result<Value, StoreError> {
        self.send(command, None).await.map_err(|error| error.into_write_error(""))
    }

    /// Sends an idempotent command, again if the connection is lost. `node`: by default, the node of the command's key.
    pub(super) async fn query(&self, command: &Cmd, node: Option<&NodeAddress>) -> Result<Value, StoreError> {
        self.send_with_retries(command, node).await.map_err(StoreError::from)
    }

    async fn send_with_retries(&self, command: &Cmd, node: Option<&NodeAddress>) -> Result<Value, CommandError> {
        let mut retries = 0;
        loop {
            match self.send(command, node).await {
                // A new connection that cannot be opened is not retried.
                Err(error) if retries < MAX_RECONNECT_RETRIES && error.is_lost_reply() => {
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
        let connection = self.get_or_connect().await.map_err(Unavailable::not_sent)?;
        let Connection::Cluster { mut connection, .. } = connection else { return Ok(Vec::new()) };
        let routing = RoutingInfo::MultiNode((MultipleNodeRoutingInfo::AllMasters, None::<ResponsePolicy>));
        let reply = connection.route_command(redis::cmd("PING"), routing).await.map_err(redact)?;
        let Value::Map(replies) = reply else { return Err("the nodes of the cluster did not respond".into()) };
        let nodes = replies.into_iter().map(|(node, _)| Ok(String::from_utf8(into_bytes(node)?)?));
        let mut nodes = nodes.collect::<Result<Vec<_>, StoreError>>()?;
        nodes.sort_unstable();
        Ok(nodes)
    }

    /// Makes the next operation reconnect, because this connection may be dead. A cluster's client reconnects by itself.
    fn discard_connection(&self) {
        if let Some(Connection::Single { is_lost, .. }) = self.current() {
            is_lost.store(true, Ordering::Relaxed);
        }
    }

    /// Sends a command, and retries it only if the server reports that it did not execute it.
    async fn send(&self, command: &Cmd, node: Option<&NodeAddress>) -> Result<Value, CommandError> {
        let mut retries = 0;
        loop {
            let mut connection = self.get_or_connect().await.map_err(CommandError::NotConnected)?;
            let error = match connection.send(command, node).await {
                Ok(reply) => return Ok(reply),
                Err(error) => error,
            };
            connection.mark_lost_after(&error);
            let is_not_executed = connection.is_refusal(&error);
            if retries == MAX_REFUSED_RETRIES || !is_not_executed {
                return Err(CommandError::Failed { error, is_not_executed });
            }
            tokio::time::sleep(Duration::from_millis(10) * 2_u32.pow(retries)).await;
            retries += 1;
        }
    }

    async fn get_or_connect(&self) -> Result<Connection, StoreError> {
        match self.current() {
            Some(connection) => Ok(connection),
            // Boxed because it is rare: the future of each operation has the size of its largest step.
            None => Box::pin(self.reconnect()).await,
        }
    }

    async fn reconnect(&self) -> Result<Connection, StoreError> {
        let _guard = self.connect_lock.lock().await;
        if let Some(connection) = self.current() {
            return Ok(connection);
        }
        let connection = self.connect().await?;
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Some(connection.clone());
        Ok(connection)
    }

    fn is_connected(&self) -> bool {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        current.as_ref().is_some_and(|connection| !connection.is_lost())
    }

    fn current(&self) -> Option<Connection> {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        current.as_ref().filter(|connection| !connection.is_lost()).cloned()
    }

    async fn connect(&self) -> Result<Connection, StoreError> {
        let is_lost = Arc::new(AtomicBool::new(false));
        match &self.server {
            Server::Single(client) => {
                let connection = open(client, &is_lost).await.map_err(redact)?;
                Ok(Connection::Single { connection, is_lost, _watch: None })
            }
            Server::Sentinel(sentinels) => loop {
                let (client, watch) = sentinels.find_primary(&is_lost).await?;
                let mut connection = open(&client, &is_lost).await.map_err(redact)?;
                expect_primary(&mut connection).await?;
                // A failover may have started in between.
                if !is_lost.load(Ordering::SeqCst) {
                    return Ok(Connection::Single { connection, is_lost, _watch: Some(Arc::new(watch)) });
                }
            },
            Server::Cluster(client) => {
                let config =
                    ClusterConfig::new().set_connection_timeout(self.timeout).set_response_timeout(self.timeout);
                let connection = client.get_async_connection_with_config(config).await.map_err(redact)?;
                Ok(Connection::Cluster { connection, is_lost })
            }
        }
    }
}

/// Opens a connection. The timeout of the operation limits this and all replies.
async fn open(client: &Client, is_lost: &Arc<AtomicBool>) -> Result<MultiplexedConnection, RedisError> {
    let mut config = AsyncConnectionConfig::new().set_connection_timeout(None).set_response_timeout(None);
    if client.get_connection_info().redis_settings().protocol().supports_resp3() {
        config = config.set_push_sender(mark_lost_on_disconnect(Arc::clone(is_lost)));
    }
    client.get_multiplexed_async_connection_with_config(&config).await
}

/// Checks the role of a server that the sentinels named. A user without the right to `ROLE` is accepted.
async fn expect_primary(connection: &mut MultiplexedConnection) -> Result<(), StoreError> {
    let role = connection.send_packed_command(&redis::cmd("ROLE")).await.and_then(Value::extract_error);
    match role {
        Ok(Value::Array(role)) if role.first() != Some(&Value::BulkString("master".into())) => {
            Err("the server that the sentinels named is a replica".into())
        }
        Err(error) if error.is_unrecoverable_error() => Err(redact(error)),
        _ => Ok(()),
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
        let (Self::Single { is_lost, .. } | Self::Cluster { is_lost, .. }) = self;
        is_lost.load(Ordering::Relaxed)
    }

    /// Makes the next operation reconnect if this connection cannot be used after the error.
    fn mark_lost_after(&self, error: &RedisError) {
        let (is_lost, lost) = match self {
            // A read-only server has become a replica. Its host name may already resolve to the new primary.
            Self::Single { is_lost, .. } => (
                is_lost,
                error.is_unrecoverable_error() || error.kind() == ErrorKind::Server(ServerErrorKind::ReadOnly),
            ),
            Self::Cluster { is_lost, .. } => (is_lost, is_cluster_unreachable(error)),
        };
        if lost {
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
            Self::Cluster { connection, .. } => Box::pin(send_to_cluster(connection, command, node)).await,
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

/// Returns true if the cluster's client has no connection to any node.
///
/// Commands in flight get this error too, so their outcome is unknown. Only the next operation certainly sends nothing,
/// because it must open a new connection.
fn is_cluster_unreachable(error: &RedisError) -> bool {
    match error.kind() {
        ErrorKind::ClusterConnectionNotFound => true,
        // The client's own error, if it could connect to no initial node.
        ErrorKind::Io => std::error::Error::source(error).is_none(),
        _ => false,
    }
}
