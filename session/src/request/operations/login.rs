//! The login: rotates the token, sets the user's key, and first deletes the session of another user.

use crate::error::Error;
use crate::record::side::Side;
use crate::request::session_inner::SessionInner;
use crate::schema::field::Field;
use crate::schema::field::codec::Encode;
use crate::schema::field::field_keys::{FieldKeys, StoredValue};

/// Returns the values of the user's key: the one that this request reads, and the one in the record. They differ if the
/// request has already changed the key, and then the record still has the other user's values.
async fn find_users<'k>(session: &SessionInner, keys: &FieldKeys<'k>) -> Result<[Option<StoredValue<'k>>; 2], Error> {
    loop {
        session.load().await?;
        let state = session.state();
        if let (Ok(read), Ok(stored)) = (state.find(keys), state.find_in_record(keys)) {
            return Ok([read, stored]);
        }
    }
}

/// Sets the key of the user. If it holds another value, or one that does not decode, an empty session starts first.
pub(crate) async fn log_in<T: PartialEq>(
    session: &SessionInner,
    field: &Field<'_, T>,
    encode: Encode<T>,
    value: T,
) -> Result<(), Error> {
    session.check_open()?;
    session.state().check_browser("`log_in`")?;
    let json = field.encode_value(encode, &value, &*session.manager)?;
    let users = find_users(session, &field.keys).await?;
    let is_same_user =
        |user| field.decode_stored(Some(user), &*session.manager).is_ok_and(|user| user.as_ref() == Some(&value));
    let has_same_user = users.iter().flatten().all(is_same_user);
    let mut state = session.state();
    state.check_open()?;
    if state.is_invalidated() {
        state.ignore_write();
        return Ok(());
    }
    state.start_login(has_same_user);
    state.edit(Side::Server, |changes| field.keys.write(changes, Some(json)))
}
