//! The way of a typed value through a request: out of the stored text, and back into it.

use std::convert::Infallible;
use std::time::Duration;

use crate::error::{Error, ErrorKind};
use crate::field::{Encode, Field};
use crate::id::random_bytes;
use crate::json::Place;
use crate::session::Session;
use crate::shared::Shared;
use crate::state::AskTheStore;

/// How often an update tries before it says [`Conflict`](ErrorKind::Conflict).
const UPDATE_TRIES: usize = 128;

/// Most reads find the session loaded and unchanged: they take no lock, and nothing to wait with.
#[inline(always)]
#[expect(clippy::inline_always, reason = "a third of such a read is what is handed from function to function")]
pub(crate) fn get_at_once<T>(session: &Session, field: &Field<'_, T>) -> Option<Result<Option<T>, Error>> {
    session.as_loaded().map(|values| field.read_in(values))
}

pub(crate) async fn get<T>(shared: &Shared, field: &Field<'_, T>) -> Result<Option<T>, Error> {
    // Of the others, most are over before they could wait.
    let stored = match shared.known(&field.keys) {
        Ok(stored) => stored,
        Err(AskTheStore) => shared.find(&field.keys).await?,
    };
    field.read(stored.as_ref())
}

pub(crate) fn client_get<T>(shared: &Shared, field: &Field<'_, T>) -> Result<Option<T>, Error> {
    let Ok(stored) = field.keys.find(|key| Ok::<_, Infallible>(shared.state().client_get(key)));
    field.read(stored.as_ref())
}

pub(crate) fn set<T>(shared: &Shared, field: &Field<'_, T>, encode: Encode<T>, value: &T) -> Result<(), Error> {
    let json = encode(value).map_err(|error| error.at::<T>(field.place, field.keys.key))?;
    shared.write(field.place, &field.keys, Some(json))
}

pub(crate) fn unset<T>(shared: &Shared, field: &Field<'_, T>) -> Result<(), Error> {
    shared.write(field.place, &field.keys, None)
}

pub(crate) async fn remove<T>(shared: &Shared, field: &Field<'_, T>) -> Result<Option<T>, Error> {
    let known = {
        let state = shared.state();
        state.check_open()?;
        state.find(&field.keys)
    };
    let stored = match known {
        Ok(stored) => stored,
        Err(AskTheStore) => shared.find(&field.keys).await?,
    };
    let value = field.read(stored.as_ref())?;
    if stored.is_some() {
        unset(shared, field)?;
    }
    Ok(value)
}

pub(crate) async fn try_update<T, R, E>(
    shared: &Shared,
    field: &Field<'_, T>,
    encode: Encode<T>,
    mut f: impl FnMut(&mut Option<T>) -> Result<R, E>,
) -> Result<Result<R, E>, Error> {
    shared.state().check_open()?;
    for lost in 0..UPDATE_TRIES {
        step_aside(lost).await;
        let basis = shared.basis(&field.keys).await?;
        let (result, json) = {
            let mut value = field.read(basis.stored.as_ref())?;
            let result = match f(&mut value) {
                Ok(result) => result,
                Err(error) => return Ok(Err(error)),
            };
            let json = value.as_ref().map(encode).transpose();
            (result, json.map_err(|error| error.at::<T>(Place::Server, field.keys.key))?)
        };
        if shared.swap(&field.keys, basis, json).await? {
            return Ok(Ok(result));
        }
    }
    let key = field.keys.key.escape_debug();
    let message = format!("other requests changed the session {UPDATE_TRIES} times while `{key}` was being updated");
    Err(Error::new(ErrorKind::Conflict, message))
}

/// Waits a random while after some lost races, longer and longer: an update that hardly gets to run would lose them all
/// to those that do.
async fn step_aside(lost: usize) {
    const PATIENCE: usize = 8;
    if lost < PATIENCE {
        return;
    }
    let [random] = random_bytes::<1>();
    let longest = Duration::from_millis(1) * (1 << (lost / PATIENCE - 1).min(6));
    let pause = longest * u32::from(random) / 255;
    // A runtime may have been built without timers, or the futures may run on another executor.
    match tokio::runtime::Handle::try_current() {
        Ok(runtime) => _ = runtime.spawn_blocking(move || std::thread::sleep(pause)).await,
        Err(_) => tokio::task::yield_now().await,
    }
}
