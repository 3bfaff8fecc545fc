//! The futures of the accessors that update: `Update`, `UpdateOr`, `TryUpdate`, `TryUpdateOr`.
//!
//! Each adds only the call of `f` to the state machine that it shares with `Session::update`.

use std::convert::Infallible;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use crate::error::Error;
use crate::request::operations::update::field_update::FieldUpdate;

/// The future of `visitor.update_user_id(f)`. Resolves to `Result<R, session::Error>`, where `f` returns `R`.
///
/// It is `Send` if `f` and `R` are.
#[must_use = "an update changes nothing until it is awaited: add `.await`"]
pub struct Update<'a, T, R, F> {
    update: FieldUpdate<'a, T, R>,
    f: F,
}

/// The future of `visitor.update_cart(f)`, for a field with a default. Resolves to `Result<R, session::Error>`, where `f`
/// returns `R`.
///
/// It is `Send` if `f` and `R` are.
#[must_use = "an update changes nothing until it is awaited: add `.await`"]
pub struct UpdateOr<'a, T, R, F> {
    update: FieldUpdate<'a, T, R>,
    default: fn() -> T,
    f: F,
}

/// The future of `visitor.try_update_user_id(f)`. Resolves to `Result<Result<R, E>, session::Error>`, where `f` returns
/// `Result<R, E>`.
///
/// It is `Send` if `f` and `R` are.
#[must_use = "an update changes nothing until it is awaited: add `.await`"]
pub struct TryUpdate<'a, T, R, E, F> {
    update: FieldUpdate<'a, T, R>,
    f: F,
    error: PhantomData<fn() -> E>,
}

/// The future of `visitor.try_update_cart(f)`, for a field with a default. Resolves to
/// `Result<Result<R, E>, session::Error>`, where `f` returns `Result<R, E>`.
///
/// It is `Send` if `f` and `R` are.
#[must_use = "an update changes nothing until it is awaited: add `.await`"]
pub struct TryUpdateOr<'a, T, R, E, F> {
    update: FieldUpdate<'a, T, R>,
    default: fn() -> T,
    f: F,
    error: PhantomData<fn() -> E>,
}

// `f` only runs by reference: nothing is pinned in place.
impl<T, R, F> Unpin for Update<'_, T, R, F> {}
impl<T, R, F> Unpin for UpdateOr<'_, T, R, F> {}
impl<T, R, E, F> Unpin for TryUpdate<'_, T, R, E, F> {}
impl<T, R, E, F> Unpin for TryUpdateOr<'_, T, R, E, F> {}

impl<'a, T, R, F> Update<'a, T, R, F> {
    #[inline]
    pub(crate) fn new(update: FieldUpdate<'a, T, R>, f: F) -> Self {
        Self { update, f }
    }
}

impl<'a, T, R, F> UpdateOr<'a, T, R, F> {
    #[inline]
    pub(crate) fn new(update: FieldUpdate<'a, T, R>, default: fn() -> T, f: F) -> Self {
        Self { update, default, f }
    }
}

impl<'a, T, R, E, F> TryUpdate<'a, T, R, E, F> {
    #[inline]
    pub(crate) fn new(update: FieldUpdate<'a, T, R>, f: F) -> Self {
        Self { update, f, error: PhantomData }
    }
}

impl<'a, T, R, E, F> TryUpdateOr<'a, T, R, E, F> {
    #[inline]
    pub(crate) fn new(update: FieldUpdate<'a, T, R>, default: fn() -> T, f: F) -> Self {
        Self { update, default, f, error: PhantomData }
    }
}

impl<T, R, F: FnMut(&mut Option<T>) -> R> Future for Update<'_, T, R, F> {
    type Output = Result<R, Error>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { update, f } = &mut *self;
        into_ok(update.poll(context, |value| Ok(f(value))))
    }
}

impl<T, R, F: FnMut(&mut T) -> R> Future for UpdateOr<'_, T, R, F> {
    type Output = Result<R, Error>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { update, default, f } = &mut *self;
        into_ok(update.poll(context, |value| Ok(f(value.get_or_insert_with(*default)))))
    }
}

impl<T, R, E, F: FnMut(&mut Option<T>) -> Result<R, E>> Future for TryUpdate<'_, T, R, E, F> {
    type Output = Result<Result<R, E>, Error>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { update, f, .. } = &mut *self;
        update.poll(context, f)
    }
}

impl<T, R, E, F: FnMut(&mut T) -> Result<R, E>> Future for TryUpdateOr<'_, T, R, E, F> {
    type Output = Result<Result<R, E>, Error>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { update, default, f, .. } = &mut *self;
        update.poll(context, |value| f(value.get_or_insert_with(*default)))
    }
}

fn into_ok<R>(polled: Poll<Result<Result<R, Infallible>, Error>>) -> Poll<Result<R, Error>> {
    let Ok(result) = ready!(polled)?;
    Poll::Ready(Ok(result))
}
