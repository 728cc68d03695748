//! What is taken of a plan.
//!
//! ```text
//!          hold          sell
//!   free ───────▶ held ───────▶ sold
//!   │  ▲  ◀───────                │
//!   │  │   release                │ take back
//!   │  └──────────────────────────┘
//!   └─▶ blocked     block, unblock
//! ```
//!
//! Each change checks the state of all its seats before, and changes nothing if one is wrong.

mod bits;
mod runs;
#[cfg(test)]
mod tests;

use std::fmt;

use serde::{Deserialize, Serialize};

pub(crate) use self::bits::runs as runs_of_ones;
pub(crate) use self::runs::{RUN_MAX, Runs};

use crate::plan::{CategoryIndex, Plan, PlanChange, SeatIndex, Tier, ZoneIndex, bytes_of, narrow};

/// Largest number of seats that one party can wish for.
pub const QUANTITY_MAX: usize = 50;

/// What a seat is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SeatState {
    /// Anybody can have it.
    Free,
    /// An order has it until it is paid.
    Held,
    /// Somebody has bought it.
    Sold,
    /// The organizer keeps it, or another channel has it.
    Blocked,
}

impl SeatState {
    const ALL: [Self; 4] = [Self::Free, Self::Held, Self::Sold, Self::Blocked];

    const fn name(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Held => "held",
            Self::Sold => "sold",
            Self::Blocked => "blocked",
        }
    }
}

impl fmt::Display for SeatState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why seats were not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SeatRefused {
    /// A seat is in another state than the change begins with.
    #[error("seat {} is {state}", .seat.0)]
    NotInState {
        /// The first such seat.
        seat: SeatIndex,
        /// Its state.
        state: SeatState,
    },
    /// A seat is named twice.
    #[error("seat {} is named twice", .seat.0)]
    Twice {
        /// The seat.
        seat: SeatIndex,
    },
    /// The plan has no such seat.
    #[error("there is no seat {}", .seat.0)]
    Unknown {
        /// Its number.
        seat: SeatIndex,
    },
}

impl SeatRefused {
    /// Returns the seat.
    pub fn seat(&self) -> SeatIndex {
        match self {
            Self::NotInState { seat, .. } | Self::Twice { seat } | Self::Unknown { seat } => *seat,
        }
    }
}

/// Numbers of seats by state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SeatCounts {
    /// Free seats.
    pub free: u32,
    /// Held seats.
    pub held: u32,
    /// Sold seats.
    pub sold: u32,
    /// Blocked seats.
    pub blocked: u32,
}

impl SeatCounts {
    fn of(&mut self, state: SeatState) -> &mut u32 {
        match state {
            SeatState::Free => &mut self.free,
            SeatState::Held => &mut self.held,
            SeatState::Sold => &mut self.sold,
            SeatState::Blocked => &mut self.blocked,
        }
    }
}

/// The states of all seats of a plan, four bits a seat, with the counts and the index that the search needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occupancy {
    plan: Plan,
    /// A bitmap for each state.
    states: [Vec<u64>; 4],
    /// A bitmap of the free ordinary seats.
    open: Vec<u64>,
    runs: Runs,
    counts: SeatCounts,
    by_category: Vec<SeatCounts>,
    by_zone: Vec<SeatCounts>,
    /// Free seats of each tier, by zone and category; after the zones once more for the whole plan.
    free: Vec<[u32; 3]>,
}

impl Occupancy {
    /// Creates the occupancy of a plan whose seats are all free.
    pub fn new(plan: &Plan) -> Self {
        let (layout, categories) = (plan.layout(), plan.categories().len());
        let empty = vec![0; layout.words_len];
        let mut occupancy = Self {
            plan: plan.clone(),
            states: SeatState::ALL.map(|_| empty.clone()),
            open: empty,
            runs: Runs::new(layout),
            counts: SeatCounts::default(),
            by_category: vec![SeatCounts::default(); categories],
            by_zone: vec![SeatCounts::default(); usize::from(plan.zones_len())],
            free: vec![[0; 3]; (usize::from(plan.zones_len()) + 1) * categories],
        };
        for seat in 0..narrow(plan.seats_len()) {
            occupancy.enter(seat, SeatState::Free);
        }
        occupancy.refresh_all();
        occupancy
    }

    /// Returns the plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Returns the state of a seat; `None` if the plan has no such seat.
    pub fn state(&self, seat: SeatIndex) -> Option<SeatState> {
        if !self.plan.contains(seat) {
            return None;
        }
        let (word, bit) = self.plan.layout().bit(seat.0);
        SeatState::ALL.into_iter().find(|state| self.states[*state as usize][word] & bit != 0)
    }

    /// Returns the numbers of seats of the whole plan.
    pub fn counts(&self) -> SeatCounts {
        self.counts
    }

    /// Returns the numbers of seats of a category; zeros if the plan has none such.
    pub fn counts_of_category(&self, category: CategoryIndex) -> SeatCounts {
        self.by_category.get(usize::from(category.0)).copied().unwrap_or_default()
    }

    /// Returns the numbers of seats of a zone; zeros if the plan has none such.
    pub fn counts_of_zone(&self, zone: ZoneIndex) -> SeatCounts {
        self.by_zone.get(usize::from(zone.0)).copied().unwrap_or_default()
    }

    /// Holds free seats.
    ///
    /// # Errors
    /// The first seat that is not free, not there, or named twice. Nothing is changed then.
    pub fn hold(&mut self, seats: &[SeatIndex]) -> Result<(), SeatRefused> {
        self.change(seats, SeatState::Free, SeatState::Held)
    }

    /// Frees held seats.
    ///
    /// # Errors
    /// The first seat that is not held, not there, or named twice. Nothing is changed then.
    pub fn release(&mut self, seats: &[SeatIndex]) -> Result<(), SeatRefused> {
        self.change(seats, SeatState::Held, SeatState::Free)
    }

    /// Sells held seats.
    ///
    /// # Errors
    /// The first seat that is not held, not there, or named twice. Nothing is changed then.
    pub fn sell(&mut self, seats: &[SeatIndex]) -> Result<(), SeatRefused> {
        self.change(seats, SeatState::Held, SeatState::Sold)
    }

    /// Frees sold seats, after a refund.
    ///
    /// # Errors
    /// The first seat that is not sold, not there, or named twice. Nothing is changed then.
    pub fn take_back(&mut self, seats: &[SeatIndex]) -> Result<(), SeatRefused> {
        self.change(seats, SeatState::Sold, SeatState::Free)
    }

    /// Blocks free seats.
    ///
    /// # Errors
    /// The first seat that is not free, not there, or named twice. Nothing is changed then.
    pub fn block(&mut self, seats: &[SeatIndex]) -> Result<(), SeatRefused> {
        self.change(seats, SeatState::Free, SeatState::Blocked)
    }

    /// Frees blocked seats.
    ///
    /// # Errors
    /// The first seat that is not blocked, not there, or named twice. Nothing is changed then.
    pub fn unblock(&mut self, seats: &[SeatIndex]) -> Result<(), SeatRefused> {
        self.change(seats, SeatState::Blocked, SeatState::Free)
    }

    /// Returns what this occupancy is on an edited plan. `change` is what [`Plan::changes_to`] returned for `to`. Seats
    /// that are new are free; blocked seats may be dropped.
    ///
    /// # Errors
    /// The held and sold seats, by their numbers in the earlier plan, that `to` lacks. If `change` is one between other
    /// plans, all seats that are not free.
    pub fn carry_over(&self, change: &PlanChange, to: &Plan) -> Result<Self, Vec<SeatIndex>> {
        let seats = (0..narrow(self.plan.seats_len())).map(SeatIndex);
        // A state that went to another seat would sell that seat to somebody who never chose it.
        let is_same = |seat, new| to.contains(new) && to.seat(new).id == self.plan.seat(seat).id;
        let fits = change.seats_len() == self.plan.seats_len()
            && seats.clone().all(|seat| change.kept(seat).is_none_or(|new| is_same(seat, new)));
        let mut carried = Self::new(to);
        let mut lost = Vec::new();
        for seat in seats {
            let state = self.state(seat).unwrap_or(SeatState::Free);
            let new = change.kept(seat).filter(|_| fits);
            match (state, new) {
                (SeatState::Free, _) => {}
                (SeatState::Blocked, None) if fits => {}
                (SeatState::Held | SeatState::Sold | SeatState::Blocked, None) => lost.push(seat),
                (state, Some(new)) => {
                    carried.leave(new.0, SeatState::Free);
                    carried.enter(new.0, state);
                }
            }
        }
        carried.refresh_all();
        if lost.is_empty() { Ok(carried) } else { Err(lost) }
    }

    /// Returns the memory that the occupancy takes beside its plan, in bytes.
    pub fn bytes(&self) -> usize {
        size_of_val(self)
            + self.states.iter().map(bytes_of).sum::<usize>()
            + bytes_of(&self.open)
            + self.runs.bytes()
            + bytes_of(&self.by_category)
            + bytes_of(&self.by_zone)
            + bytes_of(&self.free)
    }

    /// Returns the words of the free ordinary seats.
    pub(crate) fn open(&self) -> &[u64] {
        &self.open
    }

    /// Returns the words of the free seats.
    pub(crate) fn free(&self) -> &[u64] {
        &self.states[SeatState::Free as usize]
    }

    pub(crate) fn is_open(&self, seat: u32) -> bool {
        let (word, bit) = self.plan.layout().bit(seat);
        self.open[word] & bit != 0
    }

    pub(crate) fn is_free(&self, seat: u32) -> bool {
        let (word, bit) = self.plan.layout().bit(seat);
        self.free()[word] & bit != 0
    }

    pub(crate) fn runs(&self) -> &Runs {
        &self.runs
    }

    /// Returns the numbers of free seats of a category in a zone, or in the whole plan: one for each tier.
    pub(crate) fn free_of(&self, zone: Option<u16>, category: u16) -> [u32; 3] {
        self.free[self.place(zone, category)]
    }

    fn place(&self, zone: Option<u16>, category: u16) -> usize {
        usize::from(zone.unwrap_or(self.plan.zones_len())) * self.by_category.len() + usize::from(category)
    }

    fn change(&mut self, seats: &[SeatIndex], from: SeatState, to: SeatState) -> Result<(), SeatRefused> {
        for (at, seat) in seats.iter().enumerate() {
            let refused = match self.state(*seat) {
                Some(state) if state == from => {
                    self.leave(seat.0, from);
                    self.enter(seat.0, to);
                    continue;
                }
                Some(_) if seats[..at].contains(seat) => SeatRefused::Twice { seat: *seat },
                Some(state) => SeatRefused::NotInState { seat: *seat, state },
                None => SeatRefused::Unknown { seat: *seat },
            };
            for changed in &seats[..at] {
                self.leave(changed.0, to);
                self.enter(changed.0, from);
            }
            return Err(refused);
        }
        if from == SeatState::Free || to == SeatState::Free {
            // Each stretch once: a list may go back and forth between two that are very long.
            let layout = self.plan.layout();
            let mut stretches: Vec<u32> = seats.iter().map(|seat| layout.stretch_index(seat.0)).collect();
            stretches.sort_unstable();
            stretches.dedup();
            for stretch in stretches {
                self.runs.refresh(&self.plan, &self.open, stretch);
            }
        }
        Ok(())
    }

    fn refresh_all(&mut self) {
        for stretch in 0..narrow(self.plan.layout().stretches.len()) {
            self.runs.refresh(&self.plan, &self.open, stretch);
        }
    }

    /// Gives a seat, which has no state, this one. The index of runs is left as it was.
    fn enter(&mut self, seat: u32, state: SeatState) {
        let (word, bit) = self.plan.layout().bit(seat);
        self.states[state as usize][word] |= bit;
        self.count(seat, state, |count| *count += 1);
        if state == SeatState::Free && self.plan.tier_of(seat) == Tier::Ordinary {
            self.open[word] |= bit;
        }
    }

    /// Takes this state from a seat. The index of runs is left as it was.
    fn leave(&mut self, seat: u32, state: SeatState) {
        let (word, bit) = self.plan.layout().bit(seat);
        self.states[state as usize][word] &= !bit;
        self.count(seat, state, |count| *count -= 1);
        self.open[word] &= !bit;
    }

    fn count(&mut self, seat: u32, state: SeatState, change: fn(&mut u32)) {
        let (category, zone) = (self.plan.category_of(seat), self.plan.layout().stretch_of(seat).zone);
        change(self.counts.of(state));
        change(self.by_category[usize::from(category)].of(state));
        change(self.by_zone[usize::from(zone)].of(state));
        if state == SeatState::Free {
            let tier = self.plan.tier_of(seat) as usize;
            for zone in [Some(zone), None] {
                let place = self.place(zone, category);
                change(&mut self.free[place][tier]);
            }
        }
    }
}
