//! Helpers for tokens: their text for messages, and the search for an identifier.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;

/// Returns the tokens as people write them: `Vec<u8>`, not `Vec < u8 >`.
pub(crate) fn text(tokens: &impl ToTokens) -> String {
    let text = tokens.to_token_stream().to_string();
    let tight = [" :: ", " < ", " <", "< ", " >", "& ", " ,", "( ", " )", "[ ", " ]", " ;"];
    tight.iter().fold(text, |text, spaced| text.replace(spaced, spaced.trim()))
}

/// Returns true if the identifier occurs anywhere in the tokens.
pub(crate) fn mentions(tokens: &impl ToTokens, name: &str) -> bool {
    fn search(tokens: TokenStream, name: &str) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(ident) => ident == name,
            TokenTree::Group(group) => search(group.stream(), name),
            _ => false,
        })
    }
    search(tokens.to_token_stream(), name)
}
