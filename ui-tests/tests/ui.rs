//! What the compiler says about a wrong schema, word for word. `TRYBUILD=overwrite cargo test -p session-ui-tests`
//! rewrites the `.stderr` files: read the difference as a tired person would.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// The compiler that the `.stderr` files quote. Its words change from release to release; ours do not.
const COMPILER: &str = "rustc 1.95.";

/// Mistakes that our derive reports, on every compiler.
const OURS: [&str; 5] = ["fail/*.rs", "fail/attribute/*.rs", "fail/key/*.rs", "fail/shape/*.rs", "fail/value/*.rs"];

/// Mistakes that the compiler reports.
const THEIRS: [&str; 3] = ["fail/bound/*.rs", "fail/nesting/*.rs", "fail/usage/*.rs"];

#[test]
fn mistakes_are_reported_as_recorded() {
    let cases = trybuild::TestCases::new();
    cases.pass("pass/*.rs");
    for folder in OURS {
        cases.compile_fail(folder);
    }
    let compiler = compiler();
    if compiler.starts_with(COMPILER) {
        for folder in THEIRS {
            cases.compile_fail(folder);
        }
    } else {
        println!("skipped {THEIRS:?}: recorded with {COMPILER}x, and this is {compiler}");
    }
}

#[test]
fn every_folder_is_run() {
    let run: Vec<_> = OURS.into_iter().chain(THEIRS).filter_map(|glob| Path::new(glob).parent()).collect();
    let forgotten: Vec<_> = files("fail").into_iter().filter(|file| !run.contains(&file.parent().unwrap())).collect();
    assert!(forgotten.is_empty(), "in no list: {forgotten:#?}");
}

#[test]
fn no_recording_is_stale() {
    let recordings = files("fail").into_iter().filter(|file| file.extension().is_some_and(|ending| ending == "stderr"));
    let stale: Vec<_> = recordings.filter(|file| !file.with_extension("rs").exists()).collect();
    assert!(stale.is_empty(), "without their source: {stale:#?}");
}

#[test]
fn no_recording_names_a_machine() {
    let home = env!("CARGO_MANIFEST_DIR");
    let leaks: Vec<_> =
        files("fail").into_iter().filter(|file| fs::read_to_string(file).unwrap().contains(home)).collect();
    assert!(leaks.is_empty(), "with a path of this machine: {leaks:#?}");
}

/// Recordings with more than one error: those of several mistakes, and those where the compiler sees a second one.
const SEVERAL: [&str; 7] = [
    "fail/all-at-once",
    "fail/attribute/misspelt-twice",
    "fail/bound/not-a-schema",
    "fail/bound/unknown-type-inside",
    "fail/nesting/itself",
    "fail/value/accessors-after-a-mistake",
    "fail/value/borrowed-without-lifetime",
];

#[test]
fn each_mistake_is_reported_once() {
    let recordings = files("fail").into_iter().filter(|file| file.extension().is_some_and(|ending| ending == "stderr"));
    let (mut several, mut count) = (Vec::new(), 0);
    for file in recordings {
        let errors = fs::read_to_string(&file).unwrap().lines().filter(|line| line.starts_with("error")).count();
        if errors != 1 {
            several.push(file.with_extension("").to_str().unwrap().to_owned());
        }
        count += 1;
    }
    several.sort_unstable();
    assert_eq!(several, SEVERAL);
    assert!(count > 100, "the recordings have moved");
}

/// The page of explanations shows programs and messages as they are. `BLESS=1` rewrites it.
#[test]
fn the_explanations_show_what_the_compiler_says() {
    let template = fs::read_to_string("explained.md").unwrap();
    let page: String = template.lines().map(|line| explained(line) + "\n").collect();
    if env::var_os("BLESS").is_some() {
        fs::write("../session/ERRORS.md", &page).unwrap();
    }
    assert_eq!(fs::read_to_string("../session/ERRORS.md").unwrap(), page);
}

/// A line of the page. `{{case}}` stands for its program and its message.
fn explained(line: &str) -> String {
    let Some(case) = line.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}")) else { return line.to_owned() };
    let read = |ending: &str| fs::read_to_string(format!("fail/{case}.{ending}")).unwrap();
    let program = read("rs").replace("\nfn main() {}\n", "");
    format!("```rust,compile_fail\n{program}```\n\n```text\n{}```", read("stderr"))
}

/// Each mistake stands on a line of its own, marked by `//~`.
#[test]
fn all_at_once_reports_each_mistake_once() {
    let source = fs::read_to_string("fail/all-at-once.rs").unwrap();
    let marked = source.lines().zip(1..).filter(|(line, _)| line.contains("//~"));
    let mut expected: Vec<usize> = marked.flat_map(|(line, number)| vec![number; line.matches('~').count()]).collect();

    let recorded = fs::read_to_string("fail/all-at-once.stderr").unwrap();
    let places = recorded.lines().filter_map(|line| line.split_once("fail/all-at-once.rs:"));
    let mut reported: Vec<usize> = places.map(|(_, place)| place.split(':').next().unwrap().parse().unwrap()).collect();

    expected.sort_unstable();
    reported.sort_unstable();
    assert_eq!(reported, expected, "lines of the mistakes");
    assert_eq!(recorded.lines().filter(|line| line.starts_with("error")).count(), expected.len());
}

fn compiler() -> String {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().expect("rustc runs");
    String::from_utf8(output.stdout).expect("rustc speaks UTF-8").trim().to_owned()
}

fn files(folder: impl AsRef<Path>) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(path) } else { vec![path] }).collect()
}
