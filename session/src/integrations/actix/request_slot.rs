//! The sessions of one request, where its extractors find them.

use std::cell::{Cell, RefCell};
use std::mem;
use std::rc::Rc;
use std::sync::{Arc, Weak};

use actix_web::dev::RequestHead;
use actix_web::http::header::HeaderValue;

use crate::error::{Error, ErrorKind};
use crate::integrations::shared_cookie_name::warn_of_shared_cookie_name;
use crate::request::session_inner::SessionInner;
use crate::session::manager::session_manager::SessionManager;
use crate::session::request_session::RequestSession;

/// The slot in the form that is attached to a request.
pub(super) type SharedSlot = Rc<RequestSlot>;

/// The sessions of one request: one for each manager whose middleware the request has passed.
///
/// The outermost middleware attaches the slot to the request. The cells are borrowed only for a moment, and independently of
/// the extensions of the request, which a handler may have borrowed.
#[derive(Default)]
pub(super) struct RequestSlot {
    entries: RefCell<Vec<Entry>>,
    /// The index of the entry that extractors use.
    current: Cell<usize>,
}

struct Entry {
    manager: SessionManager,
    session: EntrySession,
}

enum EntrySession {
    /// Nothing has used the session.
    Unused,
    Begun(RequestSession),
    /// The middleware has ended the request. Handles may still exist.
    Ended(Weak<SessionInner>),
}

/// The position of a middleware among the middlewares of a request.
pub(super) struct Position {
    /// The index of the middleware's entry.
    index: usize,
    /// The index that was current outside of the middleware.
    outer: usize,
    /// True if an outer middleware has the same manager. That middleware commits the session.
    pub(super) is_shared: bool,
}

impl RequestSlot {
    /// Makes the slot the one of a new request, whose outermost middleware has this manager.
    pub(super) fn restart(&self, manager: &SessionManager) -> Position {
        let mut entries = self.entries.borrow_mut();
        entries.clear();
        entries.push(Entry::new(manager));
        self.current.set(0);
        Position { index: 0, outer: 0, is_shared: false }
    }

    /// Returns true until the outermost middleware has ended the request.
    pub(super) fn is_running(&self) -> bool {
        let is_ended = |entry: &Entry| matches!(entry.session, EntrySession::Ended(_));
        self.entries.borrow().first().is_some_and(|outermost| !is_ended(outermost))
    }

    /// Makes the extractors use the session of this manager. If an outer middleware has the same manager, they share its
    /// session.
    pub(super) fn enter(&self, manager: &SessionManager) -> Position {
        let shared = self.entries.borrow().iter().position(|entry| entry.is_managed_by(manager));
        let is_shared = shared.is_some();
        let index = shared.unwrap_or_else(|| self.add(manager));
        Position { index, outer: self.current.replace(index), is_shared }
    }

    #[cold]
    fn add(&self, manager: &SessionManager) -> usize {
        let index = self.entries.borrow().len();
        for outer in (0..index).rev() {
            // A clone, because a log subscriber runs without a borrow.
            let outer = self.entries.borrow().get(outer).map(|entry| entry.manager.clone());
            if let Some(outer) = outer {
                warn_of_shared_cookie_name(manager.inner(), outer.inner());
            }
        }
        self.entries.borrow_mut().push(Entry::new(manager));
        index
    }

    /// Makes the extractors use the session that was current outside of a middleware. Returns the session that this
    /// middleware has to end, if the request has used it.
    pub(super) fn leave(&self, position: &Position) -> Option<RequestSession> {
        self.current.set(position.outer);
        if position.is_shared {
            return None;
        }
        let mut entries = self.entries.borrow_mut();
        let session = entries.get_mut(position.index).and_then(Entry::end);
        // The outermost entry stays, so that later calls get an error about the end of the request.
        if position.index > 0 {
            entries.truncate(position.index);
        }
        session
    }

    /// Returns the current session, and begins it at the first call.
    pub(super) fn session(&self, head: &RequestHead) -> Result<RequestSession, Error> {
        let index = self.current.get();
        let manager = match self.entries.borrow().get(index) {
            Some(Entry { manager, session: EntrySession::Unused }) => manager.clone(),
            Some(Entry { session: EntrySession::Begun(session), .. }) => return Ok(session.clone()),
            Some(Entry { session: EntrySession::Ended(session), .. }) => return revive(session),
            None => return Err(Error::refused(ErrorKind::Finalized)),
        };
        // Not borrowed, because a log subscriber may run.
        let session = manager.begin_from(|name| head.headers.get_all(name).map(HeaderValue::as_bytes));
        let session = session.with_method(head.method.as_str());
        if let Some(entry) = self.entries.borrow_mut().get_mut(index) {
            entry.session = EntrySession::Begun(session.clone());
        }
        Ok(session)
    }
}

/// Returns the session of a request that has ended, if a handle of it still exists.
fn revive(session: &Weak<SessionInner>) -> Result<RequestSession, Error> {
    session.upgrade().map(RequestSession::from_inner).ok_or_else(|| Error::refused(ErrorKind::Finalized))
}

impl Entry {
    fn new(manager: &SessionManager) -> Self {
        Self { manager: manager.clone(), session: EntrySession::Unused }
    }

    fn is_managed_by(&self, manager: &SessionManager) -> bool {
        Arc::ptr_eq(self.manager.inner(), manager.inner())
    }

    fn end(&mut self) -> Option<RequestSession> {
        match mem::replace(&mut self.session, EntrySession::Ended(Weak::new())) {
            EntrySession::Begun(session) => {
                self.session = EntrySession::Ended(Arc::downgrade(session.inner()));
                Some(session)
            }
            EntrySession::Unused | EntrySession::Ended(_) => None,
        }
    }
}
