//! Accepts connections, a bounded number of them in all and of each client, and lets go of them in good order.
//!
//! axum's own `serve` has no bounds and no timeouts, so this is hyper's loop with both. What a connection may do until hyper has the
//! head of a request, and how its answer goes out, is watched by [`Guarded`](guarded::Guarded); what a request's body may do, by
//! [`Watched`](body::Watched).

mod body;
mod connection;
mod guarded;
#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, StatusCode, header};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt;

use crate::error::{Refusal, bytes_of};
use crate::held_body::HeldBody;
use crate::limits::{Bounds, Clients, Resource, Share, Shares, network};
use crate::observability::metrics::RequestMetrics;
use body::{Ending, Watched};
use connection::Connection;
use guarded::Guarded;

/// How long to wait when the machine has no room for another connection.
const AFTER_ACCEPT_FAILED: Duration = Duration::from_millis(100);

/// How large the head of a request may be, in bytes.
const HEAD_MAX: usize = 64 << 10;

/// How many bytes long heads may take together; those of up to [`connection::HEAD_FREE`] bytes don't count.
const HEADS_MAX: usize = 128 << 20;

/// One client may have this part of it.
const HEAD_PARTS: usize = 8;

/// Bodies of up to so many bytes have come with their heads, and are passed over if nobody has read them.
const UNREAD_MAX: u64 = 4 << 10;

/// How many connections that are refused may be told why at once; further ones are closed without a word.
const REFUSING_MAX: usize = 64;

/// How long a refused client may take to read why.
const REFUSING_WITHIN: Duration = Duration::from_secs(1);

/// How many connections there may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ConnectionLimits {
    /// In all.
    pub(crate) total: usize,
    /// Of one client; trusted proxies may have any number.
    pub(crate) client: usize,
}

/// What serving is done with.
#[derive(Debug)]
struct Server {
    app: Router,
    shares: Arc<Shares>,
    /// `None` if clients are not limited.
    clients: Option<Arc<Clients>>,
    refusing: Arc<Semaphore>,
    graceful: GracefulShutdown,
}

/// Serves an application as the server itself does, for programs that embed the host, until `stop` is ready. Then the requests under
/// way may take `deadline` to end.
///
/// Up to `connections_max` connections are open at once, further ones wait, and clients that keep theirs waiting lose it: axum's own
/// `serve` has no such bounds. A single client is not limited, as is right behind a proxy that limits its clients.
pub async fn serve_bounded(
    listener: TcpListener,
    app: Router,
    connections_max: usize,
    stop: impl Future<Output = ()>,
    deadline: Duration,
) {
    let limits = ConnectionLimits { total: connections_max, client: connections_max };
    serve(listener, app, limits, None, stop, deadline).await;
}

/// Serves until `stop` is ready, and then ends the requests under way, for at most `deadline`.
pub(crate) async fn serve(
    listener: TcpListener,
    app: Router,
    limits: ConnectionLimits,
    clients: Option<Arc<Clients>>,
    stop: impl Future<Output = ()>,
    deadline: Duration,
) {
    let heads = Bounds { total: HEADS_MAX, client: HEADS_MAX / HEAD_PARTS };
    let server = Server::new(app, limits.client, heads, clients);
    let places = Arc::new(Semaphore::new(limits.total));
    let mut stop = std::pin::pin!(stop);
    loop {
        let next = async {
            // A connection that finds no place waits in the system's queue, which is bounded too.
            let place = Arc::clone(&places).acquire_owned().await.ok();
            (place, listener.accept().await)
        };
        tokio::select! {
            () = &mut stop => break,
            (place, accepted) = next => match accepted {
                Ok((stream, peer)) => server.take(stream, peer, place),
                Err(error) => accept_failed(&error).await,
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(deadline, server.graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests were not answered within the shutdown deadline");
    }
}

impl Server {
    fn new(app: Router, client_connections_max: usize, heads: Bounds, clients: Option<Arc<Clients>>) -> Self {
        let connections = Bounds { total: usize::MAX, client: client_connections_max };
        let shares = Shares::new(&[(Resource::Connections, connections), (Resource::HeadBytes, heads)]);
        let refusing = Arc::new(Semaphore::new(REFUSING_MAX));
        Self { app, shares, clients, refusing, graceful: GracefulShutdown::new() }
    }

    fn take(&self, stream: TcpStream, peer: SocketAddr, place: Option<OwnedSemaphorePermit>) {
        let address = peer.ip().to_canonical();
        // Behind a proxy are many clients, whom the proxy looks after.
        let limited = self.clients.as_ref().filter(|clients| !clients.is_trusted(address));
        let client = limited.map(|_| network(address));
        // Answers are written whole; waiting for more to send would only delay them.
        let _ = stream.set_nodelay(true);
        match self.shares.take(Resource::Connections, client, 1) {
            Ok(share) => self.serve(stream, peer, client, (place, share)),
            Err(_) => self.refuse(stream),
        }
    }

    fn serve<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
        &self,
        stream: S,
        peer: SocketAddr,
        client: Option<IpAddr>,
        places: (Option<OwnedSemaphorePermit>, Share),
    ) {
        let connection = Arc::new(Connection::new(client, Arc::clone(&self.shares)));
        let guarded = Guarded::new(stream, Arc::clone(&connection));
        let app = self.app.clone();
        let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
            let body = request.body();
            connection.begin(!hyper::body::Body::is_end_stream(body));
            let is_long = hyper::body::Body::size_hint(body).exact().is_none_or(|len| len > UNREAD_MAX);
            let mut request = request.map(|body| Body::new(Watched::new(body, Arc::clone(&connection))));
            request.extensions_mut().insert(ConnectInfo(peer));
            request.extensions_mut().insert(connection.unsent().clone());
            let answer = app.clone().oneshot(request);
            let connection = Arc::clone(&connection);
            async move {
                let mut response = answer.await.unwrap_or_else(|never: Infallible| match never {});
                // Whoever asks too much has to come again, which costs them as much as us.
                let is_busy = response.status() == StatusCode::TOO_MANY_REQUESTS && client.is_some();
                // hyper closes the connection if the rest of a body does not come at once: the client has to know before it
                // sends the next request there.
                if is_busy || (is_long && connection.is_body_open()) {
                    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
                }
                Ok::<_, Infallible>(response.map(|body| HeldBody::new(body, Ending(connection))))
            }
        });
        let connection = http1::Builder::new().max_buf_size(HEAD_MAX).serve_connection(TokioIo::new(guarded), service);
        let connection = self.graceful.watch(connection);
        tokio::spawn(async move {
            let _places = places;
            // A client that goes away in the middle is no news.
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection broke off");
            }
        });
    }

    /// Tells a client that has as many connections as it may, and closes this one.
    fn refuse(&self, mut stream: TcpStream) {
        let Ok(place) = Arc::clone(&self.refusing).try_acquire_owned() else { return };
        tokio::spawn(async move {
            let _place = place;
            let answered = async {
                stream.write_all(&told(Refusal::ClientBusy)).await?;
                stream.shutdown().await?;
                // What has come unread would make the system cut the answer off.
                let mut unread = [0; 4096];
                while stream.read(&mut unread).await? > 0 {}
                io::Result::Ok(())
            };
            let _ = tokio::time::timeout(REFUSING_WITHIN, answered).await;
        });
    }
}

/// Counts a refusal that no request has come to, and returns its answer.
fn told(refusal: Refusal) -> Vec<u8> {
    RequestMetrics::refused(refusal.code());
    bytes_of(refusal)
}

async fn accept_failed(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        return;
    }
    tracing::error!(%error, "can't accept connections");
    tokio::time::sleep(AFTER_ACCEPT_FAILED).await;
}
