//! Expansions, compared with `snapshots/*.expected.rs`. `BLESS=1 cargo test -p session-macros` rewrites them.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::{env, fs};

use crate::symbol::Place;

#[test]
fn expansions_are_as_expected() {
    let cases = sources();
    assert!(!cases.is_empty(), "the snapshots have moved");
    let changed: Vec<_> = cases.iter().filter(|source| !matches(source)).collect();
    assert!(changed.is_empty(), "changed, see the diff with `BLESS=1`: {changed:#?}");
}

#[test]
fn every_attribute_has_a_snapshot() {
    let sources: String = sources().iter().map(|source| fs::read_to_string(source).unwrap()).collect();
    let (mut on_fields, mut on_structs) = (HashSet::new(), HashSet::new());
    for (indent, list) in sources.lines().filter_map(|line| line.split_once("#[session(")) {
        let words = if indent.is_empty() { &mut on_structs } else { &mut on_fields };
        words.extend(list.split(['(', ')', ',', '=']).map(|word| word.trim().to_owned()));
    }
    for (place, given) in [(Place::Field, on_fields), (Place::Struct, on_structs)] {
        let missing: Vec<_> = place.words().iter().filter(|word| !given.contains(**word)).collect();
        assert!(missing.is_empty(), "on {}: {missing:?}", place.with_article());
    }
}

#[test]
fn no_snapshot_is_stale() {
    let stale: Vec<_> = files().into_iter().filter(|file| is_expected(file) && !source_of(file).exists()).collect();
    assert!(stale.is_empty(), "without a source: {stale:#?}");
}

fn matches(source: &Path) -> bool {
    let actual = expansion(&fs::read_to_string(source).unwrap());
    let expected = source.with_extension("expected.rs");
    if env::var_os("BLESS").is_some() {
        fs::write(&expected, &actual).unwrap();
    }
    fs::read_to_string(&expected).is_ok_and(|expected| expected == actual)
}

fn expansion(source: &str) -> String {
    let tokens = crate::derive(&syn::parse_str(source).unwrap());
    prettyplease::unparse(&syn::parse2(tokens).unwrap())
}

fn sources() -> Vec<PathBuf> {
    files().into_iter().filter(|file| !is_expected(file)).collect()
}

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots");
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

fn is_expected(file: &Path) -> bool {
    file.file_stem().map(Path::new).and_then(Path::extension) == Some(OsStr::new("expected"))
}

fn source_of(expected: &Path) -> PathBuf {
    expected.with_extension("").with_extension("rs")
}
