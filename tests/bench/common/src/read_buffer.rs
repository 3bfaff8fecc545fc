//! The read buffer of an HTTP connection.

use std::cell::RefCell;

use bytes::{Bytes, BytesMut};

thread_local! {
    static READ_BUFFER: RefCell<BytesMut> = RefCell::new(BytesMut::with_capacity(8192));
}

/// Returns a part of a request as hyper provides it: a slice of the read buffer that is cheap to clone.
pub fn shared_bytes(part: &str) -> Bytes {
    READ_BUFFER.with_borrow_mut(|buffer| {
        buffer.extend_from_slice(part.as_bytes());
        buffer.split().freeze()
    })
}
