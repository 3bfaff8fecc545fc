//! The state machine of an update: all accessors and the raw key API use it.

use std::future::poll_fn;
use std::mem;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use crate::error::{Error, ErrorKind};
use crate::record::id::random_bytes;
use crate::record::json::Json;
use crate::request::operations::timer::wait_timer;
use crate::request::operations::update::compare_and_swap::{Swap, UpdateSource, Wait};
use crate::request::operations::update::queue::Turn;
use crate::request::session_inner::SessionInner;
use crate::schema::field::Field;
use crate::schema::field::codec::Encode;
use crate::schema::field::field_keys::{FieldKeys, StoredValue};

/// After this many conflicts an update fails with [`Conflict`](ErrorKind::Conflict).
const MAX_ATTEMPTS: usize = 128;

/// Updates a server field. `f` runs outside of all locks, and again after each conflict.
pub(crate) async fn try_update<'a, T, R, E>(
    session: &'a SessionInner,
    field: &'a Field<'a, T>,
    encode: Encode<T>,
    mut f: impl FnMut(&mut Option<T>) -> Result<R, E>,
) -> Result<Result<R, E>, Error> {
    let mut update = FieldUpdate::new(session, field, encode);
    poll_fn(|context| update.poll(context, &mut f)).await
}

/// The update of a server field, for futures that have a name. `f` is passed to each poll. It runs outside of all locks, and again after each conflict.
pub(crate) struct FieldUpdate<'a, T, R> {
    session: &'a SessionInner,
    field: &'a Field<'a, T>,
    encode: Encode<T>,
    conflicts: usize,
    turn: Option<Turn<'a>>,
    step: Step<'a, R>,
}

enum Step<'a, R> {
    Start,
    Refused(Error),
    Source(Wait<'a, (Option<Turn<'a>>, UpdateSource<'a>)>),
    Swap(Wait<'a, bool>, R),
    Done,
}

/// Nothing is pinned in place: the waits are boxed, and `f` only gets a reference to a value.
impl<T, R> Unpin for FieldUpdate<'_, T, R> {}

impl<'a, T, R> FieldUpdate<'a, T, R> {
    #[inline]
    pub(crate) fn new(session: &'a SessionInner, field: &'a Field<'a, T>, encode: Encode<T>) -> Self {
        Self { session, field, encode, conflicts: 0, turn: None, step: Step::Start }
    }

    /// Makes the update fail at its first poll.
    pub(crate) fn refuse(mut self, error: Error) -> Self {
        self.step = Step::Refused(error);
        self
    }

    #[inline]
    pub(crate) fn poll<E>(
        &mut self,
        context: &mut Context<'_>,
        f: impl FnMut(&mut Option<T>) -> Result<R, E>,
    ) -> Poll<Result<Result<R, E>, Error>> {
        let result = ready!(self.poll_attempts(context, f));
        self.turn = None;
        self.step = Step::Done;
        Poll::Ready(result.inspect_err(|error| self.session.report_refusal(error)))
    }

    fn poll_attempts<E>(
        &mut self,
        context: &mut Context<'_>,
        mut f: impl FnMut(&mut Option<T>) -> Result<R, E>,
    ) -> Poll<Result<Result<R, E>, Error>> {
        loop {
            let source = match &mut self.step {
                Step::Start => self.start()?,
                Step::Source(wait) => {
                    let (turn, source) = ready!(wait.as_mut().poll(context))?;
                    self.turn = turn;
                    Some(source)
                }
                Step::Swap(wait, _) => {
                    let is_stored = ready!(wait.as_mut().poll(context))?;
                    if let Some(result) = self.finish_swap(is_stored)? {
                        return Poll::Ready(Ok(Ok(result)));
                    }
                    None
                }
                Step::Refused(_) | Step::Done => return Poll::Ready(Err(self.refusal())),
            };
            let Some(UpdateSource { stored, condition }) = source else { continue };
            // If `f` panics, a further poll must not continue with the old source, and the turn is given back.
            self.step = Step::Done;
            let turn = self.turn.take();
            let (result, json) = match self.run(stored.as_ref(), &mut f)? {
                Ok(changed) => changed,
                Err(error) => return Poll::Ready(Ok(Err(error))),
            };
            self.turn = turn;
            match self.session.swap_at_once(&self.field.keys, condition, json)? {
                Swap::Done(true) => return Poll::Ready(Ok(Ok(result))),
                Swap::Done(false) => self.retry()?,
                Swap::Waits(wait) => self.step = Step::Swap(wait, result),
            }
        }
    }

    /// Returns the value from which the update starts, unless it must wait for it.
    #[inline]
    fn start(&mut self) -> Result<Option<UpdateSource<'a>>, Error> {
        let (session, keys) = (self.session, &self.field.keys);
        let (turn, wait) = session.enter_update_queue()?;
        if wait.is_none()
            && let Some(source) = session.update_source_at_once(keys)?
        {
            self.turn = turn;
            return Ok(Some(source));
        }
        self.step = Step::Source(Box::pin(async move {
            let turn = match (turn, wait) {
                (Some(turn), Some(wait)) => Some(turn.wait(wait).await),
                (turn, _) => turn,
            };
            let source = session.update_source(keys).await?;
            Ok((turn, source))
        }));
        Ok(None)
    }

    /// Runs `f` on the stored value, and encodes the new one.
    fn run<E>(
        &self,
        stored: Option<&StoredValue<'_>>,
        f: impl FnOnce(&mut Option<T>) -> Result<R, E>,
    ) -> Result<Result<(R, Option<Json>), E>, Error> {
        let mut value = self.field.decode_stored(stored, &*self.session.manager)?;
        let result = match f(&mut value) {
            Ok(result) => result,
            Err(error) => return Ok(Err(error)),
        };
        let encode = |value| self.field.encode_value(self.encode, value, &*self.session.manager);
        let json = value.as_ref().map(encode).transpose()?;
        Ok(Ok((result, json)))
    }

    fn finish_swap(&mut self, is_stored: bool) -> Result<Option<R>, Error> {
        match mem::replace(&mut self.step, Step::Done) {
            Step::Swap(_, result) if is_stored => Ok(Some(result)),
            _ => self.retry().map(|()| None),
        }
    }

    #[cold]
    fn retry(&mut self) -> Result<(), Error> {
        self.conflicts += 1;
        let (session, keys, conflicts) = (self.session, &self.field.keys, self.conflicts);
        if conflicts == MAX_ATTEMPTS {
            return Err(conflict(keys));
        }
        session.report_retry();
        let turn = self.turn.take();
        self.step = Step::Source(Box::pin(async move {
            back_off(conflicts).await;
            let turn = match turn {
                Some(turn) => Some(turn.keep().await),
                None => None,
            };
            let source = session.update_source(keys).await?;
            Ok((turn, source))
        }));
        Ok(())
    }

    #[cold]
    fn refusal(&mut self) -> Error {
        match mem::replace(&mut self.step, Step::Done) {
            Step::Refused(error) => error,
            _ => panic!("an update was polled after its completion"),
        }
    }
}

fn conflict(keys: &FieldKeys<'_>) -> Error {
    let key = keys.key.escape_debug();
    let message = format!("other requests changed the session {MAX_ATTEMPTS} times during the update of `{key}`");
    Error::new(ErrorKind::Conflict, message)
}

/// Exponential back-off with jitter, so that slow updates are not starved.
async fn back_off(conflicts: usize) {
    const CONFLICTS_PER_STEP: usize = 8;
    if conflicts < CONFLICTS_PER_STEP {
        return;
    }
    let [random] = random_bytes::<1>();
    let longest = Duration::from_millis(1) * (1 << (conflicts / CONFLICTS_PER_STEP - 1).min(6));
    wait_timer(longest * u32::from(random) / 255).await;
}
