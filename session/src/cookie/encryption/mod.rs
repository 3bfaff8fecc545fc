//! Authenticated encryption of cookies, header tokens and sealed values.

mod cipher_set;
pub(crate) mod cookie_cipher;
pub(crate) mod value_cipher;
