//! A message of the stream: what one append of the cluster is.
//!
//! A message is a header, written as headers of NATS, and a body. Its hash covers both, and the hash of the message before
//! it, so that a follower needs nothing but its own position to know whether a message belongs there.
//!
//! **Invariant:** a message is built once and sent again byte for byte, however often.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::release::Release;
use crate::event::Hash;
use crate::types::{HostId, Timestamp};

/// Version of the form of messages.
pub(crate) const MESSAGE_VERSION: u32 = 1;

/// Context of the hash of messages, so that it is the hash of nothing else.
const HASH_CONTEXT: &str = "boxoffice cluster message 1";

/// Purpose of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The first message of a stream: the copies on which it goes on.
    Base,
    /// A host becomes the writer, and all earlier ones are no longer.
    Claim,
    /// One append of the journal.
    Batch,
    /// Nothing but the writer's sign of life.
    Tick,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Base, Self::Claim, Self::Batch, Self::Tick];

    /// Returns the name as written in the header.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Claim => "claim",
            Self::Batch => "batch",
            Self::Tick => "tick",
        }
    }

    const fn code(self) -> u8 {
        match self {
            Self::Base => 0,
            Self::Claim => 1,
            Self::Batch => 2,
            Self::Tick => 3,
        }
    }
}

/// What a message says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    /// Identity of the journal.
    pub(crate) journal: Hash,
    /// Purpose of the message.
    pub(crate) kind: Kind,
    /// Number of the claim under which it was written; for a claim, its own.
    pub(crate) epoch: u64,
    /// Host that wrote it.
    pub(crate) writer: HostId,
    /// Number of the message in the history of the journal, over all its streams.
    pub(crate) n: u64,
    /// Hash of the message before it.
    pub(crate) prev: Hash,
    /// Hash of the message.
    pub(crate) hash: Hash,
    /// Time of the writer's clock.
    pub(crate) at: Timestamp,
}

/// A message of the stream.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) header: Header,
    pub(crate) body: Arc<[u8]>,
    /// Release of the host that wrote it, which knows every event in it.
    pub(crate) release: Release,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("Message");
        text.field("header", &self.header).field("bytes", &self.body.len()).field("release", &self.release).finish()
    }
}

/// Reason why bytes are no message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MessageError {
    /// A newer version wrote it.
    #[error("it has form {0}, which {1} knows, and this version knows up to form {MESSAGE_VERSION}")]
    Newer(u32, String),
    /// A header is missing or can't be read.
    #[error("its header {0} is missing or malformed")]
    Header(&'static str),
    /// A header that other programs than boxoffice write.
    #[error("it has a header of another program: {0}")]
    Foreign(String),
    /// The hash is another one than that of the content.
    #[error("its hash is not the one of its content")]
    Hash,
}

const VERSION: &str = "Bx-Version";
const JOURNAL: &str = "Bx-Journal";
const KIND: &str = "Bx-Kind";
const EPOCH: &str = "Bx-Epoch";
const WRITER: &str = "Bx-Writer";
const N: &str = "Bx-N";
const PREV: &str = "Bx-Prev";
const HASH: &str = "Bx-Hash";
const TIME: &str = "Bx-Time";
const RELEASE: &str = "Bx-Release";

/// Beginning of the names of all headers of a message.
const OWN_HEADERS: &str = "Bx-";

impl Message {
    /// Creates a message of this release; `header.hash` is set to its hash.
    pub(crate) fn new(header: Header, body: Arc<[u8]>) -> Self {
        Self::by(Release::own(), header, body)
    }

    /// Creates a message of any release.
    pub(crate) fn by(release: Release, mut header: Header, body: Arc<[u8]>) -> Self {
        header.hash = hash(&header, release, &body);
        Self { header, body, release }
    }

    /// Returns the other message, changed to follow this one.
    ///
    /// No host does so with a message that is not known to be stored, unless a mistake is planted.
    pub(crate) fn followed_by(&self, next: Self) -> Self {
        Self::new(Header { n: self.header.n + 1, prev: self.header.hash, ..next.header }, next.body)
    }

    /// Returns the headers to send.
    pub(crate) fn headers(&self) -> [(&'static str, String); 10] {
        let Header { journal, kind, epoch, writer, n, prev, hash, at } = &self.header;
        [
            (VERSION, MESSAGE_VERSION.to_string()),
            (JOURNAL, journal.to_string()),
            (KIND, kind.as_str().into()),
            (EPOCH, epoch.to_string()),
            (WRITER, writer.to_string()),
            (N, n.to_string()),
            (PREV, prev.to_string()),
            (HASH, hash.to_string()),
            (TIME, at.as_millis().to_string()),
            (RELEASE, self.release.to_string()),
        ]
    }

    /// Reads a message from its headers and body, and checks its hash.
    ///
    /// `headers` are those that begin with `Bx-` or are no header of NATS itself.
    pub(crate) fn read<'a>(
        headers: impl Iterator<Item = (&'a str, &'a str)>,
        body: Arc<[u8]>,
    ) -> Result<Self, MessageError> {
        let mut texts: [Option<&str>; 10] = [None; 10];
        let names = [VERSION, JOURNAL, KIND, EPOCH, WRITER, N, PREV, HASH, TIME, RELEASE];
        let mut unknown = None;
        for (name, value) in headers {
            let at = names.iter().position(|known| *known == name);
            match at.and_then(|at| texts.get_mut(at)) {
                Some(text @ None) => *text = Some(value),
                Some(Some(_)) => return Err(MessageError::Header(names[at.unwrap_or_default()])),
                // A newer form may have more of them, and is to be told as what it is.
                None if name.starts_with(OWN_HEADERS) => unknown = Some(name),
                None => return Err(MessageError::Foreign(name.into())),
            }
        }
        let [version, journal, kind, epoch, writer, n, prev, hashed, at, release] = texts;
        let version: u32 = number(VERSION, version)?;
        if version != MESSAGE_VERSION {
            let newer = |release: &str| format!("version {release} or later");
            let who = release.map_or_else(|| "a newer version".to_owned(), newer);
            return Err(MessageError::Newer(version, who));
        }
        if let Some(name) = unknown {
            return Err(MessageError::Foreign(name.into()));
        }
        let kind = kind.and_then(|kind| Kind::ALL.into_iter().find(|known| known.as_str() == kind));
        let header = Header {
            journal: hex(JOURNAL, journal)?,
            kind: kind.ok_or(MessageError::Header(KIND))?,
            epoch: number(EPOCH, epoch)?,
            writer: writer.and_then(|id| id.parse().ok()).ok_or(MessageError::Header(WRITER))?,
            n: number(N, n)?,
            prev: hex(PREV, prev)?,
            hash: hex(HASH, hashed)?,
            at: Timestamp::from_millis(number(TIME, at)?),
        };
        let release = release.and_then(Release::read).ok_or(MessageError::Header(RELEASE))?;
        if hash(&header, release, &body) != header.hash {
            return Err(MessageError::Hash);
        }
        Ok(Self { header, body, release })
    }
}

/// Returns the hash of a message: over its header, but for the hash itself, and its body.
fn hash(header: &Header, release: Release, body: &[u8]) -> Hash {
    let Header { journal, kind, epoch, writer, n, prev, hash: _, at } = header;
    let mut hasher = blake3::Hasher::new_derive_key(HASH_CONTEXT);
    hasher.update(journal.as_bytes());
    hasher.update(&[kind.code()]);
    hasher.update(&epoch.to_le_bytes());
    hasher.update(writer.as_bytes());
    hasher.update(&n.to_le_bytes());
    hasher.update(prev.as_bytes());
    hasher.update(&at.as_millis().to_le_bytes());
    hasher.update(&release.to_bytes());
    hasher.update(&(body.len() as u64).to_le_bytes());
    hasher.update(body);
    Hash::from_bytes(*hasher.finalize().as_bytes())
}

/// Reads a number that is written in the one way that numbers are written.
fn number<T: FromStr + fmt::Display>(name: &'static str, text: Option<&str>) -> Result<T, MessageError> {
    let text = text.ok_or(MessageError::Header(name))?;
    let number: T = text.parse().map_err(|_| MessageError::Header(name))?;
    if number.to_string() == text { Ok(number) } else { Err(MessageError::Header(name)) }
}

fn hex(name: &'static str, text: Option<&str>) -> Result<Hash, MessageError> {
    let hash = text.and_then(|text| blake3::Hash::from_hex(text).ok().filter(|hash| hash.to_hex().as_str() == text));
    hash.map(|hash| Hash::from_bytes(*hash.as_bytes())).ok_or(MessageError::Header(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(body: &[u8]) -> Message {
        let header = Header {
            journal: Hash::from_bytes([1; 32]),
            kind: Kind::Batch,
            epoch: 3,
            writer: HostId::from_bytes([2; 16]),
            n: 17,
            prev: Hash::from_bytes([4; 32]),
            hash: Hash::ZERO,
            at: Timestamp::from_millis(1_800_000_000_000),
        };
        Message::new(header, body.into())
    }

    fn read(headers: &[(&'static str, String)], body: &[u8]) -> Result<Message, MessageError> {
        Message::read(headers.iter().map(|(name, value)| (*name, value.as_str())), body.into())
    }

    #[test]
    fn a_message_comes_back_as_it_was_sent() {
        for body in [b"".as_slice(), b"rows"] {
            let message = sample(body);
            assert_eq!(read(&message.headers(), body), Ok(message));
        }
    }

    #[test]
    fn the_hash_covers_every_header_and_the_body() {
        let message = sample(b"rows");
        let other = |at: usize, value: &str| {
            let mut headers = message.headers();
            headers[at].1 = value.into();
            read(&headers, b"rows").unwrap_err()
        };
        let zeros = "0".repeat(64);
        for (at, value) in [
            (1, zeros.as_str()),
            (2, "tick"),
            (3, "4"),
            (4, "00000000-0000-0000-0000-000000000000"),
            (5, "18"),
            (6, &zeros),
            (7, &zeros),
            (8, "1"),
            (9, "99.0.0"),
        ] {
            assert_eq!(other(at, value), MessageError::Hash, "{at}");
        }
        assert_eq!(read(&message.headers(), b"rowz"), Err(MessageError::Hash));
    }

    #[test]
    fn what_is_missing_doubled_or_not_ours_is_refused() {
        let message = sample(b"rows");
        let headers = message.headers();
        for at in 0..headers.len() {
            let name = headers[at].0;
            let without: Vec<_> = headers.iter().filter(|(other, _)| *other != name).cloned().collect();
            assert_eq!(read(&without, b"rows"), Err(MessageError::Header(name)));
            let mut twice = headers.to_vec();
            twice.push(headers[at].clone());
            assert_eq!(read(&twice, b"rows"), Err(MessageError::Header(name)));
        }
        let mut more = headers.to_vec();
        more.push(("Nats-Msg-Id", "7".into()));
        assert_eq!(read(&more, b"rows"), Err(MessageError::Foreign("Nats-Msg-Id".into())));
        *more.last_mut().unwrap() = ("Bx-Color", "7".into());
        assert_eq!(read(&more, b"rows"), Err(MessageError::Foreign("Bx-Color".into())));
    }

    #[test]
    fn a_number_is_written_in_one_way() {
        for text in ["+3", "03", " 3", "3 ", "", "-3", "99999999999999999999"] {
            let mut headers = sample(b"rows").headers();
            headers[3].1 = text.into();
            assert_eq!(read(&headers, b"rows"), Err(MessageError::Header(EPOCH)), "{text:?}");
        }
    }

    #[test]
    fn a_newer_form_says_so_and_which_version_knows_it() {
        let mut headers = sample(b"rows").headers().to_vec();
        headers[0].1 = "2".into();
        headers[9].1 = "7.1.0".into();
        // It may have a header that this version does not know.
        headers.push(("Bx-Color", "7".into()));
        let newer = read(&headers, b"rows").unwrap_err();
        assert_eq!(newer, MessageError::Newer(2, "version 7.1.0 or later".into()));
        headers.remove(9);
        assert_eq!(read(&headers, b"rows"), Err(MessageError::Newer(2, "a newer version".into())));
    }

    #[test]
    fn a_message_tells_the_release_of_its_writer() {
        let Message { header, body, .. } = sample(b"rows");
        let release = Release::read("7.1.0").unwrap();
        let message = Message::by(release, header, body);
        assert_eq!(read(&message.headers(), b"rows").unwrap().release, release);
        assert_ne!(message.header.hash, sample(b"rows").header.hash);
        for text in ["", "7", "7.1", "07.1.0", "7.1.0-rc", "+7.1.0", "7.1.0.0", "70000.0.0"] {
            let mut headers = message.headers();
            headers[9].1 = text.into();
            assert_eq!(read(&headers, b"rows"), Err(MessageError::Header(RELEASE)), "{text:?}");
        }
    }
}
