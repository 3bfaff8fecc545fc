//! Finding out what kind of server a URL leads to, and what it does with sessions when memory runs short.

use redis::cluster::ClusterClientBuilder;
use redis::io::tcp::TcpSettings;
use redis::{Client, ConnectionInfo, IntoConnectionInfo, ProtocolVersion, Value};

use super::super::StoreError;
use super::super::timeout;
use super::connection::{Link, Server, told};
use super::layout::bytes;

/// Asks the first node that answers whether it is one of a cluster.
pub(super) async fn connect(urls: &str) -> Result<Link, StoreError> {
    let nodes = urls.split(',').map(node).collect::<Result<Vec<_>, _>>()?;
    let mut failure = StoreError::from("there is no URL");
    for node in &nodes {
        let link =
            Link::new(Server::One(Box::new(Client::open(node.clone()).map_err(told)?)), timeout::DEFAULT_TIMEOUT);
        match timeout::run(timeout::DEFAULT_TIMEOUT, describe(&link)).await {
            Ok(description) => return chosen(link, nodes, &description),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

fn node(url: &str) -> Result<ConnectionInfo, StoreError> {
    let info = url.trim().into_connection_info().map_err(told)?;
    // In this version of the protocol, a connection that is closed is noticed before it is used.
    let settings = info.redis_settings().clone();
    let settings = if url.contains("protocol=") { settings } else { settings.set_protocol(ProtocolVersion::RESP3) };
    Ok(info.set_redis_settings(settings).set_tcp_settings(tcp_settings()))
}

fn tcp_settings() -> TcpSettings {
    let settings = TcpSettings::default().set_nodelay(true);
    // A server that vanished without a word is given up; the system would wait for a quarter of an hour.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let settings = settings.set_user_timeout(2 * timeout::DEFAULT_TIMEOUT);
    settings
}

fn chosen(link: Link, nodes: Vec<ConnectionInfo>, description: &str) -> Result<Link, StoreError> {
    if let Some(policy) = line(description, "maxmemory_policy:").filter(|policy| *policy != "noeviction") {
        tracing::warn!(
            policy,
            "this Redis may evict sessions when its memory runs short: their users are signed out, and sessions may \
             be missing from the list of a user's sessions, so that signing out everywhere leaves some signed in; \
             set `maxmemory-policy noeviction`"
        );
    }
    if line(description, "cluster_enabled:") == Some("1") {
        return cluster(ClusterClientBuilder::new(nodes).tcp_settings(tcp_settings()));
    }
    if nodes.len() > 1 {
        return Err("several URLs are the nodes of a Redis Cluster, and this server is not one".into());
    }
    Ok(link)
}

/// The client's own retries are off: it would send a commit again whose answer was lost.
pub(super) fn cluster(nodes: ClusterClientBuilder) -> Result<Link, StoreError> {
    let nodes = nodes.retries(0).overall_response_timeout(None);
    Ok(Link::new(Server::Cluster(Box::new(nodes.build().map_err(told)?)), timeout::DEFAULT_TIMEOUT))
}

/// What the server says of itself; nothing if it does not let this user ask.
async fn describe(link: &Link) -> Result<String, StoreError> {
    link.ask(&redis::cmd("PING"), None).await?;
    let Ok(reply) = link.ask(&redis::cmd("INFO"), None).await else { return Ok(String::new()) };
    let text = match reply {
        Value::VerbatimString { text, .. } => text,
        other => String::from_utf8(bytes(other)?)?,
    };
    Ok(text)
}

fn line<'a>(description: &'a str, name: &str) -> Option<&'a str> {
    description.lines().find_map(|line| line.strip_prefix(name)).map(str::trim)
}
