//! The messages of `assert_schema!`: the fact, then the fix.

use super::current::{CurrentField, CurrentSchema};
use super::shape::coverage::{describe_change, replaced_part};
use super::snapshot::{FieldSnapshot, RetiredKey, SchemaSnapshot, stored_key};
use super::trial::{Refused, Trial};

/// A message quotes at most this number of values, each with another reason.
const MAX_QUOTED: usize = 3;

const CONVERT_OR_IGNORE: &str = "Convert the old values with `migrate = \"fn\"`, or ignore them with `on_invalid`.";

const GIVE_A_SAMPLE: &str =
    "Add a JSON text that the old type wrote to `samples` of this field in the snapshot, so that it is tried.";

pub(super) fn how_to_accept(change: &str) -> String {
    format!("To accept {change}, run the test once with SESSION_SCHEMA=accept, and commit the file.\n")
}

pub(super) fn list(lines: &[String]) -> String {
    lines.iter().fold(String::new(), |text, line| format!("{text}- {line}\n"))
}

pub(super) fn unreadable(old: &FieldSnapshot, field: &CurrentField, trial: &Trial) -> String {
    let (path, change) = (&field.path, change_of_type(old, field));
    format!("field `{path}`: {change}{}. {}", attempts(&trial.failed, path), fix(&trial.failed, path))
}

pub(super) fn ignored(old: &FieldSnapshot, field: &CurrentField, trial: &Trial) -> String {
    let (path, change) = (&field.path, change_of_type(old, field));
    format!("field `{path}`: {change}{}. `on_invalid` ignores these values.", attempts(&trial.ignored, path))
}

pub(super) fn partly_migrated(field: &CurrentField, trial: &Trial) -> String {
    let (path, attempts) = (&field.path, attempts(&trial.failed, &field.path));
    format!(
        "field `{path}`: `migrate` converts some old values, but {attempts}. If sessions contain such values, convert them too."
    )
}

pub(super) fn readable_change(old: &FieldSnapshot, field: &CurrentField, change: &str, trial: &Trial) -> String {
    let how = if trial.migrated == 0 { "Stored values are readable" } else { "`migrate` converts stored values" };
    format!("field `{}`: {change}. {how}.{}", field.path, hint_of_renamed_part(old, field))
}

/// A new field with a default hides that the values under its old name are lost.
fn hint_of_renamed_part(old: &FieldSnapshot, field: &CurrentField) -> String {
    let old_shape = old.values.written.as_ref().map(|written| &written.shape);
    match old_shape.and_then(|old| replaced_part(old, &field.probe.written.shape)) {
        Some((old, new)) => {
            format!(
                " If `{new}` is the new name of `{old}`, check that it has `#[serde(alias = \"{old}\")]`: otherwise its values are \
                 lost."
            )
        }
        None => String::new(),
    }
}

/// Describes the change of the shape, if there is one.
pub(super) fn change_of_shape(old: &FieldSnapshot, field: &CurrentField) -> Option<String> {
    let (old, new) = (&old.values.written.as_ref()?.shape, &field.probe.written.shape);
    (old != new).then(|| describe_change(&field.path, old, new))
}

pub(super) fn changed(old: &FieldSnapshot, field: &CurrentField, changed: &Refused) -> String {
    let (path, change) = (&field.path, change_of_type(old, field));
    format!(
        "field `{path}`: {change}{}. If the values must stay equal, keep the type, or convert them with `migrate = \"fn\"`.",
        changed.describe_change()
    )
}

/// The values of some parts of the old type were not tried.
pub(super) fn undecided(old: &FieldSnapshot, field: &CurrentField, parts: &[String]) -> String {
    let codec = if old.with.as_deref() == field.info.codec() { "" } else { "its codec changed; " };
    let shape = change_of_shape(old, field).unwrap_or_else(|| "its values may be others".to_owned());
    format!(
        "field `{}`: {}{codec}{shape}. Whether stored values are readable could not be decided: not all values of {} are known. \
         {GIVE_A_SAMPLE}",
        field.path,
        change_of_type(old, field),
        quoted(parts)
    )
}

fn quoted(parts: &[String]) -> String {
    let mut quoted: Vec<_> = parts.iter().take(MAX_QUOTED).map(|part| format!("`{part}`")).collect();
    if parts.len() > MAX_QUOTED {
        quoted.push("other parts".to_owned());
    }
    quoted.join(", ")
}

/// The fields whose type may have changed without a difference in the snapshot.
pub(super) fn unknown_values(before: &SchemaSnapshot) -> Vec<String> {
    let fields = before.fields.iter().filter(|field| field.values.samples.is_empty());
    let parts = fields.filter_map(|field| Some((field, field.values.written.as_ref()?.unknown_parts(&field.path))));
    parts
        .filter(|(_, parts)| !parts.is_empty())
        .map(|(field, parts)| {
            format!(
                "field `{}`: no value of {} is known, so a change inside of it is not noticed. List `samples` of the field in the \
                 test.",
                field.path,
                quoted(&parts)
            )
        })
        .collect()
}

pub(super) fn undecided_parts(old: &FieldSnapshot, field: &CurrentField) -> String {
    format!(
        "field `{}`: its type changed from `{}` to `{}`. Whether all stored keys are entries of the field could not be decided: \
         not all parts of the keys are known. Add parts of stored keys to `keyed` of this field in the snapshot.",
        field.path,
        old.type_name,
        field.info.type_name()
    )
}

pub(super) fn removed_fallback(field: &CurrentField, attribute: &str) -> String {
    format!(
        "field `{}`: `{attribute}` was removed. Whether sessions still contain values that need it could not be decided. Keep it \
         for the lifetime of a session after the last change of the type.",
        field.path
    )
}

pub(super) fn larger_group(group: &str, fields: &[&str]) -> String {
    let names: Vec<_> = fields.iter().map(|field| format!("`{field}`")).collect();
    let (noun, verb) = if fields.len() == 1 { ("field", "is") } else { ("fields", "are") };
    format!(
        "group `{group}`: its {noun} {} {verb} new. A group is `None` if one of its fields is absent, so all stored values of the \
         group read as `None`. Add the {noun} outside of the group, or make the group `nested`.",
        names.join(", ")
    )
}

pub(super) fn new_group(group: &str) -> String {
    format!(
        "group `{group}`: its fields were not one group before. Whether each session has all of them could not be decided. If one \
         is absent, the group reads as `None`."
    )
}

/// Describes a changed name of the type.
fn change_of_type(old: &FieldSnapshot, field: &CurrentField) -> String {
    if old.type_name == field.info.type_name() {
        return String::new();
    }
    format!("its type changed from `{}` to `{}`; ", old.type_name, field.info.type_name())
}

fn attempts(refused: &[Refused], path: &str) -> String {
    let mut kinds = Vec::new();
    let mut texts = Vec::new();
    for refused in refused {
        let kind = refused.kind(path);
        if !kinds.contains(&kind) && kinds.len() < MAX_QUOTED {
            kinds.push(kind);
            texts.push(refused.describe(path));
        }
    }
    texts.join("; ")
}

/// Returns the fix. A problem inside of a type can often be fixed there, with an attribute of serde.
fn fix(refused: &[Refused], path: &str) -> String {
    let has = |words: &str| refused.iter().any(|refused| refused.describe(path).contains(words));
    let inside = if has("missing field") {
        "If the field was renamed, add `#[serde(alias = \"old\")]` to it, and if it is new, `#[serde(default)]`. Otherwise convert"
    } else if has("unknown variant") {
        "Keep the variant, or add `#[serde(alias = \"old\")]` to its successor, or convert"
    } else if has("unknown field") {
        "Remove `deny_unknown_fields` from the type, or convert"
    } else {
        return CONVERT_OR_IGNORE.to_owned();
    };
    format!("{inside} the old values with `migrate = \"fn\"`, or ignore them with `on_invalid`.")
}

/// A field that is sealed no longer still reads sealed values, but a sealed field reads no plain ones.
pub(super) fn sealed_now(field: &CurrentField) -> String {
    let path = &field.path;
    if field.info.ignores_invalid() {
        return format!("field `{path}`: it became `sealed`. `on_invalid` ignores the stored plain values.");
    }
    format!(
        "field `{path}`: it became `sealed`. Reading a stored plain value fails. Decode plain values with \
         `migrate = \"fn\"`, or ignore them with `on_invalid`."
    )
}

/// A field without `expires_in` still reads timed values, but a field with it reads no others.
pub(super) fn expires_now(field: &CurrentField) -> String {
    format!(
        "field `{}`: `expires_in` was added. Stored values have no expiry time, and read as absent. If they matter, use another \
         key, and read the old field too until all its sessions have expired.",
        field.path
    )
}

/// The keys of the entries, and the key of a plain field, are different.
pub(super) fn keyed_now(field: &CurrentField) -> String {
    let (path, key) = (&field.path, field.info.key());
    let (change, new, old) = if field.info.is_keyed() {
        ("it became `keyed`", format!("{key}:…"), key.to_owned())
    } else {
        ("it is no longer `keyed`", key.to_owned(), format!("{key}:…"))
    };
    format!(
        "field `{path}`: {change}. It reads `{new}`, and stored sessions have values under `{old}`. Keep the old field under \
         another name, with `key = \"{key}\"`, and move the values in your code."
    )
}

pub(super) fn other_part(field: &CurrentField, part: &str) -> String {
    let (path, key) = (&field.path, field.info.key());
    let ignored = if field.info.ignores_invalid() { " `on_invalid` ignores these entries." } else { "" };
    format!(
        "field `{path}`: its keys have parts of another type. The stored key `{key}:{part}` is not an entry of the \
         field.{ignored} Keep the type of the parts, or use another `key`."
    )
}

pub(super) fn indexed_now(field: &CurrentField) -> String {
    format!(
        "field `{}`: `index` was added. Configure the index, and index the stored sessions with `reindex`. They are not \
         found by this value before.",
        field.path
    )
}

pub(super) fn other_codec(old: &FieldSnapshot, field: &CurrentField) -> String {
    let text = |codec: Option<&str>| codec.map_or_else(|| "no codec".to_owned(), |codec| format!("`{codec}`"));
    format!(
        "field `{}`: its codec changed from {} to {}. Both read the same JSON. Check that it has the same meaning.",
        field.path,
        text(old.with.as_deref()),
        text(field.info.codec())
    )
}

/// The field has another key, and another field reads its old key.
pub(super) fn other_reader(old: &FieldSnapshot, key: &str, owner: &CurrentField, reader: &CurrentField) -> String {
    let (path, owner_key, reader) = (&old.path, owner.info.key(), &reader.path);
    format!(
        "field `{path}`: its key changed from `{key}` to `{owner_key}`, and the field `{reader}` reads its stored values. \
         Restore the key with `key = \"{key}\"`. To rename a field, rename only its name in the struct and keep its key."
    )
}

pub(super) fn removed_key(old: &FieldSnapshot, current: &CurrentSchema) -> String {
    let FieldSnapshot { path, side, .. } = old;
    let same_key = current.fields.iter().find(|field| field.info.key() == old.key);
    if let Some(field) =
        same_key.filter(|field| field.info.side().name() == side && field.info.is_keyed() != old.flags.keyed.is_some())
    {
        return keyed_now(field);
    }
    let same_name = current.fields.iter().find(|field| field.path == *path).map(|field| field.info);
    let same_key = same_key.map(|field| field.info);
    let key = &stored_key(&old.key, old.flags.keyed.is_some());
    let attribute = if side == "server" { "retired" } else { "retired_client" };
    match (same_name, same_key) {
        (Some(field), _) if field.side().name() == side => format!(
            "field `{path}`: its key changed from `{0}` to `{1}`. Stored sessions have the value under the old key: add \
             `alias = \"{0}\"` to the field, or `kept_alias = \"{0}\"` while servers of both releases run.",
            old.key,
            field.key()
        ),
        (Some(field), _) | (None, Some(field)) if field.side().name() != side => format!(
            "field `{path}`: it moved from the {side} state to the {} state. Stored values do not move, and read as \
             absent. To accept this, delete the stored values with `{attribute} = \"{key}\"` on the struct.",
            field.side().name()
        ),
        _ => format!(
            "field `{path}` was removed, and no field reads its key `{key}`. If the field was renamed, add \
             `alias = \"{}\"` to it. If it moved to another schema, add `others = [Schema]` to `assert_schema!`. \
             Otherwise delete the stored values with `{attribute} = \"{key}\"` on the struct.",
            old.key
        ),
    }
}

pub(super) fn removed_alias(old: &FieldSnapshot, alias: &str) -> String {
    format!(
        "field `{}`: its alias `{alias}` was removed. Sessions that have not written the field since still have the \
         value there. Keep the alias for the lifetime of a session, then retire it.",
        old.path
    )
}

pub(super) fn reused_key(old: &RetiredKey, field: &CurrentField, trial: Option<&Trial>) -> String {
    let (path, key) = (&field.path, &old.key);
    let reason = trial.map_or_else(|| "their type is not known".to_owned(), |trial| attempts(&trial.failed, path));
    format!(
        "field `{path}`: its key `{key}` was retired. Sessions that were not used since still have old values there: {reason}. \
         Use another key. Otherwise convert the old values with `migrate = \"fn\"`, or ignore them with \
         `on_invalid`."
    )
}

pub(super) fn reused_readable_key(old: &RetiredKey, field: &CurrentField, trial: &Trial, is_decided: bool) -> String {
    let (path, key) = (&field.path, &old.key);
    let reads = match (is_decided, trial.ignored.is_empty()) {
        (true, true) => "The field reads them",
        (true, false) => "`on_invalid` ignores them",
        (false, _) => "Whether the field reads them could not be decided: not all of them are known. Use another key",
    };
    format!(
        "field `{path}`: its key `{key}` was retired. Sessions that were not used since still have old values there. {reads}."
    )
}

pub(super) fn unreadable_sample(field: &CurrentField, trial: &Trial) -> String {
    let refused = trial.failed.first().or(trial.ignored.first());
    let attempt = refused.map(|refused| refused.describe(&field.path)).unwrap_or_default();
    format!("field `{}`: its sample cannot be read back: {attempt}.", field.path)
}
