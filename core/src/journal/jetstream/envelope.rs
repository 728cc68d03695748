//! Envelopes of what lies in the journal and only the hosts of a cluster may read: sealed texts, as text.
//!
//! The head is the number of the form. Whoever finds an envelope that is not sealed for the current secret seals it anew, so that
//! an old secret can be forgotten.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::sealing::{SealingError, SealingKeys, Unsealed};

/// Context of the tags by which keys are found.
const TAG_CONTEXT: &str = "boxoffice 2026-12-01 tag of an envelope key";

const FORMAT: u8 = 1;

/// Seals and opens texts.
#[derive(Debug)]
pub(crate) struct Envelopes(SealingKeys);

impl Envelopes {
    /// Creates envelopes from keys that are derived from the cluster's secrets. Of more than eight the first count.
    pub(crate) fn new(keys: &[[u8; 32]]) -> Self {
        Self(SealingKeys::new(TAG_CONTEXT, keys))
    }

    /// Seals a text, as text.
    pub(crate) fn seal(&self, about: &[u8; 16], text: &[u8]) -> Result<String, SealingError> {
        Ok(URL_SAFE_NO_PAD.encode(self.0.seal(&[FORMAT], about, text)?))
    }

    /// Opens a sealed text.
    pub(crate) fn open(&self, about: &[u8; 16], sealed: &str) -> Result<Unsealed, SealingError> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| SealingError::Format)?;
        self.0.open(about, sealed.strip_prefix(&[FORMAT]).ok_or(SealingError::Format)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABOUT: [u8; 16] = [7; 16];

    #[test]
    fn a_text_is_opened_about_its_own_thing_alone() {
        let envelopes = Envelopes::new(&[[1; 32]]);
        let sealed = envelopes.seal(&ABOUT, b"whsec_secret").unwrap();
        let opened = Unsealed { text: b"whsec_secret".to_vec(), is_current: true };
        assert_eq!(envelopes.open(&ABOUT, &sealed), Ok(opened));
        assert_eq!(envelopes.open(&[8; 16], &sealed), Err(SealingError::Foreign));
    }

    #[test]
    fn another_form_is_refused() {
        let envelopes = Envelopes::new(&[[1; 32]]);
        let mut newer = URL_SAFE_NO_PAD.decode(envelopes.seal(&ABOUT, b"secret").unwrap()).unwrap();
        newer[0] = 2;
        for other in ["", "no base64!", "AA", "AQ", URL_SAFE_NO_PAD.encode(newer).as_str()] {
            assert_eq!(envelopes.open(&ABOUT, other), Err(SealingError::Format), "{other:?}");
        }
    }
}
