use super::*;
use crate::testing::{ids, occupied, plan, seats};

/// Checks what the rule says of seats: `None` if it allows them, or which it leaves over and which to take instead.
#[track_caller]
fn check(rows: &[&str], taken: &[&str], chosen: &[&str], expected: Option<(&[&str], &[&str])>) {
    let plan = plan(rows);
    let occupancy = occupied(&plan, taken);
    let chosen = seats(&plan, chosen);
    assert_eq!(judge(SingleSeatRule::Off, &occupancy, &chosen), Ok(()));
    let refused = judge(SingleSeatRule::LastResort, &occupancy, &chosen).err();
    let told = refused.as_ref().map(|it| (ids(&plan, &it.seats), ids(&plan, &it.instead)));
    assert_eq!(told, expected.map(|(seats, instead)| (seats.to_vec(), instead.to_vec())));
}

#[test]
fn single_seats_without_need_are_refused_with_another_choice() {
    check(&["AAAAA"], &[], &["1-2", "1-3"], Some((&["1-1"], &["1-1", "1-2"])));
    check(&["AAAAA"], &[], &["1-4", "1-3", "1-3"], Some((&["1-5"], &["1-1", "1-2"])));
    check(&["AAAA", "AAAA"], &[], &["1-2", "2-2"], Some((&["1-1", "2-1"], &["1-1", "1-2"])));
    check(&["AAAAA"], &["s...."], &["1-3"], Some((&["1-2"], &["1-2"])));
}

#[test]
fn what_leaves_none_over_is_allowed() {
    check(&["AAAAA"], &[], &["1-4", "1-5"], None);
    check(&["AAAAA"], &[".s..."], &["1-3"], None);
    check(&["AAAA"], &["s..s"], &["1-2", "1-3"], None);
    // A gap is a wall: the seat behind it has its own neighbours.
    check(&["AA AA"], &[], &["1-1", "1-2"], None);
}

#[test]
fn the_rule_is_a_last_resort() {
    // No choice of this size avoids it.
    check(&["AAA"], &[], &["1-1", "1-2"], None);
    check(&["AAAA"], &[], &["1-1", "1-2", "1-4"], None);
    // Only others would, which are of another category.
    check(&["AAA", "BBBB"], &[], &["1-1", "1-2"], None);
    check(&["AAA", "BBBB"], &[], &["1-1", "2-2"], Some((&["2-1"], &["2-1", "2-2"])));
    // Only choices would that seat the party further apart.
    check(&["AAA", "A", "A"], &[], &["1-1", "1-2"], None);
    check(&["AAA", "A", "A"], &[], &["1-2", "2-1"], Some((&["1-1", "1-3"], &["1-1", "2-1"])));
}

#[test]
fn seats_that_are_kept_or_not_free_are_not_judged() {
    check(&["wAAA"], &[], &["1-1", "1-3"], None);
    check(&["AAAA"], &["...h"], &["1-2", "1-4"], None);
    let plan = plan(&["AAAA"]);
    let occupancy = occupied(&plan, &[]);
    assert_eq!(judge(SingleSeatRule::LastResort, &occupancy, &[SeatIndex(1), SeatIndex(9)]), Ok(()));
    assert_eq!(judge(SingleSeatRule::LastResort, &occupancy, &[]), Ok(()));
}

#[test]
fn the_refusal_says_how_many() {
    let refused = StrandedSeats { seats: vec![SeatIndex(1), SeatIndex(2)], instead: Vec::new() };
    assert_eq!(refused.to_string(), "2 single seats would be left over, which other seats avoid");
    assert_eq!(SingleSeatRule::default(), SingleSeatRule::LastResort);
}
