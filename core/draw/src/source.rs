//! Where chance comes from: named before anybody knows it, and checked when it is revealed.

use serde::{Deserialize, Serialize};

use crate::bytes::{Digest, Seed, Signature};
use crate::digest::digest;
use crate::quicknet::Round;
#[cfg(feature = "drand")]
use crate::quicknet::has_signed;

/// A source of chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Source {
    /// A future round of drand's network quicknet. Nobody can choose it, foresee it or withhold it.
    Quicknet(Round),
    /// The hash of a seed that the organizer has chosen before entries open. It can be withheld, but not chosen later.
    Seed(Digest),
}

/// What a source turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Revealed {
    /// The signature of the round, as drand publishes it.
    Signature(Signature),
    /// The organizer's seed.
    Seed(Seed),
}

/// Reason why what was revealed is not what the source has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RevealError {
    /// A seed for a round, or a signature for a seed.
    #[error("that is of another kind of source")]
    OtherKind,
    /// The network has not signed the round with this signature.
    #[error("that is not the signature of the round")]
    NotOfRound,
    /// The seed has another hash than the one that was published.
    #[error("that is not the seed whose hash was published")]
    NotTheSeed,
    /// The crate is built without the feature `drand`.
    #[error("signatures of drand can't be checked: built without the feature `drand`")]
    Unsupported,
}

impl Source {
    /// Returns the source that a seed is, to be published before entries open.
    pub fn of_seed(seed: &Seed) -> Self {
        Self::Seed(digest("seed", &[seed.as_bytes()]))
    }

    /// Returns `true` if the public may know its chance at a time, in seconds since 1970. Of a seed nobody but the
    /// organizer knows it before it is revealed.
    pub const fn is_known_at(self, time: u64) -> bool {
        match self {
            Self::Quicknet(round) => round.is_known_at(time),
            Self::Seed(_) => false,
        }
    }

    /// Returns the hash that stands for the source in a commitment.
    pub(crate) fn digest(self) -> Digest {
        match self {
            Self::Quicknet(round) => digest("quicknet", &[&round.number().to_be_bytes()]),
            Self::Seed(hash) => digest("sealed", &[hash.as_bytes()]),
        }
    }

    /// Checks that the source has turned out to be this.
    ///
    /// # Errors
    /// [`RevealError`] if it has not.
    pub fn check(self, revealed: &Revealed) -> Result<(), RevealError> {
        match (self, revealed) {
            (Self::Quicknet(round), Revealed::Signature(signature)) => check_signature(round, signature),
            (Self::Seed(_), Revealed::Seed(seed)) if Self::of_seed(seed) == self => Ok(()),
            (Self::Seed(_), Revealed::Seed(_)) => Err(RevealError::NotTheSeed),
            (Self::Quicknet(_), Revealed::Seed(_)) | (Self::Seed(_), Revealed::Signature(_)) => {
                Err(RevealError::OtherKind)
            }
        }
    }
}

impl Revealed {
    /// Returns the bytes from which the chance follows.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Signature(signature) => signature.as_bytes(),
            Self::Seed(seed) => seed.as_bytes(),
        }
    }
}

#[cfg(feature = "drand")]
fn check_signature(round: Round, signature: &Signature) -> Result<(), RevealError> {
    if has_signed(round, signature) { Ok(()) } else { Err(RevealError::NotOfRound) }
}

#[cfg(not(feature = "drand"))]
fn check_signature(_round: Round, _signature: &Signature) -> Result<(), RevealError> {
    Err(RevealError::Unsupported)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{SEED, SIGNATURE, round};

    #[test]
    fn a_seed_opens_its_own_hash_only() {
        let source = Source::of_seed(&SEED);
        assert_eq!(source.check(&Revealed::Seed(SEED)), Ok(()));
        let mut bytes = *SEED.as_bytes();
        bytes[31] ^= 1;
        assert_eq!(source.check(&Revealed::Seed(Seed::from_bytes(bytes))), Err(RevealError::NotTheSeed));
        // The published hash opens nothing.
        let hash = digest("seed", &[SEED.as_bytes()]);
        assert_eq!(source, Source::Seed(hash));
        let hash = Seed::from_bytes(*hash.as_bytes());
        assert_eq!(source.check(&Revealed::Seed(hash)), Err(RevealError::NotTheSeed));
    }

    #[test]
    fn kinds_are_not_mixed() {
        let signature = Revealed::Signature(SIGNATURE.parse().unwrap());
        assert_eq!(Source::of_seed(&SEED).check(&signature), Err(RevealError::OtherKind));
        assert_eq!(Source::Quicknet(round()).check(&Revealed::Seed(SEED)), Err(RevealError::OtherKind));
    }

    #[test]
    fn a_round_is_what_its_signature_says() {
        let signature = Revealed::Signature(SIGNATURE.parse().unwrap());
        let [this, next] = [0, 1].map(|later| Source::Quicknet(Round::new(round().number() + later).unwrap()));
        let (right, wrong) = (this.check(&signature), next.check(&signature));
        if cfg!(feature = "drand") {
            assert_eq!((right, wrong), (Ok(()), Err(RevealError::NotOfRound)));
        } else {
            // A signature that can't be checked is none.
            assert_eq!((right, wrong), (Err(RevealError::Unsupported), Err(RevealError::Unsupported)));
        }
    }

    #[test]
    fn only_rounds_become_known_by_themselves() {
        let source = Source::Quicknet(round());
        assert!(source.is_known_at(round().time()) && !source.is_known_at(round().time() - 31));
        assert!(!Source::of_seed(&SEED).is_known_at(u64::MAX));
    }

    #[test]
    fn published_forms() {
        let seed = format!(r#"{{"seed":"{}"}}"#, digest("seed", &[SEED.as_bytes()]));
        assert_eq!(serde_json::to_string(&Source::of_seed(&SEED)).unwrap(), seed);
        assert_eq!(serde_json::to_string(&Source::Quicknet(round())).unwrap(), r#"{"quicknet":657413}"#);
        let both = r#"{"quicknet":657413,"seed":"00"}"#;
        for bad in [both, r#"{"quicknet":0}"#, r#"{"fastnet":1}"#, r#""quicknet""#, "{}"] {
            assert!(serde_json::from_str::<Source>(bad).is_err(), "{bad}");
        }
    }
}
