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
/// several times on the server side. `Visitor::CART` is the typed key: a `Key<T>`, or a `ClientKey<T>`. Docs,
/// visibility, `#[deprecated]` and `#[allow]` of the field carry over to all of them.
///
/// # Attributes of a field
///
/// | `#[session(...)]` | meaning |
/// | --- | --- |
/// | `key = "user.id"` | the key, where it is not the field's name |
/// | `client` | kept in the client's cookie instead of the store |
/// | `default` | an absent key reads as `T::default()` |
/// | `default = expr` | an absent key reads as the value of this expression |
///
/// # Attributes of the struct
///
/// | `#[session(...)]` | meaning |
/// | --- | --- |
/// | `prefix = "auth."` | put before every key, so that two schemas can share a session |
/// | `rename_all = "camelCase"` | the case of keys that are a field's name: `lowercase`, `UPPERCASE`, `PascalCase`, `camelCase`, `snake_case`, `SCREAMING_SNAKE_CASE`, `kebab-case` or `SCREAMING-KEBAB-CASE` |
/// | `client` | every field is client state |
/// | `crate = "::my::session"` | where this crate is, if it is not `::session` |
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
