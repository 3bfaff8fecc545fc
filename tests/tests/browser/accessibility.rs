//! Tests of the pages for everyone: axe-core, names of buttons, narrow windows, and the content security policy.

use std::time::Duration;

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::engine::{Engine, on_every_engine, tools};
use crate::lab::{Reports, reporting_proxy};
use crate::shop::Shop;
use crate::{LOGOUT, Visit, visit};

on_every_engine! {
    axe_core_finds_nothing,
    a_long_name_fits_into_a_narrow_page,
    the_name_of_an_add_button_starts_with_its_text,
    no_page_violates_its_content_security_policy,
}

const PAGES: [&str; 6] = ["/", "/cart", "/login", "/session", "/devices", "/not-there"];

/// WCAG 2.2 at level AA, and the rules of axe-core beyond it.
const AXE: &str = "
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice', 'experimental'];
    axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] }).then(
        results => done(results.violations.map(rule => rule.id + ': ' + rule.nodes.map(node => node.html).join())),
        error => done([String(error)]));";

fn axe_core() -> String {
    let file = tools().with_file_name("axe.min.js");
    std::fs::read_to_string(file).expect("axe-core is installed; tests/run installs it")
}

fn axe_core_finds_nothing(engine: Engine) {
    visit(engine, |visit| async {
        let script = axe_core() + AXE;
        for step in ["a stranger", "a user", "a user in the dark"] {
            match step {
                "a stranger" => visit.goto("/").await,
                "a user" => {
                    visit.log_in("Ada").await;
                    visit.browser.press("#add-macaron").await;
                }
                _ => visit.browser.press("#theme").await,
            }
            for path in PAGES {
                visit.goto(path).await;
                assert_eq!(visit.browser.run_async(&script).await, json!([]), "{path} for {step}");
            }
        }
        visit.browser.run("document.body.append(document.createElement('img'))").await;
        let found = visit.browser.run_async(&script).await;
        assert!(found.to_string().contains("image-alt"), "a picture without a text is found: {found}");
        visit
    });
}

fn the_name_of_an_add_button_starts_with_its_text(engine: Engine) {
    visit(engine, |visit| async {
        let name = visit.browser.attribute("#add-macaron", "aria-label").await;
        assert!(name.starts_with(&visit.browser.text("#add-macaron").await), "{name}");
        assert!(name.ends_with("Raspberry macaron"), "{name}");
        visit
    });
}

/// Returns the pixels by which a page is wider than a frame of this width, and the width of its window.
///
/// The windows of Firefox and WebKit have a minimum width. The shop forbids frames, so the frame gets the page as text.
async fn overflow(browser: &Browser, path: &str, width: u32) -> Value {
    let script = "const [path, width] = arguments[0];
        fetch(path).then(response => response.text()).then(page => {
            const frame = document.createElement('iframe');
            frame.width = width; frame.height = 900; frame.frameBorder = '0'; frame.srcdoc = page;
            frame.onload = () => {
                const root = frame.contentDocument.documentElement;
                const styles = frame.contentDocument.styleSheets[0].cssRules.length > 50;
                done([root.scrollWidth - root.clientWidth, frame.contentWindow.innerWidth, styles]);
                frame.remove();
            };
            document.body.append(frame);
        });";
    browser.run_async_with(script, json!([path, width])).await
}

fn a_long_name_fits_into_a_narrow_page(engine: Engine) {
    visit(engine, |visit| async {
        for name in ["Wilhelmina of Saxe-Altenburg", &"W".repeat(40)] {
            visit.log_in(name).await;
            visit.browser.press("#add-macaron").await;
            for path in PAGES {
                for width in [340, 320] {
                    let found = overflow(&visit.browser, path, width).await;
                    assert_eq!(found, json!([0, width, true]), "{path} at {width} pixels for {name}");
                }
            }
            visit.browser.press(LOGOUT).await;
        }
        let found = overflow(&visit.browser, "/", 100).await;
        assert!(found[0].as_u64() > Some(0), "nothing fits into 100 pixels: {found}");
        visit
    });
}

fn no_page_violates_its_content_security_policy(engine: Engine) {
    visit(engine, |visit| async {
        // Its proxy needs plain HTTP.
        let (shop, reports) = (Shop::open(), Reports::default());
        let proxy = reporting_proxy(&shop, reports.clone()).await;
        visit.browser.goto(proxy.url("/login")).await;
        visit.browser.fill("#name", "Ada").await;
        visit.browser.press("#login").await;
        visit.browser.press("#add-macaron").await;
        for path in PAGES {
            visit.browser.goto(proxy.url(path)).await;
            visit.browser.press("#theme").await;
            visit.browser.goto(proxy.url(path)).await;
            assert_eq!(violations(&visit, &reports).await, Vec::<Value>::new(), "{path}");
        }
        visit
    });
}

/// Returns the reports since the last call. A violation of the test is reported after all others.
async fn violations(visit: &Visit, reports: &Reports) -> Vec<Value> {
    visit.browser.run("fetch('http://control.invalid/').catch(() => null); return true").await;
    let mut found = Vec::new();
    for _ in 0..1000 {
        found.extend(reports.take());
        if let Some(control) = found.iter().position(|report| report.to_string().contains("control.invalid")) {
            found.remove(control);
            return found;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("no violation was reported");
}
