//! Connecting to a URL: detects a single server or a cluster, and warns of settings that lose sessions or reject changes.

use redis::cluster::ClusterClientBuilder;
use redis::io::tcp::TcpSettings;
use redis::{Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo, ProtocolVersion, Value};

use crate::error::StoreError;
use crate::store::redis::connection::{Server, SharedConnection};
use crate::store::redis::errors::redact;
use crate::store::redis::layout::into_bytes;
use crate::store::redis::sentinel::SentinelGroup;
use crate::store::timeout::{self, DEFAULT_TIMEOUT};

/// Connects to the primary of sentinels, or to the first node that responds. If it belongs to a cluster, connects to the
/// cluster.
pub(super) async fn connect(urls: &str) -> Result<SharedConnection, StoreError> {
    if url_scheme(urls).is_some_and(|scheme| scheme.ends_with("+sentinel")) {
        let server = Server::Sentinel(Box::new(parse_sentinel_url(urls.trim())?));
        let connection = SharedConnection::new(server, DEFAULT_TIMEOUT);
        let info = timeout::run(DEFAULT_TIMEOUT, server_info(&connection)).await;
        let info = info.map_err(|error| with_tls_fix(error, is_tls_url(urls)))?;
        return select_mode(connection, Vec::new(), &info);
    }
    let nodes = urls.split(',').map(parse_url).collect::<Result<Vec<_>, _>>()?;
    let mut failure = StoreError::from("the list of URLs is empty");
    for node in &nodes {
        let client = Client::open(node.clone()).map_err(redact)?;
        let connection = SharedConnection::new(Server::Single(Box::new(client)), DEFAULT_TIMEOUT);
        match timeout::run(DEFAULT_TIMEOUT, server_info(&connection)).await {
            Ok(info) => return select_mode(connection, nodes, &info),
            Err(error) => failure = with_tls_fix(error, is_tls(node.addr())),
        }
    }
    Err(failure)
}

fn url_scheme(url: &str) -> Option<&str> {
    url.trim().split_once("://").map(|(scheme, _)| scheme)
}

fn is_tls(address: &ConnectionAddr) -> bool {
    matches!(address, ConnectionAddr::TcpTls { .. })
}

fn is_tls_url(url: &str) -> bool {
    url_scheme(url).is_some_and(|scheme| scheme.starts_with("rediss") || scheme.starts_with("valkeys"))
}

/// Adds the fix to an error that a server causes if only one side uses TLS.
fn with_tls_fix(error: StoreError, is_tls: bool) -> StoreError {
    const CLOSED: [&str; 3] = ["broken pipe", "connection reset", "unexpected end of file"];
    let text = error.to_string();
    let is_closed = CLOSED.iter().any(|closed| text.to_lowercase().contains(closed));
    if is_tls && (is_closed || text.contains("no reply within")) {
        return format!("{text}; if the server does not use TLS at this port, let the URL begin with `redis`").into();
    }
    if !is_tls && is_closed {
        return format!("{text}; if the server uses TLS at this port, let the URL begin with `rediss`").into();
    }
    error
}

/// An error shows no part of the URL, because it may contain a password.
fn parse_url(url: &str) -> Result<ConnectionInfo, StoreError> {
    const SCHEMES: [&str; 7] = ["redis", "rediss", "redis+unix", "unix", "valkey", "valkeys", "valkey+unix"];
    if !url_scheme(url).is_some_and(|scheme| SCHEMES.contains(&scheme)) {
        return Err(UNKNOWN_SCHEME.into());
    }
    let info = url.trim().into_connection_info().map_err(redact)?;
    // With RESP3, a closed connection is noticed before the next command is sent on it.
    let settings = info.redis_settings().clone();
    let settings = if url.contains("protocol=") { settings } else { settings.set_protocol(ProtocolVersion::RESP3) };
    Ok(info.set_redis_settings(settings).set_tcp_settings(tcp_settings()))
}

const UNKNOWN_SCHEME: &str =
    "the URL must begin with `redis://`, `rediss://`, `redis+unix://`, `redis+sentinel://` or `rediss+sentinel://`";

/// Parses `redis+sentinel://[USER:PASSWORD@]HOST[:PORT],HOST[:PORT]/NAME[/DATABASE][?OPTIONS]`.
fn parse_sentinel_url(url: &str) -> Result<SentinelGroup, StoreError> {
    const FORM: &str = "a Sentinel URL has the form `redis+sentinel://HOST:PORT,HOST:PORT/NAME`";
    let (scheme, rest) = url.split_once("+sentinel://").ok_or(FORM)?;
    let (rest, fragment) = rest.split_once('#').map_or((rest, String::new()), |(rest, end)| (rest, format!("#{end}")));
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = rest.split_once('/').ok_or(FORM)?;
    let hosts = authority.rsplit('@').next().unwrap_or_default();
    let login = authority.strip_suffix(hosts).unwrap_or_default();
    let (name, database) = path.split_once('/').unwrap_or((path, ""));
    if name.is_empty() || hosts.is_empty() {
        return Err(FORM.into());
    }
    let options = SentinelOptions::parse(query)?;
    let sentinels = hosts.split(',').map(|host| {
        // The port after the last bracket of an IPv6 address.
        let has_port = host.rsplit(']').next().is_some_and(|end| end.contains(':'));
        let port = if has_port { String::new() } else { format!(":{SENTINEL_PORT}") };
        parse_url(&format!("{scheme}://{}{host}{port}/{fragment}", options.sentinel_login()))
    });
    let protocol = options.protocol.map_or(String::new(), |protocol| format!("?protocol={protocol}"));
    let primary = parse_url(&format!("{scheme}://{login}primary/{database}{protocol}{fragment}"))?;
    Ok(SentinelGroup::new(sentinels.collect::<Result<_, _>>()?, name.to_owned(), primary))
}

/// The default port of a sentinel.
const SENTINEL_PORT: u16 = 26379;

/// The options of a Sentinel URL, percent-encoded.
#[derive(Default)]
struct SentinelOptions<'a> {
    username: &'a str,
    password: &'a str,
    protocol: Option<&'a str>,
}

impl<'a> SentinelOptions<'a> {
    fn parse(query: &'a str) -> Result<Self, StoreError> {
        let mut options = Self::default();
        for (name, value) in query.split('&').filter_map(|option| option.split_once('=')) {
            match name {
                "sentinel_username" => options.username = value,
                "sentinel_password" => options.password = value,
                "protocol" => options.protocol = Some(value),
                _ => return Err(UNKNOWN_OPTION.into()),
            }
        }
        Ok(options)
    }

    fn sentinel_login(&self) -> String {
        match (self.username, self.password) {
            (_, "") => String::new(),
            (username, password) => format!("{username}:{password}@"),
        }
    }
}

const UNKNOWN_OPTION: &str =
    "the options of a Sentinel URL are `sentinel_username`, `sentinel_password` and `protocol`";

fn tcp_settings() -> TcpSettings {
    let settings = TcpSettings::default().set_nodelay(true);
    // Detects a server that vanished. The default of the operating system is 15 minutes.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let settings = settings.set_user_timeout(2 * DEFAULT_TIMEOUT);
    settings
}

const SENTINEL_PORT_USED: &str =
    "this is the port of a sentinel; use `redis+sentinel://HOST:PORT/NAME` with the name of the primary";

/// Chooses between a server and a cluster, and warns of settings that lose sessions or reject changes.
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
    // Valkey 9 has renamed the field.
    if ["redis_mode:", "server_mode:"].iter().any(|field| info_field(info, field) == Some("sentinel")) {
        return Err(SENTINEL_PORT_USED.into());
    }
    if info_field(info, "cluster_enabled:") == Some("1") {
        return new_cluster(ClusterClientBuilder::new(nodes).tcp_settings(tcp_settings()));
    }
    if nodes.len() > 1 {
        return Err("several URLs are given, but the server does not belong to a Redis Cluster; give one URL".into());
    }
    if info_field(info, "role:") == Some("slave") {
        tracing::warn!(
            "the Redis server is a replica, which rejects all changes; connect to the primary, or through Sentinel with \
             `redis+sentinel://`"
        );
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
