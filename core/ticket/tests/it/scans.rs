//! What single scans come to.

use boxoffice_ticket::{DeviceId, RefusalKind, SCANS_MAX, Scan, ScanAct, ScanFault, ScanId, Scans};

use crate::samples::{DOORS, code, list, ms};

const DEVICE_1: DeviceId = DeviceId::from_number(1);
const DEVICE_2: DeviceId = DeviceId::from_number(2);

/// Returns an admission of ticket 7, so many milliseconds after the doors have opened.
fn admitted(device: DeviceId, sequence: u32, after_ms: u64) -> Scan {
    Scan {
        id: ScanId { device, sequence },
        clock_ms: ms(DOORS) + after_ms,
        offset_ms: 0,
        ticket: code(7, 0),
        gate: 1,
        list: 1,
        act: ScanAct::Admitted,
    }
}

fn undone(device: DeviceId, sequence: u32, what: u32) -> Scan {
    Scan { act: ScanAct::Undone { sequence: what }, ..admitted(device, sequence, 900) }
}

fn set(scans: &[Scan]) -> Scans {
    let mut set = Scans::new();
    for scan in scans {
        set.insert(*scan);
    }
    set
}

/// Returns the first admission of ticket 7, and its double ones as pairs.
fn outcome(scans: &Scans) -> (Option<Scan>, Vec<(Scan, Scan)>) {
    let admissions = scans.admissions();
    let used = admissions.ticket(7);
    let doubles = admissions.doubles().map(|double| (double.before, double.again)).collect();
    (used.map(|used| used.first), doubles)
}

#[test]
fn the_first_by_corrected_time_admits() {
    // The clock of device 1 is ten seconds slow, and it knows that.
    let slow = Scan { offset_ms: 10_000, ..admitted(DEVICE_1, 1, 0) };
    let right = admitted(DEVICE_2, 1, 5_000);
    assert_eq!(outcome(&set(&[slow, right])), (Some(right), vec![(right, slow)]));
    let fast = Scan { offset_ms: -10_000, ..admitted(DEVICE_1, 1, 12_000) };
    assert_eq!(outcome(&set(&[fast, right])), (Some(fast), vec![(fast, right)]));
}

#[test]
fn at_the_same_time_the_lower_device_and_number_admit() {
    let (a, b, c) = (admitted(DEVICE_1, 8, 0), admitted(DEVICE_1, 9, 0), admitted(DEVICE_2, 1, 0));
    for scans in [[a, b, c], [c, b, a], [b, c, a]] {
        assert_eq!(outcome(&set(&scans)), (Some(a), vec![(a, b), (a, c)]));
    }
}

#[test]
fn who_has_left_may_come_back() {
    let left = Scan { act: ScanAct::Left, gate: 2, ..admitted(DEVICE_1, 2, 2_000) };
    let (first, back) = (admitted(DEVICE_1, 1, 0), admitted(DEVICE_2, 1, 3_000));
    let scans = set(&[back, left, first]);
    assert_eq!(outcome(&scans), (Some(first), vec![]));
    let admissions = scans.admissions();
    let used = admissions.ticket(7).unwrap();
    assert_eq!((used.last, used.inside), (back, true));
    assert_eq!((admissions.gate(1).admitted, admissions.gate(2).left, admissions.gate(3).refused), (2, 1, 0));
    // A leaving that comes later than the second admission doesn't excuse it.
    let late = Scan { clock_ms: ms(DOORS) + 4_000, ..left };
    assert_eq!(outcome(&set(&[back, late, first])), (Some(first), vec![(first, back)]));
}

#[test]
fn two_generations_are_a_double_admission_also_after_leaving() {
    let left = Scan { act: ScanAct::Left, ..admitted(DEVICE_1, 2, 2_000) };
    let (first, other) =
        (admitted(DEVICE_1, 1, 0), Scan { ticket: code(7, 1), list: 2, ..admitted(DEVICE_2, 1, 3_000) });
    let scans = set(&[first, left, other]);
    assert_eq!(outcome(&scans), (Some(first), vec![(first, other)]));
    // By the list of the second device the code of the first one was dead.
    let dead: Vec<_> = scans.admissions().dead(&list(2, &[(7, 1)])).copied().collect();
    assert_eq!(dead, [first]);
}

#[test]
fn refusals_admit_nobody() {
    let refused = Scan { act: ScanAct::Refused(RefusalKind::TooEarly), ..admitted(DEVICE_1, 1, 0) };
    let left = Scan { act: ScanAct::Left, ..admitted(DEVICE_1, 2, 0) };
    let scans = set(&[refused, left]);
    assert_eq!(outcome(&scans), (None, vec![]));
    assert_eq!(scans.admissions().gate(1).refused, 1);
}

#[test]
fn what_is_taken_back_was_never_there() {
    let (first, second) = (admitted(DEVICE_1, 1, 0), admitted(DEVICE_2, 1, 500));
    assert_eq!(outcome(&set(&[first, second, undone(DEVICE_1, 2, 1)])), (Some(second), vec![]));
    assert_eq!(outcome(&set(&[undone(DEVICE_1, 2, 1), first])), (None, vec![]));
    // Twice is once.
    assert_eq!(outcome(&set(&[undone(DEVICE_1, 2, 1), undone(DEVICE_1, 3, 1), first])), (None, vec![]));
}

#[test]
fn only_ones_own_earlier_scan_of_the_ticket_is_taken_back() {
    let first = admitted(DEVICE_1, 2, 0);
    let other = Scan { ticket: code(8, 0), ..undone(DEVICE_1, 3, 2) };
    for undo in [undone(DEVICE_2, 3, 2), undone(DEVICE_1, 1, 2), undone(DEVICE_1, 3, 4), undone(DEVICE_1, 3, 3), other]
    {
        assert_eq!(outcome(&set(&[first, undo])), (Some(first), vec![]), "{undo:?}");
    }
    // Taking back can't be taken back: the ticket is scanned once more.
    let twice = [first, undone(DEVICE_1, 3, 2), undone(DEVICE_1, 4, 3)];
    assert_eq!(outcome(&set(&twice)), (None, vec![]));
}

#[test]
fn scans_of_a_revoked_device_count_up_to_where_it_was_lost() {
    let (before, after) = (admitted(DEVICE_1, 4, 0), admitted(DEVICE_1, 5, 100));
    let mut scans = set(&[before, after, undone(DEVICE_1, 6, 4)]);
    assert_eq!(outcome(&scans), (Some(after), vec![]));
    scans.revoke(DEVICE_1, 6);
    assert_eq!(outcome(&scans), (Some(before), vec![(before, after)]));
    scans.revoke(DEVICE_1, 5);
    scans.revoke(DEVICE_1, 9);
    scans.revoke(DEVICE_2, 0);
    assert_eq!(outcome(&scans), (Some(before), vec![]));
    assert_eq!((scans.admissions().untrusted, scans.len()), (2, 3));
}

#[test]
fn a_device_that_contradicts_itself_is_named() {
    let copies = [admitted(DEVICE_1, 1, 300), admitted(DEVICE_1, 1, 100), admitted(DEVICE_1, 1, 200)];
    let expected = set(&copies);
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let scans = set(&order.map(|at| copies[at]));
        assert_eq!(scans, expected, "{order:?}");
        assert_eq!(outcome(&scans), (Some(copies[1]), vec![]));
        assert_eq!(scans.admissions().contradictions, [copies[0].id]);
    }
    assert_eq!(expected.scans().collect::<Vec<_>>(), [copies[1], copies[2]]);
    assert!(set(&copies[..1]).admissions().contradictions.is_empty());
}

#[test]
fn the_same_scan_again_changes_nothing() {
    let mut scans = Scans::new();
    assert!(scans.insert(admitted(DEVICE_1, 1, 0)));
    assert!(!scans.insert(admitted(DEVICE_1, 1, 0)));
    assert_eq!((scans.len(), scans.admissions().contradictions.len()), (1, 0));
}

#[test]
fn scans_come_back() {
    let acts =
        [ScanAct::Admitted, ScanAct::Left, ScanAct::Refused(RefusalKind::Used), ScanAct::Undone { sequence: u32::MAX }];
    let scans: Vec<_> = (1..)
        .zip(acts)
        .map(|(sequence, act)| Scan {
            id: ScanId { device: DeviceId::from_number(u32::MAX), sequence },
            clock_ms: u64::MAX,
            offset_ms: i32::MIN,
            ticket: code(u32::MAX, u16::MAX),
            gate: u16::MAX,
            list: u32::MAX,
            act,
        })
        .collect();
    let scans = set(&scans);
    assert_eq!(Scans::decode(&scans.encode()), Ok(scans));
    assert_eq!(Scans::decode(&Scans::new().encode()), Ok(Scans::new()));
}

#[test]
fn uploads_that_nobody_wrote_are_refused() {
    let scans = [admitted(DEVICE_1, 1, 0), admitted(DEVICE_1, 1, 1), undone(DEVICE_2, 1, 0)];
    let bytes = set(&scans).encode();
    assert_eq!(bytes.len(), 5 + 3 * 37);
    for len in 0..bytes.len() {
        assert!(Scans::decode(&bytes[..len]).is_err(), "{len}");
    }
    assert_eq!(Scans::decode(&[bytes.as_slice(), &[0]].concat()), Err(ScanFault::Malformed));
    assert_eq!(Scans::decode(&[4, 0, 0, 0, 0]), Err(ScanFault::FormatUnknown(4)));
    assert_eq!(Scans::decode(&[3, 0xff, 0xff, 0xff, 0xff]), Err(ScanFault::Malformed));
    assert_eq!(Scans::decode_upload(&[3, 0, 1, 0x86, 0xa1], DEVICE_1), Err(ScanFault::TooMany));

    let of = |order: &[usize]| {
        let mut mixed = vec![3, 0, 0, 0, u8::try_from(order.len()).unwrap()];
        for at in order {
            mixed.extend(&bytes[5 + at * 37..5 + (at + 1) * 37]);
        }
        Scans::decode(&mixed)
    };
    assert!(of(&[0, 1, 2]).is_ok() && of(&[2]).is_ok() && of(&[]).is_ok());
    for order in [[1, 0].as_slice(), &[0, 0], &[0, 2, 1], &[2, 0]] {
        assert_eq!(of(order), Err(ScanFault::Malformed), "{order:?}");
    }
    // An act that there is not, a reason that there is not, and an argument that an admission doesn't have.
    for (act, argument) in [(4, 0), (2, 0), (2, 12), (0, 1), (1, 1)] {
        let mut damaged = set(&scans[..1]).encode();
        (damaged[5 + 32], damaged[5 + 36]) = (act, argument);
        assert_eq!(Scans::decode(&damaged), Err(ScanFault::Malformed), "{act} {argument}");
    }
}

#[test]
fn an_upload_has_a_limit_and_what_was_written_can_be_read() {
    let mut scans = Scans::new();
    for sequence in 1..=u32::try_from(SCANS_MAX).unwrap() {
        scans.insert(admitted(DEVICE_1, sequence, 0));
    }
    assert!(Scans::decode_upload(&scans.encode(), DEVICE_1).is_ok());
    scans.insert(admitted(DEVICE_1, 0, 0));
    let bytes = scans.encode();
    assert!(Scans::decode_upload(&bytes, DEVICE_1) == Err(ScanFault::TooMany));
    assert!(Scans::decode(&bytes) == Ok(scans));
}

#[test]
fn nobody_uploads_for_another_device() {
    let own = set(&[admitted(DEVICE_1, 1, 0)]);
    assert_eq!(Scans::decode_upload(&own.encode(), DEVICE_1), Ok(own.clone()));
    let foreign = set(&[admitted(DEVICE_1, 1, 0), admitted(DEVICE_2, 1, 0)]).encode();
    assert_eq!(Scans::decode_upload(&foreign, DEVICE_1), Err(ScanFault::DeviceForeign(DEVICE_2)));
}

#[test]
fn a_third_copy_is_never_written() {
    let copies = [admitted(DEVICE_1, 1, 0), admitted(DEVICE_1, 1, 1), admitted(DEVICE_1, 1, 2)];
    let mut bytes = vec![3, 0, 0, 0, 3];
    for copy in copies {
        bytes.extend(&set(&[copy]).encode()[5..]);
    }
    assert_eq!(Scans::decode(&bytes), Err(ScanFault::Malformed));
}
