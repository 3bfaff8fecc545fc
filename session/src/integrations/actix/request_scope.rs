//! A request between the start and the end of one middleware.

use std::cell::{Cell, Ref};
use std::rc::Rc;

use actix_web::dev::{Extensions, ServiceRequest, ServiceResponse};
use actix_web::{Error, HttpMessage, HttpRequest};

use crate::integrations::actix::request_slot::{Position, SharedSlot};
use crate::integrations::actix::settings::Settings;
use crate::integrations::actix::slot_pool::{PooledSlot, SlotPool};
use crate::session::request_session::{CancelGuard, RequestSession};

/// The data of one middleware in one worker.
pub(super) struct MiddlewareState {
    pub(super) settings: Settings,
    slots: SlotPool,
    /// True once the service inside has routed a request: it is an `App` or a scope, and not a resource.
    is_router: Cell<bool>,
}

impl MiddlewareState {
    pub(super) fn new(settings: Settings) -> Self {
        Self { settings, slots: SlotPool::default(), is_router: Cell::new(false) }
    }

    /// Attaches the slot to a request.
    ///
    /// A container needs no allocation, but panics if a clone of the request exists. Routing panics then too, so a service
    /// that routes never gets such a request. Middleware of a resource may keep a clone.
    fn attach(&self, pooled: &PooledSlot, request: &mut ServiceRequest) {
        if self.is_router.get() {
            request.add_data_container(Rc::clone(&pooled.container));
        } else {
            request.extensions_mut().insert(Rc::clone(&pooled.slot));
        }
    }
}

/// A request whose service runs. If it is dropped before it is ended, the request was cancelled.
pub(super) struct RequestScope {
    state: Rc<MiddlewareState>,
    pub(super) slot: SharedSlot,
    /// Unset if an outer middleware attached the slot.
    pooled: Option<PooledSlot>,
    /// Unset after the end.
    position: Option<Position>,
    /// The length of the path that was not routed yet.
    unrouted: usize,
}

impl RequestScope {
    pub(super) fn enter(state: &Rc<MiddlewareState>, request: &mut ServiceRequest) -> Self {
        let (state, unrouted) = (Rc::clone(state), request.match_info().unprocessed().len());
        let manager = &state.settings.manager;
        if let Some(slot) = find_slot(request.request()).filter(|slot| slot.is_running()) {
            let position = Some(slot.enter(manager));
            return Self { state, slot, pooled: None, position, unrouted };
        }
        let pooled = state.slots.acquire();
        state.attach(&pooled, request);
        let (slot, position) = (Rc::clone(&pooled.slot), Some(pooled.slot.restart(manager)));
        Self { state, slot, pooled: Some(pooled), position, unrouted }
    }

    /// Returns true if an outer middleware commits the session.
    pub(super) fn is_shared(&self) -> bool {
        self.position.as_ref().is_some_and(|position| position.is_shared)
    }

    /// Ends the scope of a service that has completed. Returns the session, if the request has used it and this middleware
    /// has to commit it.
    pub(super) fn end<B>(mut self, result: &Result<ServiceResponse<B>, Error>) -> Option<CancelGuard> {
        if let Ok(response) = result
            && response.request().match_info().unprocessed().len() < self.unrouted
        {
            self.state.is_router.set(true);
        }
        self.leave().map(CancelGuard::new)
    }

    /// Leaves the scope. A second call does nothing.
    fn leave(&mut self) -> Option<RequestSession> {
        let position = self.position.take()?;
        if let Some(pooled) = self.pooled.take() {
            self.state.slots.release(pooled);
        }
        self.slot.leave(&position)
    }
}

impl Drop for RequestScope {
    fn drop(&mut self) {
        // The client cancelled the request.
        drop(self.leave().map(CancelGuard::new));
    }
}

/// Returns the slot of a request, if a middleware attached one.
pub(super) fn find_slot(request: &HttpRequest) -> Option<SharedSlot> {
    select_slot(request.app_data(), || request.extensions())
}

/// Returns the slot in a container, or else the one in the extensions, which are borrowed only then.
///
/// A running one is preferred: middleware outside may send the request of a response again.
pub(super) fn select_slot<'r>(
    contained: Option<&SharedSlot>,
    extensions: impl FnOnce() -> Ref<'r, Extensions>,
) -> Option<SharedSlot> {
    match contained {
        Some(slot) if slot.is_running() => Some(Rc::clone(slot)),
        _ => extensions().get::<SharedSlot>().or(contained).cloned(),
    }
}
