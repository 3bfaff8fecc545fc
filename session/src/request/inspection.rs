//! All values of a session for inspectors, without secret and sealed ones.

use serde_json::{Map, Value};

use crate::error::Error;
use crate::record::side::Side;
use crate::request::session_inner::SessionInner;
use crate::schema::schema_set::SchemaSet;
use crate::schema::sealed::{OpenSealed, may_be_sealed};

impl SessionInner {
    /// Returns all server values as JSON. Call it only after the load.
    pub(crate) fn server_entries(&self) -> Result<Map<String, Value>, Error> {
        let (values, record, used) = {
            let state = self.state();
            (state.server_values(), state.record_id(), state.schemas.clone())
        };
        let cipher = &self.manager.value_cipher;
        let is_sealed = |key: &str, text: &str| {
            let opens = || record.is_some_and(|record| cipher.open(&record, key, text).is_some());
            values.needs_seal(key) || may_be_sealed(text) && opens()
        };
        let hides = |schemas: &SchemaSet, key: &str| schemas.is_secret(Side::Server, key) || schemas.seals(key);
        let registered = &self.manager.config.schemas;
        values.to_map(Side::Server, |key, text| hides(registered, key) || hides(&used, key) || is_sealed(key, text))
    }

    /// Returns all client values as JSON.
    pub(crate) fn client_entries(&self) -> Map<String, Value> {
        let (values, used) = {
            let state = self.state();
            (state.client_all(), state.schemas.clone())
        };
        let registered = &self.manager.config.schemas;
        let is_secret =
            |key: &str, _: &str| registered.is_secret(Side::Client, key) || used.is_secret(Side::Client, key);
        values.to_map(Side::Client, is_secret).unwrap_or_default()
    }
}
