//! Who has the card processor's keys, by what is heard.

use super::*;

const ANN: HostId = HostId::from_bytes([1; 16]);
const BOB: HostId = HostId::from_bytes([2; 16]);

fn offer(from: HostId) -> Offer {
    Offer { from, processor: "stripe".into(), versions: vec![1], is_ready: true }
}

fn next(payers: &Payers, now: Moment, tried: &[HostId]) -> Option<HostId> {
    payers.next(now, "stripe", 1, &tried.iter().copied().collect())
}

#[test]
fn hosts_with_the_keys_have_their_turns_while_they_are_heard() {
    let payers = Payers::default();
    assert_eq!((payers.processor(), next(&payers, 0, &[])), (None, None));
    payers.heard(0, offer(ANN));
    payers.heard(2_000, offer(BOB));
    assert_eq!(payers.processor().as_deref(), Some("stripe"));
    let both: BTreeSet<_> = (0..2).filter_map(|_| next(&payers, 2_000, &[])).collect();
    assert_eq!(both, BTreeSet::from([ANN, BOB]));
    assert_eq!((next(&payers, 2_000, &[ANN]), next(&payers, 2_000, &[ANN, BOB])), (Some(BOB), None));
    for _ in 0..2 {
        assert_eq!(next(&payers, KNOWN_FOR + 1, &[]), Some(BOB));
    }
    assert!(payers.is_heard(KNOWN_FOR, ANN) && !payers.is_heard(KNOWN_FOR + 1, ANN));
    assert_eq!(next(&payers, 2_000 + KNOWN_FOR + 1, &[]), None);
    // What it was called is still known.
    assert_eq!(payers.processor().as_deref(), Some("stripe"));
}

#[test]
fn a_host_that_has_not_answered_is_asked_last_for_a_while() {
    let payers = Payers::default();
    for host in [ANN, BOB] {
        payers.heard(0, offer(host));
    }
    payers.doubt(10, ANN);
    payers.heard(500, offer(ANN));
    for _ in 0..4 {
        assert_eq!(next(&payers, 600, &[]), Some(BOB));
    }
    assert_eq!(next(&payers, 600, &[BOB]), Some(ANN));
    for time in 1..=8 {
        for host in [ANN, BOB] {
            payers.heard(500 * time, offer(host));
        }
    }
    let both: BTreeSet<_> = (0..2).filter_map(|_| next(&payers, 4_000, &[])).collect();
    assert_eq!(both.len(), 2);
}

#[test]
fn only_who_is_ready_and_understands_the_question_about_this_processor_is_asked() {
    for other in [
        Offer { is_ready: false, ..offer(ANN) },
        Offer { versions: vec![2, 3], ..offer(ANN) },
        Offer { processor: "stripe-test".into(), ..offer(ANN) },
    ] {
        let payers = Payers::default();
        payers.heard(0, other.clone());
        assert_eq!(next(&payers, 0, &[]), None, "{other:?}");
        payers.heard(0, offer(BOB));
        assert_eq!((next(&payers, 0, &[]), payers.unreachable(0, "stripe")), (Some(BOB), None));
    }
}

#[test]
fn whoever_looks_is_told_why_nobody_can_be_asked() {
    let payers = Payers::default();
    let why = |now| payers.unreachable(now, "stripe").unwrap();
    assert!(why(0).contains("is heard"), "{}", why(0));
    payers.heard(0, Offer { processor: "stripe-test".into(), ..offer(ANN) });
    assert!(why(0).contains("other keys"), "{}", why(0));
    payers.heard(0, Offer { is_ready: false, ..offer(BOB) });
    assert!(why(0).contains("is ready"), "{}", why(0));
    assert!(why(KNOWN_FOR + 1).contains("is heard"));
}

#[test]
fn what_is_said_comes_back() {
    let actions = vec![(ChargeId::from_bytes([7; 16]), "pi_1_secret".to_owned())];
    for talk in [Talk::Offer(offer(ANN)), Talk::Actions { from: BOB, epoch: 3, actions }] {
        let text = rmp_serde::to_vec_named(&talk).unwrap();
        assert_eq!(rmp_serde::from_slice::<Talk>(&text).unwrap(), talk);
        for cut in 0..text.len() {
            assert!(rmp_serde::from_slice::<Talk>(&text[..cut]).is_err(), "{cut}");
        }
    }
}
