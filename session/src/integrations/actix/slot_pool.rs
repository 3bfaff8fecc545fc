//! The slots of finished requests, which later requests use again. An untouched request then allocates nothing.

use std::cell::RefCell;
use std::rc::Rc;

use actix_web::dev::Extensions;

use crate::integrations::actix::request_slot::{RequestSlot, SharedSlot};

/// The number of slots that a worker keeps. actix-web keeps as many requests.
const MAX_SLOTS: usize = 128;

/// A slot, and the container that attaches it to a request.
pub(super) struct PooledSlot {
    pub(super) slot: SharedSlot,
    pub(super) container: Rc<Extensions>,
}

impl PooledSlot {
    fn new() -> Self {
        let slot = Rc::<RequestSlot>::default();
        let mut container = Extensions::new();
        container.insert(Rc::clone(&slot));
        Self { slot, container: Rc::new(container) }
    }

    /// Returns true if no request has the slot any more. Its own container has the second reference.
    fn is_free(&self) -> bool {
        Rc::strong_count(&self.container) == 1 && Rc::strong_count(&self.slot) == 2
    }
}

/// The slots of finished requests of one worker.
#[derive(Default)]
pub(super) struct SlotPool(RefCell<Vec<PooledSlot>>);

impl SlotPool {
    /// Returns a slot that no other request has.
    pub(super) fn acquire(&self) -> PooledSlot {
        let mut slots = self.0.borrow_mut();
        while let Some(slot) = slots.pop() {
            // Otherwise, a part of the application still has its request, for example a response body.
            if slot.is_free() {
                return slot;
            }
        }
        PooledSlot::new()
    }

    /// Keeps a slot. Its request may exist for some time.
    pub(super) fn release(&self, slot: PooledSlot) {
        let mut slots = self.0.borrow_mut();
        if slots.len() < MAX_SLOTS {
            slots.push(slot);
        }
    }
}
