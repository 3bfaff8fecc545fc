//! Every order of an operation of a detached handle and another request, over the memory store, one operation at a time.

use std::fmt;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use http::HeaderMap;
use session::store::{
    Commit, Committed, DeleteCondition, Deleted, FindPage, IndexChange, IndexHash, MemoryStore, Record, RecordPage,
    SessionStore, StoreError, Timestamp,
};
use session::{Error, ErrorKind, Session, SessionId};
use session_tests::{App, Browser};

/// What an operation did to the record, in the order of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    Loaded(Who),
    Changed(Who),
    LoggedIn,
    Deleted(Who),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Detached,
    Rival,
}

/// Yields before each operation, and records its effect.
#[derive(Clone)]
struct SteppedStore {
    inner: Arc<dyn SessionStore>,
    events: Arc<Mutex<Vec<Event>>>,
    running: Arc<Mutex<Who>>,
}

impl SteppedStore {
    async fn step(&self) {
        let mut is_first = true;
        let yield_once = std::future::poll_fn(|context| {
            context.waker().wake_by_ref();
            if std::mem::take(&mut is_first) { Poll::Pending } else { Poll::Ready(()) }
        });
        yield_once.await;
    }

    fn record(&self, event: impl FnOnce(Who) -> Event) {
        let event = event(*self.running.lock().unwrap());
        self.events.lock().unwrap().push(event);
    }
}

#[async_trait]
impl SessionStore for SteppedStore {
    async fn load(&self, id: &SessionId, now: Timestamp) -> Result<Option<Record>, StoreError> {
        self.step().await;
        self.record(Event::Loaded);
        self.inner.load(id, now).await
    }

    async fn create(&self, id: &SessionId, record: &Record, index: &[IndexChange]) -> Result<bool, StoreError> {
        self.step().await;
        self.inner.create(id, record, index).await
    }

    async fn commit(&self, id: &SessionId, commit: &Commit) -> Result<Committed, StoreError> {
        self.step().await;
        let committed = self.inner.commit(id, commit).await?;
        if let Committed::Done(_) = committed {
            let is_login = commit.rotation.is_some_and(|rotation| rotation.is_login);
            self.record(|who| if is_login { Event::LoggedIn } else { Event::Changed(who) });
        }
        Ok(committed)
    }

    async fn delete(&self, id: &SessionId, condition: DeleteCondition, now: Timestamp) -> Result<Deleted, StoreError> {
        self.step().await;
        let deleted = self.inner.delete(id, condition, now).await?;
        if deleted == Deleted::Done {
            self.record(Event::Deleted);
        }
        Ok(deleted)
    }

    async fn find(
        &self,
        hash: &IndexHash,
        cursor: Option<&str>,
        limit: usize,
        now: Timestamp,
    ) -> Result<FindPage, StoreError> {
        self.inner.find(hash, cursor, limit, now).await
    }

    async fn find_records(
        &self,
        hash: &IndexHash,
        cursor: Option<&str>,
        limit: usize,
        now: Timestamp,
    ) -> Result<RecordPage, StoreError> {
        self.inner.find_records(hash, cursor, limit, now).await
    }

    async fn scan(&self, cursor: Option<&str>, limit: usize, now: Timestamp) -> Result<RecordPage, StoreError> {
        self.inner.scan(cursor, limit, now).await
    }

    async fn delete_expired(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        self.inner.delete_expired(now, limit).await
    }
}

type Operation = for<'s> fn(&'s mut Session) -> BoxFuture<'s, Result<(), Error>>;

/// The operations of a detached handle. The first two only read.
const OPERATIONS: [(&str, Operation); 6] = [
    ("read", |session| {
        Box::pin(async {
            session.reload();
            session.get::<u64>("a").await.map(|value| assert!(value.is_some()))
        })
    }),
    ("heartbeat", |session| {
        Box::pin(async {
            session.keep_alive();
            session.sync().await
        })
    }),
    ("write", |session| {
        Box::pin(async {
            session.insert("a", 9).await?;
            session.sync().await
        })
    }),
    ("update", |session| Box::pin(session.update("count", |count: &mut Option<u64>| *count.get_or_insert(0) += 1))),
    ("delete", |session| {
        Box::pin(async {
            session.delete();
            session.sync().await
        })
    }),
    ("two writes", |session| {
        Box::pin(async {
            session.insert("a", 9).await?;
            session.sync().await?;
            session.insert("b", 9).await?;
            session.sync().await
        })
    }),
];

/// The name of a rival request, and its operations.
type Rival = (&'static str, &'static [fn(&mut Session)]);

/// The other requests of the session, with one response each.
const RIVALS: [Rival; 7] = [
    ("renewal", &[Session::renew_token]),
    ("two renewals", &[Session::renew_token, Session::renew_token]),
    ("rotation", &[Session::cycle_id]),
    ("renewal and rotation", &[Session::renew_token, Session::cycle_id]),
    ("rotation and renewal", &[Session::cycle_id, Session::renew_token]),
    ("logout", &[Session::invalidate]),
    ("renewal and logout", &[Session::renew_token, Session::invalidate]),
];

struct Schedule<'a> {
    operation: (&'a str, Operation),
    rival: (&'a str, &'a [fn(&mut Session)]),
    /// The request of the handle has loaded the session.
    is_verified: bool,
}

impl fmt::Display for Schedule<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} with {} (verified: {})", self.operation.0, self.rival.0, self.is_verified)
    }
}

impl Schedule<'_> {
    /// Runs every order, and returns their number.
    async fn explore(&self) -> usize {
        let (mut order, mut count) = (Vec::new(), 0);
        loop {
            self.run(&mut order).await;
            count += 1;
            // The next order: the last step of the rival that was not tried yet.
            while order.pop_if(|(who, _)| *who == Who::Rival).is_some() || order.pop_if(|(_, free)| !*free).is_some() {}
            match order.last_mut() {
                Some((who, _)) => *who = Who::Rival,
                None => return count,
            }
        }
    }

    /// Runs the steps of `order`, then the others with the detached handle first. Adds the steps that it took, and whether
    /// the other side could have run instead.
    async fn run(&self, order: &mut Vec<(Who, bool)>) {
        let store = SteppedStore {
            inner: Arc::new(MemoryStore::new()),
            events: Arc::default(),
            running: Arc::new(Mutex::new(Who::Rival)),
        };
        let app = App::on_store(Arc::new(store.clone()), |config| config);
        let mut browser = app.browser_with(&[("a", 1)]).await;
        let session = app.open(&browser);
        if self.is_verified {
            session.meta().await.unwrap();
        }
        let mut detached = session.detached().unwrap();
        store.events.lock().unwrap().clear();
        let (done, rival) = {
            let mut detached = pin!((self.operation.1)(&mut detached));
            let mut rival = pin!(rival(&app, &mut browser, self.rival.1));
            let (mut done, mut rival_done, mut step) = (None, None, 0);
            while done.is_none() || rival_done.is_none() {
                let free = done.is_none() && rival_done.is_none();
                let forced = if done.is_none() { Who::Detached } else { Who::Rival };
                if step == order.len() {
                    order.push((forced, free));
                }
                let (who, _) = order[step];
                step += 1;
                *store.running.lock().unwrap() = who;
                match who {
                    Who::Detached => done = poll(detached.as_mut()),
                    Who::Rival => rival_done = poll(rival.as_mut()),
                }
            }
            (done.unwrap(), rival_done.unwrap())
        };
        let events = store.events.lock().unwrap().clone();
        let result = done.map_err(|error| error.kind());
        if let Err(rule) = self.check(&events, result, rival.map_err(|error| error.kind())) {
            panic!("{rule}\n{self}\norder: {order:?}\nevents: {events:?}\nresult: {result:?}");
        }
    }

    fn check(
        &self,
        events: &[Event],
        result: Result<(), ErrorKind>,
        rival: Result<(), ErrorKind>,
    ) -> Result<(), &'static str> {
        let rule = |holds: bool, text| if holds { Ok(()) } else { Err(text) };
        let is_own = |event: &&Event| matches!(event, Event::Changed(Who::Detached) | Event::Deleted(Who::Detached));
        let lost = events.iter().position(|event| matches!(event, Event::LoggedIn | Event::Deleted(Who::Rival)));
        let after = lost.map_or(&[][..], |at| &events[at..]);
        let (name, own) = (self.operation.0, events.iter().filter(is_own).count());
        rule(!after.iter().any(|event| is_own(&event)), "nothing is stored after a login or a logout")?;
        let has_login = events.contains(&Event::LoggedIn);
        let has_logout = events.contains(&Event::Deleted(Who::Rival));
        match result {
            Ok(()) => {
                let expected = match name {
                    "read" => 0,
                    // A handle that had to load the session knows that no renewal is due.
                    "heartbeat" => usize::from(self.is_verified),
                    "two writes" => 2,
                    "delete" if has_logout => own,
                    _ => 1,
                };
                rule(own == expected, "a success is stored")
            }
            Err(ErrorKind::Replaced) => {
                let renewed_before = !self.is_verified && events.contains(&Event::Changed(Who::Rival));
                rule(has_login || renewed_before, "`Replaced` has its cause in a login")
            }
            Err(ErrorKind::Ended) => rule(has_logout, "`Ended` has its cause in a logout"),
            Err(_) => Err("no other error"),
        }?;
        let is_stored_in_part = name == "two writes" && own == 1;
        rule(result.is_ok() || own == 0 || is_stored_in_part, "an error stores nothing")?;
        rule(rival.is_ok() || name == "delete", "a detached handle does not disturb other requests")
    }
}

async fn rival(app: &App, browser: &mut Browser, calls: &[fn(&mut Session)]) -> Result<(), Error> {
    for call in calls {
        let mut session = app.manager.open(&browser.request());
        call(&mut session);
        let mut response = HeaderMap::new();
        let result = session.finalize(&mut response).await;
        browser.keep(&response);
        result?;
    }
    Ok(())
}

fn poll<T>(future: Pin<&mut impl Future<Output = T>>) -> Option<T> {
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => Some(done),
        Poll::Pending => None,
    }
}

#[tokio::test]
async fn every_order_of_a_detached_handle_and_another_request() {
    let mut count = 0;
    for operation in OPERATIONS {
        for rival in RIVALS {
            for is_verified in [true, false] {
                count += Schedule { operation, rival, is_verified }.explore().await;
            }
        }
    }
    println!("{count} orders");
    assert!(count > 500, "{count}");
}
