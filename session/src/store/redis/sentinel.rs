//! Redis Sentinel: finds the primary, and leaves it as soon as a failover starts.
//!
//! An old primary accepts commands for about ten seconds after a planned failover, and they are lost. The store therefore
//! subscribes to all sentinels. The sentinel that leads a failover announces it before it promotes a replica, and the
//! others learn the result up to two seconds later.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use redis::aio::MultiplexedConnection;
use redis::{
    AsyncConnectionConfig, Client, ConnectionAddr, ConnectionInfo, FromRedisValue, PushInfo, PushKind, RedisError,
    Value,
};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::error::StoreError;
use crate::store::redis::errors::redact;

/// The messages that end the use of a primary: a failover starts, or has replaced the primary.
const CHANNELS: [&str; 2] = ["+try-failover", "+switch-master"];

/// The timeout of one sentinel, so that one that hangs does not delay a failover.
const SENTINEL_TIMEOUT: Duration = Duration::from_millis(500);

/// The time between two checks that all sentinels are subscribed to.
const CHECK_INTERVAL: Duration = Duration::from_secs(5);

/// A failover in progress is awaited by this many queries.
const MAX_QUERIES: u32 = 100;
const QUERY_INTERVAL: Duration = Duration::from_millis(50);

/// The sentinels of one primary.
#[derive(Clone)]
pub(super) struct SentinelGroup {
    sentinels: Vec<ConnectionInfo>,
    primary_name: String,
    /// The settings of the primary. Its address is unknown.
    primary: ConnectionInfo,
}

/// Ends the checks of the sentinels when the connection is dropped.
pub(super) struct SentinelWatch(JoinHandle<()>);

impl Drop for SentinelWatch {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The sentinels with a subscription, in the order of their addresses. `None` if a sentinel could not be reached.
type Subscriptions = Vec<Option<MultiplexedConnection>>;

type Address = (String, u16);

/// The state of the primary, as one sentinel sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct PrimaryState {
    address: Address,
    /// The number of the configuration. The highest one is the newest.
    epoch: u64,
    is_down: bool,
    /// True from the start of a failover until the replica is promoted.
    is_failing_over: bool,
}

impl SentinelGroup {
    pub(super) fn new(sentinels: Vec<ConnectionInfo>, primary_name: String, primary: ConnectionInfo) -> Self {
        Self { sentinels, primary_name, primary }
    }

    /// Returns a client of the current primary. `is_lost` is set when the client must not be used any more.
    ///
    /// Waits while a planned failover is in progress. A failover of a primary that is down is an error at once.
    pub(super) async fn find_primary(&self, is_lost: &Arc<AtomicBool>) -> Result<(Client, SentinelWatch), StoreError> {
        let subscriptions = self.subscribe_to_all(is_lost).await?;
        for _ in 0..MAX_QUERIES {
            is_lost.store(false, Ordering::SeqCst);
            let state = self.query_all(&subscriptions).await?;
            if state.is_failing_over && state.is_down {
                return Err("the primary is down, and its failover is in progress".into());
            }
            if !state.is_failing_over {
                let client = Client::open(self.primary_at(state.address.clone())).map_err(redact)?;
                let watch = self.clone().keep_watching(subscriptions, state, Arc::clone(is_lost));
                return Ok((client, SentinelWatch(tokio::spawn(watch))));
            }
            tokio::time::sleep(QUERY_INTERVAL).await;
        }
        Err("a failover of the primary is in progress".into())
    }

    fn primary_at(&self, (host, port): Address) -> ConnectionInfo {
        let address = match self.primary.addr().clone() {
            ConnectionAddr::TcpTls { insecure, tls_params, .. } => {
                ConnectionAddr::TcpTls { host, port, insecure, tls_params }
            }
            _ => ConnectionAddr::Tcp(host, port),
        };
        self.primary.clone().set_addr(address)
    }

    async fn subscribe_to_all(&self, is_lost: &Arc<AtomicBool>) -> Result<Subscriptions, StoreError> {
        let results = join_all(self.sentinels.iter().map(|sentinel| self.subscribe(sentinel, is_lost))).await;
        if results.iter().any(Result::is_ok) {
            return Ok(results.into_iter().map(Result::ok).collect());
        }
        let error = results.into_iter().find_map(Result::err).unwrap_or_else(|| "the URL names none".into());
        Err(format!("no sentinel could be reached: {error}").into())
    }

    async fn subscribe(
        &self,
        sentinel: &ConnectionInfo,
        is_lost: &Arc<AtomicBool>,
    ) -> Result<MultiplexedConnection, StoreError> {
        let config = AsyncConnectionConfig::new().set_connection_timeout(None).set_response_timeout(None);
        let config = config.set_push_sender(mark_lost_on_failover(self.primary_name.clone(), Arc::clone(is_lost)));
        let client = Client::open(sentinel.clone()).map_err(redact)?;
        let subscribe = async {
            let mut connection = client.get_multiplexed_async_connection_with_config(&config).await?;
            connection.subscribe(&CHANNELS[..]).await?;
            Ok(connection)
        };
        within_timeout(subscribe).await
    }

    /// Returns the newest state that any sentinel reports.
    async fn query_all(&self, subscriptions: &Subscriptions) -> Result<PrimaryState, StoreError> {
        let results = join_all(subscriptions.iter().flatten().map(|connection| self.query(connection))).await;
        let (states, errors): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
        let states: Vec<PrimaryState> = states.into_iter().filter_map(Result::ok).collect();
        newest(states).ok_or_else(|| {
            let error = errors.into_iter().find_map(Result::err).unwrap_or_else(|| "no response".into());
            format!("no sentinel knows a primary with this name: {error}").into()
        })
    }

    async fn query(&self, connection: &MultiplexedConnection) -> Result<PrimaryState, StoreError> {
        let (mut connection, name) = (connection.clone(), &self.primary_name);
        let mut queries = redis::pipe();
        queries.cmd("SENTINEL").arg("MASTER").arg(name);
        queries.cmd("SENTINEL").arg("GET-MASTER-ADDR-BY-NAME").arg(name);
        let replies = within_timeout(async { queries.query_async::<(Value, Value)>(&mut connection).await }).await?;
        decode_state(replies).ok_or_else(|| "a sentinel sent an unknown reply".into())
    }

    /// Subscribes again to sentinels whose connection was lost, and notices a switch whose message was lost.
    async fn keep_watching(self, mut subscriptions: Subscriptions, used: PrimaryState, is_lost: Arc<AtomicBool>) {
        loop {
            tokio::time::sleep(CHECK_INTERVAL).await;
            for (sentinel, subscription) in self.sentinels.iter().zip(&mut subscriptions) {
                if subscription.is_none() {
                    *subscription = self.subscribe(sentinel, &is_lost).await.ok();
                }
                let Some(connection) = subscription else { continue };
                match self.query(connection).await {
                    Ok(state) if state.epoch > used.epoch && state.address != used.address => {
                        is_lost.store(true, Ordering::SeqCst);
                    }
                    Ok(_) => {}
                    Err(error) => {
                        tracing::debug!(error, "lost the connection to a sentinel; will retry");
                        *subscription = None;
                    }
                }
            }
        }
    }
}

async fn within_timeout<T>(operation: impl Future<Output = Result<T, RedisError>>) -> Result<T, StoreError> {
    match timeout(SENTINEL_TIMEOUT, operation).await {
        Ok(result) => result.map_err(redact),
        Err(_) => Err(format!("no reply of a sentinel within {SENTINEL_TIMEOUT:?}").into()),
    }
}

/// Returns the state with the highest epoch. If a sentinel sees a failover of it, so does the result.
fn newest(states: Vec<PrimaryState>) -> Option<PrimaryState> {
    let epoch = states.iter().map(|state| state.epoch).max()?;
    let newest = states.into_iter().filter(|state| state.epoch == epoch);
    newest.max_by_key(|state| (state.is_failing_over, state.is_down))
}

fn decode_state((details, address): (Value, Value)) -> Option<PrimaryState> {
    let details = HashMap::<String, String>::from_redis_value(details).ok()?;
    let (host, port) = <(String, String)>::from_redis_value(address).ok()?;
    let is_promoted = (details.get("ip")?, details.get("port")?) != (&host, &port);
    let flags: Vec<&str> = details.get("flags")?.split(',').collect();
    Some(PrimaryState {
        address: (host, port.parse().ok()?),
        epoch: details.get("config-epoch")?.parse().ok()?,
        // At the start of a planned failover, Valkey marks a running primary as down.
        is_down: flags.contains(&"s_down") && !flags.contains(&"force_failover"),
        is_failing_over: flags.contains(&"failover_in_progress") && !is_promoted,
    })
}

/// Returns a push handler that notices a failover of this primary.
fn mark_lost_on_failover(
    primary_name: String,
    is_lost: Arc<AtomicBool>,
) -> impl Fn(PushInfo) -> Result<(), redis::aio::SendError> + Send + Sync + 'static {
    move |push| {
        if push.kind == PushKind::Message && names_primary(&push.data, &primary_name) {
            is_lost.store(true, Ordering::SeqCst);
        }
        Ok(())
    }
}

/// Returns true if a message is about this primary: `master NAME HOST PORT`, or `NAME HOST PORT HOST PORT`.
fn names_primary(message: &[Value], primary_name: &str) -> bool {
    let Some(Value::BulkString(text)) = message.get(1) else { return false };
    let text = String::from_utf8_lossy(text);
    let mut words = text.split(' ');
    let first = words.next();
    first == Some(primary_name) || first == Some("master") && words.next() == Some(primary_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(epoch: u64, port: u16, is_failing_over: bool) -> PrimaryState {
        PrimaryState { address: ("10.0.0.1".into(), port), epoch, is_down: false, is_failing_over }
    }

    #[test]
    fn the_state_with_the_highest_epoch_counts() {
        let (old, new, started) = (state(1, 1, false), state(2, 2, false), state(1, 1, true));
        assert_eq!(newest(vec![old.clone(), new.clone(), old.clone()]), Some(new.clone()));
        assert_eq!(newest(vec![old.clone(), started.clone(), old.clone()]), Some(started.clone()));
        assert_eq!(newest(vec![started, new.clone(), old]), Some(new));
        assert_eq!(newest(Vec::new()), None);
    }

    #[test]
    fn a_failover_is_in_progress_until_the_reported_address_changes() {
        let text = |text: &str| Value::BulkString(text.into());
        let decode = |flags: &str, port: &str| {
            let fields = [("ip", "10.0.0.1"), ("port", "1"), ("flags", flags), ("config-epoch", "3")];
            let details = Value::Map(fields.map(|(name, value)| (text(name), text(value))).to_vec());
            decode_state((details, Value::Array(vec![text("10.0.0.1"), text(port)]))).unwrap()
        };
        assert_eq!(decode("master", "1"), state(3, 1, false));
        assert_eq!(decode("master,failover_in_progress,force_failover", "1"), state(3, 1, true));
        assert_eq!(decode("master,failover_in_progress", "2"), state(3, 2, false));
        assert!(decode("s_down,master,disconnected", "1").is_down);
        assert!(!decode("s_down,master,failover_in_progress,force_failover", "1").is_down);
    }

    #[test]
    fn only_messages_about_the_primary_count() {
        let message = |text: &str| [Value::BulkString("+try-failover".into()), Value::BulkString(text.into())];
        for (text, expected) in [
            ("master shop 10.0.0.1 6379", true),
            ("shop 10.0.0.1 6379 10.0.0.2 6379", true),
            ("master blog 10.0.0.1 6379", false),
            ("blog 10.0.0.1 6379 10.0.0.2 6379", false),
            ("shopping 10.0.0.1 6379 10.0.0.2 6379", false),
        ] {
            assert_eq!(names_primary(&message(text), "shop"), expected, "{text}");
        }
    }
}
