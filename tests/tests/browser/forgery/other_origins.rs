//! Tests of other origins: links, forms, embedded requests and frames.
//!
//! `127.0.0.1` and `localhost` are two sites. Two ports of one host are one site.

use serde_json::Value;

use crate::engine::{Engine, on_every_engine};
use crate::lab::Lab;
use crate::{Visit, visit};

on_every_engine! {
    a_link_from_another_site_opens_the_users_session,
    a_form_posted_from_another_site_is_refused_and_changes_nothing,
    a_form_posted_from_another_port_is_refused_and_changes_nothing,
    requests_embedded_by_another_site_have_no_session_and_set_none,
    no_other_page_can_show_the_shop_in_a_frame,
}

/// Submits a form to the shop from a page of another origin.
async fn post_from(visit: &Visit, page: String, path: &str, field: (&str, &str)) {
    visit.browser.goto(page).await;
    let form = format!(
        "const form = document.createElement('form'); form.method = 'post'; form.action = '{}';
         const field = document.createElement('input'); field.name = '{}'; field.value = '{}';
         form.append(field); document.body.append(form); form.submit();",
        visit.shop.url(path),
        field.0,
        field.1
    );
    visit.browser.run(&form).await;
    visit.browser.text("footer").await;
}

fn a_link_from_another_site_opens_the_users_session(engine: Engine) {
    visit(engine, |visit| async {
        visit.log_in("Ada").await;
        let other = Lab::other_site(&visit.shop).await;
        visit.browser.goto(other.url_on("localhost", "/")).await;
        visit.browser.run(&format!("location.href = '{}'", visit.shop.url("/cart"))).await;
        visit.browser.text("footer").await;
        assert_eq!(visit.browser.user().await, "Ada");
        visit
    });
}

/// Checks that a form from this page changes nothing.
async fn assert_refused(visit: &Visit, page: String) {
    visit.log_in("Ada").await;
    let before = visit.browser.cookie_line().await;
    for (path, field) in
        [("/cart/add", ("product", "macaron")), ("/logout", ("a", "b")), ("/login", ("name", "Mallory"))]
    {
        post_from(visit, page.clone(), path, field).await;
        assert!(visit.browser.page().await.contains("sent by another site"), "{path}");
        // WebKit does not list the cookies that were not sent with the page.
        visit.goto("/style.css").await;
        assert_eq!(visit.browser.cookie_line().await, before, "{path}");
    }
    visit.goto("/session").await;
    assert_eq!(visit.browser.user().await, "Ada");
    assert!(!visit.browser.page().await.contains("macaron"));
}

/// `SameSite=Lax` would not be enough: the response to such a form sets cookies that replace the user's.
fn a_form_posted_from_another_site_is_refused_and_changes_nothing(engine: Engine) {
    visit(engine, |visit| async {
        let other = Lab::other_site(&visit.shop).await;
        assert_refused(&visit, other.url_on("localhost", "/")).await;
        visit
    });
}

/// `SameSite` does not apply: the request has the user's cookies.
fn a_form_posted_from_another_port_is_refused_and_changes_nothing(engine: Engine) {
    visit(engine, |visit| async {
        let other = Lab::other_site(&visit.shop).await;
        assert_refused(&visit, other.url("/")).await;
        visit
    });
}

fn requests_embedded_by_another_site_have_no_session_and_set_none(engine: Engine) {
    visit(engine, |visit| async {
        visit.log_in("Ada").await;
        let before = visit.browser.cookie_line().await;
        let other = Lab::other_site(&visit.shop).await;
        visit.browser.goto(other.url_on("localhost", "/")).await;
        let script = format!(
            "const home = '{0}';
             const image = new Image(); const frame = document.createElement('iframe');
             const loaded = element => new Promise(then => {{ element.onload = element.onerror = then; }});
             const all = [loaded(image), loaded(frame),
                 fetch(home, {{ mode: 'no-cors', credentials: 'include' }}),
                 fetch(home + 'cart/add', {{ method: 'post', mode: 'no-cors', credentials: 'include',
                     body: new URLSearchParams({{ product: 'macaron' }}) }})];
             image.src = home; frame.src = home; document.body.append(image, frame);
             Promise.all(all).then(() => done(true), error => done(String(error)));",
            visit.shop.url("/")
        );
        assert_eq!(visit.browser.run_async(&script).await, Value::Bool(true));
        visit.goto("/session").await;
        assert_eq!(visit.browser.text("tr[data-key='visits'] td:nth-child(3)").await, "2", "only its own visits");
        assert!(!visit.browser.page().await.contains("macaron"));
        assert_eq!(visit.browser.cookie_line().await, before);
        visit
    });
}

fn no_other_page_can_show_the_shop_in_a_frame(engine: Engine) {
    visit(engine, |visit| async {
        visit.log_in("Ada").await;
        let other = Lab::other_site(&visit.shop).await;
        let own = visit.shop.url("/");
        for page in [own.clone(), other.url("/"), other.url_on("localhost", "/")] {
            for (content, shown) in [(&own, 0), (&page, usize::from(page != own))] {
                visit.browser.goto(&page).await;
                let script = format!(
                    "const frame = document.createElement('iframe'); frame.src = '{content}';
                     frame.onload = frame.onerror = () => done(true); document.body.append(frame);"
                );
                visit.browser.run_async(&script).await;
                assert_eq!(visit.browser.count_in_frame("a.brand").await, shown, "{content} in {page}");
            }
        }
        visit
    });
}
