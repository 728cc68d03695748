use super::*;
use crate::plan::Plan;
use crate::testing::{ids, occupied, plan, seats};

fn chosen(occupancy: &Occupancy, wish: &Wish) -> (Vec<String>, Explanation) {
    let choice = best(occupancy, wish).unwrap();
    let ids = ids(occupancy.plan(), &choice.seats).into_iter().map(ToOwned::to_owned).collect();
    (ids, choice.reasons)
}

/// Checks which seats a party gets, and that they are together and leave no single seat over.
#[track_caller]
fn check(plan: &[&str], taken: &[&str], wish: &Wish, expected: &[&str]) {
    let (ids, reasons) = chosen(&occupied(&self::plan(plan), taken), wish);
    assert_eq!(ids, expected);
    assert_eq!((reasons.seating, reasons.singles), (Seating::Together, Singles::None));
}

fn of(categories: &[u16], quantity: u16) -> Wish {
    Wish { categories: Some(categories.iter().copied().map(CategoryIndex).collect()), ..Wish::new(quantity) }
}

fn with(accessible: u16, quantity: u16) -> Wish {
    Wish { accessible, ..Wish::new(quantity) }
}

#[test]
fn a_party_sits_together_in_front_of_the_stage() {
    let hall = ["AAAAAAAA", "AAAAAAAA", "AAAAAAAA"];
    check(&hall, &[], &Wish::new(2), &["1-4", "1-5"]);
    check(&hall, &["..ssssss"], &Wish::new(4), &["2-3", "2-4", "2-5", "2-6"]);
    check(&hall, &["..ssssss", "ss......"], &Wish::new(6), &["2-3", "2-4", "2-5", "2-6", "2-7", "2-8"]);
}

#[test]
fn no_single_seat_is_left_over_if_that_can_be_avoided() {
    check(&["AAAAA"], &[], &Wish::new(2), &["1-1", "1-2"]);
    check(&["AAA", "AAAA"], &[], &Wish::new(2), &["2-1", "2-2"]);
    // Everything that is taken is a wall, and so is a gap.
    for walls in ["..h..", "..s..", "..b.."] {
        check(&["AAAAA"], &[walls], &Wish::new(2), &["1-1", "1-2"]);
    }
    check(&["AAA AA"], &[], &Wish::new(2), &["1-4", "1-5"]);
    // A single seat that is there already is the best for one.
    check(&["AAAA", "A"], &["hs.h"], &Wish::new(1), &["1-3"]);
}

#[test]
fn what_is_left_over_is_told_with_the_reason() {
    let (ids, reasons) = chosen(&occupied(&plan(&["AAA"]), &[]), &Wish::new(2));
    assert_eq!(ids, ["1-1", "1-2"]);
    assert_eq!(reasons.singles, Singles::Unavoidable { seats: vec![SeatIndex(2)] });
    // Two seats apart from each other would leave none over.
    let (ids, reasons) = chosen(&occupied(&plan(&["AAA", "A", "A"]), &[]), &Wish::new(2));
    assert_eq!(ids, ["1-1", "1-2"]);
    assert_eq!(reasons.singles, Singles::ForTheParty { seats: vec![SeatIndex(2)] });
}

#[test]
fn categories_come_after_single_seats_and_before_distances() {
    check(&["AAA", "BBBB"], &[], &Wish::new(2), &["2-1", "2-2"]);
    check(&["BBBB", "AAAA"], &[], &Wish::new(2), &["2-1", "2-2"]);
    check(&["BBBB", "AAAA"], &[], &of(&[1, 0], 2), &["1-1", "1-2"]);
    check(&["BBBB", "AAAA", "CCCC"], &[], &of(&[2], 2), &["3-1", "3-2"]);
    // Categories that there are not, and such that come twice, are passed over.
    check(&["BBBB", "AAAA"], &[], &of(&[7, 1, 1, 0], 2), &["1-1", "1-2"]);
    let (_, reasons) = chosen(&occupied(&plan(&["AAA", "BBBB"]), &[]), &Wish::new(2));
    assert_eq!(reasons.category, CategoryIndex(1));
}

#[test]
fn in_a_row_with_several_categories_all_neighbours_count() {
    // The third seat is nearer, and would leave the fourth alone.
    check(&["AABB"], &[], &of(&[1], 1), &["1-4"]);
    // Together across the border of the categories, rather than apart.
    check(&["AABB"], &["s..s"], &Wish::new(2), &["1-2", "1-3"]);
    let (ids, reasons) = chosen(&occupied(&plan(&["ABBA"]), &[]), &of(&[1], 2));
    assert_eq!(ids, ["1-2", "1-3"]);
    assert_eq!(reasons.singles, Singles::Unavoidable { seats: vec![SeatIndex(0), SeatIndex(3)] });
}

#[test]
fn who_can_t_sit_together_sits_in_few_groups_and_not_alone() {
    let (ids, reasons) = chosen(&occupied(&plan(&["AAA", "AAA", "AA", "A"]), &["...", "..s"]), &Wish::new(4));
    assert_eq!(ids, ["2-1", "2-2", "3-1", "3-2"], "rather than three and one");
    assert_eq!(reasons.seating, Seating::Split { groups: vec![2, 2], longest_run: 3 });
    assert_eq!(reasons.singles, Singles::None);

    let (_, reasons) = chosen(&occupied(&plan(&["AA AA"]), &[]), &Wish::new(3));
    let Seating::Split { mut groups, longest_run } = reasons.seating else { panic!("three sit on two seats") };
    groups.sort_unstable();
    assert_eq!((groups, longest_run), (vec![1, 2], 2));
    assert!(matches!(reasons.singles, Singles::Unavoidable { seats } if seats.len() == 1));
}

#[test]
fn a_split_party_gets_better_categories_if_that_costs_nothing_else() {
    let (ids, reasons) = chosen(&occupied(&plan(&["BB", "BB", "AA", "AA"]), &[]), &Wish::new(4));
    assert_eq!(ids, ["3-1", "3-2", "4-1", "4-2"]);
    assert_eq!(reasons.category, CategoryIndex(0));
    let (ids, _) = chosen(&occupied(&plan(&["BB", "BB", "AA", "A"]), &[]), &Wish::new(4));
    assert_eq!(ids, ["1-1", "1-2", "2-1", "2-2"], "rather than that somebody sits alone");
}

#[test]
fn seats_that_are_kept_go_to_others_when_nothing_else_is_left() {
    let plan = plan(&["AwcA"]);
    let occupancy = occupied(&plan, &[]);
    let cases: [(u16, &[&str], u16); 4] = [
        (1, &["1-1"], 0),
        (2, &["1-1", "1-4"], 0),
        (3, &["1-1", "1-3", "1-4"], 1),
        (4, &["1-1", "1-2", "1-3", "1-4"], 2),
    ];
    for (quantity, expected, kept) in cases {
        let (ids, reasons) = chosen(&occupancy, &Wish::new(quantity));
        assert_eq!(ids, expected);
        assert_eq!(reasons.kept_seats, kept, "{quantity} seats");
    }
    // Beside the last ordinary seat, rather than nearer to the stage.
    let (ids, _) = chosen(&occupied(&self::plan(&["wcAAA", "AAAcw"]), &["..sss", "ss..."]), &Wish::new(2));
    assert_eq!(ids, ["2-3", "2-4"]);
}

#[test]
fn wheelchairs_come_with_their_companions() {
    let rows = ["AAAA", "wcwc"];
    check(&rows, &[], &with(1, 2), &["2-1", "2-2"]);
    check(&rows, &["....", "hh.."], &with(1, 2), &["2-3", "2-4"]);
    check(&rows, &[], &with(2, 4), &["2-1", "2-2", "2-3", "2-4"]);
    // Up to three beside each, and the rest as if they came alone.
    let (ids, reasons) = chosen(&occupied(&plan(&["AAAA", "wccA"]), &[]), &with(1, 5));
    assert_eq!(ids, ["1-1", "2-1", "2-2", "2-3", "2-4"]);
    assert_eq!(reasons.seating, Seating::Split { groups: vec![1, 4], longest_run: 4 });
    assert_eq!(reasons.kept_seats, 0);
    // Two places far from each other share the companions.
    let (ids, _) = chosen(&occupied(&plan(&["wcAA", "AAAA", "wcAA"]), &["..ss", "ssss", "..ss"]), &with(2, 4));
    assert_eq!(ids, ["1-1", "1-2", "3-1", "3-2"]);
}

#[test]
fn very_many_wheelchairs_are_no_exception() {
    // A search among all companions for each place would take long.
    let rows = vec!["wc"; 40_000];
    let occupancy = Occupancy::new(&plan(&rows));
    let (ids, reasons) = chosen(&occupancy, &with(2, 4));
    assert_eq!(ids, ["1-1", "1-2", "2-1", "2-2"]);
    assert_eq!(reasons.seating, Seating::Split { groups: vec![2, 2], longest_run: 2 });
}

#[test]
fn a_wish_that_can_t_be_is_refused_with_what_is_free() {
    let plan = plan(&["AAB", "w"]);
    let occupancy = occupied(&plan, &["s.."]);
    let refused = |wish: &Wish| {
        let NoChoice { free_in_wish, free_elsewhere, why } = best(&occupancy, wish).unwrap_err();
        (free_in_wish, free_elsewhere, why)
    };
    assert_eq!(refused(&Wish::new(4)), (3, 0, WhyNot::TooFewFree));
    assert_eq!(refused(&of(&[1], 2)), (1, 2, WhyNot::TooFewFree));
    assert_eq!(refused(&of(&[], 1)), (0, 3, WhyNot::TooFewFree));
    assert_eq!(refused(&with(2, 2)), (3, 0, WhyNot::TooFewAccessible));
    assert_eq!(refused(&Wish { accessible: 1, ..of(&[1], 1) }), (1, 2, WhyNot::TooFewAccessible));
    for (accessible, quantity) in [(0, 0), (0, 51), (2, 1)] {
        assert_eq!(refused(&with(accessible, quantity)), (3, 0, WhyNot::QuantityOutOfRange));
    }
    for zone in [1, 2, u16::MAX] {
        let wish = Wish { zone: Some(ZoneIndex(zone)), ..Wish::new(1) };
        assert_eq!(refused(&wish), (0, 3, WhyNot::UnknownZone));
    }
    let error = best(&occupancy, &Wish::new(4)).unwrap_err().to_string();
    assert_eq!(error, "too few seats are free: 3 seats of those wished for are free, and 0 others");
}

#[test]
fn reasons_have_a_stable_form() {
    let (_, reasons) = chosen(&occupied(&plan(&["AA", "AA"]), &[]), &Wish::new(3));
    let expected = concat!(
        r#"{"seating":{"kind":"split","groups":[2,1],"longestRun":2},"#,
        r#""singles":{"kind":"unavoidable","seats":[3]},"category":0,"distance":76,"keptSeats":0}"#
    );
    assert_eq!(serde_json::to_string(&reasons).unwrap(), expected);
    assert_eq!(serde_json::from_str::<Explanation>(expected).unwrap(), reasons);
    assert_eq!(serde_json::from_str::<Wish>(r#"{"quantity":2}"#).unwrap(), Wish::new(2));
    assert!(serde_json::from_str::<Wish>(r#"{"quantity":2,"zones":[1]}"#).is_err());
}

#[test]
fn very_long_rows_and_large_parties_are_no_exception() {
    let long = "A".repeat(300);
    let plan = plan(&[&long]);
    let mut occupancy = Occupancy::new(&plan);
    // The first party sits in the middle, and the others beside it in turn.
    for party in 1..=6 {
        let choice = best(&occupancy, &Wish::new(50)).unwrap();
        let split = Seating::Split { groups: vec![25, 25], longest_run: 25 };
        assert_eq!(choice.reasons.seating, if party < 6 { Seating::Together } else { split });
        assert_eq!(choice.reasons.singles, Singles::None);
        occupancy.hold(&choice.seats).unwrap();
    }
    assert_eq!(best(&occupancy, &Wish::new(1)).unwrap_err().free_in_wish, 0);
    let singles = all_but_every_second(&plan);
    let choice = best(&singles, &Wish::new(50)).unwrap();
    assert_eq!(choice.reasons.seating, Seating::Split { groups: vec![1; 50], longest_run: 1 });
}

/// Returns the occupancy where every second seat is taken.
fn all_but_every_second(plan: &Plan) -> Occupancy {
    let mut occupancy = Occupancy::new(plan);
    let taken: Vec<_> = plan.seats().map(|seat| seat.index).filter(|seat| seat.0 % 2 == 1).collect();
    occupancy.hold(&taken).unwrap();
    occupancy
}

#[test]
fn groups_and_single_seats_are_seen() {
    let plan = plan(&["AAAAA A", "AwA"]);
    let occupancy = occupied(&plan, &["......", "..."]);
    let numbers = |ids: &[&str]| seats(&plan, ids).iter().map(|seat| seat.0).collect::<Vec<_>>();
    assert_eq!(groups(&plan, &numbers(&["1-1", "1-2", "1-4", "1-5", "1-6", "2-1"])), [2, 2, 1, 1]);
    assert_eq!(stranded(&occupancy, &numbers(&["1-2", "1-4"])), numbers(&["1-1", "1-3", "1-5"]));
    // Single before, and beside a place that is kept: neither is made single by this.
    assert_eq!(stranded(&occupancy, &numbers(&["2-2"])), numbers(&[]));
}
