//! What scans come to, written once more without a thought of speed: one ticket after another, from the list of all scans.

use std::collections::{BTreeMap, BTreeSet};

use boxoffice_ticket::{Admissions, DeviceId, GateCounts, Scan, ScanAct, ScanId};

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Model {
    /// First and last admission of each ticket, and whether it is inside.
    used: BTreeMap<u32, (Scan, Scan, bool)>,
    doubles: Vec<(Scan, Scan)>,
    /// Admitted, double, left and refused, by entrance.
    gates: BTreeMap<u16, [u64; 4]>,
    contradictions: BTreeSet<ScanId>,
    untrusted: usize,
}

/// Returns the corrected time of a scan.
fn time(scan: &Scan) -> i64 {
    i64::try_from(scan.clock_ms).unwrap() + i64::from(scan.offset_ms)
}

impl Model {
    /// Computes the model of the scans, in any order and with any repetition.
    pub(crate) fn of(scans: &[Scan], revoked: &[(DeviceId, u32)]) -> Self {
        let mut model = Self::default();
        let mut sorted = scans.to_vec();
        sorted.sort();
        sorted.dedup();
        let mut single: Vec<Scan> = Vec::new();
        for scan in sorted {
            if single.last().is_some_and(|last| last.id == scan.id) {
                model.contradictions.insert(scan.id);
            } else {
                single.push(scan);
            }
        }
        let (untrusted, trusted): (Vec<Scan>, Vec<Scan>) = single.into_iter().partition(|scan| {
            revoked.iter().any(|(device, from)| scan.id.device == *device && scan.id.sequence >= *from)
        });
        model.untrusted = untrusted.len();
        let undos: Vec<_> = trusted.iter().filter(|scan| matches!(scan.act, ScanAct::Undone { .. })).collect();
        let is_undone = |scan: &Scan| {
            undos.iter().any(|undo| {
                let is_named = undo.act == ScanAct::Undone { sequence: scan.id.sequence };
                let is_earlier = undo.id.device == scan.id.device && undo.id.sequence > scan.id.sequence;
                is_named && is_earlier && scan.ticket.number == undo.ticket.number
            })
        };
        let mut counted: Vec<Scan> = trusted.iter().filter(|scan| !is_undone(scan)).copied().collect();
        counted.sort_by_key(|scan| (time(scan), scan.id.device, scan.id.sequence));
        let numbers: BTreeSet<u32> = counted.iter().map(|scan| scan.ticket.number).collect();
        for number in numbers {
            let story: Vec<_> = counted.iter().filter(|scan| scan.ticket.number == number).copied().collect();
            model.tell(&story);
        }
        model
    }

    /// Tells the story of one ticket.
    fn tell(&mut self, story: &[Scan]) {
        for scan in story {
            let used = self.used.get(&scan.ticket.number).copied();
            let place = match (scan.act, used) {
                (ScanAct::Admitted, None) => {
                    self.used.insert(scan.ticket.number, (*scan, *scan, true));
                    0
                }
                (ScanAct::Admitted, Some((first, last, inside))) => {
                    if inside || first.ticket.generation != scan.ticket.generation {
                        self.doubles.push((last, *scan));
                        1
                    } else {
                        self.used.insert(scan.ticket.number, (first, *scan, true));
                        0
                    }
                }
                (ScanAct::Left, used) => {
                    if let Some((first, last, _)) = used {
                        self.used.insert(scan.ticket.number, (first, last, false));
                    }
                    2
                }
                (ScanAct::Refused(_), _) => 3,
                (ScanAct::Undone { .. }, _) => continue,
            };
            self.gates.entry(scan.gate).or_default()[place] += 1;
        }
    }

    /// Returns what the crate has computed, in the model's terms.
    pub(crate) fn seen(admissions: &Admissions) -> Self {
        let used = admissions.tickets().map(|(number, used)| (number, (used.first, used.last, used.inside)));
        let counts = |GateCounts { admitted, doubles, left, refused, .. }| [admitted, doubles, left, refused];
        let gates = (0..8).map(|gate| (gate, counts(admissions.gate(gate)))).filter(|(_, counts)| *counts != [0; 4]);
        Self {
            used: used.collect(),
            doubles: admissions.doubles().map(|double| (double.before, double.again)).collect(),
            gates: gates.collect(),
            contradictions: admissions.contradictions.iter().copied().collect(),
            untrusted: admissions.untrusted,
        }
    }

    /// Returns the numbers of tickets, of double admissions, of contradictions and of scans that don't count.
    pub(crate) fn sizes(&self) -> [usize; 4] {
        [self.used.len(), self.doubles.len(), self.contradictions.len(), self.untrusted]
    }
}
