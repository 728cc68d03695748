//! Scans of doors, and their merge.
//!
//! [`Scans`] is a set that only grows, so that merging it in any order, in any parts and any number of times gives the
//! same. [`Admissions`] is computed from the set, and from nothing else.

mod admissions;
mod encoding;
mod merge;

use core::fmt;

use crate::code::CodeId;
use crate::refusal::RefusalKind;

pub use admissions::{Admissions, DoubleAdmission, GateCounts, TicketUse};
pub use encoding::SCANS_MAX;
pub use merge::Scans;

/// Number of a device that scans, as the box office has enrolled it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceId(u32);

impl DeviceId {
    /// Creates the id with this number.
    pub const fn from_number(number: u32) -> Self {
        Self(number)
    }

    /// Returns the number.
    pub const fn number(self) -> u32 {
        self.0
    }
}

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Identity of a scan. A device counts its scans, and never gives a number twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScanId {
    /// Device that has scanned.
    pub device: DeviceId,
    /// Its number of the scan.
    pub sequence: u32,
}

/// What a device has recorded. It is never changed: a mistake is taken back by another scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scan {
    /// Its identity.
    pub id: ScanId,
    /// Time of the device's clock, in milliseconds since 1970.
    pub clock_ms: u64,
    /// What the device knew to add to its clock, in milliseconds. It is a part of the scan, so that a better measurement
    /// later doesn't change who came first.
    pub offset_ms: i32,
    /// Code that was shown.
    pub ticket: CodeId,
    /// Number of the entrance.
    pub gate: u16,
    /// Number of the list of dead tickets that the device had; 0 if it had none.
    pub list: u32,
    /// What the device has done.
    pub act: ScanAct,
}

impl Scan {
    /// Returns the corrected time, in milliseconds since 1970.
    pub fn at_ms(&self) -> u64 {
        self.clock_ms.saturating_add_signed(self.offset_ms.into())
    }
}

/// What a device has done with a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScanAct {
    /// It has let somebody in.
    Admitted,
    /// It has let somebody out, who may come back.
    Left,
    /// It has refused.
    Refused(RefusalKind),
    /// It has taken back its own scan of the same ticket with this number, which was before this one.
    Undone {
        /// Number of the scan that is taken back.
        sequence: u32,
    },
}
