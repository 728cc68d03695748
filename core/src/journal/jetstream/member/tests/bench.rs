//! One member on a bench: told what happens, asked what it does.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::super::answer::Answer;
use super::super::super::message::{Header, Kind, Message};
use super::super::super::peer::{Said, Standing, What};
use super::super::super::position::Position;
use super::super::{Identity, Input, Member, Now, Output, Times};
use crate::event::Hash;
use crate::types::{HostId, HostState, Timestamp};

pub(super) const ANN: HostId = HostId::from_bytes([1; 16]);
pub(super) const BOB: HostId = HostId::from_bytes([2; 16]);
pub(super) const CAT: HostId = HostId::from_bytes([3; 16]);

const MORNING: u64 = 1_800_000_000_000;

/// Most bytes of a message, as published.
pub(super) const BYTES_MAX: usize = 2_000;

/// A member of Bob's host. Ann has been the writer so far, and Cat follows, too.
pub(super) struct Bench {
    pub(super) member: Member,
    /// Milliseconds since the process began.
    pub(super) time: u64,
    said: u64,
}

impl Bench {
    /// Returns a member that has just begun, with all it does at once.
    pub(super) fn blank() -> (Self, Vec<Output>) {
        let head = Hash::from_bytes([9; 32]);
        let journal = Hash::from_bytes([7; 32]);
        let position = Position { journal, generation: 1, seq: 10, n: 30, head, epoch: 4, writer: ANN };
        let (second_host, preferred, bytes_max) = (false, false, BYTES_MAX);
        let identity = Identity { host: BOB, instance: 77, seed: 5, preferred, second_host, bytes_max };
        let member = Member::new(identity, Times::default(), position, now(0));
        let mut bench = Self { member, time: 0, said: 0 };
        let outputs = bench.tell(Input::Voters(BTreeSet::from([ANN, BOB, CAT])));
        (bench, outputs)
    }

    /// Returns a member that follows Ann.
    pub(super) fn following() -> Self {
        let (mut bench, outputs) = Self::blank();
        let question = question(&outputs).unwrap();
        let tick = bench.next(Kind::Tick);
        bench.read(&tick);
        bench.tell(Input::Last { seq: 11 });
        bench.votes(ANN, question, true, false);
        assert_eq!(bench.member.state(), HostState::Follower);
        bench
    }

    /// Returns a member that has sent its claim, and the claim.
    pub(super) fn claiming() -> (Self, Arc<Message>) {
        let mut bench = Self::following();
        bench.pass(1_000);
        let seq = bench.member.position().seq;
        bench.tell(Input::Last { seq });
        let asked = bench.tell(Input::Keys { complete: true });
        let outputs = bench.votes(CAT, question(&asked).unwrap(), false, false);
        let (expected, claim) = published(&outputs).unwrap();
        assert_eq!((expected, claim.header.kind, claim.header.epoch), (seq, Kind::Claim, 5));
        (bench, claim)
    }

    /// Returns a member that is the writer.
    pub(super) fn writing() -> Self {
        let (mut bench, claim) = Self::claiming();
        assert!(bench.read(&claim).contains(&Output::Lead { epoch: 5 }));
        bench
    }

    /// Returns a member that is the writer, and tells of its appends only once a second host has them.
    pub(super) fn writing_for_two() -> Self {
        let mut bench = Self::writing();
        bench.member.identity.second_host = true;
        bench
    }

    pub(super) fn now(&self) -> Now {
        now(self.time)
    }

    pub(super) fn tell(&mut self, input: Input) -> Vec<Output> {
        self.member.handle(now(self.time), input)
    }

    /// Lets time pass, and tells the member.
    pub(super) fn pass(&mut self, ms: u64) -> Vec<Output> {
        self.time += ms;
        self.tell(Input::Tick)
    }

    /// Lets time pass as a driver does, in small steps; returns all that was done.
    pub(super) fn pass_slowly(&mut self, ms: u64) -> Vec<Output> {
        (0..ms / 20).flat_map(|_| self.pass(20)).collect()
    }

    /// Returns a message of Ann's that comes next.
    pub(super) fn next(&self, kind: Kind) -> Arc<Message> {
        self.message(kind, ANN, self.member.position().epoch + u64::from(kind == Kind::Claim), b"")
    }

    pub(super) fn message(&self, kind: Kind, writer: HostId, epoch: u64, body: &[u8]) -> Arc<Message> {
        let Position { journal, n, head, .. } = self.member.position();
        let at = now(self.time).wall;
        let header = Header { journal, kind, epoch, writer, n: n + 1, prev: head, hash: Hash::ZERO, at };
        Arc::new(Message::new(header, body.into()))
    }

    /// The message is read in its turn.
    pub(super) fn read(&mut self, message: &Arc<Message>) -> Vec<Output> {
        let seq = self.member.position().seq + 1;
        self.tell(Input::Read { seq, message: Arc::clone(message) })
    }

    pub(super) fn answer(&mut self, expected: u64, message: &Message, answer: Answer) -> Vec<Output> {
        self.tell(Input::Answered { expected, hash: message.header.hash, answer })
    }

    /// Another host says something, and stands where this one stands.
    pub(super) fn hear(&mut self, from: HostId, what: What) -> Vec<Output> {
        self.hear_at(from, what, |_| {})
    }

    /// Another host says something, and stands somewhere else.
    pub(super) fn hear_at(&mut self, from: HostId, what: What, change: impl FnOnce(&mut Said)) -> Vec<Output> {
        let Position { journal, generation, epoch, n, head, .. } = self.member.position();
        let standing = Standing { journal, generation, epoch, n, head, blank: false, secured: None };
        self.said += 1;
        let (number, at, second_host) = (self.said, now(self.time).wall, false);
        let mut said = Said { from, instance: 1, number, at, standing, second_host, what };
        change(&mut said);
        self.tell(Input::Heard(said))
    }

    pub(super) fn votes(&mut self, from: HostId, question: u64, hears_writer: bool, blank: bool) -> Vec<Output> {
        let yours = Some(self.member.position().head);
        let vote = What::Vote { to: BOB, question, hears_writer, yours };
        self.hear_at(from, vote, |said| said.standing.blank = blank)
    }
}

fn now(time: u64) -> Now {
    Now { moment: 1_000_000 + time, wall: Timestamp::from_millis(MORNING + time) }
}

/// Returns the question that was asked of the other hosts.
pub(super) fn question(outputs: &[Output]) -> Option<u64> {
    outputs.iter().find_map(|output| match output {
        Output::Say(Said { what: What::Ask { question }, .. }) => Some(*question),
        _ => None,
    })
}

/// Returns what was published, and which message it is to follow.
pub(super) fn published(outputs: &[Output]) -> Option<(u64, Arc<Message>)> {
    outputs.iter().find_map(|output| match output {
        Output::Publish { expected, message } => Some((*expected, Arc::clone(message))),
        _ => None,
    })
}

/// Returns why an alarm was sounded.
pub(super) fn alarm(outputs: &[Output]) -> Option<&str> {
    outputs.iter().find_map(|output| match output {
        Output::Alarm(why) => Some(why.as_str()),
        _ => None,
    })
}

/// Returns what was said of one kind.
pub(super) fn says(outputs: &[Output], is: impl Fn(&What) -> bool) -> usize {
    outputs.iter().filter(|output| matches!(output, Output::Say(said) if is(&said.what))).count()
}
