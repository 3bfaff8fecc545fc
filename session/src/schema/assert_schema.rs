//! `assert_schema!`: a test that compares a schema with a snapshot file, and fails if stored sessions become unreadable.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

use serde::{Deserialize, Serialize};

use crate::schema::info::{FieldInfo, SchemaInfo};

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
/// | a type or its serialization changed | `migrate = "fn"`, or `on_invalid` |
/// | a field became `sealed` | `migrate = "fn"`, which decodes the plain values, or `on_invalid` |
/// | a field moved between server and client state | retire the old key; the value does not move |
/// | a field was removed | `retired = "key"` on the struct, which deletes the stored values |
/// | an alias was removed | `retired = "alias"`, after all sessions that can contain it have expired |
///
/// It also fails if the snapshot is only out of date, for example after a new field.
///
/// Types are compared as they are written in the struct. Changes inside of a type, such as `LineItem`, are not detected.
///
/// # Panics
///
/// If the check fails, or the file cannot be read or written.
#[macro_export]
macro_rules! assert_schema {
    ($schema:ty, $file:expr $(,)?) => {
        $crate::__private::assert_schema(
            <$schema as $crate::SessionSchema>::SCHEMA,
            ::core::env!("CARGO_MANIFEST_DIR"),
            $file,
        )
    };
}

/// The function behind `assert_schema!`.
///
/// # Panics
///
/// The same as for `assert_schema!`.
#[track_caller]
pub fn assert_schema(schema: &SchemaInfo, folder: &str, file: &str) {
    let path = Path::new(folder).join(file);
    let current = SchemaSnapshot::from_schema(schema);
    if env::var_os("SESSION_SCHEMA").is_some_and(|switch| switch == "accept") {
        return current.write(&path);
    }
    let Ok(text) = fs::read_to_string(&path) else {
        panic!("the schema `{}` has no snapshot yet: {file}\n\n{}", schema.name(), how_to_accept("it"));
    };
    let before: SchemaSnapshot =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file} is not a schema snapshot: {error}"));
    let unreadable = unreadable_values(&before, &current, schema);
    let name = schema.name();
    assert!(
        unreadable.is_empty(),
        "the schema `{name}` cannot read all values of stored sessions (snapshot: {file})\n\n{}\n{}",
        list(&unreadable),
        how_to_accept("the loss")
    );
    assert!(
        before == current,
        "the snapshot {file} is out of date; all stored sessions are readable by the schema `{name}`\n\n{}",
        how_to_accept("the changes")
    );
}

fn how_to_accept(change: &str) -> String {
    format!("To accept {change}, run the test once with SESSION_SCHEMA=accept, and commit the file.\n")
}

fn list(lines: &[String]) -> String {
    lines.iter().fold(String::new(), |mut text, line| {
        _ = writeln!(text, "- {line}");
        text
    })
}

/// The parts of a schema that affect stored values, as written to the snapshot file.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct SchemaSnapshot {
    schema: String,
    fields: Vec<FieldSnapshot>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    retired: Vec<RetiredKey>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct FieldSnapshot {
    /// The path of the field, with the names of nested schemas.
    #[serde(rename = "field")]
    path: String,
    key: String,
    side: String,
    #[serde(rename = "type")]
    type_name: String,
    /// Set if the field has a custom serialization.
    #[serde(default, skip_serializing_if = "is_false")]
    with: bool,
    /// Set if the values are encrypted in the store.
    #[serde(default, skip_serializing_if = "is_false")]
    sealed: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    aliases: Vec<String>,
}

/// A retired key and its side.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct RetiredKey {
    side: String,
    key: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "required by serde")]
fn is_false(flag: &bool) -> bool {
    !flag
}

impl SchemaSnapshot {
    fn from_schema(schema: &SchemaInfo) -> Self {
        let retired = schema.all_retired().into_iter();
        Self {
            schema: schema.name().to_owned(),
            fields: schema.all_fields().into_iter().map(|(path, field)| FieldSnapshot::new(path, field)).collect(),
            retired: retired
                .map(|(side, key)| RetiredKey { side: side.name().to_owned(), key: key.to_owned() })
                .collect(),
        }
    }

    fn write(&self, path: &Path) {
        let text = serde_json::to_string_pretty(self).unwrap_or_default() + "\n";
        let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
        let written = folder.and_then(|()| fs::write(path, text));
        written.unwrap_or_else(|error| panic!("failed to write the snapshot to {}: {error}", path.display()));
    }
}

impl FieldSnapshot {
    fn new(path: String, field: &FieldInfo) -> Self {
        Self {
            path,
            key: field.key().to_owned(),
            side: field.side().name().to_owned(),
            type_name: field.type_name().to_owned(),
            with: field.has_codec(),
            sealed: field.is_sealed(),
            aliases: field.keys().skip(1).map(str::to_owned).collect(),
        }
    }
}

/// Returns one message for each value that becomes unreadable, with the fix.
fn unreadable_values(before: &SchemaSnapshot, current: &SchemaSnapshot, schema: &SchemaInfo) -> Vec<String> {
    let fields = schema.all_fields();
    let retired =
        |side: &str, key: &str| current.retired.iter().any(|retired| retired.side == side && retired.key == key);
    let reader = |side: &str, key: &str| {
        fields.iter().find(|(_, field)| field.side().name() == side && field.keys().any(|field_key| field_key == key))
    };
    let mut messages = Vec::new();
    for old in &before.fields {
        match reader(&old.side, &old.key) {
            Some((path, field)) => {
                messages.extend(type_change(old, path, field));
                messages.extend(sealed_now(old, path, field));
            }
            None if retired(&old.side, &old.key) => {}
            None => messages.push(removed_key(old, &fields)),
        }
        let aliases =
            old.aliases.iter().filter(|alias| reader(&old.side, alias).is_none() && !retired(&old.side, alias));
        messages.extend(aliases.map(|alias| removed_alias(old, alias)));
    }
    messages
}

fn type_change(old: &FieldSnapshot, path: &str, field: &FieldInfo) -> Option<String> {
    let is_readable = field.has_migration() || field.ignores_invalid();
    if is_readable || (old.type_name == field.type_name() && old.with == field.has_codec()) {
        return None;
    }
    let change = if old.type_name == field.type_name() {
        "its serialization changed".to_owned()
    } else {
        format!("its type changed from `{}` to `{}`", old.type_name, field.type_name())
    };
    Some(format!(
        "field `{path}`: {change}. Reading a stored value would fail. Convert the old values with `migrate = \"fn\"`, \
         or ignore them with `on_invalid`."
    ))
}

/// A field that is sealed no longer still reads sealed values, but a sealed field reads no plain ones.
fn sealed_now(old: &FieldSnapshot, path: &str, field: &FieldInfo) -> Option<String> {
    let is_readable = field.has_migration() || field.ignores_invalid() || !field.is_sealed();
    (!old.sealed && !is_readable).then(|| {
        format!(
            "field `{path}`: it became `sealed`. Reading a stored plain value would fail. Decode plain values with \
             `migrate = \"fn\"`, or ignore them with `on_invalid`."
        )
    })
}

fn removed_key(old: &FieldSnapshot, fields: &[(String, &FieldInfo)]) -> String {
    let FieldSnapshot { path, key, side, .. } = old;
    let same_name = fields.iter().find(|(field_path, _)| field_path == path).map(|(_, field)| field);
    let same_key = fields.iter().find(|(_, field)| field.key() == key).map(|(_, field)| field);
    match (same_name, same_key) {
        (Some(field), _) if field.side().name() == side => format!(
            "field `{path}`: its key changed from `{key}` to `{}`. Stored sessions have the value under the old key: add \
             `alias = \"{key}\"` to the field, or `kept_alias = \"{key}\"` while servers of both releases run.",
            field.key()
        ),
        (Some(field), _) | (None, Some(field)) if field.side().name() != side => {
            let attribute = if side == "server" { "retired" } else { "retired_client" };
            format!(
                "field `{path}`: it moved from the {side} state to the {} state. Stored values do not move, and read as \
                 absent. To accept this, delete the stored values with `{attribute} = \"{key}\"` on the struct.",
                field.side().name()
            )
        }
        _ => {
            let attribute = if side == "server" { "retired" } else { "retired_client" };
            format!(
                "field `{path}` was removed, and no field reads its key `{key}`. If the field was renamed, add \
                 `alias = \"{key}\"` to it. Otherwise delete the stored values with `{attribute} = \"{key}\"` on \
                 the struct."
            )
        }
    }
}

fn removed_alias(old: &FieldSnapshot, alias: &str) -> String {
    format!(
        "field `{}`: its alias `{alias}` was removed. Sessions that have not written the field since still have the \
         value there. Keep the alias for the lifetime of a session, then retire it.",
        old.path
    )
}
