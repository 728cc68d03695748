//! A client that comes from an address of its choice, and costs little: requests are prepared bytes, and it reads of
//! responses only what it must.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::Failure;
use crate::wire::{encoded, head_of};

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

impl Connection {
    pub(crate) async fn open(from: Ipv4Addr, server: SocketAddr) -> Result<Self, Failure> {
        Ok(Self::on(connect(from, server).await?))
    }

    pub(crate) fn on(stream: TcpStream) -> Self {
        Self { stream, buffer: Vec::new() }
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

/// Encodes a request.
pub(crate) fn request(method: &str, path: &str, token: Option<&str>, body: Option<&str>) -> Vec<u8> {
    encoded("application/json, text/html", method, path, token, body)
}
