//! The check of a schema against its snapshot file.

use std::path::Path;
use std::{env, fs};

use super::comparison::{Finding, compare};
use super::current::{CurrentField, CurrentSchema, Sample};
use super::messages::{self, how_to_accept, list};
use super::probe::{CheckedKey, Shapes};
use super::snapshot::SchemaSnapshot;
use crate::schema::info::SchemaInfo;

/// The check behind `assert_schema!`.
#[must_use]
pub struct SchemaCheck {
    schema: CurrentSchema,
    file: String,
}

impl SchemaCheck {
    /// Creates a check without samples.
    pub fn new(schema: &'static SchemaInfo, list_shapes: fn(&mut Shapes), file: &str) -> Self {
        let fields = CurrentField::all(schema, list_shapes);
        Self {
            schema: CurrentSchema { info: schema, fields, others: Vec::new(), samples: Vec::new() },
            file: file.to_owned(),
        }
    }

    /// Adds a schema of the same sessions, which may read fields that this schema no longer has.
    pub fn other(mut self, schema: &SchemaInfo, list_shapes: fn(&mut Shapes)) -> Self {
        self.schema.others.extend(CurrentField::all(schema, list_shapes));
        self
    }

    /// Adds a value of a field, which later releases must read.
    ///
    /// # Panics
    ///
    /// If the value cannot be encoded as JSON.
    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "a test writes the value in place")]
    pub fn sample<K: CheckedKey>(mut self, key: K, value: K::Value) -> Self {
        let (field, encode) = key.parts();
        let (side, key) = (field.side, field.keys.key);
        let json = encode(&value).unwrap_or_else(|error| panic!("{}", error.into_error::<K::Value>(side, key)));
        self.schema.samples.push(Sample { side, key, text: json.as_str().to_owned() });
        self
    }

    /// Compares the schema with the file in this folder, or writes the file if `SESSION_SCHEMA=accept` is set.
    ///
    /// # Panics
    ///
    /// The same as for `assert_schema!`.
    #[track_caller]
    pub fn run(&self, folder: &str) {
        let path = Path::new(folder).join(&self.file);
        let before = fs::read_to_string(&path).ok();
        if env::var_os("SESSION_SCHEMA").is_some_and(|switch| switch == "accept") {
            let text = self.accept(before.as_deref());
            let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
            let written = folder.and_then(|()| fs::write(&path, text));
            return written
                .unwrap_or_else(|error| panic!("failed to write the snapshot to {}: {error}", path.display()));
        }
        if let Err(message) = self.compare(before.as_deref()) {
            panic!("{message}");
        }
    }

    /// Returns the snapshot to write.
    #[must_use]
    pub fn accept(&self, before: Option<&str>) -> String {
        let before = before.and_then(|text| serde_json::from_str(text).ok());
        serde_json::to_string_pretty(&self.schema.snapshot(before.as_ref())).unwrap_or_default() + "\n"
    }

    /// Compares the schema with a snapshot.
    ///
    /// # Errors
    ///
    /// The message, if stored values are unreadable, or the snapshot is out of date.
    pub fn compare(&self, before: Option<&str>) -> Result<(), String> {
        let (name, file) = (self.schema.info.name(), &self.file);
        let Some(text) = before else {
            return Err(format!("the schema `{name}` has no snapshot yet: {file}\n\n{}", how_to_accept("it")));
        };
        let before: SchemaSnapshot =
            serde_json::from_str(text).map_err(|error| format!("{file} is not a schema snapshot: {error}"))?;
        let (mut losses, mut ignored, mut uncertain, mut notes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for finding in compare(&before, &self.schema) {
            match finding {
                Finding::Loss(text) => losses.push(text),
                Finding::Ignored(text) => ignored.push(text),
                Finding::Uncertain(text) => uncertain.push(text),
                Finding::Note(text) => notes.push(text),
            }
        }
        if !losses.is_empty() {
            return Err(format!(
                "the schema `{name}` cannot read all values of stored sessions (snapshot: {file})\n\n{}\n{}",
                list(&losses),
                how_to_accept("the loss")
            ));
        }
        if before == self.schema.snapshot(Some(&before)) {
            return Ok(());
        }
        let unknown = messages::unknown_values(&before);
        let readable = match (ignored.is_empty(), uncertain.is_empty(), unknown.is_empty()) {
            (_, false, _) => format!("whether the schema `{name}` reads all stored values could not be decided"),
            (true, true, true) => format!("all stored sessions are readable by the schema `{name}`"),
            (true, true, false) => format!("the schema `{name}` reads all known values of stored sessions"),
            (false, true, _) => {
                format!("the schema `{name}` ignores some stored values, and reads all other known ones")
            }
        };
        let details = [uncertain, ignored, notes, unknown].concat();
        let details = if details.is_empty() { String::new() } else { list(&details) + "\n" };
        Err(format!("the snapshot {file} is out of date; {readable}\n\n{details}{}", how_to_accept("the changes")))
    }
}
