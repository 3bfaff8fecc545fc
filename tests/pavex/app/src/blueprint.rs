//! The blueprints: the complete application, one that forgot its middleware, and the application of all frameworks.

use pavex::Blueprint;
use pavex::blueprint::from;
use session_pavex::{FINALIZE_SESSION, VERIFY_SESSION};

use crate::account::REQUIRE_LOGIN;

pub fn blueprint() -> Blueprint {
    let mut bp = Blueprint::new();
    bp.import(from![pavex, session_pavex, crate::app_error, crate::state]);
    bp.nest(default_errors());
    bp.prefix("/custom").nest(custom_errors());
    bp
}

fn default_errors() -> Blueprint {
    let mut bp = Blueprint::new();
    bp.post_process(FINALIZE_SESSION);
    bp.routes(from![crate::guide, crate::shop]);
    bp.nest(account());
    bp.nest(verified());
    bp
}

/// Routes behind a guard.
fn account() -> Blueprint {
    let mut bp = Blueprint::new();
    bp.pre_process(REQUIRE_LOGIN);
    bp.routes(from![crate::account]);
    bp
}

/// Routes that trust client state only after a load.
fn verified() -> Blueprint {
    let mut bp = Blueprint::new();
    bp.pre_process(VERIFY_SESSION);
    bp.routes(from![crate::verified]);
    bp
}

/// Routes with the application's own responses to session errors. The later import replaces the earlier one.
fn custom_errors() -> Blueprint {
    let mut bp = Blueprint::new();
    bp.import(from![session_pavex, crate::custom_errors]);
    bp.post_process(FINALIZE_SESSION);
    bp.routes(from![crate::custom_errors]);
    bp
}

/// An application that forgot `bp.post_process(FINALIZE_SESSION)`.
pub fn uncommitted_blueprint() -> Blueprint {
    let mut bp = Blueprint::new();
    bp.import(from![pavex, session_pavex, crate::app_error, crate::state]);
    bp.routes(from![crate::shop]);
    bp
}

/// The application of all frameworks, and a route outside of the middleware.
pub fn cases_blueprint() -> Blueprint {
    let mut bp = Blueprint::new();
    bp.import(from![pavex, session_pavex, crate::cases]);
    bp.nest(cases());
    bp.routes(from![crate::bare]);
    bp
}

fn cases() -> Blueprint {
    let mut bp = Blueprint::new();
    bp.post_process(FINALIZE_SESSION);
    bp.routes(from![crate::cases]);
    bp
}
