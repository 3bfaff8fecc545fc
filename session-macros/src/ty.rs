//! What can be told of a field's type from its tokens.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{GenericArgument, Path, PathArguments, PathSegment, Type, TypeReference};

/// The `T` of `Option<T>`.
pub(crate) fn option_inner(ty: &Type) -> Option<&Type> {
    let path = path(ty)?;
    let segments: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    match segments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["Option"] | ["std" | "core", "option", "Option"] => argument(path.segments.last()?),
        _ => None,
    }
}

/// Whether a string literal next to this type was meant as its value.
pub(crate) fn is_text(ty: &Type) -> bool {
    let Some(last) = path(ty).and_then(|path| path.segments.last()) else {
        return false;
    };
    match last.ident.to_string().as_str() {
        "String" => true,
        "Box" | "Rc" | "Arc" | "Cow" => argument(last).is_some_and(is_str),
        _ => false,
    }
}

pub(crate) fn is_string(ty: &Type) -> bool {
    path(ty).and_then(|path| path.segments.last()).is_some_and(|last| last.ident == "String")
}

/// Whether the type is this name and nothing else.
pub(crate) fn is_named(ty: &Type, name: &syn::Ident) -> bool {
    path(ty).is_some_and(|path| path.is_ident(name))
}

/// The references in a type, outermost first. Those of function pointers are none of a value's own.
pub(crate) fn references(ty: &Type) -> Vec<&TypeReference> {
    match ty {
        Type::Reference(reference) => vec![reference],
        Type::Group(group) => references(&group.elem),
        Type::Paren(paren) => references(&paren.elem),
        Type::Array(array) => references(&array.elem),
        Type::Slice(slice) => references(&slice.elem),
        Type::Tuple(tuple) => tuple.elems.iter().flat_map(references).collect(),
        Type::Path(path) => path.path.segments.iter().flat_map(arguments).flat_map(references).collect(),
        _ => Vec::new(),
    }
}

/// `str`, `[T]` and `dyn Trait`, which the last field of a struct may be.
pub(crate) fn is_unsized(ty: &Type) -> bool {
    match plain(ty) {
        Type::Slice(_) | Type::TraitObject(_) => true,
        ty => is_str(ty),
    }
}

/// The owned type to write instead of one that is borrowed or has no size.
pub(crate) fn owned(ty: &Type) -> Option<String> {
    match plain(ty) {
        Type::Reference(reference) => owned(&reference.elem),
        Type::Slice(slice) => Some(format!("Vec<{}>", text(&slice.elem))),
        Type::TraitObject(_) => None,
        ty if is_str(ty) => Some("String".to_owned()),
        ty => Some(text(ty)),
    }
}

/// The nearest type that accessors can be made of: what is left of `Option`s, with every lifetime `'static`, and
/// nothing for the compiler to infer.
pub(crate) fn usable(ty: &Type) -> Type {
    match option_inner(ty) {
        Some(inner) => usable(inner),
        // The compiler reports it where the field stands, and would again in each signature.
        None if matches!(plain(ty), Type::ImplTrait(_)) => syn::parse_quote!(()),
        None if is_unsized(ty) => syn::parse_quote!(&'static #ty),
        None => syn::parse2(spelled_out(ty.to_token_stream())).unwrap_or_else(|_| ty.clone()),
    }
}

fn spelled_out(tokens: TokenStream) -> TokenStream {
    let mut result = TokenStream::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '\'' => {
                tokens.next();
                result.extend(quote!('static));
            }
            TokenTree::Punct(punct) if punct.as_char() == '&' => {
                punct.to_tokens(&mut result);
                let named = matches!(tokens.peek(), Some(TokenTree::Punct(next)) if next.as_char() == '\'');
                result.extend((!named).then(|| quote!('static)));
            }
            TokenTree::Ident(ident) if ident == "_" => result.extend(quote!(())),
            TokenTree::Group(group) => {
                Group::new(group.delimiter(), spelled_out(group.stream())).to_tokens(&mut result);
            }
            token => token.to_tokens(&mut result),
        }
    }
    result
}

/// The type as people write it: tokens alone would read `Vec < u8 >`.
pub(crate) fn text(tokens: &impl ToTokens) -> String {
    let text = tokens.to_token_stream().to_string();
    let tight = [" :: ", " < ", " <", "< ", " >", "& ", " ,", "( ", " )", "[ ", " ]", " ;"];
    tight.iter().fold(text, |text, spaced| text.replace(spaced, spaced.trim()))
}

fn plain(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => plain(&group.elem),
        Type::Paren(paren) => plain(&paren.elem),
        ty => ty,
    }
}

fn path(ty: &Type) -> Option<&Path> {
    match plain(ty) {
        Type::Path(path) if path.qself.is_none() => Some(&path.path),
        _ => None,
    }
}

fn is_str(ty: &Type) -> bool {
    path(ty).is_some_and(|path| path.is_ident("str"))
}

fn arguments(segment: &PathSegment) -> impl Iterator<Item = &Type> {
    let arguments = match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
        _ => None,
    };
    arguments.into_iter().flatten().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// The one type argument of a segment.
fn argument(segment: &PathSegment) -> Option<&Type> {
    let mut types = arguments(segment);
    types.next().filter(|_| types.next().is_none())
}

#[cfg(test)]
mod tests {
    use syn::{Type, parse_quote};

    use super::*;

    #[test]
    fn an_option_is_seen_through() {
        let cases: [(Type, Option<&str>); 6] = [
            (parse_quote!(Option<u8>), Some("u8")),
            (parse_quote!(std::option::Option<Vec<u8>>), Some("Vec<u8>")),
            (parse_quote!(::core::option::Option<(u8, String)>), Some("(u8, String)")),
            (parse_quote!(Vec<Option<u8>>), None),
            (parse_quote!(Option), None),
            (parse_quote!(my::Option<u8>), None),
        ];
        for (ty, inner) in cases {
            assert_eq!(option_inner(&ty).map(text).as_deref(), inner, "{}", text(&ty));
        }
    }

    #[test]
    fn borrowed_types_have_an_owned_counterpart() {
        let cases: [(Type, &str); 5] = [
            (parse_quote!(&'static str), "String"),
            (parse_quote!(&'a [u8]), "Vec<u8>"),
            (parse_quote!(&mut HashMap<String, u8>), "HashMap<String, u8>"),
            (parse_quote!(str), "String"),
            (parse_quote!(&(u8, [u16; 3])), "(u8, [u16; 3])"),
        ];
        for (ty, expected) in cases {
            assert_eq!(owned(&ty).as_deref(), Some(expected), "{}", text(&ty));
        }
    }

    #[test]
    fn references_are_found_inside() {
        let ty: Type = parse_quote!(Vec<(&'static str, fn(&u8) -> &u8, [&'a u8; 2])>);
        assert_eq!(references(&ty).len(), 2);
    }

    #[test]
    fn a_usable_type_is_owned_enough_for_a_signature() {
        let cases: [(Type, Type); 5] = [
            (parse_quote!(Option<Option<u8>>), parse_quote!(u8)),
            (parse_quote!(Vec<_>), parse_quote!(Vec<()>)),
            (parse_quote!(&str), parse_quote!(&'static str)),
            (parse_quote!(Vec<&'a [Cow<'_, str>]>), parse_quote!(Vec<&'static [Cow<'static, str>]>)),
            (parse_quote!([u8]), parse_quote!(&'static [u8])),
        ];
        for (ty, expected) in cases {
            assert_eq!(usable(&ty), expected, "{}", text(&ty));
        }
    }
}
