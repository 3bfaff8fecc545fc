//! Requests as a server hands them on.

use std::cell::RefCell;

use bytes::{Bytes, BytesMut};

thread_local! {
    static READ: RefCell<BytesMut> = RefCell::new(BytesMut::with_capacity(8192));
}

/// A part of a request as hyper hands it on: a piece of the buffer that requests are read into, of which a clone is another
/// reference.
pub fn received(part: &str) -> Bytes {
    READ.with_borrow_mut(|read| {
        read.extend_from_slice(part.as_bytes());
        read.split().freeze()
    })
}
