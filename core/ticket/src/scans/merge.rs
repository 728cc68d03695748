//! The set of all scans.

use alloc::collections::{BTreeMap, BTreeSet};
use core::cmp::Ordering;
use core::mem;

use super::{Admissions, DeviceId, Scan, ScanAct, ScanId};

/// The scans with one identity. There is one, unless a device has lost its count or somebody speaks in its name.
///
/// The two least are kept: the least counts, and a second one shows that the device contradicts itself. Which are the two
/// least of a set doesn't depend on the order in which it is put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Copies {
    pub(super) least: Scan,
    pub(super) other: Option<Scan>,
}

impl Copies {
    /// Adds a scan; returns `true` if that changes anything.
    fn add(&mut self, scan: Scan) -> bool {
        match scan.cmp(&self.least) {
            Ordering::Equal => false,
            Ordering::Less => {
                self.other = Some(mem::replace(&mut self.least, scan));
                true
            }
            Ordering::Greater if self.other.is_some_and(|other| other <= scan) => false,
            Ordering::Greater => {
                self.other = Some(scan);
                true
            }
        }
    }
}

/// Scans of any number of devices, and from which scan on devices don't count.
///
/// It is a state that is joined (a state-based CRDT): [`insert`](Self::insert), [`merge`](Self::merge) and
/// [`revoke`](Self::revoke) give the same in every order, and doing one again changes nothing.
///
/// ```
/// use boxoffice_ticket::{CodeId, DeviceId, Scan, ScanAct, ScanId, Scans};
///
/// let admitted = |device, clock_ms, offset_ms| Scan {
///     id: ScanId { device: DeviceId::from_number(device), sequence: 1 },
///     clock_ms,
///     offset_ms,
///     ticket: CodeId { number: 12, generation: 0 },
///     gate: 1,
///     list: 0,
///     act: ScanAct::Admitted,
/// };
/// // Both doors have let ticket 12 in. The clock of the second one is slow, so it was the later one.
/// let (first, second) = (admitted(1, 5_000, 0), admitted(2, 1_000, 9_000));
/// let mut scans = Scans::new();
/// scans.insert(second);
/// scans.insert(first);
/// let admissions = scans.admissions();
/// let used = admissions.ticket(12).ok_or("nobody came")?;
/// assert_eq!(used.first, first);
/// assert_eq!((used.doubles[0].before, used.doubles[0].again), (first, second));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scans {
    scans: BTreeMap<ScanId, Copies>,
    /// Number of the first scan that doesn't count, of revoked devices.
    revoked: BTreeMap<DeviceId, u32>,
}

impl Scans {
    /// Creates an empty set.
    pub const fn new() -> Self {
        Self { scans: BTreeMap::new(), revoked: BTreeMap::new() }
    }

    /// Adds a scan, and returns `true` if that changes anything.
    pub fn insert(&mut self, scan: Scan) -> bool {
        match self.scans.get_mut(&scan.id) {
            Some(copies) => copies.add(scan),
            None => self.scans.insert(scan.id, Copies { least: scan, other: None }).is_none(),
        }
    }

    /// Adds all scans and revocations of another set.
    pub fn merge(&mut self, other: &Self) {
        for scan in other.scans() {
            self.insert(scan);
        }
        for (device, sequence) in &other.revoked {
            self.revoke(*device, *sequence);
        }
    }

    /// Lets the scans of a device from this number on not count: it was lost, say, and somebody else has it. They are
    /// kept. Of two revocations the lower number counts.
    pub fn revoke(&mut self, device: DeviceId, sequence: u32) {
        let from = self.revoked.entry(device).or_insert(sequence);
        *from = sequence.min(*from);
    }

    /// Returns all scans in the order of their identities, also those that don't count.
    pub fn scans(&self) -> impl Iterator<Item = Scan> {
        self.scans.values().flat_map(|copies| [Some(copies.least), copies.other]).flatten()
    }

    /// Returns the number of scans with identities of their own.
    pub fn len(&self) -> usize {
        self.scans.len()
    }

    /// Returns `true` if there is no scan.
    pub fn is_empty(&self) -> bool {
        self.scans.is_empty()
    }

    /// Computes who was admitted, and who twice.
    pub fn admissions(&self) -> Admissions {
        Admissions::of(self)
    }

    /// Returns the scans that are told apart by their identities.
    pub(super) fn copies(&self) -> impl Iterator<Item = &Copies> {
        self.scans.values()
    }

    /// Returns `true` if the scan counts by its device.
    pub(super) fn is_trusted(&self, id: ScanId) -> bool {
        self.revoked.get(&id.device).is_none_or(|from| id.sequence < *from)
    }

    /// Returns the scans that were taken back.
    pub(super) fn undone(&self) -> BTreeSet<ScanId> {
        self.scans.values().filter_map(|copies| self.undone_by(&copies.least)).collect()
    }

    /// Returns the scan that this one takes back, if it does so rightly.
    fn undone_by(&self, undo: &Scan) -> Option<ScanId> {
        let sequence = match undo.act {
            ScanAct::Undone { sequence } => sequence,
            ScanAct::Admitted | ScanAct::Left | ScanAct::Refused(_) => return None,
        };
        let target = self.scans.get(&ScanId { sequence, ..undo.id })?.least;
        // What was taken back is scanned once more: taking back can't be taken back.
        let is_scan = !matches!(target.act, ScanAct::Undone { .. });
        let is_right = is_scan && sequence < undo.id.sequence && target.ticket.number == undo.ticket.number;
        (is_right && self.is_trusted(undo.id)).then_some(target.id)
    }
}
