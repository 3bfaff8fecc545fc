//! The allocations of a request that does not use its session, compared with the same application without sessions.

use actix_web::dev::ServiceResponse;
use actix_web::error::ErrorNotFound;
use allocation_counter::{AllocationInfo, measure};
use futures_util::FutureExt;

use super::*;

/// The allocations of one request on a warm connection.
fn allocations<S, B>(app: &S, browser: &Browser, path: &str) -> u64
where
    S: Service<Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    let mut counts = [0; 5].map(|_| {
        let request = browser.request(path).to_request();
        let AllocationInfo { count_total, .. } = measure(|| {
            // The server drops the request before it sends the body.
            let response = app.call(request).now_or_never().expect("the handler does not wait").expect("a response");
            drop(HttpResponse::from(response));
        });
        count_total
    });
    // The first requests of a worker create its caches.
    let [.., before, last] = counts;
    assert_eq!(before, last, "{counts:?}");
    counts.sort_unstable();
    last
}

fn scopes(config: &mut web::ServiceConfig) {
    let fails = async || Err::<&str, _>(ErrorNotFound("no such page"));
    config.configure(routes).service(
        web::scope("/scope")
            .app_data(web::Data::new(1))
            .service(web::resource("/inner").app_data(web::Data::new(2)).to(async || "inner"))
            .route("/fails", web::get().to(fails)),
    );
}

const PATHS: [&str; 4] = ["/", "/scope/inner", "/scope/fails", "/missing"];

#[actix_web::test]
async fn an_untouched_request_allocates_nothing() {
    let app = test_app().await;
    let bare = init_service(App::new().configure(scopes)).await;
    let with_sessions = init_service(App::new().configure(scopes).wrap(middleware(&app))).await;
    let verified = init_service(App::new().configure(scopes).wrap(middleware(&app).verified())).await;
    let mut alice = Browser::default();
    alice.get(&with_sessions, "/write/a/1").await;
    for browser in [&Browser::default(), &alice] {
        for path in PATHS {
            let expected = allocations(&bare, browser, path);
            assert!(expected > 0, "{path}");
            assert_eq!(allocations(&with_sessions, browser, path), expected, "{path}");
        }
    }
    assert!(allocations(&verified, &Browser::default(), "/") > allocations(&bare, &Browser::default(), "/"));
}

#[actix_web::test]
async fn an_untouched_request_through_nested_middleware_allocates_nothing() {
    let (app, admin) = (test_app().await, app_with_cookie("admin").await);
    let bare =
        init_service(App::new().service(web::scope("/scope").service(web::scope("/inner").configure(routes)))).await;
    let inner = web::scope("/inner").configure(routes).wrap(middleware(&admin));
    let scope = web::scope("/scope").service(inner).wrap(middleware(&app));
    let nested = init_service(App::new().service(scope).wrap(middleware(&app))).await;
    let browser = Browser::default();
    assert_eq!(allocations(&nested, &browser, "/scope/inner/"), allocations(&bare, &browser, "/scope/inner/"));
}

/// Nothing can be attached in another way while middleware of the resource keeps a clone of the request.
#[actix_web::test]
async fn middleware_of_a_resource_allocates_one_entry_of_the_extensions() {
    let app = test_app().await;
    let resource = || web::resource("/").to(async || "hello");
    let bare = init_service(App::new().service(resource())).await;
    let with_sessions = init_service(App::new().service(resource().wrap(middleware(&app)))).await;
    let browser = Browser::default();
    let more = allocations(&with_sessions, &browser, "/") - allocations(&bare, &browser, "/");
    assert_eq!(more, 2, "the table of the extensions, and the entry");
}

#[actix_web::test]
async fn a_used_session_allocates() {
    let app = test_app().await;
    let id = async |session: Session| format!("{:?}", session.id());
    let bare = init_service(App::new().route("/", web::get().to(async || "None".to_owned()))).await;
    let with_sessions = init_service(App::new().route("/", web::get().to(id)).wrap(middleware(&app))).await;
    let browser = Browser::default();
    assert!(allocations(&with_sessions, &browser, "/") > allocations(&bare, &browser, "/"));
}
