//! Tests of a user with few rights. Nothing is stored if a command is refused.

use redis::FromRedisValue;
use session_tests::RedisCluster;

use super::*;

const THIRD: SessionId = SessionId::from_bytes([9; 16]);

/// The rights in the rustdoc of `RedisStore`.
const COMMANDS: [&str; 20] = [
    "eval",
    "evalsha",
    "get",
    "getrange",
    "hello",
    "info",
    "pexpire",
    "ping",
    "pttl",
    "scan",
    "set",
    "setrange",
    "strlen",
    "time",
    "unlink",
    "zadd",
    "zrangebylex",
    "zrem",
    "zremrangebyscore",
    "zscore",
];

/// Sets the rights of the user `app`: all of the list except one.
fn grant(server: &RedisServer, omitted: Option<&str>) {
    let granted = COMMANDS.iter().filter(|&&command| Some(command) != omitted).map(|command| format!(" +{command}"));
    let rights = granted.collect::<String>();
    let reply = server.query(&format!("ACL SETUSER app reset on >pw ~session:*{rights}"));
    assert_eq!(reply, "+OK");
}

fn url(server: &RedisServer) -> String {
    format!("redis://app:pw@127.0.0.1:{}/", server.port)
}

/// The keys of the server with their values. The times to live are not included.
async fn dump(keys: &mut MultiplexedConnection) -> Vec<(String, Vec<u8>)> {
    let mut names: Vec<String> = redis::cmd("KEYS").arg("*").query_async(keys).await.unwrap();
    names.sort_unstable();
    let mut dump = Vec::new();
    for name in names.into_iter().filter(|name| !name.ends_with(":in_flight")) {
        let bytes = redis::cmd("DUMP").arg(&name).query_async(keys).await.unwrap();
        dump.push((name, bytes));
    }
    dump
}

async fn keys_without_expiry(keys: &mut MultiplexedConnection) -> Vec<String> {
    let names: Vec<String> = redis::cmd("KEYS").arg("*").query_async(keys).await.unwrap();
    let mut unlimited = Vec::new();
    for name in names {
        if redis::cmd("PTTL").arg(&name).query_async::<i64>(keys).await.unwrap() < 0 {
            unlimited.push(name);
        }
    }
    unlimited
}

/// The commands that the server refused, except the name of the client, which is optional.
async fn refused_commands(keys: &mut MultiplexedConnection) -> Vec<String> {
    let log: Vec<std::collections::HashMap<String, redis::Value>> =
        redis::cmd("ACL").arg("LOG").query_async(keys).await.unwrap();
    let commands = log.into_iter().map(|entry| String::from_redis_value(entry["object"].clone()).unwrap());
    commands.filter(|command| !command.starts_with("client")).collect()
}

/// Commits that use each branch of the script.
fn commits() -> Vec<(&'static str, Commit)> {
    let rotate = |seconds| {
        let mut commit = set(&[("a", "6")]);
        let limits = Limits { idle: Duration::from_secs(seconds), absolute_end: after(1000.max(seconds)) };
        commit.rotation = Some(Rotation { token: TOKEN, limits, is_login: true });
        commit
    };
    let mut clear = touch(NOW);
    clear.changes.clear();
    clear.changes.set("a", Json::from_text("7")).unwrap();
    let mut label = touch(NOW);
    label.label = Some("phone".into());
    let long = format!("\"{}\"", "x".repeat(3000));
    vec![
        ("touch", touch(after(50))),
        ("set", set(&[("a", "2")])),
        ("compaction", set(&[("a", &long)])),
        ("shorter lifetime", rotate(10)),
        ("longer lifetime", rotate(500)),
        ("longer than the index entries", rotate(5000)),
        ("clear", clear),
        ("label", label),
        ("login", login(Some(BERT))),
        ("new index entry", {
            let mut commit = touch(NOW);
            commit.index = vec![entry("device", Some(BERT))];
            commit
        }),
    ]
}

#[tokio::test]
async fn the_documented_rights_are_enough() {
    let server = RedisServer::start(&[]);
    grant(&server, None);
    let (store, mut keys) = (RedisStore::connect(&url(&server)).await.unwrap(), plain(&server.url()).await);
    for revision in [1, 17, 24] {
        let mut held = record(&[("a", "1")]);
        held.revision = revision;
        assert!(store.create(&ID, &held, &[user(Some(ANNA))]).await.unwrap());
        for (name, commit) in commits() {
            assert!(is_done(&store.commit(&ID, &commit).await.unwrap()), "{name}");
            assert_eq!(keys_without_expiry(&mut keys).await, [""; 0], "{name}");
        }
        assert_eq!(ids(&store, BERT).await, [ID]);
        assert_eq!(scan_all(&store, 10).await.len(), 1);
        assert_eq!(store.delete_expired(after(10_000), 10).await.unwrap(), 1);
        assert_eq!(store.delete(&ID, DeleteCondition::None, NOW).await.unwrap(), Deleted::Missing);
    }
    assert_eq!(refused_commands(&mut keys).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_documented_rights_are_enough_on_a_cluster() {
    let cluster = RedisCluster::start();
    for node in &cluster.0 {
        grant(node, None);
        assert_eq!(node.query("ACL SETUSER app +cluster|slots +asking"), "+OK");
    }
    let store = RedisStore::connect(&url(&cluster.0[0])).await.unwrap();
    for at in 0..20 {
        assert!(store.create(&number(at), &record(&[("a", "1")]), &[user(Some(ANNA))]).await.unwrap());
        assert!(is_done(&store.commit(&number(at), &login(Some(BERT))).await.unwrap()));
    }
    assert_eq!(ids(&store, BERT).await.len(), 20);
    assert_eq!(scan_all(&store, 5).await.len(), 20);
    assert_eq!(store.delete(&number(0), DeleteCondition::None, NOW).await.unwrap(), Deleted::Done);
    assert_eq!(store.delete_expired(after(1000), 30).await.unwrap(), 19);
    for node in &cluster.0 {
        assert_eq!(refused_commands(&mut plain(&node.url()).await).await, [""; 0]);
    }
}

#[tokio::test]
async fn a_change_whose_command_is_refused_is_not_stored() {
    let server = RedisServer::start(&[]);
    let mut keys = plain(&server.url()).await;
    let mut refusals = BTreeSet::new();
    for (omitted, revision) in COMMANDS.iter().flat_map(|omitted| [1, 17, 24].map(|revision| (*omitted, revision))) {
        for (name, commit) in commits() {
            server.query("FLUSHALL");
            grant(&server, None);
            let store = RedisStore::connect(&url(&server)).await.unwrap();
            let mut held = record(&[("a", "1")]);
            held.revision = revision;
            assert!(store.create(&ID, &held, &[user(Some(ANNA))]).await.unwrap());
            let before = dump(&mut keys).await;
            grant(&server, Some(omitted));
            match store.commit(&ID, &commit).await {
                Ok(committed) => assert!(is_done(&committed), "{name} without {omitted}"),
                Err(error) => {
                    let text = error.to_string().to_lowercase();
                    assert!(
                        text.contains("permission") || text.contains("can't run"),
                        "{name} without {omitted}: {text}"
                    );
                    assert!(text.contains(omitted), "{name} without {omitted}: {text}");
                    assert!(text.contains("lists the rights"), "{text}");
                    let mut after = dump(&mut keys).await;
                    // An index entry without a commit is removed later.
                    after.retain(|(name, _)| before.iter().any(|(other, _)| name == other));
                    assert!(after == before, "{name} without {omitted}");
                    assert_eq!(keys_without_expiry(&mut keys).await, [""; 0], "{name} without {omitted}");
                    refusals.insert(omitted);
                }
            }
        }
    }
    let expected =
        ["eval", "evalsha", "getrange", "pexpire", "pttl", "set", "setrange", "time", "zadd", "zremrangebyscore"];
    assert_eq!(refusals, BTreeSet::from(expected));
}

/// The effect of each omission on all operations.
#[tokio::test]
async fn each_omitted_right_is_an_error_that_names_it_or_has_a_documented_effect() {
    let server = RedisServer::start(&[]);
    let mut effects = Vec::new();
    for omitted in COMMANDS {
        server.query("FLUSHALL");
        grant(&server, None);
        let first = RedisStore::connect(&url(&server)).await.unwrap();
        assert!(first.create(&THIRD, &record(&[("a", "1")]), &[]).await.unwrap());
        server.query("SCRIPT FLUSH");
        grant(&server, Some(omitted));
        let mut failed = Vec::new();
        let mut check = |operation: &'static str, error: Option<String>| {
            if let Some(error) = error {
                assert!(error.to_lowercase().contains(omitted), "{operation} without {omitted}: {error}");
                failed.push(operation);
            }
        };
        let store = match RedisStore::connect(&url(&server)).await {
            Ok(store) => store,
            Err(error) => {
                check("connect", Some(std::error::Error::source(&error).unwrap().to_string()));
                effects.push(format!("{omitted}: {}", failed.join(", ")));
                continue;
            }
        };
        let text = |error: session::store::StoreError| error.to_string();
        check("create", store.create(&ID, &record(&[("a", "1")]), &[]).await.err().map(text));
        check("create with index", store.create(&OTHER, &record(&[]), &[user(Some(ANNA))]).await.err().map(text));
        check("load", store.load(&ID, NOW).await.err().map(text));
        check("commit", store.commit(&ID, &set(&[("a", "2")])).await.err().map(text));
        check("renew", store.commit(&THIRD, &touch(after(50))).await.err().map(text));
        let mut longer = touch(after(50));
        let limits = Limits { idle: Duration::from_secs(5000), absolute_end: after(5000) };
        longer.rotation = Some(Rotation { token: TOKEN, limits, is_login: true });
        check("outlive the index", store.commit(&OTHER, &longer).await.err().map(text));
        check("commit with index", store.commit(&ID, &login(Some(BERT))).await.err().map(text));
        check("find", store.find(&BERT, None, 10, NOW).await.err().map(text));
        check("scan", store.scan(None, 10, NOW).await.err().map(text));
        check("delete", store.delete(&ID, DeleteCondition::None, NOW).await.err().map(text));
        check("sweep", store.delete_expired(after(10_000), 10).await.err().map(text));
        effects.push(format!("{omitted}: {}", failed.join(", ")));
    }
    expect_test::expect![[r"
        eval: create with index, commit, renew, outlive the index, commit with index, find, delete, sweep
        evalsha: create with index, commit, renew, outlive the index, commit with index, find, delete, sweep
        get: load, scan
        getrange: commit, renew, outlive the index, commit with index, delete, sweep
        hello: 
        info: 
        pexpire: create with index, renew, commit with index
        ping: connect
        pttl: create with index, commit with index
        scan: scan, sweep
        set: create, create with index
        setrange: renew, outlive the index
        strlen: 
        time: create with index, commit with index, find
        unlink: delete, sweep
        zadd: create with index, commit with index
        zrangebylex: find, sweep
        zrem: 
        zremrangebyscore: create with index, commit with index
        zscore: find"]]
    .assert_eq(&effects.join("\n"));
}
