use super::*;
use crate::occupancy::Occupancy;
use crate::testing::{Numbers, plan};

fn begun() -> PlanBuilder {
    let mut builder = PlanBuilder::new("Hall");
    builder.category("A", [1, 2, 3]).zone(NewZone { name: "Floor", ..NewZone::default() });
    builder.row(NewRow { label: "1", line: None });
    builder
}

fn seat<'a>(id: &'a str, label: &'a str) -> NewSeat<'a> {
    NewSeat { id, label, category: "A", ..NewSeat::default() }
}

/// Ends a chain of calls.
fn done(_: &mut PlanBuilder) {}

/// Returns the faults of a plan that has a good seat, after a change.
#[track_caller]
fn faults(change: impl FnOnce(&mut PlanBuilder)) -> Vec<String> {
    let mut builder = begun();
    builder.seat(seat("s-1", "1"));
    change(&mut builder);
    builder.build().unwrap_err().faults().iter().map(ToString::to_string).collect()
}

#[test]
fn every_fault_of_a_seat_is_named_with_its_place() {
    let long = "x".repeat(201);
    let far = Point { x: 0, y: i32::MIN };
    let of = |id: &'static str| NewSeat { companion_of: Some(id), ..seat("s-2", "2") };
    let cases = [
        (seat("x", "2"), "the id \"x\" has 1 characters; ids have 2 to 64"),
        (seat("s-1", "2"), "the id \"s-1\" is that of zones[0].rows[0].seats[0] already"),
        (seat(" s-2 ", "1"), "zone \"Floor\", row \"1\", seat \"1\" is zones[0].rows[0].seats[0] already"),
        (NewSeat { category: "B", ..seat("s-2", "2") }, "there is no category \"B\""),
        (seat("s-2", " "), "the label is empty"),
        (seat("s-2", &long), "the label has 201 characters, at most 200"),
        (seat("s\n2", "2"), "the id has control characters"),
        (NewSeat { position: far, ..seat("s-2", "2") }, "the position is beyond the limit of 10000000"),
        (of("s-3"), "there is no seat \"s-3\""),
        (of("s-1"), "\"s-1\", whose companion this is, is no other accessible place"),
        (NewSeat { accessible: true, ..of("s-2") }, "\"s-2\", whose companion this is, is no other accessible place"),
    ];
    for (new, expected) in cases {
        assert_eq!(faults(|it| done(it.seat(new))), [format!("zones[0].rows[0].seats[1]: {expected}")]);
        let with_line = NewSeat { line: Some(7), ..new };
        assert_eq!(faults(|it| done(it.seat(with_line))), [format!("line 7: {expected}")]);
    }
}

#[test]
fn every_other_fault_is_named_with_its_place() {
    type Step = fn(&mut PlanBuilder);
    let cases: [(Step, &str); 6] = [
        (|it| done(it.row(NewRow { label: "2", line: None })), "zones[0].rows[1]: the row is empty"),
        (|it| done(it.zone(NewZone { line: Some(3), ..NewZone::default() })), "line 3: the name is empty"),
        (|it| done(it.category("A", [0; 3])), "categories[1]: the category \"A\" is there already: categories[0]"),
        (|it| done(it.category("", [0; 3])), "categories[1]: the name is empty"),
        (|it| done(it.size(1, 1_000_001)), "plan: the size is beyond the limit of 1000000"),
        (
            |it| done(it.focal_point(Point { x: 10_000_001, y: 0 })),
            "plan: the focal point is beyond the limit of 10000000",
        ),
    ];
    for (change, expected) in cases {
        assert_eq!(faults(change), [expected]);
    }
}

#[test]
fn parts_come_in_order_and_something_has_to_be_there() {
    let mut builder = PlanBuilder::new(" ");
    builder.row(NewRow::default()).seat(NewSeat::default());
    let error = builder.build().unwrap_err();
    let expected = [
        "plan: the name is empty",
        "plan: a row comes before there is one to put it in",
        "plan: a seat comes before there is one to put it in",
        "plan: the list of seats is empty",
    ];
    assert_eq!(error.faults().iter().map(ToString::to_string).collect::<Vec<_>>(), expected);
    assert!(error.to_string().ends_with("; and 1 more"), "{error}");
}

#[test]
fn limits_are_kept_and_all_faults_are_counted() {
    let mut builder = begun();
    for number in 0..=SEATS_MAX + 150 {
        builder.seat(seat(&format!("s-{number}"), &number.to_string()));
    }
    let error = builder.build().unwrap_err();
    assert_eq!((error.faults().len(), error.count()), (100, 151));
    assert!(matches!(&error.faults()[0], PlanFault::TooMany { max: SEATS_MAX, .. }), "{error}");

    let mut builder = begun();
    for number in 0..=CATEGORIES_MAX {
        builder.category(&format!("C{number}"), [0; 3]);
    }
    for number in 0..ZONES_MAX {
        builder.zone(NewZone { name: &format!("Z{number}"), ..NewZone::default() });
    }
    for number in 0..ROWS_MAX {
        builder.row(NewRow { label: &number.to_string(), line: None });
        builder.seat(seat(&format!("s-{number}"), "1"));
    }
    let error = builder.build().unwrap_err();
    let too_many = |name: &str| error.faults().iter().any(|fault| fault.to_string().ends_with(name));
    assert!(too_many("100 categories") && too_many("2000 zones") && too_many("50000 rows"), "{error}");
}

/// Returns the sizes of the stretches of a row of seats at these places.
fn stretches(places: &[i32], aisle_before: Option<usize>) -> Vec<u32> {
    let mut builder = begun();
    for (at, x) in places.iter().enumerate() {
        let (id, label) = (format!("s-{at}"), at.to_string());
        let position = Point { x: *x, y: 0 };
        builder.seat(NewSeat { position, aisle_before: aisle_before == Some(at), ..seat(&id, &label) });
    }
    let plan = builder.build().unwrap();
    let sizes: Vec<u32> = plan.layout().stretches.iter().map(|stretch| stretch.len).collect();
    for seat in plan.seats() {
        let (before, after) = plan.neighbours(seat.index);
        assert!(before.is_none_or(|before| plan.neighbours(before).1 == Some(seat.index)));
        assert!(after.is_none_or(|after| plan.neighbours(after).0 == Some(seat.index)));
    }
    sizes
}

#[test]
fn a_gap_is_an_aisle_or_more_than_1_6_times_the_median() {
    assert_eq!(stretches(&[0, 50, 100, 150], None), [4]);
    assert_eq!(stretches(&[0, 50, 100, 150], Some(2)), [2, 2]);
    assert_eq!(stretches(&[0, 50, 100, 150], Some(0)), [4]);
    assert_eq!(stretches(&[0, 50, 130, 180], None), [4], "exactly 1.6 times");
    assert_eq!(stretches(&[0, 50, 131, 181], None), [2, 2]);
    assert_eq!(stretches(&[0, 50, 500], None), [2, 1]);
    assert_eq!(stretches(&[0, 5000], None), [2]);
    assert_eq!(stretches(&[7], None), [1]);
    assert_eq!(stretches(&[0, 0, 0, 90], None), [4], "nothing is known of places");
    assert_eq!(stretches(&[150, 100, 50, 0], None), [4], "from right to left");
}

#[test]
fn a_plan_tells_what_was_put_in() {
    let mut builder = PlanBuilder::new(" Small ");
    builder.size(30, 20).focal_point(Point { x: 5, y: -5 });
    builder.category("A", [1, 2, 3]).category("B", [4, 5, 6]);
    builder.zone(NewZone { name: "Left", entrance: Some("North"), ..NewZone::default() });
    builder.row(NewRow { label: "1", line: None });
    let companion_of = Some("w-1");
    builder.seat(NewSeat { companion_of, restricted_view: true, ..seat(" c-1 ", "1") });
    let (entrance, position) = (Some("Ramp"), Point { x: 9, y: 0 });
    builder.seat(NewSeat { accessible: true, entrance, position, ..seat("w-1", "2") });
    builder.zone(NewZone { name: "Right", focal_point: Some(Point { x: 1, y: 1 }), ..NewZone::default() });
    builder.row(NewRow::default()).seat(NewSeat { category: "B", ..seat("äöü", "A 1") });
    let plan = builder.build().unwrap();

    assert_eq!((plan.name(), plan.size(), plan.seats_len()), ("Small", Size { width: 30, height: 20 }, 3));
    assert_eq!(plan.categories()[1], Category { name: "B".to_owned(), color: [4, 5, 6] });
    let [companion, place, other] = ["c-1", "w-1", "äöü"].map(|id| plan.seat(plan.find(id).unwrap()));
    assert_eq!(plan.find("c-2"), None);
    assert_eq!((companion.companion_of, companion.restricted_view), (Some(place.index), true));
    assert_eq!((companion.entrance, place.entrance, other.entrance), (Some("North"), Some("Ramp"), None));
    assert_eq!((place.accessible, place.position, place.label), (true, Point { x: 9, y: 0 }, "2"));
    assert_eq!((other.category, other.zone, other.row), (CategoryIndex(1), ZoneIndex(1), RowIndex(1)));
    assert_eq!(plan.zones().map(|zone| zone.focal_point.x).collect::<Vec<_>>(), [5, 1]);
    assert_eq!(plan.zone(ZoneIndex(1)).first_row, RowIndex(1));
    assert_eq!(plan.rows().map(|row| (row.label, row.seats().count())).collect::<Vec<_>>(), [("1", 2), ("", 1)]);
    assert!(plan.contains(SeatIndex(2)) && !plan.contains(SeatIndex(3)));
}

#[test]
fn a_hundred_thousand_seats_take_16_mb_and_are_encoded_in_2() {
    let ids: [fn(u64) -> String; 2] = [|number| format!("{}-{}", number / 40, number % 40), random_uuid];
    for id in ids {
        let mut builder = PlanBuilder::new("Arena");
        builder.category("A", [0; 3]).category("B", [0; 3]);
        let mut seats = 0;
        for block in 0..50 {
            builder.zone(NewZone { name: &format!("Block {block}"), ..NewZone::default() });
            for row in 0..50 {
                builder.row(NewRow { label: &row.to_string(), line: None });
                for number in 0..40_i32 {
                    // Curved, so that no seat goes on exactly as the one before.
                    let position = Point { x: block * 2500 + number * 50, y: row * 80 + (number - 20).pow(2) / 3 };
                    let category = if block < 10 { "A" } else { "B" };
                    let (id, label) = (id(seats), number.to_string());
                    builder.seat(NewSeat { category, position, ..seat(&id, &label) });
                    seats += 1;
                }
            }
        }
        let plan = builder.build().unwrap();
        assert_eq!(plan.seats_len(), 100_000);
        let bytes = plan.bytes() + Occupancy::new(&plan).bytes();
        assert!(bytes <= 16_000_000, "{bytes} bytes of memory");
        let encoded = plan.encode();
        assert!(encoded.len() <= 2_000_000, "{} bytes encoded", encoded.len());
        assert_eq!(Plan::decode(&encoded).unwrap(), plan);
    }
}

fn random_uuid(seed: u64) -> String {
    let mut numbers = Numbers(seed);
    let mut part = |bits: u32| numbers.below(1 << bits);
    format!("{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}", part(32), part(16), part(12), part(12), part(48))
}

#[test]
fn an_edit_tells_what_is_kept_dropped_added_and_renamed() {
    let (old, new) = (plan(&["AAA", "AA"]), plan(&["AA", "AAA"]));
    let change = old.changes_to(&new);
    let of = |plan: &Plan, id: &str| plan.find(id).unwrap();
    assert_eq!(change.dropped(), ["1-3"]);
    assert_eq!(change.added(), ["2-3"]);
    assert_eq!(change.kept(of(&old, "2-1")), Some(of(&new, "2-1")));
    assert_eq!((change.kept(of(&old, "1-3")), change.kept(SeatIndex(99))), (None, None));
    assert!(change.renamed().is_empty());
    let mut builder = begun();
    builder.seat(seat("1-1", "1")).seat(seat("1-2", "two"));
    assert_eq!(old.changes_to(&builder.build().unwrap()).renamed(), ["1-2"]);
}

mod encoded {
    use super::*;

    /// Format 1, for ever.
    #[rustfmt::skip]
    const GOLDEN: &[u8] = &[
        1,
        // Name, size, no focal point.
        3, b'B', b'a', b'r', 10, 20, 0,
        // One category, one zone without focal point or entrance, with one row.
        1, 1, b'A', 1, 2, 3,
        1, 1, b'Z', 0, 0, 1,
        // Labels and lengths of rows.
        4, 0, 0, 1, b'1',
        1, 2,
        // Ids: a text, and once the next number.
        9, 0, 0, 3, b'1', b'-', b'1', 2, 2, 1,
        // Labels.
        7, 0, 0, 1, b'1', 2, 2, 1,
        // Positions: to (10, 5), and by (10, 0) from there.
        4, 41, 10, 1, 9,
        // Categories, attributes, companions, entrances.
        2, 0, 2,
        2, 0, 2,
        0,
        0,
    ];

    fn bar() -> Plan {
        let mut builder = PlanBuilder::new("Bar");
        builder.size(10, 20).category("A", [1, 2, 3]).zone(NewZone { name: "Z", ..NewZone::default() });
        builder.row(NewRow { label: "1", line: None });
        builder.seat(NewSeat { position: Point { x: 10, y: 5 }, ..seat("1-1", "1") });
        builder.seat(NewSeat { position: Point { x: 20, y: 5 }, ..seat("1-2", "2") });
        builder.build().unwrap()
    }

    /// Returns a plan with something of everything.
    fn rich() -> Plan {
        let mut builder = PlanBuilder::new("Großes Haus");
        builder.size(1000, 800).focal_point(Point { x: -7, y: POSITION_MAX.cast_signed() });
        builder.category("Ä", [255, 0, 128]).category("B", [0; 3]);
        builder.zone(NewZone { name: "Leer", ..NewZone::default() });
        let focal_point = Some(Point { x: 1, y: -1 });
        builder.zone(NewZone { name: "Parkett", focal_point, entrance: Some("Süd"), line: None });
        let uuid = "2f1e3b4c-0d5e-4f60-8a7b-9c0d1e2f3a4b";
        let ids = ["09", "10", "011", "a9", "a10", "a8", uuid, "äb", "äc", "x-999999999999999"];
        for row in 0..3 {
            builder.row(NewRow { label: ["", "Reihe 1", "Reihe 2"][row], line: None });
            for (at, id) in ids.iter().enumerate() {
                let id = if row == 0 { (*id).to_owned() } else { format!("{id}/{row}") };
                let entrance = [None, Some("Nord"), Some("Nord"), Some("West")][at % 4];
                builder.seat(NewSeat {
                    id: &id,
                    label: &format!("Platz {at}"),
                    category: if at < 5 { "Ä" } else { "B" },
                    position: Point { x: i32::try_from(at).unwrap() * 55 - 100, y: -3 },
                    accessible: at == 4,
                    restricted_view: at == 9,
                    aisle_before: at == 7,
                    companion_of: (at == 3 && row == 0).then_some("a10"),
                    entrance,
                    line: None,
                });
            }
        }
        builder.build().unwrap()
    }

    #[test]
    fn the_golden_bytes_are_read_and_written() {
        assert_eq!(bar().encode(), GOLDEN);
        assert_eq!(Plan::decode(GOLDEN).unwrap(), bar());
    }

    #[test]
    fn a_plan_comes_back_with_everything() {
        for plan in [rich(), plan(&["AA BB", "wcAwcc", "C"])] {
            let decoded = Plan::decode(&plan.encode()).unwrap();
            assert_eq!(decoded, plan);
            assert_eq!(decoded.seats().collect::<Vec<_>>(), plan.seats().collect::<Vec<_>>());
        }
    }

    #[test]
    fn what_is_cut_or_longer_is_refused() {
        for bytes in [GOLDEN.to_vec(), rich().encode()] {
            for len in 0..bytes.len() {
                assert!(Plan::decode(&bytes[..len]).is_err(), "{len} bytes");
            }
            let longer = [bytes.as_slice(), &[0]].concat();
            assert_eq!(Plan::decode(&longer), Err(DecodeError::TooLong));
        }
        assert_eq!(Plan::decode(&[9, 0]), Err(DecodeError::UnknownFormat(9)));
        assert_eq!(Plan::decode(&[]), Err(DecodeError::Cut));
    }

    #[test]
    fn whatever_is_accepted_is_canonical() {
        let (bytes, mut numbers) = (rich().encode(), Numbers(1));
        let mut accepted = 0;
        for _ in 0..20_000 {
            let mut changed = bytes.clone();
            for _ in 0..=numbers.below(3) {
                let at = numbers.below(changed.len());
                changed[at] = u8::try_from(numbers.below(256)).unwrap();
            }
            if let Ok(plan) = Plan::decode(&changed) {
                accepted += 1;
                assert_eq!(plan.encode(), changed);
            }
        }
        assert!(accepted > 100, "only {accepted} were plans");
    }

    #[test]
    fn another_spelling_is_refused() {
        // The name's length in two bytes instead of one.
        let mut bytes = GOLDEN.to_vec();
        bytes.splice(1..2, [0x83, 0]);
        assert_eq!(Plan::decode(&bytes), Err(DecodeError::NotCanonical));
    }

    #[test]
    fn columns_of_companions_and_entrances_are_no_longer_than_a_plan_can_be() {
        // The last seat that a plan can have, 199,999, and the one behind it.
        let (last, behind) = ([0xbf, 0x9a, 0x0c], [0xc0, 0x9a, 0x0c]);
        let column = |companions: &[u8], entrances: &[u8]| {
            let mut bytes = GOLDEN[..GOLDEN.len() - 2].to_vec();
            for column in [companions, entrances] {
                bytes.push(u8::try_from(column.len()).unwrap());
                bytes.extend(column);
            }
            Plan::decode(&bytes)
        };
        let companion = Err(DecodeError::Wrong("a companion"));
        assert_eq!(column(&[behind.as_slice(), &[0]].concat(), &[]), companion);
        assert_eq!(column(&[last.as_slice(), &[0], &[0, 0]].concat(), &[]), companion);
        let entrance = Err(DecodeError::Wrong("the seats of an entrance"));
        assert_eq!(column(&[], &[0_u8, 0, 0].repeat(20)), entrance, "runs without seats");
        assert_eq!(column(&[], &[last.as_slice(), &[2, 1, b'N']].concat()), entrance);
        assert_eq!(column(&[], &[last.as_slice(), &[1, 1, b'N']].concat()), Err(DecodeError::TooLong));
    }

    #[test]
    fn a_claim_of_very_many_seats_costs_no_more_than_the_largest_plan() {
        for claim in [u64::MAX, 1 << 40, SEATS_MAX as u64 + 1] {
            let mut number = Vec::new();
            let mut left = claim;
            while left > 0x7f {
                number.push(left.to_le_bytes()[0] | 0x80);
                left >>= 7;
            }
            number.push(left.to_le_bytes()[0]);
            let mut bytes = GOLDEN.to_vec();
            let len = u8::try_from(number.len()).unwrap();
            let row_lens = bytes.windows(6).position(|part| part == [b'1', 1, 2, 9, 0, 0]).unwrap() + 1;
            bytes.splice(row_lens..row_lens + 2, [vec![len], number].concat());
            assert_eq!(Plan::decode(&bytes), Err(DecodeError::Wrong("the number of seats")), "{claim}");
        }
    }
}
