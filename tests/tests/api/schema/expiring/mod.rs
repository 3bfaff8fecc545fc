//! Tests of `expires_in`: values that expire before their session.

mod combinations;
mod deletion;
mod keyed;
mod races;
mod raw_keys;
mod reads;
mod unknown_outcomes;

use std::time::Duration;

use session::{SessionSchema, Typed};
use session_tests::{App, Browser};

const TEN_MINUTES: Duration = Duration::from_mins(10);

#[derive(SessionSchema)]
struct Login {
    name: String,
    #[session(expires_in = "10m")]
    otp: String,
    #[session(expires_in = "1h", default)]
    attempts: u32,
    #[session(expires_in = "10m", flash)]
    notice: String,
    #[session(expires_in = "10m", sealed, secret)]
    verifier: String,
    #[session(expires_in = "10m", client)]
    hint: String,
    #[session(client, default)]
    dark: bool,
}

/// The keys in an earlier release, in which nothing expires.
#[derive(SessionSchema)]
struct Before {
    otp: String,
    attempts: u32,
    #[session(client)]
    hint: String,
}

/// One request that uses `Login`. Returns its store operations.
async fn request(app: &App, browser: &mut Browser, request: impl AsyncFnOnce(&mut Typed<Login>)) -> String {
    app.spy.take_operations();
    let mut session = app.open(browser);
    request(&mut session.typed_mut::<Login>()).await;
    app.finalize(session, browser).await.unwrap();
    app.spy.take_operations()
}

async fn set_all(login: &mut Typed<Login>) {
    login.set_name("Ada".to_owned()).unwrap();
    login.set_otp("123456".to_owned()).unwrap();
    login.set_attempts(2).unwrap();
    login.set_notice("sent".to_owned()).unwrap();
    login.set_verifier("pkce".to_owned()).unwrap();
    login.set_hint("inbox".to_owned()).unwrap();
}

/// A browser with all values, of which all but `attempts` have expired.
async fn expired(app: &App) -> Browser {
    let mut browser = Browser::default();
    request(app, &mut browser, set_all).await;
    app.advance(TEN_MINUTES);
    browser
}

async fn otp(app: &App, browser: &Browser) -> Option<String> {
    app.open(browser).typed::<Login>().otp().await.unwrap()
}
