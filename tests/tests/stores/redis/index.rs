//! Tests of the index, which has its own keys.

use super::*;

const DAY: u64 = 86_400;

fn index_key(prefix: &str, hash: IndexHash) -> String {
    format!("{prefix}:index:{{{}}}", hash.as_bytes().map(|byte| format!("{byte:02x}")).concat())
}

#[tokio::test]
async fn the_index_follows_creations_commits_and_deletions() {
    let store = store().await;
    assert!(store.create(&ID, &record(&[]), &[user(Some(ANNA))]).await.unwrap());
    let mut younger = record(&[]);
    younger.created = after(1);
    younger.label = Some("phone".into());
    assert!(store.create(&OTHER, &younger, &[user(Some(ANNA))]).await.unwrap());
    let found = find(&store, &ANNA, NOW).await;
    assert_eq!(found, [SessionInfo::new(ID, &record(&[])), SessionInfo::new(OTHER, &younger)], "the oldest first");
    assert!(!store.create(&ID, &record(&[]), &[user(Some(BERT))]).await.unwrap());
    assert_eq!(ids(&store, BERT).await, [], "a rejected creation is not indexed");

    assert!(is_done(&store.commit(&ID, &login(Some(BERT))).await.unwrap()));
    assert_eq!((ids(&store, ANNA).await, ids(&store, BERT).await), (vec![OTHER], vec![ID]));
    assert!(is_done(&store.commit(&ID, &set(&[("cart", "1")])).await.unwrap()));
    assert_eq!(ids(&store, BERT).await, [ID], "other keys do not change the index");
    assert!(is_done(&store.commit(&ID, &login(None)).await.unwrap()));
    assert_eq!(ids(&store, BERT).await, []);

    assert_eq!(store.delete(&OTHER, DeleteCondition::None, NOW).await.unwrap(), Deleted::Done);
    assert_eq!(ids(&store, ANNA).await, []);
    assert!(is_done(&store.commit(&ID, &login(Some(ANNA))).await.unwrap()));
    assert_eq!(find(&store, &ANNA, after(100)).await, [], "an expired session is not listed");
}

#[tokio::test]
async fn rejected_commits_leave_no_index_entry() {
    let (store, prefix, mut keys) = store_and_keys().await;
    assert!(store.create(&ID, &record(&[]), &[user(Some(ANNA))]).await.unwrap());
    let mut stranger = login(Some(BERT));
    stranger.token = Some(NEXT);
    assert_eq!(store.commit(&ID, &stranger).await.unwrap(), Committed::Replaced { rotated: None });
    let mut swap = login(Some(BERT));
    swap.revision = Some(7);
    assert!(matches!(store.commit(&ID, &swap).await.unwrap(), Committed::Conflict(_)));
    assert_eq!(store.commit(&OTHER, &login(Some(BERT))).await.unwrap(), Committed::Missing);
    let names: BTreeSet<String> = redis::cmd("KEYS").arg(format!("{prefix}:*")).query_async(&mut keys).await.unwrap();
    let in_flight = [ANNA, BERT].map(|hash| index_key(&prefix, hash) + ":in_flight");
    let expected: BTreeSet<String> =
        [format!("{prefix}:{ID}"), index_key(&prefix, ANNA)].into_iter().chain(in_flight).collect();
    assert_eq!(names, expected, "members in flight expire by themselves");
}

#[tokio::test]
async fn an_index_entry_deletes_only_its_own_session() {
    let store = store().await;
    let device = entry("device", Some(BERT));
    assert!(store.create(&ID, &record(&[]), &[user(Some(ANNA)), device]).await.unwrap());
    assert!(store.create(&OTHER, &record(&[]), &[]).await.unwrap());
    assert_eq!(store.delete(&OTHER, DeleteCondition::IndexEntry(ANNA), NOW).await.unwrap(), Deleted::Missing);
    assert_eq!(
        store.delete(&ID, DeleteCondition::IndexEntry(IndexHash::from_bytes([12; 32])), NOW).await.unwrap(),
        Deleted::Missing
    );
    assert_eq!(
        store.delete(&ID, DeleteCondition::IndexEntry(BERT), after(100)).await.unwrap(),
        Deleted::Missing,
        "expired"
    );
    assert_eq!(store.delete(&ID, DeleteCondition::IndexEntry(BERT), NOW).await.unwrap(), Deleted::Done);
    assert_eq!((ids(&store, ANNA).await, ids(&store, BERT).await), (vec![], vec![]));
    assert!(store.load(&OTHER, NOW).await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn find_never_misses_a_session_whose_commit_returned() {
    let store = store().await;
    assert!(store.create(&ID, &record(&[]), &[]).await.unwrap());
    let mut tasks = JoinSet::new();
    // Both hashes are set and removed on the same session, so only the last writer knows the final one.
    for task in 0..4 {
        let store = store.clone();
        tasks.spawn(async move {
            for round in 0..100 {
                let hash = if (task + round) % 2 == 0 { ANNA } else { BERT };
                assert!(is_done(&store.commit(&ID, &login(Some(hash))).await.unwrap()));
                let (anna, bert) = (ids(&store, ANNA).await, ids(&store, BERT).await);
                assert!(anna.len() + bert.len() <= 2);
            }
        });
    }
    while tasks.join_next().await.transpose().unwrap().is_some() {}
    for hash in [ANNA, BERT, BERT, ANNA, ANNA] {
        assert!(is_done(&store.commit(&ID, &login(Some(hash))).await.unwrap()));
        assert_eq!(ids(&store, hash).await, [ID]);
    }
    assert_eq!(ids(&store, BERT).await, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_session_that_logs_in_repeatedly_is_always_found() {
    let store = store().await;
    assert!(store.create(&ID, &record(&[]), &[user(Some(ANNA))]).await.unwrap());
    let mut tasks = JoinSet::new();
    for _ in 0..4 {
        let store = store.clone();
        tasks.spawn(async move {
            for _ in 0..50 {
                assert!(is_done(&store.commit(&ID, &login(Some(ANNA))).await.unwrap()));
                assert_eq!(ids(&store, ANNA).await, [ID]);
            }
        });
    }
    tasks.join_all().await;
}

#[tokio::test]
async fn find_removes_stale_entries_but_no_pending_one() {
    let (store, prefix, mut keys) = store_and_keys().await;
    assert!(store.create(&ID, &record(&[]), &[user(Some(ANNA))]).await.unwrap());
    let index = index_key(&prefix, ANNA);
    let created = (NOW.as_millis() ^ i64::MIN).to_be_bytes();
    let member = |id: SessionId, nonce| [&created[..], id.as_bytes(), &[nonce; 8]].concat();
    let (pending, stale) = (member(ID, 1), member(OTHER, 2));
    let mut add = redis::cmd("ZADD");
    add.arg(&index).arg(0).arg(&pending).arg(0).arg(&stale).arg(0).arg(member(ID, 3));
    let added: usize = add.query_async(&mut keys).await.unwrap();
    let mut add = redis::cmd("ZADD");
    add.arg(format!("{index}:in_flight")).arg(9e15).arg(&pending).arg(1).arg(&stale);
    let () = add.query_async(&mut keys).await.unwrap();
    assert_eq!((added, ids(&store, ANNA).await), (3, vec![ID]));
    let left: Vec<Vec<u8>> = redis::cmd("ZRANGE").arg(&index).arg(0).arg(-1).query_async(&mut keys).await.unwrap();
    assert_eq!(left.len(), 2, "its own entry, and the pending one");
    assert!(left.contains(&pending));

    let added: usize = redis::cmd("ZADD").arg(&index).arg(0).arg(&stale).query_async(&mut keys).await.unwrap();
    assert_eq!((added, store.delete_expired(NOW, 10).await.unwrap()), (1, 0));
    let left: usize = redis::cmd("ZCARD").arg(&index).query_async(&mut keys).await.unwrap();
    assert_eq!(left, 2, "a sweep removes stale entries, too");
}

#[tokio::test]
async fn the_index_lives_as_long_as_its_session() {
    let (store, prefix, mut keys) = store_and_keys().await;
    let mut long = record(&[]);
    long.limits = Limits { idle: Duration::from_secs(100 * DAY), absolute_end: after(1000 * DAY) };
    long.expires = after(20 * DAY);
    assert!(store.create(&ID, &long, &[]).await.unwrap());
    let mut days_left = async || {
        let ttl: u64 = redis::cmd("PTTL").arg(index_key(&prefix, ANNA)).query_async(&mut keys).await.unwrap();
        (ttl + 3_600_000) / (DAY * 1000)
    };
    // The lifetime of the session is unknown, so the index entry gets a month.
    let mut first = login(Some(ANNA));
    first.renew_below = Some(0);
    assert!(is_done(&store.commit(&ID, &first).await.unwrap()));
    assert_eq!(days_left().await, 31);
    assert!(is_done(&store.commit(&ID, &touch(after(DAY))).await.unwrap()));
    assert_eq!(days_left().await, 999, "extended with the session, up to its absolute end");
    assert_eq!(find(&store, &ANNA, after(90 * DAY)).await.len(), 1);

    let mut rotation = touch(after(2 * DAY));
    rotation.rotation = Some(Rotation {
        token: NEXT,
        limits: Limits { absolute_end: after(3000 * DAY), ..long.limits },
        is_login: true,
    });
    assert!(is_done(&store.commit(&ID, &rotation).await.unwrap()));
    assert_eq!(days_left().await, 999, "the session does not need more yet");
    rotation.token = Some(NEXT);
    rotation.rotation = Some(Rotation {
        is_login: true,
        token: NEXT,
        limits: Limits { idle: Duration::from_secs(2000 * DAY), absolute_end: after(3000 * DAY) },
    });
    assert!(is_done(&store.commit(&ID, &rotation).await.unwrap()));
    assert_eq!(days_left().await, 2998);
}

#[tokio::test]
async fn a_user_may_have_hundreds_of_sessions() {
    let store = store().await;
    let id = |number: u16| SessionId::from_bytes([number.to_be_bytes(); 8].concat().try_into().unwrap());
    let create = |number| {
        let store = store.clone();
        async move { store.create(&id(number), &record(&[]), &[user(Some(ANNA))]).await.unwrap() }
    };
    assert!((0..300).map(create).collect::<JoinSet<_>>().join_all().await.into_iter().all(|created| created));
    let first = store.find(&ANNA, None, 299, NOW).await.unwrap();
    let rest = store.find(&ANNA, first.next.as_deref(), 299, NOW).await.unwrap();
    assert_eq!((first.sessions.len(), rest.sessions.len(), rest.next), (299, 1, None));
    assert_eq!(ids(&store, ANNA).await, (0..300).map(id).collect::<Vec<_>>());
}
