use super::*;
use crate::testing::{Numbers, ids, occupied, plan, seats};

fn counts(free: u32, held: u32, sold: u32, blocked: u32) -> SeatCounts {
    SeatCounts { free, held, sold, blocked }
}

#[test]
fn seats_go_from_state_to_state_and_are_counted() {
    let plan = plan(&["AAB", "wB"]);
    let mut occupancy = Occupancy::new(&plan);
    assert_eq!(occupancy.counts(), counts(5, 0, 0, 0));
    let row = seats(&plan, &["1-1", "1-2", "1-3"]);
    occupancy.hold(&row).unwrap();
    occupancy.sell(&row[1..]).unwrap();
    occupancy.block(&seats(&plan, &["2-1"])).unwrap();
    assert_eq!(occupancy.counts(), counts(1, 1, 2, 1));
    assert_eq!(occupancy.counts_of_category(CategoryIndex(0)), counts(0, 1, 1, 1));
    assert_eq!(occupancy.counts_of_category(CategoryIndex(1)), counts(1, 0, 1, 0));
    assert_eq!(occupancy.counts_of_category(CategoryIndex(9)), SeatCounts::default());
    assert_eq!(occupancy.counts_of_zone(ZoneIndex(0)), occupancy.counts());
    assert_eq!(occupancy.counts_of_zone(ZoneIndex(1)), SeatCounts::default());
    assert_eq!(occupancy.free_of(None, 1), [1, 0, 0]);
    occupancy.release(&row[..1]).unwrap();
    occupancy.take_back(&row[1..]).unwrap();
    occupancy.unblock(&seats(&plan, &["2-1"])).unwrap();
    assert_eq!(occupancy, Occupancy::new(&plan));
    assert_eq!(occupancy.free_of(Some(0), 0), [2, 0, 1]);
}

type Change = fn(&mut Occupancy, &[SeatIndex]) -> Result<(), SeatRefused>;

#[test]
fn a_wrong_state_changes_nothing() {
    let plan = plan(&["AAAAA"]);
    let before = occupied(&plan, &["..hsb"]);
    let cases: [(Change, &[u32]); 6] = [
        (Occupancy::hold, &[0, 1]),
        (Occupancy::block, &[0, 1]),
        (Occupancy::release, &[2]),
        (Occupancy::sell, &[2]),
        (Occupancy::take_back, &[3]),
        (Occupancy::unblock, &[4]),
    ];
    for (at, (change, right)) in cases.into_iter().enumerate() {
        for wrong in (0..5).filter(|seat| !right.contains(seat)) {
            let mut occupancy = before.clone();
            let seats: Vec<_> = right.iter().chain([&wrong]).copied().map(SeatIndex).collect();
            let state = before.state(SeatIndex(wrong)).unwrap();
            let refused = change(&mut occupancy, &seats).unwrap_err();
            assert_eq!(refused, SeatRefused::NotInState { seat: SeatIndex(wrong), state }, "change {at}");
            assert_eq!(occupancy, before, "change {at}, seat {wrong}");
        }
        let mut occupancy = before.clone();
        let seat = SeatIndex(right[0]);
        assert_eq!(change(&mut occupancy, &[seat, seat]), Err(SeatRefused::Twice { seat }));
        let unknown = SeatRefused::Unknown { seat: SeatIndex(5) };
        assert_eq!(change(&mut occupancy, &[seat, SeatIndex(5)]), Err(unknown));
        assert_eq!(occupancy, before, "change {at}");
        assert_eq!(change(&mut occupancy, &[]), Ok(()));
        assert_eq!(change(&mut occupancy, &[seat]), Ok(()));
        assert_ne!(occupancy, before, "change {at}");
    }
    assert_eq!(before.state(SeatIndex(5)), None);
    assert_eq!(SeatRefused::Unknown { seat: SeatIndex(5) }.to_string(), "there is no seat 5");
    let refused = SeatRefused::NotInState { seat: SeatIndex(3), state: SeatState::Sold };
    assert_eq!((refused.to_string().as_str(), refused.seat()), ("seat 3 is sold", SeatIndex(3)));
}

#[test]
fn after_any_changes_counts_and_index_are_those_of_a_fresh_occupancy() {
    let long = "A".repeat(150);
    let plan = plan(&[&long, "AAABBB AAwcA", "wcc", "B"]);
    let mut numbers = Numbers(3);
    let mut occupancy = Occupancy::new(&plan);
    for round in 0..2_000 {
        let first = numbers.below(plan.seats_len());
        let end = (first + 1 + numbers.below(8)).min(plan.seats_len());
        let seats: Vec<_> = (first..end).map(|seat| SeatIndex(narrow(seat))).collect();
        let changes: [Change; 6] = [
            Occupancy::hold,
            Occupancy::release,
            Occupancy::sell,
            Occupancy::take_back,
            Occupancy::block,
            Occupancy::unblock,
        ];
        // Most are refused, which has to leave no trace either.
        let _ = changes[numbers.below(6)](&mut occupancy, &seats);
        if round % 50 == 0 {
            let mut fresh = Occupancy::new(&plan);
            for seat in plan.seats().map(|seat| seat.index) {
                match occupancy.state(seat).unwrap() {
                    SeatState::Free => {}
                    SeatState::Blocked => fresh.block(&[seat]).unwrap(),
                    state => {
                        fresh.hold(&[seat]).unwrap();
                        if state == SeatState::Sold {
                            fresh.sell(&[seat]).unwrap();
                        }
                    }
                }
            }
            assert_eq!(occupancy, fresh, "round {round}");
        }
    }
    assert!(occupancy.counts().sold > 0 && occupancy.counts().blocked > 0);
}

#[test]
fn an_edit_carries_states_over_unless_it_drops_taken_seats() {
    let (old, new) = (plan(&["AAAA", "AAA"]), plan(&["AAA", "AAAA"]));
    let change = old.changes_to(&new);
    let carried = occupied(&old, &["hs..", "b.."]).carry_over(&change, &new).unwrap();
    assert_eq!(carried, occupied(&new, &["hs.", "b..."]));
    for taken in ["...h", "...s"] {
        let lost = occupied(&old, &[taken, "h.."]).carry_over(&change, &new).unwrap_err();
        assert_eq!(ids(&old, &lost), ["1-4"]);
    }
    assert!(occupied(&old, &["...b", "..."]).carry_over(&change, &new).is_ok(), "blocked seats may be dropped");

    let small = plan(&["AA"]);
    let of_another = small.changes_to(&new);
    let lost = occupied(&old, &["h..b", "s.."]).carry_over(&of_another, &new).unwrap_err();
    assert_eq!(ids(&old, &lost), ["1-1", "1-4", "2-1"]);

    // A change between other plans of as many seats would give seat 2-1 what seat 1-4 has.
    let of_others = new.changes_to(&new);
    let lost = occupied(&old, &["...h", "..b"]).carry_over(&of_others, &new).unwrap_err();
    assert_eq!(ids(&old, &lost), ["1-4", "2-3"]);
}

#[test]
fn seats_of_two_long_rows_in_turn_are_as_good_as_in_order() {
    let long = "A".repeat(50_000);
    let plan = plan(&[&long, &long]);
    let mut occupancy = Occupancy::new(&plan);
    let seats: Vec<_> = (0..50_000).flat_map(|seat| [SeatIndex(seat), SeatIndex(seat + 50_000)]).collect();
    occupancy.hold(&seats).unwrap();
    assert_eq!(occupancy.counts(), counts(0, 100_000, 0, 0));
    occupancy.release(&seats).unwrap();
    assert!(occupancy == Occupancy::new(&plan));
}

#[test]
fn states_have_names() {
    assert_eq!(SeatState::ALL.map(|state| state.to_string()), ["free", "held", "sold", "blocked"]);
    assert_eq!(serde_json::to_string(&SeatState::Sold).unwrap(), "\"sold\"");
}
