//! Seats for a party with wheelchairs.
//!
//! Together they sit on consecutive seats of which exactly as many are accessible places as were wished for. If that
//! can't be, each accessible place comes with the companions that can sit beside it, up to three, and the rest of the
//! party sits where it would without them.

use super::explain::stranded;
use super::search::Search;
use super::{Wish, best};
use crate::occupancy::Occupancy;
use crate::plan::{CategoryIndex, SeatIndex, Stretch, Tier, ZoneIndex, narrow};

/// Most companions beside an accessible place.
const COMPANIONS_MAX: usize = 3;

/// Returns the best seats for a party with this number of accessible places, which are free, and the longest run.
pub(super) fn choose(search: &Search<'_>, size: usize, places: usize) -> (Vec<u32>, usize) {
    match together(search, narrow(size), places) {
        Some(seats) => (seats, size),
        None => (one_by_one(search, size, places), search.longest_run(Tier::Accessible)),
    }
}

/// Returns the best consecutive seats with exactly so many accessible places among them: those that take the fewest
/// seats of other places' companions come first, and then it is as for others.
fn together(search: &Search<'_>, size: u32, places: usize) -> Option<Vec<u32>> {
    let fits = |first: &u32| {
        let mut seats = *first..*first + size;
        let is_place = |seat: &u32| search.plan.tier_of(*seat) == Tier::Accessible;
        seats.clone().filter(is_place).count() == places
            && seats.all(|seat| search.is_usable(seat, Tier::Accessible, search.last_rank()))
    };
    let windows = |stretch: &Stretch| {
        let starts = stretch.first..(stretch.seats().end + 1).saturating_sub(size).max(stretch.first);
        starts.filter(&fits).collect::<Vec<_>>()
    };
    let cost = |first: &u32| {
        let seats: Vec<u32> = (*first..*first + size).collect();
        let worst = seats.iter().map(|seat| search.rank(*seat)).max();
        let square = seats.iter().map(|seat| search.plan.square(*seat)).sum::<u64>();
        // Seats that belong to a place outside of the party, which would then lack them.
        let is_foreign = |seat: &&u32| search.plan.companion_of(**seat).is_some_and(|of| !seats.contains(&of));
        let foreign = seats.iter().filter(is_foreign).count();
        (foreign, stranded(search.occupancy, &seats).len(), worst, square, *first)
    };
    let with_places = search.layout.with_kept.iter().map(|index| &search.layout.stretches[*index as usize]);
    let in_zone = with_places.filter(|stretch| search.is_in_zone(stretch.zone));
    let first = in_zone.flat_map(windows).min_by_key(cost)?;
    Some((first..first + size).collect())
}

/// Returns accessible places, each with its share of the companions, and seats for the rest of the party.
fn one_by_one(search: &Search<'_>, size: usize, places: usize) -> Vec<u32> {
    let mut occupancy = search.occupancy.clone();
    let mut seats: Vec<u32> = Vec::with_capacity(size);
    let mut others = size - places;
    for place in 0..places {
        let share = others.div_ceil(places - place).min(COMPANIONS_MAX);
        let Some(group) = best_place(search, &occupancy, share) else { break };
        others -= group.len() - 1;
        take(&mut occupancy, &group);
        seats.extend(group);
    }
    let wish = Wish {
        quantity: u16::try_from(others).unwrap_or(u16::MAX),
        categories: Some(search.order.iter().copied().map(CategoryIndex).collect()),
        accessible: 0,
        zone: search.zone.map(ZoneIndex),
    };
    if others > 0 {
        let rest = best(&occupancy, &wish).map(|choice| choice.seats).unwrap_or_default();
        seats.extend(rest.into_iter().map(|seat| seat.0));
    }
    seats.sort_unstable();
    seats
}

fn take(occupancy: &mut Occupancy, seats: &[u32]) {
    let seats: Vec<_> = seats.iter().copied().map(SeatIndex).collect();
    let held = occupancy.hold(&seats);
    debug_assert_eq!(held, Ok(()), "the seats are free");
}

/// Returns the accessible place that has the most companions, up to a number, beside it; of equal ones the nearest in
/// the best category. Its companions follow it.
fn best_place(search: &Search<'_>, occupancy: &Occupancy, share: usize) -> Option<Vec<u32>> {
    let is_free = |seat: &u32| {
        let will_do = search.rank(*seat) <= search.last_rank();
        will_do && search.is_in_zone(search.layout.stretch_of(*seat).zone) && occupancy.is_free(*seat)
    };
    let seats = search.layout.with_kept.iter().flat_map(|index| search.layout.stretches[*index as usize].seats());
    let places = seats.filter(|seat| search.plan.tier_of(*seat) == Tier::Accessible && is_free(seat));
    let groups = places.map(|place| {
        let mut group = vec![place];
        group.extend(companions(search, place, &is_free).into_iter().take(share));
        group
    });
    groups.min_by_key(|group| {
        let missing = share + 1 - group.len();
        (missing, search.rank(group[0]), search.plan.square(group[0]), group[0])
    })
}

/// Returns the seats where companions of an accessible place can sit: first those that the plan names, then the seats
/// beside it, as far as they are free one after another.
fn companions(search: &Search<'_>, place: u32, is_free: &impl Fn(&u32) -> bool) -> Vec<u32> {
    let stretch = search.layout.stretch_of(place);
    let can_sit = |seat: &u32| {
        let is_for_others = search.plan.companion_of(*seat).is_some_and(|of| of != place);
        is_free(seat) && !is_for_others && search.plan.tier_of(*seat) != Tier::Accessible
    };
    let mut seats: Vec<u32> = search.layout.companions_of(place).filter(can_sit).collect();
    let after = (place + 1..stretch.seats().end).take(COMPANIONS_MAX).take_while(can_sit);
    let before = (stretch.first..place).rev().take(COMPANIONS_MAX).take_while(can_sit);
    for seat in after.chain(before) {
        if !seats.contains(&seat) {
            seats.push(seat);
        }
    }
    seats
}
