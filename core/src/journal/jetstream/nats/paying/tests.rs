//! Which questions to the card processor are asked for another host.

use super::*;
use crate::event::Hash;

const ANN: HostId = HostId::from_bytes([1; 16]);
const BOB: HostId = HostId::from_bytes([2; 16]);
const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

fn asked() -> Ask {
    Ask { from: ANN, processor: "stripe".into(), epoch: Some(4), at: NOW, question: vec![1, 2, 3] }
}

/// Judges a question at a host that has read the claim of Ann's fourth epoch.
fn judged(ask: &Ask) -> Option<String> {
    let hash = Hash::from_bytes([7; 32]);
    let position = Position { journal: hash, generation: 1, seq: 9, n: 20, head: hash, epoch: 4, writer: ANN };
    judge(ask, Some("stripe"), &position, NOW)
}

#[test]
fn an_epoch_that_is_over_asks_nothing() {
    assert_eq!(judged(&asked()), None);
    let over = judged(&Ask { epoch: Some(3), ..asked() }).unwrap();
    assert!(over.contains("epoch 3 is over"), "{over}");
    let other = judged(&Ask { from: BOB, ..asked() }).unwrap();
    assert!(other.contains("does not write"), "{other}");
    // This host has not read that claim yet.
    assert_eq!(judged(&Ask { from: BOB, epoch: Some(5), ..asked() }), None);
    // Reading is anybody's.
    assert_eq!(judged(&Ask { from: BOB, epoch: None, ..asked() }), None);
}

#[test]
fn what_was_long_under_way_asks_nothing() {
    let at = |ms: u64| judged(&Ask { at: Timestamp::from_millis(ms), ..asked() });
    let now = NOW.as_millis();
    assert_eq!((at(now - AGE_MAX), at(now + AGE_MAX)), (None, None));
    assert!(at(now - AGE_MAX - 1).is_some() && at(now + AGE_MAX + 1).is_some());
}

#[test]
fn the_keys_of_another_card_processor_are_of_no_use() {
    assert!(judged(&Ask { processor: "stripe-test".into(), ..asked() }).is_some());
    let hash = Hash::ZERO;
    let position = Position { journal: hash, generation: 1, seq: 0, n: 0, head: hash, epoch: 4, writer: ANN };
    assert!(judge(&asked(), None, &position, NOW).is_some());
}

#[test]
fn questions_and_answers_come_back() {
    let text = rmp_serde::to_vec_named(&asked()).unwrap();
    assert_eq!(rmp_serde::from_slice::<Ask>(&text).unwrap(), asked());
    for told in [Told::Answer(vec![1, 2]), Told::Refused("why".into())] {
        let text = rmp_serde::to_vec_named(&told).unwrap();
        assert_eq!(rmp_serde::from_slice::<Told>(&text).unwrap(), told);
    }
    for cut in 0..text.len() {
        assert!(rmp_serde::from_slice::<Ask>(&text[..cut]).is_err(), "{cut}");
    }
}
