//! HS256: tokens signed by HMAC with SHA-256.
//!
//! `jsonwebtoken::encode` and `decode` ask the process's crypto provider, of which there is one. It is the embedder's to choose, and
//! with two backends among the features of its crates there is none: then they panic. So neither is called here. This is a signer and
//! a verifier by the crate's own traits, and whatever the crate does without a provider is left to it.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::crypto::{JwtSigner, JwtVerifier};
use jsonwebtoken::errors::{Error, ErrorKind, Result};
use jsonwebtoken::signature::{self, Signer, Verifier};
use jsonwebtoken::{Algorithm, Header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;

/// A key that signs and verifies.
pub(crate) struct Hs256(Hmac<Sha256>);

impl fmt::Debug for Hs256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hs256(…)")
    }
}

impl Hs256 {
    pub(crate) fn new(secret: &[u8]) -> Self {
        Self(Hmac::new_from_slice(secret).expect("HMAC takes keys of any length"))
    }

    /// Returns a signed token.
    pub(crate) fn encode<T: Serialize>(&self, header: &Header, claims: &T) -> Result<String> {
        if header.alg != JwtSigner::algorithm(self) {
            return Err(ErrorKind::InvalidAlgorithm.into());
        }
        let part = |json: Vec<u8>| URL_SAFE_NO_PAD.encode(json);
        let message = format!("{}.{}", part(serde_json::to_vec(header)?), part(serde_json::to_vec(claims)?));
        let signature = URL_SAFE_NO_PAD.encode(self.try_sign(message.as_bytes())?);
        Ok(format!("{message}.{signature}"))
    }

    /// Returns the claims of a token that this key has signed. Their times are the caller's to check.
    pub(crate) fn decode<T: DeserializeOwned>(&self, token: &str) -> Result<T> {
        let (message, signature) = token.rsplit_once('.').ok_or(ErrorKind::InvalidToken)?;
        if jsonwebtoken::decode_header(token)?.alg != JwtVerifier::algorithm(self) {
            return Err(ErrorKind::InvalidAlgorithm.into());
        }
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(Error::from)?;
        self.verify(message.as_bytes(), &signature).map_err(|_| ErrorKind::InvalidSignature)?;
        jsonwebtoken::dangerous::insecure_decode_claims(token)
    }
}

impl Signer<Vec<u8>> for Hs256 {
    fn try_sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, signature::Error> {
        Ok(self.0.clone().chain_update(message).finalize().into_bytes().to_vec())
    }
}

impl JwtSigner for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

impl Verifier<Vec<u8>> for Hs256 {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> std::result::Result<(), signature::Error> {
        self.0.clone().chain_update(message).verify_slice(signature).map_err(signature::Error::from_source)
    }
}

impl JwtVerifier for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Claims {
        iss: String,
        exp: u64,
        #[serde(rename = "http://example.com/is_root")]
        is_root: bool,
    }

    /// The example of RFC 7515, appendix A.1: its key and its token.
    const KEY: &str = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
    const TOKEN: &str = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\
        eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
        dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    fn claims() -> Claims {
        Claims { iss: "joe".to_owned(), exp: 1_300_819_380, is_root: true }
    }

    fn key() -> Hs256 {
        Hs256::new(&URL_SAFE_NO_PAD.decode(KEY).unwrap())
    }

    #[test]
    fn the_example_of_the_standard_is_read() {
        assert_eq!(key().decode::<Claims>(TOKEN).unwrap(), claims());
        let edited = TOKEN.replacen("eyJpc3MiOiJqb2Ui", "eyJpc3MiOiJhbm4i", 1);
        assert_eq!(*key().decode::<Claims>(&edited).unwrap_err().kind(), ErrorKind::InvalidSignature);
        assert!(Hs256::new(b"another").decode::<Claims>(TOKEN).is_err());
    }

    #[test]
    fn what_is_written_is_read() {
        let token = key().encode(&Header::new(Algorithm::HS256), &claims()).unwrap();
        assert!(token.starts_with("eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9."), "{token}");
        assert_eq!(key().decode::<Claims>(&token).unwrap(), claims());
        let other = key().encode(&Header::new(Algorithm::HS512), &claims()).unwrap_err();
        assert_eq!(*other.kind(), ErrorKind::InvalidAlgorithm);
    }
}
