//! Rounds of [drand](https://drand.love)'s network quicknet: every three seconds a number that nobody can choose or
//! foresee, signed by a majority of independent organizations.

#[cfg(test)]
mod recorded;

#[cfg(feature = "drand")]
use blst::BLST_ERROR;
#[cfg(feature = "drand")]
use blst::min_sig;
use serde::{Deserialize, Serialize};
#[cfg(feature = "drand")]
use sha2::{Digest as _, Sha256};

#[cfg(feature = "drand")]
use crate::bytes::{PLAIN, Signature, parse};

/// The last time that there is in a draw, in seconds since 1970: the end of the year 9999.
pub const TIME_MAX: u64 = 253_402_207_200;

/// Time of the first round, in seconds since 1970.
const GENESIS: u64 = 1_692_803_367;

/// Seconds between rounds.
const PERIOD: u64 = 3;

/// Largest error that is expected of a host's clock, in seconds.
///
/// A host whose clock is slow would take a round for a future one that others know already. A round counts as known
/// this long before its time.
pub const CLOCK_ERROR_MAX: u64 = 30;

/// The last round before the end of the year 9999.
const LAST: u64 = (TIME_MAX - GENESIS) / PERIOD + 1;

/// Public key of the network, whose chain hash is `52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971`: a
/// compressed point of the group G2. It is never taken from a file or a request.
#[cfg(feature = "drand")]
const PUBLIC_KEY: &str = "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c\
                          8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb\
                          5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a";

/// Domain in which the network hashes a message to the curve.
#[cfg(feature = "drand")]
const DOMAIN: &[u8] = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_";

/// A round of quicknet, by its number: 1 or more, and before the end of the year 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Round(u64);

/// Error for a number that no round has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a round from 1 to {LAST}")]
pub struct RoundError;

impl Round {
    /// Creates the round with this number.
    ///
    /// # Errors
    /// [`RoundError`] if the number is 0 or too large.
    pub const fn new(number: u64) -> Result<Self, RoundError> {
        if number == 0 || number > LAST { Err(RoundError) } else { Ok(Self(number)) }
    }

    /// Returns the first round that nobody can know at a time, in seconds since 1970, even if the clock that tells it is
    /// slow by [`CLOCK_ERROR_MAX`].
    ///
    /// # Errors
    /// [`RoundError`] if that is after the year 9999.
    ///
    /// ```
    /// use boxoffice_draw::Round;
    ///
    /// // Entries close at the turn of the year 2027; the round comes half a minute later.
    /// let closed_at = 1_798_761_600;
    /// let round = Round::first_after(closed_at)?;
    /// assert_eq!((round.number(), round.time()), (35_319_423, closed_at + 33));
    /// assert!(!round.is_known_at(closed_at));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn first_after(time: u64) -> Result<Self, RoundError> {
        match time.saturating_add(CLOCK_ERROR_MAX).checked_sub(GENESIS) {
            None => Ok(Self(1)),
            Some(age) => Self::new(age / PERIOD + 2),
        }
    }

    /// Returns the number of the round.
    pub const fn number(self) -> u64 {
        self.0
    }

    /// Returns the time at which the round is published, in seconds since 1970.
    pub const fn time(self) -> u64 {
        GENESIS + PERIOD * (self.0 - 1)
    }

    /// Returns `true` if somebody may know the round at a time, in seconds since 1970.
    pub const fn is_known_at(self, time: u64) -> bool {
        time.saturating_add(CLOCK_ERROR_MAX) >= self.time()
    }
}

impl TryFrom<u64> for Round {
    type Error = RoundError;

    fn try_from(number: u64) -> Result<Self, RoundError> {
        Self::new(number)
    }
}

impl From<Round> for u64 {
    fn from(round: Round) -> Self {
        round.0
    }
}

/// Returns `true` if the network has signed the round with this signature. A round has one signature only.
#[cfg(feature = "drand")]
pub(crate) fn has_signed(round: Round, signature: &Signature) -> bool {
    let Some(key) = parse::<96>(PUBLIC_KEY, PLAIN) else { return false };
    let Ok(key) = min_sig::PublicKey::key_validate(&key) else { return false };
    // Also refuses the point at infinity, and points outside of the group.
    let Ok(signature) = min_sig::Signature::sig_validate(signature.as_bytes(), true) else { return false };
    let message = Sha256::digest(round.0.to_be_bytes());
    signature.verify(true, &message, DOMAIN, &[], &key, true) == BLST_ERROR::BLST_SUCCESS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_have_times() {
        assert_eq!(Round::new(1).unwrap().time(), 1_692_803_367);
        assert_eq!(Round::new(35_319_412).unwrap().time(), 1_798_761_600);
        assert_eq!((Round::new(0), Round::new(LAST + 1)), (Err(RoundError), Err(RoundError)));
        assert!((TIME_MAX - 3..=TIME_MAX).contains(&Round::new(LAST).unwrap().time()));
        assert_eq!((Round::first_after(TIME_MAX), Round::first_after(u64::MAX)), (Err(RoundError), Err(RoundError)));
        assert_eq!(Round::first_after(0), Round::new(1));
    }

    #[test]
    fn the_first_round_after_a_time_is_the_first_that_nobody_knows() {
        for time in GENESIS - 100..GENESIS + 100 {
            let round = Round::first_after(time).unwrap();
            assert!(!round.is_known_at(time), "{time}");
            assert!(round.number() == 1 || Round(round.number() - 1).is_known_at(time), "{time}");
        }
    }

    #[test]
    fn a_clock_that_is_slow_takes_no_known_round_for_a_future_one() {
        let round = Round::new(1_000).unwrap();
        assert!(round.is_known_at(round.time()) && round.is_known_at(round.time() - 30));
        assert!(!round.is_known_at(round.time() - 31));
    }

    #[test]
    fn numbers_that_no_round_has_are_not_read() {
        assert_eq!(serde_json::from_str::<Round>("123").unwrap(), Round(123));
        for bad in ["0", "-1", "1.0", "\"1\"", "18446744073709551615", "null"] {
            assert!(serde_json::from_str::<Round>(bad).is_err(), "{bad}");
        }
    }
}
