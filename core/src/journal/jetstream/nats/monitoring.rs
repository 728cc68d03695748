//! Reads the servers' monitoring: the only place where they say whether they sync every write.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Limited};
use hyper::{StatusCode, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

use super::config::{Seen, Server};

/// Time within which a server must answer.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Limit of bytes of an answer. One names all streams of a server.
const ANSWER_LEN_MAX: usize = 16 << 20;

/// Asks the monitoring at each address, all at the same time.
pub(crate) async fn look(addresses: Vec<String>) -> Vec<Seen> {
    let asked: Vec<_> = addresses.into_iter().map(|address| tokio::spawn(look_at(address))).collect();
    let mut seen = Vec::with_capacity(asked.len());
    for answer in asked {
        // It fails only if the runtime ends.
        seen.extend(answer.await);
    }
    seen
}

async fn look_at(address: String) -> Seen {
    let answer = tokio::time::timeout(TIMEOUT, jsz(&address)).await;
    let server = answer.unwrap_or_else(|_| Err("it does not answer in time".into()));
    (address, server)
}

async fn jsz(address: &str) -> Result<Server, String> {
    let uri: Uri = format!("{}/jsz?accounts=true&streams=true&config=true", address.trim_end_matches('/'))
        .parse()
        .map_err(|_| "the address is malformed".to_owned())?;
    if uri.scheme_str() != Some("http") {
        return Err("only http is supported".into());
    }
    let client = Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>();
    let answer = client.get(uri).await.map_err(|error| chain(&error))?;
    if answer.status() != StatusCode::OK {
        return Err(format!("it answers {}", answer.status()));
    }
    let body = Limited::new(answer.into_body(), ANSWER_LEN_MAX).collect().await;
    let body = body.map_err(|error| error.to_string())?.to_bytes();
    serde_json::from_slice(&body).map_err(|error| error.to_string())
}

/// Formats an error with its chain of sources, because hyper's own message says little.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    /// Answers one request with these bytes; returns the address.
    async fn answering(answer: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut head = vec![0; 4096];
            let read = stream.read(&mut head).await.unwrap();
            assert!(head[..read].starts_with(b"GET /jsz?accounts=true&streams=true&config=true "));
            stream.write_all(answer.as_bytes()).await.unwrap();
        });
        address
    }

    #[tokio::test]
    async fn each_server_says_how_it_is_or_why_not() {
        let good = answering("HTTP/1.1 200 OK\r\ncontent-length: 18\r\n\r\n{\"server_id\":\"NA\"}").await;
        let bad = answering("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").await;
        let odd = answering("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello").await;
        let gone = "http://127.0.0.1:1".to_owned();
        let seen = look(vec![good, bad, odd, gone, "https://nats".into(), "nats 0".into()]).await;
        assert!(seen[0].1.is_ok(), "{seen:?}");
        for (at, words) in [(1, "404"), (2, "expected"), (3, "refused"), (4, "only http"), (5, "malformed")] {
            let why = seen[at].1.as_ref().unwrap_err();
            assert!(why.contains(words), "{words}: {why}");
        }
    }
}
