//! Connections as strangers make them, without a network, at a time that passes when everybody waits for it.

use std::time::Duration;

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::time::Instant;

use super::*;
use crate::app::app_with;
use crate::limits::Load;
use crate::settings::Settings;
use crate::state::AppState;

const PEER: SocketAddr = SocketAddr::new(IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1)), 4000);

/// How much a socket takes before it is read.
const SOCKET_LEN: usize = 64 << 10;

async fn upload(request: Request) -> Response {
    let load = Arc::new(Load::new(&Settings::default()));
    match crate::extract::body::read(request, &load).await {
        Ok((bytes, _)) => bytes.len().to_string().into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

/// A server whose clients may have so many connections, and so many bytes in long heads.
fn server(connections: usize, head_bytes: usize) -> Server {
    let app = Router::new()
        .route("/", get(async || "hello"))
        .route("/large", get(async || vec![b'x'; 4 << 20]))
        .route("/upload", post(upload))
        .layer(axum::extract::DefaultBodyLimit::max(1 << 20));
    let heads = Bounds { total: 2 * head_bytes, client: head_bytes };
    Server::new(app, connections, heads, Some(Arc::new(Clients::new(&Settings::default()))))
}

fn usual() -> Server {
    server(usize::MAX, usize::MAX / 2)
}

impl Server {
    /// The client's end of a new connection.
    fn connect(&self) -> DuplexStream {
        self.connect_from(PEER)
    }

    /// The same, from somewhere else.
    fn connect_from(&self, peer: SocketAddr) -> DuplexStream {
        let (ours, theirs) = duplex(SOCKET_LEN);
        let client = Some(network(peer.ip()));
        let share = self.shares.take(Resource::Connections, client, 1).unwrap();
        self.serve(theirs, peer, client, (None, share));
        ours
    }
}

/// All that comes until the connection is closed, and after how many seconds that is.
async fn rest(stream: &mut DuplexStream) -> (String, u64) {
    let began = Instant::now();
    let mut bytes = Vec::new();
    // A connection that breaks off has said all that it says.
    let _ = stream.read_to_end(&mut bytes).await;
    (String::from_utf8(bytes).unwrap(), began.elapsed().as_secs())
}

/// Checks that an answer is an error of the common shape.
fn is_error(answer: &str, status: u16, code: &str) {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer:?}"));
    assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
    assert!(head.contains(&format!("x-error-code: {code}")), "{answer}");
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    assert!(body["errors"][0]["message"].is_string(), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn slow_heads_are_let_go_and_told_why() {
    let server = usual();
    let mut silent = server.connect();
    assert_eq!(rest(&mut silent).await, (String::new(), 15));
    let mut slow = server.connect();
    slow.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    let began = Instant::now();
    // Something comes all the time, and still the head has one time for all of it.
    let dripping = async {
        loop {
            tokio::time::sleep(Duration::from_secs(1)).await;
            if slow.write_all(b"a: b\r\n").await.is_err() {
                break;
            }
        }
    };
    dripping.await;
    let secs = began.elapsed().as_secs();
    assert!((10..=11).contains(&secs), "{secs}");
    is_error(&rest(&mut slow).await.0, 408, "request.head_timeout");
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_kept_longer_than_proxies_keep_theirs_unless_there_are_many() {
    let server = usual();
    let ask = async |stream: &mut DuplexStream| {
        stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
        let mut bytes = [0; 4096];
        let len = stream.read(&mut bytes).await.unwrap();
        assert!(bytes[..len].ends_with(b"hello"));
    };
    let mut one = server.connect();
    ask(&mut one).await;
    assert_eq!(rest(&mut one).await, (String::new(), 75));
    let mut many: Vec<DuplexStream> = (0..65).map(|_| server.connect()).collect();
    ask(&mut many[0]).await;
    assert_eq!(rest(&mut many[0]).await, (String::new(), 5));
}

#[tokio::test(start_paused = true)]
async fn heads_that_make_no_sense_are_answered_in_the_common_shape() {
    let line = format!("a: {}\r\n", "x".repeat(4 << 10));
    for (head, status, code) in [
        (format!("GET / HTTP/1.1\r\n{}\r\n", line.repeat(97)), 431, "request.head_too_large"),
        (format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(101)), 431, "request.head_too_large"),
        (format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(65_600)), 431, "request.head_too_large"),
        ("nonsense\r\n\r\n".to_owned(), 400, "request.malformed"),
        (
            "POST /upload HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n".to_owned(),
            400,
            "request.malformed",
        ),
        ("POST /upload HTTP/1.1\r\ncontent-length: -1\r\n\r\n".to_owned(), 400, "request.malformed"),
        ("POST /upload HTTP/1.1\r\ncontent-length: 1x\r\n\r\n".to_owned(), 400, "request.malformed"),
        ("POST /upload HTTP/1.1\r\ntransfer-encoding: nonsense\r\n\r\n".to_owned(), 400, "request.malformed"),
        ("GET / HTTP/1.1\r\na\0b: c\r\n\r\n".to_owned(), 400, "request.malformed"),
    ] {
        let server = usual();
        let mut stream = server.connect();
        // All of it is taken, so that the answer is never cut off.
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let (answer, _) = rest(&mut stream).await;
        is_error(&answer, status, code);
    }
}

#[tokio::test(start_paused = true)]
async fn long_heads_of_one_client_have_bounded_room_and_short_ones_always_pass() {
    let server = server(usize::MAX, 100 << 10);
    let long = format!("GET / HTTP/1.1\r\na: {}", "x".repeat(50 << 10));
    let mut first = server.connect();
    let mut second = server.connect();
    let mut third = server.connect();
    for stream in [&mut first, &mut second, &mut third] {
        stream.write_all(long.as_bytes()).await.unwrap();
        tokio::task::yield_now().await;
    }
    is_error(&rest(&mut third).await.0, 429, "client.busy");
    assert!(server.shares.used(Resource::HeadBytes) <= 100 << 10);
    let mut short = server.connect();
    short.write_all(b"GET / HTTP/1.1\r\nconnection: close\r\n\r\n").await.unwrap();
    assert!(rest(&mut short).await.0.ends_with("hello"));
    for stream in [&mut first, &mut second] {
        stream.write_all(b"\r\nconnection: close\r\n\r\n").await.unwrap();
        assert!(rest(stream).await.0.ends_with("hello"));
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(server.shares.used(Resource::HeadBytes), 0);
    assert_eq!(server.shares.used(Resource::Connections), 0);
}

#[tokio::test(start_paused = true)]
async fn long_heads_of_all_clients_together_have_bounded_room() {
    const CLIENTS: u8 = 200;
    // As served: each client's part is a small one of the whole.
    let app = Router::new().route("/", get(async || "hello"));
    let heads = Bounds { total: 1 << 20, client: (1 << 20) / HEAD_PARTS };
    let server = Server::new(app, usize::MAX, heads, Some(Arc::new(Clients::new(&Settings::default()))));
    let long = format!("GET / HTTP/1.1\r\na: {}", "x".repeat(50 << 10));
    let mut streams = Vec::new();
    for client in 0..CLIENTS {
        let mut stream = server.connect_from(SocketAddr::from(([198, 51, 100, client], 4000)));
        stream.write_all(long.as_bytes()).await.unwrap();
        tokio::task::yield_now().await;
        assert!(server.shares.used(Resource::HeadBytes) <= 1 << 20);
        streams.push(stream);
    }
    // The first have their room, the last are told to come later, and a head of the usual size always passes.
    let mut last = streams.pop().unwrap();
    is_error(&rest(&mut last).await.0, 429, "client.busy");
    let mut short = server.connect_from(SocketAddr::from(([203, 0, 113, 1], 4000)));
    short.write_all(b"GET / HTTP/1.1\r\nconnection: close\r\n\r\n").await.unwrap();
    assert!(rest(&mut short).await.0.ends_with("hello"));
    streams[0].write_all(b"\r\nconnection: close\r\n\r\n").await.unwrap();
    assert!(rest(&mut streams[0]).await.0.ends_with("hello"));
}

#[tokio::test(start_paused = true)]
async fn slow_bodies_are_let_go_and_told_why() {
    let server = usual();
    let mut stream = server.connect();
    stream.write_all(b"POST /upload HTTP/1.1\r\ncontent-length: 100\r\n\r\n0123456789").await.unwrap();
    let (answer, secs) = rest(&mut stream).await;
    is_error(&answer, 408, "body.timeout");
    assert_eq!(secs, 10);
}

#[tokio::test(start_paused = true)]
async fn clients_that_never_read_are_let_go() {
    let server = usual();
    let mut stream = server.connect();
    stream.write_all(b"GET /large HTTP/1.1\r\n\r\n").await.unwrap();
    tokio::time::sleep(Duration::from_secs(29)).await;
    assert_eq!(server.shares.used(Resource::Connections), 1);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(server.shares.used(Resource::Connections), 0);
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes).await;
    assert!(bytes.len() <= SOCKET_LEN, "{}", bytes.len());
}

#[tokio::test(start_paused = true)]
async fn a_request_has_its_place_until_its_answer_is_written_out() {
    let dir = tempfile::tempdir().unwrap();
    let office = boxoffice::BoxOffice::open(dir.path()).unwrap();
    let state = AppState::new(office, Settings::default());
    // hyper takes such an answer at once, and a socket that is not read doesn't.
    let len = 3 * SOCKET_LEN;
    let page = Router::new().route("/page", get(async move || vec![b'x'; len]));
    let unbounded = Bounds { total: usize::MAX, client: usize::MAX };
    let server = Server::new(app_with(state.clone(), page), usize::MAX, unbounded, None);
    let in_flight_after = async |secs| {
        tokio::time::sleep(Duration::from_secs(secs)).await;
        state.load.in_flight()
    };
    let ask = async || {
        let mut stream = server.connect();
        stream.write_all(b"GET /page HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
        stream
    };
    let mut slow = ask().await;
    assert_eq!(in_flight_after(20).await, 1);
    let (mut read, mut bytes) = (0, vec![0; SOCKET_LEN]);
    while read < len {
        let more = slow.read(&mut bytes).await.unwrap();
        assert!(more > 0, "cut off after {read} bytes");
        read += more;
    }
    assert_eq!(in_flight_after(1).await, 0, "it is read, and the connection is still there");
    let never = ask().await;
    assert_eq!(in_flight_after(29).await, 1);
    assert_eq!(in_flight_after(2).await, 0, "whoever never reads is let go");
    drop((slow, never));
}

#[tokio::test(start_paused = true)]
async fn clients_that_read_slowly_get_all_of_it() {
    let server = usual();
    let mut stream = server.connect();
    stream.write_all(b"GET /large HTTP/1.1\r\n\r\n").await.unwrap();
    let began = Instant::now();
    let (mut len, mut bytes) = (0, vec![0; 64 << 10]);
    while len < 4 << 20 {
        tokio::time::sleep(Duration::from_secs(20)).await;
        let more = stream.read(&mut bytes).await.unwrap();
        assert!(more > 0, "cut off after {len} bytes");
        len += more;
    }
    assert!(began.elapsed() > Duration::from_mins(10));
    let (_, secs) = rest(&mut stream).await;
    assert!(secs <= 75, "{secs}");
}

#[tokio::test(start_paused = true)]
async fn who_sends_too_much_can_read_the_answer() {
    let server = usual();
    let len = 10 << 20;
    let mut stream = server.connect();
    stream.write_all(format!("POST /upload HTTP/1.1\r\ncontent-length: {len}\r\n\r\n").as_bytes()).await.unwrap();
    // As simple clients do: all of it first, then the answer.
    stream.write_all(&vec![b'x'; len]).await.unwrap();
    let mut answer = Vec::new();
    let mut bytes = [0; 4096];
    while !answer.ends_with(b"]}") {
        let more = stream.read(&mut bytes).await.unwrap();
        assert!(more > 0, "cut off: {}", String::from_utf8_lossy(&answer));
        answer.extend_from_slice(&bytes[..more]);
    }
    let answer = std::str::from_utf8(&answer).unwrap();
    is_error(answer, 413, "body.too_large");
    assert!(answer.contains("connection: close\r\n"), "nothing more is read here: {answer}");

    let mut short = server.connect();
    for _ in 0..2 {
        // A body that nobody reads, on a connection that goes on.
        short.write_all(b"POST /nowhere HTTP/1.1\r\ncontent-length: 3\r\n\r\nabc").await.unwrap();
        let more = short.read(&mut bytes).await.unwrap();
        let answer = std::str::from_utf8(&bytes[..more]).unwrap();
        assert!(answer.starts_with("HTTP/1.1 404 ") && !answer.contains("connection: close"), "{answer}");
    }

    let mut within = server.connect();
    within.write_all(b"POST /upload HTTP/1.1\r\nconnection: close\r\ncontent-length: 3\r\n\r\nabc").await.unwrap();
    let (answer, secs) = rest(&mut within).await;
    assert!(answer.ends_with("\r\n\r\n3"), "{answer}");
    assert_eq!(secs, 0, "nothing is left to wait for");
}

#[tokio::test]
async fn further_connections_of_a_client_are_told_to_wait() {
    let server = server(1, 1 << 20);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let connect = async || {
        let ours = TcpStream::connect(address).await.unwrap();
        let (theirs, peer) = listener.accept().await.unwrap();
        server.take(theirs, peer, None);
        ours
    };
    let mut first = connect().await;
    let mut second = connect().await;
    let mut answer = String::new();
    second.read_to_string(&mut answer).await.unwrap();
    is_error(&answer, 429, "client.busy");
    first.write_all(b"GET / HTTP/1.1\r\nconnection: close\r\n\r\n").await.unwrap();
    answer.clear();
    first.read_to_string(&mut answer).await.unwrap();
    assert!(answer.ends_with("hello"), "{answer}");
}
