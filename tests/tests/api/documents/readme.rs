//! The README works in a fresh project: its dependency block and all of its Rust blocks are built, and its program runs.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use std::{env, fs};

use session_tests::Process;

const README: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md"));
const FEATURES: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../session/FEATURES.md"));
const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The declarations that the other Rust blocks rely on, in the order of the blocks.
const PRELUDES: [&str; 3] = [
    "use serde::{Deserialize, Serialize};
    #[derive(PartialEq, Serialize, Deserialize)] struct UserId(u64);
    #[derive(Clone, Serialize, Deserialize)] struct LineItem;
    #[derive(Default, Serialize, Deserialize)] enum Theme { #[default] Light, Dark }
    struct User { id: UserId }
    struct Form { user: User, gift: LineItem }
    use axum::response::Redirect;",
    "use session::store::PostgresStore;",
    "#[derive(serde::Serialize, serde::Deserialize)] pub struct LineItem(String);
    impl LineItem { fn new(name: &str) -> Self { Self(name.to_owned()) } }
    #[derive(SessionSchema)]
    #[session(prefix = \"auth.\")]
    struct Auth { token: String }",
];

#[tokio::test]
async fn the_program_of_the_readme_counts_visits_in_a_fresh_project() {
    let target = target_folder();
    let project = target.join("readme");
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    write_project(&project, port);
    build(&project, &target);

    let mut program = Command::new(target.join("debug/readme-program"));
    let without_key = program.current_dir(&project).env_remove("SESSION_KEY").output().unwrap();
    let error = String::from_utf8(without_key.stderr).unwrap();
    assert!(error.contains("`SESSION_KEY` is not set"), "{error}");
    assert!(error.contains("32 bytes") && error.contains("openssl rand -base64 32"), "{error}");

    program.env("SESSION_KEY", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
    let _program = Process::start("the README's program", program);
    let client = reqwest::Client::builder().cookie_store(true).build().unwrap();
    for number in 1..=3 {
        assert_eq!(visit(&client, port).await, format!("visit number {number}\n"));
    }
}

/// Builds the project in the target folder, with the profile of this workspace.
fn build(project: &Path, target: &Path) {
    let mut cargo = Command::new(env!("CARGO"));
    // The variables that cargo sets for a test would make its next build start again.
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("CARGO_") && name != "CARGO_HOME" {
            cargo.env_remove(name);
        }
    }
    cargo.args(["build", "--offline", "--quiet", "--manifest-path"]).arg(project.join("Cargo.toml"));
    cargo.env("CARGO_TARGET_DIR", target).env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only");
    let output = cargo.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The response to a request. Repeats the request until the program listens.
async fn visit(client: &reqwest::Client, port: u16) -> String {
    for _ in 0..1200 {
        if let Ok(response) = client.get(format!("http://127.0.0.1:{port}/")).send().await {
            return response.text().await.unwrap();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the README's program does not listen on port {port}");
}

/// The target folder of this build: the project shares its dependencies.
fn target_folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().to_owned()
}

fn write_project(project: &Path, port: u16) {
    let [dependencies] = &blocks("toml")[..] else { panic!("the README has one block of TOML") };
    let rust = blocks("rust");
    let (program, snippets) = rust.split_first().unwrap();
    _ = fs::remove_file(project.join("sessions.db"));
    fs::create_dir_all(project.join("src")).unwrap();
    fs::copy(format!("{REPOSITORY}/Cargo.lock"), project.join("Cargo.lock")).unwrap();
    write_if_changed(&project.join("Cargo.toml"), &manifest(dependencies));
    write_if_changed(&project.join("src/main.rs"), &replaced(program, "127.0.0.1:3000", &format!("127.0.0.1:{port}")));
    write_if_changed(&project.join("src/lib.rs"), &library(snippets));
}

/// A manifest with the README's dependencies. The snippets need PostgreSQL and serde as well.
fn manifest(dependencies: &str) -> String {
    let dependencies = replaced(dependencies, "../session/session", &format!("{REPOSITORY}/session"));
    let dependencies = replaced(&dependencies, "\"sqlite\"", "\"sqlite\", \"postgres\"");
    format!(
        "[package]\nname = \"readme-program\"\nedition = \"2024\"\n\n{dependencies}serde = {{ version = \"1\", features = \
         [\"derive\"] }}\nserde_json = \"1\"\n\n[workspace]\n"
    )
}

/// The README's other Rust blocks, each with its prelude. A block of statements becomes the body of a function.
fn library(snippets: &[String]) -> String {
    let [example, store, schema, test] = snippets else { panic!("the README has five Rust blocks") };
    let [of_example, of_store, of_schema] = PRELUDES;
    let test = replaced(test, "#[test]\n", "");
    format!(
        "#![allow(dead_code)]
        mod larger_example {{ {of_example}\n{example} }}
        async fn another_store() -> Result<(), session::Error> {{ {of_store}\n{store} Ok(()) }}
        mod changing_schema {{ {of_schema}\n{schema}\n{test} }}"
    )
}

fn replaced(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "the README has no `{from}`");
    text.replace(from, to)
}

/// An unchanged file keeps its time, so that cargo does not build it again.
fn write_if_changed(file: &Path, text: &str) {
    if fs::read_to_string(file).ok().as_deref() != Some(text) {
        fs::write(file, text).unwrap();
    }
}

/// The blocks of the README in this language.
fn blocks(language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    README.split(&fence).skip(1).map(|text| text.split("```").next().unwrap().to_owned()).collect()
}

#[test]
fn the_readme_has_the_feature_table_of_the_docs() {
    assert!(README.contains(FEATURES), "copy session/FEATURES.md into the README");
}

#[test]
fn the_feature_table_has_every_feature() {
    let manifest = fs::read_to_string(format!("{REPOSITORY}/session/Cargo.toml")).unwrap();
    let features = manifest.split("[features]\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let names = features.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name);
    for name in names.filter(|name| *name != "default" && !name.starts_with(['#', '_'])) {
        assert!(FEATURES.contains(&format!("`{name}`")), "session/FEATURES.md has no `{name}`");
    }
}

#[test]
fn the_pages_state_the_supported_rust_versions() {
    let version = stated_in("Cargo.toml", "rust-version");
    let with_sql = stated_in("session/Cargo.toml", "sql-rust-version");
    let in_readme = format!("- **Rust version:** {version}, or {with_sql} with a SQL store");
    assert!(README.contains(&in_readme), "the README has no line `{in_readme}`");
    let contributing = fs::read_to_string(format!("{REPOSITORY}/.github/CONTRIBUTING.md")).unwrap();
    for version in [version, with_sql] {
        assert!(contributing.contains(&format!("| {version}")), "CONTRIBUTING.md has no {version}");
    }
}

fn stated_in(manifest: &str, key: &str) -> String {
    let text = fs::read_to_string(format!("{REPOSITORY}/{manifest}")).unwrap();
    let value = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = \"")?.strip_suffix('"'));
    value.unwrap_or_else(|| panic!("{manifest} has no {key}")).to_owned()
}

/// File lists are for readers who do not know the tree: a renamed file must be renamed in them too.
#[test]
fn every_file_that_a_page_for_contributors_names_exists() {
    for page in [".github/CONTRIBUTING.md", "session/ARCHITECTURE.md", "session/TESTING.md"] {
        let text = fs::read_to_string(format!("{REPOSITORY}/{page}")).unwrap();
        let prose: String = text.split("```").step_by(2).collect();
        let words = prose.split('`').skip(1).step_by(2);
        let is_rust = |word: &str| Path::new(word).extension().is_some_and(|ending| ending == "rs");
        let is_path = |word: &&str| !word.contains([' ', ':', '*']) && (word.ends_with('/') || is_rust(word));
        for path in words.filter(is_path).filter(|path| !path.contains("NAME")) {
            let roots = ["", "session/src", "session-macros/src", "session/src/testing"];
            let exists = roots.iter().any(|root| Path::new(REPOSITORY).join(root).join(path).exists());
            assert!(exists, "{page} names `{path}`, which does not exist");
        }
    }
}

#[test]
fn every_link_of_a_page_has_a_target() {
    let folders = ["", "session", ".github"].map(|folder| Path::new(REPOSITORY).join(folder));
    for folder in folders {
        let files = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        for page in files.filter(|file| file.extension().is_some_and(|ending| ending == "md")) {
            let text = fs::read_to_string(&page).unwrap();
            let links = text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap());
            for link in links.filter(|link| !link.starts_with("http")) {
                let (file, anchor) = link.split_once('#').map_or((link, None), |(file, anchor)| (file, Some(anchor)));
                let target = if file.is_empty() { page.clone() } else { folder.join(file) };
                assert!(target.exists(), "{} links to {link}, which does not exist", page.display());
                if let Some(anchor) = anchor {
                    let text = fs::read_to_string(&target).unwrap();
                    let has_anchor = text.lines().any(|line| line.starts_with('#') && anchor_of(line) == anchor);
                    assert!(has_anchor, "{} links to {link}, which is not a heading", page.display());
                }
            }
        }
    }
}

/// The anchor of a Markdown heading: `## The word list` becomes `the-word-list`.
fn anchor_of(heading: &str) -> String {
    let title = heading.trim_start_matches('#').trim().to_lowercase();
    title
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}
