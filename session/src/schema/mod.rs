//! Declared keys: typed keys, aliases, codecs, schema information, and checks between schemas.

pub(crate) mod assert_disjoint;
pub(crate) mod assert_schema;
pub(crate) mod field;
pub(crate) mod info;
pub(crate) mod key;
pub(crate) mod keyed;
pub(crate) mod schema_set;
pub(crate) mod stored_form;
