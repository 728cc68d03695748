//! A host in this process that is asked through a proxy, over TLS. It lets the tests run through what stands before the
//! host where it is deployed.
//!
//! `BOXOFFICE_TEST_PROXY` is a JSON object: `address` of the proxy, `certificate` (the file with the one that the proxy
//! shows for [`NAME`], which is trusted, and no other), and `hostsPort`.
//!
//! Each host has a loopback address of its own. It listens there at `hostsPort`, and its client has the same address, so
//! that the proxy finds the host of a request: it must ask the address that the request came from.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use boxoffice_server::{Settings, serve_bounded};
use hyper_rustls::{FixedServerNameResolver, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::NAME;

/// How many connections from the proxy a host takes.
const CONNECTIONS_MAX: usize = 256;

/// How long the last requests of a host may take.
const ENDS_WITHIN: Duration = Duration::from_secs(10);

/// The proxy before all hosts.
#[derive(Debug, Clone)]
pub(super) struct Proxy {
    address: SocketAddr,
    tls: ClientConfig,
    hosts_port: u16,
}

impl Proxy {
    /// Returns the proxy of `BOXOFFICE_TEST_PROXY`, if set.
    pub(super) fn told() -> Option<Self> {
        let told = std::env::var("BOXOFFICE_TEST_PROXY").ok()?;
        let told: Value = serde_json::from_str(&told).unwrap();
        let text = |name: &str| told[name].as_str().unwrap();
        Some(Self {
            address: text("address").parse().unwrap(),
            tls: trusting(text("certificate")),
            hosts_port: told["hostsPort"].as_u64().unwrap().try_into().unwrap(),
        })
    }

    /// Returns the settings of a host behind the proxy. It has the public address of the proxy unless the test gives it
    /// another one.
    pub(super) fn settings(&self, settings: Settings) -> Settings {
        let public_url = settings.public_url.or_else(|| Some(format!("https://{NAME}")));
        Settings { public_url, trusted_proxies: vec![self.address.ip()], ..settings }
    }
}

/// Returns the configuration of a client that trusts the certificate of this file alone.
fn trusting(certificate: &str) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(certificate).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    config.with_root_certificates(roots).with_no_client_auth()
}

/// A host that listens behind the proxy until it is dropped, with its client.
pub(super) struct Proxied {
    proxy: Proxy,
    client: Client<HttpsConnector<HttpConnector>, Body>,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Proxied {
    pub(super) fn start(proxy: Proxy, router: Router) -> Self {
        let address = own_address();
        let listener = TcpListener::bind((address, proxy.hosts_port)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let stopped = async move {
            // Nothing is ever sent: the other end is dropped.
            let _ = stopped.await;
        };
        let serving = tokio::spawn(serve_bounded(listener, router, CONNECTIONS_MAX, stopped, ENDS_WITHIN));
        Self { client: client(&proxy, address), proxy, stop, serving }
    }

    /// Sends a request that was built for the router in this process.
    pub(super) async fn send(&self, request: Request<Body>) -> (StatusCode, HeaderMap, Body) {
        let (mut parts, body) = request.into_parts();
        parts.uri = format!("https://{}{}", self.proxy.address, parts.uri).parse().unwrap();
        let response = self.client.request(Request::from_parts(parts, body)).await.unwrap();
        let (parts, body) = response.into_parts();
        (parts.status, parts.headers, Body::new(body))
    }

    /// Stops the host, waits until it has answered everything, and returns the proxy for the next one.
    pub(super) async fn end(self) -> Proxy {
        let Self { proxy, client, stop, serving } = self;
        drop((client, stop));
        serving.await.unwrap();
        proxy
    }
}

/// Returns an address that no other host of this process has.
fn own_address() -> IpAddr {
    static NEXT: AtomicU16 = AtomicU16::new(1);
    let [high, low] = NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    IpAddr::V4(Ipv4Addr::new(127, 1, high, low))
}

/// Returns a client with this address.
fn client(proxy: &Proxy, address: IpAddr) -> Client<HttpsConnector<HttpConnector>, Body> {
    let mut http = HttpConnector::new();
    http.enforce_http(false);
    http.set_nodelay(true);
    http.set_local_address(Some(address));
    let name = FixedServerNameResolver::new(ServerName::try_from(NAME).unwrap());
    let tls = HttpsConnectorBuilder::new().with_tls_config(proxy.tls.clone()).https_only();
    let connector = tls.with_server_name_resolver(name).enable_http1().wrap_connector(http);
    Client::builder(TokioExecutor::new()).build(connector)
}
