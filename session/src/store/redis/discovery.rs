//! Connecting to a URL: detects a single server or a cluster, and warns if the server may evict sessions.

use redis::cluster::ClusterClientBuilder;
use redis::io::tcp::TcpSettings;
use redis::{Client, ConnectionInfo, IntoConnectionInfo, ProtocolVersion, Value};

use crate::error::StoreError;
use crate::store::redis::connection::{Server, SharedConnection};
use crate::store::redis::errors::redact;
use crate::store::redis::layout::into_bytes;
use crate::store::timeout::{self, DEFAULT_TIMEOUT};

/// Connects to the first node that responds. If it belongs to a cluster, connects to the cluster.
pub(super) async fn connect(urls: &str) -> Result<SharedConnection, StoreError> {
    let nodes = urls.split(',').map(parse_url).collect::<Result<Vec<_>, _>>()?;
    let mut failure = StoreError::from("the list of URLs is empty");
    for node in &nodes {
        let client = Client::open(node.clone()).map_err(redact)?;
        let connection = SharedConnection::new(Server::Single(Box::new(client)), DEFAULT_TIMEOUT);
        match timeout::run(DEFAULT_TIMEOUT, server_info(&connection)).await {
            Ok(info) => return select_mode(connection, nodes, &info),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

fn parse_url(url: &str) -> Result<ConnectionInfo, StoreError> {
    let info = url.trim().into_connection_info().map_err(redact)?;
    // With RESP3, a closed connection is noticed before the next command is sent on it.
    let settings = info.redis_settings().clone();
    let settings = if url.contains("protocol=") { settings } else { settings.set_protocol(ProtocolVersion::RESP3) };
    Ok(info.set_redis_settings(settings).set_tcp_settings(tcp_settings()))
}

fn tcp_settings() -> TcpSettings {
    let settings = TcpSettings::default().set_nodelay(true);
    // Detects a server that vanished. The default of the operating system is 15 minutes.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let settings = settings.set_user_timeout(2 * DEFAULT_TIMEOUT);
    settings
}

fn select_mode(
    connection: SharedConnection,
    nodes: Vec<ConnectionInfo>,
    info: &str,
) -> Result<SharedConnection, StoreError> {
    if let Some(policy) = info_field(info, "maxmemory_policy:").filter(|policy| *policy != "noeviction") {
        tracing::warn!(
            policy,
            "Redis may evict sessions when its memory runs short, and lists of a user's sessions may be incomplete; \
             set `maxmemory-policy noeviction`"
        );
    }
    if info_field(info, "cluster_enabled:") == Some("1") {
        return new_cluster(ClusterClientBuilder::new(nodes).tcp_settings(tcp_settings()));
    }
    if nodes.len() > 1 {
        return Err("several URLs are given, but the server does not belong to a Redis Cluster; give one URL".into());
    }
    Ok(connection)
}

/// Builds the client of a cluster. Its own retries are turned off: after a lost reply, they would send a commit twice.
pub(super) fn new_cluster(nodes: ClusterClientBuilder) -> Result<SharedConnection, StoreError> {
    let nodes = nodes.retries(0).overall_response_timeout(None);
    Ok(SharedConnection::new(Server::Cluster(Box::new(nodes.build().map_err(redact)?)), DEFAULT_TIMEOUT))
}

/// Returns the output of `INFO`. Empty if the user may not run it.
async fn server_info(connection: &SharedConnection) -> Result<String, StoreError> {
    connection.query(&redis::cmd("PING"), None).await?;
    let Ok(reply) = connection.query(&redis::cmd("INFO"), None).await else { return Ok(String::new()) };
    let text = match reply {
        Value::VerbatimString { text, .. } => text,
        other => String::from_utf8(into_bytes(other)?)?,
    };
    Ok(text)
}

fn info_field<'a>(info: &'a str, name: &str) -> Option<&'a str> {
    info.lines().find_map(|line| line.strip_prefix(name)).map(str::trim)
}
