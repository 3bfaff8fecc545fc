//! The values of earlier releases, read through a field of the current schema.

use super::json_path::path_at;
use super::probe::{Failure, FieldProbe, Reading};
use super::shape::examples::{Combination, examples};
use super::snapshot::{EarlierValues, StoredValues};
use super::tracer::TEXTS;

/// Texts of a message are at most this long.
const MAX_TEXT_CHARS: usize = 120;

/// A type that reads all of these texts reads any JSON.
const ANY_JSON: [&str; 7] = ["null", "true", "-1.5", "\"a\"", "[]", "{}", "{\"a\":[{}]}"];

/// The results of all texts that were tried.
#[derive(Default)]
pub(super) struct Trial {
    pub(super) migrated: usize,
    /// Texts that are read, and written with another number or a shorter list.
    pub(super) changed: Vec<Refused>,
    pub(super) ignored: Vec<Refused>,
    pub(super) failed: Vec<Refused>,
}

/// A text that the field does not read.
pub(super) struct Refused {
    text: String,
    failure: Failure,
    /// A text that the test or a contributor added, and not one that follows from the type.
    is_sample: bool,
}

impl Trial {
    /// Tries the values that sessions may contain.
    pub(super) fn new(values: &StoredValues, was_sealed: bool, probe: &FieldProbe) -> Self {
        let mut trial = Self::default();
        for EarlierValues { written, sealed } in values.all(was_sealed) {
            // `migrate` often parses texts, so it needs some that it can parse.
            if probe.has_migration {
                let texts = examples(&written.shape, Combination::Parallel, TEXTS).texts;
                let is_migrated = |text: &&String| matches!(probe.read(text, sealed), Reading::Migrated);
                trial.migrated += texts.iter().filter(is_migrated).count();
            }
            for text in written.values {
                trial.add(probe, text, sealed, false);
            }
        }
        for text in &values.samples {
            trial.add(probe, text.clone(), was_sealed, true);
        }
        trial
    }

    fn add(&mut self, probe: &FieldProbe, text: String, was_sealed: bool, is_sample: bool) {
        let (list, failure) = match probe.read(&text, was_sealed) {
            Reading::Read => return,
            Reading::Migrated => return self.migrated += 1,
            Reading::Changed(failure) => (&mut self.changed, failure),
            Reading::Ignored(failure) => (&mut self.ignored, failure),
            Reading::Failed(failure) => (&mut self.failed, failure),
        };
        list.push(Refused { text, failure, is_sample });
    }

    /// Returns true if stored values are lost. `migrate` may refuse values that follow from the type, if it converts other
    /// ones: sessions may never contain them.
    pub(super) fn is_loss(&self) -> bool {
        self.failed.iter().any(|refused| refused.is_sample) || (!self.failed.is_empty() && self.migrated == 0)
    }

    /// Returns true if all values are read without `migrate` and `on_invalid`.
    pub(super) fn reads_all(&self) -> bool {
        self.migrated == 0 && self.ignored.is_empty() && self.failed.is_empty()
    }
}

impl Refused {
    /// Describes the attempt: the text, the position inside of it, and the reason.
    pub(super) fn describe(&self, field: &str) -> String {
        let path = self.path(field).filter(|path| path != field);
        let place = path.map(|path| format!(" at `{path}`")).unwrap_or_default();
        format!("reading `{}` fails{place}: {}", shortened(&self.text), self.failure.message)
    }

    /// Describes a text that is written differently.
    pub(super) fn describe_change(&self) -> String {
        format!("`{}` is read, but {}", shortened(&self.text), self.failure.message)
    }

    /// Returns the position and the reason, without the value.
    pub(super) fn kind(&self, field: &str) -> (Option<String>, String) {
        let message = &self.failure.message;
        let quoted_value = message.starts_with("invalid").then(|| message.find(['`', '"'])).flatten();
        (self.path(field), message[..quoted_value.unwrap_or(message.len())].to_owned())
    }

    fn path(&self, field: &str) -> Option<String> {
        self.failure.end.map(|end| path_at(field, &self.text, end))
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_TEXT_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Returns true if the field reads any JSON.
pub(super) fn reads_any_json(probe: &FieldProbe) -> bool {
    ANY_JSON.iter().all(|text| matches!(probe.read(text, true), Reading::Read))
}
