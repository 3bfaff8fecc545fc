//! Tests of the sessions of one user (finding, revoking, limits), of sessions opened by their id, and of the sweeper.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use session::{ErrorKind, IndexKey, Session, SessionConfig, SessionId, SessionManager, SessionSchema};
use session_tests::{App, Browser, Fault, Kind, Log, on_every_store};
use tracing_subscriber::util::SubscriberInitExt;

const USER: IndexKey<u64> = IndexKey::declare("user");
const DEVICE: IndexKey<u64> = IndexKey::declare("device");

async fn indexed(kind: Kind) -> App {
    App::with(kind, |config| config.index(USER)).await
}

/// The ids of the sessions of a user.
async fn found(app: &App, user: u64) -> Vec<SessionId> {
    app.manager.find(USER, &user).await.unwrap().into_iter().map(|info| info.id).collect()
}

fn id(app: &App, browser: &Browser) -> SessionId {
    app.open(browser).id().unwrap()
}

async fn the_sessions_of_a_user_are_found_oldest_first(kind: Kind) {
    let app = indexed(kind).await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(id(&app, &app.browser_with(&[("user", 7), ("a", 1)]).await));
        app.advance(Duration::from_secs(1));
    }
    app.browser_with(&[("user", 8)]).await;
    app.browser_with(&[("a", 7)]).await;
    assert_eq!(found(&app, 7).await, ids);
    assert_eq!(found(&app, 9).await, []);
    app.spy.take_operations();
    found(&app, 7).await;
    assert_eq!(app.spy.take_operations(), "find");
}

async fn a_found_session_has_its_times_and_label(kind: Kind) {
    let app = indexed(kind).await;
    let mut browser = app.browser_with(&[("user", 7)]).await;
    app.advance(Duration::from_hours(1));
    app.request(&mut browser, async |session| session.set_label("Firefox on Linux")).await;
    let info = app.manager.find(USER, &7).await.unwrap().remove(0);
    let meta = app.open(&browser).meta().await.unwrap().unwrap();
    assert_eq!(info.id, id(&app, &browser));
    assert_eq!((info.created, info.last_seen, info.expires), (meta.created, meta.last_seen, meta.expires));
    assert_eq!(info.label.as_deref(), Some("Firefox on Linux"));
}

async fn a_label_of_any_length_is_stored_up_to_1024_bytes(kind: Kind) {
    let app = indexed(kind).await;
    let mut browser = app.browser_with(&[("user", 7)]).await;
    app.request(&mut browser, async |session| session.set_label(format!("x{}", "\u{1f98a}".repeat(1 << 20)))).await;
    let label = app.manager.find(USER, &7).await.unwrap().remove(0).label.unwrap();
    assert_eq!(label, format!("x{}", "\u{1f98a}".repeat(255)));
}

async fn every_write_to_an_indexed_key_maintains_the_index(kind: Kind) {
    type Write = (&'static str, &'static [u64], fn(&mut Session) -> std::pin::Pin<Box<dyn Future<Output = ()> + '_>>);
    let writes: [Write; 9] = [
        ("insert", &[8], |s| Box::pin(async { s.insert("user", 8).await.unwrap() })),
        ("insert_raw", &[8], |s| Box::pin(async { s.insert_raw("user", 8.into()).await.unwrap() })),
        ("unset", &[], |s| Box::pin(async { s.unset("user").await.unwrap() })),
        ("remove", &[], |s| Box::pin(async { assert_eq!(s.remove::<u64>("user").await.unwrap(), Some(7)) })),
        ("clear", &[], |s| Box::pin(async { s.clear().await.unwrap() })),
        ("update", &[8], |s| {
            Box::pin(async { s.update("user", |user: &mut Option<u64>| *user = Some(8)).await.unwrap() })
        }),
        ("update to none", &[], |s| {
            Box::pin(async { s.update("user", |user: &mut Option<u64>| *user = None).await.unwrap() })
        }),
        ("clear and insert", &[8], |s| {
            Box::pin(async {
                s.clear().await.unwrap();
                s.insert("user", 8).await.unwrap();
            })
        }),
        ("rotate", &[7], |s| Box::pin(async { s.cycle_id() })),
    ];
    for (name, expected, write) in writes {
        let app = indexed(kind).await;
        let mut browser = app.browser_with(&[("user", 7)]).await;
        let session_id = id(&app, &browser);
        app.request(&mut browser, async |session| write(session).await).await;
        for user in [7, 8] {
            let is_expected = if expected.contains(&user) { vec![session_id] } else { vec![] };
            assert_eq!(found(&app, user).await, is_expected, "{name}: user {user}");
        }
    }
}

async fn a_deleted_or_expired_session_is_not_found(kind: Kind) {
    let app = indexed(kind).await;
    let mut deleted = app.browser_with(&[("user", 7)]).await;
    app.browser_with(&[("user", 7)]).await;
    app.request(&mut deleted, async |session| session.invalidate()).await;
    assert_eq!(found(&app, 7).await.len(), 1);
    app.advance(Duration::from_hours(25));
    assert_eq!(found(&app, 7).await, []);
    app.manager.delete_expired(10).await.unwrap();
    let again = app.browser_with(&[("user", 7)]).await;
    assert_eq!(found(&app, 7).await, [id(&app, &again)]);
}

async fn revoking_deletes_a_session_of_this_user_only(kind: Kind) {
    let app = indexed(kind).await;
    let (mine, theirs) = (app.browser_with(&[("user", 7)]).await, app.browser_with(&[("user", 8)]).await);
    assert!(!app.manager.revoke(USER, &7, id(&app, &theirs)).await.unwrap(), "the session of another user");
    assert_eq!(app.stored(&theirs, "user").await, Some(8));
    assert!(app.manager.revoke(USER, &7, id(&app, &mine)).await.unwrap());
    assert_eq!(app.spy.take_operations(), "delete");
    assert!(!app.manager.revoke(USER, &7, id(&app, &mine)).await.unwrap(), "the session is already deleted");
    assert_eq!(app.stored(&mine, "user").await, None);
    assert_eq!(found(&app, 7).await, []);
}

async fn a_request_in_flight_cannot_revive_a_revoked_session(kind: Kind) {
    let app = indexed(kind).await;
    let browser = app.browser_with(&[("user", 7)]).await;
    let mut session = app.open(&browser);
    session.get::<u64>("user").await.unwrap();
    app.manager.revoke_all(USER, &7, None).await.unwrap();
    session.insert("draft", 1).await.unwrap();
    let error = app.finalize(session, &mut browser.clone()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Ended);
    assert_eq!(found(&app, 7).await, []);
}

async fn revoking_all_can_keep_the_current_session(kind: Kind) {
    let app = indexed(kind).await;
    let mut browsers = Vec::new();
    for _ in 0..4 {
        browsers.push(app.browser_with(&[("user", 7)]).await);
    }
    let current = id(&app, &browsers[2]);
    assert_eq!(app.manager.revoke_all(USER, &7, Some(current)).await.unwrap(), 3);
    assert_eq!(found(&app, 7).await, [current]);
    assert_eq!(app.manager.revoke_all(USER, &7, None).await.unwrap(), 1);
    for browser in &browsers {
        assert_eq!(app.stored(browser, "user").await, None);
    }
}

async fn a_limit_deletes_the_oldest_sessions_and_never_the_newest_login(kind: Kind) {
    let app = App::with(kind, |config| config.index_with_limit(USER, 2)).await;
    let mut browsers = Vec::new();
    for _ in 0..4 {
        browsers.push(app.browser_with(&[("user", 7)]).await);
        app.advance(Duration::from_secs(1));
    }
    assert_eq!(found(&app, 7).await, [id(&app, &browsers[2]), id(&app, &browsers[3])]);
    assert_eq!(app.stored(&browsers[0], "user").await, None);

    let mut oldest = app.browser_with(&[("a", 1)]).await;
    app.advance(Duration::from_secs(1));
    app.browser_with(&[("user", 7)]).await;
    app.request(&mut oldest, async |session| session.insert("user", 7).await.unwrap()).await;
    assert_eq!(app.stored(&oldest, "user").await, Some(7), "the oldest session, but it just logged in");
    assert_eq!(found(&app, 7).await.len(), 2);
}

/// Creates sessions of the user 7, and returns their ids, oldest first.
async fn sessions_without_limit(app: &App, number: usize) -> Vec<SessionId> {
    let config = SessionConfig::new(app.key.clone()).index(USER);
    let (millis, start) = (AtomicU64::new(0), app.now());
    let config = config.clock(move || start + Duration::from_millis(millis.fetch_add(1, Ordering::SeqCst)));
    let manager = SessionManager::new(app.spy.clone(), config);
    for _ in 0..number {
        let mut session = manager.open(&http::HeaderMap::new());
        session.insert(USER, 7).await.unwrap();
        session.sync().await.unwrap();
    }
    app.advance(Duration::from_hours(1));
    let ids = found(app, 7).await;
    app.spy.take_operations();
    ids
}

async fn a_limit_deletes_at_most_100_sessions_per_commit(kind: Kind) {
    let app = App::with(kind, |config| config.index_with_limit(USER, 2)).await;
    let before = sessions_without_limit(&app, 150).await;
    let mut session = app.open(&Browser::default());
    session.insert(USER, 7).await.unwrap();
    session.sync().await.unwrap();
    assert_eq!(app.spy.take_operations(), format!("create find{}", " delete".repeat(100)));
    let first = session.id().unwrap();
    assert_eq!(found(&app, 7).await, [&before[100..], &[first]].concat(), "the oldest are deleted");

    app.advance(Duration::from_hours(1));
    let second = id(&app, &app.browser_with(&[("user", 7)]).await);
    assert_eq!(found(&app, 7).await, [first, second], "the next login deletes the rest");
}

async fn a_high_limit_is_enforced_page_by_page(kind: Kind) {
    let app = App::with(kind, |config| config.index_with_limit(USER, 1100)).await;
    let before = sessions_without_limit(&app, 1103).await;
    let mut session = app.open(&Browser::default());
    session.insert(USER, 7).await.unwrap();
    session.sync().await.unwrap();
    assert_eq!(app.spy.take_operations(), "create find find delete delete delete delete");
    assert_eq!(found(&app, 7).await, [&before[4..], &[session.id().unwrap()]].concat());
}

async fn pages_return_every_session_of_a_user_once(kind: Kind) {
    let app = indexed(kind).await;
    let ids = sessions_without_limit(&app, 7).await;
    let (mut paged, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let page = app.manager.find_page(USER, &7, cursor.as_deref(), 3).await.unwrap();
        assert!(page.sessions.len() <= 3);
        paged.extend(page.sessions.into_iter().map(|info| info.id));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(paged, ids);
    assert_eq!(app.manager.find_page(USER, &7, None, 0).await.unwrap().sessions.len(), 1, "at least one");
    let invalid = app.manager.find_page(USER, &7, Some("not a cursor"), 3).await.unwrap_err();
    assert_eq!(invalid.kind(), ErrorKind::Value, "a mistake of the client, not of the store");
    assert!(invalid.to_string().contains("not returned by an earlier page"), "{invalid}");
}

mod as_upper_case {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(name: &str, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&name.to_uppercase())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
        String::deserialize(deserializer).map(|name| name.to_lowercase())
    }
}

#[derive(SessionSchema)]
struct Names {
    #[session(index)]
    name: String,
    #[session(index, with = "as_upper_case")]
    upper: String,
    #[session(index)]
    boxed: Box<str>,
}

/// A list as a whole, such as a binary id. The derive refuses it, because an index of roles would find no single role.
const LIST: IndexKey<Vec<u8>> = IndexKey::declare("list");

async fn sessions_are_found_and_revoked_by_borrowed_values(kind: Kind) {
    let app = App::with(kind, |config| {
        let config = config.index(Names::NAME).index(Names::UPPER).index(Names::BOXED);
        config.index(LIST)
    })
    .await;
    let mut session = app.open(&Browser::default());
    let mut names = session.typed_mut::<Names>();
    names.set_name("ada \"\u{1f98a}".to_owned()).unwrap();
    names.set_upper("ada".to_owned()).unwrap();
    names.set_boxed("ada".into()).unwrap();
    session.insert(LIST, vec![1, 2]).await.unwrap();
    session.sync().await.unwrap();
    let (manager, id) = (&app.manager, session.id().unwrap());
    let name = "ada \"\u{1f98a}".to_owned();
    for found in [
        manager.find(Names::NAME, "ada \"\u{1f98a}").await.unwrap(),
        manager.find(Names::NAME, &name).await.unwrap(),
        manager.find(Names::UPPER, "ada").await.unwrap(),
        manager.find(Names::BOXED, "ada").await.unwrap(),
        manager.find(LIST, &[1, 2][..]).await.unwrap(),
        manager.find(LIST, &vec![1, 2]).await.unwrap(),
        manager.find_page(Names::NAME, &*name, None, 5).await.unwrap().sessions,
    ] {
        assert_eq!(found.into_iter().map(|info| info.id).collect::<Vec<_>>(), [id]);
    }
    assert!(manager.find(Names::NAME, "bob").await.unwrap().is_empty());
    assert!(!manager.revoke(Names::UPPER, "bob", id).await.unwrap());
    assert_eq!(manager.revoke_all(Names::UPPER, "ada", Some(id)).await.unwrap(), 0);
    assert!(manager.revoke(Names::UPPER, "ada", id).await.unwrap());
    assert_eq!(manager.revoke_all(Names::NAME, &*name, None).await.unwrap(), 0);
}

async fn a_limit_that_cannot_be_enforced_does_not_fail_the_login(kind: Kind) {
    let app = App::with(kind, |config| config.index_with_limit(USER, 1)).await;
    app.browser_with(&[("user", 7)]).await;
    app.spy.fail_next("find", Fault::Refuse);
    let browser = app.browser_with(&[("user", 7)]).await;
    assert_eq!(app.stored(&browser, "user").await, Some(7));
    app.advance(Duration::from_secs(1));
    app.browser_with(&[("user", 7)]).await;
    assert_eq!(found(&app, 7).await.len(), 1, "the next login enforces the limit");
}

async fn only_a_change_of_the_indexed_key_has_a_cost(kind: Kind) {
    let app = App::with(kind, |config| config.index_with_limit(USER, 2)).await;
    let mut browser = app.browser_with(&[("user", 7)]).await;
    app.request(&mut browser, async |session| session.insert("a", 1).await.unwrap()).await;
    assert_eq!(app.spy.take_operations(), "commit");
    app.request(&mut browser, async |session| session.insert("user", 8).await.unwrap()).await;
    assert_eq!(app.spy.take_operations(), "commit find");
}

async fn reindex_adds_sessions_from_before_the_index(kind: Kind) {
    let (store, _folder) = kind.store().await;
    let key = session::SecretKey::generate();
    let manager = |config: SessionConfig| SessionManager::new(Arc::clone(&store), config);
    let before = manager(SessionConfig::new(key.clone()));
    for number in 0..205_u64 {
        let mut session = before.open(&Browser::default().request());
        session.insert("user", number % 2).await.unwrap();
        session.insert("device", number).await.unwrap();
        session.sync().await.unwrap();
    }
    let after = manager(SessionConfig::new(key).index(USER).index(DEVICE));
    assert_eq!(after.find(USER, &0).await.unwrap(), []);
    assert_eq!(after.reindex().await.unwrap(), 205);
    assert_eq!(after.find(USER, &0).await.unwrap().len(), 103);
    assert_eq!(after.find(DEVICE, &204).await.unwrap().len(), 1);
    assert_eq!(after.reindex().await.unwrap(), 205, "it can be repeated");
    assert_eq!(after.find(USER, &1).await.unwrap().len(), 102);
}

async fn reindexing_does_not_extend_a_session(kind: Kind) {
    let app = indexed(kind).await;
    let browser = app.browser_with(&[("user", 7)]).await;
    let before = app.open(&browser).meta().await.unwrap();
    app.advance(Duration::from_hours(20));
    app.manager.reindex().await.unwrap();
    assert_eq!(app.open(&browser).meta().await.unwrap(), before);
}

async fn finding_by_a_key_that_is_not_indexed_is_a_config_error(kind: Kind) {
    let app = App::new(kind).await;
    let error = app.manager.find(USER, &7).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("`user`") && error.to_string().contains("SessionConfig::index"), "{error}");
}

#[derive(SessionSchema)]
struct Visitor {
    #[session(key = "user", index)]
    user_id: u64,
}

async fn a_field_marked_as_indexed_is_found_by_its_key_constant(kind: Kind) {
    let app = App::with(kind, |config| config.index(Visitor::USER_ID)).await;
    let mut browser = Browser::default();
    app.request(&mut browser, async |session| session.typed_mut::<Visitor>().set_user_id(7).unwrap()).await;
    assert_eq!(app.manager.find(Visitor::USER_ID, &7).await.unwrap().len(), 1);
}

async fn a_field_marked_as_indexed_without_the_setting_is_a_clear_error_at_first_access(kind: Kind) {
    let app = App::new(kind).await;
    let mut session = app.open(&Browser::default());
    let mut visitor = session.typed_mut::<Visitor>();
    let errors = [
        visitor.user_id().await.unwrap_err(),
        visitor.set_user_id(7).unwrap_err(),
        visitor.unset_user_id().unwrap_err(),
        visitor.remove_user_id().await.unwrap_err(),
        visitor.update_user_id(|user| *user = Some(7)).await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains("SessionConfig::index"), "{error}");
    }
}

/// Where a schema is used without a `Result`. Once for each manager, and not for the other tests of this thread.
async fn a_schema_without_its_index_is_logged_once_at_its_first_use(kind: Kind) {
    let log = Log::default();
    let writer = log.clone();
    let _guard = tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false).finish().set_default();
    let app = App::new(kind).await;
    for _ in 0..2 {
        let mut session = app.open(&Browser::default());
        let _ = (session.typed::<Visitor>(), session.typed_mut::<Visitor>());
    }
    let lines = log.take();
    let reports: Vec<_> = lines.lines().filter(|line| line.contains("an indexed field of a schema")).collect();
    let [report] = reports[..] else { panic!("{lines}") };
    assert!(report.contains("ERROR") && report.contains("Visitor") && report.contains("`user`"), "{report}");

    for configure in [|config: SessionConfig| config.index(Visitor::USER_ID), SessionConfig::schema::<Visitor>] {
        let app = App::with(kind, configure).await;
        let _ = app.open(&Browser::default()).typed::<Visitor>();
        assert!(!log.take().contains("an indexed field of a schema"));
    }
}

// Sessions by their id

async fn a_job_reads_and_writes_a_session_by_its_id(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let mut job = app.manager.by_id(id(&app, &browser));
    assert_eq!(job.get::<u64>("a").await.unwrap(), Some(1));
    job.insert("b", 2).await.unwrap();
    job.update("a", |a: &mut Option<u64>| *a = a.map(|a| a + 1)).await.unwrap();
    app.request(&mut browser, async |session| session.cycle_id()).await;
    job.sync().await.unwrap();
    assert_eq!(app.stored(&browser, "a").await, Some(2));
    assert_eq!(app.stored(&browser, "b").await, Some(2), "the write survives a rotation");
}

async fn a_write_by_a_job_does_not_extend_the_session(kind: Kind) {
    let app = App::new(kind).await;
    let browser = app.browser_with(&[("a", 1)]).await;
    let before = app.open(&browser).meta().await.unwrap();
    app.advance(Duration::from_hours(20));
    let mut job = app.manager.by_id(id(&app, &browser));
    job.insert("b", 2).await.unwrap();
    job.sync().await.unwrap();
    assert_eq!(app.open(&browser).meta().await.unwrap(), before);
}

async fn a_write_by_id_never_creates_or_revives_a_session(kind: Kind) {
    let app = App::new(kind).await;
    let browser = app.browser_with(&[("a", 1)]).await;
    let session_id = id(&app, &browser);
    app.request(&mut browser.clone(), async |session| session.invalidate()).await;
    app.spy.take_operations();
    let mut job = app.manager.by_id(session_id);
    job.insert("b", 2).await.unwrap();
    assert_eq!(job.sync().await.unwrap_err().kind(), ErrorKind::Ended);
    assert_eq!(job.get::<u64>("b").await.unwrap(), None);
    let mut job = app.manager.by_id(session_id);
    assert_eq!(job.get::<u64>("a").await.unwrap(), None);
    assert_eq!(job.update("a", |a: &mut Option<u64>| *a = Some(1)).await.unwrap_err().kind(), ErrorKind::Ended);
    assert!(!app.spy.take_operations().contains("create"));
}

async fn a_job_can_delete_a_session_but_not_create_one(kind: Kind) {
    let app = App::new(kind).await;
    let browser = app.browser_with(&[("a", 1)]).await;
    let mut job = app.manager.by_id(id(&app, &browser));
    job.delete();
    job.insert("b", 2).await.unwrap();
    assert_eq!(job.sync().await.unwrap_err().kind(), ErrorKind::Ended);
    assert_eq!(app.spy.take_operations(), "delete");
    assert_eq!(app.stored(&browser, "a").await, None);
    let browser = app.browser_with(&[("a", 1)]).await;
    let mut job = app.manager.by_id(id(&app, &browser));
    job.invalidate();
    job.sync().await.unwrap();
    assert_eq!(app.stored(&browser, "a").await, None);
}

async fn after_a_job_deletes_the_session_removals_do_nothing_and_a_label_is_an_error(kind: Kind) {
    let app = App::new(kind).await;
    let browser = app.browser_with(&[("a", 1)]).await;
    let mut job = app.manager.by_id(id(&app, &browser));
    job.delete();
    job.clear().await.unwrap();
    job.unset("a").await.unwrap();
    job.sync().await.unwrap();
    job.sync().await.unwrap();
    let browser = app.browser_with(&[("a", 1)]).await;
    let mut job = app.manager.by_id(id(&app, &browser));
    for store_operations in ["delete", ""] {
        app.spy.take_operations();
        job.delete();
        job.set_label("phone");
        assert_eq!(job.sync().await.unwrap_err().kind(), ErrorKind::Ended);
        assert_eq!(app.spy.take_operations(), store_operations);
        job.sync().await.unwrap();
    }
}

async fn a_job_has_no_browser(kind: Kind) {
    let app = App::new(kind).await;
    let browser = app.browser_with(&[("a", 1)]).await;
    let mut job = app.manager.by_id(id(&app, &browser));
    assert_eq!(job.client_mut().insert("theme", "dark").unwrap_err().kind(), ErrorKind::NoBrowser);
    for unsupported in [Session::cycle_id as fn(&mut Session), Session::restart] {
        unsupported(&mut job);
        assert_eq!(job.sync().await.unwrap_err().kind(), ErrorKind::NoBrowser);
    }
    let mut headers = http::HeaderMap::new();
    job.insert("b", 2).await.unwrap();
    job.finalize(&mut headers).await.unwrap();
    assert!(headers.is_empty());
    assert_eq!(app.stored(&browser, "b").await, Some(2));
}

// The sweeper

async fn a_sweeper_deletes_expired_sessions_and_survives_a_failing_store(kind: Kind) {
    let app = App::new(kind).await;
    app.browser_with(&[("a", 1)]).await;
    app.advance(Duration::from_hours(25));
    app.spy.fail_next("delete_expired", Fault::Refuse);
    let sweeper = app.manager.sweeper(Duration::from_millis(5));
    for _ in 0..400 {
        tokio::time::sleep(Duration::from_millis(5)).await;
        if app.spy.take_operations().matches("delete_expired").count() > 2 {
            break;
        }
    }
    assert_eq!(app.manager.delete_expired(10).await.unwrap(), 0, "no expired session remains");
    sweeper.stop().await;
    app.spy.take_operations();
    tokio::time::sleep(Duration::from_millis(30)).await;
    assert_eq!(app.spy.take_operations(), "", "the sweeper stopped");
}

async fn a_sweeper_logs_deletions_and_failures(kind: Kind) {
    let app = App::new(kind).await;
    app.browser_with(&[("a", 1)]).await;
    app.browser_with(&[("a", 2)]).await;
    app.advance(Duration::from_hours(25));
    app.spy.fail_next("delete_expired", Fault::Refuse);
    let log = Log::default();
    let writer = log.clone();
    let _guard = tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false).finish().set_default();
    let sweeper = app.manager.sweeper(Duration::from_millis(5));
    let mut lines = String::new();
    for _ in 0..400 {
        tokio::time::sleep(Duration::from_millis(5)).await;
        lines += &log.take();
        if lines.contains("INFO") {
            break;
        }
    }
    sweeper.stop().await;
    assert!(lines.contains("WARN") && lines.contains("the store is down") && lines.contains("will retry"), "{lines}");
    assert!(lines.contains("deleted expired sessions sessions=2"), "{lines}");
}

async fn an_administrator_deletes_any_session_by_its_id(kind: Kind) {
    let app = indexed(kind).await;
    let [user, visitor] = [app.browser_with(&[("user", 7)]).await, app.browser_with(&[("a", 1)]).await];
    for browser in [&user, &visitor] {
        let id = id(&app, browser);
        assert!(app.manager.revoke_id(id).await.unwrap());
        assert!(!app.manager.revoke_id(id).await.unwrap());
        assert_eq!(app.spy.take_operations(), "delete delete");
        assert_eq!(app.open(browser).get::<u64>("a").await.unwrap(), None);
        app.spy.take_operations();
    }
    assert_eq!(found(&app, 7).await, []);
}

on_every_store!(
    an_administrator_deletes_any_session_by_its_id,
    a_limit_deletes_at_most_100_sessions_per_commit,
    a_high_limit_is_enforced_page_by_page,
    pages_return_every_session_of_a_user_once,
    sessions_are_found_and_revoked_by_borrowed_values,
    a_label_of_any_length_is_stored_up_to_1024_bytes,
    the_sessions_of_a_user_are_found_oldest_first,
    a_found_session_has_its_times_and_label,
    every_write_to_an_indexed_key_maintains_the_index,
    a_deleted_or_expired_session_is_not_found,
    revoking_deletes_a_session_of_this_user_only,
    a_request_in_flight_cannot_revive_a_revoked_session,
    revoking_all_can_keep_the_current_session,
    a_limit_deletes_the_oldest_sessions_and_never_the_newest_login,
    a_limit_that_cannot_be_enforced_does_not_fail_the_login,
    only_a_change_of_the_indexed_key_has_a_cost,
    reindex_adds_sessions_from_before_the_index,
    reindexing_does_not_extend_a_session,
    finding_by_a_key_that_is_not_indexed_is_a_config_error,
    a_schema_without_its_index_is_logged_once_at_its_first_use,
    a_field_marked_as_indexed_is_found_by_its_key_constant,
    a_field_marked_as_indexed_without_the_setting_is_a_clear_error_at_first_access,
    a_job_reads_and_writes_a_session_by_its_id,
    a_write_by_a_job_does_not_extend_the_session,
    a_write_by_id_never_creates_or_revives_a_session,
    a_job_can_delete_a_session_but_not_create_one,
    after_a_job_deletes_the_session_removals_do_nothing_and_a_label_is_an_error,
    a_job_has_no_browser,
    a_sweeper_deletes_expired_sessions_and_survives_a_failing_store,
    a_sweeper_logs_deletions_and_failures,
);
