//! The best seats against all others: a model that was written from the rules alone looks at every choice.
//!
//! It knows nothing of stretches, runs or bitmaps: a hall is a list of seats with neighbours, and a choice is a set.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic like tests")]

use boxoffice_seating::{
    CategoryIndex, NewRow, NewSeat, NewZone, Occupancy, Plan, PlanBuilder, Point, SeatIndex, Seating, SingleSeatRule,
    Singles, WhyNot, Wish, ZoneIndex, best, judge,
};

/// What the zones look at.
const STAGE: Point = Point { x: 330, y: -170 };

/// Most choices that the model looks at.
const CHOICES_MAX: usize = 1_500;

/// Numbers that look random and are the same in every run: `SplitMix64`.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut number = self.0;
        number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((number ^ (number >> 31)) % end as u64).unwrap()
    }

    fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

#[derive(Debug, Clone)]
struct Seat {
    zone: u16,
    category: u16,
    accessible: bool,
    free: bool,
    before: Option<usize>,
    after: Option<usize>,
    square: u64,
}

/// A hall as the model sees it.
type Hall = Vec<Seat>;

/// What a hall is made by.
#[derive(Debug, Clone, Copy)]
struct Shape {
    rows: usize,
    seats: usize,
    categories: usize,
    /// In percent: seats that are taken, seats with an aisle before them, and seats of another category than their row.
    taken: usize,
    aisles: usize,
    odd: usize,
    accessible: usize,
}

/// Makes a hall as the crate sees it and as the model does. The rows of the second half are a zone of their own.
fn hall(shape: Shape, numbers: &mut Numbers) -> (Occupancy, Hall) {
    let mut builder = PlanBuilder::new("Hall");
    let names: Vec<String> = (0..shape.categories).map(|category| format!("C{category}")).collect();
    for name in &names {
        builder.category(name, [0; 3]);
    }
    builder.focal_point(STAGE);
    let mut hall = Hall::new();
    for row in 0..shape.rows {
        let zone = usize::from(row * 2 >= shape.rows && shape.rows > 1);
        if row == 0 || (zone == 1 && (row - 1) * 2 < shape.rows) {
            builder.zone(NewZone { name: &format!("Z{zone}"), ..NewZone::default() });
        }
        builder.row(NewRow { label: &row.to_string(), line: None });
        let of_row = numbers.below(shape.categories);
        for number in 0..shape.seats {
            let category = if numbers.percent(shape.odd) { numbers.below(shape.categories) } else { of_row };
            let aisle_before = number > 0 && numbers.percent(shape.aisles);
            let accessible = numbers.percent(shape.accessible);
            let [x, y] = [number, row].map(|at| i32::try_from(at).unwrap() * 60);
            builder.seat(NewSeat {
                id: &format!("{row}-{number}"),
                label: &number.to_string(),
                category: &names[category],
                position: Point { x, y },
                accessible,
                aisle_before,
                ..NewSeat::default()
            });
            let at = hall.len();
            let before = (number > 0 && !aisle_before).then(|| at - 1);
            if let Some(before) = before {
                hall[before].after = Some(at);
            }
            let square = u64::from((x - STAGE.x).unsigned_abs().pow(2) + (y - STAGE.y).unsigned_abs().pow(2));
            let [zone, category] = [zone, category].map(|index| u16::try_from(index).unwrap());
            let free = !numbers.percent(shape.taken);
            hall.push(Seat { zone, category, accessible, free, before, after: None, square });
        }
    }
    let occupancy = occupancy(&builder.build().unwrap(), &hall);
    (occupancy, hall)
}

/// Takes the seats that are not free, in each of the ways to be taken.
fn occupancy(plan: &Plan, hall: &Hall) -> Occupancy {
    let mut occupancy = Occupancy::new(plan);
    for (at, seat) in hall.iter().enumerate().filter(|(_, seat)| !seat.free).map(|(at, _)| (at, [index(at)])) {
        match at % 3 {
            0 => occupancy.block(&seat).unwrap(),
            kind => {
                occupancy.hold(&seat).unwrap();
                if kind == 1 {
                    occupancy.sell(&seat).unwrap();
                }
            }
        }
    }
    occupancy
}

fn index(at: usize) -> SeatIndex {
    SeatIndex(u32::try_from(at).unwrap())
}

fn places(seats: &[SeatIndex]) -> Vec<usize> {
    seats.iter().map(|seat| seat.0 as usize).collect()
}

/// What the rules compare choices by, in their order: seats that are kept, groups, groups of one, single seats that are
/// left over, the worst rank, and the sum of the squares of the distances.
type Key = (usize, usize, usize, usize, usize, u64);

fn is_open(hall: &Hall, at: usize) -> bool {
    hall[at].free && !hall[at].accessible
}

/// Returns the single seats that a choice leaves over.
fn singles(hall: &Hall, choice: &[usize]) -> Vec<usize> {
    let neighbours = |at: usize| hall[at].before.into_iter().chain(hall[at].after);
    let left = |at: usize| is_open(hall, at) && !choice.contains(&at);
    let is_single = |at: &usize| {
        left(*at)
            && neighbours(*at).any(|other| is_open(hall, other))
            && !neighbours(*at).any(|other| is_open(hall, other) && !choice.contains(&other))
    };
    (0..hall.len()).filter(is_single).collect()
}

/// Returns the sizes of the groups of a choice.
fn groups(hall: &Hall, choice: &[usize]) -> Vec<usize> {
    let mut sizes = Vec::new();
    for seat in choice {
        match hall[*seat].before {
            Some(before) if choice.contains(&before) => *sizes.last_mut().unwrap() += 1,
            _ => sizes.push(1),
        }
    }
    sizes
}

fn key(hall: &Hall, order: &[u16], choice: &[usize]) -> Key {
    let kept = choice.iter().filter(|seat| hall[**seat].accessible).count();
    let groups = groups(hall, choice);
    let alone = groups.iter().filter(|size| **size == 1).count();
    let rank = |seat: &usize| order.iter().position(|category| *category == hall[*seat].category).unwrap();
    let worst = choice.iter().map(rank).max().unwrap();
    let square = choice.iter().map(|seat| hall[*seat].square).sum();
    (kept, groups.len(), alone, singles(hall, choice).len(), worst, square)
}

/// Returns all choices of `size` of these seats; `None` if they are too many to look at.
fn choices(seats: &[usize], size: usize) -> Option<Vec<Vec<usize>>> {
    let mut number = 1;
    for at in 0..size {
        number = number * seats.len().saturating_sub(at) / (at + 1);
        if number > CHOICES_MAX {
            return None;
        }
    }
    let mut found: Vec<Vec<usize>> = vec![Vec::new()];
    for _ in 0..size {
        let longer = |choice: &Vec<usize>| {
            let last = choice.last().copied();
            let next = seats.iter().filter(move |seat| last.is_none_or(|last| **seat > last));
            next.map(|seat| [choice.as_slice(), &[*seat]].concat()).collect::<Vec<_>>()
        };
        found = found.iter().flat_map(longer).collect();
    }
    Some(found)
}

/// Returns all choices of `size` consecutive seats.
fn windows(hall: &Hall, seats: &[usize], size: usize) -> Vec<Vec<usize>> {
    let together = |window: &&[usize]| window.windows(2).all(|pair| hall[pair[1]].before == Some(pair[0]));
    seats.windows(size).filter(together).map(<[usize]>::to_vec).collect()
}

/// Compares the answer to a wish with the model's; returns the seats.
fn check(occupancy: &Occupancy, hall: &Hall, wish: &Wish) -> Option<Vec<SeatIndex>> {
    let all: Vec<u16> = (0..u16::try_from(occupancy.plan().categories().len()).unwrap()).collect();
    let order = wish.categories.as_ref().map_or(all, |list| list.iter().map(|category| category.0).collect());
    let will_do =
        |seat: &Seat| seat.free && order.contains(&seat.category) && wish.zone.is_none_or(|zone| zone.0 == seat.zone);
    let usable: Vec<usize> = (0..hall.len()).filter(|at| will_do(&hall[*at])).collect();
    let ordinary: Vec<usize> = usable.iter().copied().filter(|at| !hall[*at].accessible).collect();
    let size = usize::from(wish.quantity);
    let choice = match best(occupancy, wish) {
        Ok(choice) => choice,
        Err(refused) => {
            assert!(usable.len() < size, "{} seats are free for {wish:?}", usable.len());
            assert_eq!((refused.why, refused.free_in_wish as usize), (WhyNot::TooFewFree, usable.len()));
            let free = hall.iter().filter(|seat| seat.free).count();
            assert_eq!(refused.free_elsewhere as usize, free - usable.len());
            return None;
        }
    };
    assert_eq!(best(occupancy, wish).as_ref(), Ok(&choice), "the same question has the same answer");
    let seats = places(&choice.seats);
    assert!(seats.len() == size && seats.is_sorted_by(|one, other| one < other), "{seats:?}");
    assert!(seats.iter().all(|seat| usable.contains(seat)), "{seats:?}");
    let found = key(hall, &order, &seats);

    let left = match &choice.reasons.singles {
        Singles::Unavoidable { seats } | Singles::ForTheParty { seats } => places(seats),
        _ => Vec::new(),
    };
    assert_eq!(left, singles(hall, &seats));
    assert_eq!(choice.reasons.seating == Seating::Together, found.1 == 1);
    if ordinary.len() >= size {
        check_ordinary(hall, &order, &ordinary, &seats);
        if let Some(all) = choices(&ordinary, size).filter(|_| found.3 > 0) {
            let avoidable = all.iter().any(|choice| singles(hall, choice).is_empty());
            assert_eq!(matches!(choice.reasons.singles, Singles::ForTheParty { .. }), avoidable, "{seats:?}");
        }
    } else {
        assert!(ordinary.iter().all(|seat| seats.contains(seat)), "{seats:?} while {ordinary:?} are free");
        let mut with_all = windows(hall, &usable, size);
        with_all.retain(|window| ordinary.iter().all(|seat| window.contains(seat)));
        assert_eq!(found.1 == 1, !with_all.is_empty(), "{seats:?} of {usable:?}");
    }
    Some(choice.seats)
}

/// Checks that no choice of ordinary seats is better than this one.
fn check_ordinary(hall: &Hall, order: &[u16], ordinary: &[usize], seats: &[usize]) {
    let together = windows(hall, ordinary, seats.len());
    if let Some(first) = together.into_iter().min_by_key(|window| (key(hall, order, window), window[0])) {
        // The last tie-break, too.
        assert_eq!(seats, first);
    } else if let Some(all) = choices(ordinary, seats.len()) {
        let least = all.iter().map(|choice| key(hall, order, choice)).min().unwrap();
        assert_eq!(key(hall, order, seats), least, "{seats:?} of {ordinary:?}");
    }
}

/// Makes a wish for a hall.
fn wish(shape: Shape, numbers: &mut Numbers) -> Wish {
    let mut wish = Wish::new(u16::try_from(1 + numbers.below(6)).unwrap());
    if numbers.percent(50) {
        let count = 1 + numbers.below(shape.categories);
        let category = |_| CategoryIndex(u16::try_from(numbers.below(shape.categories)).unwrap());
        wish.categories = Some((0..count).map(category).collect());
    }
    if shape.rows > 1 && numbers.percent(25) {
        wish.zone = Some(ZoneIndex(u16::try_from(numbers.below(2)).unwrap()));
    }
    wish
}

#[test]
fn halls_of_all_sizes_at_random() {
    let mut numbers = Numbers(1);
    for rows in 1..=12 {
        for seats in 1..=12 {
            for round in 0..4 {
                let taken = [0, 30, 60, 85][round];
                let mut sometimes = |percent: usize| if numbers.percent(50) { percent } else { 0 };
                let (odd, aisles, accessible) = (sometimes(30), sometimes(15), sometimes(8));
                let categories = 1 + numbers.below(3);
                let shape = Shape { rows, seats, categories, taken, aisles, odd, accessible };
                let (occupancy, hall) = hall(shape, &mut numbers);
                for _ in 0..3 {
                    check(&occupancy, &hall, &wish(shape, &mut numbers));
                }
            }
        }
    }
}

#[test]
fn small_halls_that_are_nearly_full() {
    let mut numbers = Numbers(2);
    for round in 0..1_000 {
        let (rows, seats) = (1 + numbers.below(5), 1 + numbers.below(8));
        let categories = 1 + numbers.below(3);
        let (odd, aisles) = ([0, 40][round % 2], 15);
        let accessible = if round % 4 == 3 { 15 } else { 0 };
        let taken = 40 + numbers.below(45);
        let shape = Shape { rows, seats, categories, taken, aisles, odd, accessible };
        let (occupancy, hall) = hall(shape, &mut numbers);
        check(&occupancy, &hall, &wish(shape, &mut numbers));
    }
}

/// Takes seats, for the crate and for the model.
fn take(occupancy: &mut Occupancy, hall: &mut Hall, seats: &[SeatIndex]) {
    occupancy.hold(seats).unwrap();
    for seat in seats {
        hall[seat.0 as usize].free = false;
    }
}

#[test]
fn every_occupancy_of_very_small_halls() {
    for (rows, seats) in [(1, 9), (2, 4), (4, 2), (8, 1)] {
        for categories in [1, 2] {
            let empty = Shape { rows, seats, categories, taken: 0, aisles: 0, odd: 50, accessible: 0 };
            let (whole, all_free) = hall(empty, &mut Numbers(3));
            for taken in 0_u32..1 << (rows * seats) {
                let mut hall = all_free.clone();
                hall.iter_mut().enumerate().for_each(|(at, seat)| seat.free = (taken >> at) & 1 == 0);
                let occupancy = occupancy(whole.plan(), &hall);
                for quantity in 1..=4 {
                    check(&occupancy, &hall, &Wish::new(quantity));
                }
                if categories > 1 {
                    check(&occupancy, &hall, &Wish { categories: Some(vec![CategoryIndex(1)]), ..Wish::new(2) });
                }
            }
        }
    }
}

#[test]
fn halls_are_filled_to_the_last_seat() {
    let mut numbers = Numbers(4);
    for _ in 0..40 {
        let (rows, seats, accessible) = (2 + numbers.below(6), 3 + numbers.below(10), numbers.below(2) * 6);
        let shape = Shape { rows, seats, categories: 2, taken: 0, aisles: 10, odd: 10, accessible };
        let (mut occupancy, mut hall) = hall(shape, &mut numbers);
        let mut refused = 0;
        while refused < 6 {
            let wish = Wish::new(u16::try_from(1 + numbers.below(6)).unwrap());
            match check(&occupancy, &hall, &wish) {
                Some(taken) => take(&mut occupancy, &mut hall, &taken),
                None => refused += 1,
            }
        }
        while let Some(taken) = check(&occupancy, &hall, &Wish::new(1)) {
            take(&mut occupancy, &mut hall, &taken);
        }
        assert_eq!(occupancy.counts().free, 0);
    }
}

#[test]
fn chosen_seats_are_refused_only_if_others_are_as_good_for_the_party() {
    let mut numbers = Numbers(5);
    let (mut refused, mut allowed) = (0, 0);
    for round in 0..3_000 {
        let (rows, seats) = (1 + numbers.below(4), 2 + numbers.below(7));
        let odd = [0, 40][round % 2];
        let taken = 20 + numbers.below(50);
        let shape = Shape { rows, seats, categories: 2, taken, aisles: 10, odd, accessible: 0 };
        let (occupancy, hall) = hall(shape, &mut numbers);
        let mut chosen: Vec<usize> = (0..hall.len()).filter(|at| hall[*at].free && numbers.percent(20)).collect();
        chosen.truncate(4);
        if chosen.is_empty() {
            continue;
        }
        let categories: Vec<u16> = chosen.iter().map(|at| hall[*at].category).collect();
        let same = (0..hall.len()).filter(|at| hall[*at].free && categories.contains(&hall[*at].category));
        let Some(all) = choices(&same.collect::<Vec<_>>(), chosen.len()) else { continue };
        let closeness = |choice: &[usize]| {
            let groups = groups(&hall, choice);
            (groups.len(), groups.iter().filter(|size| **size == 1).count())
        };
        let as_good =
            |choice: &Vec<usize>| singles(&hall, choice).is_empty() && closeness(choice) <= closeness(&chosen);
        let expected = !singles(&hall, &chosen).is_empty() && all.iter().any(as_good);

        let seats: Vec<SeatIndex> = chosen.iter().copied().map(index).collect();
        match judge(SingleSeatRule::LastResort, &occupancy, &seats) {
            Ok(()) => {
                assert!(!expected, "{chosen:?} of {hall:?}");
                allowed += 1;
            }
            Err(told) => {
                assert!(expected, "{chosen:?} of {hall:?}");
                let instead = places(&told.instead);
                assert_eq!(places(&told.seats), singles(&hall, &chosen));
                assert!(all.contains(&instead) && as_good(&instead), "{instead:?} instead of {chosen:?}");
                refused += 1;
            }
        }
    }
    assert!(refused > 300 && allowed > 300, "{refused} refused, {allowed} allowed");
}

#[test]
fn what_the_crate_chooses_is_never_refused() {
    let mut numbers = Numbers(6);
    for round in 0..2_000 {
        let (rows, seats) = (1 + numbers.below(5), 1 + numbers.below(9));
        let (odd, taken) = ([0, 40][round % 2], numbers.below(80));
        let shape = Shape { rows, seats, categories: 2, taken, aisles: 10, odd, accessible: 5 };
        let (occupancy, _) = hall(shape, &mut numbers);
        if let Ok(choice) = best(&occupancy, &Wish::new(u16::try_from(1 + numbers.below(6)).unwrap())) {
            assert_eq!(judge(SingleSeatRule::LastResort, &occupancy, &choice.seats), Ok(()));
        }
    }
}

#[test]
fn parties_with_wheelchairs_get_as_many_places_as_they_wish() {
    let mut numbers = Numbers(7);
    for _ in 0..1_500 {
        let (rows, seats) = (1 + numbers.below(5), 2 + numbers.below(8));
        let taken = numbers.below(60);
        let shape = Shape { rows, seats, categories: 1, taken, aisles: 10, odd: 0, accessible: 25 };
        let (occupancy, hall) = hall(shape, &mut numbers);
        let accessible = 1 + numbers.below(2);
        let size = accessible + numbers.below(4);
        let [quantity, wheelchairs] = [size, accessible].map(|number| u16::try_from(number).unwrap());
        let free: Vec<usize> = (0..hall.len()).filter(|at| hall[*at].free).collect();
        let count = |seats: &[usize]| seats.iter().filter(|at| hall[**at].accessible).count();
        match best(&occupancy, &Wish { accessible: wheelchairs, ..Wish::new(quantity) }) {
            Err(refused) => {
                let expected = if count(&free) < accessible { WhyNot::TooFewAccessible } else { WhyNot::TooFewFree };
                assert_eq!(refused.why, expected);
                assert!(count(&free) < accessible || free.len() < size);
            }
            Ok(choice) => {
                let seats = places(&choice.seats);
                assert!(seats.iter().all(|seat| free.contains(seat)), "{seats:?}");
                let mut together = windows(&hall, &free, size);
                together.retain(|window| count(window) == accessible);
                if let Some(least) = together.iter().map(|window| key(&hall, &[0], window)).min() {
                    assert_eq!(key(&hall, &[0], &seats), least);
                } else if free.len() - count(&free) >= size - accessible {
                    assert_eq!(count(&seats), accessible, "others sit elsewhere as long as they can");
                }
                assert!(count(&seats) >= accessible);
            }
        }
    }
}
