//! Tests that futures are `Send`, that handles can be used anywhere, and that no user code runs under the state's lock.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::Future;
use std::rc::Rc;
use std::sync::Mutex;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::HeaderMap;
use futures_util::FutureExt;
use session::axum::SessionLayer;
use session::store::{
    Changes, Commit, Committed, DeleteCondition, Deleted, IndexChange, IndexHash, Json, MemoryStore, Record,
    RecordPage, SessionInfo, SessionStore, SqliteStore, Timestamp, TokenHash, Values,
};
use session::tower::SessionService;
use session::{
    ClientKey, ClientState, ClientStateMut, CookieConfig, Error, IndexKey, Key, Lifetime, ReadOnly, SecretKey, Session,
    SessionConfig, SessionId, SessionManager, SessionSchema, Typed,
};
use tower::ServiceExt;
use tracing_subscriber::util::SubscriberInitExt;

#[derive(SessionSchema)]
struct Visitor {
    name: String,
    #[session(default)]
    cart: Vec<u64>,
    #[session(client)]
    theme: String,
    #[session(client, default)]
    font: u8,
}

fn assert_send(_: impl Future + Send) {}

fn assert_send_sync<T: Send + Sync + 'static>() {}

fn manager(store: impl SessionStore) -> SessionManager {
    SessionManager::new(store, SessionConfig::new(SecretKey::generate()))
}

/// A log writer that accesses the session of the logged event.
struct AccessingWriter(Session);

impl std::io::Write for AccessingWriter {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        assert!(!self.0.is_invalidated());
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A label that accesses the session during its conversion.
struct AccessingLabel(Session);

impl From<AccessingLabel> for String {
    fn from(AccessingLabel(session): AccessingLabel) -> Self {
        format!("{}", session.is_invalidated())
    }
}

#[test]
fn no_user_code_runs_while_the_state_is_locked() {
    let (done, finished) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut session = manager(MemoryStore::new()).open(&HeaderMap::new());
        let (mut kept, writer) = (session.handle(), Mutex::new(AccessingWriter(session.handle())));
        kept.set_label(AccessingLabel(session.handle()));
        session.finalize(&mut HeaderMap::new()).now_or_never().expect("nothing to store").unwrap();
        let _guard = tracing_subscriber::fmt().with_writer(writer).finish().set_default();
        kept.cycle_id();
        kept.set_label("late");
        kept.invalidate();
        done.send(()).unwrap();
    });
    finished.recv_timeout(Duration::from_secs(30)).expect("the log writer and the label do not deadlock");
}

#[test]
fn every_future_of_a_session_is_send() {
    let mut session = manager(MemoryStore::new()).open(&HeaderMap::new());
    assert_send(session.get::<u64>("a"));
    assert_send(session.get_raw("a"));
    assert_send(session.insert("a", 1));
    assert_send(session.insert("a".to_owned(), "b"));
    assert_send(session.insert_raw("a", 1.into()));
    assert_send(session.remove::<u64>("a"));
    assert_send(session.remove_raw("a"));
    assert_send(session.unset("a"));
    assert_send(session.update("a", |a: &mut Option<u64>| a.take()));
    assert_send(session.try_update("a", |a: &mut Option<u64>| a.take().ok_or("none")));
    assert_send(session.entries());
    assert_send(session.is_empty());
    assert_send(session.clear());
    assert_send(session.meta());
    assert_send(session.sync());
    assert_send(session.handle().finalize(&mut HeaderMap::new()));
    assert_send(session.abandon(&mut HeaderMap::new()));
}

#[test]
fn every_future_of_the_typed_accessors_is_send() {
    let mut session = manager(MemoryStore::new()).open(&HeaderMap::new());
    let mut visitor: Typed<Visitor> = session.typed_mut();
    assert_send(visitor.name());
    assert_send(visitor.remove_name());
    assert_send(visitor.update_name(Option::take));
    assert_send(visitor.try_update_name(|name| name.take().ok_or("none")));
    assert_send(visitor.cart());
    assert_send(visitor.remove_cart());
    assert_send(visitor.update_cart(|cart| cart.push(1)));
    assert_send(visitor.try_update_cart(|cart| cart.pop().ok_or("none")));
    let visitor: ReadOnly<Visitor> = session.typed();
    assert_send(visitor.name());
    assert_send(visitor.cart());
}

#[test]
fn every_future_of_managers_stores_and_layers_is_send() {
    const KEY: IndexKey<u64> = IndexKey::declare("user");
    let manager = manager(MemoryStore::new());
    assert_send(manager.open_verified(&HeaderMap::new()));
    assert_send(manager.delete_expired(1));
    assert_send(manager.find(KEY, &7));
    assert_send(manager.revoke(KEY, &7, SessionId::from_bytes([1; 16])));
    assert_send(manager.revoke_all(KEY, &7, None));
    assert_send(manager.reindex());
    assert_send(SqliteStore::connect("sqlite::memory:"));
    assert_send(async {
        let store = SqliteStore::connect("sqlite::memory:").await?;
        store.migrate().await
    });
    let (store, id, now) = (MemoryStore::new(), SessionId::from_bytes([1; 16]), Timestamp::from_millis(0));
    let token = TokenHash::from_bytes([1; 32]);
    assert_send(store.load(&id, now));
    assert_send(store.delete(&id, DeleteCondition::Token(token), now));
    assert_send(store.find(&IndexHash::from_bytes([1; 32]), None, 10, now));
    assert_send(store.scan(None, 1, now));
    assert_send(store.delete_expired(now, 1));
    assert_send(store.commit(&id, &Commit::touch(token, 0, now)));
    let router: Router = Router::new().layer(SessionLayer::new(manager));
    assert_send(router.oneshot(Request::new(Body::empty())));
    assert_send(Session::from_request_parts(&mut Request::new(()).into_parts().0, &()));
    assert_send(Typed::<Visitor>::from_request_parts(&mut Request::new(()).into_parts().0, &()));
    assert_send(ReadOnly::<Visitor>::from_request_parts(&mut Request::new(()).into_parts().0, &()));
}

/// A typical handler: its locals across an await must be `Send`, too.
#[test]
fn a_whole_handler_is_send() {
    async fn handler(mut session: Session, mut visitor: Typed<Visitor>) -> Result<(), Error> {
        session.cycle_id();
        visitor.set_name("Ada".to_owned())?;
        let dark = visitor.theme()?.is_none() && session.client().get::<u64>("a")?.is_none();
        visitor.update_cart(|cart| cart.push(u64::from(dark))).await?;
        visitor.set_theme("dark".to_owned())?;
        session.client_mut().insert("a", visitor.font()?)?;
        for item in visitor.cart().await? {
            let mut state = session.client_mut();
            state.insert("item", item)?;
            session.insert("item", item).await?;
        }
        session.sync().await
    }
    let mut session = manager(MemoryStore::new()).open(&HeaderMap::new());
    let visitor = session.typed_mut();
    assert_send(handler(session, visitor));
}

#[test]
fn handles_are_send_and_sync() {
    assert_send_sync::<Session>();
    assert_send_sync::<Typed<Visitor>>();
    assert_send_sync::<ReadOnly<Visitor>>();
    assert_send_sync::<ClientState<'static>>();
    assert_send_sync::<ClientStateMut<'static>>();
    assert_send_sync::<SessionManager>();
    assert_send_sync::<SessionConfig>();
    assert_send_sync::<CookieConfig>();
    assert_send_sync::<Lifetime>();
    assert_send_sync::<SecretKey>();
    assert_send_sync::<SessionId>();
    assert_send_sync::<SessionInfo>();
    assert_send_sync::<Error>();
    assert_send_sync::<Key<Rc<u64>>>();
    assert_send_sync::<ClientKey<Rc<u64>>>();
    assert_send_sync::<MemoryStore>();
    assert_send_sync::<SqliteStore>();
    assert_send_sync::<Box<dyn SessionStore>>();
    assert_send_sync::<(
        Record,
        Commit,
        Committed,
        Deleted,
        SessionInfo,
        IndexChange,
        IndexHash,
        RecordPage,
        DeleteCondition,
        Changes,
        Values,
        Json,
    )>();
    assert_send_sync::<SessionLayer>();
    assert_send_sync::<SessionService<Router>>();
}

thread_local! {
    /// Runs while the next `Hooked` is decoded.
    static HOOK: RefCell<Option<Box<dyn FnOnce()>>> = const { RefCell::new(None) };
}

#[derive(Debug, PartialEq, Clone, serde::Serialize)]
struct Hooked(String);

impl<'de> serde::Deserialize<'de> for Hooked {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if let Some(hook) = HOOK.take() {
            hook();
        }
        Ok(Self(text))
    }
}

#[derive(SessionSchema)]
struct Messages {
    #[session(flash)]
    notice: Hooked,
    #[session(flash, keyed)]
    each: BTreeMap<u8, Hooked>,
    #[session(flash, client, keyed)]
    hints: BTreeMap<u8, Hooked>,
    #[session(group)]
    pair: Pair,
}

#[derive(SessionSchema)]
#[session(group)]
struct Pair {
    one: Hooked,
    other: Hooked,
}

type TakeMessage = fn(&mut Typed<Messages>) -> Option<Hooked>;

#[tokio::test]
async fn of_two_handles_that_take_a_message_at_once_one_receives_it() {
    fn taken<T>(future: impl Future<Output = Result<T, Error>>) -> T {
        future.now_or_never().expect("the session is new").unwrap()
    }
    let manager = manager(MemoryStore::new());
    let mut session = manager.open(&HeaderMap::new());
    let once = Hooked("once".to_owned());
    let mut messages = session.typed_mut::<Messages>();
    messages.set_notice(once.clone()).unwrap();
    messages.set_each(&1, once.clone()).unwrap();
    messages.set_hints(&1, once.clone()).unwrap();
    messages.set_pair(Pair { one: once.clone(), other: once.clone() }).unwrap();
    messages.insert("raw", &once).await.unwrap();
    messages.client_mut().insert("raw", &once).unwrap();
    let takes: [TakeMessage; 6] = [
        |messages| taken(messages.take_notice()),
        |messages| taken(messages.take_each(&1)),
        |messages| taken(messages.remove("raw")),
        |messages| taken(messages.remove_pair()).map(|pair| pair.other),
        |messages| messages.take_hints(&1).unwrap(),
        |messages| messages.client_mut().remove("raw").unwrap(),
    ];
    for (index, take) in takes.into_iter().enumerate() {
        let other = Rc::new(RefCell::new((session.typed_mut::<Messages>(), None)));
        let hooked = Rc::clone(&other);
        HOOK.set(Some(Box::new(move || {
            let (messages, found) = &mut *hooked.borrow_mut();
            *found = take(messages);
        })));
        let first = take(&mut session.typed_mut());
        let second = other.borrow_mut().1.take();
        assert_eq!((first, second), (None, Some(once.clone())), "case {index}");
    }
    messages = session.typed_mut();
    messages.set_notice(once.clone()).unwrap();
    let mut other = session.typed_mut::<Messages>();
    HOOK.set(Some(Box::new(move || other.set_notice(Hooked("newer".to_owned())).unwrap())));
    assert_eq!(taken(messages.take_notice()), Some(Hooked("newer".to_owned())), "a value that was set since");
    assert_eq!(taken(messages.peek_notice()), None);
}
