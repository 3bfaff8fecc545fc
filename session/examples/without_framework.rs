//! Uses sessions without a framework: request headers in, response headers out.
//!
//! `cargo run --example without_framework`

use http::HeaderMap;
use http::header::{COOKIE, SET_COOKIE};
use session::store::MemoryStore;
use session::{SecretKey, SessionConfig, SessionManager, SessionSchema};

#[derive(SessionSchema)]
struct Visitor {
    #[session(default)]
    visits: u64,
}

/// Handles one request. Returns the number of visits and the headers of the response.
async fn handle(manager: &SessionManager, request: &HeaderMap) -> Result<(u64, HeaderMap), session::Error> {
    let mut session = manager.open(request); // no I/O: the record is loaded when it is needed
    let visits = session
        .typed_mut::<Visitor>()
        .update_visits(|visits| {
            *visits += 1;
            *visits
        })
        .await?;
    let mut response = HeaderMap::new();
    session.finalize(&mut response).await?; // writes the changed keys to the store, and appends the cookies
    Ok((visits, response))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));

    let (visits, response) = handle(&manager, &HeaderMap::new()).await?;
    assert_eq!(visits, 1);

    // A browser returns the part before the attributes in its next request.
    let set_cookie = response[SET_COOKIE].to_str()?;
    let cookie = set_cookie.split(';').next().unwrap_or_default();
    let request = HeaderMap::from_iter([(COOKIE, cookie.parse()?)]);
    let (visits, _) = handle(&manager, &request).await?;
    assert_eq!(visits, 2);

    println!("the second request continued the session of the first one: visit number {visits}");
    Ok(())
}

#[cfg(test)]
#[test]
fn the_example_runs() {
    main().unwrap();
}
