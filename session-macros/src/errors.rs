//! Mistakes: collected, so that the user sees all of them at once, each on the token that it is about.

use std::cell::RefCell;
use std::thread;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::Error;

/// Every mistake found so far. It has to be finished: a forgotten mistake would let a wrong schema compile.
pub(crate) struct Errors {
    list: RefCell<Option<Vec<Error>>>,
}

impl Errors {
    pub(crate) fn new() -> Self {
        Self { list: RefCell::new(Some(Vec::new())) }
    }

    /// A mistake in the user's own tokens.
    pub(crate) fn push(&self, tokens: impl ToTokens, message: impl AsRef<str>) {
        self.push_error(Error::new_spanned(tokens, message.as_ref()));
    }

    pub(crate) fn push_error(&self, error: Error) {
        if let Some(list) = &mut *self.list.borrow_mut() {
            list.push(error);
        }
    }

    /// The mistakes as `compile_error!`s, in the order in which they were found.
    pub(crate) fn finish(self) -> TokenStream {
        let list = self.list.take().unwrap_or_default();
        list.iter().map(Error::to_compile_error).collect()
    }
}

impl Drop for Errors {
    fn drop(&mut self) {
        let forgotten = self.list.get_mut().is_some();
        assert!(!forgotten || thread::panicking(), "the collected mistakes were not reported");
    }
}

pub(crate) fn did_you_mean(word: &str) -> String {
    format!("; did you mean `{word}`?")
}

pub(crate) fn expected(known: &[&str]) -> String {
    format!("; expected one of `{}`", known.join("`, `"))
}

/// The known word that was probably meant: the nearest one, or the only one that begins like this.
pub(crate) fn closest<'a>(typed: &str, known: &[&'a str]) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    nearest(&typed, known).or_else(|| completed(&typed, known))
}

fn nearest<'a>(typed: &str, known: &[&'a str]) -> Option<&'a str> {
    let limit = typed.chars().count().max(3) / 3;
    let near = known.iter().map(|word| (distance(typed, &word.to_lowercase()), *word));
    near.filter(|(distance, _)| *distance <= limit).min_by_key(|(distance, _)| *distance).map(|(_, word)| word)
}

fn completed<'a>(typed: &str, known: &[&'a str]) -> Option<&'a str> {
    let mut longer = known.iter().filter(|word| word.to_lowercase().starts_with(typed));
    longer.next().filter(|_| longer.next().is_none()).copied()
}

/// The edits from one word to another, of which swapping two neighbours is one.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut before_last = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    let mut previous = None;
    for (row, char) in from.chars().enumerate() {
        let mut current = vec![row + 1];
        for (column, other) in to.iter().enumerate() {
            let replaced = last[column] + usize::from(char != *other);
            let mut edits = replaced.min(last[column + 1] + 1).min(current[column] + 1);
            if column > 0 && previous == Some(*other) && char == to[column - 1] {
                edits = edits.min(before_last[column - 1] + 1);
            }
            current.push(edits);
        }
        previous = Some(char);
        before_last = std::mem::replace(&mut last, current);
    }
    last[to.len()]
}

#[cfg(test)]
mod tests {
    use super::{closest, distance};
    use crate::symbol::Place;

    #[test]
    fn a_distance_counts_edits_and_swaps() {
        let cases = [("", "", 0), ("key", "key", 0), ("", "key", 3), ("key", "", 3)];
        let edits = [("ky", "key", 1), ("kye", "key", 1), ("keys", "key", 1), ("kay", "key", 1), ("yek", "key", 2)];
        for (from, to, expected) in cases.into_iter().chain(edits) {
            assert_eq!(distance(from, to), expected, "{from} to {to}");
        }
    }

    #[test]
    fn only_a_close_word_is_suggested() {
        let words = Place::Field.words();
        assert_eq!(closest("ky", words), Some("key"));
        assert_eq!(closest("cleint", words), Some("client"));
        assert_eq!(closest("defualt", words), Some("default"));
        assert_eq!(closest("server", words), None);
        assert_eq!(closest("clie", words), Some("client"), "half typed");
        assert_eq!(closest("de", words), None, "`default` or `deserialize_with`");
        assert_eq!(closest("uppercase", &["lowercase", "UPPERCASE"]), Some("UPPERCASE"));
    }

    #[test]
    #[should_panic(expected = "the collected mistakes were not reported")]
    fn forgotten_errors_are_a_bug() {
        drop(super::Errors::new());
    }
}
