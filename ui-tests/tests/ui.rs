//! Compiles `pass` and `fail`, compares the compile errors with the `.stderr` files, and checks `session/ERRORS.md`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use expect_test::expect_file;

/// The compiler that the `.stderr` files were recorded with. Its messages change with each release.
const COMPILER: &str = "rustc 1.95.";

/// Errors with a message of the derive: the same with every compiler.
const DERIVE_ERRORS: [&str; 5] =
    ["fail/*.rs", "fail/attribute/*.rs", "fail/key/*.rs", "fail/shape/*.rs", "fail/value/*.rs"];

/// Errors with a message of the compiler.
const COMPILER_ERRORS: [&str; 5] =
    ["fail/bound/*.rs", "fail/layer/*.rs", "fail/nesting/*.rs", "fail/raw-key/*.rs", "fail/usage/*.rs"];

#[test]
fn compile_errors_match_the_recordings() {
    let cases = trybuild::TestCases::new();
    cases.pass("pass/*.rs");
    for folder in DERIVE_ERRORS {
        cases.compile_fail(folder);
    }
    let compiler = compiler_version();
    if compiler.starts_with(COMPILER) {
        for folder in COMPILER_ERRORS {
            cases.compile_fail(folder);
        }
    } else {
        println!("skipped {COMPILER_ERRORS:?}: recorded with {COMPILER}x, but this is {compiler}");
    }
}

#[test]
fn every_folder_is_compiled() {
    let folders = DERIVE_ERRORS.into_iter().chain(COMPILER_ERRORS);
    let compiled: Vec<_> = folders.filter_map(|glob| Path::new(glob).parent()).collect();
    let missing: Vec<_> =
        files("fail").into_iter().filter(|file| !compiled.contains(&file.parent().unwrap())).collect();
    assert!(missing.is_empty(), "in no list: {missing:#?}");
}

#[test]
fn every_recording_has_a_source() {
    let orphans: Vec<_> = recordings().into_iter().filter(|file| !file.with_extension("rs").exists()).collect();
    assert!(orphans.is_empty(), "without a source: {orphans:#?}");
}

#[test]
fn no_recording_contains_a_local_path() {
    let folder = env!("CARGO_MANIFEST_DIR");
    let leaks: Vec<_> =
        files("fail").into_iter().filter(|file| fs::read_to_string(file).unwrap().contains(folder)).collect();
    assert!(leaks.is_empty(), "with a path of this machine: {leaks:#?}");
}

/// Recordings with several errors: their sources have several mistakes, or the compiler reports a second error. It reports an
/// unmet bound of an `async fn` several times: for the argument, the future, the result and the `.await`.
const SEVERAL_ERRORS: [&str; 31] = [
    "fail/all-at-once",
    "fail/attribute/misspelled-twice",
    "fail/bound/attribute-not-imported",
    "fail/bound/migrate-of-wrong-shape",
    "fail/bound/not-a-schema",
    "fail/bound/unknown-type-inside",
    "fail/nesting/itself",
    "fail/raw-key/get-of-another-type",
    "fail/raw-key/get-of-unreadable-type",
    "fail/raw-key/get-raw-with-client-key",
    "fail/raw-key/get-with-client-key",
    "fail/raw-key/insert-raw-with-client-key",
    "fail/raw-key/insert-with-client-key",
    "fail/raw-key/key-of-another-kind",
    "fail/raw-key/remove-of-another-type",
    "fail/raw-key/remove-with-client-key",
    "fail/raw-key/try-update-of-another-type",
    "fail/raw-key/unset-with-client-key",
    "fail/raw-key/unset-with-key-prefix",
    "fail/raw-key/update-of-another-type",
    "fail/raw-key/update-with-client-key",
    "fail/shape/derive-twice",
    "fail/usage/find-by-wrong-value",
    "fail/usage/log-in-with-client-key",
    "fail/usage/log-in-with-text-key",
    "fail/usage/schema-not-bounded",
    "fail/usage/tuple-of-schemas",
    "fail/usage/typed-of-a-reference",
    "fail/value/accessors-after-an-error",
    "fail/value/borrowed-without-lifetime",
    "fail/value/lifetime-inside",
];

#[test]
fn each_mistake_is_one_error() {
    let recordings = recordings();
    assert!(recordings.len() > 100, "too few recordings");
    let with_several = recordings.iter().filter(|file| count_errors(&fs::read_to_string(file).unwrap()) != 1);
    let mut names: Vec<_> = with_several.map(|file| file.with_extension("").to_str().unwrap().to_owned()).collect();
    names.sort_unstable();
    assert_eq!(names, SEVERAL_ERRORS);
}

/// Each mistake is in a line of its own, marked by `//~`.
#[test]
fn all_at_once_reports_each_mistake_once() {
    let source = fs::read_to_string("fail/all-at-once.rs").unwrap();
    let marked = source.lines().zip(1..).filter(|(line, _)| line.contains("//~"));
    let mut expected: Vec<usize> = marked.flat_map(|(line, number)| vec![number; line.matches('~').count()]).collect();

    let recording = fs::read_to_string("fail/all-at-once.stderr").unwrap();
    let positions = recording.lines().filter_map(|line| line.split_once("fail/all-at-once.rs:"));
    let mut reported: Vec<usize> =
        positions.map(|(_, position)| position.split(':').next().unwrap().parse().unwrap()).collect();

    expected.sort_unstable();
    reported.sort_unstable();
    assert_eq!(reported, expected, "lines of the mistakes");
    assert_eq!(count_errors(&recording), expected.len());
}

/// `session/ERRORS.md` is generated from `explained.md` and the recordings.
#[test]
fn the_page_of_errors_is_up_to_date() {
    let template = fs::read_to_string("explained.md").unwrap();
    let page: String = template.lines().map(|line| expand_case(line) + "\n").collect();
    expect_file!["../../session/ERRORS.md"].assert_eq(&page);
}

/// Replaces a line `{{case}}` by the source and the recording of the case.
fn expand_case(line: &str) -> String {
    let Some(case) = line.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}")) else { return line.to_owned() };
    let read = |extension: &str| fs::read_to_string(format!("fail/{case}.{extension}")).unwrap();
    let program = read("rs").replace("\nfn main() {}\n", "");
    format!("```rust,compile_fail\n{program}```\n\n```text\n{}```", read("stderr"))
}

fn count_errors(recording: &str) -> usize {
    recording.lines().filter(|line| line.starts_with("error")).count()
}

fn compiler_version() -> String {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().expect("rustc runs");
    String::from_utf8(output.stdout).expect("the version is UTF-8").trim().to_owned()
}

fn recordings() -> Vec<PathBuf> {
    files("fail").into_iter().filter(|file| file.extension().is_some_and(|extension| extension == "stderr")).collect()
}

fn files(folder: impl AsRef<Path>) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(path) } else { vec![path] }).collect()
}
