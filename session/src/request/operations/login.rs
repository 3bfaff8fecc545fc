//! The login: rotates the token, sets the user's key, and first deletes the session of another user.

use crate::error::Error;
use crate::record::side::Side;
use crate::request::session_inner::SessionInner;
use crate::schema::codec::Encode;
use crate::schema::field::Field;

/// Sets the key of the user. If it holds another value, or one that does not decode, an empty session starts first.
pub(crate) async fn log_in<T: PartialEq>(
    session: &SessionInner,
    field: &Field<'_, T>,
    encode: Encode<T>,
    value: T,
) -> Result<(), Error> {
    {
        let state = session.state();
        state.check_open()?;
        state.check_browser("`log_in`")?;
    }
    let json = field.encode_value(encode, &value)?;
    let stored = session.find(&field.keys).await?;
    let has_same_user = match &stored {
        None => true,
        Some(_) => field.decode_stored(stored.as_ref()).is_ok_and(|user| user == Some(value)),
    };
    let mut state = session.state();
    state.check_open()?;
    if state.is_invalidated() {
        return Ok(());
    }
    state.start_login(has_same_user);
    state.edit(Side::Server, |changes| field.keys.write(changes, Some(json)))
}
