//! Options of a host of a cluster.

use std::path::PathBuf;
use std::time::Duration;

use crate::identity::KeyRing;
use crate::journal::jetstream::Envelopes;
use crate::journal::jetstream::nats::{Credentials, Sealer, Servers};
use crate::types::{Acknowledgement, HostName};

/// Context of the keys under which hosts seal what they say to each other.
const SEAL_CONTEXT: &str = "boxoffice 2026-11-30 messages between hosts";

/// Context of the keys of what hosts keep secret in the journal.
const ENVELOPE_CONTEXT: &str = "boxoffice 2026-12-01 envelopes in the journal";

/// Options of a host of a cluster: where its servers are, and what it is among the others.
///
/// All hosts share the journal of one NATS `JetStream` stream, which [`ClusterOptions::init`] makes, and the key that signs
/// sessions. Each has a data directory of its own with a full copy.
///
/// ```
/// # fn example() -> Result<(), boxoffice::Error> {
/// use boxoffice::{BoxOffice, ClusterOptions, KeyRing};
///
/// let options = ClusterOptions::new(["nats://nats-0:4222", "nats://nats-1:4222", "nats://nats-2:4222"])
///     .credentials_file("nats.creds")
///     .host_name("boxoffice-0".parse().expect("a name"));
/// let keys = KeyRing::new(b"a secret of at least thirty-two bytes")?;
/// let office = BoxOffice::builder().key_ring(keys).cluster(options).open("data")?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct ClusterOptions {
    pub(super) servers: Servers,
    pub(super) name: Option<HostName>,
    pub(super) preferred: bool,
    pub(super) votes: bool,
    pub(super) joins: bool,
    pub(super) processor_keys: ProcessorKeys,
    pub(super) acknowledgement: Acknowledgement,
    pub(super) replicas: u64,
    pub(super) level_within: Duration,
}

/// Where the card processor's keys are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ProcessorKeys {
    /// On this host.
    Own,
    /// On other hosts alone.
    Elsewhere,
}

impl ClusterOptions {
    /// Creates options with the addresses of the servers, such as `nats://nats-0:4222`, or `tls://…` to insist on TLS. One is
    /// enough to find the others; all of them help while one is down.
    ///
    /// ```
    /// use boxoffice::ClusterOptions;
    ///
    /// let options = ClusterOptions::new(["nats://127.0.0.1:4222"]);
    /// ```
    pub fn new(servers: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let urls = servers.into_iter().map(Into::into).collect();
        Self {
            servers: Servers { urls, ..Servers::default() },
            name: None,
            preferred: false,
            votes: true,
            joins: true,
            processor_keys: ProcessorKeys::Own,
            acknowledgement: Acknowledgement::Stream,
            replicas: 3,
            level_within: Duration::from_secs(20),
        }
    }

    /// Sets the file with this host's token and key at the servers, as `nsc` makes it.
    ///
    /// ```
    /// use boxoffice::ClusterOptions;
    ///
    /// let options = ClusterOptions::new(["nats://127.0.0.1:4222"]).credentials_file("nats.creds");
    /// ```
    pub fn credentials_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.servers.credentials = Credentials::File(path.into());
        self
    }

    /// Sets the file with the seed of this host's nkey at the servers.
    ///
    /// ```
    /// use boxoffice::ClusterOptions;
    ///
    /// let options = ClusterOptions::new(["nats://127.0.0.1:4222"]).nkey_file("host.nk");
    /// ```
    pub fn nkey_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.servers.credentials = Credentials::Nkey(path.into());
        self
    }

    /// Sets the user and password of this host at the servers. An address may name them, too: `nats://user:password@nats-0:4222`.
    ///
    /// ```
    /// use boxoffice::ClusterOptions;
    ///
    /// let options = ClusterOptions::new(["nats://127.0.0.1:4222"]).user("boxoffice", "secret");
    /// ```
    pub fn user(mut self, user: impl Into<String>, password: impl Into<String>) -> Self {
        self.servers.credentials = Credentials::User(user.into(), password.into());
        self
    }

    /// Sets the file with the certificates of the authorities to trust: those of the machine by default.
    ///
    /// ```
    /// use boxoffice::ClusterOptions;
    ///
    /// let options = ClusterOptions::new(["tls://nats-0:4222"]).certificate_authorities("ca.pem");
    /// ```
    pub fn certificate_authorities(mut self, path: impl Into<PathBuf>) -> Self {
        self.servers.authorities = Some(path.into());
        self
    }

    /// Sets the files with this host's own certificate and key, for servers that ask for one.
    ///
    /// ```
    /// use boxoffice::ClusterOptions;
    ///
    /// let options = ClusterOptions::new(["tls://nats-0:4222"]).client_certificate("host.pem", "host.key");
    /// ```
    pub fn client_certificate(mut self, certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        self.servers.certificate = Some((certificate.into(), key.into()));
        self
    }

    /// Sets the addresses of the servers' monitoring, such as `http://nats-0:8222`: port 8222 of each server by default.
    ///
    /// Only there the servers say whether they sync every write to their disks. A host refuses to start on servers that don't, or
    /// if it can't ask a majority of them.
    ///
    /// ```
    /// use boxoffice::ClusterOptions;
    ///
    /// let options = ClusterOptions::new(["nats://nats-0:4222"]).monitoring(["http://nats-0:8222", "http://nats-1:8222"]);
    /// ```
    pub fn monitoring(mut self, addresses: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.servers.monitors = addresses.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the name of this host, for people: by default one that is made of its id.
    ///
    /// ```
    /// use boxoffice::ClusterOptions;
    ///
    /// let options = ClusterOptions::new(["nats://127.0.0.1:4222"]).host_name("boxoffice-0".parse()?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn host_name(mut self, name: HostName) -> Self {
        self.name = Some(name);
        self
    }

    /// Sets whether this host would rather write than the others would: `false` by default.
    ///
    /// ```
    /// use boxoffice::ClusterOptions;
    ///
    /// let options = ClusterOptions::new(["nats://127.0.0.1:4222"]).preferred_writer(true);
    /// ```
    pub fn preferred_writer(mut self, preferred: bool) -> Self {
        self.preferred = preferred;
        self
    }

    /// Sets whether this host votes for the host that writes, and may write: `true` by default.
    ///
    /// A majority of the voters has to be there for a host to begin to write. A host whose directory does not outlive its process
    /// should not vote: it would be a new voter at each start.
    ///
    /// ```
    /// use boxoffice::ClusterOptions;
    ///
    /// let options = ClusterOptions::new(["nats://127.0.0.1:4222"]).votes(false);
    /// ```
    pub fn votes(mut self, votes: bool) -> Self {
        self.votes = votes;
        self
    }

    /// Sets whether this host joins the cluster by itself: `true` by default.
    ///
    /// One that does not follows the journal, serves reads and forwards commands as any other; it has neither a name nor a vote
    /// until an operator lets it join by [`Cluster::join`](crate::Cluster::join), and stays a member from then on.
    ///
    /// ```
    /// use boxoffice::ClusterOptions;
    ///
    /// let options = ClusterOptions::new(["nats://127.0.0.1:4222"]).joins(false);
    /// ```
    pub fn joins(mut self, joins: bool) -> Self {
        self.joins = joins;
        self
    }

    /// Sets whether this host has the card processor's keys: `true` by default, and
    /// [`Builder::gateway`](crate::Builder::gateway) sets the card processor.
    ///
    /// A host without them is given no gateway. If it writes, it asks the card processor by way of a host that has them; while
    /// there is none, charges wait. It takes the card processor's messages, and shows its buyers what they have to do, as the others
    /// do.
    ///
    /// ```
    /// use boxoffice::ClusterOptions;
    ///
    /// let options = ClusterOptions::new(["nats://127.0.0.1:4222"]).payments(false);
    /// ```
    pub fn payments(mut self, has_keys: bool) -> Self {
        self.processor_keys = if has_keys { ProcessorKeys::Own } else { ProcessorKeys::Elsewhere };
        self
    }

    /// Sets what a command's answer waits for: by default for the stream alone, which loses nothing while a majority of its servers
    /// has its disks.
    ///
    /// [`Acknowledgement::SecondHost`] waits until another host that votes has it durably, too. That keeps sales that were answered
    /// even if the host that writes and the end of the stream are lost together. It costs a sync of that host's disk for each batch. Give
    /// it to all hosts: the one that writes goes by its own. While no other host that votes is there, nothing is answered: callers
    /// hear after 15 seconds that the outcome is unknown, and the host that writes is not ready. While no other host votes at all,
    /// the stream alone is waited for.
    ///
    /// ```
    /// use boxoffice::{Acknowledgement, ClusterOptions};
    ///
    /// let options = ClusterOptions::new(["nats://127.0.0.1:4222"]).acknowledge(Acknowledgement::SecondHost);
    /// ```
    pub fn acknowledge(mut self, acknowledgement: Acknowledgement) -> Self {
        self.acknowledgement = acknowledgement;
        self
    }

    /// Sets the number of servers that have the stream, for [`ClusterOptions::init`]: 3 by default.
    ///
    /// ```
    /// use boxoffice::ClusterOptions;
    ///
    /// let options = ClusterOptions::new(["nats://127.0.0.1:4222"]).replicas(5);
    /// ```
    pub fn replicas(mut self, replicas: u64) -> Self {
        self.replicas = replicas.max(1);
        self
    }

    /// Sets the time for which opening waits until this host has what the others have: 20 seconds by default. After that it
    /// opens anyway and goes on catching up; [`BoxOffice::check_ready`](crate::BoxOffice::check_ready) tells when it is done.
    ///
    /// ```
    /// use std::time::Duration;
    /// use boxoffice::ClusterOptions;
    ///
    /// let options = ClusterOptions::new(["nats://127.0.0.1:4222"]).level_within(Duration::from_secs(60));
    /// ```
    pub fn level_within(mut self, wait: Duration) -> Self {
        self.level_within = wait;
        self
    }

    /// Sets whether the servers are for tests: `false` by default. Then they may be fewer than three, and nobody asks whether
    /// they sync every write. **Such servers lose acknowledged sales** with their power.
    ///
    /// ```
    /// use boxoffice::ClusterOptions;
    ///
    /// let options = ClusterOptions::new(["nats://127.0.0.1:4222"]).replicas(1).test_servers(true);
    /// ```
    pub fn test_servers(mut self, are_for_tests: bool) -> Self {
        self.servers.is_test = are_for_tests;
        self
    }
}

/// Returns what seals messages between hosts that share these keys.
pub(super) fn sealer(keys: &KeyRing) -> Sealer {
    Sealer::new(&keys.derived(SEAL_CONTEXT))
}

/// Returns the envelopes of what hosts that share these keys keep secret in the journal.
pub(in crate::office) fn envelopes(keys: &KeyRing) -> Envelopes {
    Envelopes::new(&keys.derived(ENVELOPE_CONTEXT))
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use chacha20poly1305::aead::{Aead, KeyInit, Payload};
    use chacha20poly1305::{XChaCha20Poly1305, XNonce};

    use super::*;
    use crate::journal::jetstream::nats::Purpose;
    use crate::types::Timestamp;

    const OLD: &[u8] = b"the secret that hosts have shared so far";
    const NEW: &[u8] = b"the secret that hosts are to share by now";

    /// Sealing as the first release with several hosts does it, written out. What it has sealed must be opened for ever, and it
    /// must be able to open what is sealed now: this never changes.
    struct FirstRelease {
        head: Vec<u8>,
        keys: [[u8; 32]; 2],
        tag_context: &'static str,
        bound: Vec<u8>,
    }

    impl FirstRelease {
        fn seal(&self, nonce: [u8; 24], content_key: [u8; 32], text: &[u8]) -> Vec<u8> {
            let encrypt = |key: &[u8; 32], msg: &[u8]| {
                let payload = Payload { msg, aad: &self.bound };
                XChaCha20Poly1305::new(key.into()).encrypt(&XNonce::from(nonce), payload).unwrap()
            };
            let mut sealed = [&self.head[..], &nonce, &[2_u8]].concat();
            for key in &self.keys {
                sealed.extend(&blake3::derive_key(self.tag_context, key)[..4]);
                sealed.extend(encrypt(key, &content_key));
            }
            sealed.extend(encrypt(&content_key, text));
            sealed
        }

        /// Seals a text once more, under the nonce and the content key of a sealed one.
        fn seal_again(&self, sealed: &[u8], text: &[u8]) -> Vec<u8> {
            let (nonce, rest) = sealed[self.head.len()..].split_first_chunk::<24>().unwrap();
            let payload = Payload { msg: &rest[1 + 4..1 + 4 + 48], aad: &self.bound };
            let cipher = XChaCha20Poly1305::new((&self.keys[0]).into());
            let content_key = cipher.decrypt(&XNonce::from(*nonce), payload).unwrap();
            self.seal(*nonce, content_key.try_into().unwrap(), text)
        }
    }

    #[test]
    fn what_lies_in_journals_is_opened_for_ever() {
        let about = [7_u8; 16];
        let first = FirstRelease {
            head: vec![1],
            keys: [OLD, NEW].map(|secret| blake3::derive_key("boxoffice 2026-12-01 envelopes in the journal", secret)),
            tag_context: "boxoffice 2026-12-01 tag of an envelope key",
            bound: about.to_vec(),
        };
        let sealed = URL_SAFE_NO_PAD.encode(first.seal([3; 24], [4; 32], b"whsec_secret"));
        let (old, new) = (KeyRing::new(OLD).unwrap(), KeyRing::new(NEW).unwrap());
        for keys in [&old, &new, &new.clone().with_previous(OLD).unwrap()] {
            assert_eq!(envelopes(keys).open(&about, &sealed).unwrap().text, b"whsec_secret");
        }
        let both = envelopes(&old.with_previous(NEW).unwrap());
        let sealed = URL_SAFE_NO_PAD.decode(both.seal(&about, b"whsec_secret").unwrap()).unwrap();
        assert_eq!(first.seal_again(&sealed, b"whsec_secret"), sealed);
    }

    #[test]
    fn what_hosts_of_earlier_releases_send_is_understood() {
        let now = Timestamp::from_millis(1_800_000_000_000);
        let time = 1_800_000_000_000_u64.to_le_bytes();
        let first = FirstRelease {
            head: [&[1_u8][..], &time].concat(),
            keys: [OLD, NEW].map(|secret| blake3::derive_key("boxoffice 2026-11-30 messages between hosts", secret)),
            tag_context: "boxoffice 2026-11-30 tag of a cluster key",
            bound: [&b"cmd"[..], &time].concat(),
        };
        let sealed = first.seal([3; 24], [4; 32], b"a command");
        let (old, new) = (KeyRing::new(OLD).unwrap(), KeyRing::new(NEW).unwrap());
        for keys in [&old, &new, &new.clone().with_previous(OLD).unwrap()] {
            assert_eq!(sealer(keys).open(Purpose::Command, now, &sealed).unwrap(), b"a command");
        }
        let both = sealer(&old.with_previous(NEW).unwrap());
        let sealed = both.seal(Purpose::Command, now, b"a command").unwrap();
        assert_eq!(first.seal_again(&sealed, b"a command"), sealed);
    }

    fn understands(from: &KeyRing, to: &KeyRing) -> bool {
        let now = Timestamp::from_millis(1_800_000_000_000);
        let sealed = sealer(from).seal(Purpose::Command, now, b"a command").unwrap();
        sealer(to).open(Purpose::Command, now, &sealed).is_ok_and(|text| text == b"a command")
    }

    #[test]
    fn hosts_understand_each_other_while_their_secret_is_changed() {
        let old = KeyRing::new(OLD).unwrap();
        let announced = KeyRing::new(OLD).unwrap().with_previous(NEW).unwrap();
        let changed = KeyRing::new(NEW).unwrap().with_previous(OLD).unwrap();
        let new = KeyRing::new(NEW).unwrap();
        // One host after the other takes each step.
        for (before, after) in [(&old, &announced), (&announced, &changed), (&changed, &new), (&old, &changed)] {
            for (from, to) in [(before, after), (after, before), (before, before), (after, after)] {
                assert!(understands(from, to), "{from:?} {to:?}");
            }
        }
        assert!(!understands(&old, &new) && !understands(&new, &old));
    }
}
