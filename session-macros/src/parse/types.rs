//! Questions about a field's type: is it an `Option`, is it borrowed, and which owned type to write instead.

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{GenericArgument, Path, PathArguments, PathSegment, Type, TypeReference};

use super::tokens::{mentions, text};

/// Returns the `T` of `Option<T>`.
pub(crate) fn option_inner(ty: &Type) -> Option<&Type> {
    let path = as_path(ty)?;
    let segments: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    match segments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["Option"] | ["std" | "core", "option", "Option"] => only_type_argument(path.segments.last()?),
        _ => None,
    }
}

/// Returns the `K` and the `T` of `BTreeMap<K, T>` or `HashMap<K, T>`.
pub(crate) fn map_arguments(ty: &Type) -> Option<(&Type, &Type)> {
    let last = as_path(ty)?.segments.last()?;
    let is_map = last.ident == "BTreeMap" || last.ident == "HashMap";
    let arguments: Vec<_> = type_arguments(last).collect();
    match arguments[..] {
        [part, value] if is_map => Some((part, value)),
        _ => None,
    }
}

/// Returns the name of a pointer or a collection, and its last type argument: `Vec` and `T` of `Vec<T>`.
pub(crate) fn container(ty: &Type) -> Option<(&Ident, &Type)> {
    let last = as_path(ty)?.segments.last()?;
    let is_container = is_pointer(&last.ident) || COLLECTIONS.iter().any(|name| last.ident == name);
    type_arguments(last).last().filter(|_| is_container).map(|inner| (&last.ident, inner))
}

const COLLECTIONS: [&str; 7] = ["Vec", "VecDeque", "HashMap", "BTreeMap", "HashSet", "BTreeSet", "IndexMap"];

pub(crate) fn is_pointer(name: &Ident) -> bool {
    ["Box", "Rc", "Arc", "Cow"].iter().any(|pointer| name == pointer)
}

/// Returns true if no value of the type is encoded as one text or number.
pub(crate) fn is_composite(ty: &Type) -> bool {
    match without_groups(ty) {
        Type::Tuple(_) | Type::Array(_) | Type::Slice(_) => true,
        ty => container(ty).is_some_and(|(name, _)| !is_pointer(name)),
    }
}

/// Returns true if the type contains `dyn Trait`.
pub(crate) fn has_trait_object(ty: &Type) -> bool {
    mentions(ty, "dyn")
}

/// Returns the types with lifetime arguments other than `'static`, such as `Item<'_>`.
pub(crate) fn types_with_lifetimes(ty: &Type) -> Vec<Type> {
    match ty {
        Type::Group(group) => types_with_lifetimes(&group.elem),
        Type::Paren(paren) => types_with_lifetimes(&paren.elem),
        Type::Array(array) => types_with_lifetimes(&array.elem),
        Type::Tuple(tuple) => tuple.elems.iter().flat_map(types_with_lifetimes).collect(),
        Type::Path(path) if path.path.segments.iter().any(has_lifetime) => vec![ty.clone()],
        Type::Path(path) => path.path.segments.iter().flat_map(type_arguments).flat_map(types_with_lifetimes).collect(),
        _ => Vec::new(),
    }
}

fn has_lifetime(segment: &PathSegment) -> bool {
    match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => arguments
            .args
            .iter()
            .any(|argument| matches!(argument, GenericArgument::Lifetime(lifetime) if lifetime.ident != "static")),
        _ => false,
    }
}

/// Returns true if the type is a string, or a pointer to a string.
pub(crate) fn is_string_like(ty: &Type) -> bool {
    let Some(last) = as_path(ty).and_then(|path| path.segments.last()) else {
        return false;
    };
    match last.ident.to_string().as_str() {
        "String" => true,
        "Box" | "Rc" | "Arc" | "Cow" => only_type_argument(last).is_some_and(is_str),
        _ => false,
    }
}

pub(crate) fn is_string(ty: &Type) -> bool {
    as_path(ty).and_then(|path| path.segments.last()).is_some_and(|last| last.ident == "String")
}

/// Returns true if the type is exactly this name.
pub(crate) fn is_named(ty: &Type, name: &Ident) -> bool {
    as_path(ty).is_some_and(|path| path.is_ident(name))
}

/// Returns the references in a type, outermost first. References in function pointers do not borrow.
pub(crate) fn references(ty: &Type) -> Vec<&TypeReference> {
    match ty {
        Type::Reference(reference) => vec![reference],
        Type::Group(group) => references(&group.elem),
        Type::Paren(paren) => references(&paren.elem),
        Type::Array(array) => references(&array.elem),
        Type::Slice(slice) => references(&slice.elem),
        Type::Tuple(tuple) => tuple.elems.iter().flat_map(references).collect(),
        Type::Path(path) => path.path.segments.iter().flat_map(type_arguments).flat_map(references).collect(),
        _ => Vec::new(),
    }
}

/// Returns true for `str`, `[T]` and `dyn Trait`, which are allowed as the last field of a struct.
pub(crate) fn is_unsized(ty: &Type) -> bool {
    match without_groups(ty) {
        Type::Slice(_) | Type::TraitObject(_) => true,
        ty => is_str(ty),
    }
}

/// Returns the owned type to write instead of a borrowed or unsized type.
pub(crate) fn owned_text(ty: &Type) -> Option<String> {
    match without_groups(ty) {
        Type::Reference(reference) => owned_text(&reference.elem),
        Type::Slice(slice) => Some(format!("Vec<{}>", text(&slice.elem))),
        Type::TraitObject(_) => None,
        ty if is_str(ty) => Some("String".to_owned()),
        ty => Some(text(ty)),
    }
}

/// Returns the type for the signatures of the accessors: the type as written, or the most similar type that compiles
/// there. It is no `Option`, has only `'static` lifetimes and needs no inference.
pub(crate) fn signature_type(ty: &Type) -> Type {
    match option_inner(ty) {
        Some(inner) => signature_type(inner),
        // The compiler reports it on the field, and would repeat it for each signature.
        None if matches!(without_groups(ty), Type::ImplTrait(_)) => syn::parse_quote!(()),
        None if is_unsized(ty) => syn::parse_quote!(&'static #ty),
        None => syn::parse2(with_static_lifetimes(ty.to_token_stream())).unwrap_or_else(|_| ty.clone()),
    }
}

/// Replaces all lifetimes by `'static`, and `_` by `()`.
fn with_static_lifetimes(tokens: TokenStream) -> TokenStream {
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
                let has_lifetime = matches!(tokens.peek(), Some(TokenTree::Punct(next)) if next.as_char() == '\'');
                result.extend((!has_lifetime).then(|| quote!('static)));
            }
            TokenTree::Ident(ident) if ident == "_" => result.extend(quote!(())),
            TokenTree::Group(group) => {
                Group::new(group.delimiter(), with_static_lifetimes(group.stream())).to_tokens(&mut result);
            }
            token => token.to_tokens(&mut result),
        }
    }
    result
}

fn without_groups(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => without_groups(&group.elem),
        Type::Paren(paren) => without_groups(&paren.elem),
        ty => ty,
    }
}

fn as_path(ty: &Type) -> Option<&Path> {
    match without_groups(ty) {
        Type::Path(path) if path.qself.is_none() => Some(&path.path),
        _ => None,
    }
}

fn is_str(ty: &Type) -> bool {
    as_path(ty).is_some_and(|path| path.is_ident("str"))
}

fn type_arguments(segment: &PathSegment) -> impl Iterator<Item = &Type> {
    let arguments = match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
        _ => None,
    };
    arguments.into_iter().flatten().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// Returns the type argument of a segment that has exactly one.
fn only_type_argument(segment: &PathSegment) -> Option<&Type> {
    let mut types = type_arguments(segment);
    types.next().filter(|_| types.next().is_none())
}

#[cfg(test)]
mod tests {
    use syn::{Type, parse_quote};

    use super::*;

    #[test]
    fn options_are_recognized() {
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
    fn maps_are_recognized() {
        let cases: [(Type, Option<(&str, &str)>); 6] = [
            (parse_quote!(BTreeMap<u8, Vec<u8>>), Some(("u8", "Vec<u8>"))),
            (parse_quote!(std::collections::HashMap<my::Id, u8>), Some(("my::Id", "u8"))),
            (parse_quote!((BTreeMap<u8, u16>)), Some(("u8", "u16"))),
            (parse_quote!(HashMap<u8, u16, State>), None),
            (parse_quote!(BTreeMap), None),
            (parse_quote!(Vec<(u8, u16)>), None),
        ];
        for (ty, expected) in cases {
            let found = map_arguments(&ty).map(|(part, value)| (text(part), text(value)));
            let found = found.as_ref().map(|(part, value)| (part.as_str(), value.as_str()));
            assert_eq!(found, expected, "{}", text(&ty));
        }
    }

    #[test]
    fn borrowed_types_have_an_owned_type() {
        let cases: [(Type, &str); 5] = [
            (parse_quote!(&'static str), "String"),
            (parse_quote!(&'a [u8]), "Vec<u8>"),
            (parse_quote!(&mut HashMap<String, u8>), "HashMap<String, u8>"),
            (parse_quote!(str), "String"),
            (parse_quote!(&(u8, [u16; 3])), "(u8, [u16; 3])"),
        ];
        for (ty, expected) in cases {
            assert_eq!(owned_text(&ty).as_deref(), Some(expected), "{}", text(&ty));
        }
    }

    #[test]
    fn references_are_found_inside() {
        let ty: Type = parse_quote!(Vec<(&'static str, fn(&u8) -> &u8, [&'a u8; 2])>);
        assert_eq!(references(&ty).len(), 2);
    }

    #[test]
    fn a_signature_type_compiles_in_a_signature() {
        let cases: [(Type, Type); 5] = [
            (parse_quote!(Option<Option<u8>>), parse_quote!(u8)),
            (parse_quote!(Vec<_>), parse_quote!(Vec<()>)),
            (parse_quote!(&str), parse_quote!(&'static str)),
            (parse_quote!(Vec<&'a [Cow<'_, str>]>), parse_quote!(Vec<&'static [Cow<'static, str>]>)),
            (parse_quote!([u8]), parse_quote!(&'static [u8])),
        ];
        for (ty, expected) in cases {
            assert_eq!(signature_type(&ty), expected, "{}", text(&ty));
        }
    }
}
