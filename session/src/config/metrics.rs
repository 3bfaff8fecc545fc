//! The metrics of all managers, recorded with the `metrics` crate.
//!
//! The names follow the conventions of OpenTelemetry: namespaces with dots, durations in seconds, `error.type`.

use metrics::{Unit, counter, describe_counter, describe_histogram, histogram};

use crate::config::event::Event;

const CREATED: &str = "session.created";
const ROTATED: &str = "session.rotated";
const DELETED: &str = "session.deleted";
const EXPIRED: &str = "session.expired";
const RENEWED: &str = "session.renewed";
const REFUSED: &str = "session.refused";
const RETRIED: &str = "session.retried";
const CREDENTIALS_REJECTED: &str = "session.credentials.rejected";
const FALLBACK_KEY_USED: &str = "session.fallback_key.used";
const STORE_OPERATION_DURATION: &str = "session.store.operation.duration";

/// Describes the metrics to the recorder that the application has installed.
pub(crate) fn describe() {
    for (name, description) in [
        (CREATED, "Sessions that were created."),
        (ROTATED, "Tokens that were rotated."),
        (DELETED, "Sessions that were deleted, by reason."),
        (EXPIRED, "Expired sessions that were deleted."),
        (RENEWED, "Sessions that were renewed by a request that only read."),
        (REFUSED, "Commits and updates that were refused, by type of error."),
        (RETRIED, "Updates that lost a race and started again."),
        (CREDENTIALS_REJECTED, "Cookies and header tokens that did not decrypt, by kind."),
        (FALLBACK_KEY_USED, "Cookies, tokens and sealed values that were decrypted by a fallback key, by key."),
    ] {
        describe_counter!(name, Unit::Count, description);
    }
    describe_histogram!(STORE_OPERATION_DURATION, Unit::Seconds, "The duration of store operations.");
}

/// Records one event.
pub(crate) fn record(event: &Event) {
    match event {
        Event::Created { .. } => counter!(CREATED).increment(1),
        Event::Rotated { .. } => counter!(ROTATED).increment(1),
        Event::Deleted { reason, .. } => counter!(DELETED, "reason" => reason.name()).increment(1),
        Event::Expired { count } => counter!(EXPIRED).increment(*count as u64),
        Event::Renewed { .. } => counter!(RENEWED).increment(1),
        Event::Refused { kind, .. } => counter!(REFUSED, "error.type" => kind.name()).increment(1),
        Event::Retried { .. } => counter!(RETRIED).increment(1),
        Event::CredentialRejected { credential } => {
            counter!(CREDENTIALS_REJECTED, "credential" => credential.name()).increment(1);
        }
        Event::FallbackKeyUsed { key } => counter!(FALLBACK_KEY_USED, "key" => key.to_string()).increment(1),
        Event::StoreOperation { operation, duration, outcome, .. } => {
            let mut labels = vec![("db.operation.name", operation.name())];
            labels.extend(outcome.error_type().map(|error| ("error.type", error)));
            histogram!(STORE_OPERATION_DURATION, &labels).record(duration.as_secs_f64());
        }
    }
}
