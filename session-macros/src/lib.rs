//! The derive of the `session` crate. Depend on `session`, which re-exports it.
//!
//! The derive reads a struct into a model, checks the model and expands it. It collects every mistake on the way,
//! and still emits the accessors after one, so that the handlers that use them do not light up as well.

mod accessor;
mod ast;
mod attr;
mod case;
mod check;
mod docs;
mod errors;
mod expand;
mod generics;
mod hygiene;
#[cfg(test)]
mod snapshots;
mod symbol;
mod ty;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::ast::Schema;
use crate::errors::Errors;

/// Declares session keys: each field of the struct becomes a key, its accessors and a typed key constant.
///
/// Nobody builds a value of the struct. `Typed<Visitor>` reaches all accessors, `ReadOnly<Visitor>` the getters.
///
/// ```
/// use session::{SecretKey, SessionConfig, SessionManager, SessionSchema, Typed, store::MemoryStore};
///
/// #[derive(SessionSchema)]
/// struct Visitor {
///     /// Who is signed in.
///     #[session(key = "user.id")]
///     user_id: u64,
///     #[session(default)]
///     cart: Vec<String>,
///     #[session(client, default = "light".to_owned())]
///     theme: String,
/// }
///
/// async fn visit(mut visitor: Typed<Visitor>) -> Result<(), session::Error> {
///     assert_eq!(visitor.user_id().await?, None);                         // absent, and there is no default
///     visitor.set_user_id(7)?;                                            // a setter does no I/O
///     visitor.update_cart(|cart| cart.push("teapot".to_owned())).await?;  // atomic, even across servers
///     assert_eq!(visitor.cart().await?, ["teapot"]);
///     assert_eq!(visitor.theme()?, "light");                              // client state is in the cookie
///     assert_eq!(&*Visitor::USER_ID, "user.id");
///     Ok(())
/// }
/// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
/// # let mut session = manager.open(&http::HeaderMap::new());
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # runtime.block_on(visit(session.typed_mut())).unwrap();
/// ```
///
/// # Accessors of a field `cart: T`
///
/// | accessor | returns | on the server side | on the client side |
/// | --- | --- | --- | --- |
/// | `cart()` | `Option<T>`, with a default `T` | `async`: one load, unless the session is loaded | no I/O |
/// | `set_cart(T)` | `()` | no I/O | no I/O |
/// | `unset_cart()` | `()` | no I/O | no I/O |
/// | `remove_cart()` | `Option<T>` | `async`: one load, unless the session is loaded | no I/O |
/// | `update_cart(f)` | what `f` returns | `async`: as above, and one commit at once | no I/O |
/// | `try_update_cart(f)` | the `Result` of `f` | `async`: as above; an `Err` stores nothing | no I/O |
///
/// All of them return a `Result`. The `f` of an update takes `&mut Option<T>`, with a default `&mut T`, and may run
/// several times on the server side. Docs, visibility, `#[deprecated]` and `#[allow]` of the field carry over.
///
/// A `flash` field is a message that is shown once, and has four accessors: `peek_cart()` and `take_cart()`, both
/// `Option<T>`, `set_cart(T)` and `unset_cart()`. A `nested` field `checkout: Checkout` has two: `checkout()` is a
/// `ReadOnly<Checkout>`, `checkout_mut()` a `Typed<Checkout>`; both are plain functions and ask nothing.
///
/// Besides its accessors, a schema has
///
/// - `Visitor::CART`, the typed key of each field: a `Key<T>`, an `IndexKey<T>` where the field is indexed, a
///   `ClientKey<T>` on the client side. Each is a `str` to the raw key API.
/// - `visitor.snapshot()`, every field but flash ones at once, for templates and JSON: one load.
/// - `Visitor::schema()`, the declaration at run time.
///
/// An accessor costs what the call of the raw key API costs: it is one call, it is inlined, and the same functions run
/// behind it. Instructions of one call on a loaded session of 10 keys, as callgrind counts them:
///
/// | | raw key API | accessor |
/// | --- | --- | --- |
/// | read a text of 19 bytes | 818 | 792 |
/// | read a struct of seven fields | 5,463 | 5,475 |
/// | read a number of the client state | 415 | 399 |
/// | set the text | 1,701 | 1,663 |
/// | set the struct | 4,884 | 4,838 |
/// | update the text | 11,856 | 11,758 |
///
/// What differs is the caller's own code, into which an accessor is inlined: the raw API describes the key anew for each
/// call, and an accessor has it as a constant.
///
/// # Attributes of a field
///
/// | `#[session(...)]` | meaning |
/// | --- | --- |
/// | `key = "user.id"` | the key, where it is not the field's name |
/// | `client` | kept in the client's cookie instead of the store |
/// | `default` | an absent key reads as `T::default()` |
/// | `default = expr` | an absent key reads as the value of this expression |
/// | `flash` | a message that is taken once |
/// | `nested` | the fields of another schema, under their own keys: neither this field's name nor the prefix is added |
/// | `index` | the application finds sessions by this value: see `SessionManager::find` and `SessionConfig::index` |
/// | `alias = "old"` | read where the key is absent, dropped by the next write or removal; may be given several times |
/// | `kept_alias = "old"` | as an alias, but the place that is written, while servers of the last release still run |
/// | `with = "module"` | written and read by `module::serialize` and `module::deserialize`, as serde has it |
/// | `serialize_with = "fn"`, `deserialize_with = "fn"` | half of the above |
/// | `migrate = "fn"` | `fn(&serde_json::Value) -> Option<T>` reads what is not a `T`, such as values of an earlier release |
/// | `on_invalid = "error"` | a stored value that is not a `T` is an error when it is read: what happens without this |
/// | `on_invalid = "discard"` | it reads as absent, and stays until it is written over |
/// | `on_invalid = "default"` | it reads as the default, and stays until it is written over |
///
/// # Attributes of the struct
///
/// | `#[session(...)]` | meaning |
/// | --- | --- |
/// | `prefix = "auth."` | put before every key, so that two schemas can share a session |
/// | `rename_all = "camelCase"` | the case of keys that are a field's name: `lowercase`, `UPPERCASE`, `PascalCase`, `camelCase`, `snake_case`, `SCREAMING_SNAKE_CASE`, `kebab-case` or `SCREAMING-KEBAB-CASE` |
/// | `client` | every field is client state |
/// | `default` | every field that can have a default has that of its type |
/// | `retired = "old"` | a key that no field has any more: dropped when a request that loaded the session commits; may be given several times |
/// | `retired_client = "old"` | the same in the client state: dropped when the state cookie is sealed anew |
/// | `crate = "::my::session"` | where this crate is, if it is not `::session` |
///
/// An `alias`, a `kept_alias` and a retired key are whole keys: the prefix is not put before them.
///
/// # A schema over time
///
/// Sessions outlive releases. A field is read by itself, so one that does not fit costs no other:
///
/// ```
/// use session::{Session, SessionSchema};
///
/// mod yesterday {
///     #[derive(session::SessionSchema)]
///     pub struct Visitor {
///         pub user: u64,
///         pub size: String,
///         pub referrer: String,
///     }
/// }
///
/// #[derive(SessionSchema)]
/// #[session(retired = "referrer")]
/// struct Visitor {
///     #[session(key = "user.id", alias = "user")]
///     user_id: u64,
///     #[session(migrate = "size_of_word")]
///     size: u32,
/// }
///
/// fn size_of_word(old: &serde_json::Value) -> Option<u32> {
///     match old.as_str()? {
///         "small" => Some(36),
///         "large" => Some(44),
///         _ => None,
///     }
/// }
///
/// async fn visit(mut session: Session) -> Result<(), session::Error> {
///     let mut old = session.typed_mut::<yesterday::Visitor>();
///     old.set_user(7)?;
///     old.set_size("large".to_owned())?;
///
///     let mut visitor = session.typed_mut::<Visitor>();
///     assert_eq!(visitor.user_id().await?, Some(7));
///     assert_eq!(visitor.size().await?, Some(44));
///     visitor.set_user_id(8)?;
///     assert_eq!(session.get::<u64>("user").await?, None); // the write retired the old key
///     Ok(())
/// }
/// # use session::{SecretKey, SessionConfig, SessionManager, store::MemoryStore};
/// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # runtime.block_on(visit(manager.open(&http::HeaderMap::new()))).unwrap();
/// ```
///
/// | the release | says | and then |
/// | --- | --- | --- |
/// | renames a key, one server at a time | `kept_alias = "old"`, and in the next release `alias = "old"` | `retired = "old"` when no session is that old |
/// | renames a key, all servers at once | `alias = "old"` | the same |
/// | changes a type | `migrate = "fn"`, or `on_invalid` if the values are worth little | leaves it until no session is that old |
/// | drops a field | `retired = "key"` | leaves it until no session is that old: what no release names stays for as long as its session |
/// | moves a field between server and client | `retired` or `retired_client` for the old side: values do not move | |
///
/// `session::assert_schema!(Visitor, "visitor.schema.json")` in a test holds the schema against a description that is
/// checked in, and fails with an explanation when a change would strand what sessions hold.
/// `session::assert_disjoint!(Auth, Cart)` makes it a compile error that two schemas of one session share a key.
///
/// # What it costs to compile
///
/// CPU seconds of rustc 1.95 for a crate that holds nothing but structs of 20 fields of common types, without
/// incremental compilation; an empty crate takes 0.05:
///
/// | | `check` | `build` | `build --release` | the same structs with serde's two derives |
/// | --- | --- | --- | --- | --- |
/// | 1 schema | 0.17 | 0.20 | 0.20 | 0.08, 0.09, 0.09 |
/// | 100 schemas, 2,000 fields, 11,600 accessors | 12.9 | 13.9 | 15.0 | 2.3, 2.7, 3.1 |
///
/// 7 ms of a schema's 130 are the macro's own. Accessors that nobody calls are checked, but no code is made of them.
// serde's attribute is taken in so that it can be answered in our words.
#[proc_macro_derive(SessionSchema, attributes(session, serde))]
pub fn derive_session_schema(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    match syn::parse(input) {
        Ok(input) => derive(&input).into(),
        Err(error) => error.into_compile_error().into(),
    }
}

fn derive(input: &DeriveInput) -> TokenStream {
    let errors = Errors::new();
    let schema = Schema::read(input, &errors);
    check::schema(&schema, &errors);
    let code = expand::schema(&schema);
    let mistakes = errors.finish();
    quote!(#code #mistakes)
}
