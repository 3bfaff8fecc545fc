//! Collects the compile errors. Their messages are in `check/` and in `parse/{argument,attribute_names,attributes}.rs`.
//!
//! The user sees all errors at once. Errors that depend on types have their message in the `session` crate, in
//! `#[diagnostic::on_unimplemented]`.

use std::cell::RefCell;
use std::thread;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::Error;

/// All errors found so far. A dropped list would let a wrong schema compile, so dropping it panics.
pub(crate) struct Diagnostics {
    errors: RefCell<Option<Vec<Error>>>,
}

impl Diagnostics {
    pub(crate) fn new() -> Self {
        Self { errors: RefCell::new(Some(Vec::new())) }
    }

    /// Adds an error on the user's tokens.
    pub(crate) fn error(&self, tokens: impl ToTokens, message: impl AsRef<str>) {
        self.push(Error::new_spanned(tokens, message.as_ref()));
    }

    pub(crate) fn push(&self, error: Error) {
        if let Some(errors) = &mut *self.errors.borrow_mut() {
            errors.push(error);
        }
    }

    /// Returns the errors as `compile_error!`s, in the order in which they were found.
    pub(crate) fn into_compile_errors(self) -> TokenStream {
        let errors = self.errors.take().unwrap_or_default();
        errors.iter().map(Error::to_compile_error).collect()
    }
}

impl Drop for Diagnostics {
    fn drop(&mut self) {
        let is_unreported = self.errors.get_mut().is_some();
        assert!(!is_unreported || thread::panicking(), "the collected errors were not reported");
    }
}

#[cfg(test)]
mod tests {
    use super::Diagnostics;

    #[test]
    #[should_panic(expected = "the collected errors were not reported")]
    fn unreported_errors_panic() {
        drop(Diagnostics::new());
    }
}
