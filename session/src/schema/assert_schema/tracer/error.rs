//! The error of a traced deserialization.

use std::fmt::{self, Display};

use serde::de;

/// The reason for which a type refused its values.
#[derive(Debug)]
pub(in crate::schema::assert_schema) enum TraceError {
    DuplicateField(&'static str),
    /// The type is recursive, and no value without a further level is known yet.
    Recursion,
    Other,
}

impl TraceError {
    /// Returns the error for the value that contains the part. A duplicate field of the part is not one of the whole value.
    pub(super) fn inside_of_part(self) -> Self {
        match self {
            Self::DuplicateField(_) => Self::Other,
            error => error,
        }
    }
}

impl Display for TraceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the type refuses the value")
    }
}

impl std::error::Error for TraceError {}

impl de::Error for TraceError {
    fn custom<T: Display>(_: T) -> Self {
        Self::Other
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::DuplicateField(field)
    }
}
