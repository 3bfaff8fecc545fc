//! The way of a typed value through a request: out of the store's text, and by an update back into it.

use crate::error::{Error, ErrorKind};
use crate::json::{Json, Place, decode_error};
use crate::key::Codec;
use crate::shared::Shared;

/// How often an update tries before it says [`Conflict`](ErrorKind::Conflict).
const UPDATE_TRIES: usize = 128;

pub(crate) fn decode<T>(
    place: Place,
    key: &str,
    value: Option<&Json>,
    decode: fn(&Json) -> serde_json::Result<T>,
) -> Result<Option<T>, Error> {
    value.map(|value| decode(value).map_err(|error| decode_error::<T>(place, key, &error))).transpose()
}

pub(crate) async fn remove<T>(
    shared: &Shared,
    key: &str,
    decoder: fn(&Json) -> serde_json::Result<T>,
) -> Result<Option<T>, Error> {
    shared.state().check_open()?;
    let stored = shared.read(key).await?;
    let value = decode(Place::Server, key, stored.as_ref(), decoder)?;
    if value.is_some() {
        shared.unset(Place::Server, key)?;
    }
    Ok(value)
}

pub(crate) async fn try_update<T, R, E>(
    shared: &Shared,
    key: &str,
    codec: Codec<T>,
    mut f: impl FnMut(&mut Option<T>) -> Result<R, E>,
) -> Result<Result<R, E>, Error> {
    shared.state().check_open()?;
    for _ in 0..UPDATE_TRIES {
        let basis = shared.basis(key).await?;
        let (result, json) = {
            let mut value = decode(Place::Server, key, basis.value.as_ref(), codec.decode)?;
            let result = match f(&mut value) {
                Ok(result) => result,
                Err(error) => return Ok(Err(error)),
            };
            let json = value.as_ref().map(codec.encode).transpose();
            (result, json.map_err(|error| error.at::<T>(Place::Server, key))?)
        };
        if shared.swap(key, basis, json).await? {
            return Ok(Ok(result));
        }
    }
    let key = key.escape_debug();
    let message = format!("other requests changed the session {UPDATE_TRIES} times while `{key}` was being updated");
    Err(Error::new(ErrorKind::Conflict, message))
}
