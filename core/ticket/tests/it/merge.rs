//! Ten thousand scans of five devices, uploaded in any order, in any parts, and again.

use boxoffice_ticket::{CodeId, DeviceId, RefusalKind, Scan, ScanAct, ScanId, Scans};

use crate::model::Model;
use crate::rng::Rng;
use crate::samples::{DOORS, code, ms};

const SCANS: usize = 10_000;
const DEVICES: u32 = 5;
const TICKETS: u32 = 4_000;
const EVENING_MS: u32 = 5 * 3_600_000;

/// The device that is lost, and its first scan that doesn't count.
const LOST: (DeviceId, u32) = (DeviceId::from_number(4), 1_500);

/// Makes up the scans of an evening, with everything that goes wrong.
fn made_up(rng: &mut Rng) -> Vec<Scan> {
    let mut next = [1_u32; 5];
    let mut scans: Vec<Scan> = Vec::with_capacity(SCANS);
    while scans.len() < SCANS {
        let at = rng.index(next.len());
        let device = DeviceId::from_number(u32::try_from(at).unwrap() + 1);
        // Now and then a device has lost its count and gives a number once more.
        let sequence = if rng.below(400) == 0 { 1 + rng.below(next[at]) } else { next[at] };
        next[at] = next[at].max(sequence + 1);
        let own: Vec<_> = scans.iter().rev().take(40).filter(|scan| scan.id.device == device).collect();
        let (ticket, act) = act(rng, &own);
        scans.push(Scan {
            id: ScanId { device, sequence },
            // Seconds, not milliseconds, so that some scans are at the same time.
            clock_ms: ms(DOORS) + u64::from(rng.below(EVENING_MS) / 1000 * 1000),
            offset_ms: [0, 90_000, -3_600_000, 3_600_000, 1_000][at],
            ticket,
            gate: u16::try_from(rng.below(4)).unwrap(),
            list: rng.below(3),
            act,
        });
    }
    scans
}

/// Chooses what a device does, given some of its own scans.
fn act(rng: &mut Rng, own: &[&Scan]) -> (CodeId, ScanAct) {
    let ticket = code(rng.below(TICKETS), u16::from(rng.below(20) == 0));
    match rng.below(20) {
        0 | 1 => (ticket, ScanAct::Left),
        2 => (ticket, ScanAct::Refused(RefusalKind::ALL[rng.index(RefusalKind::ALL.len())])),
        3 if !own.is_empty() => {
            let scan = own[rng.index(own.len())];
            let wrongly = rng.below(4) == 0;
            (if wrongly { ticket } else { scan.ticket }, ScanAct::Undone { sequence: scan.id.sequence })
        }
        _ => (ticket, ScanAct::Admitted),
    }
}

/// Splits shuffled scans into uploads of one device each, some of which come twice or three times, in any order.
fn uploads(rng: &mut Rng, scans: &[Scan]) -> Vec<(DeviceId, Vec<u8>)> {
    let mut shuffled = scans.to_vec();
    rng.shuffle(&mut shuffled);
    let mut uploads = Vec::new();
    let mut rest = shuffled.as_slice();
    while !rest.is_empty() {
        let (part, later) = rest.split_at(rest.len().min(1 + rng.index(700)));
        rest = later;
        for device in (1..=DEVICES).map(DeviceId::from_number) {
            let mut own = Scans::new();
            for scan in part.iter().filter(|scan| scan.id.device == device) {
                own.insert(*scan);
            }
            for _ in 0..=rng.index(3) {
                uploads.push((device, own.encode()));
            }
        }
    }
    rng.shuffle(&mut uploads);
    uploads
}

fn only(scan: &Scan) -> Scans {
    let mut scans = Scans::new();
    scans.insert(*scan);
    scans
}

#[test]
fn any_order_of_any_uploads_gives_the_same() {
    let mut rng = Rng::new(5);
    let scans = made_up(&mut rng);
    let mut expected = Scans::new();
    for scan in &scans {
        expected.insert(*scan);
    }
    expected.revoke(LOST.0, LOST.1);
    let model = Model::of(&scans, &[LOST]);
    // The evening is one on which everything has gone wrong.
    let [tickets, doubles, contradictions, untrusted] = model.sizes();
    assert!(tickets > 3_000 && doubles > 500 && contradictions > 5 && untrusted > 200, "{:?}", model.sizes());
    assert!(Model::seen(&expected.admissions()) == model);

    for round in 0..8 {
        let uploads = uploads(&mut rng, &scans);
        let lost_at = rng.index(uploads.len());
        let mut merged = Scans::new();
        for (at, (device, bytes)) in uploads.iter().enumerate() {
            merged.merge(&Scans::decode_upload(bytes, *device).unwrap());
            if at == lost_at {
                merged.revoke(LOST.0, LOST.1);
            }
        }
        assert!(merged == expected, "round {round}");
        assert!(merged.admissions() == expected.admissions(), "round {round}");
    }
}

#[test]
fn two_servers_that_exchange_what_they_have_agree() {
    let mut rng = Rng::new(6);
    let scans = made_up(&mut rng);
    let (mut a, mut b) = (Scans::new(), Scans::new());
    for scan in &scans {
        // A third of the scans goes to both.
        let place = rng.below(3);
        if place != 0 {
            a.merge(&only(scan));
        }
        if place != 1 {
            b.merge(&only(scan));
        }
    }
    b.revoke(LOST.0, LOST.1);
    let (before_a, before_b) = (a.clone(), b.clone());
    a.merge(&before_b);
    b.merge(&before_a);
    assert!(a == b);
    // Once more changes nothing, and neither does merging with oneself.
    a.merge(&before_b);
    a.merge(&a.clone());
    assert!(a == b);
    assert!(Model::seen(&a.admissions()) == Model::of(&scans, &[LOST]));
}

#[test]
fn small_evenings_by_the_thousand_are_as_the_model_says() {
    let mut rng = Rng::new(7);
    for round in 0..2_000 {
        let mut scans: Vec<Scan> = Vec::new();
        for _ in 0..=rng.index(12) {
            let own: Vec<_> = scans.iter().collect();
            let (_, act) = act(&mut rng, &own);
            scans.push(Scan {
                id: ScanId { device: DeviceId::from_number(rng.below(2)), sequence: rng.below(8) },
                clock_ms: ms(DOORS) + u64::from(rng.below(6)),
                offset_ms: i32::try_from(rng.below(3)).unwrap() - 1,
                ticket: code(rng.below(2), u16::from(rng.below(4) == 0)),
                gate: u16::try_from(rng.below(2)).unwrap(),
                list: 0,
                act,
            });
        }
        let revoked = [(DeviceId::from_number(rng.below(3)), rng.below(12))];
        let mut set = Scans::new();
        rng.shuffle(&mut scans);
        for scan in &scans {
            set.insert(*scan);
        }
        set.revoke(revoked[0].0, revoked[0].1);
        assert_eq!(Model::seen(&set.admissions()), Model::of(&scans, &revoked), "{round}: {scans:?}");
    }
}
