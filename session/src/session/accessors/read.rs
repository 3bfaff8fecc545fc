//! The futures of the accessors that read: `Get`, `GetOr`, `Remove`, `Take`.
//!
//! They are types with names, because an `async fn` for each accessor costs the compiler several times as much.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use crate::error::Error;
use crate::request::fields;
use crate::schema::field::Field;
use crate::schema::field::field_keys::StoredValue;
use crate::session::handle::Session;

/// A load of the session. It does not contain the value's type, so it is `Send` for each type.
type Load<'a> = Pin<Box<dyn Future<Output = Result<Option<StoredValue<'a>>, Error>> + Send + 'a>>;

/// The read of a field, which loads the session if necessary.
struct Read<'a, T> {
    session: &'a Session,
    field: &'a Field<'a, T>,
    step: ReadStep<'a>,
}

enum ReadStep<'a> {
    Start,
    Refused(Option<Error>),
    Load(Load<'a>),
}

impl<'a, T> Read<'a, T> {
    #[inline]
    fn new(session: &'a Session, field: &'a Field<'a, T>, refused: Option<Error>) -> Self {
        let step = if refused.is_some() { ReadStep::Refused(refused) } else { ReadStep::Start };
        Self { session, field, step }
    }

    /// Returns the stored value after a load.
    #[cold]
    fn load(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<StoredValue<'a>>, Error>> {
        let (session, field) = (self.session, self.field);
        if let ReadStep::Start = self.step {
            self.step = ReadStep::Load(Box::pin(session.inner().find(&field.keys)));
        }
        match &mut self.step {
            ReadStep::Load(load) => load.as_mut().poll(context),
            ReadStep::Refused(error) => Poll::Ready(Err(error.take().expect("polled after its completion"))),
            ReadStep::Start => unreachable!("the load has started"),
        }
    }

    fn decode(&self, stored: Option<&StoredValue<'_>>) -> Result<Option<T>, Error> {
        self.field.decode_stored(stored, &*self.session.inner().manager)
    }

    /// Decodes the value and keeps it.
    #[inline]
    fn poll_get(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<T>, Error>> {
        if let ReadStep::Start = self.step {
            if let Some(value) = self.session.get_cached(self.field) {
                return Poll::Ready(value);
            }
            if let Ok(stored) = self.session.inner().find_loaded(&self.field.keys) {
                return Poll::Ready(self.decode(stored.as_ref()));
            }
        }
        let stored = ready!(self.load(context))?;
        Poll::Ready(self.decode(stored.as_ref()))
    }

    /// Decodes the value and removes it.
    fn poll_remove(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<T>, Error>> {
        let inner = self.session.inner();
        let mut known = None;
        if let ReadStep::Start = self.step {
            inner.check_open()?;
            known = inner.find_loaded(&self.field.keys).ok();
        }
        let stored = match known {
            Some(stored) => stored,
            None => ready!(self.load(context))?,
        };
        Poll::Ready(fields::remove_stored(inner, self.field, stored.as_ref()))
    }
}

/// The future of a getter, for example `visitor.user_id()`. Resolves to `Result<Option<T>, session::Error>`.
#[must_use = "a getter reads nothing until it is awaited: add `.await`"]
pub struct Get<'a, T> {
    read: Read<'a, T>,
}

impl<'a, T> Get<'a, T> {
    #[inline]
    pub(crate) fn new(session: &'a Session, field: &'a Field<'a, T>, refused: Option<Error>) -> Self {
        Self { read: Read::new(session, field, refused) }
    }
}

impl<T> Future for Get<'_, T> {
    type Output = Result<Option<T>, Error>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.read.poll_get(context)
    }
}

/// The future of a getter with a default, for example `visitor.cart()`. Resolves to `Result<T, session::Error>`.
#[must_use = "a getter reads nothing until it is awaited: add `.await`"]
pub struct GetOr<'a, T> {
    read: Read<'a, T>,
    default: fn() -> T,
}

impl<'a, T> GetOr<'a, T> {
    #[inline]
    pub(crate) fn new(get: Get<'a, T>, default: fn() -> T) -> Self {
        Self { read: get.read, default }
    }
}

impl<T> Future for GetOr<'_, T> {
    type Output = Result<T, Error>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let value = ready!(self.read.poll_get(context))?;
        Poll::Ready(Ok(value.unwrap_or_else(self.default)))
    }
}

/// The future of `visitor.remove_user_id()`. Resolves to `Result<Option<T>, session::Error>`.
#[must_use = "a value is removed when the call is awaited: add `.await`"]
pub struct Remove<'a, T> {
    read: Read<'a, T>,
}

impl<'a, T> Remove<'a, T> {
    #[inline]
    pub(crate) fn new(session: &'a Session, field: &'a Field<'a, T>, refused: Option<Error>) -> Self {
        Self { read: Read::new(session, field, refused) }
    }
}

impl<T> Future for Remove<'_, T> {
    type Output = Result<Option<T>, Error>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.read.poll_remove(context)
    }
}

/// The future of `visitor.take_notice()`. Resolves to `Result<Option<T>, session::Error>`.
#[must_use = "a message is taken when the call is awaited: add `.await`"]
pub struct Take<'a, T> {
    read: Read<'a, T>,
}

impl<'a, T> Take<'a, T> {
    #[inline]
    pub(crate) fn new(session: &'a Session, field: &'a Field<'a, T>, refused: Option<Error>) -> Self {
        Self { read: Read::new(session, field, refused) }
    }
}

impl<T> Future for Take<'_, T> {
    type Output = Result<Option<T>, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // A HEAD request keeps the message, because its client sees no page.
        if self.read.session.inner().is_head() { self.read.poll_get(context) } else { self.read.poll_remove(context) }
    }
}
