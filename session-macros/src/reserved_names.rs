//! The names of `Session`'s methods, which no accessor may have.

/// An accessor with one of these names would hide the method behind `Typed<S>`.
const RESERVED_NAMES: [&str; 48] = [
    "abandon",
    "as_read_only",
    "as_ref",
    "clear",
    "client",
    "client_mut",
    "clone",
    "csrf_token",
    "cycle_id",
    "delete",
    "deref",
    "deref_mut",
    "detached",
    "entries",
    "finalize",
    "get",
    "get_raw",
    "handle",
    "id",
    "insert",
    "insert_raw",
    "into",
    "invalidate",
    "is_empty",
    "is_invalidated",
    "is_replaced",
    "keep_alive",
    "log_in",
    "meta",
    "partial_snapshot",
    "reload",
    "remove",
    "remove_raw",
    "renew_token",
    "restart",
    "set_label",
    "set_lifetime",
    "snapshot",
    "sync",
    "token_status",
    "try_into",
    "try_update",
    "typed",
    "typed_mut",
    "unset",
    "unset_all",
    "update",
    "verify_csrf",
];

pub(crate) fn is_reserved(name: &str) -> bool {
    RESERVED_NAMES.contains(&name)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use syn::{ImplItem, Item, ItemImpl, Type, Visibility};

    use super::is_reserved;

    /// The crate that declares `Session`. Its methods are found in every file.
    const SESSION_SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../session/src");

    #[test]
    fn every_method_of_a_typed_session_is_reserved() {
        let file = Path::new(SESSION_SOURCES).join("session/typed.rs");
        let items = syn::parse_file(&fs::read_to_string(file).unwrap()).unwrap().items;
        let names: Vec<_> = items.iter().filter(|item| is_impl_of(item, "Typed")).flat_map(public_methods).collect();
        assert_eq!(names, ["snapshot", "partial_snapshot", "unset_all", "as_read_only"]);
        assert!(names.iter().all(|name| is_reserved(name)));
    }

    #[test]
    fn every_method_of_a_session_is_reserved() {
        let names = session_methods(Path::new(SESSION_SOURCES));
        assert!(names.len() > 30, "too few methods of `Session` in {SESSION_SOURCES}: {names:?}");
        let missing: Vec<_> = names.iter().filter(|name| !is_reserved(name)).collect();
        assert!(missing.is_empty(), "not reserved: {missing:?}");
    }

    fn session_methods(folder: &Path) -> Vec<String> {
        let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        paths.flat_map(|path| if path.is_dir() { session_methods(&path) } else { methods_in_file(&path) }).collect()
    }

    fn methods_in_file(file: &Path) -> Vec<String> {
        let source = fs::read_to_string(file).unwrap_or_default();
        // Parsing is slow, and most files have no such block.
        if file.extension().is_none_or(|extension| extension != "rs") || !source.contains("impl Session ") {
            return Vec::new();
        }
        let items = syn::parse_file(&source).unwrap().items;
        items.iter().filter(|item| is_impl_of(item, "Session")).flat_map(public_methods).collect()
    }

    fn is_impl_of(item: &Item, name: &str) -> bool {
        let Item::Impl(ItemImpl { trait_: None, self_ty, .. }) = item else { return false };
        matches!(&**self_ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == name))
    }

    fn public_methods(item: &Item) -> Vec<String> {
        let Item::Impl(ItemImpl { items, .. }) = item else { return Vec::new() };
        let methods = items.iter().filter_map(|item| match item {
            ImplItem::Fn(method) if matches!(method.vis, Visibility::Public(_)) => Some(&method.sig),
            _ => None,
        });
        methods.filter(|sig| sig.receiver().is_some()).map(|sig| sig.ident.to_string()).collect()
    }
}
