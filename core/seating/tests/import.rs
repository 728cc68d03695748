//! Whole plans: the samples, as pretix would export them, and what becomes of them.

use std::collections::BTreeSet;

use boxoffice_seating::samples::{self, Sample};
use boxoffice_seating::{Plan, Seat, import};
use serde_json::Value;

/// Random numbers that are the same in every run: `SplitMix64`.
struct Rng(u64);

impl Rng {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % end as u64).unwrap_or_default()
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            items.swap(end, self.below(end + 1));
        }
    }
}

fn all() -> [(&'static str, Sample); 4] {
    [
        ("theatre", samples::theatre()),
        ("hall with tables", samples::hall_with_tables()),
        ("small hall", samples::small_hall(20, 30)),
        ("stadium", samples::stadium()),
    ]
}

fn imported(sample: &Sample) -> Plan {
    sample.import().unwrap_or_else(|error| panic!("{error}"))
}

/// Returns what a seat is, without the numbers that it has in its plan.
fn told(plan: &Plan, seat: Seat<'_>) -> String {
    let companion_of = seat.companion_of.map(|of| plan.seat(of).id);
    let category = &plan.categories()[usize::from(seat.category.0)].name;
    let (zone, row) = (plan.zone(seat.zone).name, plan.row(seat.row).label);
    let (point, flags) = (seat.position, (seat.accessible, seat.restricted_view));
    let (id, label, entrance) = (seat.id, seat.label, seat.entrance);
    format!("{id} {zone} {row} {label} {category} {point:?} {flags:?} {companion_of:?} {entrance:?}")
}

#[test]
fn samples_are_the_committed_files() {
    let theatre = samples::theatre();
    assert!(theatre.plan == include_str!("fixtures/theatre.json"));
    assert!(theatre.attributes == include_str!("fixtures/theatre.attributes.json"));
    let hall = samples::hall_with_tables();
    assert!(hall.plan == include_str!("fixtures/hall.json"));
    assert!(hall.attributes == include_str!("fixtures/hall.attributes.json"));
}

#[test]
fn samples_are_what_they_say() {
    for (name, sample) in all() {
        let plan = imported(&sample);
        let seats: Vec<_> = plan.seats().collect();
        let count = |is: fn(&Seat<'_>) -> bool| seats.iter().filter(|seat| is(seat)).count();
        let counts = (
            (seats.len(), plan.rows().len(), plan.zones().len()),
            (count(|seat| seat.accessible), count(|seat| seat.companion_of.is_some())),
            count(|seat| seat.restricted_view),
        );
        let expected = match name {
            "theatre" => ((928, 42, 5), (5, 9), 50),
            "hall with tables" => ((240, 30, 2), (4, 6), 0),
            "small hall" => ((600, 20, 1), (0, 0), 0),
            _ => ((60_000, 2016, 56), (72, 72), 48),
        };
        assert_eq!(counts, expected, "{name}");
        let places: BTreeSet<_> = seats.iter().map(|seat| (seat.position.x, seat.position.y)).collect();
        assert_eq!(places.len(), seats.len(), "{name}: no seat stands where another does");
        let (width, height) = (i64::from(plan.size().width) * 10, i64::from(plan.size().height) * 10);
        let is_inside =
            |(x, y): &(i32, i32)| (0..=width).contains(&i64::from(*x)) && (0..=height).contains(&i64::from(*y));
        assert!(places.iter().all(is_inside), "{name}");
        assert!(Plan::decode(&plan.encode()).unwrap() == plan, "{name}");
    }
}

#[test]
fn rows_of_the_theatre_have_aisles() {
    let plan = imported(&samples::theatre());
    let next = |id: &str| plan.neighbours(plan.find(id).unwrap()).1.map(|seat| plan.seat(seat).id);
    assert_eq!(next("ST-A-9"), Some("ST-A-10"));
    assert_eq!(next("ST-A-10"), None, "the middle aisle");
    assert_eq!(next("ST-A-11"), Some("ST-A-12"));
    assert_eq!(next("ST-A-20"), None, "the end of the row");
    assert_eq!(next("BA-F-29"), Some("BA-F-30"), "the row is bent most at its ends");
    let ends: Vec<_> = plan.seats().filter(|seat| plan.neighbours(seat.index).1.is_none()).collect();
    // A middle aisle in 20 rows of the stalls, two aisles in 8 and 6 rows above.
    assert_eq!(ends.len(), 42 + 20 + 2 * (8 + 6));
    let box_seat = plan.seat(plan.find("BR-3-4").unwrap());
    assert_eq!((plan.zone(box_seat.zone).name, plan.row(box_seat.row).label), ("Right boxes", "Box 3"));
}

#[test]
fn tables_are_rows_without_gaps() {
    let plan = imported(&samples::hall_with_tables());
    for row in plan.rows() {
        assert_eq!(row.seats_len, 8);
        let gaps = row.seats().filter(|seat| plan.neighbours(*seat).1.is_none()).count();
        assert_eq!(gaps, 1, "{}", row.label);
    }
    let chair = plan.seat(plan.find("T19-4").unwrap());
    assert_eq!((plan.row(chair.row).label, chair.label, chair.entrance), ("Table 19", "Chair 4", Some("Ramp")));
}

#[test]
fn people_in_the_stadium_look_at_the_pitch() {
    let plan = imported(&samples::stadium());
    for zone in plan.zones() {
        let (x, y) = (zone.focal_point.x - 27_000, zone.focal_point.y - 23_500);
        assert!(x.abs() < 10_500 && y.abs() < 6800, "{}", zone.name);
        let middle = plan.seat(plan.row(zone.first_row).first_seat).position;
        assert!((middle.x - 27_000).abs() > 10_500 || (middle.y - 23_500).abs() > 6800, "{}", zone.name);
    }
}

#[test]
fn the_smallest_hall_has_a_seat() {
    let plan = imported(&samples::small_hall(1, 1));
    assert_eq!(plan.seats_len(), 1);
    assert!(samples::small_hall(0, 5).import().is_err());
}

/// Returns the document with the members of its objects in another order.
fn shuffled(value: &Value, rng: &mut Rng) -> String {
    match value {
        Value::Object(members) => {
            let mut list = Vec::new();
            for (name, value) in members {
                list.push(format!("{}:{}", Value::from(&**name), shuffled(value, rng)));
            }
            rng.shuffle(&mut list);
            format!("{{{}}}", list.join(","))
        }
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| shuffled(item, rng)).collect();
            format!("[{}]", items.join(" , "))
        }
        other => other.to_string(),
    }
}

#[test]
fn the_order_of_members_says_nothing() {
    for sample in [samples::theatre(), samples::hall_with_tables()] {
        let expected = imported(&sample);
        let plan: Value = serde_json::from_str(&sample.plan).unwrap();
        let attributes: Value = serde_json::from_str(&sample.attributes).unwrap();
        for seed in 0..10 {
            let rng = &mut Rng(seed);
            let other = Sample { plan: shuffled(&plan, rng), attributes: shuffled(&attributes, rng) };
            assert_ne!(other, sample);
            assert!(imported(&other) == expected, "seed {seed}");
        }
    }
}

/// Returns the seats of a plan as a table.
fn table(plan: &Plan) -> String {
    let yes = |is: bool| if is { "yes" } else { "" };
    let decimal = |tenths: i32| {
        let sign = if tenths < 0 { "-" } else { "" };
        format!("{sign}{}.{}", tenths.abs() / 10, tenths.abs() % 10)
    };
    let line = |seat: Seat<'_>| {
        let of = seat.companion_of.map(|of| plan.seat(of).id);
        let (x, y) = (decimal(seat.position.x), decimal(seat.position.y));
        let cells = [
            plan.zone(seat.zone).name,
            plan.row(seat.row).label,
            seat.label,
            &plan.categories()[usize::from(seat.category.0)].name,
            seat.id,
            &x,
            &y,
            yes(seat.accessible),
            of.unwrap_or_default(),
            yes(seat.restricted_view),
            seat.entrance.unwrap_or_default(),
        ];
        cells.join(";")
    };
    let header = "section;row;seat;category;id;x;y;accessible;companion_of;restricted_view;entrance";
    let lines: Vec<_> = plan.seats().map(line).collect();
    format!("{header}\r\n{}\r\n", lines.join("\r\n"))
}

#[test]
fn a_plan_survives_the_way_through_a_table() {
    for (name, sample) in all() {
        if name == "stadium" {
            continue;
        }
        let plan = imported(&sample);
        let other = import::csv(table(&plan).as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
        let seats = |plan: &Plan| plan.seats().map(|seat| told(plan, seat)).collect::<Vec<_>>();
        assert_eq!(seats(&other), seats(&plan), "{name}");
        let neighbours = |plan: &Plan| plan.seats().map(|seat| plan.neighbours(seat.index)).collect::<Vec<_>>();
        assert_eq!(neighbours(&other), neighbours(&plan), "{name}");
    }
}

#[test]
fn one_mistake_in_a_plan_is_one_fault() {
    for (right, wrong, expected) in [
        (
            "\"seat_guid\":\"ST-B-3\"",
            "\"seat_guid\":\"ST-B-2\"",
            "zones[0].rows[1].seats[2]: the id \"ST-B-2\" is that of zones[0].rows[1].seats[1] already",
        ),
        (
            "\"seat_guid\":\"CI-C-1\"",
            "\"seat_guid\":\"C\"",
            "zones[1].rows[2].seats[0]: the id \"C\" has 1 characters; ids have 2 to 64",
        ),
        (
            "\"category\":\"Category 3\"",
            "\"category\":\"Category 4\"",
            "zones[2].rows[0].seats[0]: there is no category \"Category 4\"",
        ),
        ("\"width\":1200", "\"width\":1200.5", "size: \"width\" is no whole number"),
        ("\"name\":\"Circle\",", "", "zones[1]: \"name\" is missing"),
        ("\"row_label\":\"Box %s\"", "\"label\":\"Box %s\"", "zones[3].rows[0]: \"label\" is not known here"),
        ("\"start_direction\":\">\"", "\"start\":\">\"", "zones[0].rows[0].seats[0]: \"start\" is not known here"),
    ] {
        let sample = samples::theatre();
        assert!(sample.plan.contains(right), "{right}");
        let plan = sample.plan.replacen(right, wrong, 1);
        // The attributes of a zone without its name would belong to nobody.
        let attributes = if wrong.is_empty() { None } else { Some(sample.attributes.as_bytes()) };
        let error = import::pretix(plan.as_bytes(), attributes).unwrap_err();
        let faults: Vec<_> = error.faults().iter().map(ToString::to_string).collect();
        assert_eq!(faults, [expected]);
    }
}

#[test]
fn a_seat_that_is_gone_is_missed_by_its_attributes() {
    let Sample { plan, attributes } = samples::theatre();
    let plan = plan.replacen("\"seat_guid\":\"ST-U-28\"", "\"seat_guid\":\"ST-U-29\"", 1);
    let error = Sample { plan, attributes }.import().unwrap_err();
    let faults: Vec<_> = error.faults().iter().map(ToString::to_string).collect();
    assert_eq!(
        faults,
        ["attributes.seats: there is no seat \"ST-U-28\"", "zones[0].rows[19].seats[26]: there is no seat \"ST-U-28\""]
    );
}

#[test]
fn half_a_file_is_refused() {
    let Sample { plan, attributes } = samples::hall_with_tables();
    let (plan, attributes) = (plan.trim_end().as_bytes(), attributes.trim_end().as_bytes());
    for end in (0..plan.len()).step_by(173).chain([plan.len() - 1]) {
        assert!(import::pretix(&plan[..end], Some(attributes)).is_err(), "{end} bytes");
    }
    for end in (0..attributes.len()).step_by(7).chain([attributes.len() - 1]) {
        assert!(import::pretix(plan, Some(&attributes[..end])).is_err(), "{end} bytes of attributes");
    }
}

#[test]
fn damaged_files_do_not_panic() {
    let sample = samples::hall_with_tables();
    let table = table(&imported(&sample));
    let mut refused = 0;
    for seed in 0..300 {
        let rng = &mut Rng(seed);
        let damaged = |text: &str, rng: &mut Rng| {
            let mut bytes = text.as_bytes().to_vec();
            for _ in 0..=rng.below(3) {
                let at = rng.below(bytes.len());
                let letters = b"\"\\{}[]:,;\r\n0-.e \xff\x00";
                bytes[at] = letters[rng.below(letters.len())];
            }
            bytes
        };
        let (plan, attributes) = (damaged(&sample.plan, rng), damaged(&sample.attributes, rng));
        refused += usize::from(import::pretix(&plan, Some(&attributes)).is_err());
        refused += usize::from(import::csv(&damaged(&table, rng)).is_err());
    }
    assert!(refused > 100, "only {refused} were refused");
}
