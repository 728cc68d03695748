//! Halls as pictures, for tests.

use crate::occupancy::Occupancy;
use crate::plan::{NewRow, NewSeat, NewZone, Plan, PlanBuilder, Point, SeatIndex};

/// Returns a plan of one zone from a picture of its rows, the first of which is nearest to the stage. A capital letter
/// is a seat of this category, of which `A` is the best; `w` is a place for a wheelchair and `c` the seat of a
/// companion of the last such place, both of category `A`; a space is a gap.
pub(crate) fn plan(rows: &[&str]) -> Plan {
    let mut builder = PlanBuilder::new("Hall");
    for name in ["A", "B", "C"] {
        builder.category(name, [0, 0, 0]);
    }
    builder.zone(NewZone { name: "Floor", ..NewZone::default() });
    for (y, row) in (0..).zip(rows) {
        builder.row(NewRow { label: &format!("{}", y + 1), line: None });
        let (mut number, mut place) = (0, None);
        for (x, letter) in (0..).zip(row.chars()).filter(|(_, letter)| *letter != ' ') {
            number += 1;
            let id = format!("{}-{number}", y + 1);
            let companion_of = (letter == 'c').then_some(place.as_deref()).flatten();
            let category = if letter.is_uppercase() { letter.to_string() } else { "A".to_owned() };
            builder.seat(NewSeat {
                id: &id,
                label: &number.to_string(),
                category: &category,
                position: Point { x: x * 100, y: y * 100 },
                accessible: letter == 'w',
                companion_of,
                ..NewSeat::default()
            });
            if letter == 'w' {
                place = Some(id);
            }
        }
    }
    builder.build().unwrap()
}

/// Returns the occupancy of a plan from a picture of all its seats: `.` is free, `h` held, `s` sold, `b` blocked; other
/// letters are no seats.
pub(crate) fn occupied(plan: &Plan, picture: &[&str]) -> Occupancy {
    let mut occupancy = Occupancy::new(plan);
    let letters = picture.iter().flat_map(|row| row.chars()).filter(|letter| ".hsb".contains(*letter));
    for (seat, letter) in (0..).map(SeatIndex).zip(letters) {
        match letter {
            'h' => occupancy.hold(&[seat]).unwrap(),
            's' => {
                occupancy.hold(&[seat]).unwrap();
                occupancy.sell(&[seat]).unwrap();
            }
            'b' => occupancy.block(&[seat]).unwrap(),
            _ => {}
        }
    }
    occupancy
}

/// Returns the seats with these ids.
pub(crate) fn seats(plan: &Plan, ids: &[&str]) -> Vec<SeatIndex> {
    ids.iter().map(|id| plan.find(id).unwrap()).collect()
}

/// Returns the ids of seats.
pub(crate) fn ids<'p>(plan: &'p Plan, seats: &[SeatIndex]) -> Vec<&'p str> {
    seats.iter().map(|seat| plan.seat(*seat).id).collect()
}

/// Numbers that look random and are the same in every run: `SplitMix64`.
#[derive(Debug)]
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    /// Returns a number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut number = self.0;
        number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((number ^ (number >> 31)) % end as u64).unwrap()
    }
}
