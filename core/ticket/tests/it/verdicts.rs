//! Verdicts of a door: whose key × which moment, by which clock × dead or not.

use boxoffice_ticket::{DoorClock, KeyFault, KeyRing, ListFault, Refusal, RevocationList, ShowId, Verifier};

use crate::samples::{DOORS, END, EVENING, list, ms, ring, rotated, season, seed, ticket};

/// The holders of keys: those of the box office, one by one, and strangers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Signer {
    /// Retired, its time was cut short.
    Over,
    /// Retired, still valid.
    Retired,
    Current,
    /// Not current yet when the door got its keys.
    Next,
    /// A stranger's key with the number of the current one.
    Impostor,
    /// A stranger's key with a number that the door doesn't know.
    Stranger,
}

impl Signer {
    const ALL: [Self; 6] = [Self::Over, Self::Retired, Self::Current, Self::Next, Self::Impostor, Self::Stranger];

    fn ring(self) -> KeyRing {
        match self {
            Self::Over => rotated(&[1]),
            Self::Retired => rotated(&[1, 2]),
            Self::Current => rotated(&[1, 2, 3]),
            Self::Next => rotated(&[1, 2, 3, 4]),
            Self::Impostor => rotated(&[11, 12, 13]),
            Self::Stranger => rotated(&[11, 12, 13, 14, 15]),
        }
    }

    /// Returns the verdict on a code of this key, given what the time and the list say of its ticket.
    fn verdict(self, by_time: &'static str, is_dead: bool) -> &'static str {
        match self {
            Self::Impostor => "code.signature_wrong",
            Self::Stranger => "code.key_unknown",
            _ if is_dead => "code.dead",
            Self::Over if by_time == "admitted" => "code.key_not_valid",
            Self::Over | Self::Retired | Self::Current | Self::Next => by_time,
        }
    }
}

const HOUR: u32 = 3600;
const HOUR_MS: i32 = 3_600_000;

/// What the door's clock shows, in seconds, what is added to it and how much slack there is, in milliseconds, and what a
/// ticket of the evening is then.
const MOMENTS: &[(u32, i32, u32, &str)] = &[
    // A clock that is right.
    (DOORS - 1, 0, 0, "code.too_early"),
    (DOORS, 0, 0, "admitted"),
    (EVENING, 0, 0, "admitted"),
    (END - 1, 0, 0, "admitted"),
    (END, 0, 0, "code.too_late"),
    // A clock that is an hour fast, half an hour before the doors open and before the end.
    (DOORS + HOUR / 2, -HOUR_MS, 0, "code.too_early"),
    (END + HOUR / 2, -HOUR_MS, 0, "admitted"),
    // The same before anybody has measured it: it admits early, and refuses before the end.
    (DOORS + HOUR / 2, 0, 0, "admitted"),
    (END + HOUR / 2, 0, 0, "code.too_late"),
    // A clock that is an hour slow, half an hour after the doors have opened and after the end.
    (DOORS - HOUR / 2, HOUR_MS, 0, "admitted"),
    (END - HOUR / 2, HOUR_MS, 0, "code.too_late"),
    // The same before anybody has measured it.
    (DOORS - HOUR / 2, 0, 0, "code.too_early"),
    (END - HOUR / 2, 0, 0, "admitted"),
    // An hour of slack at both ends, for clocks that nobody measures.
    (DOORS - HOUR, 0, 3_600_000, "admitted"),
    (DOORS - HOUR, 0, 3_599_999, "code.too_early"),
    (END + HOUR - 1, 0, 3_600_000, "admitted"),
    (END + HOUR, 0, 3_600_000, "code.too_late"),
    // A clock that was never set.
    (0, 0, 0, "code.too_early"),
];

fn verdict(door: &Verifier, text: &str, clock_ms: u64) -> &'static str {
    door.check(text, clock_ms).map_or_else(Refusal::code, |_| "admitted")
}

#[test]
fn every_key_at_every_moment() {
    let keys = ring().public();
    for signer in Signer::ALL {
        let text = signer.ring().sign(&ticket(7, 0)).unwrap().to_text();
        for (clock, offset_ms, slack_ms, by_time) in MOMENTS {
            for is_dead in [false, true] {
                let mut door = Verifier::new(keys.clone());
                door.set_clock(DoorClock { offset_ms: *offset_ms, slack_ms: *slack_ms });
                if is_dead {
                    door.set_list(&ring().sign_list(&list(1, &[(7, 1)])).unwrap()).unwrap();
                }
                let expected = signer.verdict(by_time, is_dead);
                assert_eq!(verdict(&door, &text, ms(*clock)), expected, "{signer:?} {clock} {offset_ms} {is_dead}");
            }
        }
    }
}

#[test]
fn the_code_of_the_new_owner_admits() {
    let (ring, mut door) = (ring(), Verifier::new(ring().public()));
    let [old, new] = [0, 1].map(|generation| ring.sign(&ticket(7, generation)).unwrap().to_text());
    // Without the list both do: the door can't know yet.
    assert_eq!([&old, &new].map(|text| verdict(&door, text, ms(EVENING))), ["admitted", "admitted"]);
    door.set_list(&ring.sign_list(&list(1, &[(7, 1)])).unwrap()).unwrap();
    assert_eq!([&old, &new].map(|text| verdict(&door, text, ms(EVENING))), ["code.dead", "admitted"]);
}

#[test]
fn a_door_never_goes_back_to_an_older_list() {
    let (ring, mut door) = (ring(), Verifier::new(ring().public()));
    let sign = |number, dead: &[(u32, u16)]| ring.sign_list(&list(number, dead)).unwrap();
    let (first, second) = (sign(1, &[(7, 1)]), sign(2, &[(7, 1), (8, 1)]));
    door.set_list(&second).unwrap();
    door.set_list(&second).unwrap();
    assert_eq!(door.set_list(&first), Err(ListFault::Outdated { held: 2, given: 1 }));
    assert_eq!(door.set_list(&sign(2, &[])), Err(ListFault::Contradictory(2)));
    assert_eq!(door.list().map(|list| (list.number(), list.len())), Some((2, 2)));
    door.set_list(&sign(3, &[(7, 2), (8, 1)])).unwrap();
    assert_eq!(door.list().map(RevocationList::number), Some(3));
}

#[test]
fn a_withdrawn_key_admits_nobody() {
    let (mut ring, text) = (ring(), Signer::Retired.ring().sign(&ticket(7, 0)).unwrap().to_text());
    let mut door = Verifier::new(ring.public());
    let leaked = ring.public().keys()[1].id();
    assert_eq!(verdict(&door, &text, ms(EVENING)), "admitted");
    ring.withdraw(leaked).unwrap();
    door.set_keys(ring.public()).unwrap();
    assert_eq!(verdict(&door, &text, ms(EVENING)), "code.key_unknown");
}

#[test]
fn new_keys_leave_dead_tickets_dead() {
    let (mut ring, mut door) = (ring(), Verifier::new(ring().public()));
    let text = ring.sign(&ticket(7, 0)).unwrap().to_text();
    let signer = ring.public().keys()[2].id();
    door.set_list(&ring.sign_list(&list(1, &[(7, 1)])).unwrap()).unwrap();
    ring.rotate().unwrap();
    door.set_keys(ring.public()).unwrap();
    assert_eq!(verdict(&door, &text, ms(EVENING)), "code.dead");
    // A list of the withdrawn key is still the one that the door goes by.
    ring.withdraw(signer).unwrap();
    door.set_keys(ring.public()).unwrap();
    assert_eq!(door.list().map(RevocationList::number), Some(1));

    let elsewhere = KeyRing::new(ShowId::from_bytes([9; 8]), &seed(9), season()).public();
    assert_eq!(door.set_keys(elsewhere), Err(KeyFault::ShowWrong(ShowId::from_bytes([9; 8]))));
}
