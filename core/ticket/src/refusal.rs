//! Reasons why a code admits nobody.

use crate::code::{ShowId, Ticket};
use crate::keys::KeyId;

/// Reason why a code admits nobody. A [`Verifier`](crate::Verifier) checks in the order of the variants, so that
/// nothing is told of a ticket before its code is known to be genuine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Another QR code, or a damaged one.
    #[error("this is not the code of a ticket")]
    Malformed,
    /// The code has a format that this version does not know.
    #[error("a code of the unknown format {0}")]
    FormatUnknown(u8),
    /// The code names another show. Nothing else of it is checked.
    #[error("the code is for show {0}")]
    ShowWrong(ShowId),
    /// The code names a key that is not in the ring: a forgery, or the keys are out of date.
    #[error("the code is signed by the unknown key {0}")]
    KeyUnknown(KeyId),
    /// The code is forged or damaged.
    #[error("the signature of the code is wrong")]
    SignatureWrong,
    /// The ticket was transferred, resold, refunded or reissued after this code was made.
    #[error("the code of ticket {} is dead", .0.id)]
    Dead(Ticket),
    /// The ticket does not admit yet.
    #[error("ticket {} does not admit yet", .0.id)]
    TooEarly(Ticket),
    /// The ticket does not admit any more.
    #[error("ticket {} does not admit any more", .0.id)]
    TooLate(Ticket),
    /// The time of the key was cut short after the code was made, or has not begun.
    #[error("key {0} is not valid at this time")]
    KeyNotValid(KeyId),
}

impl Refusal {
    /// Returns the reason without its data.
    pub const fn kind(self) -> RefusalKind {
        match self {
            Self::Malformed => RefusalKind::Malformed,
            Self::FormatUnknown(_) => RefusalKind::FormatUnknown,
            Self::ShowWrong(_) => RefusalKind::ShowWrong,
            Self::KeyUnknown(_) => RefusalKind::KeyUnknown,
            Self::SignatureWrong => RefusalKind::SignatureWrong,
            Self::Dead(_) => RefusalKind::Dead,
            Self::TooEarly(_) => RefusalKind::TooEarly,
            Self::TooLate(_) => RefusalKind::TooLate,
            Self::KeyNotValid(_) => RefusalKind::KeyNotValid,
        }
    }

    /// Returns the stable code, such as `code.too_early`.
    pub const fn code(self) -> &'static str {
        self.kind().code()
    }
}

/// Reason of a refusal as scans record it. The last two are those of a door that knows its own scans and its entrance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RefusalKind {
    /// See [`Refusal::Malformed`].
    Malformed,
    /// See [`Refusal::FormatUnknown`].
    FormatUnknown,
    /// See [`Refusal::ShowWrong`].
    ShowWrong,
    /// See [`Refusal::KeyUnknown`].
    KeyUnknown,
    /// See [`Refusal::SignatureWrong`].
    SignatureWrong,
    /// See [`Refusal::Dead`].
    Dead,
    /// See [`Refusal::TooEarly`].
    TooEarly,
    /// See [`Refusal::TooLate`].
    TooLate,
    /// See [`Refusal::KeyNotValid`].
    KeyNotValid,
    /// The ticket is inside already.
    Used,
    /// The ticket admits at another entrance.
    EntranceWrong,
}

impl RefusalKind {
    /// All reasons. The number of a reason, from 1, is its place here: new ones are added at the end.
    pub const ALL: [Self; 11] = [
        Self::Malformed,
        Self::FormatUnknown,
        Self::ShowWrong,
        Self::KeyUnknown,
        Self::SignatureWrong,
        Self::Dead,
        Self::TooEarly,
        Self::TooLate,
        Self::KeyNotValid,
        Self::Used,
        Self::EntranceWrong,
    ];

    /// Returns the stable code, such as `code.too_early`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "code.malformed",
            Self::FormatUnknown => "code.format_unknown",
            Self::ShowWrong => "code.show_wrong",
            Self::KeyUnknown => "code.key_unknown",
            Self::SignatureWrong => "code.signature_wrong",
            Self::Dead => "code.dead",
            Self::TooEarly => "code.too_early",
            Self::TooLate => "code.too_late",
            Self::KeyNotValid => "code.key_not_valid",
            Self::Used => "code.used",
            Self::EntranceWrong => "code.entrance_wrong",
        }
    }

    /// Returns the number of the reason in stored scans.
    pub(crate) fn number(self) -> u32 {
        (1..).zip(Self::ALL).find_map(|(number, kind)| (kind == self).then_some(number)).unwrap_or(0)
    }

    /// Returns the reason with this number.
    pub(crate) fn from_number(number: u32) -> Option<Self> {
        (1..).zip(Self::ALL).find_map(|(known, kind)| (known == number).then_some(kind))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn reasons_have_numbers_of_their_own() {
        for kind in RefusalKind::ALL {
            assert_eq!(RefusalKind::from_number(kind.number()), Some(kind));
        }
        assert_eq!(RefusalKind::Malformed.number(), 1);
        assert_eq!(RefusalKind::EntranceWrong.number(), 11);
        assert_eq!((RefusalKind::from_number(0), RefusalKind::from_number(12)), (None, None));
    }

    #[test]
    fn reasons_have_codes_of_their_own() {
        let codes: BTreeSet<_> = RefusalKind::ALL.iter().map(|kind| kind.code()).collect();
        assert_eq!(codes.len(), RefusalKind::ALL.len());
        assert!(codes.iter().all(|code| code.starts_with("code.")), "{codes:?}");
    }
}
