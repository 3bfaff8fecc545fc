//! What happens on the way to the server, and when it does not answer.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

#[tokio::test]
async fn a_server_without_the_cached_scripts_fails_no_request() {
    let server = RedisServer::start(&[]);
    let store = RedisStore::connect(&server.url()).await.unwrap();
    let forget = || assert_eq!(server.ask("SCRIPT FLUSH"), "+OK");
    forget();
    assert!(store.create(&ID, &record(&[]), &[user(Some(ANNA))]).await.unwrap());
    forget();
    assert!(is_done(&store.commit(&ID, &sign_in(Some(BERT))).await.unwrap()));
    forget();
    assert_eq!(ids(&store, BERT).await, [ID]);
    forget();
    assert_eq!(store.delete_expired(after(100), 10).await.unwrap(), 1);
    forget();
    assert_eq!(store.delete(&ID, Proof::None, NOW).await.unwrap(), Deleted::Missing);
}

#[tokio::test]
async fn a_connection_closed_by_the_server_fails_no_request() {
    let server = RedisServer::start(&[]);
    let store = RedisStore::connect(&server.url()).await.unwrap();
    assert!(store.create(&ID, &record(&[]), &[]).await.unwrap());
    for round in 0..5 {
        server.ask("CLIENT KILL TYPE normal SKIPME yes");
        // It is told before the next request comes.
        tokio::time::sleep(Duration::from_millis(50)).await;
        let value = round.to_string();
        assert!(is_done(&store.commit(&ID, &set(&[("round", &value)])).await.unwrap()));
        server.ask("CLIENT KILL TYPE normal SKIPME yes");
        assert_eq!(text(&store, "round").await, Some(value), "a load needs no time to be told");
    }
}

#[tokio::test]
async fn a_killed_server_is_a_clear_error_and_works_after_a_restart() {
    let mut server = RedisServer::start(&[]);
    let store = RedisStore::connect(&server.url()).await.unwrap();
    assert!(store.create(&ID, &record(&[]), &[]).await.unwrap());
    server.kill();
    for _ in 0..3 {
        let began = Instant::now();
        let error = store.load(&ID, NOW).await.unwrap_err();
        assert!(error.to_string().contains("refused"), "{error}");
        let error = store.commit(&ID, &set(&[("a", "1")])).await.unwrap_err();
        assert!(error.to_string().contains("refused"), "{error}");
        assert!(began.elapsed() < Duration::from_secs(1), "at once");
    }
    server.start_again();
    assert!(store.create(&ID, &record(&[]), &[]).await.unwrap(), "the first request, and memory is empty");
    assert!(is_done(&store.commit(&ID, &set(&[("a", "1")])).await.unwrap()));
}

#[tokio::test]
async fn an_unresponsive_server_times_out_and_is_queried_again() {
    let server = RedisServer::start(&[]);
    let store = RedisStore::connect(&server.url()).await.unwrap().with_deadline(Duration::from_millis(150));
    assert!(store.create(&ID, &record(&[("a", "1")]), &[]).await.unwrap());
    server.ask("CLIENT PAUSE 700 ALL");
    let began = Instant::now();
    let error = store.load(&ID, NOW).await.unwrap_err();
    assert_eq!(error.to_string(), "no answer within 150ms");
    let error = store.commit(&ID, &set(&[("b", "1")])).await.unwrap_err();
    assert_eq!(error.to_string(), "no answer within 150ms");
    assert!(began.elapsed() < Duration::from_millis(600));
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert_eq!(text(&store, "a").await.as_deref(), Some("1"), "the next request works");
    assert!(is_done(&store.commit(&ID, &set(&[("c", "1")])).await.unwrap()));
}

/// A way to a server that can be made to swallow the answers.
async fn mute(server: &RedisServer) -> (String, Arc<Mutex<bool>>) {
    let (listener, port) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), server.port);
    let url = format!("redis://127.0.0.1:{}/", listener.local_addr().unwrap().port());
    let is_mute = Arc::new(Mutex::new(false));
    let mute = Arc::clone(&is_mute);
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let (mute, mut server) = (Arc::clone(&mute), TcpStream::connect(("127.0.0.1", port)).await.unwrap());
            tokio::spawn(async move {
                let (mut question, mut answer) = (vec![0; 65536], vec![0; 65536]);
                loop {
                    tokio::select! {
                        Ok(len @ 1..) = client.read(&mut question) => {
                            server.write_all(&question[..len]).await.unwrap();
                        }
                        Ok(len @ 1..) = server.read(&mut answer) => {
                            if std::mem::take(&mut *mute.lock().unwrap()) {
                                // The work is done; the connection breaks before it is told.
                                return;
                            }
                            client.write_all(&answer[..len]).await.unwrap();
                        }
                        else => return,
                    }
                }
            });
        }
    });
    (url, is_mute)
}

#[tokio::test]
async fn a_commit_whose_reply_was_lost_is_not_retried_and_a_load_is() {
    let server = RedisServer::start(&[]);
    let (url, is_mute) = mute(&server).await;
    let store = RedisStore::connect(&url).await.unwrap();
    assert!(store.create(&ID, &record(&[]), &[]).await.unwrap());
    assert!(is_done(&store.commit(&ID, &set(&[("a", "1")])).await.unwrap()));
    *is_mute.lock().unwrap() = true;
    store.commit(&ID, &set(&[("a", "2")])).await.unwrap_err();
    let stored = store.load(&ID, NOW).await.unwrap().unwrap();
    assert_eq!(stored.revision, 3, "it was carried out once");
    *is_mute.lock().unwrap() = true;
    assert_eq!(store.load(&ID, NOW).await.unwrap(), Some(stored));
    *is_mute.lock().unwrap() = true;
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
        assert_eq!(
            (error.kind(), error.to_string().as_str()),
            (ErrorKind::Store, "the session store failed to connect to Redis")
        );
        let cause = std::error::Error::source(&error).expect("the cause is told").to_string();
        assert!(!cause.contains("hunter2") && !format!("{error:?}").contains("hunter2"), "{cause}");
    }
    server.kill();
    let error = RedisStore::connect(&server.url()).await.unwrap_err();
    assert!(std::error::Error::source(&error).unwrap().to_string().contains("refused"));
}
