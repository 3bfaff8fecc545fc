//! Tests of the protection of the shop against request forgery (CSRF): which requests it refuses.

use reqwest::{Client, RequestBuilder, StatusCode, header};
use session_tests::{Process, shop};

struct Shop {
    _process: Process,
    address: String,
}

impl Shop {
    fn open() -> Self {
        let (process, address) = shop::start("127.0.0.1:0", "memory:", None);
        Self { _process: process, address }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A form that adds to the cart, with these headers.
    fn form(&self, headers: &[(&str, &str)]) -> RequestBuilder {
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let form = client.post(self.url("/cart/add")).body("product=macaron");
        let form = form.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        headers.iter().fold(form, |form, (name, value)| form.header(*name, *value))
    }
}

#[tokio::test]
async fn the_shop_refuses_forms_of_other_origins_before_their_handler_runs() {
    let shop = Shop::open();
    let own = shop.url("");
    for headers in [
        &[("sec-fetch-site", "cross-site")][..],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "same-site"), ("origin", &own)],
        &[("sec-fetch-site", ""), ("origin", "http://elsewhere.example")],
        &[("origin", "http://elsewhere.example")],
        &[("origin", "http://127.0.0.1:1")],
        &[("origin", "null")],
        &[("origin", &shop.address)],
    ] {
        let response = shop.form(headers).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{headers:?}");
        assert!(!response.headers().contains_key(header::SET_COOKIE), "{headers:?}");
        assert!(response.text().await.unwrap().contains("sent by another site"), "{headers:?}");
    }
}

#[tokio::test]
async fn the_shop_accepts_its_own_forms_and_links_from_everywhere() {
    let shop = Shop::open();
    let own = shop.url("");
    for headers in [
        &[("sec-fetch-site", "same-origin")][..],
        &[("sec-fetch-site", "none")],
        &[("sec-fetch-site", "same-origin"), ("origin", "null")],
        &[("origin", &own)],
        &[("origin", &own.replace("http", "https"))],
        // As a request of another program. Browsers send no empty headers.
        &[("sec-fetch-site", ""), ("origin", "")],
        &[],
    ] {
        let response = shop.form(headers).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::SEE_OTHER, "{headers:?}");
    }
    let link = Client::new().get(shop.url("/cart")).header("sec-fetch-site", "cross-site");
    assert_eq!(link.send().await.unwrap().status(), StatusCode::OK);
}
