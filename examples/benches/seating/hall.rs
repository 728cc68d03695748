//! How full a hall gets under different rules about single seats.
//!
//! Parties come one after another and sit together or go home. Without a rule a party gets the nearest seats. With a
//! hard rule it gets the nearest of those that leave no single seat over, and is turned away if there are none. With ours
//! it gets what [`best`] chooses.

use boxoffice_seating::{Occupancy, Plan, SeatIndex, SeatState, Seating, Wish, best, samples};

use crate::Failure;

const ROWS: u16 = 20;
const SEATS: u16 = 30;

/// Number of parties, which wish for some more seats than there are.
const PARTIES: usize = 240;

/// How many of a hundred parties have each size, from one to six.
const SHARES: [u8; 6] = [12, 48, 14, 18, 4, 4];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    None,
    Refuse,
    Ours,
}

impl Rule {
    const ALL: [Self; 3] = [Self::None, Self::Refuse, Self::Ours];

    const fn name(self) -> &'static str {
        match self {
            Self::None => "no rule",
            Self::Refuse => "whatever leaves a single seat is refused",
            Self::Ours => "ours: a single seat is the last resort",
        }
    }
}

/// What became of the halls under a rule, in the mean. `sold` is in percent.
pub(crate) struct Filled {
    pub(crate) name: &'static str,
    pub(crate) sold: f64,
    pub(crate) singles: f64,
    pub(crate) turned_away: f64,
}

/// Returns the size of the next party.
pub(crate) fn party(random: &mut fastrand::Rng) -> u16 {
    let mut ticket = random.u8(0..100);
    for (size, share) in (1..).zip(SHARES) {
        if ticket < share {
            return size;
        }
        ticket -= share;
    }
    1
}

/// Fills halls under each rule, with the same streams of parties.
#[expect(clippy::cast_precision_loss, reason = "means have a few digits that matter")]
pub(crate) fn fill_all(halls: usize) -> Result<[Filled; 3], Failure> {
    let plan = samples::small_hall(ROWS, SEATS).import()?;
    let mut filled = Rule::ALL.map(|rule| Filled { name: rule.name(), sold: 0.0, singles: 0.0, turned_away: 0.0 });
    for (rule, sums) in Rule::ALL.into_iter().zip(&mut filled) {
        for hall in 0..halls {
            let (occupancy, turned_away) = fill(&plan, rule, hall as u64)?;
            let halls = halls as f64;
            let taken = plan.seats_len() - occupancy.counts().free as usize;
            sums.sold += taken as f64 * 100.0 / plan.seats_len() as f64 / halls;
            sums.singles += singles(&occupancy) as f64 / halls;
            sums.turned_away += turned_away as f64 / halls;
        }
    }
    Ok(filled)
}

/// Fills a hall; returns what is taken, and the number of parties that were turned away although they could have sat
/// together.
fn fill(plan: &Plan, rule: Rule, seed: u64) -> Result<(Occupancy, usize), Failure> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut occupancy = Occupancy::new(plan);
    let mut turned_away = 0;
    for _ in 0..PARTIES {
        let size = party(&mut random);
        let seats = match rule {
            Rule::None | Rule::Refuse => nearest(&occupancy, usize::from(size), rule),
            Rule::Ours => best(&occupancy, &Wish::new(size))
                .ok()
                .filter(|choice| choice.reasons.seating == Seating::Together)
                .map(|choice| choice.seats),
        };
        match seats {
            Some(seats) => occupancy.hold(&seats)?,
            None => turned_away += usize::from(nearest(&occupancy, usize::from(size), Rule::None).is_some()),
        }
    }
    Ok((occupancy, turned_away))
}

/// Returns the nearest seats beside each other, unless the rule refuses them.
fn nearest(occupancy: &Occupancy, size: usize, rule: Rule) -> Option<Vec<SeatIndex>> {
    let plan = occupancy.plan();
    let rows = plan.rows().map(|row| row.seats().collect::<Vec<_>>());
    let windows = rows.flat_map(|row| row.windows(size).map(<[SeatIndex]>::to_vec).collect::<Vec<_>>());
    let free = windows.filter(|window| window.iter().all(|seat| is_free(occupancy, *seat)));
    let allowed = free.filter(|window| rule != Rule::Refuse || !leaves_single(occupancy, window));
    allowed.min_by_key(|window| window.iter().map(|seat| square(plan, *seat)).sum::<u64>())
}

fn is_free(occupancy: &Occupancy, seat: SeatIndex) -> bool {
    occupancy.state(seat) == Some(SeatState::Free)
}

/// Returns `true` if a seat beside the window would have no free neighbour any more.
fn leaves_single(occupancy: &Occupancy, window: &[SeatIndex]) -> bool {
    let free = |seat: Option<SeatIndex>| seat.filter(|seat| is_free(occupancy, *seat));
    let neighbours = |seat: SeatIndex| occupancy.plan().neighbours(seat);
    let before = window.first().and_then(|first| free(neighbours(*first).0));
    let after = window.last().and_then(|last| free(neighbours(*last).1));
    before.is_some_and(|seat| free(neighbours(seat).0).is_none())
        || after.is_some_and(|seat| free(neighbours(seat).1).is_none())
}

/// Returns the square of the distance to what the zone of the seat looks at.
fn square(plan: &Plan, seat: SeatIndex) -> u64 {
    let seat = plan.seat(seat);
    let (place, focal_point) = (seat.position, plan.zone(seat.zone).focal_point);
    let (x, y) = (i64::from(place.x - focal_point.x), i64::from(place.y - focal_point.y));
    (x * x + y * y).unsigned_abs()
}

/// Returns the number of free seats without a free neighbour.
fn singles(occupancy: &Occupancy) -> usize {
    let plan = occupancy.plan();
    let is_single = |seat: &SeatIndex| {
        let (before, after) = plan.neighbours(*seat);
        is_free(occupancy, *seat) && !before.into_iter().chain(after).any(|other| is_free(occupancy, other))
    };
    plan.seats().map(|seat| seat.index).filter(is_single).count()
}
