//! A socket that lets go of clients who keep it waiting: with the head of a request, or by not reading their answers. It also gives
//! hyper's own answers, which have no body, the common shape.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep};

use super::connection::Connection;
use super::told;
use crate::error::Refusal;

/// How long a client may take to send the head of a request once it has begun.
const HEAD_WITHIN: Duration = Duration::from_secs(10);

/// How long a client may read nothing of its answer.
const WRITE_WITHIN: Duration = Duration::from_secs(30);

/// How long, and up to how many bytes, what a client still sends is read after the last answer: closing before that would make the
/// system cut the answer off.
const LINGER_WITHIN: Duration = Duration::from_secs(5);
const LINGER_MAX: usize = 16 << 20;

/// A time that runs from when it is first asked for until it is cleared.
#[derive(Debug, Default)]
pub(super) struct Timer {
    sleep: Option<Pin<Box<Sleep>>>,
    is_running: bool,
}

impl Timer {
    /// Returns `true` if the time is over; wakes the task then otherwise.
    pub(super) fn is_over(&mut self, cx: &mut Context<'_>, within: Duration) -> bool {
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep(within)));
        if !self.is_running {
            sleep.as_mut().reset(Instant::now() + within);
            self.is_running = true;
        }
        sleep.as_mut().poll(cx).is_ready()
    }

    pub(super) fn clear(&mut self) {
        self.is_running = false;
    }
}

/// A socket, or whatever a test has for one.
#[derive(Debug)]
pub(super) struct Guarded<S = TcpStream> {
    stream: S,
    connection: Arc<Connection>,
    /// How many bytes of the present head have come.
    head_len: usize,
    /// How many requests there were when they came.
    requests: u32,
    reading: Timer,
    writing: Timer,
    closing: Closing,
    /// An answer in place of hyper's, and how much of it is written.
    answer: Option<(Vec<u8>, usize)>,
}

/// How far the end of the connection has come.
#[derive(Debug, Default)]
enum Closing {
    #[default]
    Open,
    /// Nothing is written any more; what comes is read, up to so many bytes.
    Lingering {
        left: usize,
        timer: Timer,
    },
    Closed,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Guarded<S> {
    pub(super) fn new(stream: S, connection: Arc<Connection>) -> Self {
        Self {
            stream,
            connection,
            head_len: 0,
            requests: 0,
            reading: Timer::default(),
            writing: Timer::default(),
            closing: Closing::Open,
            answer: None,
        }
    }

    /// Bytes of a head have come.
    fn head_grew(&mut self, cx: &mut Context<'_>, more: usize) -> io::Result<()> {
        if self.head_len == 0 {
            // From now on it is the head's time that runs.
            self.reading.clear();
        }
        self.head_len += more;
        if self.connection.head_grew(self.head_len, more) {
            return Ok(());
        }
        self.tell(cx, Refusal::ClientBusy);
        Err(io::Error::new(io::ErrorKind::OutOfMemory, "no room for the head"))
    }

    /// Says why before the connection breaks off, if the client has room for that.
    fn tell(&mut self, cx: &mut Context<'_>, refusal: Refusal) {
        let _ = Pin::new(&mut self.stream).poll_write(cx, &told(refusal));
    }

    /// Lets go of a client that has read nothing for too long.
    fn stalled<T>(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        if self.writing.is_over(cx, WRITE_WITHIN) {
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the client does not read")));
        }
        Poll::Pending
    }

    /// Writes what is left of an answer in place of hyper's.
    fn poll_answer(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some((bytes, written)) = &mut self.answer {
            if *written == bytes.len() {
                break;
            }
            match Pin::new(&mut self.stream).poll_write(cx, &bytes[*written..]) {
                Poll::Pending => return self.stalled(cx),
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(more)) => *written += more,
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
            }
            self.writing.clear();
        }
        Poll::Ready(Ok(()))
    }

    /// Reads what the client still sends until it closes its side, or has had its time.
    fn poll_linger(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut bytes = [0; 16 << 10];
        while let Closing::Lingering { left, timer } = &mut self.closing {
            let mut unread = ReadBuf::new(&mut bytes);
            let is_over = match Pin::new(&mut self.stream).poll_read(cx, &mut unread) {
                Poll::Pending if timer.is_over(cx, LINGER_WITHIN) => true,
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Err(_)) => true,
                Poll::Ready(Ok(())) => {
                    *left = left.saturating_sub(unread.filled().len());
                    unread.filled().is_empty() || *left == 0
                }
            };
            if is_over {
                self.closing = Closing::Closed;
            }
        }
        Poll::Ready(Ok(()))
    }
}

/// The refusal of an answer that hyper writes by itself, to a head that it can't read: it has no body, and nothing that all of ours have.
fn hypers_own(bytes: &[u8]) -> Option<Refusal> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.len() < 512)?;
    let is_bare =
        text.ends_with("\r\n\r\n") && text.contains("\r\ncontent-length: 0\r\n") && !text.contains("x-request-id");
    let status = text.strip_prefix("HTTP/1.1 ").or_else(|| text.strip_prefix("HTTP/1.0 "))?.get(..3)?;
    match status {
        _ if !is_bare => None,
        "400" => Some(Refusal::MalformedRequest),
        "414" => Some(Refusal::UriTooLong),
        "431" => Some(Refusal::HeadTooLarge),
        _ => None,
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Guarded<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        let polled = Pin::new(&mut this.stream).poll_read(cx, buf);
        if this.requests != this.connection.requests() {
            this.requests = this.connection.requests();
            this.head_len = 0;
            this.reading.clear();
        }
        if polled.is_pending() {
            this.connection.wake_after_request(cx.waker());
        }
        if this.connection.is_in_request() {
            return polled;
        }
        match polled {
            Poll::Ready(Ok(())) => match buf.filled().len() - before {
                0 => Poll::Ready(Ok(())),
                more => Poll::Ready(this.head_grew(cx, more)),
            },
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => {
                let within = if this.head_len == 0 { this.connection.idle_within() } else { HEAD_WITHIN };
                if !this.reading.is_over(cx, within) {
                    return Poll::Pending;
                }
                // Whoever still reads the last answer, however slowly, is not idle.
                if this.writing.is_running {
                    this.reading.clear();
                    let _ = this.reading.is_over(cx, within);
                    return Poll::Pending;
                }
                if this.head_len > 0 {
                    this.tell(cx, Refusal::HeadTimedOut);
                }
                Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "no request has come in time")))
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Guarded<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_answer(cx))?;
        if !this.connection.is_in_request()
            && this.answer.is_none()
            && let Some(refusal) = hypers_own(buf)
        {
            this.answer = Some((told(refusal), 0));
            return Poll::Ready(Ok(buf.len()));
        }
        match Pin::new(&mut this.stream).poll_write(cx, buf) {
            Poll::Pending => this.stalled(cx),
            Poll::Ready(written) => {
                this.writing.clear();
                Poll::Ready(written)
            }
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut filled = bufs.iter().filter(|buf| !buf.is_empty());
        if let (Some(only), None) = (filled.next(), filled.next()) {
            return self.poll_write(cx, only);
        }
        let this = self.get_mut();
        ready!(this.poll_answer(cx))?;
        match Pin::new(&mut this.stream).poll_write_vectored(cx, bufs) {
            Poll::Pending => this.stalled(cx),
            Poll::Ready(written) => {
                this.writing.clear();
                Poll::Ready(written)
            }
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_answer(cx))?;
        ready!(Pin::new(&mut this.stream).poll_flush(cx))?;
        // hyper flushes when its own buffer is empty.
        this.connection.unsent().sent();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_answer(cx))?;
        if matches!(this.closing, Closing::Open) {
            ready!(Pin::new(&mut this.stream).poll_shutdown(cx))?;
            let is_still_sending = this.answer.is_some() || this.connection.is_body_open();
            this.closing = if is_still_sending {
                Closing::Lingering { left: LINGER_MAX, timer: Timer::default() }
            } else {
                Closing::Closed
            };
        }
        this.poll_linger(cx)
    }
}
