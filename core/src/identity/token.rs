//! Session tokens: JWTs signed HS256, and the keys that sign them.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use crate::error::{Code, Error};
use crate::private_file;
use crate::types::{SessionId, Timestamp, UserId};

/// The fewest bytes of a key: as many as the hash has.
const KEY_LEN_MIN: usize = 32;

/// How far in the future a token's `iat` may lie, in seconds: the engine's time may lag a little after a restart.
const ISSUED_AHEAD_MAX: u64 = 60;

/// The file in the data directory that keeps a key that was made there.
const KEY_FILE: &str = "jwt.key";

/// The secrets that sign sessions: one signs, and sessions of earlier ones stay valid until they end.
///
/// Each key has an id that is derived from it and travels in the token, so a secret is rotated by making it a previous one:
/// nobody is signed out.
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

    /// Accepts sessions that this earlier secret signed, too.
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

    /// Reads the secret that is kept in the data directory, as `jwt.key` with mode 0600; makes a strong one if there is none.
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
    /// `journal.unavailable` if the file can't be read or written, `validation` if it holds less than a key.
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

/// Writes a file that only its owner can read, whole or not at all.
fn create_private(dir: &Path, path: &Path, content: &[u8]) -> io::Result<()> {
    let draft = path.with_extension("tmp");
    let mut file = private_file::options().write(true).truncate(true).open(&draft)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&draft, path)?;
    fs::File::open(dir)?.sync_all()
}

/// What a token says.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    sub: String,
    sid: String,
    iat: u64,
    exp: u64,
    epoch: u64,
}

/// A session as its token tells it, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Session {
    /// Who is signed in.
    pub user_id: UserId,
    /// The session.
    pub session_id: SessionId,
    /// The user's epoch that the session belongs to.
    pub epoch: u64,
    /// When the session ends by itself.
    pub expires_at: Timestamp,
    /// Whether the user is an operator right now.
    pub operator: bool,
}

/// Signs and checks tokens.
pub(crate) struct Tokens {
    header: Header,
    signing: EncodingKey,
    checking: Vec<(String, DecodingKey)>,
    validation: Validation,
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
        let mut validation = Validation::new(Algorithm::HS256);
        // The times are checked here, against the engine's own time.
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        let checking = std::iter::once(&keys.current).chain(&keys.previous);
        Self {
            header,
            signing: EncodingKey::from_secret(&keys.current.bytes),
            checking: checking.map(|key| (key.id.clone(), DecodingKey::from_secret(&key.bytes))).collect(),
            validation,
        }
    }

    /// A token for a new session.
    pub(crate) fn issue(&self, session: &Session, now: Timestamp) -> Result<String, Error> {
        let claims = Claims {
            sub: session.user_id.to_string(),
            sid: session.session_id.to_string(),
            iat: now.as_secs(),
            exp: session.expires_at.as_secs(),
            epoch: session.epoch,
        };
        jsonwebtoken::encode(&self.header, &claims, &self.signing)
            .map_err(|error| Error::from(Code::Internal).with_source(error))
    }

    /// What a token says, if one of the keys has signed it and its time has come and not gone.
    pub(crate) fn check(&self, token: &str, now: Timestamp) -> Option<Session> {
        let key_id = jsonwebtoken::decode_header(token).ok()?.kid;
        let known = |(id, _): &&(String, DecodingKey)| key_id.as_ref().is_none_or(|wanted| wanted == id);
        let claims = self.checking.iter().filter(known).find_map(|(_, key)| {
            jsonwebtoken::decode::<Claims>(token, key, &self.validation).ok().map(|token| token.claims)
        })?;
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

/// A session that begins now.
pub(crate) fn begin(user_id: UserId, session_id: SessionId, epoch: u64, now: Timestamp, length: Duration) -> Session {
    // Whole seconds, because that is what the token tells.
    let expires_at = Timestamp::from_millis(now.plus(length).as_secs() * 1000);
    Session { user_id, session_id, epoch, expires_at, operator: false }
}

#[cfg(test)]
mod tests {
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

    fn signed(algorithm: Algorithm, secret: &[u8], claims: &Claims) -> String {
        jsonwebtoken::encode(&Header::new(algorithm), claims, &EncodingKey::from_secret(secret)).unwrap()
    }

    fn base64(text: &str) -> String {
        // Just enough of base64url for a header in a test.
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let mut out = String::new();
        for chunk in text.as_bytes().chunks(3) {
            let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
            for at in 0..=chunk.len() {
                out.push(char::from(LETTERS[(bits >> (18 - 6 * at) & 63) as usize]));
            }
        }
        out
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
        let good = signed(Algorithm::HS256, secret, &claims());
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
            ("alg HS512", signed(Algorithm::HS512, secret, &claims())),
            ("wrong key", signed(Algorithm::HS256, b"another-key-another-key-another-k", &claims())),
            ("no signature", format!("{}.{payload}.", good.split('.').next().unwrap())),
            ("expired", signed(Algorithm::HS256, secret, &Claims { exp: NOW.as_secs(), ..claims() })),
            ("from the future", signed(Algorithm::HS256, secret, &Claims { iat: NOW.as_secs() + HOUR, ..claims() })),
            ("no id", signed(Algorithm::HS256, secret, &Claims { sub: "ann".to_owned(), ..claims() })),
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
