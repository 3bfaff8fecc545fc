//! Tests of the cookies as each engine shows, limits and orders them.

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, header};
use axum::response::Html;
use axum::routing::get;
use cookie::{Cookie, Expiration, SameSite};
use session::axum::SessionLayer;
use session::store::MemoryStore;
use session::{CookieConfig, Error, SecretKey, Session, SessionConfig, SessionManager};

use crate::browser::Browser;
use crate::engine::{Engine, on_every_engine};
use crate::lab::Lab;
use crate::run;
use crate::shop::Shop;

on_every_engine! {
    the_cookies_are_kept_over_plain_http,
    the_cookies_are_kept_over_https,
    secure_cookies_over_plain_http_are_kept_except_by_webkit,
    the_largest_client_state_is_kept,
    two_cookies_of_one_name_arrive_in_the_order_of_the_engine,
    users_stay_logged_in_after_a_change_of_the_domain,
    users_stay_logged_in_after_a_change_of_the_path,
}

/// Checks that the browser keeps both cookies of a shop, on both names of this machine.
async fn assert_keeps_cookies(browser: &Browser, shop: &Shop, is_secure: bool) {
    for home in [shop.url("/"), shop.url_on_localhost("/")] {
        browser.goto(&home).await;
        browser.press("#theme").await;
        browser.press("#add-pretzel").await;
        assert_eq!(browser.text("#items").await, "1", "{home}");
        let cookies = browser.cookies().await;
        assert_eq!(cookies.iter().map(Cookie::name).collect::<Vec<_>>(), shop.cookie_names(), "{home}");
        for cookie in cookies {
            assert_eq!(cookie.path(), Some("/"), "{home}");
            assert_eq!(cookie.http_only(), Some(true), "{home}");
            assert_eq!(cookie.secure(), Some(is_secure), "{home}");
            assert_eq!(cookie.same_site(), Some(SameSite::Lax), "{home}");
            assert!(matches!(cookie.expires(), Some(Expiration::DateTime(_))), "{home}");
        }
    }
}

fn the_cookies_are_kept_over_plain_http(engine: Engine) {
    run(async {
        let (browser, shop) = (Browser::open(engine).await, Shop::open());
        assert_keeps_cookies(&browser, &shop, false).await;
        browser.close().await;
    });
}

fn the_cookies_are_kept_over_https(engine: Engine) {
    run(async {
        let (browser, shop) = (Browser::open(engine).await, Shop::open_with_https());
        assert_keeps_cookies(&browser, &shop, true).await;
        browser.close().await;
    });
}

/// For this reason, the shop has cookies without `Secure` over plain HTTP on this machine.
fn secure_cookies_over_plain_http_are_kept_except_by_webkit(engine: Engine) {
    run(async {
        let (browser, shop) = (Browser::open(engine).await, Shop::open_with_secure_cookies());
        if engine == Engine::WebKit {
            browser.goto(shop.url("/")).await;
            browser.press("#add-pretzel").await;
            assert!(!browser.has("#items").await);
            assert!(browser.cookies().await.is_empty());
        } else {
            assert_keeps_cookies(&browser, &shop, true).await;
        }
        browser.close().await;
    });
}

// Other settings: applications in this process, over plain HTTP

fn manager(store: &MemoryStore, key: &SecretKey, cookies: CookieConfig) -> SessionManager {
    SessionManager::new(store.clone(), SessionConfig::new(key.clone()).cookie(cookies.secure(false)))
}

fn the_largest_client_state_is_kept(engine: Engine) {
    let fill = async |Path(length): Path<usize>, mut session: Session| {
        session.client_mut().insert("text", "x".repeat(length))?;
        Ok::<_, Error>(Html("<p id=filled>".to_owned()))
    };
    let show = async |session: Session| {
        let text: Option<String> = session.client().get("text")?;
        Ok::<_, Error>(Html(format!("<p id=length>{}", text.map_or(0, |text| text.len()))))
    };
    run(async {
        let manager = manager(&MemoryStore::new(), &SecretKey::generate(), CookieConfig::new());
        let routes = Router::new().route("/fill/{length}", get(fill)).route("/", get(show));
        let lab = Lab::start(routes.layer(SessionLayer::new(manager))).await;
        let browser = Browser::open(engine).await;
        let mut length = 3_100;
        browser.goto(lab.url("/fill/3100")).await;
        while !browser.has("#filled").await {
            length -= 1;
            browser.goto(lab.url(&format!("/fill/{length}"))).await;
        }
        assert!(length < 3_100, "a longer value is refused");
        browser.goto(lab.url("/")).await;
        assert_eq!(browser.text("#length").await, length.to_string());
        let size: Vec<_> = browser.cookies().await.iter().map(|it| it.name().len() + it.value().len()).collect();
        assert!(size.len() == 1 && (4_090..=4_096).contains(&size[0]), "{size:?}");
        browser.close().await;
    });
}

/// Cookies of one name: with a longer path, and for the host or its domain. Servers should not rely on their order
/// (RFC 6265bis, 4.2.2).
fn two_cookies_of_one_name_arrive_in_the_order_of_the_engine(engine: Engine) {
    let set = async |Path(attributes): Path<String>| {
        let attributes = attributes.replace('+', "; ").replace('.', "/").replace('_', ".");
        ([(header::SET_COOKIE, attributes)], Html("<p id=set>"))
    };
    let show = async |headers: HeaderMap| {
        let cookies = headers.get(header::COOKIE).and_then(|cookies| cookies.to_str().ok()).unwrap_or_default();
        Html(format!("<p id=cookies>{cookies}"))
    };
    run(async {
        let lab = Lab::start(Router::new().route("/set/{cookie}", get(set)).fallback(show)).await;
        let browser = Browser::open(engine).await;
        for (cookies, expected, webkit) in [
            (["a=1+Path=.", "a=2+Path=.app"], "a=2; a=1", "a=2; a=1"),
            (["a=1+Path=.app", "a=2+Path=."], "a=1; a=2", "a=1; a=2"),
            (["a=1+Path=.+Domain=b_localhost", "a=2+Path=."], "a=1; a=2", "a=2; a=1"),
            (["a=1+Path=.", "a=2+Path=.+Domain=b_localhost"], "a=1; a=2", "a=1; a=2"),
        ] {
            for cookie in cookies {
                browser.goto(lab.url_on("a.b.localhost", &format!("/set/{cookie}"))).await;
                assert!(browser.has("#set").await);
            }
            browser.goto(lab.url_on("a.b.localhost", "/app")).await;
            let expected = if engine == Engine::WebKit { webkit } else { expected };
            assert_eq!(browser.text("#cookies").await, expected, "{cookies:?}");
            browser.delete_all_cookies().await;
        }
        browser.close().await;
    });
}

/// The routes of one release of an application.
fn release(manager: SessionManager) -> Router {
    let user = async |session: Session| {
        let user: Option<String> = session.get("user").await?;
        Ok::<_, Error>(Html(format!("<p id=user>{}", user.as_deref().unwrap_or("nobody"))))
    };
    let log_in = async |Path(user): Path<String>, mut session: Session| {
        session.cycle_id();
        session.insert("user", user).await
    };
    let log_out = async |mut session: Session| session.invalidate();
    Router::new()
        .route("/user", get(user))
        .route("/login/{user}", get(log_in))
        .route("/logout", get(log_out))
        .layer(SessionLayer::new(manager))
}

/// Checks that the release with new cookie settings finds the old sessions, and that its logins and logouts are final,
/// while the browser still has the old cookie.
async fn assert_release_keeps_users(engine: Engine, old: CookieConfig, new: CookieConfig) {
    let (store, key) = (MemoryStore::new(), SecretKey::generate());
    let routes = Router::new()
        .nest("/app/old", release(manager(&store, &key, old)))
        .nest("/app/new", release(manager(&store, &key, new)));
    let (lab, browser) = (Lab::start(routes).await, Browser::open(engine).await);
    for (path, expected) in [
        ("old/login/Ada", "Ada"),
        ("new/logout", "nobody"),
        ("new/login/Grace", "Grace"),
        ("new/login/Ada", "Ada"),
        ("new/logout", "nobody"),
    ] {
        browser.goto(lab.url_on("a.b.localhost", &format!("/app/{path}"))).await;
        for _ in 0..2 {
            browser.goto(lab.url_on("a.b.localhost", "/app/new/user")).await;
            assert_eq!(browser.text("#user").await, expected, "after {path}");
        }
    }
    browser.close().await;
}

fn users_stay_logged_in_after_a_change_of_the_domain(engine: Engine) {
    run(async {
        let domain = || CookieConfig::new().domain("b.localhost").expect("it is a domain");
        assert_release_keeps_users(engine, domain(), CookieConfig::new()).await;
        assert_release_keeps_users(engine, CookieConfig::new(), domain()).await;
    });
}

fn users_stay_logged_in_after_a_change_of_the_path(engine: Engine) {
    run(async {
        let path = || CookieConfig::new().path("/app").expect("it is a path");
        assert_release_keeps_users(engine, path(), CookieConfig::new()).await;
        assert_release_keeps_users(engine, CookieConfig::new(), path()).await;
    });
}
