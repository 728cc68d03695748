//! A show on an evening, and its keys.

use boxoffice_ticket::{CodeId, KeyRing, RevocationList, Seed, ShowId, Ticket, Window};

pub(crate) const SHOW: ShowId = ShowId::from_bytes([0x01, 0x90, 0xa6, 0xb2, 0xc3, 0xd4, 0xe5, 0xf6]);

/// 2027-01-01, in seconds since 1970.
pub(crate) const JANUARY: u32 = 1_798_761_600;

/// 2027-04-01.
pub(crate) const APRIL: u32 = 1_806_537_600;

/// 2027-05-01T18:00:00Z, from when on tickets admit.
pub(crate) const DOORS: u32 = 1_809_194_400;

/// 2027-05-01T19:30:00Z.
pub(crate) const EVENING: u32 = 1_809_199_800;

/// 2027-05-02T00:00:00Z, from when on they don't.
pub(crate) const END: u32 = 1_809_216_000;

/// 2027-12-01.
pub(crate) const DECEMBER: u32 = 1_827_619_200;

pub(crate) fn ms(seconds: u32) -> u64 {
    u64::from(seconds) * 1000
}

pub(crate) fn window(not_before: u32, not_after: u32) -> Window {
    Window::new(not_before, not_after).unwrap()
}

pub(crate) fn season() -> Window {
    window(JANUARY, DECEMBER)
}

pub(crate) fn seed(byte: u8) -> Seed {
    Seed::new([byte; 32]).unwrap()
}

pub(crate) const fn code(number: u32, generation: u16) -> CodeId {
    CodeId { number, generation }
}

pub(crate) fn ticket(number: u32, generation: u16) -> Ticket {
    Ticket::new(SHOW, code(number, generation), window(DOORS, END))
}

/// Returns the ring with keys of these seeds, each of which was rotated to: the last one signs.
pub(crate) fn rotated(seeds: &[u8]) -> KeyRing {
    let mut ring = KeyRing::new(SHOW, &seed(seeds[0]), season());
    for byte in &seeds[1..] {
        ring.announce(&seed(*byte), season()).unwrap();
        ring.rotate().unwrap();
    }
    ring
}

/// Returns the ring of the box office on the evening. The time of key 1 was cut short; key 2 is retired, key 3 signs, and
/// key 4 is the next one.
pub(crate) fn ring() -> KeyRing {
    let mut ring = KeyRing::new(SHOW, &seed(1), window(JANUARY, APRIL));
    for byte in [2, 3] {
        ring.announce(&seed(byte), season()).unwrap();
        ring.rotate().unwrap();
    }
    ring.announce(&seed(4), season()).unwrap();
    ring
}

/// Returns a list with these tickets, made before the doors open.
pub(crate) fn list(number: u32, dead: &[(u32, u16)]) -> RevocationList {
    let mut list = RevocationList::new(SHOW, number, DOORS - 3600);
    for (number, generation) in dead {
        list.kill_below(code(*number, *generation));
    }
    list
}
