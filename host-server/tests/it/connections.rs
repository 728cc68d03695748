//! The connections of the real binary: how many it takes at once, and on which addresses.

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

#[tokio::test]
async fn a_client_has_so_many_connections_and_others_have_theirs() {
    let dir = tempfile::tempdir().unwrap();
    let args = ["serve", "--listen", "127.0.0.1:0", "--max-client-connections", "2"];
    let server = Process::spawn(command(&args, dir.path()));
    let address: std::net::SocketAddr = server.url.strip_prefix("http://").unwrap().parse().unwrap();
    let mut first = TcpStream::connect(address).await.unwrap();
    let mut second = TcpStream::connect(address).await.unwrap();
    for open in [&mut first, &mut second] {
        ask(open).await;
        answered(open).await;
    }
    let mut third = TcpStream::connect(address).await.unwrap();
    let mut answer = String::new();
    third.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 429 ") && answer.contains("x-error-code: client.busy"), "{answer}");
    let elsewhere = tokio::net::TcpSocket::new_v4().unwrap();
    elsewhere.bind("127.0.0.2:0".parse().unwrap()).unwrap();
    let mut elsewhere = elsewhere.connect(address).await.unwrap();
    ask(&mut elsewhere).await;
    answered(&mut elsewhere).await;
    ask(&mut first).await;
    answered(&mut first).await;
}

#[tokio::test]
async fn console_and_metrics_have_an_address_of_their_own() {
    let dir = tempfile::tempdir().unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let args = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--admin-listen",
        &free.to_string(),
        "--public-url",
        "https://tickets.example.com",
        "--rate-limit",
        "no",
    ];
    let server = Process::spawn(command(&args, dir.path()));
    let body = serde_json::json!({ "email": "olga@example.com", "password": crate::harness::PASSWORD });
    let admin = format!("http://{free}");
    // At the other address, which is plain http, so is the cookie.
    let call = server.client.post(format!("{admin}/api/users/signup")).header("origin", &admin).json(&body);
    let signed_up = call.send().await.unwrap();
    assert_eq!(signed_up.status(), 201);
    let cookie = signed_up.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    assert!(cookie.starts_with("session="), "{cookie}");
    let add = crate::harness::Finish::finish(command(&["operator", "add", "olga@example.com"], dir.path()));
    assert_eq!(add.0, Some(0), "{add:?}");
    let status = async |base: &str, path: &str| {
        let call = server.client.get(format!("{base}{path}")).header("cookie", &cookie);
        call.send().await.unwrap().status().as_u16()
    };
    for (path, public, private) in
        [("/metrics", 404, 200), ("/console", 404, 200), ("/healthz", 200, 200), ("/readyz", 200, 200), ("/", 200, 200)]
    {
        assert_eq!((status(&server.url, path).await, status(&admin, path).await), (public, private), "{path}");
    }
    let mut long = TcpStream::connect(server.url.strip_prefix("http://").unwrap()).await.unwrap();
    let head = format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "x".repeat(200_000));
    // It may be refused before all of it is sent.
    let _ = long.write_all(head.as_bytes()).await;
    let mut told = String::new();
    let _ = long.read_to_string(&mut told).await;
    assert!(told.starts_with("HTTP/1.1 431 "), "{told}");
    let metrics = server.client.get(format!("{admin}/metrics")).send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("boxoffice_refusals_total{code=\"request.head_too_large\"} 1"), "{metrics}");
    assert!(metrics.contains("boxoffice_refusals_total{code=\"route.not_found\"}"), "{metrics}");
    assert!(metrics.contains("boxoffice_escalated_charges 0"), "{metrics}");
    assert_eq!(server.terminate().0, Some(0));
}
