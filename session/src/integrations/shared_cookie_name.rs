//! The warning about two managers in one request that use the same name for their cookie or header.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::request::manager_inner::ManagerInner;

/// The pairs of managers that were logged. Weak references keep their addresses from being used again.
static LOGGED: Mutex<Vec<Pair>> = Mutex::new(Vec::new());

#[derive(PartialEq)]
struct Pair(WeakManager, WeakManager);

struct WeakManager(Weak<ManagerInner>);

impl PartialEq for WeakManager {
    fn eq(&self, other: &Self) -> bool {
        self.0.ptr_eq(&other.0)
    }
}

/// Logs a warning, once for each pair of managers, if the client takes the token of one for the token of the other.
pub(super) fn warn_of_shared_cookie_name(inner: &Arc<ManagerInner>, outer: &Arc<ManagerInner>) {
    let (cookie, header) = (shared_cookie(inner, outer), shared_header(inner, outer));
    if (cookie.is_none() && header.is_none()) || !is_first_time(inner, outer) {
        return;
    }
    tracing::warn!(
        cookie,
        header,
        inner_store = inner.store_name,
        inner_created_at = %inner.created_at,
        outer_store = outer.store_name,
        outer_created_at = %outer.created_at,
        "two session managers use one name for their cookie or header, and each response overwrites the other's session: \
         clone one manager, or give each its own `CookieConfig::name` and `HeaderConfig::named`"
    );
}

fn shared_cookie<'m>(inner: &'m ManagerInner, outer: &ManagerInner) -> Option<&'m str> {
    let name = inner.cookies.session_name();
    let use_cookies = [inner, outer].iter().all(|manager| manager.config.transport.accepts_cookies());
    (use_cookies && name == outer.cookies.session_name()).then_some(name)
}

fn shared_header<'m>(inner: &'m ManagerInner, outer: &ManagerInner) -> Option<&'m str> {
    let (inner, outer) = (inner.config.transport.header()?, outer.config.transport.header()?);
    let is_shared = inner.request_name == outer.request_name || inner.response_name == outer.response_name;
    is_shared.then_some(inner.response_name.as_str())
}

fn is_first_time(inner: &Arc<ManagerInner>, outer: &Arc<ManagerInner>) -> bool {
    let pair = Pair(WeakManager(Arc::downgrade(inner)), WeakManager(Arc::downgrade(outer)));
    let mut logged = LOGGED.lock().unwrap_or_else(PoisonError::into_inner);
    if logged.contains(&pair) {
        return false;
    }
    logged.retain(|Pair(inner, outer)| inner.0.strong_count() > 0 && outer.0.strong_count() > 0);
    logged.push(pair);
    true
}
