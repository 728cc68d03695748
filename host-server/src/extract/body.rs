//! Bodies, read as they come: what is announced takes no room, what has come does. Long ones are parsed on threads of their own.

use std::error::Error;
use std::sync::Arc;

use axum::RequestExt;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use boxoffice::Code;
use http_body_util::{BodyExt, LengthLimitError};
use hyper::body::Body as _;

use crate::error::{Failure, Refusal};
use crate::limits::{BodyRoom, Client, Load};

/// Length from which a body is parsed on a thread of its own, in bytes, because other requests would wait for it.
const LONG: usize = 64 << 10;

/// A body that stopped coming.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the body did not come in time")]
pub(crate) struct BodyStalled;

/// Reads a body to its end, with the room that it takes for as long as it is needed.
///
/// # Errors
/// `body.too_large`, before anything is read if the length is announced; `body.timeout`; `engine.overloaded` or `client.busy` without
/// room; `body.malformed` if it breaks off.
pub(crate) async fn read(request: Request, load: &Arc<Load>) -> Result<(Bytes, BodyRoom), Refusal> {
    let client = request.extensions().get::<Client>().copied();
    let announced = request.body().size_hint().exact();
    let mut body = request.with_limited_body().into_body();
    let limit = body.size_hint().upper();
    if announced.zip(limit).is_some_and(|(announced, limit)| announced > limit) {
        return Err(Refusal::BodyTooLarge);
    }
    let mut room = load.room_for_body(client.map(Client::network))?;
    let mut first = Bytes::new();
    let mut more: Vec<u8> = Vec::new();
    while let Some(chunk) = next(&mut body).await? {
        room.grow(chunk.len())?;
        // Most bodies come in one piece.
        if first.is_empty() {
            first = chunk;
        } else {
            if more.is_empty() {
                more.extend_from_slice(&first);
            }
            more.extend_from_slice(&chunk);
        }
    }
    Ok((if more.is_empty() { first } else { more.into() }, room))
}

/// Parses a body that was read, which keeps its room until then.
pub(crate) async fn parsed<T: Send + 'static>(
    (bytes, room): (Bytes, BodyRoom),
    parse: impl FnOnce(&[u8]) -> T + Send + 'static,
) -> Result<T, Failure> {
    if bytes.len() < LONG {
        return Ok(parse(&bytes));
    }
    let parse = move || {
        let _room = room;
        parse(&bytes)
    };
    tokio::task::spawn_blocking(parse).await.map_err(|_| Code::Internal.into())
}

async fn next(body: &mut Body) -> Result<Option<Bytes>, Refusal> {
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| refusal(&error))?;
        // Trailers say nothing to us.
        if let Ok(chunk) = frame.into_data() {
            return Ok(Some(chunk));
        }
    }
    Ok(None)
}

/// Why a body can't be read.
fn refusal(error: &(dyn Error + 'static)) -> Refusal {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<LengthLimitError>() {
            return Refusal::BodyTooLarge;
        }
        if error.is::<BodyStalled>() {
            return Refusal::BodyTimedOut;
        }
        cause = error.source();
    }
    Refusal::MalformedBody
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::settings::Settings;

    #[tokio::test]
    async fn long_bodies_are_parsed_elsewhere() {
        let load = Arc::new(Load::new(&Settings::default()));
        for (len, is_here) in [(LONG - 1, true), (LONG, false)] {
            let read = (Bytes::from(vec![b' '; len]), load.room_for_body(None).unwrap());
            let (there, read_len) = parsed(read, |bytes| (thread::current().id(), bytes.len())).await.unwrap();
            assert_eq!((there == thread::current().id(), read_len), (is_here, len));
        }
    }
}
