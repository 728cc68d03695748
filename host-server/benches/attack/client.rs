//! A client that comes from an address of its choice, and costs little: requests are prepared bytes, and it reads of
//! responses only what it must.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::Failure;

/// Maximum time to connect, and to receive a response.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
const ANSWER_WITHIN: Duration = Duration::from_mins(1);

/// Minimum room for what is read at once.
const READ_BYTES: usize = 64 * 1024;

/// Connects from this address.
pub(crate) async fn connect(from: Ipv4Addr, server: SocketAddr) -> Result<TcpStream, Failure> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from((from, 0)))?;
    let stream = timeout(CONNECT_WITHIN, socket.connect(server)).await??;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// A persistent connection.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// The needed parts of a response.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer<'a> {
    status: u16,
    pub(crate) body: &'a [u8],
}

/// The needed parts of a response's head.
#[derive(Debug, Clone, Copy)]
struct Head {
    status: u16,
    len: usize,
    body_len: usize,
}

impl Connection {
    pub(crate) async fn open(from: Ipv4Addr, server: SocketAddr) -> Result<Self, Failure> {
        Ok(Self { stream: connect(from, server).await?, buffer: Vec::new() })
    }

    /// Sends one request and waits for its response.
    pub(crate) async fn send(&mut self, request: &[u8]) -> Result<Answer<'_>, Failure> {
        timeout(ANSWER_WITHIN, self.exchange(request)).await?
    }

    async fn exchange(&mut self, request: &[u8]) -> Result<Answer<'_>, Failure> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let head = loop {
            self.read_more().await?;
            if let Some(head) = head_of(&self.buffer)? {
                break head;
            }
        };
        let end = head.len + head.body_len;
        while self.buffer.len() < end {
            self.read_more().await?;
        }
        Ok(Answer { status: head.status, body: &self.buffer[head.len..end] })
    }

    async fn read_more(&mut self) -> Result<(), Failure> {
        self.buffer.reserve(READ_BYTES);
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err("the server closed the connection".into()),
            _ => Ok(()),
        }
    }
}

impl Answer<'_> {
    /// Returns the same response if it has this status.
    pub(crate) fn checked(self, status: u16) -> Result<Self, Failure> {
        if self.status == status {
            return Ok(self);
        }
        Err(format!("status {}: {}", self.status, String::from_utf8_lossy(self.body)).into())
    }

    /// Returns the first id in the body.
    pub(crate) fn id(self) -> Result<String, Failure> {
        let body = String::from_utf8_lossy(self.body);
        let id = body.split_once(r#""id":""#).and_then(|(_, rest)| rest.split('"').next());
        Ok(id.ok_or("a response without an id")?.to_owned())
    }
}

/// Returns the head of a response, once it is complete.
fn head_of(bytes: &[u8]) -> Result<Option<Head>, Failure> {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let text = std::str::from_utf8(&bytes[..end])?;
    let status: u16 = text.get(9..12).ok_or("the response has no status")?.parse()?;
    let body_len = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>())
    });
    let body_len = match body_len {
        Some(len) => len?,
        None if status == 204 => 0,
        None => return Err("the response does not tell its length".into()),
    };
    Ok(Some(Head { status, len: end + 4, body_len }))
}

/// Encodes a request.
pub(crate) fn request(method: &str, path: &str, token: Option<&str>, body: Option<&str>) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\naccept: application/json, text/html\r\n");
    if let Some(token) = token {
        text += &format!("authorization: Bearer {token}\r\n");
    }
    if let Some(body) = body {
        text += &format!("content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    } else {
        text += "\r\n";
    }
    text.into_bytes()
}
