//! The state cookie: the client state, its record, its time of issue and its expiry, and a secret against request forgery.

use crate::cookie::csrf_secret::CsrfSecret;
use crate::record::id::SessionId;
use crate::record::timestamp::Timestamp;
use crate::record::values::Values;

/// The content of the state cookie.
#[derive(Clone)]
pub(crate) struct StateCookie {
    /// The record to which the client state is bound, if any. It is ignored with another record's session cookie.
    pub(crate) record: Option<SessionId>,
    /// Of several state cookies in one request, the one issued last is used.
    pub(crate) issued: Timestamp,
    pub(crate) expires: Timestamp,
    /// The secret for forms of a browser without a session cookie.
    pub(crate) csrf: Option<CsrfSecret>,
    pub(crate) values: Values,
}

impl StateCookie {
    /// Encodes a missing record: random ids are never all zero.
    const NO_RECORD: [u8; 16] = [0; 16];
    /// Encodes a missing secret.
    const NO_SECRET: [u8; CsrfSecret::LEN] = [0; CsrfSecret::LEN];
    pub(crate) const HEAD_LEN: usize = 16 + 8 + 8 + CsrfSecret::LEN;

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let record = self.record.as_ref().map_or(&Self::NO_RECORD, SessionId::as_bytes);
        let [issued, expires] = [self.issued, self.expires].map(|time| time.as_millis().to_be_bytes());
        let csrf = self.csrf.as_ref().map_or(&Self::NO_SECRET, CsrfSecret::as_bytes);
        [&record[..], &issued, &expires, csrf, &self.values.to_object()].concat()
    }

    /// Returns true if the cookie has no content, so that the browser does not need it.
    pub(crate) fn is_empty(&self) -> bool {
        self.values.is_empty() && self.csrf.is_none()
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (record, rest) = bytes.split_first_chunk::<16>()?;
        let (issued, rest) = rest.split_first_chunk::<8>()?;
        let (expires, rest) = rest.split_first_chunk::<8>()?;
        let (csrf, object) = rest.split_first_chunk::<{ CsrfSecret::LEN }>()?;
        let timestamp = |bytes: &[u8; 8]| Timestamp::from_millis(i64::from_be_bytes(*bytes));
        Some(Self {
            record: (*record != Self::NO_RECORD).then(|| SessionId::from_bytes(*record)),
            issued: timestamp(issued),
            expires: timestamp(expires),
            csrf: (*csrf != Self::NO_SECRET).then(|| CsrfSecret::from_bytes(*csrf)),
            values: Values::from_object(object)?,
        })
    }
}
