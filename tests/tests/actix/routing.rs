//! Tests of the middleware on apps, scopes and resources, next to middleware that keeps a clone of the request.

use actix_web::HttpRequest;
use actix_web::dev::ServiceRequest;
use actix_web::error::ErrorBadGateway;
use actix_web::middleware::{Next, from_fn};

use super::*;

/// Keeps a clone of the request while the service runs. Routing panics then, but a resource does not route.
async fn keep_clone(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let clone: HttpRequest = request.request().clone();
    let response = next.call(request).await;
    assert!(!clone.path().is_empty());
    response
}

async fn visits(mut session: Session) -> Result<String, session::Error> {
    let visits = session.update("visits", |visits| *visits.insert(visits.unwrap_or(0) + 1)).await?;
    Ok(format!("visit {visits}"))
}

async fn count_visits<S, B>(service: &S, paths: &[&str])
where
    S: Service<Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    let mut alice = Browser::default();
    for (number, path) in (1..).zip(paths) {
        assert_eq!(alice.get(service, path).await.line, format!("200 visit {number}"), "{path}");
    }
}

#[actix_web::test]
async fn every_level_of_an_application_can_have_the_middleware() {
    let app = test_app().await;
    let resource = web::resource("/resource").to(visits).wrap(middleware(&app));
    let route = web::resource("/route").route(web::get().to(visits).wrap(middleware(&app)));
    let scope =
        web::scope("/scope").route("", web::get().to(visits)).route("/a", web::get().to(visits)).wrap(middleware(&app));
    let service = init_service(App::new().service(resource).service(route).service(scope)).await;
    count_visits(&service, &["/resource", "/route", "/scope", "/scope/a", "/scope", "/scope/a", "/route", "/resource"])
        .await;
}

#[actix_web::test]
async fn middleware_outside_may_keep_a_clone_of_a_resources_request() {
    let app = test_app().await;
    let resource = || web::resource("/resource").to(visits).wrap(middleware(&app)).wrap(from_fn(keep_clone));
    let scope = web::scope("/scope").service(resource()).wrap(middleware(&app));
    let service = init_service(App::new().service(resource()).service(scope)).await;
    count_visits(&service, &["/resource", "/scope/resource", "/resource", "/scope/resource"]).await;
}

/// Without routes, an app or a scope works although a clone of the request exists.
#[actix_web::test]
async fn middleware_outside_may_keep_a_clone_of_the_request_of_an_app_without_routes() {
    let app = test_app().await;
    let service =
        init_service(App::new().default_service(web::to(visits)).wrap(middleware(&app)).wrap(from_fn(keep_clone)))
            .await;
    count_visits(&service, &["/", "/a/b", "/"]).await;
}

#[actix_web::test]
async fn a_default_service_has_the_session() {
    let app = test_app().await;
    let routes = App::new().route("/visits", web::get().to(visits)).default_service(web::to(visits));
    let service = init_service(routes.wrap(middleware(&app))).await;
    count_visits(&service, &["/missing", "/visits", "/missing"]).await;
}

/// Fails once per session, and writes before.
async fn fails_once(mut session: Session) -> Result<&'static str, Error> {
    let attempts = session.get::<u64>("attempts").await?.unwrap_or(0) + 1;
    session.update("attempts", |stored| *stored = Some(attempts)).await?;
    session.insert(format!("pending.{attempts}"), attempts).await?;
    if attempts == 1 { Err(ErrorBadGateway("once")) } else { Ok("") }
}

/// Middleware sends the request of a failed response again. Each attempt is a request of its own.
#[actix_web::test]
async fn middleware_outside_may_send_a_request_again() {
    async fn again(
        request: ServiceRequest,
        next: Next<impl MessageBody>,
    ) -> Result<ServiceResponse<impl MessageBody>, Error> {
        let response = next.call(request).await?;
        if !response.status().is_server_error() {
            return Ok(response);
        }
        let mut browser = Browser::default();
        browser.keep(response.headers());
        let (request, _) = response.into_parts();
        let mut request = ServiceRequest::from_request(request);
        let (name, value) = browser.0.first_key_value().expect("the update has set a cookie");
        let cookie = (COOKIE, format!("{name}={value}").parse().unwrap());
        request.headers_mut().insert(cookie.0, cookie.1);
        request.match_info_mut().reset();
        next.call(request).await
    }
    let app = test_app().await;
    let routes = App::new().configure(routes).route("/fails", web::get().to(fails_once));
    let service = init_service(routes.wrap(middleware(&app)).wrap(from_fn(again))).await;
    for _ in 0..3 {
        let mut alice = Browser::default();
        let reply = alice.get(&service, "/fails").await;
        assert_eq!(reply.line, "200");
        assert_eq!(app.spy.take_operations(), "create load commit commit");
    }
}

#[actix_web::test]
async fn middleware_of_a_resource_may_send_a_clone_first() {
    async fn twice(
        request: ServiceRequest,
        next: Next<impl MessageBody>,
    ) -> Result<ServiceResponse<impl MessageBody>, Error> {
        let clone = ServiceRequest::from_request(request.request().clone());
        assert_eq!(next.call(clone).await?.status(), 502);
        next.call(request).await
    }
    let app = test_app().await;
    let resource = web::resource("/fails").to(fails_once).wrap(middleware(&app)).wrap(from_fn(twice));
    let service = init_service(App::new().configure(routes).service(resource)).await;
    // Without a cookie, the second attempt is a first visit as well.
    assert_eq!(Browser::default().get(&service, "/fails").await.line, "502 once");
    assert_eq!(app.spy.take_operations(), "create create");
}

/// Many requests at once, so that slots are used in every order.
#[actix_web::test]
async fn requests_in_flight_do_not_share_a_session() {
    let app = test_app().await;
    let handler = async |mut session: Session, number: web::Path<u64>| {
        session.insert("number", *number).await?;
        for _ in 0..*number % 7 {
            tokio::task::yield_now().await;
        }
        Ok::<_, session::Error>(format!("{:?}", session.get::<u64>("number").await?))
    };
    let routes = App::new().configure(routes).route("/{number}", web::get().to(handler));
    let service = init_service(routes.wrap(middleware(&app))).await;
    for round in 0..3 {
        let requests = (0..300).map(|number| {
            let (service, number) = (&service, number + 1000 * round);
            async move {
                let mut browser = Browser::default();
                assert_eq!(browser.get(service, &format!("/{number}")).await.line, format!("200 Some({number})"));
                assert_eq!(browser.get(service, "/read/number").await.line, format!("200 Some({number})"));
            }
        });
        futures_util::future::join_all(requests).await;
    }
}
