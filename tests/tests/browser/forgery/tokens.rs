//! Tests of forms that other sites post to an application (CSRF): the tokens in forms, and the layer of tower-http.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use session::axum::SessionLayer;
use session::store::MemoryStore;
use session::{CookieConfig, Error, SecretKey, Session, SessionConfig, SessionManager};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tower_http::csrf::CsrfLayer;

use crate::browser::Browser;
use crate::engine::Engine;

/// An application on two ports of this machine, and the outcomes of the forms that arrive.
struct Application {
    addresses: [String; 2],
    outcomes: UnboundedReceiver<Outcome>,
}

/// Whether a form arrived with a session cookie, and the status of its response.
type Outcome = (bool, StatusCode);

impl Application {
    async fn start() -> Self {
        let (sender, outcomes) = unbounded_channel();
        let config = SessionConfig::new(SecretKey::generate()).cookie(CookieConfig::new().secure(false));
        let app = routes(SessionManager::new(MemoryStore::new(), config), sender);
        Self { addresses: [serve(app.clone()).await, serve(app).await], outcomes }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addresses[0])
    }

    /// Pages of other origins: another site, and another port of the same site.
    fn other_origins(&self) -> [String; 2] {
        let [own, other] = self.addresses.each_ref().map(|address| format!("http://{address}/elsewhere"));
        [own.replace("127.0.0.1", "localhost"), other]
    }

    /// The token of a form that an attacker has requested without cookies.
    async fn token_of_attacker(&self) -> String {
        let page = reqwest::get(self.url("/form")).await.unwrap().text().await.unwrap();
        page.split("value='").nth(1).unwrap().split('\'').next().unwrap().to_owned()
    }

    async fn next_outcome(&mut self) -> Outcome {
        self.outcomes.recv().await.expect("the application runs")
    }
}

async fn serve(app: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    address
}

fn routes(manager: SessionManager, outcomes: UnboundedSender<Outcome>) -> Router {
    let protected = Router::new().route("/layer", post(async || "accepted")).layer(CsrfLayer::new());
    Router::new()
        .route("/token", post(check_token))
        .merge(protected)
        .route("/form", get(show_form))
        .route("/login", get(log_in))
        .layer(SessionLayer::new(manager))
        .layer(from_fn_with_state(outcomes, report))
        .route("/elsewhere", get(Html("<!doctype html><footer>another origin</footer>")))
}

async fn report(State(outcomes): State<UnboundedSender<Outcome>>, request: Request, next: Next) -> Response {
    let is_form = request.method() == "POST";
    let has_session = request
        .headers()
        .get("cookie")
        .is_some_and(|cookies| cookies.to_str().unwrap().split("; ").any(|cookie| cookie.starts_with("id=")));
    let response = next.run(request).await;
    if is_form {
        outcomes.send((has_session, response.status())).unwrap();
    }
    response
}

async fn show_form(session: Session) -> Result<Html<String>, Error> {
    let token = session.csrf_token()?;
    let form = |path: &str| {
        format!(
            "<form method='post' action='/{path}'><input type='hidden' name='csrf' value='{token}'>\
             <button id='{path}'>Send</button></form>"
        )
    };
    Ok(Html(format!("<!doctype html>{}{}<footer>form</footer>", form("token"), form("layer"))))
}

async fn check_token(session: Session, form: String) -> Response {
    let is_own = session.verify_csrf(form.strip_prefix("csrf=").unwrap());
    let status = if is_own { StatusCode::OK } else { StatusCode::FORBIDDEN };
    (status, Html("<!doctype html><footer>token</footer>")).into_response()
}

async fn log_in(mut session: Session) -> Result<Html<&'static str>, Error> {
    session.log_in(session::Key::<u64>::declare("user"), 7).await?;
    Ok(Html("<!doctype html><footer>login</footer>"))
}

/// Posts a form from the page of another origin.
async fn forge(browser: &Browser, page: &str, action: &str, token: &str) {
    browser.goto(page).await;
    let script = format!(
        "const form = document.createElement('form'); form.method = 'post'; form.action = '{action}';
         const field = document.createElement('input'); field.name = 'csrf'; field.value = '{token}';
         form.append(field); document.body.append(form); form.submit();"
    );
    browser.run(&script).await;
}

fn test<F: Future<Output = (Application, Browser)>>(test: impl FnOnce(Application, Browser) -> F) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (_, browser) = test(Application::start().await, Browser::open(Engine::Chromium).await).await;
        browser.close().await;
    });
}

#[test]
fn the_forms_of_the_application_are_accepted_with_and_without_a_session() {
    test(|mut app, browser| async {
        for has_session in [false, true] {
            if has_session {
                browser.goto(app.url("/login")).await;
            }
            browser.goto(app.url("/form")).await;
            browser.press("#token").await;
            assert_eq!(app.next_outcome().await, (has_session, StatusCode::OK));
            browser.goto(app.url("/form")).await;
            browser.run("document.querySelector('#layer').click()").await;
            assert_eq!(app.next_outcome().await, (has_session, StatusCode::OK));
        }
        (app, browser)
    });
}

#[test]
fn a_form_posted_from_another_site_has_no_valid_token() {
    test(|mut app, browser| async {
        browser.goto(app.url("/login")).await;
        let token = app.token_of_attacker().await;
        for (page, is_same_site) in app.other_origins().iter().zip([false, true]) {
            forge(&browser, page, &app.url("/token"), &token).await;
            assert_eq!(app.next_outcome().await, (is_same_site, StatusCode::FORBIDDEN), "{page}");
        }
        (app, browser)
    });
}

#[test]
fn the_layer_refuses_forms_of_another_site_and_of_another_port() {
    test(|mut app, browser| async {
        browser.goto(app.url("/login")).await;
        for (page, is_same_site) in app.other_origins().iter().zip([false, true]) {
            forge(&browser, page, &app.url("/layer"), "").await;
            assert_eq!(app.next_outcome().await, (is_same_site, StatusCode::FORBIDDEN), "{page}");
        }
        (app, browser)
    });
}
