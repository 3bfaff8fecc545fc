//! `assert_schema!`: a test that compares a schema with a snapshot file, and fails if stored sessions become unreadable.

mod check;
mod comparison;
mod current;
mod json_path;
mod messages;
mod parts;
mod probe;
mod shape;
mod snapshot;
mod tracer;
mod trial;

pub use self::check::SchemaCheck;
pub use self::probe::{CheckedKey, NoShape, Shapes};

/// Compares a schema with a snapshot file in your repository. It fails if stored sessions would become unreadable.
///
/// The snapshot is a JSON file next to the `Cargo.toml` of the crate, or in a folder below it. The check is one line in a
/// test:
///
/// ```no_run
/// # use session::SessionSchema;
/// #[derive(SessionSchema)]
/// struct Visitor {
///     #[session(key = "user.id")]
///     user_id: u64,
/// }
///
/// #[test]
/// fn stored_sessions_stay_readable() {
///     session::assert_schema!(Visitor, "visitor.schema.json");
/// }
/// ```
///
/// `SESSION_SCHEMA=accept cargo test` writes the snapshot: the first time, and after each intended change of the schema.
/// Commit the file, so that a review shows the effect on stored sessions.
///
/// It fails with the required fix if stored values would become unreadable:
///
/// | change | fix |
/// | --- | --- |
/// | a key was renamed | `alias = "old"` on the field, or `kept_alias` while servers of both releases run |
/// | a type, a part of it, or its serialization reads other JSON | `migrate = "fn"`, `on_invalid`, or an attribute of serde |
/// | a field became `sealed` | `migrate = "fn"`, which decodes the plain values, or `on_invalid` |
/// | `expires_in` was added to a field | use another key; plain values read as absent |
/// | a field moved between server and client state | retire the old key; the value does not move |
/// | a field became `keyed`, or is no longer | use another key, and move the values in your code |
/// | a field moved to another schema | `others = [Schema]`, see below |
/// | two fields exchanged their keys | restore the keys |
/// | a field was removed | `retired = "key"` on the struct, which deletes the stored values |
/// | an alias was removed | `retired = "alias"`, after all sessions that can contain it have expired |
/// | a retired key is used again for another type | use another key |
/// | a field was added to a `group` | add it outside of the group; the stored fields of the group read as `None` |
///
/// It also fails if the snapshot is only out of date, for example after a new field. The message then lists the changes, and
/// the values that `on_invalid` ignores.
///
/// An unchanged schema always passes.
///
/// # Verdicts
///
/// The snapshot contains the *shape* of each field, which is the JSON that its type reads, and *values*: JSON texts that its
/// type writes. `assert_schema!` finds both through the type's own `Deserialize` and `Serialize`, with the codec of the field.
/// So it notices a removed variant of an enum inside of a `Vec<LineItem>`, and a new field without `#[serde(default)]`.
/// It also notices that `u32` and `u64` read the same values.
///
/// The current field reads all values of earlier releases, including `migrate`, `on_invalid` and `null`:
///
/// - If it does not read one of them, stored values are lost. The message quotes the value and the position:
///
///   ```text
///   field `cart`: reading `[{"sku":""}]` fails at `cart[]`: missing field `qty`.
///   ```
/// - If it reads all of them, and they show all values of the parts that changed, all stored sessions are readable.
/// - Otherwise the message states that this "could not be decided", and names the part whose values are not known. A number
///   that the new type rounds, a list that becomes shorter, and a list that a struct reads by position are reported in the
///   same way.
///
/// Values that the type no longer writes stay in the snapshot as `earlier`, because sessions may still contain them. Delete an
/// entry there after the lifetime of a session.
///
/// # Samples
///
/// The values of some types are not found. Enums with `tag` and structs with `flatten` decide by the value; other types read only
/// texts with a prefix. Their shape is `unknown`. A type with the shape `some` reads a few values that were found, and
/// perhaps others. A change of such a type that leaves its shape and values equal is not noticed. List samples of such fields:
///
/// ```no_run
/// # use session::SessionSchema;
/// # #[derive(Clone, serde::Serialize, serde::Deserialize)]
/// # #[serde(tag = "by")]
/// # enum Login { Password, Token { name: String } }
/// # #[derive(SessionSchema)]
/// # struct Visitor { login: Login, #[session(index)] user_id: u64 }
/// # #[test]
/// # fn stored_sessions_stay_readable() {
/// session::assert_schema!(Visitor, "visitor.schema.json", samples = [
///     Visitor::LOGIN => Login::Password,
///     Visitor::LOGIN => Login::Token { name: "ci".to_owned() },
///     Visitor::USER_ID => 7,
/// ]);
/// # }
/// ```
///
/// Each sample is a value of the field's type. The snapshot keeps its JSON text, and later releases must still read it. The
/// text stays in the snapshot after you change or remove the sample in the test. You can also add a text from a
/// stored session to the snapshot by hand. Samples are committed, so they must contain no data of your users.
///
/// # Several schemas
///
/// If a field moves to another schema of the same sessions, list the other schema. Its fields then count as readers:
///
/// ```no_run
/// # use session::SessionSchema;
/// # #[derive(SessionSchema)]
/// # struct Visitor { user_id: u64 }
/// # #[derive(SessionSchema)]
/// # struct Checkout { address: String }
/// # #[test]
/// # fn stored_sessions_stay_readable() {
/// session::assert_schema!(Visitor, "visitor.schema.json", others = [Checkout]);
/// # }
/// ```
///
/// # Panics
///
/// If the check fails, or the file cannot be read or written.
#[macro_export]
macro_rules! assert_schema {
    (
        $schema:ty, $file:expr
        $(, others = [$($other:ty),* $(,)?])?
        $(, samples = [$($key:expr => $sample:expr),* $(,)?])?
        $(,)?
    ) => {
        $crate::__private::SchemaCheck::new(
            <$schema as $crate::SessionSchema>::SCHEMA,
            <$schema as $crate::SessionSchema>::list_shapes,
            $file,
        )
        $($(.other(<$other as $crate::SessionSchema>::SCHEMA, <$other as $crate::SessionSchema>::list_shapes))*)?
        $($(.sample($key, $sample))*)?
        .run(::core::env!("CARGO_MANIFEST_DIR"))
    };
    ($schema:ty $(,)?) => {
        ::core::compile_error!(::core::concat!(
            "`assert_schema!` needs a file for the snapshot: write `session::assert_schema!(",
            ::core::stringify!($schema),
            ", \"visitor.schema.json\")`, with a path below the folder of `Cargo.toml`"
        ))
    };
}
