//! The generic parameters of a struct, which are an error: the generated code still compiles with them.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{GenericParam, Generics, WherePredicate, parse_quote};

/// Returns the parameters without lifetimes, because a schema must be `'static`.
pub(crate) fn without_lifetimes(generics: &Generics) -> Generics {
    let mut kept = generics.clone();
    kept.params = generics.params.iter().filter(|param| !matches!(param, GenericParam::Lifetime(_))).cloned().collect();
    let types: Vec<_> = kept.type_params().map(|param| param.ident.clone()).collect();
    if !types.is_empty() {
        let bounds = types.iter().map(|param| -> WherePredicate { parse_quote!(#param: 'static) });
        kept.make_where_clause().predicates.extend(bounds);
    }
    kept
}

pub(crate) fn self_type(ident: &Ident, generics: &Generics) -> TokenStream {
    let arguments = generics.params.iter().map(|param| match param {
        GenericParam::Lifetime(_) => quote!('static),
        GenericParam::Type(param) => param.ident.to_token_stream(),
        GenericParam::Const(param) => param.ident.to_token_stream(),
    });
    if generics.params.is_empty() { quote!(#ident) } else { quote!(#ident<#(#arguments),*>) }
}

pub(crate) fn param_names(generics: &Generics) -> Vec<String> {
    let types = generics.type_params().map(|param| param.ident.to_string());
    types.chain(generics.const_params().map(|param| param.ident.to_string())).collect()
}
