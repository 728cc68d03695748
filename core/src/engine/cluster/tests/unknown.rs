//! An append whose outcome this process never learns.

use super::fixtures::{BUYING, Host, RIVALLING, Stream, Verdict, check_unknown, leader};
use crate::engine::cluster::News;
use crate::engine::tests::reserve;

#[test]
fn callers_are_told_that_the_outcome_is_unknown_and_nobody_else_is_asked() {
    let mut ann = leader();
    ann.copied.silence(true);
    let mut under_way = ann.ask(BUYING, reserve(1), 1);
    ann.writer.turn();
    let mut open = ann.ask(RIVALLING, reserve(2), 2);
    ann.writer.turn();
    ann.copied.will(Verdict::Unknown);
    ann.copied.silence(false);
    ann.writer.turn();
    check_unknown(&mut under_way, 1);
    // What was not sent is not carried out.
    let refused = open.answer().unwrap().unwrap_err();
    assert_eq!(refused.code().as_str(), "journal.unavailable");
    assert!(!refused.to_string().contains("unknown"), "{refused}");
    let mut later = ann.ask(BUYING, reserve(3), 3);
    ann.writer.turn();
    assert_eq!((later.code(), ann.forwarded().len()), (Some("journal.unavailable"), 0));
    assert!(ann.link.alarms().is_empty(), "the cluster knows that this host stops");
    ann.handle.close();
    ann.writer.turn();
    assert!(ann.writer.is_done());
}

#[test]
fn a_copy_that_may_lack_a_batch_is_not_written_any_more() {
    let stream = Stream::default();
    let mut ann = Host::leader(&stream);
    let mut bob = Host::follower(&stream);
    bob.catches_up();
    ann.copied.will(Verdict::Unknown);
    let mut asked = ann.ask(BUYING, reserve(1), 1);
    ann.writer.turn();
    check_unknown(&mut asked, 1);
    bob.leads(2);
    bob.done(RIVALLING, reserve(2));
    let (seq, n) = (ann.seq(), ann.link.applied().last().unwrap().0);
    ann.hears_a_claim();
    ann.catches_up();
    assert_eq!((ann.seq(), ann.link.applied().last().unwrap().0, ann.order(2)), (seq, n, None));
    ann.link.tell(News::Lead { epoch: 3 });
    ann.writer.turn();
    assert_eq!(ann.link.led(), [1]);
}

#[test]
fn an_alarm_leaves_what_was_under_way_unknown() {
    let mut ann = leader();
    ann.copied.silence(true);
    let mut under_way = ann.ask(BUYING, reserve(1), 1);
    ann.writer.turn();
    ann.link.tell(News::Alarm("the stream is gone".into()));
    ann.writer.turn();
    check_unknown(&mut under_way, 1);
    // The outcome of the append comes late, and changes nothing.
    ann.copied.will(Verdict::Unknown);
    ann.copied.silence(false);
    ann.writer.turn();
    assert!(ann.link.alarms().is_empty() && ann.forwarded().is_empty());
}
