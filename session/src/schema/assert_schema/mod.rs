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
///
/// It also fails if the snapshot is only out of date, for example after a new field. The message then lists the changes, and
/// the values that `on_invalid` ignores.
///
/// # Shapes
///
/// The snapshot contains the *shape* of each field: the JSON that its type reads. `assert_schema!` finds it through the
/// type's own `Deserialize`, with the codec of the field. So it notices a removed variant of an enum inside of a
/// `Vec<LineItem>`, and a new field without `#[serde(default)]`. It also notices that `u32` and `u64` read the same values.
///
/// A change is reported as unreadable only if it was tried. JSON texts are derived from the old shape, and are read with
/// the current field, including `migrate` and `on_invalid`. The message quotes the text and the position:
///
/// ```text
/// field `cart`: Reading `[{"sku":""}]` fails at `cart[]`: missing field `qty`.
/// ```
///
/// # Samples
///
/// The shape does not show all values of a type. Enums with `tag`, `untagged` enums, `flatten` and `serde_json::Value` decide by
/// the value, and appear as `any`. Other types check their values, for example the length of a text. List samples of
/// such fields:
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
