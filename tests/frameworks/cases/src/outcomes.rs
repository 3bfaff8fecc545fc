//! The comparison of a server with the page of expected outcomes.

use std::fmt::Write;

use expect_test::expect_file;

use crate::cases;

/// The frameworks whose servers are tested with [`assert_outcomes`]. `none` is a server on plain TCP.
const FRAMEWORKS: [&str; 8] = ["actix", "axum", "hyper", "none", "Pavex", "Poem", "Rocket", "Salvo"];

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/outcomes.md");
const EXPECTED: &str = include_str!("../outcomes.md");

const INTRODUCTION: &str = "\
# Outcomes in every framework

For contributors: the outcome of each request to one application, which is the same in every web framework.
The tests of each framework compare its server with this page. The server of `none` uses only `SessionManager::open`,
`finalize` and `abandon`.

";

const LEGEND: &str = "
- **Browser:** the tabs of a browser start with the same cookies. `test` is a control of the server.
- **Response:** the status, and the body or – for an empty one.
- **Cookies:** each cookie that the response sets or removes, and its `Cache-Control` header. Attributes are shown only if they
  differ from those of the session cookie.
";

/// Sends the requests of every case to the server of an [`Application`](crate::Application), and compares the outcomes with
/// `outcomes.md`. The address is a host and a port, for example `127.0.0.1:8000`.
///
/// If the environment variable `UPDATE_EXPECT` is set, it rewrites the page.
///
/// # Panics
///
/// If an outcome differs.
pub async fn assert_outcomes(framework: &str, address: &str) {
    assert!(FRAMEWORKS.contains(&framework), "add {framework:?} to `FRAMEWORKS` in {}", file!());
    let mut page = format!("{INTRODUCTION}{}{LEGEND}", summary());
    for name in cases::case_names() {
        page.push_str(&section(name, address).await);
    }
    if page != EXPECTED {
        eprintln!("an outcome of {framework} differs");
    }
    expect_file![PAGE].assert_eq(&page);
}

/// The table of frameworks and cases.
fn summary() -> String {
    let mut table = format!("| case | {} |\n|{}\n", FRAMEWORKS.join(" | "), " --- |".repeat(FRAMEWORKS.len() + 1));
    for name in cases::case_names() {
        writeln!(table, "| {} |{}", heading(name), " as below |".repeat(FRAMEWORKS.len())).unwrap();
    }
    table
}

/// Sends the requests of one case, and compares their outcomes with `outcomes.md`.
///
/// # Panics
///
/// If an outcome differs.
pub async fn assert_outcome(name: &str, address: &str) {
    let actual = section(name, address).await;
    assert!(EXPECTED.contains(&actual), "an outcome differs from tests/frameworks/cases/outcomes.md:\n{actual}");
}

/// A case with its claim as the heading.
async fn section(name: &str, address: &str) -> String {
    let table = cases::run(name, address).await.into_table();
    format!("\n## {}\n\n{table}", heading(name))
}

/// The claim of a case as a sentence.
fn heading(name: &str) -> String {
    let words = name.replace('_', " ");
    format!("{}{}", words[..1].to_uppercase(), &words[1..])
}
