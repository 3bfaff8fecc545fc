//! A shop on actix-web: a cart, a login, a theme in client state, and an error page.
//!
//! `cargo run --example actix --features actix`, then open <http://127.0.0.1:3000>.

use actix_web::http::{StatusCode, header};
use actix_web::{App, HttpResponse, HttpServer, web};
use maud::{Markup, html};
use session::actix::{Failure, SessionMiddleware};
use session::store::MemoryStore;
use session::{ErrorKind, ReadOnly, SecretKey, Session, SessionConfig, SessionManager, SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    #[session(key = "user.name")]
    user: String,
    #[session(default)]
    cart: Vec<String>,
    #[session(client, default)]
    is_dark: bool,
}

#[derive(serde::Deserialize)]
struct LoginForm {
    user: String,
}

async fn home(visitor: ReadOnly<Visitor>) -> Result<HttpResponse, session::Error> {
    let (user, cart) = (visitor.user().await?, visitor.cart().await?);
    let body = html! {
        body style=[visitor.is_dark()?.then_some("background: #222; color: #eee")] {
            h1 { "Hello, " (user.as_deref().unwrap_or("stranger")) }
            p { "Your cart: " (if cart.is_empty() { "empty".to_owned() } else { cart.join(", ") }) }
            @for product in ["macaron", "pretzel", "shortbread"] {
                form method="post" action={ "/cart/" (product) } { button { "Add a " (product) } }
            }
            form method="post" action="/theme" { button { "Change the theme" } }
            @if user.is_some() { form method="post" action="/logout" { button { "Log out" } } }
            @else { form method="post" action="/login" { input name="user"; button { "Log in" } } }
        }
    };
    Ok(page(StatusCode::OK, &body))
}

async fn add(mut visitor: Typed<Visitor>, product: web::Path<String>) -> Result<HttpResponse, session::Error> {
    visitor.update_cart(|cart| cart.push(product.clone())).await?; // atomic: two tabs lose nothing
    Ok(to_home())
}

async fn log_in(mut visitor: Typed<Visitor>, form: web::Form<LoginForm>) -> Result<HttpResponse, session::Error> {
    // A real application verifies a password here. The browser gets a new token, and the cart is kept.
    visitor.log_in(Visitor::USER, form.into_inner().user).await.map(|()| to_home())
}

async fn log_out(mut session: Session) -> HttpResponse {
    session.invalidate();
    to_home()
}

async fn change_theme(mut visitor: Typed<Visitor>) -> Result<HttpResponse, session::Error> {
    visitor.update_is_dark(|is_dark| *is_dark = !*is_dark).map(|()| to_home())
}

fn to_home() -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, "/")).finish()
}

fn page(status: StatusCode, body: &Markup) -> HttpResponse {
    HttpResponse::build(status)
        .content_type(header::ContentType::html())
        .body(html! { (maud::DOCTYPE) (body) }.into_string())
}

/// The page for a failed session operation. The cause is in the log.
fn error_page(failure: Failure) -> HttpResponse {
    let text = match failure.error().kind() {
        ErrorKind::Ended => return to_home(), // the user logged out in another tab
        ErrorKind::Store => "The shop is closed for a minute.",
        _ => "Please try again.",
    };
    page(failure.default_response().status(), &html! { p { (text) } })
}

fn routes(config: &mut web::ServiceConfig) {
    config.route("/", web::get().to(home)).route("/cart/{product:macaron|pretzel|shortbread}", web::post().to(add));
    config.route("/login", web::post().to(log_in)).route("/logout", web::post().to(log_out));
    config.route("/theme", web::post().to(change_theme));
}

fn sessions() -> SessionMiddleware {
    let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    SessionMiddleware::new(manager).on_error(error_page)
}

fn main() -> std::io::Result<()> {
    tracing_subscriber::fmt().init();
    let sessions = sessions(); // outside of the closure, which runs once per worker
    let server = HttpServer::new(move || App::new().configure(routes).wrap(sessions.clone()));
    actix_web::rt::System::new().block_on(server.bind("127.0.0.1:3000")?.run())
}

#[cfg(test)]
#[tokio::test]
async fn a_visitor_fills_a_cart_and_logs_in_and_out() {
    let app = actix_web::test::init_service(App::new().configure(routes).wrap(sessions())).await;
    let mut browser = session::testing::Client::actix(app);
    assert!(browser.submit("/cart/macaron", "").await.body().contains("Your cart: macaron<"));
    assert!(browser.submit("/login", "user=Ada").await.body().contains("Hello, Ada"));
    assert!(browser.submit("/theme", "").await.body().contains("#222"));
    assert!(browser.submit("/cart/pretzel", "").await.body().contains("Your cart: macaron, pretzel<"));
    let mut thief = browser.clone();
    assert!(browser.submit("/logout", "").await.body().contains("Your cart: empty"));
    assert!(thief.get("/").await.body().contains("Hello, stranger"), "copied cookies are no longer valid");
}
