//! An HTTP/1.1 client for one request per connection.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A server that does not respond in this time has lost a request. It only ends a test that would otherwise block.
const RESPONSE_TIMEOUT: Duration = Duration::from_mins(1);

#[derive(Debug)]
pub struct Response {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

/// Sends a request without a body.
pub(crate) async fn send(address: &str, method: &Method, path: &str, cookies: &str) -> Response {
    let exchange = exchange(address, request(address, method, path, cookies));
    let timed = tokio::time::timeout(RESPONSE_TIMEOUT, exchange).await;
    let received = timed.unwrap_or_else(|_| panic!("no response to {method} {path}")).unwrap();
    parse(&received).unwrap_or_else(|| panic!("not a response to {method} {path}: {}", received.escape_ascii()))
}

fn request(address: &str, method: &Method, path: &str, cookies: &str) -> String {
    let cookie_line = if cookies.is_empty() { String::new() } else { format!("Cookie: {cookies}\r\n") };
    // Some servers reject a POST without a length.
    format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\n{cookie_line}Content-Length: 0\r\nConnection: close\r\n\r\n"
    )
}

async fn exchange(address: &str, request: String) -> std::io::Result<Vec<u8>> {
    let mut connection = TcpStream::connect(address).await?;
    connection.write_all(request.as_bytes()).await?;
    let mut received = Vec::new();
    connection.read_to_end(&mut received).await?;
    Ok(received)
}

/// Parses a response that ends with its connection.
fn parse(received: &[u8]) -> Option<Response> {
    let end = received.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = str::from_utf8(&received[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    let headers = lines.map(header_line).collect::<Option<HeaderMap>>()?;
    let body = &received[end + 4..];
    let is_chunked = headers.get(header::TRANSFER_ENCODING).is_some_and(|encoding| encoding == "chunked");
    let body = if is_chunked { join_chunks(body)? } else { body.to_vec() };
    Some(Response { status, headers, body: String::from_utf8(body).ok()? })
}

fn header_line(line: &str) -> Option<(HeaderName, HeaderValue)> {
    let (name, value) = line.split_once(':')?;
    Some((name.parse().ok()?, value.trim().parse().ok()?))
}

/// Decodes a chunked body (RFC 9112, 7.1). Returns `None` if the last chunk is missing.
fn join_chunks(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|window| window == b"\r\n")?;
        let size = str::from_utf8(&rest[..end]).ok()?.split(';').next()?;
        let size = usize::from_str_radix(size, 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        let chunk = rest.get(end + 2..)?;
        body.extend_from_slice(chunk.get(..size)?);
        rest = chunk.get(size + 2..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_with_a_length_is_parsed() {
        let response = parse(b"HTTP/1.1 201 Created\r\nX-A: 1\r\nx-a:2\r\ncontent-length: 4\r\n\r\nbody").unwrap();
        assert_eq!((response.status.as_u16(), response.body.as_str()), (201, "body"));
        assert_eq!(response.headers.get_all("x-a").iter().collect::<Vec<_>>(), ["1", "2"]);
    }

    #[test]
    fn a_chunked_response_is_joined() {
        let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        let body = |chunks: &str| parse(format!("{head}{chunks}").as_bytes()).map(|response| response.body);
        assert_eq!(body("3\r\none\r\nA;x=y\r\n-and-two..\r\n0\r\n\r\n"), Some("one-and-two..".to_owned()));
        assert_eq!(body("3\r\none\r\n"), None, "it was cut");
    }

    #[test]
    fn an_incomplete_response_is_not_parsed() {
        for cut in ["", "HTTP/1.1 200 OK", "HTTP/1.1 200 OK\r\nx: 1\r\n", "HTTP/1.0 200 OK\r\n\r\n"] {
            assert!(parse(cut.as_bytes()).is_none(), "{cut}");
        }
    }
}
