//! Helpers for tokens: their text for messages, and the search for an identifier.

use std::collections::HashSet;

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

/// Adds all identifiers in the tokens.
pub(crate) fn collect_idents(tokens: &impl ToTokens, idents: &mut HashSet<String>) {
    fn collect(tokens: TokenStream, idents: &mut HashSet<String>) {
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => _ = idents.insert(ident.to_string()),
                TokenTree::Group(group) => collect(group.stream(), idents),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }
    collect(tokens.to_token_stream(), idents);
}
