//! How far a stream has come, and what its answers say.

use async_nats::StatusCode;

use super::*;

fn found(ids: &[u64], is_all: bool) -> (u64, Vec<u64>) {
    let Found { after, known, .. } = Found::of(ids.iter().copied().collect(), is_all);
    (after, known.into_iter().collect())
}

#[test]
fn it_goes_on_after_what_the_stream_has_without_a_gap() {
    assert_eq!(found(&[], true), (0, vec![]));
    assert_eq!(found(&[1, 2, 3], true), (3, vec![]));
    assert_eq!(found(&[100, 101, 102], false), (102, vec![]));
    // The third and the fifth were lost on their way, and those after them were not.
    assert_eq!(found(&[1, 2, 4, 6], true), (2, vec![4, 6]));
    assert_eq!(found(&[100, 101, 103], false), (101, vec![103]));
    // So was the very first.
    assert_eq!(found(&[2, 3], true), (0, vec![2, 3]));
    // One that came twice, late, is no gap by itself.
    assert_eq!(found(&[99, 100, 101], false), (101, vec![]));
}

#[test]
fn ids_of_stored_messages_are_read() {
    let with = |id: &str| format!("NATS/1.0\r\nNats-Expected-Stream: EVENTS\r\n{MESSAGE_ID}: {id}\r\n\r\n");
    assert_eq!(id_in(with("17").as_bytes()), Some(17));
    for other in ["", "x", "-1", "18446744073709551616"] {
        assert_eq!(id_in(with(other).as_bytes()), None, "{other}");
    }
    assert_eq!((id_in(b""), id_in(b"NATS/1.0\r\n\r\n"), id_in(&[0xff])), (None, None, None));
}

fn answer(status: Option<u16>, payload: &str) -> Message {
    Message {
        subject: "_INBOX.x.7".into(),
        reply: None,
        payload: payload.to_owned().into(),
        headers: None,
        status: status.map(|status| StatusCode::from_u16(status).unwrap()),
        description: None,
        length: 0,
    }
}

#[test]
fn an_event_is_stored_once_its_own_stream_says_so() {
    let said = |payload: &str| verdict(&answer(None, payload), "EVENTS");
    assert_eq!(said(r#"{"stream":"EVENTS","seq":8}"#).unwrap(), Verdict::Stored);
    assert_eq!(said(r#"{"stream":"EVENTS","seq":8,"duplicate":true}"#).unwrap(), Verdict::Stored);
    assert!(matches!(said(r#"{"stream":"OTHER","seq":8}"#), Err(PublishError::Elsewhere(..))));
    let full =
        r#"{"error":{"code":503,"err_code":10077,"description":"maximum bytes exceeded"},"stream":"EVENTS","seq":0}"#;
    assert!(matches!(said(full).unwrap(), Verdict::Refused(refusal) if refusal.err_code == 10_077));
    assert_eq!(said("").unwrap(), Verdict::Silence);
    assert_eq!(verdict(&answer(Some(503), ""), "EVENTS").unwrap(), Verdict::Silence);
}
