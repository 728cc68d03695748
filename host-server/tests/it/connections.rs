//! Tests of the maximum number of connections of the real binary.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::{Process, command};

async fn ask(stream: &mut TcpStream) {
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: boxoffice.test\r\n\r\n").await.unwrap();
}

async fn answered(stream: &mut TcpStream) {
    let mut answer = Vec::new();
    while !answer.ends_with(b"{\"status\":\"ok\"}") {
        let mut bytes = [0; 4096];
        let count = stream.read(&mut bytes).await.unwrap();
        assert!(count > 0, "{}", String::from_utf8_lossy(&answer));
        answer.extend_from_slice(&bytes[..count]);
    }
    assert!(answer.starts_with(b"HTTP/1.1 200"));
}

#[tokio::test]
async fn further_connections_wait_until_one_is_closed() {
    let dir = tempfile::tempdir().unwrap();
    let server = Process::spawn(command(&["serve", "--listen", "127.0.0.1:0", "--max-connections", "2"], dir.path()));
    let address = server.url.strip_prefix("http://").unwrap();
    let mut first = TcpStream::connect(address).await.unwrap();
    let mut second = TcpStream::connect(address).await.unwrap();
    for open in [&mut first, &mut second] {
        ask(open).await;
        answered(open).await;
    }
    let mut third = TcpStream::connect(address).await.unwrap();
    ask(&mut third).await;
    // The open connections are served many more times, and the third not at all.
    for _ in 0..100 {
        ask(&mut first).await;
        answered(&mut first).await;
        ask(&mut second).await;
        answered(&mut second).await;
        let early = third.try_read(&mut [0; 1]);
        assert!(early.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock), "{early:?}");
    }
    drop(first);
    answered(&mut third).await;
    ask(&mut second).await;
    answered(&mut second).await;
}
