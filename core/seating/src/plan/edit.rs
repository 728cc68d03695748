//! What an edit of a plan changes.

use std::cmp::Ordering;

use super::{Plan, SeatIndex, narrow};

/// What becomes of the seats of a plan when another takes its place. Seats are the same if their ids are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanChange {
    /// What each seat of the earlier plan is in the later one.
    kept: Vec<Option<SeatIndex>>,
    dropped: Vec<String>,
    added: Vec<String>,
    renamed: Vec<String>,
}

impl PlanChange {
    /// Returns what a seat of the earlier plan is in the later one; `None` if it is dropped or was never there.
    pub fn kept(&self, seat: SeatIndex) -> Option<SeatIndex> {
        self.kept.get(seat.0 as usize).copied().flatten()
    }

    /// Returns the ids of the seats that the later plan lacks, in the order of the earlier plan.
    pub fn dropped(&self) -> &[String] {
        &self.dropped
    }

    /// Returns the ids of the seats that the earlier plan lacks, in the order of the later plan.
    pub fn added(&self) -> &[String] {
        &self.added
    }

    /// Returns the ids of the seats that remain under another zone, row or label, in the order of the earlier plan: who
    /// has a ticket for one reads something else on it.
    pub fn renamed(&self) -> &[String] {
        &self.renamed
    }

    /// Returns the number of seats of the earlier plan.
    pub(crate) fn seats_len(&self) -> usize {
        self.kept.len()
    }
}

impl Plan {
    /// Returns what becomes of the seats of this plan when `other` takes its place.
    pub fn changes_to(&self, other: &Self) -> PlanChange {
        let (ours, theirs) = (&self.0.seats, &other.0.seats);
        let mut kept = vec![None; self.seats_len()];
        let mut known = vec![false; other.seats_len()];
        let (mut at, mut other_at) = (0, 0);
        while let (Some(seat), Some(new)) = (ours.by_id.get(at), theirs.by_id.get(other_at)) {
            match ours.ids.get(*seat).cmp(theirs.ids.get(*new)) {
                Ordering::Less => at += 1,
                Ordering::Greater => other_at += 1,
                Ordering::Equal => {
                    kept[*seat as usize] = Some(SeatIndex(*new));
                    known[*new as usize] = true;
                    (at, other_at) = (at + 1, other_at + 1);
                }
            }
        }
        let id = |seat: u32| ours.ids.get(seat).to_owned();
        let all = || (0..narrow(kept.len())).zip(&kept);
        let dropped = all().filter(|(_, new)| new.is_none()).map(|(seat, _)| id(seat)).collect();
        let renamed = |(seat, new): &(u32, &Option<SeatIndex>)| {
            new.is_some_and(|new| self.printed(SeatIndex(*seat)) != other.printed(new))
        };
        let renamed = all().filter(renamed).map(|(seat, _)| id(seat)).collect();
        let new = (0..narrow(known.len())).zip(&known).filter(|(_, known)| !**known);
        let added = new.map(|(seat, _)| theirs.ids.get(seat).to_owned()).collect();
        PlanChange { kept, dropped, added, renamed }
    }

    /// Returns what a ticket says of a seat: zone, row and label.
    fn printed(&self, seat: SeatIndex) -> [&str; 3] {
        let seat = self.seat(seat);
        [self.zone(seat.zone).name, self.row(seat.row).label, seat.label]
    }
}
