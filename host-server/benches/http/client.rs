//! A client with minimal cost: requests are prepared bytes, and it reads of responses only what it must.
//!
//! It runs on the same machine as the server, so its cost reduces the server's share.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::Failure;
use crate::wire::{encoded, head_of};

/// Size of the buffer, more than any head of a response here.
const BUFFER_BYTES: usize = 16 * 1024;

/// A persistent connection.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// The needed parts of a response.
#[derive(Debug)]
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a [u8],
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; BUFFER_BYTES] })
    }

    /// Sends one request and waits for its response.
    pub(crate) async fn send(&mut self, request: &[u8]) -> Result<Answer<'_>, Failure> {
        self.stream.write_all(request).await?;
        let mut filled = 0;
        loop {
            let read = self.stream.read(&mut self.buffer[filled..]).await?;
            if read == 0 {
                return Err("the server closed the connection".into());
            }
            filled += read;
            if let Some(head) = head_of(&self.buffer[..filled])? {
                let end = head.len + head.body_len;
                if end > BUFFER_BYTES {
                    return Err("the response is too large".into());
                }
                if filled >= end {
                    return Ok(Answer { status: head.status, body: &self.buffer[head.len..end] });
                }
            }
        }
    }
}

/// Encodes a request.
pub(crate) fn request(method: &str, path: &str, token: Option<&str>, body: Option<&str>) -> Vec<u8> {
    encoded("application/json", method, path, token, body)
}
