//! Tests of wrong URLs, wrong ports, and servers that reject operations: each error names the fix.

use session_tests::{RedisSentinels, servers};
use tokio::net::TcpListener;

use super::*;

async fn cause(url: &str) -> String {
    let error = RedisStore::connect(url).await.expect_err(url);
    std::error::Error::source(&error).expect("the error has a source").to_string()
}

#[tokio::test]
async fn an_invalid_url_is_an_error_that_names_the_form_and_shows_no_password() {
    for (url, words) in [
        ("http://hunter2@localhost", "`redis://`"),
        ("hunter2", "`redis://`"),
        ("sentinel://hunter2@localhost:26379/shop", "`redis+sentinel://`"),
        ("redis+sentinel://:hunter2@localhost:26379", "redis+sentinel://HOST:PORT,HOST:PORT/NAME"),
        ("redis+sentinel://:hunter2@/shop", "redis+sentinel://HOST:PORT,HOST:PORT/NAME"),
        ("http+sentinel://:hunter2@localhost/shop", "`redis+sentinel://`"),
        ("redis+sentinel://localhost/shop?sentinelPassword=hunter2", "`sentinel_password`"),
        ("redis+sentinel://:hunter2@localhost/shop/zero", "database number"),
    ] {
        let cause = cause(url).await;
        assert!(cause.contains(words) && !cause.contains("hunter2"), "{url}: {cause}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sentinels_and_servers_may_have_different_passwords() {
    let settings = ["--requirepass", "pw", "--masterauth", "pw"];
    // The rights in the rustdoc of `RedisStore`.
    let rights = "resetchannels &+try-failover &+switch-master +sentinel|master +sentinel|get-master-addr-by-name +subscribe +hello";
    let user = format!("user app on >hunter4 {rights}");
    let lines = ["sentinel auth-pass shop pw", "requirepass hunter2", "sentinel sentinel-pass hunter2", &user];
    let sentinels = RedisSentinels::start(&settings, &lines);
    sentinels.wait_until_ready("default:hunter2");
    let url = |password: &str, sentinel_password: &str| {
        format!("redis+sentinel://:{password}@{}/shop/3?sentinel_password={sentinel_password}", sentinels.hosts())
    };
    let store = RedisStore::connect(&url("pw", "%68unter2")).await.unwrap();
    assert!(store.create(&ID, &record(&[("a", "1")]), &[]).await.unwrap());
    let mut primary = plain(&format!("redis://:pw@127.0.0.1:{}/3", sentinels.servers[0].port)).await;
    let keys: usize = redis::cmd("DBSIZE").query_async(&mut primary).await.unwrap();
    assert_eq!(keys, 1, "the database is selected");
    let few_rights = url("pw", "hunter4&sentinel_username=app");
    assert!(RedisStore::connect(&few_rights).await.unwrap().load(&ID, NOW).await.unwrap().is_some());
    for (url, words) in [
        (url("pw", "hunter3"), "no sentinel could be reached"),
        (url("hunter3", "hunter2"), "correct the user name and the password"),
        (url("pw", "hunter2").replace("/shop/", "/blog/"), "no sentinel knows a primary with this name"),
    ] {
        let cause = cause(&url).await;
        assert!(cause.contains(words) && !cause.contains("hunter"), "{cause}");
    }
}

#[tokio::test]
async fn connecting_to_the_port_of_a_sentinel_is_an_error_that_names_the_url() {
    let sentinels = RedisSentinels::start(&[], &[]);
    let cause = cause(&sentinels.sentinel_url()).await;
    assert!(cause.contains("redis+sentinel://HOST:PORT/NAME"), "{cause}");
}

#[tokio::test]
async fn connecting_to_a_replica_logs_a_warning_and_its_errors_name_the_fix() {
    let log = Log::default();
    let writer = log.clone();
    let _guard = tracing_subscriber::fmt().with_writer(move || writer.clone()).finish().set_default();
    let primary = RedisServer::start(&[]);
    RedisStore::connect(&primary.url()).await.unwrap();
    assert_eq!(log.take(), "");
    let replica = RedisServer::start(&["--replicaof", "127.0.0.1", &primary.port.to_string()]);
    let store = RedisStore::connect(&replica.url()).await.unwrap();
    let lines = log.take();
    assert!(lines.contains("WARN") && lines.contains("is a replica") && lines.contains("redis+sentinel://"), "{lines}");
    let error = store.create(&ID, &record(&[]), &[]).await.unwrap_err().to_string();
    assert!(error.contains("READONLY") && error.contains("connect to the primary"), "{error}");
}

#[tokio::test]
async fn a_rejection_of_the_server_names_the_fix() {
    let server = RedisServer::start(&[]);
    let store = RedisStore::connect(&server.url()).await.unwrap();
    assert!(store.create(&ID, &record(&[]), &[]).await.unwrap());
    for (set_up, reset, words) in [
        ("CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0", "raise its `maxmemory`"),
        ("CONFIG SET min-replicas-to-write 1", "CONFIG SET min-replicas-to-write 0", "`min-replicas-to-write`"),
    ] {
        server.query(set_up);
        for error in [
            store.commit(&ID, &set(&[("a", "1")])).await.map(drop).unwrap_err(),
            store.create(&OTHER, &record(&[]), &[]).await.map(drop).unwrap_err(),
        ] {
            assert!(error.to_string().contains(words), "{error}");
        }
        server.query(reset);
    }
    assert_eq!(text(&store, "a").await, None);
    let password = RedisServer::start(&["--requirepass", "pw"]);
    let error = cause(&password.url()).await;
    assert!(error.contains("NOAUTH") && error.contains("put the password into the URL"), "{error}");
    let error = cause(&format!("redis://:hunter2@127.0.0.1:{}/", password.port)).await;
    assert!(error.contains("correct the user name and the password"), "{error}");
}

#[tokio::test]
async fn a_server_that_closes_new_connections_may_require_tls() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("redis://127.0.0.1:{}/", listener.local_addr().unwrap().port());
    tokio::spawn(async move { while listener.accept().await.is_ok() {} });
    let cause = cause(&url).await;
    assert!(cause.contains("begin with `rediss`"), "{cause}");
}

/// Without the feature `redis-tls`, the fix is the feature.
#[tokio::test]
async fn a_tls_url_of_a_plain_port_is_an_error_that_names_the_fix() {
    let cause = cause(&servers::url("SESSION_TEST_REDIS").replace("redis://", "rediss://")).await;
    assert!(cause.contains("begin with `redis`") || cause.contains("feature `redis-tls`"), "{cause}");
}
