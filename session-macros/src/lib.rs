//! The derive of the `session` crate. Depend on `session`, which re-exports it.
//!
//! The derive parses a struct into a model (`parse/`), checks the model (`check/`) and generates code (`expand/`).
//! After an error it still generates the accessors, so that the compiler does not also report each use of them.

mod accessor_names;
#[cfg(test)]
mod attribute_pair_tests;
mod check;
mod diagnostics;
mod expand;
#[cfg(test)]
mod expansion_tests;
mod parse;
mod reserved_names;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use self::diagnostics::Diagnostics;
use self::parse::model::Schema;

/// Declares session keys: each field of the struct becomes a key, with accessors and a typed key constant.
///
/// The struct itself is never built, except as the value of a [group](#groups). `Typed<Visitor>` has all accessors,
/// `ReadOnly<Visitor>` only the getters. `session::docs::schema` lists all attributes, and shows most
/// of them in one example.
///
/// ```
/// use session::{SecretKey, SessionConfig, SessionManager, SessionSchema, Typed, store::MemoryStore};
///
/// #[derive(SessionSchema)]
/// struct Visitor {
///     /// The user who is logged in.
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
///     visitor.log_in(Visitor::USER_ID, 7).await?;                         // rotates the token, and sets the key
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
/// | `cart()` | `Option<T>`, or `T` with a default | `async`: one load, unless the session is loaded | no I/O |
/// | `set_cart(T)` | `()` | no I/O | no I/O |
/// | `set_cart_for(T, Duration)`, only with `expires_in` | `()` | no I/O | no I/O |
/// | `unset_cart()` | `()` | no I/O | no I/O |
/// | `remove_cart()` | `Option<T>` | `async`: one load, unless the session is loaded | no I/O |
/// | `update_cart(f)` | the result of `f` | `async`: like `cart()`, and one commit | no I/O |
/// | `try_update_cart(f)` | the `Result` of `f` | `async`: like `update_cart`; an `Err` stores nothing | no I/O |
///
/// A **load** reads the session from the store, at most once in a request. A **commit** stores the changes: one at the end of the
/// request, and one for each update.
///
/// Each accessor returns a `Result`. A value with NaN or an infinity is an error, because JSON has neither. A debug build
/// also decodes each value that is written, and logs an error if it cannot be read back. The `f` of an update takes
/// `&mut Option<T>`, or `&mut T` with a default. On the server side, `f` may run several times. Docs, visibility,
/// `#[deprecated]` and `#[allow]` of the field also apply to its accessors. If the schema is in a module of its own, write `pub`
/// or `pub(crate)` on the struct and on its fields: the accessors of a private field can be called only in that module.
///
/// A value that a loaded session already has is not stored again. Equal `HashMap`s and `HashSet`s may be encoded in
/// different orders and be stored again: use `BTreeMap` and `BTreeSet`.
///
/// A `flash` field is a message that is shown once. `peek_cart()` and `take_cart()` return `Option<T>`, and `set_cart(T)`,
/// `unset_cart()`, `update_cart(f)` and `try_update_cart(f)` are the same as for other fields.
///
/// - `take_cart()` removes the message, except in a `HEAD` request, whose client sees no page.
/// - For several messages in one request, declare a `Vec`:
///   `visitor.update_notices(|notices| notices.get_or_insert_default().push(notice))`.
/// - For visitors who are not logged in, declare `#[session(flash, client)]`. A message in the server state would create a
///   session for each visitor.
///
/// A `nested` field `checkout: Checkout` has two: `checkout()` returns a `ReadOnly<Checkout>`, and `checkout_mut()` returns a
/// `NestedMut<Checkout>`. Both do no I/O. A `&mut NestedMut<Checkout>` can be passed as a `&mut Typed<Checkout>`, but it has no
/// `clear`, `delete`, `invalidate`, `restart` and `client_mut`, which act on the whole session.
///
/// `visitor.unset_all()` removes all fields of the schema and of its nested schemas: `Typed::unset_all`.
///
/// # A getter returns a copy
///
/// These lines compile without a warning, and change nothing in the session:
///
/// | instead of | write |
/// | --- | --- |
/// | `visitor.cart().await?.push(item)` | `visitor.update_cart(\|cart\| cart.push(item)).await?` |
/// | `visitor.amounts_entries().await?.insert(7, 2)`, for a [keyed](#keyed-fields) field | `visitor.set_amounts(&7, 2)?` |
/// | `visitor.update_role(\|_\| Role::Admin).await?` | `visitor.update_role(\|role\| *role = Role::Admin).await?` |
///
/// The closure of an update changes its argument. Its result is only returned to the caller.
///
/// # The value of a default
///
/// The expression of a `default` is evaluated by each read of an absent key, and its value is not stored. So a random number or
/// the current time differs between two reads of one request. Declare such a field without a default, and store the first
/// value:
///
/// ```
/// # use session::{SecretKey, SessionConfig, SessionManager, SessionSchema, Typed, store::MemoryStore};
/// #[derive(SessionSchema)]
/// struct Visitor {
///     experiment: u64,
/// }
///
/// # fn random() -> u64 { 4 }
/// async fn experiment(visitor: &mut Typed<Visitor>) -> Result<u64, session::Error> {
///     visitor.update_experiment(|experiment| *experiment.get_or_insert_with(random)).await
/// }
/// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
/// # let mut session = manager.open(&http::HeaderMap::new());
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # assert_eq!(runtime.block_on(experiment(&mut session.typed_mut())).unwrap(), 4);
/// ```
///
/// # A login
///
/// The field of the user is set by `log_in`. Set other values of the login afterwards:
///
/// ```
/// # use session::{SessionSchema, Typed};
/// # #[derive(SessionSchema)]
/// # struct Visitor {
/// #     #[session(index)]
/// #     user_id: u64,
/// #     roles: Vec<String>,
/// # }
/// async fn log_in(visitor: &mut Typed<Visitor>, user: u64, roles: Vec<String>) -> Result<(), session::Error> {
///     visitor.log_in(Visitor::USER_ID, user).await?; // first: a new token, and no values of another user
///     visitor.set_roles(roles)
/// }
/// # use session::{SecretKey, SessionConfig, SessionManager, store::MemoryStore};
/// # let config = SessionConfig::new(SecretKey::generate()).schema::<Visitor>();
/// # let manager = SessionManager::new(MemoryStore::new(), config);
/// # let mut session = manager.open(&http::HeaderMap::new());
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # runtime.block_on(log_in(&mut session.typed_mut(), 7, vec!["admin".to_owned()])).unwrap();
/// # assert_eq!(runtime.block_on(session.typed::<Visitor>().user_id()).unwrap(), Some(7));
/// ```
///
/// - `set_user_id` and `update_user_id` are no login: the token stays, so an attacker who knows it is logged in too (session
///   fixation), and the values of the user before stay.
/// - If the session belongs to another user, `log_in` starts an empty one. It drops all values that the request has set before.
///
/// # Keys and snapshots
///
/// A schema also has:
///
/// - `Visitor::CART`, a constant that contains the key and the type of the field: a `Key<T>`, an `IndexKey<T>` if the field is
///   indexed, a `ClientKey<T>` on the client side. `get`, `insert` and the other methods of `Session` that take a text as the key
///   (the **raw key API**) take it too, and then use type, codec and aliases of the field: `session.get(&Visitor::CART)`. It
///   dereferences to its text `str`, which has none of them: `&*Visitor::CART`. Fields with `nested` or `group` have no
///   constant. The fields of their structs have one, for example `LoggedIn::USER_ID`.
/// - `visitor.snapshot()`, all fields except flash messages and secrets, for templates and JSON: one load. In its JSON, each
///   field has its Rust name, also with `key`, `prefix` or `rename_all`. Nested schemas and groups are objects of their own.
/// - `Visitor::schema()`, the declaration at run time.
///
/// An accessor is as fast as the raw key API: it is inlined and calls the same functions. The figures, also those of the
/// compile time, are in `session::docs::benchmarks`.
///
/// # Attributes of a field
///
/// | `#[session(...)]` | meaning |
/// | --- | --- |
/// | `key = "user.id"` | the key; by default the name of the field |
/// | `client` | stored in the client's cookie instead of the store |
/// | `default` | an absent key reads as `T::default()` |
/// | `default = expr` | an absent key reads as the value of this expression, which each read evaluates |
/// | `flash` | a message that is removed when it is read; with `client`, it needs no session |
/// | `expires_in = "10m"` | a value that reads as absent after this time: see [below](#values-that-expire-before-their-session); not with `index` |
/// | `nested` | the fields of another schema, under their own keys, without this field's name and without the prefix |
/// | `keyed` | one session key per entry of a map; not with `index` or `nested`: see [below](#keyed-fields) |
/// | `group` | a struct whose fields are keys of their own, read and written together: see [groups](#groups) |
/// | `index` | sessions can be found by this value: see [below](#indexed-fields); not for a float, a list, a map, a set or a tuple |
/// | `secret` | snapshots omit the value, and `Session::entries` redacts it |
/// | `sealed` | the value is encrypted before it reaches the store; not with `client` or `index` |
/// | `alias = "old"` | an earlier key: read if the key is absent, deleted by the next write or removal; may be repeated |
/// | `kept_alias = "old"` | like `alias`, but values are still written there, for servers that run the last release |
/// | `with = "module"` | encoded by `module::serialize` and decoded by `module::deserialize`, as in serde |
/// | `serialize_with = "fn"`, `deserialize_with = "fn"` | only the encoding, only the decoding |
/// | `migrate = "fn"` | `fn(&serde_json::Value) -> Option<T>` decodes a value that is not a `T`, such as one of an earlier release |
/// | `check = "fn"` | `fn(&T) -> Result<(), impl Display>` accepts or refuses each value that is written: see [below](#checked-values) |
/// | `on_invalid = "error"` | reading a stored value that is not a `T` is an error (the default) |
/// | `on_invalid = "discard"` | such a value reads as absent, and stays stored until it is overwritten |
/// | `on_invalid = "default"` | such a value reads as the default, and stays stored until it is overwritten |
/// | `null = "absent"` | a stored `null` of another application reads as an absent key; setting one is an error: see [below](#a-stored-null) |
///
/// `session::docs::attribute_pairs` lists the attributes that exclude each other.
///
/// # Attributes of the struct
///
/// | `#[session(...)]` | meaning |
/// | --- | --- |
/// | `prefix = "auth."` | added before every key, so that two schemas can share a session |
/// | `rename_all = "camelCase"` | the case of keys that are a field's name: `lowercase`, `UPPERCASE`, `PascalCase`, `camelCase`, `snake_case`, `SCREAMING_SNAKE_CASE`, `kebab-case` or `SCREAMING-KEBAB-CASE`; see below |
/// | `client` | every field is client state |
/// | `default` | every field that can have a default reads as `T::default()` if its key is absent |
/// | `retired = "old"` | a key of a removed field: deleted when a request that loaded the session commits; may be repeated; `"old:*"` for all entries of a `keyed` field |
/// | `group` | the struct can be the type of a `group` field: see [groups](#groups) |
/// | `retired_client = "old"` | the same in the client state: deleted when the state cookie is next written; may be repeated |
/// | `snapshot(Clone, PartialEq)` | traits that the snapshot derives, besides its `Debug` and `Serialize` |
/// | `crate = "::my::session"` | the path of this crate; by default `::session` |
///
/// An `alias`, a `kept_alias` and a retired key are complete keys: the prefix is not added to them.
///
/// `rename_all` changes only keys. Accessors, constants and the JSON of a snapshot have the names of the fields. Nested
/// schemas and groups do not inherit it: write it on each struct.
///
/// # Indexed fields
///
/// `manager.find(Visitor::USER_ID, &7)` returns the sessions in which the field has this value. Register the schema once, when the
/// application starts: `SessionConfig::new(key).schema::<Visitor>()`. Without it, accessors of the field are an error of kind
/// `Config`. Set the field of the user with [`log_in`](#a-login).
///
/// # Keyed fields
///
/// For values that belong to an object, such as the cart of a tenant or the draft of a document, declare a map. Each entry
/// has its own session key, so a change of one entry stores only that entry, and two requests can change different entries. The
/// **part** of an entry is its key in the map: the part of `cart:7` is `7`.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use session::{Session, SessionSchema};
///
/// #[derive(SessionSchema)]
/// struct Visitor {
///     #[session(keyed, default)]
///     cart: BTreeMap<u32, Vec<String>>,
///     #[session(keyed, flash)]
///     notice: BTreeMap<String, String>,
/// }
///
/// async fn visit(mut session: Session) -> Result<(), session::Error> {
///     let mut visitor = session.typed_mut::<Visitor>();
///     visitor.set_cart(&7, vec!["teapot".to_owned()])?;                     // the session key `cart:7`
///     visitor.update_cart(&8, |cart| cart.push("mug".to_owned())).await?;   // atomic, and only this entry
///     assert_eq!(visitor.cart(&7).await?, ["teapot"]);
///     assert_eq!(visitor.cart_entries().await?.len(), 2);                   // a `BTreeMap`; one load for all entries
///     visitor.unset_all_cart().await?;
///     visitor.set_notice("orders:9", "Saved.".to_owned())?;                 // the session key `notice:orders%3A9`
///     assert_eq!(visitor.take_notice("orders:9").await?.as_deref(), Some("Saved."));
///     Ok(())
/// }
/// # use session::{SecretKey, SessionConfig, SessionManager, store::MemoryStore};
/// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # runtime.block_on(visit(manager.open(&http::HeaderMap::new()))).unwrap();
/// ```
///
/// The accessors of a keyed field take the part as their first argument: `&K`, or `&str` if `K` is `String`. There are two more:
///
/// | accessor | returns | on the server side | on the client side |
/// | --- | --- | --- | --- |
/// | `cart_entries()` | `BTreeMap<K, T>`, the stored entries | `async`: one load, unless the session is loaded | no I/O |
/// | `unset_all_cart()` | `()`; unsets the entries that it has read | `async`: one load, unless the session is loaded | no I/O |
///
/// - The type of the field is `BTreeMap<K, T>` or `HashMap<K, T>`. `K` needs `Display`, `FromStr` and `Ord`. Two parts are the
///   same entry if `Display` writes them equally.
/// - The key of an entry is the key of the field, `:` and the part, in which `%` is written as `%25` and `:` as `%3A`. So no
///   entry has the key of another field: a plain field with the key `cart:total` beside a keyed `cart` is a compile error.
/// - A part whose key has more than 1,024 bytes is an error of kind `TooLarge`.
/// - The other attributes apply to each entry. `default` is the value of an absent entry, and `cart_entries` returns only
///   stored ones. With `expires_in`, each entry expires at its own time. An `alias` is the key of the field in an earlier
///   release.
/// - `cart_entries` and snapshots are an error of kind `Value` if the value of an entry is not a `T`, or its part is not a
///   `K`. With `on_invalid = "discard"` they omit this entry. With `on_invalid = "default"` they contain the default for an
///   invalid value, and omit an invalid part.
/// - A part must not be a secret. Stores contain it in plain text, errors and logs name it, and inspectors show it, also if the
///   field is `secret` or `sealed`.
/// - `Visitor::CART` is a `KeyPrefix`, or a `ClientKeyPrefix`. `Visitor::CART.key(&7)` returns the typed key of an entry for the
///   raw key API: `session.get(Visitor::CART.key(&7))`.
/// - When you remove a keyed field, delete its entries with `retired = "cart:*"`.
///
/// # Values that expire before their session
///
/// A one-time code, the state of an OAuth login, or a confirmed password is valid for minutes, and the session for days:
///
/// ```
/// use std::time::Duration;
///
/// use session::{SessionSchema, Typed};
///
/// #[derive(SessionSchema)]
/// struct Login {
///     #[session(expires_in = "10m", flash)]
///     code: String,
///     #[session(expires_in = "1h30m", default)]
///     attempts: u32,
/// }
///
/// async fn send_code(mut login: Typed<Login>) -> Result<(), session::Error> {
///     login.set_code("730184".to_owned())?;                                  // absent in ten minutes
///     login.set_code_for("730184".to_owned(), Duration::from_secs(60))?;     // absent in one minute
///     login.update_attempts(|attempts| *attempts += 1).await?;               // 90 minutes from now
///     assert_eq!(login.take_code().await?.as_deref(), Some("730184"));
///     Ok(())
/// }
/// # use session::{SecretKey, SessionConfig, SessionManager, store::MemoryStore};
/// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
/// # let mut session = manager.open(&http::HeaderMap::new());
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # runtime.block_on(send_code(session.typed_mut())).unwrap();
/// ```
///
/// - The duration is a sum of days (`d`), hours (`h`), minutes (`m`) and seconds (`s`), such as `90s` or `1h30m`.
/// - The value is stored with its expiry time. After that time, by `SessionConfig::clock`, it reads as absent everywhere:
///   accessors, snapshots, `Session::get` and `Session::entries`.
/// - Each write starts the time again, also a write of an equal value, and an update whose closure changes nothing. Only a
///   `try_update_` whose closure returns `Err` writes nothing. So a wrong attempt does not extend a one-time code:
///   `session::docs::recipes` shows it.
/// - The next commit of a request that has loaded the session deletes expired values. If another request has changed the
///   session since the load, they stay until a later commit, so that a value that was just set survives. Such a commit is sent
///   twice.
/// - A plain value, stored before the field had the attribute, reads as absent. If the attribute is removed, stored values are
///   read until they expire.
/// - The raw key API reads expiring values too. Its writes get an expiry time if the request uses the schema, or if the
///   schema is registered with `SessionConfig::schema`.
/// - In client state, expired values are deleted when the state cookie is next written. There the attribute is only a
///   convenience: a client can keep an old cookie and send it again, also after the value was taken. A one-time code
///   belongs on the server side.
/// - The session must live as long as the value: a longer duration has no effect.
///
/// # Checked values
///
/// `check` names a function that refuses a value before it is stored:
///
/// ```
/// use session::{ErrorKind, SessionSchema, Typed};
///
/// #[derive(SessionSchema)]
/// struct Shop {
///     #[session(default, check = "has_at_most_two")]
///     cart: Vec<String>,
/// }
///
/// fn has_at_most_two(cart: &[String]) -> Result<(), String> {
///     if cart.len() <= 2 { Ok(()) } else { Err(format!("{} items, but only 2 are allowed", cart.len())) }
/// }
///
/// async fn add(mut shop: Typed<Shop>) -> Result<(), session::Error> {
///     shop.set_cart(vec!["tea".to_owned(), "cup".to_owned()])?;
///     let error = shop.update_cart(|cart| cart.push("pot".to_owned())).await.unwrap_err();
///     assert_eq!(error.kind(), ErrorKind::Value);
///     assert_eq!(error.refusal(), Some("3 items, but only 2 are allowed")); // for the user
///     assert_eq!(error.status(), 422);
///     assert_eq!(shop.cart().await?.len(), 2);
///     Ok(())
/// }
/// # use session::{SecretKey, SessionConfig, SessionManager, store::MemoryStore};
/// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
/// # let mut session = manager.open(&http::HeaderMap::new());
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # runtime.block_on(add(session.typed_mut())).unwrap();
/// ```
///
/// It runs in setters, after the `f` of an update, in `log_in`, and in the methods of the raw key API that write with a key
/// constant. Stored values are not checked when they are read. A refused value is an error of kind `Value` with status 422, and
/// `Error::refusal` returns the message, so that a form can show it. An application may log the message, so it should not
/// contain the value.
///
/// A function for a `String` may take a `&str`, and one for a `Vec<T>` a `&[T]`. A generic function needs its types:
/// `check = "is_short::<String>"`. For a method, write a function that calls it.
///
/// # A stored `null`
///
/// Without the attribute, a stored `null` is an error of kind `Value`, unless the type of the field reads it. With
/// `null = "absent"`:
///
/// - The field reads as `None`, or as its default. The `null` stays stored until the next write.
/// - It is decided before `alias`, `migrate` and `on_invalid`: if the key of the field holds `null`, an alias is not read.
/// - The same holds for each entry of a `keyed` field. `cart_entries` and snapshots omit such an entry.
///
/// # Groups
///
/// Values that come and go together, such as those of a login, are a `group`: a struct, with a key of the session for each
/// field. Write `#[session(group)]` on the field and on the struct:
///
/// ```
/// use session::{SessionSchema, Typed};
///
/// #[derive(SessionSchema)]
/// struct Visitor {
///     #[session(default)]
///     cart: Vec<String>,
///     #[session(group)]
///     login: LoggedIn,
/// }
///
/// #[derive(SessionSchema)]
/// #[session(group, prefix = "login.")]
/// struct LoggedIn {
///     #[session(index)]
///     user_id: u64,
///     roles: Vec<String>,
/// }
///
/// async fn log_in(visitor: &mut Typed<Visitor>, login: LoggedIn) -> Result<(), session::Error> {
///     visitor.log_in(LoggedIn::USER_ID, login.user_id).await?; // first: a new token, and no values of another user
///     visitor.set_login(login) // then the whole group
/// }
///
/// async fn visit(mut visitor: Typed<Visitor>) -> Result<(), session::Error> {
///     assert!(visitor.login().await?.is_none());
///     log_in(&mut visitor, LoggedIn { user_id: 7, roles: vec!["admin".to_owned()] }).await?;
///     if let Some(login) = visitor.login().await? {
///         assert_eq!((login.user_id, login.roles.len()), (7, 1));
///     }
///     assert_eq!(visitor.get::<u64>("login.user_id").await?, Some(7));
///     visitor.unset_login()
/// }
/// # use session::{SecretKey, SessionConfig, SessionManager, store::MemoryStore};
/// # let key = SecretKey::generate();
/// let config = SessionConfig::new(key).schema::<Visitor>(); // the index of `user_id`
/// # let manager = SessionManager::new(MemoryStore::new(), config);
/// # let mut session = manager.open(&http::HeaderMap::new());
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # runtime.block_on(visit(session.typed_mut())).unwrap();
/// ```
///
/// Both calls of the login are needed, in this order:
///
/// | calls | effect |
/// | --- | --- |
/// | `log_in`, then `set_login` | a new token, and the login of the new user |
/// | only `set_login` | no login: the token stays, so an attacker who knows it is logged in too |
/// | only `log_in` | one field is set, so `login()` is `None`; the index finds the session |
/// | `set_login`, then `log_in` | in a session of another user, `log_in` drops the group: `login()` is `None` |
///
/// | accessor | effect |
/// | --- | --- |
/// | `login()` | returns `Some` if all fields are present. One load, unless the session is loaded |
/// | `set_login(LoggedIn)` | sets all fields, or none if one value is refused or cannot be encoded. No I/O |
/// | `unset_login()` | removes all fields. No I/O |
/// | `remove_login()` | removes all fields, and returns what `login()` returned. One load, unless the session is loaded |
///
/// - The fields are plain server fields. A field with `client`, `default`, `flash`, `keyed`, `nested` or `group` is refused; the other
///   attributes have their usual effect, and so have `prefix`, `rename_all` and `retired` on the struct.
/// - With `expires_in`, the group reads as `None` when the first of its values has expired. `remove_login()` removes the
///   other values. A commit deletes the expired ones, unless another request has set new ones.
/// - One invalid value makes `login()` an error. With `on_invalid = "discard"` it makes the group absent.
/// - A field that is added to a group is absent in stored sessions, so the whole group reads as `None` there: the users log in
///   again. `assert_schema!` reports it.
/// - There is no `update_login`. To change one field atomically, use the accessors of the struct:
///   `session.typed_mut::<LoggedIn>().update_roles(f)`. If most code needs one field at a time, declare the field as `nested`
///   instead of `group`.
/// - `prefix` and `rename_all` of the outer schema do not apply to a group: write them on its struct.
/// - `Snapshot<LoggedIn>` is an `Option` of a struct with all fields except secret ones, also inside of
///   `Snapshot<Visitor>`.
/// - Only the changed fields of a group are sent to the store. If two requests set a group at the same time, the later commit
///   wins, field by field.
///
/// # Secret and sealed fields
///
/// Mark a refresh token, or another value that must not leave the server, as `secret` and `sealed`:
///
/// ```
/// use session::{Session, SessionSchema};
///
/// #[derive(SessionSchema)]
/// struct Account {
///     name: String,
///     #[session(secret, sealed, on_invalid = "discard")]
///     refresh_token: String,
/// }
///
/// async fn visit(mut session: Session) -> Result<(), Box<dyn std::error::Error>> {
///     let mut account = session.typed_mut::<Account>();
///     account.set_name("Ada".to_owned())?;
///     account.set_refresh_token("hunter2".to_owned())?;
///     assert_eq!(account.refresh_token().await?.as_deref(), Some("hunter2"));
///     assert_eq!(serde_json::to_string(&account.snapshot().await?)?, r#"{"name":"Ada"}"#);
///     assert_eq!(account.entries().await?["refresh_token"], "[redacted]");
///     Ok(())
/// }
/// # use session::{SecretKey, SessionConfig, SessionManager, store::MemoryStore};
/// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # runtime.block_on(visit(manager.open(&http::HeaderMap::new()))).unwrap();
/// ```
///
/// - `secret` affects only output. The accessors and `Session::get_raw` return the value. `Session::entries` redacts it for
///   schemas that the request uses, and for schemas registered with `SessionConfig::schema`.
/// - `sealed` protects the value in the store and its backups: they contain the encrypted text. A snapshot contains the
///   value, unless the field is also `secret`.
/// - A sealed value is encrypted with the manager's `SecretKey`, and bound to the record's id and the key. It is read
///   through an `alias`, but not after a copy to another session or key. `session::docs::threat_model` has the limits.
/// - If the key that encrypted a value was removed, getters and updates of the field are an error for the rest of the
///   session. With `on_invalid`, the value reads as absent: use it for values that can be obtained again.
/// - A stored plain value of a sealed key is an error of kind `Value`. `migrate` can decode it, and `on_invalid` ignores it.
/// - Storing an equal value is no commit, unless a fallback key had encrypted the stored one.
/// - The encrypted text needs 48 bytes more than the JSON text, plus a third of its length.
/// - The raw key API reads sealed values too. It encrypts its writes to sealed keys of schemas that the request uses, and of
///   registered schemas.
///
/// # A schema over time
///
/// Sessions outlive releases. Each field is decoded separately, so an invalid field does not affect the others:
///
/// ```
/// use session::{Session, SessionSchema};
///
/// mod last_release {
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
///     let mut old = session.typed_mut::<last_release::Visitor>();
///     old.set_user(7)?;
///     old.set_size("large".to_owned())?;
///
///     let mut visitor = session.typed_mut::<Visitor>();
///     assert_eq!(visitor.user_id().await?, Some(7));
///     assert_eq!(visitor.size().await?, Some(44));
///     visitor.set_user_id(8)?;
///     assert_eq!(session.get::<u64>("user").await?, None); // the write deleted the old key
///     Ok(())
/// }
/// # use session::{SecretKey, SessionConfig, SessionManager, store::MemoryStore};
/// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # runtime.block_on(visit(manager.open(&http::HeaderMap::new()))).unwrap();
/// ```
///
/// | the release | attribute | later |
/// | --- | --- | --- |
/// | renames a key, one server at a time | `kept_alias = "old"`, and in the next release `alias = "old"` | `retired = "old"` when no session of the old release is left |
/// | renames a key, all servers at once | `alias = "old"` | the same |
/// | changes a type | `migrate = "fn"`, or `on_invalid` to ignore old values | removed when no session of the old release is left |
/// | makes a field `sealed` | `migrate = "fn"`, which decodes the plain values | removed when no session of the old release is left: an attacker who can write the store could use it |
/// | removes `sealed` from a field, all servers at once | none: sealed values are still read, and the next write stores a plain one | – |
/// | makes a field expire (`expires_in`) | none: stored plain values read as absent | – |
/// | removes `expires_in` from a field, all servers at once | none: stored values are read until they expire | – |
/// | removes a field | `retired = "key"`, or `retired = "key:*"` if the field was `keyed`; without it, the value stays until its session expires | removed when no session of the old release is left |
/// | moves a field between server and client | `retired` or `retired_client` for the old side; values are not moved | the same |
///
/// `session::assert_schema!(Visitor, "visitor.schema.json")` in a test compares the schema with a snapshot file in your
/// repository. It fails with an explanation if a change would make stored values unreadable, also for a change inside of a
/// field's type.
/// `session::assert_disjoint!(Auth, Cart)` is a compile error if two schemas of one session share a key.
// `serde` is registered too, so that the derive can report `#[serde(...)]` with the attribute to write instead.
#[proc_macro_derive(SessionSchema, attributes(session, serde))]
pub fn derive_session_schema(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    match syn::parse(input) {
        Ok(input) => derive(&input).into(),
        Err(error) => error.into_compile_error().into(),
    }
}

fn derive(input: &DeriveInput) -> TokenStream {
    let diagnostics = Diagnostics::new();
    let schema = Schema::parse(input, &diagnostics);
    check::check(&schema, &diagnostics);
    let code = expand::expand(&schema);
    let compile_errors = diagnostics.into_compile_errors();
    quote!(#code #compile_errors)
}
