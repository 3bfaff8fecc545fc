//! Tests of lost, slow and rejected connections.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use session_tests::sample::is_not_sent;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

#[tokio::test]
async fn a_server_without_the_cached_scripts_fails_no_request() {
    let server = RedisServer::start(&[]);
    let store = RedisStore::connect(&server.url()).await.unwrap();
    let forget = || assert_eq!(server.query("SCRIPT FLUSH"), "+OK");
    forget();
    assert!(store.create(&ID, &record(&[]), &[user(Some(ANNA))]).await.unwrap());
    forget();
    assert!(is_done(&store.commit(&ID, &login(Some(BERT))).await.unwrap()));
    forget();
    assert_eq!(ids(&store, BERT).await, [ID]);
    forget();
    assert_eq!(store.delete_expired(after(100), 10).await.unwrap(), 1);
    forget();
    assert_eq!(store.delete(&ID, DeleteCondition::None, NOW).await.unwrap(), Deleted::Missing);
}

#[tokio::test]
async fn a_connection_closed_by_the_server_fails_no_request() {
    let server = RedisServer::start(&[]);
    let store = RedisStore::connect(&server.url()).await.unwrap();
    assert!(store.create(&ID, &record(&[]), &[]).await.unwrap());
    for round in 0..5 {
        server.query("CLIENT KILL TYPE normal SKIPME yes");
        // Wait until the client knows that the connection is closed.
        tokio::time::sleep(Duration::from_millis(50)).await;
        let value = round.to_string();
        assert!(is_done(&store.commit(&ID, &set(&[("round", &value)])).await.unwrap()));
        server.query("CLIENT KILL TYPE normal SKIPME yes");
        assert_eq!(text(&store, "round").await, Some(value), "a load is retried at once");
    }
}

#[tokio::test]
async fn a_killed_server_is_a_clear_error_and_works_after_a_restart() {
    let mut server = RedisServer::start(&[]);
    let store = RedisStore::connect(&server.url()).await.unwrap();
    assert!(store.create(&ID, &record(&[]), &[]).await.unwrap());
    server.kill();
    for _ in 0..3 {
        let started = Instant::now();
        let error = store.load(&ID, NOW).await.unwrap_err();
        assert!(error.to_string().contains("refused"), "{error}");
        let error = store.commit(&ID, &set(&[("a", "1")])).await.unwrap_err();
        assert!(error.to_string().contains("refused"), "{error}");
        assert!(started.elapsed() < Duration::from_secs(1), "at once");
    }
    server.restart();
    assert!(store.create(&ID, &record(&[]), &[]).await.unwrap(), "the first request after the restart");
    assert!(is_done(&store.commit(&ID, &set(&[("a", "1")])).await.unwrap()));
}

#[tokio::test]
async fn an_unresponsive_server_times_out_and_is_queried_again() {
    let server = RedisServer::start(&[]);
    let store = RedisStore::connect(&server.url()).await.unwrap().with_timeout(Duration::from_secs(1));
    assert!(store.create(&ID, &record(&[("a", "1")]), &[]).await.unwrap());
    server.pause();
    let error = store.load(&ID, NOW).await.unwrap_err();
    assert_eq!(error.to_string(), "no reply within 1s");
    let error = store.commit(&ID, &set(&[("b", "1")])).await.unwrap_err();
    assert_eq!(error.to_string(), "no connection became free or could be opened within 1s");
    assert!(is_not_sent(&error));
    server.resume();
    assert_eq!(text(&store, "a").await.as_deref(), Some("1"), "the next request works");
    assert!(is_done(&store.commit(&ID, &set(&[("c", "1")])).await.unwrap()));
}

/// A proxy before a server that can drop the replies.
async fn lossy_proxy(server: &RedisServer) -> (String, Arc<Mutex<bool>>) {
    let (listener, port) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), server.port);
    let url = format!("redis://127.0.0.1:{}/", listener.local_addr().unwrap().port());
    let drop_reply = Arc::new(Mutex::new(false));
    let drops = Arc::clone(&drop_reply);
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let (drops, mut server) = (Arc::clone(&drops), TcpStream::connect(("127.0.0.1", port)).await.unwrap());
            tokio::spawn(async move {
                let (mut request, mut reply) = (vec![0; 65536], vec![0; 65536]);
                loop {
                    tokio::select! {
                        Ok(len @ 1..) = client.read(&mut request) => {
                            server.write_all(&request[..len]).await.unwrap();
                        }
                        Ok(len @ 1..) = server.read(&mut reply) => {
                            if std::mem::take(&mut *drops.lock().unwrap()) {
                                // The command ran, but the connection breaks before its reply.
                                return;
                            }
                            client.write_all(&reply[..len]).await.unwrap();
                        }
                        else => return,
                    }
                }
            });
        }
    });
    (url, drop_reply)
}

#[tokio::test]
async fn a_commit_whose_reply_was_lost_is_not_retried_and_a_load_is() {
    let server = RedisServer::start(&[]);
    let (url, drop_reply) = lossy_proxy(&server).await;
    let store = RedisStore::connect(&url).await.unwrap();
    assert!(store.create(&ID, &record(&[]), &[]).await.unwrap());
    assert!(is_done(&store.commit(&ID, &set(&[("a", "1")])).await.unwrap()));
    *drop_reply.lock().unwrap() = true;
    store.commit(&ID, &set(&[("a", "2")])).await.unwrap_err();
    let stored = store.load(&ID, NOW).await.unwrap().unwrap();
    assert_eq!(stored.revision, 3, "it was stored once");
    *drop_reply.lock().unwrap() = true;
    assert_eq!(store.load(&ID, NOW).await.unwrap(), Some(stored));
    *drop_reply.lock().unwrap() = true;
    assert_eq!(ids(&store, ANNA).await, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_requests_at_once_share_the_connection() {
    let store = store().await;
    assert!(store.create(&ID, &record(&[("a", "1")]), &[]).await.unwrap());
    let load = |_| {
        let store = store.clone();
        async move { store.load(&ID, NOW).await.unwrap().is_some() }
    };
    assert!((0..1000).map(load).collect::<JoinSet<_>>().join_all().await.into_iter().all(|loaded| loaded));
}

#[tokio::test]
async fn the_error_of_a_failed_connection_shows_no_password() {
    let mut server = RedisServer::start(&["--requirepass", "hunter2"]);
    let with = |secret: &str| format!("redis://:{secret}@127.0.0.1:{}/", server.port);
    let store = RedisStore::connect(&with("hunter2")).await.unwrap();
    assert_eq!(format!("{store:?}"), "RedisStore { prefix: \"session\", .. }");
    let wrong = [with("*******"), server.url(), format!("{},{}", with("hunter2"), with("hunter2"))];
    for url in wrong.iter().map(|url| &**url).chain(["", "redis", "http://hunter2@localhost", "redis://:hunter2@:x/"]) {
        let error = RedisStore::connect(url).await.expect_err(url);
        assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Store, "failed to connect to Redis"));
        let cause = std::error::Error::source(&error).expect("the error has a source").to_string();
        assert!(!cause.contains("hunter2") && !format!("{error:?}").contains("hunter2"), "{cause}");
    }
    server.kill();
    let error = RedisStore::connect(&server.url()).await.unwrap_err();
    assert!(std::error::Error::source(&error).unwrap().to_string().contains("refused"));
}
