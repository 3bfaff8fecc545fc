//! A server without a framework. It shows the steps of an integration: open, call the handler, finalize or abandon.

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use session::{Session, SessionManager};
use session_framework_cases::{Application, Handler, Parameters, Reply, ReplyBody, Route, assert_outcomes};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

#[tokio::test]
async fn a_server_without_a_framework_has_the_outcomes_of_the_page() {
    let (listener, application) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), Application::new());
    let address = listener.local_addr().unwrap().to_string();
    let server = tokio::spawn(async move {
        loop {
            let (connection, _) = listener.accept().await.unwrap();
            tokio::spawn(serve(connection, application.clone()));
        }
    });
    assert_outcomes("none", &address).await;
    server.abort();
}

/// Responds to one request.
async fn serve(connection: TcpStream, application: Application) {
    let mut connection = BufReader::new(connection);
    let (method, path, headers) = read_head(&mut connection).await;
    let routes = application.routes();
    let (head, body) = match routes.iter().find(|route| route.matches(&method, &path)) {
        Some(route) => respond(&application.manager, route, &path, &headers).await,
        None => ((StatusCode::NOT_FOUND, HeaderMap::new()), String::new()),
    };
    connection.write_all(message(head, &body).as_bytes()).await.unwrap();
}

type Head = (StatusCode, HeaderMap);

async fn respond(manager: &SessionManager, route: &Route, path: &str, request: &HeaderMap) -> (Head, String) {
    let parameters = Parameters::new(path);
    if let Handler::Plain(run) = &route.handler {
        return into_parts(run(parameters).await.unwrap());
    }
    let mut session = manager.open(request);
    let handle = session.handle();
    match route.handler.call(parameters, || handle).await {
        Ok(reply) => finish(session, into_parts(reply)).await,
        Err(error) => {
            let head = (error.kind().status(), HeaderMap::new());
            finish(session, (head, String::new())).await
        }
    }
}

/// Commits the session, or only a deletion if the request failed.
async fn finish(session: Session, ((status, mut headers), body): (Head, String)) -> (Head, String) {
    if status.is_server_error() {
        _ = session.abandon(&mut headers).await;
        return ((status, headers), body);
    }
    match session.finalize(&mut headers).await {
        Ok(()) => ((status, headers), body),
        Err(error) => ((error.kind().status(), HeaderMap::new()), String::new()),
    }
}

fn into_parts(reply: Reply) -> (Head, String) {
    let ReplyBody::Text(body) = reply.body else { panic!("no case streams its body") };
    ((reply.status, reply.headers), body)
}

async fn read_head(connection: &mut BufReader<TcpStream>) -> (Method, String, HeaderMap) {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        connection.read_line(&mut line).await.unwrap();
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let [method, path] = [0, 1].map(|word| lines[0].split(' ').nth(word).unwrap().to_owned());
    let headers = lines[1..].iter().map(|line| {
        let (name, value) = line.split_once(": ").unwrap();
        (name.parse::<HeaderName>().unwrap(), value.parse::<HeaderValue>().unwrap())
    });
    (method.parse().unwrap(), path, headers.collect())
}

fn message((status, headers): Head, body: &str) -> String {
    let mut lines = vec![format!("HTTP/1.1 {status}")];
    lines.extend(headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())));
    format!("{}\r\n\r\n{body}", lines.join("\r\n"))
}
