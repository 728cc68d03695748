//! Consecutive seats: the best ones of a stretch, and the nearest ones of many.

use std::ops::Range;

use super::search::Search;
use crate::occupancy::runs_of_ones;
use crate::plan::{Stretch, narrow};

/// Consecutive free seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) first: u32,
    pub(crate) len: u32,
    /// The first seat of the free run that they are a part of.
    pub(crate) run: u32,
    /// Sum of the squares of the distances.
    pub(crate) square: u64,
}

impl Window {
    pub(crate) fn seats(&self) -> Range<u32> {
        self.first..self.first + self.len
    }
}

/// The nearest windows of those that were offered, up to a number.
#[derive(Debug)]
pub(super) struct Nearest {
    /// In order.
    windows: Vec<Window>,
    max: usize,
}

impl Nearest {
    pub(super) fn new(max: usize) -> Self {
        Self { windows: Vec::with_capacity(max), max }
    }

    /// Returns the square that no further window may exceed.
    pub(super) fn square_max(&self) -> u64 {
        match self.windows.last() {
            Some(last) if self.windows.len() == self.max => last.square,
            _ => u64::MAX,
        }
    }

    fn offer(&mut self, window: Window) {
        let place = |other: &Window| (other.square, other.first);
        let at = self.windows.partition_point(|other| place(other) <= place(&window));
        if at < self.max {
            self.windows.truncate(self.max - 1);
            self.windows.insert(at, window);
        }
    }

    pub(super) fn into_windows(self) -> Vec<Window> {
        self.windows
    }
}

/// Returns the number of single seats that remain of a run when `rest` of its seats remain, `before` of them at its
/// start.
fn singles(before: usize, rest: usize) -> u8 {
    u8::from(before == 1) + u8::from(rest - before == 1)
}

impl Search<'_> {
    /// Offers the best window of each run of a stretch whose ordinary seats all have one category. If it is to leave
    /// single seats, runs where that can be avoided are passed over.
    pub(super) fn offer(&self, stretch: &Stretch, size: usize, leaving: u8, found: &mut Nearest) {
        for (start, len) in runs_of_ones(&self.occupancy.open()[stretch.words()]) {
            let Some(rest) = len.checked_sub(size) else { continue };
            if leaving > 0 && rest != 1 {
                continue;
            }
            let (run, end) = (stretch.seat(start), stretch.seat(start + len));
            let mut ahead = self.plan.squares(stretch.zone, run, end);
            let mut behind = self.plan.squares(stretch.zone, run, end);
            let mut square: u64 = ahead.by_ref().take(size).sum();
            let mut best: Option<(u64, usize)> = None;
            for before in 0..=rest {
                if before > 0 {
                    square = square + ahead.next().unwrap_or_default() - behind.next().unwrap_or_default();
                }
                if singles(before, rest) == leaving && best.is_none_or(|(known, _)| square < known) {
                    best = Some((square, before));
                }
            }
            if let Some((square, before)) = best {
                found.offer(Window { first: run + narrow(before), len: narrow(size), run, square });
            }
        }
    }

    /// Offers the windows of a stretch with several categories whose worst rank is exactly this one.
    pub(super) fn offer_mixed(&self, stretch: &Stretch, rank: u8, size: usize, leaving: u8, found: &mut Nearest) {
        for (start, len) in runs_of_ones(&self.occupancy.open()[stretch.words()]) {
            let Some(rest) = len.checked_sub(size) else { continue };
            for before in (0..=rest).filter(|before| singles(*before, rest) == leaving) {
                let (first, end) = (stretch.seat(start + before), stretch.seat(start + before + size));
                if (first..end).map(|seat| self.rank(seat)).max() == Some(rank) {
                    let square = self.plan.squares(stretch.zone, first, end).sum();
                    found.offer(Window { first, len: narrow(size), run: stretch.seat(start), square });
                }
            }
        }
    }
}
