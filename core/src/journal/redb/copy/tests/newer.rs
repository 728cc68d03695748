//! What a newer version wrote.

use serde::Serialize;

use super::*;
use crate::event::Actor;
use crate::types::CommandId;

/// A record as a newer version writes it, in the form of all records.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NewerRecord<'a, T> {
    seq: u64,
    at: Timestamp,
    actor: Actor,
    command_id: CommandId,
    version: u64,
    event: NewerEvent<'a, T>,
}

#[derive(Serialize)]
struct NewerEvent<'a, T> {
    #[serde(rename = "type")]
    name: &'a str,
    data: T,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SeatMoved {
    seat: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UserErased {
    /// A number where this version expects an id.
    user_id: u64,
}

/// Returns a row with one record, which follows the head, as this version would write its bytes.
fn row(head: Head, name: &str, data: impl Serialize) -> Vec<u8> {
    let event = NewerEvent { name, data };
    let record =
        NewerRecord { seq: head.seq + 1, at: NOON, actor: Actor::System, command_id: command(9), version: 1, event };
    let payload = rmp_serde::to_vec_named(&record).unwrap();
    let hash = blake3::hash(&[&head.hash.as_bytes()[..], &payload[..]].concat());
    let len = u32::try_from(payload.len()).unwrap().to_le_bytes();
    [&[1_u8][..], &len[..], &hash.as_bytes()[..], &payload[..]].concat()
}

fn body(head: Head, row: &[u8]) -> Arc<[u8]> {
    let rows = vec![RecordRow { first: head.seq + 1, row }];
    let nothing = Payload { now: NOON, rows, vault: vec![], emails: vec![], erased: vec![], results: vec![] };
    nothing.encode().unwrap()
}

#[test]
fn an_event_that_is_not_known_is_named_and_changes_nothing() {
    let copy = copy();
    let begun = copy.begin(vec![proposal(3)]).unwrap();
    copy.settle(begun, Some(position(1))).unwrap();
    let (head, before) = (copy.head().unwrap(), dump(&copy));
    for (name, row) in [
        ("SeatMoved", row(head, "SeatMoved", SeatMoved { seat: "Row 4" })),
        // An event that is known, in a form that is not.
        ("UserErased", row(head, "UserErased", UserErased { user_id: 7 })),
    ] {
        let refused = copy.apply(&position(2), &body(head, &row)).unwrap_err();
        let JournalError::UnknownEvent { seq, event } = &refused else { panic!("{refused}") };
        assert_eq!((*seq, event.as_str()), (head.seq + 1, name));
        assert!(refused.to_string().contains(&format!("record {} holds the event {name}", head.seq + 1)), "{refused}");
        assert_eq!((dump(&copy), copy.position().unwrap()), (before.clone(), Some(position(1))));
    }
    // A version that knows it goes on from there.
    let begun = copy.begin(vec![proposal(1)]).unwrap();
    copy.settle(begun, Some(position(2))).unwrap();
    assert_eq!(copy.head().unwrap().seq, head.seq + 1);
}

#[test]
fn what_was_altered_is_damage_and_no_newer_version() {
    let copy = copy();
    let head = copy.head().unwrap();
    let mut row = row(head, "SeatMoved", SeatMoved { seat: "Row 4" });
    *row.last_mut().unwrap() ^= 1;
    let refused = copy.apply(&position(1), &body(head, &row)).unwrap_err();
    assert!(matches!(refused, JournalError::Damaged { seq: 1, .. }), "{refused}");
}
