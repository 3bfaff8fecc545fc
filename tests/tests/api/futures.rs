//! Tests that futures are `Send`, that handles may be used anywhere, and that user code never runs under the state's lock.

use std::future::Future;
use std::sync::Mutex;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequestParts, Request};
use axum::http::HeaderMap;
use futures_util::FutureExt;
use session::axum::SessionLayer;
use session::store::{
    Changes, Commit, Committed, Deleted, Found, IndexChange, IndexHash, Json, MemoryStore, Page, Proof, Record,
    SessionStore, SqliteStore, Timestamp, TokenHash, Values,
};
use session::tower::SessionService;
use session::{
    ClientKey, ClientState, ClientStateMut, CookieConfig, Error, IndexKey, Key, Lifetime, Meta, ReadOnly, SecretKey,
    Session, SessionConfig, SessionId, SessionManager, SessionSchema, Typed,
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

fn is_send(_: impl Future + Send) {}

fn goes_anywhere<T: Send + Sync + 'static>() {}

fn manager(store: impl SessionStore) -> SessionManager {
    SessionManager::new(store, SessionConfig::new(SecretKey::generate()))
}

/// Where a log goes that looks at the session that it is about, as one does that names the session in each line.
struct Curious(Session);

impl std::io::Write for Curious {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        assert!(!self.0.is_invalidated());
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A text that looks at a session while it is made one.
struct Label(Session);

impl From<Label> for String {
    fn from(Label(session): Label) -> Self {
        format!("{}", session.is_invalidated())
    }
}

#[test]
fn no_user_code_runs_while_the_state_is_locked() {
    let (done, finished) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut session = manager(MemoryStore::new()).open(&HeaderMap::new());
        let (mut kept, curious) = (session.handle(), Mutex::new(Curious(session.handle())));
        kept.set_label(Label(session.handle()));
        session.finalize(&mut HeaderMap::new()).now_or_never().expect("nothing to store").unwrap();
        let _guard = tracing_subscriber::fmt().with_writer(curious).finish().set_default();
        kept.cycle_id();
        kept.set_label("late");
        kept.invalidate();
        done.send(()).unwrap();
    });
    finished.recv_timeout(Duration::from_secs(30)).expect("nobody waits for a lock that he holds");
}

#[test]
fn every_future_of_a_session_is_send() {
    let mut session = manager(MemoryStore::new()).open(&HeaderMap::new());
    is_send(session.get::<u64>("a"));
    is_send(session.get_raw("a"));
    is_send(session.insert("a", 1));
    is_send(session.insert("a".to_owned(), "b"));
    is_send(session.insert_raw("a", 1.into()));
    is_send(session.remove::<u64>("a"));
    is_send(session.remove_raw("a"));
    is_send(session.unset("a"));
    is_send(session.update("a", |a: &mut Option<u64>| a.take()));
    is_send(session.try_update("a", |a: &mut Option<u64>| a.take().ok_or("none")));
    is_send(session.entries());
    is_send(session.is_empty());
    is_send(session.clear());
    is_send(session.meta());
    is_send(session.sync());
    is_send(session.handle().finalize(&mut HeaderMap::new()));
    is_send(session.abandon(&mut HeaderMap::new()));
}

#[test]
fn every_future_of_the_typed_accessors_is_send() {
    let mut session = manager(MemoryStore::new()).open(&HeaderMap::new());
    let mut visitor: Typed<Visitor> = session.typed_mut();
    is_send(visitor.name());
    is_send(visitor.remove_name());
    is_send(visitor.update_name(Option::take));
    is_send(visitor.try_update_name(|name| name.take().ok_or("none")));
    is_send(visitor.cart());
    is_send(visitor.remove_cart());
    is_send(visitor.update_cart(|cart| cart.push(1)));
    is_send(visitor.try_update_cart(|cart| cart.pop().ok_or("none")));
    let visitor: ReadOnly<Visitor> = session.typed();
    is_send(visitor.name());
    is_send(visitor.cart());
}

#[test]
fn every_future_of_managers_stores_and_layers_is_send() {
    const KEY: IndexKey<u64> = IndexKey::declare("user");
    let manager = manager(MemoryStore::new());
    is_send(manager.open_verified(&HeaderMap::new()));
    is_send(manager.delete_expired(1));
    is_send(manager.find(KEY, &7));
    is_send(manager.revoke(KEY, &7, SessionId::from_bytes([1; 16])));
    is_send(manager.revoke_all(KEY, &7, None));
    is_send(manager.reindex());
    is_send(SqliteStore::connect("sqlite::memory:"));
    is_send(async {
        let store = SqliteStore::connect("sqlite::memory:").await?;
        store.migrate().await
    });
    let (store, id, now) = (MemoryStore::new(), SessionId::from_bytes([1; 16]), Timestamp::from_millis(0));
    let token = TokenHash::from_bytes([1; 32]);
    is_send(store.load(&id, now));
    is_send(store.delete(&id, Proof::Token(token), now));
    is_send(store.find(&IndexHash::from_bytes([1; 32]), now));
    is_send(store.scan(None, 1, now));
    is_send(store.delete_expired(now, 1));
    is_send(store.commit(&id, &Commit::touch(token, 0, now)));
    let router: Router = Router::new().layer(SessionLayer::new(manager));
    is_send(router.oneshot(Request::new(Body::empty())));
    is_send(Session::from_request_parts(&mut Request::new(()).into_parts().0, &()));
    is_send(Typed::<Visitor>::from_request_parts(&mut Request::new(()).into_parts().0, &()));
    is_send(ReadOnly::<Visitor>::from_request_parts(&mut Request::new(()).into_parts().0, &()));
}

/// A handler as people write it: what it holds across its awaits must be `Send` as well.
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
    is_send(handler(session, visitor));
}

#[test]
fn handles_go_anywhere() {
    goes_anywhere::<Session>();
    goes_anywhere::<Typed<Visitor>>();
    goes_anywhere::<ReadOnly<Visitor>>();
    goes_anywhere::<ClientState<'static>>();
    goes_anywhere::<ClientStateMut<'static>>();
    goes_anywhere::<SessionManager>();
    goes_anywhere::<SessionConfig>();
    goes_anywhere::<CookieConfig>();
    goes_anywhere::<Lifetime>();
    goes_anywhere::<SecretKey>();
    goes_anywhere::<SessionId>();
    goes_anywhere::<Meta>();
    goes_anywhere::<Error>();
    goes_anywhere::<Key<std::rc::Rc<u64>>>();
    goes_anywhere::<ClientKey<std::rc::Rc<u64>>>();
    goes_anywhere::<MemoryStore>();
    goes_anywhere::<SqliteStore>();
    goes_anywhere::<Box<dyn SessionStore>>();
    goes_anywhere::<(
        Record,
        Commit,
        Committed,
        Deleted,
        Found,
        IndexChange,
        IndexHash,
        Page,
        Proof,
        Changes,
        Values,
        Json,
    )>();
    goes_anywhere::<SessionLayer>();
    goes_anywhere::<SessionService<Router>>();
}
