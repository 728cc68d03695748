//! The connection to the servers, and requests to JetStream in its own JSON.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_nats::{Client, ConnectOptions, Request, RequestErrorKind, ServerAddr};
use axum::body::Bytes;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Options, PublishError};

/// Time within which a connection must be made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Interval of pings. The connection counts as lost when two of them are unanswered.
const PING_INTERVAL: Duration = Duration::from_secs(5);

/// Time after which a request counts as unanswered. A permission that is lacking looks like this, too.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

/// How a file with a token of `nsc` begins; others have the seed of an nkey.
const TOKEN: &str = "-----BEGIN NATS USER JWT-----";

/// A refusal of JetStream.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Refusal {
    #[serde(default)]
    pub(super) err_code: u64,
    #[serde(default)]
    pub(super) description: String,
}

/// An answer of JetStream: what was asked for, or a refusal.
pub(super) type Answer<T> = Result<T, Refusal>;

/// A connection to the servers.
#[derive(Debug, Clone)]
pub(super) struct Servers(pub(super) Client);

impl Servers {
    /// Connects. From then on the client connects again by itself.
    pub(super) async fn connect(options: &Options) -> Result<Self, PublishError> {
        let malformed = |error: std::io::Error| PublishError::Address(error.to_string());
        let addresses: Result<Vec<ServerAddr>, _> = options.servers.iter().map(|url| url.parse()).collect();
        let addresses = addresses.map_err(malformed)?;
        let connect = ConnectOptions::new()
            .name("boxoffice events")
            .connection_timeout(CONNECT_TIMEOUT)
            .ping_interval(PING_INTERVAL)
            .tls_client_config(tls(options.authorities.as_deref())?);
        let connect = sign_in(connect, options.credentials.as_deref(), &addresses)?;
        let client = connect.connect(addresses).await.map_err(|error| PublishError::Connect(error.to_string()))?;
        Ok(Self(client))
    }

    /// Asks JetStream; `what` is the end of the subject, such as `STREAM.INFO.EVENTS`.
    pub(super) async fn ask<T: DeserializeOwned>(&self, what: &str, body: &Value) -> Result<Answer<T>, PublishError> {
        let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
        let request = Request::new().payload(body).timeout(Some(ANSWER_TIMEOUT));
        let answer = self.0.send_request(format!("$JS.API.{what}"), request).await;
        let answer = answer.map_err(|error| match error.kind() {
            RequestErrorKind::TimedOut | RequestErrorKind::NoResponders => PublishError::Silence(what.to_owned()),
            _ => PublishError::Connect(error.to_string()),
        })?;
        read(&answer.payload).map_err(|error| PublishError::Refused(what.to_owned(), error.to_string()))
    }
}

/// Reads an answer of JetStream.
pub(super) fn read<T: DeserializeOwned>(payload: &[u8]) -> serde_json::Result<Answer<T>> {
    #[derive(Deserialize)]
    struct Refused {
        error: Option<Refusal>,
    }
    match serde_json::from_slice::<Refused>(payload)?.error {
        Some(refusal) => Ok(Err(refusal)),
        None => serde_json::from_slice(payload).map(Ok),
    }
}

/// Signs in by the file, or as the user whom an address names. The client itself passes over that.
fn sign_in(
    connect: ConnectOptions,
    credentials: Option<&Path>,
    addresses: &[ServerAddr],
) -> Result<ConnectOptions, PublishError> {
    let Some(path) = credentials else {
        let user = addresses.iter().find_map(|address| {
            let user = address.username()?.to_owned();
            Some((user, address.password().unwrap_or_default().to_owned()))
        });
        return Ok(match user {
            Some((user, password)) => connect.user_and_password(user, password),
            None => connect,
        });
    };
    let unusable = |error: std::io::Error| PublishError::File(path.to_owned(), error.to_string());
    let text = fs::read_to_string(path).map_err(unusable)?;
    if text.contains(TOKEN) {
        connect.credentials(&text).map_err(unusable)
    } else {
        Ok(connect.nkey(text.trim().to_owned()))
    }
}

/// Creates a TLS configuration. It is used only if an address or a server asks for TLS.
fn tls(authorities: Option<&Path>) -> Result<ClientConfig, PublishError> {
    let mut roots = RootCertStore::empty();
    match authorities {
        Some(path) => {
            let unusable = |error: &dyn std::fmt::Display| PublishError::File(path.to_owned(), error.to_string());
            let found: Result<Vec<_>, _> =
                CertificateDer::pem_file_iter(path).map_err(|error| unusable(&error))?.collect();
            let (added, _) = roots.add_parsable_certificates(found.map_err(|error| unusable(&error))?);
            if added == 0 {
                return Err(unusable(&"it has no certificate"));
            }
        }
        None => {
            // Without any, a server with TLS is not trusted, and says so.
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|error| PublishError::Connect(error.to_string()))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_what_was_asked_for_or_a_refusal() {
        #[derive(Debug, PartialEq, Eq, Deserialize)]
        struct Asked {
            count: u64,
        }
        assert_eq!(read::<Asked>(br#"{"type":"io.nats","count":3}"#).unwrap(), Ok(Asked { count: 3 }));
        let refused = br#"{"error":{"code":404,"err_code":10059,"description":"stream not found"}}"#;
        assert_eq!(read::<Asked>(refused).unwrap().unwrap_err().err_code, 10_059);
        assert!(read::<Asked>(b"{}").is_err() && read::<Asked>(b"no JSON").is_err());
    }

    #[test]
    fn files_that_are_not_what_they_should_be_are_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        assert!(matches!(tls(Some(&path)), Err(PublishError::File(..))));
        std::fs::write(&path, "no certificate").unwrap();
        assert!(matches!(tls(Some(&path)), Err(PublishError::File(..))));
        std::fs::write(&path, format!("{TOKEN}\nnothing")).unwrap();
        assert!(sign_in(ConnectOptions::new(), Some(&path), &[]).is_err());
        assert!(sign_in(ConnectOptions::new(), Some(&dir.path().join("missing")), &[]).is_err());
        assert!(tls(None).is_ok());
    }
}
