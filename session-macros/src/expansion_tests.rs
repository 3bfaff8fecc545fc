//! Tests: the generated code equals the snapshots `expansions/*.expected.rs`.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use expect_test::expect_file;

use crate::parse::attribute_names::Target;

#[test]
fn expansions_match_their_snapshots() {
    let sources = sources();
    assert!(!sources.is_empty(), "no snapshot found");
    for source in sources {
        expect_file![source.with_extension("expected.rs")].assert_eq(&expansion(&fs::read_to_string(source).unwrap()));
    }
}

#[test]
fn every_attribute_has_a_snapshot() {
    let sources: String = sources().iter().map(|source| fs::read_to_string(source).unwrap()).collect();
    let (mut on_fields, mut on_structs) = (HashSet::new(), HashSet::new());
    for (indent, arguments) in sources.lines().filter_map(|line| line.split_once("#[session(")) {
        let names = if indent.is_empty() { &mut on_structs } else { &mut on_fields };
        names.extend(arguments.split(['(', ')', ',', '=']).map(|name| name.trim().to_owned()));
    }
    for (target, used) in [(Target::Field, on_fields), (Target::Struct, on_structs)] {
        let missing: Vec<_> = target.names().iter().filter(|name| !used.contains(**name)).collect();
        assert!(missing.is_empty(), "on {}: {missing:?}", target.noun_with_article());
    }
}

#[test]
fn every_snapshot_has_a_source() {
    let orphans: Vec<_> = files().into_iter().filter(|file| is_expected(file) && !source_of(file).exists()).collect();
    assert!(orphans.is_empty(), "without a source: {orphans:#?}");
}

fn expansion(source: &str) -> String {
    let tokens = crate::derive(&syn::parse_str(source).unwrap());
    prettyplease::unparse(&syn::parse2(tokens).unwrap())
}

fn sources() -> Vec<PathBuf> {
    files().into_iter().filter(|file| !is_expected(file)).collect()
}

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("expansions");
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

fn is_expected(file: &Path) -> bool {
    file.file_stem().map(Path::new).and_then(Path::extension) == Some(OsStr::new("expected"))
}

fn source_of(expected: &Path) -> PathBuf {
    expected.with_extension("").with_extension("rs")
}
