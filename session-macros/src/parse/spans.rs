//! Spans and identifiers of generated code: where the compiler and the editor point, and which lints apply.

use proc_macro2::{Ident, Span};
use quote::ToTokens;

/// Returns the position of `ident`, marked as generated code, so that lints skip it.
pub(crate) fn generated_span(ident: &Ident) -> Span {
    ident.span().resolved_at(Span::call_site())
}

/// Returns the user's identifier, marked as generated code.
pub(crate) fn generated_ident(ident: &Ident) -> Ident {
    with_span(ident, generated_span(ident))
}

/// Returns the same identifier at another position.
pub(crate) fn with_span(ident: &Ident, span: Span) -> Ident {
    let mut ident = ident.clone();
    ident.set_span(span);
    ident
}

/// Returns the spans of the first and of the last token. A path that starts and ends there is underlined like the
/// tokens.
pub(crate) fn first_and_last_span(tokens: &impl ToTokens) -> (Span, Span) {
    let mut spans = tokens.to_token_stream().into_iter().map(|token| token.span());
    let first = spans.next().unwrap_or_else(Span::call_site);
    (first, spans.last().unwrap_or(first))
}
