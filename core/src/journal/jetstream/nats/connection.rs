//! The connection to the servers.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_nats::{Client, ConnectOptions, Event, ServerError};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};

use super::config;

/// Time within which a connection must be made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// Interval of pings. The connection counts as lost when two of them are unanswered.
const PING_INTERVAL: Duration = Duration::from_secs(1);

/// Maximum time between attempts to connect again.
const RECONNECT_MAX: Duration = Duration::from_millis(500);

/// Messages of one subscription that wait to be handled. Beyond them the client drops some, so that nobody may ask for as
/// many at once.
const SUBSCRIPTION_LEN: usize = 16 * 1024;

/// Default port of the servers' monitoring.
const MONITORING_PORT: u16 = 8222;

/// How a host signs in at the servers.
#[derive(Clone, Default)]
pub(crate) enum Credentials {
    /// It does not, or the address says how.
    #[default]
    None,
    /// A file with a token and a key, as `nsc` makes it.
    File(PathBuf),
    /// A file with the seed of an nkey.
    Nkey(PathBuf),
    /// A user with a password.
    User(String, String),
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::File(_) => "File(…)",
            Self::Nkey(_) => "Nkey(…)",
            Self::User(..) => "User(…)",
        })
    }
}

/// The servers, and how to reach them.
#[derive(Clone, Default)]
pub(crate) struct Servers {
    /// Addresses, such as `nats://nats-0:4222`.
    pub(crate) urls: Vec<String>,
    pub(crate) credentials: Credentials,
    /// File with the certificates of the authorities to trust; those of the machine without it.
    pub(crate) authorities: Option<PathBuf>,
    /// Files with this host's own certificate and key.
    pub(crate) certificate: Option<(PathBuf, PathBuf)>,
    /// Addresses of the servers' monitoring; by default port 8222 of each server.
    pub(crate) monitors: Vec<String>,
    /// `true` to accept servers that lose data, for tests.
    pub(crate) is_test: bool,
}

impl fmt::Debug for Servers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An address may hold a password.
        f.debug_struct("Servers")
            .field("urls", &self.urls.len())
            .field("is_test", &self.is_test)
            .finish_non_exhaustive()
    }
}

/// Reason why there is no connection.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectFailure {
    /// An address is malformed, or there is none.
    #[error("the address of a server is malformed: {0}")]
    Address(String),
    /// A file can't be read, or is not what it should be.
    #[error("{0}: {1}")]
    File(PathBuf, String),
    /// There is nothing by which to know the servers.
    #[error("no certificate authority is known: {0}")]
    Authorities(String),
    /// The servers can't be reached, or don't let this host in.
    #[error("the servers can't be reached: {0}")]
    Connect(#[from] async_nats::ConnectError),
}

/// A connection, with what the servers have denied on it.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    pub(crate) client: Client,
    denied: Arc<Mutex<Vec<String>>>,
}

/// Maximum number of denied subjects that are remembered.
const DENIED_MAX: usize = 100;

impl Connection {
    /// Returns the subjects that the servers have denied since the client last connected.
    pub(crate) fn denied(&self) -> Vec<String> {
        self.denied.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Servers {
    /// Connects, under a name for the servers' own lists. From then on the client connects again by itself, for ever.
    pub(crate) async fn connect(&self, name: &str) -> Result<Connection, ConnectFailure> {
        let addresses: Vec<async_nats::ServerAddr> =
            self.urls.iter().map(|url| address(url)).collect::<Result<_, _>>()?;
        let denied = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&denied);
        let options = ConnectOptions::new()
            .name(name)
            .ping_interval(PING_INTERVAL)
            .connection_timeout(CONNECT_TIMEOUT)
            .subscription_capacity(SUBSCRIPTION_LEN)
            .reconnect_delay_callback(|attempts| {
                let attempts = u32::try_from(attempts).unwrap_or(u32::MAX);
                RECONNECT_MAX.min(Duration::from_millis(20).saturating_mul(attempts.saturating_sub(1)))
            })
            .event_callback(move |event| {
                note(&event, &noted);
                std::future::ready(())
            })
            .tls_client_config(self.tls()?);
        let client = self.sign_in(options)?.connect(addresses).await?;
        Ok(Connection { client, denied })
    }

    fn sign_in(&self, options: ConnectOptions) -> Result<ConnectOptions, ConnectFailure> {
        match &self.credentials {
            Credentials::None => Ok(match self.user_of_address() {
                Some((user, password)) => options.user_and_password(user, password),
                None => options,
            }),
            Credentials::User(user, password) => Ok(options.user_and_password(user.clone(), password.clone())),
            Credentials::Nkey(path) => Ok(options.nkey(text(path)?.trim().to_owned())),
            Credentials::File(path) => {
                let unusable = |error: std::io::Error| ConnectFailure::File(path.clone(), error.to_string());
                options.credentials(&text(path)?).map_err(unusable)
            }
        }
    }

    /// Returns the user and password that an address names. The client itself passes over them.
    fn user_of_address(&self) -> Option<(String, String)> {
        self.urls.iter().filter_map(|url| address(url).ok()).find_map(|address| {
            let user = address.username()?.to_owned();
            Some((user, address.password().unwrap_or_default().to_owned()))
        })
    }

    /// Creates a TLS configuration. It is used only if an address or a server asks for TLS.
    ///
    /// The crypto backend is named, because a process that embeds this one may have chosen another for itself.
    fn tls(&self) -> Result<ClientConfig, ConnectFailure> {
        let mut roots = RootCertStore::empty();
        match &self.authorities {
            Some(path) => {
                let (added, _) = roots.add_parsable_certificates(certificates(path)?);
                if added == 0 {
                    return Err(ConnectFailure::File(path.clone(), "it has no certificate".into()));
                }
            }
            None => {
                // Without any, a server with TLS is not trusted, and says so.
                roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            }
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let broken = |error: rustls::Error| ConnectFailure::Authorities(error.to_string());
        let config =
            ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(broken)?;
        let config = config.with_root_certificates(roots);
        let Some((certificate, key)) = &self.certificate else { return Ok(config.with_no_client_auth()) };
        let unusable = |error: &dyn fmt::Display| ConnectFailure::File(key.clone(), error.to_string());
        let private = PrivateKeyDer::from_pem_file(key).map_err(|error| unusable(&error))?;
        config.with_client_auth_cert(certificates(certificate)?, private).map_err(|error| unusable(&error))
    }

    /// Returns the addresses of the monitoring: those that were given, or those of the known servers.
    pub(crate) fn monitors(&self, discovered: &[String]) -> Vec<String> {
        if !self.monitors.is_empty() {
            return self.monitors.clone();
        }
        let known = self.urls.iter().chain(discovered).filter_map(|url| address(url).ok());
        let mut all: Vec<String> = known.map(|address| monitor(address.host())).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// Returns the address of the monitoring of a host.
fn monitor(host: &str) -> String {
    let is_bare_ipv6 = host.contains(':') && !host.starts_with('[');
    let (open, close) = if is_bare_ipv6 { ("[", "]") } else { ("", "") };
    format!("http://{open}{host}{close}:{MONITORING_PORT}")
}

fn address(url: &str) -> Result<async_nats::ServerAddr, ConnectFailure> {
    // The text may hold a password: only the reason is told.
    url.parse().map_err(|error: std::io::Error| ConnectFailure::Address(error.to_string()))
}

fn text(path: &Path) -> Result<String, ConnectFailure> {
    std::fs::read_to_string(path).map_err(|error| ConnectFailure::File(path.to_owned(), error.to_string()))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, ConnectFailure> {
    let unusable = |error: rustls::pki_types::pem::Error| ConnectFailure::File(path.to_owned(), error.to_string());
    CertificateDer::pem_file_iter(path).map_err(unusable)?.collect::<Result<_, _>>().map_err(unusable)
}

/// Notes what the servers deny, and logs what else happens to the connection.
fn note(event: &Event, denied: &Mutex<Vec<String>>) {
    let subject = match event {
        Event::ServerError(ServerError::Other(error)) => config::violation(error),
        _ => None,
    };
    match subject {
        // Asked on purpose.
        Some(subject) if subject.contains(config::NO_STREAM) => {}
        Some(subject) => {
            tracing::error!(subject, "the servers deny a subject");
            let mut denied = denied.lock().unwrap_or_else(PoisonError::into_inner);
            if denied.len() < DENIED_MAX && !denied.contains(&subject) {
                denied.push(subject);
            }
        }
        None if matches!(event, Event::Connected) => {
            // What is denied on this connection, too, is denied anew: an operator may have mended it.
            denied.lock().unwrap_or_else(PoisonError::into_inner).clear();
            tracing::info!("connected to the servers of the cluster");
        }
        None => tracing::warn!(%event, "the connection to the servers of the cluster"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn monitoring_is_where_the_servers_are_unless_it_is_named() {
        let servers = |urls: &[&str], monitors: &[&str]| Servers {
            urls: urls.iter().map(ToString::to_string).collect(),
            monitors: monitors.iter().map(ToString::to_string).collect(),
            ..Servers::default()
        };
        let found = servers(&["nats://nats-0:4222", "tls://shop:secret@nats-1"], &[]);
        let discovered = ["10.0.0.3:4222".to_owned(), "[fd00::1]:4222".to_owned(), "nats-0:4222".to_owned()];
        assert_eq!(
            found.monitors(&discovered),
            ["http://10.0.0.3:8222", "http://[fd00::1]:8222", "http://nats-0:8222", "http://nats-1:8222"]
        );
        let named = servers(&["nats://nats-0:4222"], &["http://127.0.0.1:18222"]);
        assert_eq!(named.monitors(&discovered), ["http://127.0.0.1:18222"]);
    }

    #[test]
    fn an_address_may_name_the_user() {
        let urls = ["nats://nats-0:4222", "nats://shop:secret@nats-1:4222"].map(str::to_owned).to_vec();
        let servers = Servers { urls, ..Servers::default() };
        assert_eq!(servers.user_of_address(), Some(("shop".into(), "secret".into())));
        assert_eq!(Servers::default().user_of_address(), None);
    }

    #[test]
    fn what_was_denied_counts_until_the_next_connection() {
        let denied = Mutex::new(Vec::new());
        let error = "Permissions Violation for Publish to \"journal.1\"".to_owned();
        note(&Event::ServerError(ServerError::Other(error)), &denied);
        assert_eq!(*denied.lock().unwrap(), ["journal.1"]);
        note(&Event::Connected, &denied);
        assert!(denied.lock().unwrap().is_empty());
    }

    #[test]
    fn secrets_are_not_shown() {
        let credentials = Credentials::User("shop".into(), "secret".into());
        let urls = vec!["nats://shop:secret@nats-1:4222".to_owned()];
        let servers = Servers { urls, credentials, ..Servers::default() };
        assert!(!format!("{servers:?} {:?}", servers.credentials).contains("secret"));
        let error = address("nats://shop:secret@:::bad").unwrap_err();
        assert!(!error.to_string().contains("secret"), "{error}");
    }

    #[test]
    fn files_that_are_not_what_they_should_be_are_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ca.pem");
        std::fs::write(&path, "no certificate").unwrap();
        for servers in [
            Servers { authorities: Some(path.clone()), ..Servers::default() },
            Servers { authorities: Some(dir.path().join("missing.pem")), ..Servers::default() },
            Servers { certificate: Some((path.clone(), path.clone())), ..Servers::default() },
        ] {
            let error = servers.tls().unwrap_err();
            assert!(matches!(&error, ConnectFailure::File(file, _) if file.starts_with(dir.path())), "{error}");
        }
        let nkey = Servers { credentials: Credentials::Nkey(dir.path().join("nkey")), ..Servers::default() };
        assert!(nkey.sign_in(ConnectOptions::new()).is_err());
        std::fs::write(&path, "no token").unwrap();
        let file = Servers { credentials: Credentials::File(path), ..Servers::default() };
        assert!(file.sign_in(ConnectOptions::new()).is_err());
    }
}
