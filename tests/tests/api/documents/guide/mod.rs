//! The samples of `session/guide` work. Each test includes the samples of one section.

#![allow(
    dead_code,
    unreachable_pub,
    unused_qualifications,
    clippy::all,
    clippy::pedantic,
    reason = "the samples are short, not complete"
)]

/// Inserts the Rust blocks of a section. `tests/build.rs` has written them into a file.
macro_rules! samples {
    ($page:literal, $section:literal) => {
        include!(concat!(env!("OUT_DIR"), "/guide/", $page, "/", $section, ".rs"));
    };
}

mod login_codes;
mod other_pages;
mod provider_logins;
mod recipes;
mod schema;

use std::fs;
use std::path::{Path, PathBuf};

fn pages() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../session/guide");
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

/// Only rustdoc hides lines that begin with `# `. Readers on GitHub would see and copy them.
#[test]
fn no_sample_has_hidden_lines() {
    let pages = pages();
    assert!(pages.len() > 10, "too few pages");
    for page in pages {
        let text = fs::read_to_string(&page).unwrap();
        let blocks = text.split("```rust").skip(1).filter_map(|text| text.split("```").next());
        let hidden: Vec<_> =
            blocks.flat_map(str::lines).filter(|line| *line == "#" || line.starts_with("# ")).collect();
        assert!(hidden.is_empty(), "{} has hidden lines: {hidden:#?}", page.display());
    }
}
