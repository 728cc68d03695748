//! Who was admitted, and who twice.

use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;
use alloc::vec::Vec;

use super::{Scan, ScanAct, ScanId, Scans};
use crate::revocation::RevocationList;

/// What the scans come to. Scans count in the order of their corrected times, then of their devices, then of the devices'
/// numbers for them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Admissions {
    tickets: BTreeMap<u32, TicketUse>,
    gates: BTreeMap<u16, GateCounts>,
    /// Identities for which there are several scans. The least of them counts, and a person should look at the device.
    pub contradictions: Vec<ScanId>,
    /// Number of scans that don't count because their device was revoked.
    pub untrusted: usize,
}

/// The admissions of one ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TicketUse {
    /// Scan that has admitted it first.
    pub first: Scan,
    /// Scan that has admitted it last, after it had left.
    pub last: Scan,
    /// `true` if it has not left since.
    pub inside: bool,
    /// Admissions that should not have been, for a person to judge.
    pub doubles: Vec<DoubleAdmission>,
}

/// An admission of a ticket that was inside already, or had been admitted with a code of another generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct DoubleAdmission {
    /// Scan that had admitted it before.
    pub before: Scan,
    /// Scan that has admitted it again.
    pub again: Scan,
}

/// Counts of an entrance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct GateCounts {
    /// Admissions, also those after leaving, without the double ones.
    pub admitted: u64,
    /// Double admissions.
    pub doubles: u64,
    /// Leavings.
    pub left: u64,
    /// Refusals.
    pub refused: u64,
}

impl Admissions {
    /// Computes what the scans come to.
    pub(super) fn of(scans: &Scans) -> Self {
        let mut admissions = Self::default();
        let (undone, mut counted) = (scans.undone(), Vec::with_capacity(scans.len()));
        for copies in scans.copies() {
            let scan = copies.least;
            if copies.other.is_some() {
                admissions.contradictions.push(scan.id);
            }
            match (scans.is_trusted(scan.id), undone.contains(&scan.id)) {
                (false, _) => admissions.untrusted += 1,
                (true, false) => counted.push(scan),
                (true, true) => {}
            }
        }
        counted.sort_unstable_by_key(|scan| (scan.at_ms(), scan.id));
        for scan in counted {
            admissions.count(scan);
        }
        admissions
    }

    /// Counts a scan. All that count before it are counted already.
    fn count(&mut self, scan: Scan) {
        let gate = self.gates.entry(scan.gate).or_default();
        match scan.act {
            ScanAct::Admitted => match self.tickets.entry(scan.ticket.number) {
                Entry::Vacant(entry) => {
                    entry.insert(TicketUse { first: scan, last: scan, inside: true, doubles: Vec::new() });
                    gate.admitted += 1;
                }
                Entry::Occupied(entry) => {
                    if entry.into_mut().admit(scan) {
                        gate.admitted += 1;
                    } else {
                        gate.doubles += 1;
                    }
                }
            },
            ScanAct::Left => {
                gate.left += 1;
                if let Some(used) = self.tickets.get_mut(&scan.ticket.number) {
                    used.inside = false;
                }
            }
            ScanAct::Refused(_) => gate.refused += 1,
            ScanAct::Undone { .. } => {}
        }
    }

    /// Returns the admissions of the ticket with this number, if there are any.
    pub fn ticket(&self, number: u32) -> Option<&TicketUse> {
        self.tickets.get(&number)
    }

    /// Returns all tickets that were admitted, in the order of their numbers.
    pub fn tickets(&self) -> impl Iterator<Item = (u32, &TicketUse)> {
        self.tickets.iter().map(|(number, used)| (*number, used))
    }

    /// Returns all double admissions, in the order of the tickets' numbers and then of time.
    pub fn doubles(&self) -> impl Iterator<Item = &DoubleAdmission> {
        self.tickets.values().flat_map(|used| &used.doubles)
    }

    /// Returns the counts of an entrance.
    pub fn gate(&self, gate: u16) -> GateCounts {
        self.gates.get(&gate).copied().unwrap_or_default()
    }

    /// Returns the admissions by codes that are dead by this list: the devices had an older one. Of an admission after
    /// leaving only the last is told.
    pub fn dead<'a>(&'a self, list: &'a RevocationList) -> impl Iterator<Item = &'a Scan> {
        let scans = self.tickets.values().flat_map(|used| {
            let again = (used.last != used.first).then_some(&used.last);
            let doubles = used.doubles.iter().map(|double| &double.again);
            core::iter::once(&used.first).chain(again).chain(doubles)
        });
        scans.filter(move |scan| list.is_dead(scan.ticket))
    }
}

impl TicketUse {
    /// Admits the ticket once more. Returns `false` if that is a double admission.
    fn admit(&mut self, again: Scan) -> bool {
        if self.inside || again.ticket.generation != self.last.ticket.generation {
            self.doubles.push(DoubleAdmission { before: self.last, again });
            return false;
        }
        self.last = again;
        self.inside = true;
        true
    }
}
