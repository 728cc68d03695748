//! Listener for a bounded number of connections, with a graceful shutdown.
//!
//! axum's own `serve` has neither a timeout for the head of a request nor a bound on connections. This loop over hyper
//! has both.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt;

/// Maximum time for the head of a request, including the wait for the next request.
const HEAD_WITHIN: Duration = Duration::from_secs(30);

/// Pause after an error of `accept`, such as too many open files.
const AFTER_ACCEPT_FAILED: Duration = Duration::from_millis(100);

/// Serves until `stop` is ready, then waits at most `deadline` for the requests in progress.
pub(crate) async fn serve(
    listener: TcpListener,
    app: Router,
    connections_max: usize,
    stop: impl Future<Output = ()>,
    deadline: Duration,
) {
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(connections_max));
    let mut stop = std::pin::pin!(stop);
    loop {
        let next = async {
            // A connection without a place waits in the system's queue, which is bounded too.
            let place = Arc::clone(&places).acquire_owned().await.ok();
            (place, listener.accept().await)
        };
        tokio::select! {
            () = &mut stop => break,
            (place, accepted) = next => match accepted {
                Ok((stream, peer)) => serve_connection(&graceful, &app, stream, peer, place),
                Err(error) => accept_failed(&error).await,
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(deadline, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests were not answered within the shutdown deadline");
    }
}

fn serve_connection(
    graceful: &GracefulShutdown,
    app: &Router,
    stream: TcpStream,
    peer: SocketAddr,
    place: Option<OwnedSemaphorePermit>,
) {
    // Responses are written at once; Nagle's algorithm would only delay them.
    let _ = stream.set_nodelay(true);
    let app = app.clone().map_request(move |mut request: hyper::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        request
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(app));
    let connection = graceful.watch(connection);
    tokio::spawn(async move {
        let _place = place;
        // A client that disconnects early is not worth a warning.
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection broke off");
        }
    });
}

async fn accept_failed(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        return;
    }
    tracing::error!(%error, "can't accept connections");
    tokio::time::sleep(AFTER_ACCEPT_FAILED).await;
}
