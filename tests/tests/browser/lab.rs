//! Servers in the process of the test: other sites, other applications, and a proxy that collects reports.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use reqwest::redirect::Policy;
use serde_json::Value;
use session_tests::servers::HaProxy;
use tokio::net::TcpListener;

use crate::shop::Shop;

pub(crate) struct Lab {
    port: u16,
    proxy: Option<HaProxy>,
}

impl Lab {
    pub(crate) async fn start(router: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { port, proxy: None }
    }

    /// A site with one page, with the scheme of the shop.
    pub(crate) async fn other_site(shop: &Shop) -> Self {
        let page = Html("<!DOCTYPE html><title>Another site</title><a class=brand href='/'>Not the shop</a>");
        let lab = Self::start(Router::new().route("/", get(async move || page))).await;
        let proxy = shop.has_https().then(|| HaProxy::start_with_https(lab.port));
        Self { proxy, ..lab }
    }

    /// The URL with this name of the host.
    pub(crate) fn url_on(&self, host: &str, path: &str) -> String {
        match &self.proxy {
            Some(proxy) => format!("https://{host}:{}{path}", proxy.port),
            None => format!("http://{host}:{}{path}", self.port),
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        self.url_on("127.0.0.1", path)
    }
}

/// The reports of browsers about violations of the content security policy.
#[derive(Clone, Default)]
pub(crate) struct Reports(Arc<Mutex<Vec<Value>>>);

impl Reports {
    pub(crate) fn take(&self) -> Vec<Value> {
        std::mem::take(&mut self.0.lock().expect("no test panics with this lock"))
    }
}

/// A proxy of the shop that adds the collection of reports to its policy.
pub(crate) async fn reporting_proxy(shop: &Shop, reports: Reports) -> Lab {
    let (shop, client) = (shop.direct_url(""), reqwest::Client::builder().redirect(Policy::none()).build());
    let client = client.expect("the settings are valid");
    let collect = async |State(reports): State<Reports>, body: axum::body::Bytes| {
        let report: Value = serde_json::from_slice(&body).expect("a report is JSON");
        reports.0.lock().expect("no test panics with this lock").push(report["csp-report"].clone());
        StatusCode::NO_CONTENT
    };
    let forward = async move |request: Request| forward(&client, &shop, request).await;
    Lab::start(Router::new().route("/reports", post(collect)).with_state(reports).fallback(forward)).await
}

async fn forward(client: &reqwest::Client, shop: &str, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("the browser sends its request");
    let forwarded = client.request(parts.method, format!("{shop}{}", parts.uri)).headers(parts.headers).body(body);
    let received = forwarded.send().await.expect("the shop responds");
    let (status, mut headers) = (received.status(), received.headers().clone());
    headers.remove(header::TRANSFER_ENCODING);
    let policy = headers.get(header::CONTENT_SECURITY_POLICY).expect("every response has a policy");
    let policy = format!("{}; report-uri /reports", policy.to_str().expect("a policy is text"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::try_from(policy).expect("it is a header"));
    (status, headers, Body::from(received.bytes().await.expect("the shop sends its response"))).into_response()
}
