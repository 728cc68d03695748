//! Requests and the heads of responses as bytes, for clients of minimal cost.

use crate::Failure;

/// The needed parts of a response's head.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Head {
    pub(crate) status: u16,
    pub(crate) len: usize,
    pub(crate) body_len: usize,
}

/// Returns the head of a response, once it is complete.
pub(crate) fn head_of(bytes: &[u8]) -> Result<Option<Head>, Failure> {
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

/// Encodes a request that accepts these media types.
pub(crate) fn encoded(accept: &str, method: &str, path: &str, token: Option<&str>, body: Option<&str>) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\naccept: {accept}\r\n");
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
