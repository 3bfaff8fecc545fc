//! The browser engines under test, and the differences in how they are started.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

/// The engine of a browser. `Display` is the name in messages and file names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Chromium,
    Firefox,
    /// `WebKitGTK`. Safari has the same engine with another network layer.
    WebKit,
}

/// Runs each test once per engine: `fn test(engine: Engine)` becomes `chromium::test`, `firefox::test` and `webkit::test`.
macro_rules! on_every_engine {
    ($($name:ident),* $(,)?) => {
        mod chromium {
            $(#[test] fn $name() { super::$name($crate::engine::Engine::Chromium); })*
        }

        mod firefox {
            $(#[test] fn $name() { super::$name($crate::engine::Engine::Firefox); })*
        }

        mod webkit {
            $(#[test] fn $name() { super::$name($crate::engine::Engine::WebKit); })*
        }
    };
}
pub(crate) use on_every_engine;

impl Engine {
    /// The capabilities of a new browser with its own profile.
    pub(crate) fn capabilities(self, profile: &Path, is_private: bool) -> Value {
        match self {
            Self::Chromium => chromium(profile, is_private),
            Self::Firefox => firefox(is_private),
            Self::WebKit => webkit(),
        }
    }

    /// The name on the devices page.
    pub(crate) fn device(self) -> &'static str {
        match self {
            Self::Chromium => "Chrome on Linux",
            Self::Firefox => "Firefox on Linux",
            Self::WebKit => "Safari on Linux",
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::WebKit => "webkit",
        }
    }
}

fn chromium(profile: &Path, is_private: bool) -> Value {
    let profile = format!("--user-data-dir={}", profile.display());
    let mut arguments = vec![
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-quic",
        "--hide-scrollbars",
        "--window-size=1280,1000",
        &profile,
    ];
    if is_private {
        arguments.push("--incognito");
    }
    let browser = installed(&["chromium", "chromium-browser", "google-chrome"]);
    // By default, Chromium blocks third-party cookies. The tests must depend on `SameSite` alone.
    let preferences = json!({ "profile.cookie_controls_mode": 0 });
    json!({
        "acceptInsecureCerts": true,
        "goog:chromeOptions": { "args": arguments, "binary": browser, "prefs": preferences },
    })
}

fn firefox(is_private: bool) -> Value {
    let preferences = json!({
        "browser.privatebrowsing.autostart": is_private,
        // As in Chromium. By default, Firefox has separate cookies for frames of other sites.
        "network.cookie.cookieBehavior": 0,
    });
    let arguments = ["-headless", "--width=1280", "--height=1000"];
    json!({
        "acceptInsecureCerts": true,
        "moz:firefoxOptions": { "args": arguments, "binary": installed(&["firefox-esr", "firefox"]), "prefs": preferences },
    })
}

/// Under a driver, each window is a private one.
fn webkit() -> Value {
    json!({
        "acceptInsecureCerts": true,
        "webkitgtk:browserOptions": { "args": ["--automation"], "binary": mini_browser() },
    })
}

/// The test browser of `WebKitGTK`, which Debian does not put on the `PATH`.
fn mini_browser() -> PathBuf {
    let folders = std::fs::read_dir("/usr/lib").expect("Debian has this folder").flatten();
    let candidates = folders.map(|folder| folder.path().join("webkit2gtk-4.1/MiniBrowser"));
    let found = candidates.into_iter().find(|program| program.is_file());
    found.unwrap_or_else(|| panic!("MiniBrowser is not installed; {INSTALL}"))
}

const INSTALL: &str = "`tests/run --all` installs the browsers";

/// Returns the first of these programs that is installed.
pub(crate) fn installed(names: &[&str]) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<_> = std::env::split_paths(&path).collect();
    folders.push(tools());
    let mut candidates = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    let found = candidates.find(|program| program.is_file());
    found.unwrap_or_else(|| panic!("{} is not installed; {INSTALL}", names[0]))
}

/// The folder of the programs that `tests/packages` installs without Debian's packages.
pub(crate) fn tools() -> PathBuf {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")));
    cache.expect("HOME is set").join("session-tests/bin")
}
