//! The guard of a deployed schema: it is held against a description that is checked in, and a change that would strand
//! what sessions hold fails a test.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

use serde::{Deserialize, Serialize};

use crate::declaration::{FieldInfo, SchemaInfo};

/// Fails unless the schema still reads what sessions of the checked-in description hold.
///
/// The description is a JSON file, beside the `Cargo.toml` of the crate or below it. One line in a test holds the
/// schema against it:
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
/// fn no_session_is_stranded() {
///     session::assert_schema!(Visitor, "visitor.schema.json");
/// }
/// ```
///
/// `SESSION_SCHEMA=accept cargo test` writes the description: the first time, and whenever a change of the schema is
/// meant. The file belongs into version control, so that a review sees what becomes of deployed sessions.
///
/// It fails, and says how to go on, where sessions would be stranded:
///
/// | change | way out |
/// | --- | --- |
/// | a key has another name | `alias = "old"` on the field, or `kept_alias` while servers of both releases run |
/// | a type is another one, or is written in another form | `migrate = "fn"`, or `on_invalid` |
/// | a field moved between server and client state | retire the old key; the value does not move |
/// | a field is gone | `retired = "key"` on the struct; what is stored would stay for as long as the session |
/// | an alias is gone | `retired = "alias"`, once no session can hold it any more |
///
/// It fails, more calmly, where the description is merely out of date, such as after a new field.
///
/// Types are compared by the words of the struct: what changes inside a `LineItem` it does not see.
///
/// # Panics
///
/// If it fails, and if the file cannot be read or written.
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

/// Of `assert_schema!`.
///
/// # Panics
///
/// As `assert_schema!`.
#[track_caller]
pub fn assert_schema(schema: &SchemaInfo, folder: &str, file: &str) {
    let path = Path::new(folder).join(file);
    let now = Description::of(schema);
    if env::var_os("SESSION_SCHEMA").is_some_and(|switch| switch == "accept") {
        return now.write(&path);
    }
    let Ok(text) = fs::read_to_string(&path) else {
        panic!("there is no description of the schema `{}` yet at {file}\n\n{}", schema.name(), how_to_accept("it"));
    };
    let before: Description =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file} is no description of a schema: {error}"));
    let stranded = stranded(&before, &now, schema);
    let name = schema.name();
    assert!(
        stranded.is_empty(),
        "the schema `{name}` no longer reads what sessions hold, going by {file}\n\n{}\n{}",
        list(&stranded),
        how_to_accept("the loss")
    );
    assert!(
        before == now,
        "{file} is out of date; no session is stranded by the changes to the schema `{name}`\n\n{}",
        how_to_accept("them")
    );
}

fn how_to_accept(what: &str) -> String {
    format!("To accept {what}, run the test once with SESSION_SCHEMA=accept, and check the file in.\n")
}

fn list(stranded: &[String]) -> String {
    stranded.iter().fold(String::new(), |mut text, line| {
        _ = writeln!(text, "- {line}");
        text
    })
}

/// What a release says of its schema, as far as it concerns what is stored.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Description {
    schema: String,
    fields: Vec<Field>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    retired: Vec<Place>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Field {
    /// The path to it, through the nested schemas.
    #[serde(rename = "field")]
    path: String,
    key: String,
    side: String,
    #[serde(rename = "type")]
    type_name: String,
    /// It is written in a form of its own.
    #[serde(default, skip_serializing_if = "is_false")]
    with: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    aliases: Vec<String>,
}

/// A key of one half of the session.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Place {
    side: String,
    key: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_false(flag: &bool) -> bool {
    !flag
}

impl Description {
    fn of(schema: &SchemaInfo) -> Self {
        let retired = schema.all_retired().into_iter();
        Self {
            schema: schema.name().to_owned(),
            fields: schema.all_fields().into_iter().map(|(path, field)| Field::of(path, field)).collect(),
            retired: retired.map(|(side, key)| Place { side: side.name().to_owned(), key: key.to_owned() }).collect(),
        }
    }

    fn write(&self, path: &Path) {
        let text = serde_json::to_string_pretty(self).unwrap_or_default() + "\n";
        let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
        let written = folder.and_then(|()| fs::write(path, text));
        written.unwrap_or_else(|error| panic!("the description cannot be written to {}: {error}", path.display()));
    }
}

impl Field {
    fn of(path: String, field: &FieldInfo) -> Self {
        Self {
            path,
            key: field.key().to_owned(),
            side: field.side().name().to_owned(),
            type_name: field.type_name().to_owned(),
            with: field.is_coded(),
            aliases: field.keys().skip(1).map(str::to_owned).collect(),
        }
    }
}

/// What becomes unreadable, one sentence each, with the way out.
fn stranded(before: &Description, now: &Description, schema: &SchemaInfo) -> Vec<String> {
    let fields = schema.all_fields();
    let retired = |side: &str, key: &str| now.retired.iter().any(|place| place.side == side && place.key == key);
    let reader = |side: &str, key: &str| {
        fields.iter().find(|(_, field)| field.side().name() == side && field.keys().any(|held| held == key))
    };
    let mut stranded = Vec::new();
    for old in &before.fields {
        match reader(&old.side, &old.key) {
            Some((path, field)) => stranded.extend(unreadable(old, path, field)),
            None if retired(&old.side, &old.key) => {}
            None => stranded.push(unread(old, &fields)),
        }
        let aliases =
            old.aliases.iter().filter(|alias| reader(&old.side, alias).is_none() && !retired(&old.side, alias));
        stranded.extend(aliases.map(|alias| dropped_alias(old, alias)));
    }
    stranded
}

fn unreadable(old: &Field, path: &str, field: &FieldInfo) -> Option<String> {
    let is_read = field.migrates() || field.forgives();
    if is_read || (old.type_name == field.type_name() && old.with == field.is_coded()) {
        return None;
    }
    let what = if old.type_name == field.type_name() {
        "its values are written in another form".to_owned()
    } else {
        format!("its type was `{}` and is `{}`", old.type_name, field.type_name())
    };
    Some(format!(
        "field `{path}`: {what}. Reading a stored value would fail. Read the old form by `migrate = \"fn\"`, or take \
         it as absent by `on_invalid`."
    ))
}

fn unread(old: &Field, fields: &[(String, &FieldInfo)]) -> String {
    let Field { path, key, side, .. } = old;
    let same_name = fields.iter().find(|(now, _)| now == path).map(|(_, field)| field);
    let same_key = fields.iter().find(|(_, field)| field.key() == key).map(|(_, field)| field);
    match (same_name, same_key) {
        (Some(field), _) if field.side().name() == side => format!(
            "field `{path}`: its key was `{key}` and is `{}`. Sessions hold the value under the old key: add \
             `alias = \"{key}\"` to the field, or `kept_alias = \"{key}\"` while servers of both releases run.",
            field.key()
        ),
        (Some(field), _) | (None, Some(field)) if field.side().name() != side => {
            let word = if side == "server" { "retired" } else { "retired_client" };
            format!(
                "field `{path}`: it was in the {side} state and is in the {} state. Values do not move, and read as \
                 absent now. If that is all right, drop what is stored by `{word} = \"{key}\"` on the struct.",
                field.side().name()
            )
        }
        _ => {
            let word = if side == "server" { "retired" } else { "retired_client" };
            format!(
                "field `{path}` is gone, and nothing reads its key `{key}`. If it has another name now, add \
                 `alias = \"{key}\"` to that field; if it is dropped, `{word} = \"{key}\"` on the struct drops what \
                 sessions hold."
            )
        }
    }
}

fn dropped_alias(old: &Field, alias: &str) -> String {
    format!(
        "field `{}`: its alias `{alias}` is gone. Sessions that did not write the field since hold the value there. \
         Keep the alias for as long as sessions live, then retire it.",
        old.path
    )
}
