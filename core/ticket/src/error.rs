//! Errors of whoever issues keys, codes and lists, or reads what others have issued. Codes are never renamed.

use crate::code::ShowId;
use crate::keys::KeyId;
use crate::scans::DeviceId;

/// Error for a time that ends before it begins, or is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the time ends before it begins")]
pub struct WindowEmpty;

impl WindowEmpty {
    /// Returns the code: `window.empty`.
    pub const fn code(self) -> &'static str {
        "window.empty"
    }
}

/// Error of a ring of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFault {
    /// The seed is all zeros: it does not come from a source of randomness.
    #[error("the seed is all zeros")]
    SeedZero,
    /// The ring has a key of this seed already.
    #[error("the ring has a key of this seed already")]
    SeedDoubled,
    /// The next key is announced already.
    #[error("the next key is announced already")]
    NextExists,
    /// No next key is announced, so that doors would not know it.
    #[error("no next key is announced")]
    NextMissing,
    /// The key signs at present: rotate first.
    #[error("key {0} is the current one: rotate first")]
    Current(KeyId),
    /// The ring has no such key.
    #[error("the ring has no key {0}")]
    Unknown(KeyId),
    /// The ring has as many keys as it may have: forget those whose time is over.
    #[error("the ring is full")]
    TooMany,
    /// All numbers of keys are used up.
    #[error("the ring has used all numbers of keys")]
    NumbersUsed,
    /// The keys are those of another show.
    #[error("the keys are those of show {0}")]
    ShowWrong(ShowId),
    /// The bytes have a format that this version does not know.
    #[error("keys of the unknown format {0}")]
    FormatUnknown(u8),
    /// The bytes are no ring of keys.
    #[error("the bytes are no ring of keys")]
    Malformed,
}

impl KeyFault {
    /// Returns the stable code, such as `key.next_missing`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::SeedZero => "key.seed_zero",
            Self::SeedDoubled => "key.seed_doubled",
            Self::NextExists => "key.next_exists",
            Self::NextMissing => "key.next_missing",
            Self::Current(_) => "key.current",
            Self::Unknown(_) => "key.unknown",
            Self::TooMany => "key.too_many",
            Self::NumbersUsed => "key.numbers_used",
            Self::ShowWrong(_) => "key.show_wrong",
            Self::FormatUnknown(_) => "key.format_unknown",
            Self::Malformed => "key.malformed",
        }
    }
}

/// Error of signing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignFault {
    /// The ring is that of another show.
    #[error("the keys are those of show {0}")]
    ShowWrong(ShowId),
    /// What is signed would be valid when the key is not.
    #[error("key {0} is not valid all the time that this is")]
    BeyondKey(KeyId),
    /// The list is longer than doors accept.
    #[error("the list is too long")]
    ListTooLong,
}

impl SignFault {
    /// Returns the stable code, such as `sign.beyond_key`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ShowWrong(_) => "sign.show_wrong",
            Self::BeyondKey(_) => "sign.beyond_key",
            Self::ListTooLong => "sign.list_too_long",
        }
    }
}

/// Reason why a door does not take a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ListFault {
    /// The bytes are no list, or not the only ones of what they say.
    #[error("the bytes are no list")]
    Malformed,
    /// The list has a format that this version does not know.
    #[error("a list of the unknown format {0}")]
    FormatUnknown(u8),
    /// The list is that of another show.
    #[error("the list is that of show {0}")]
    ShowWrong(ShowId),
    /// The list names a key that is not in the ring.
    #[error("the list is signed by the unknown key {0}")]
    KeyUnknown(KeyId),
    /// The signature is wrong.
    #[error("the signature of the list is wrong")]
    SignatureWrong,
    /// The list was signed when its key was not valid.
    #[error("the list is of a time when key {0} was not valid")]
    KeyNotValid(KeyId),
    /// The door has a later list.
    #[error("list {given} is older than list {held}, which the door has")]
    Outdated {
        /// Number of the list that the door has.
        held: u32,
        /// Number of the list that was refused.
        given: u32,
    },
    /// The door has another list with this number.
    #[error("the door has another list {0}")]
    Contradictory(u32),
}

impl ListFault {
    /// Returns the stable code, such as `list.outdated`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "list.malformed",
            Self::FormatUnknown(_) => "list.format_unknown",
            Self::ShowWrong(_) => "list.show_wrong",
            Self::KeyUnknown(_) => "list.key_unknown",
            Self::SignatureWrong => "list.signature_wrong",
            Self::KeyNotValid(_) => "list.key_not_valid",
            Self::Outdated { .. } => "list.outdated",
            Self::Contradictory(_) => "list.contradictory",
        }
    }
}

/// Reason why uploaded scans are not taken. None of them is, then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScanFault {
    /// The bytes are no scans, or not the only ones of what they say.
    #[error("the bytes are no scans")]
    Malformed,
    /// The scans have a format that this version does not know.
    #[error("scans of the unknown format {0}")]
    FormatUnknown(u8),
    /// There are more scans than one upload may have.
    #[error("more scans than one upload may have")]
    TooMany,
    /// A device has uploaded a scan of another one.
    #[error("a scan of device {0}, uploaded by another one")]
    DeviceForeign(DeviceId),
}

impl ScanFault {
    /// Returns the stable code, such as `scan.device_foreign`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "scan.malformed",
            Self::FormatUnknown(_) => "scan.format_unknown",
            Self::TooMany => "scan.too_many",
            Self::DeviceForeign(_) => "scan.device_foreign",
        }
    }
}
