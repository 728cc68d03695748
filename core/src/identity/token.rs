//! Session tokens, which are JWTs signed with HS256, and the keys that sign them.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use jsonwebtoken::{Algorithm, Header};
use serde::{Deserialize, Serialize};

use super::hs256::Hs256;
use crate::error::{Code, Error};
use crate::private_file;
use crate::types::{SessionId, Timestamp, UserId};

/// Minimum length of a key, in bytes: the length of the hash.
const KEY_LEN_MIN: usize = 32;

/// Maximum time by which a token's `iat` may be in the future, in seconds. The engine's time may lag a little after a
/// restart.
const ISSUED_AHEAD_MAX: u64 = 60;

/// Name of the file in the data directory that stores a key created there.
const KEY_FILE: &str = "jwt.key";

/// Secrets that sign sessions. The current secret signs; sessions of previous secrets stay valid until they expire.
///
/// Each key has an id that is derived from it and is part of the token. Therefore a secret is rotated by making it a
/// previous one, and no user is signed out.
#[derive(Clone)]
pub struct KeyRing {
    current: Secret,
    previous: Vec<Secret>,
}

#[derive(Clone)]
struct Secret {
    id: String,
    bytes: Vec<u8>,
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing").field("current", &self.current.id).finish_non_exhaustive()
    }
}

impl KeyRing {
    /// Creates a ring with one secret of at least 32 bytes, the `JWT_KEY`.
    ///
    /// ```
    /// use boxoffice::KeyRing;
    ///
    /// let keys = KeyRing::new(b"a secret of at least thirty-two bytes")?;
    /// assert!(KeyRing::new(b"too short").is_err());
    /// # Ok::<(), boxoffice::Error>(())
    /// ```
    ///
    /// # Errors
    /// `validation` if it is shorter.
    pub fn new(secret: &[u8]) -> Result<Self, Error> {
        Ok(Self { current: Secret::new(secret, "JWT_KEY")?, previous: Vec::new() })
    }

    /// Adds a previous secret, whose sessions are still accepted.
    ///
    /// ```
    /// use boxoffice::KeyRing;
    ///
    /// let keys = KeyRing::new(b"the new secret, at least 32 bytes long")?.with_previous(b"the old secret, at least 32 bytes long")?;
    /// # Ok::<(), boxoffice::Error>(())
    /// ```
    ///
    /// # Errors
    /// `validation` if it is shorter than 32 bytes.
    pub fn with_previous(mut self, secret: &[u8]) -> Result<Self, Error> {
        self.previous.push(Secret::new(secret, "JWT_KEY_PREVIOUS")?);
        Ok(self)
    }

    /// Returns a key for this purpose from each secret, that from the current one first.
    #[cfg(feature = "cluster")]
    pub(crate) fn derived(&self, purpose: &str) -> Vec<[u8; 32]> {
        let secrets = std::iter::once(&self.current).chain(&self.previous);
        secrets.map(|secret| blake3::derive_key(purpose, &secret.bytes)).collect()
    }

    /// Reads the secret from `jwt.key` in the data directory; creates a strong one, with mode 0600, if there is none.
    ///
    /// ```
    /// use boxoffice::KeyRing;
    ///
    /// # let dir = tempfile::tempdir()?;
    /// # let dir = dir.path();
    /// let keys = KeyRing::load_or_create(dir)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// `journal.unavailable` if the file can't be read or written, `validation` if its content is shorter than a key.
    pub fn load_or_create(dir: &Path) -> Result<Self, Error> {
        let path = dir.join(KEY_FILE);
        let unavailable = |error| Error::from(Code::JournalUnavailable).with_source(error);
        match fs::read(&path) {
            Ok(secret) => Self::new(secret.trim_ascii()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let mut bytes = [0; 32];
                getrandom::fill(&mut bytes).map_err(|error| Error::from(Code::Internal).with_source(error))?;
                let secret = blake3::Hash::from_bytes(bytes).to_hex();
                create_private(dir, &path, secret.as_bytes()).map_err(unavailable)?;
                Self::new(secret.as_bytes())
            }
            Err(error) => Err(unavailable(error)),
        }
    }
}

impl Secret {
    /// The secret, which `name` is set to.
    fn new(bytes: &[u8], name: &'static str) -> Result<Self, Error> {
        if bytes.len() < KEY_LEN_MIN {
            return Err(Error::invalid(name, format_args!("must have at least {KEY_LEN_MIN} bytes")));
        }
        let id = blake3::derive_key("boxoffice 2026 id of a session key", bytes);
        let id = blake3::Hash::from_bytes(id).to_hex()[..16].to_owned();
        Ok(Self { id, bytes: bytes.to_vec() })
    }
}

/// Writes a file that only its owner can read, completely or not at all.
fn create_private(dir: &Path, path: &Path, content: &[u8]) -> io::Result<()> {
    let draft = path.with_extension("tmp");
    let mut file = private_file::options().write(true).truncate(true).open(&draft)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&draft, path)?;
    fs::File::open(dir)?.sync_all()
}

/// Claims of a token.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    sub: String,
    sid: String,
    iat: u64,
    exp: u64,
    epoch: u64,
}

/// A session, read from a checked token.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Session {
    /// Id of the signed-in user.
    pub user_id: UserId,
    /// Id of the session.
    pub session_id: SessionId,
    /// User's epoch that the session belongs to.
    pub epoch: u64,
    /// Time at which the session expires.
    pub expires_at: Timestamp,
    /// `true` if the user is an operator now.
    pub operator: bool,
}

/// Signs and checks tokens.
pub(crate) struct Tokens {
    header: Header,
    signing: Hs256,
    checking: Vec<(String, Hs256)>,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens")
    }
}

impl Tokens {
    pub(crate) fn new(keys: &KeyRing) -> Self {
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some(keys.current.id.clone());
        let checking = std::iter::once(&keys.current).chain(&keys.previous);
        Self {
            header,
            signing: Hs256::new(&keys.current.bytes),
            checking: checking.map(|key| (key.id.clone(), Hs256::new(&key.bytes))).collect(),
        }
    }

    /// Returns a token for a new session.
    pub(crate) fn issue(&self, session: &Session, now: Timestamp) -> Result<String, Error> {
        let claims = Claims {
            sub: session.user_id.to_string(),
            sid: session.session_id.to_string(),
            iat: now.as_secs(),
            exp: session.expires_at.as_secs(),
            epoch: session.epoch,
        };
        self.signing.encode(&self.header, &claims).map_err(|error| Error::from(Code::Internal).with_source(error))
    }

    /// Returns the session of a token if one of the keys has signed it, it has not expired, and it was not issued in
    /// the future.
    pub(crate) fn check(&self, token: &str, now: Timestamp) -> Option<Session> {
        let key_id = jsonwebtoken::decode_header(token).ok()?.kid;
        let known = |(id, _): &&(String, Hs256)| key_id.as_ref().is_none_or(|wanted| wanted == id);
        let claims = self.checking.iter().filter(known).find_map(|(_, key)| key.decode::<Claims>(token).ok())?;
        // The times are checked here, against the engine's own time.
        if claims.exp <= now.as_secs() || claims.iat > now.as_secs() + ISSUED_AHEAD_MAX {
            return None;
        }
        Some(Session {
            user_id: claims.sub.parse().ok()?,
            session_id: claims.sid.parse().ok()?,
            epoch: claims.epoch,
            expires_at: Timestamp::from_millis(claims.exp.saturating_mul(1000)),
            operator: false,
        })
    }
}

/// Creates a session that begins now.
pub(crate) fn begin(user_id: UserId, session_id: SessionId, epoch: u64, now: Timestamp, length: Duration) -> Session {
    // Whole seconds, because the token has whole seconds.
    let expires_at = Timestamp::from_millis(now.plus(length).as_secs() * 1000);
    Session { user_id, session_id, epoch, expires_at, operator: false }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use hmac::{Hmac, KeyInit, Mac};

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
    const HOUR: u64 = 3600;

    fn tokens(secret: &str) -> Tokens {
        Tokens::new(&KeyRing::new(secret.as_bytes()).unwrap())
    }

    fn ours() -> Tokens {
        tokens("0123456789abcdef0123456789abcdef")
    }

    fn claims() -> Claims {
        let id = "01938f6e-8c7a-7b2e-8f00-0123456789ab".to_owned();
        Claims { sub: id.clone(), sid: id, iat: NOW.as_secs(), exp: NOW.as_secs() + HOUR, epoch: 1 }
    }

    fn signed(secret: &[u8], claims: &Claims) -> String {
        Hs256::new(secret).encode(&Header::new(Algorithm::HS256), claims).unwrap()
    }

    fn base64(text: impl AsRef<[u8]>) -> String {
        URL_SAFE_NO_PAD.encode(text)
    }

    /// A token that is signed as HS512, by the secret.
    fn signed_as_hs512(secret: &[u8], payload: &str) -> String {
        let message = format!("{}.{payload}", base64(r#"{"typ":"JWT","alg":"HS512"}"#));
        let mut mac = Hmac::<sha2::Sha512>::new_from_slice(secret).unwrap();
        mac.update(message.as_bytes());
        format!("{message}.{}", base64(mac.finalize().into_bytes()))
    }

    #[test]
    fn issued_tokens_are_good_until_they_end() {
        let session =
            begin(claims().sub.parse().unwrap(), claims().sid.parse().unwrap(), 3, NOW, Duration::from_secs(HOUR));
        let token = ours().issue(&session, NOW).unwrap();
        assert_eq!(ours().check(&token, NOW), Some(session.clone()));
        assert!(ours().check(&token, NOW.plus(Duration::from_secs(HOUR - 1))).is_some());
        assert_eq!(ours().check(&token, NOW.plus(Duration::from_secs(HOUR))), None);
    }

    #[test]
    fn bad_tokens() {
        let secret = b"0123456789abcdef0123456789abcdef";
        let good = signed(secret, &claims());
        assert!(ours().check(&good, NOW).is_some());
        let payload = good.split('.').nth(1).unwrap();
        let signature = good.split('.').nth(2).unwrap();
        let none = base64(r#"{"alg":"none","typ":"JWT"}"#);
        let rs256 = base64(r#"{"alg":"RS256","typ":"JWT"}"#);
        let bad = [
            ("empty", String::new()),
            ("garbage", "a.b.c".to_owned()),
            ("alg none", format!("{none}.{payload}.")),
            ("alg none with a signature", format!("{none}.{payload}.{signature}")),
            ("alg RS256, signed as HS256", format!("{rs256}.{payload}.{signature}")),
            ("alg HS512", signed_as_hs512(secret, payload)),
            ("wrong key", signed(b"another-key-another-key-another-k", &claims())),
            ("no signature", format!("{}.{payload}.", good.split('.').next().unwrap())),
            ("expired", signed(secret, &Claims { exp: NOW.as_secs(), ..claims() })),
            ("from the future", signed(secret, &Claims { iat: NOW.as_secs() + HOUR, ..claims() })),
            ("a part of the signature", good[..good.len() - 1].to_owned()),
            ("four parts", format!("{good}.{signature}")),
            ("two parts", format!("{payload}.{signature}")),
            ("no id", signed(secret, &Claims { sub: "ann".to_owned(), ..claims() })),
        ];
        for (what, token) in bad {
            assert_eq!(ours().check(&token, NOW), None, "{what}");
        }
    }

    #[test]
    fn a_rotated_key_signs_nobody_out() {
        let old = KeyRing::new(&[1; 32]).unwrap();
        let session =
            begin(claims().sub.parse().unwrap(), claims().sid.parse().unwrap(), 1, NOW, Duration::from_secs(HOUR));
        let token = Tokens::new(&old).issue(&session, NOW).unwrap();
        let rotated = KeyRing::new(&[2; 32]).unwrap();
        assert_eq!(Tokens::new(&rotated).check(&token, NOW), None);
        let rotated = rotated.with_previous(&[1; 32]).unwrap();
        assert_eq!(Tokens::new(&rotated).check(&token, NOW), Some(session));
    }

    #[test]
    fn keys_are_strong_and_private() {
        let message = |error: Error| error.serialize_errors()[0].message.to_string();
        assert_eq!(message(KeyRing::new(b"short").err().unwrap()), "JWT_KEY must have at least 32 bytes");
        let previous = KeyRing::new(&[1; 32]).unwrap().with_previous(b"short");
        assert_eq!(message(previous.err().unwrap()), "JWT_KEY_PREVIOUS must have at least 32 bytes");
        let dir = tempfile::tempdir().unwrap();
        let first = KeyRing::load_or_create(dir.path()).unwrap();
        let again = KeyRing::load_or_create(dir.path()).unwrap();
        assert_eq!(first.current.bytes, again.current.bytes);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(dir.path().join(KEY_FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
