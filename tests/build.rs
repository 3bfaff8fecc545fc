//! Writes the Rust samples of the guide into files, one for each section. Tests include them, so that the pages need no hidden
//! lines: GitHub shows these.

use std::path::Path;
use std::{env, fs};

fn main() {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../session/guide");
    println!("cargo::rerun-if-changed={}", guide.display());
    let samples = Path::new(&env::var_os("OUT_DIR").unwrap()).join("guide");
    for page in fs::read_dir(guide).unwrap().map(|entry| entry.unwrap().path()) {
        let folder = samples.join(page.file_stem().unwrap());
        fs::create_dir_all(&folder).unwrap();
        // `##` and `###` begin a section.
        for section in fs::read_to_string(&page).unwrap().replace("\n### ", "\n## ").split("\n## ").skip(1) {
            let (title, text) = section.split_once('\n').unwrap();
            let blocks = text.split("```rust\n").skip(1).filter_map(|text| text.split("```").next());
            fs::write(folder.join(file_name(title)), blocks.collect::<String>()).unwrap();
        }
    }
}

/// The file of a section: `One-time codes` becomes `one-time-codes.rs`.
fn file_name(title: &str) -> String {
    let words: String =
        title.to_lowercase().chars().filter(|c| c.is_alphanumeric() || [' ', '-'].contains(c)).collect();
    words.replace(' ', "-") + ".rs"
}
