//! Writing: one message at a time, sent until its place has been read.

use std::sync::Arc;

use super::super::answer::{Answer, Verdict, WRONG_LAST_SEQUENCE, published_bytes};
use super::super::message::{Kind, Message};
use super::super::peer::What;
use super::super::position::Position;
use super::{Member, Moment, Now, Output, Resolution, Role};
use crate::event::Hash;
use crate::failpoint::Failpoint;

/// A message of this host that has no verdict.
#[derive(Debug)]
pub(super) struct Unresolved {
    /// Sequence number that it was written to follow.
    pub(super) expected: u64,
    /// When it was first sent: it can't have been stored before.
    pub(super) begun_at: Moment,
    /// The message. If it can't be stored, a tick takes its place; either may be read there.
    message: Arc<Message>,
    /// The message whose place the tick takes.
    instead_of: Option<Arc<Message>>,
    /// Number of the engine's append; none for what the member writes by itself.
    ticket: Option<u64>,
    sent_at: Moment,
    /// How often it was sent.
    sent: u32,
}

impl Unresolved {
    /// Returns `true` if this is what was read in its place.
    pub(super) fn is(&self, read: &Message) -> bool {
        let is_same = |message: &Arc<Message>| message.header.hash == read.header.hash;
        is_same(&self.message) || self.instead_of.as_ref().is_some_and(is_same)
    }
}

impl Member {
    /// Takes what the engine appends. It is published once the message before it is resolved.
    pub(super) fn append(&mut self, ticket: u64, body: Arc<[u8]>) {
        if self.writes() && self.queued.is_none() {
            self.queued = Some((ticket, body));
        } else {
            self.outputs.push(Output::Resolved { ticket, outcome: Resolution::Lost });
        }
    }

    /// Publishes what waits, or a tick if nothing was appended for a while.
    pub(super) fn write(&mut self, now: Now) {
        if self.unresolved.is_some() && !Failpoint::TwoBatchesInFlight.is_active() || self.unresolved_too.is_some() {
            return;
        }
        if let Some((ticket, body)) = self.queued.take() {
            let kind = if body.is_empty() { Kind::Tick } else { Kind::Batch };
            let message = self.message(kind, self.position.epoch, body, now.wall);
            if published_bytes(&message) > self.identity.bytes_max {
                self.outputs.push(Output::Resolved { ticket, outcome: Resolution::TooLarge });
                return;
            }
            self.publish(now, message, Some(ticket));
        } else if self.unresolved.is_none()
            && self.is_writer()
            && now.moment.saturating_sub(self.appended_at) >= self.times.tick
        {
            let tick = self.message(Kind::Tick, self.position.epoch, Arc::from([]), now.wall);
            self.publish(now, tick, None);
        }
    }

    /// Publishes a message of this host, at its position.
    pub(super) fn publish(&mut self, now: Now, message: Message, ticket: Option<u64>) {
        let (place, message) = match &self.unresolved {
            Some(first) => (&mut self.unresolved_too, first.message.followed_by(message)),
            None => (&mut self.unresolved, message),
        };
        let expected = message.header.n - 1 - self.position.n + self.position.seq;
        let message = Arc::new(message);
        self.outputs.push(Output::Publish { expected, message: Arc::clone(&message) });
        let (begun_at, sent_at, sent) = (now.moment, now.moment, 1);
        *place = Some(Unresolved { expected, begun_at, message, instead_of: None, ticket, sent_at, sent });
    }

    /// Takes an answer to a publish.
    pub(super) fn answered(&mut self, now: Now, expected: u64, hash: Hash, answer: Answer) {
        let is_current = self
            .unresolved
            .as_ref()
            .is_some_and(|unresolved| unresolved.expected == expected && unresolved.message.header.hash == hash);
        if !is_current {
            return;
        }
        let verdict = answer.verdict(expected);
        if !matches!(verdict, Verdict::Unready(_)) {
            self.unready = None;
        }
        if Failpoint::ConflictIsVerdict.is_active()
            && matches!(answer, Answer::Refused { code: WRONG_LAST_SEQUENCE, .. })
        {
            return self.give_up();
        }
        match verdict {
            Verdict::Stored => self.stored(now),
            // Perhaps its place is taken, and that was not delivered.
            Verdict::Again if matches!(answer, Answer::Refused { code: WRONG_LAST_SEQUENCE, .. }) => {
                self.read_again(now);
            }
            Verdict::Again => {}
            Verdict::Shorter(_) => self.doubt(),
            Verdict::Unready(why) => self.unready = Some(why),
            Verdict::TooLarge => self.give_the_place_to_a_tick(now),
            Verdict::Alarm(why) => self.sound_alarm(why),
        }
    }

    /// The servers say that the message has its place: what will be read there is known.
    fn stored(&mut self, now: Now) {
        let Some(message) = self.unresolved.as_ref().map(|unresolved| Arc::clone(&unresolved.message)) else { return };
        match self.position.after(&message) {
            Ok(position) => self.advance(now, position, &message),
            Err(fork) => self.forked(self.position.seq + 1, &fork),
        }
    }

    /// The place that a message of this host was written for is taken.
    pub(super) fn resolve(&mut self, now: Now, unresolved: &Unresolved, position: Position, read: &Arc<Message>) {
        let is_first = unresolved.instead_of.as_ref().is_some_and(|first| first.header.hash == read.header.hash);
        if unresolved.is(read) {
            self.appended_at = unresolved.begun_at;
        } else {
            self.outputs.push(Output::Apply { position, message: Arc::clone(read) });
        }
        let Some(ticket) = unresolved.ticket else { return };
        let outcome = match (unresolved.is(read), &unresolved.instead_of) {
            (true, None) => return self.is_stored(now, ticket, position),
            (true, Some(_)) if is_first => return self.is_stored(now, ticket, position),
            (true, Some(_)) => Resolution::TooLarge,
            (false, _) => Resolution::Lost,
        };
        self.outputs.push(Output::Resolved { ticket, outcome });
    }

    /// Sends a message again that has no verdict.
    pub(super) fn send_again(&mut self, now: Now) {
        let again = self.times.send_again;
        if matches!(self.role, Role::Alarm { .. }) {
            return;
        }
        let Some(unresolved) = &mut self.unresolved else { return };
        if now.moment.saturating_sub(unresolved.sent_at) < again {
            return;
        }
        if Failpoint::GiveUpByTimeout.is_active() && unresolved.sent >= 3 {
            return self.give_up();
        }
        unresolved.sent_at = now.moment;
        unresolved.sent = unresolved.sent.saturating_add(1);
        let (expected, message) = (unresolved.expected, Arc::clone(&unresolved.message));
        self.outputs.push(Output::Publish { expected, message });
    }

    /// Forgets a message without a verdict, which only a planted mistake does.
    fn give_up(&mut self) {
        if let Some(Unresolved { ticket: Some(ticket), .. }) = self.unresolved.take() {
            self.outputs.push(Output::Resolved { ticket, outcome: Resolution::Lost });
        }
    }

    /// Writes a tick to the place of a message that is too large.
    fn give_the_place_to_a_tick(&mut self, now: Now) {
        let Some(unresolved) = self.unresolved.take() else { return };
        if unresolved.instead_of.is_some() || unresolved.message.header.kind != Kind::Batch {
            return self.sound_alarm("the stream takes not even an empty message");
        }
        let tick = Arc::new(self.message(Kind::Tick, unresolved.message.header.epoch, Arc::from([]), now.wall));
        self.outputs.push(Output::Publish { expected: unresolved.expected, message: Arc::clone(&tick) });
        self.unresolved = Some(Unresolved {
            message: tick,
            instead_of: Some(unresolved.message),
            sent_at: now.moment,
            sent: 1,
            ..unresolved
        });
    }

    /// Takes nothing new from now on.
    pub(super) fn leave(&mut self) {
        if !matches!(self.role, Role::Leave { .. }) {
            let is_blank = matches!(self.role, Role::Blank);
            self.role = Role::Leave { says_bye: self.is_writer(), is_blank };
        }
    }

    /// Says that it writes no more, once everything is resolved.
    pub(super) fn say_bye(&mut self, now: Now) {
        let Role::Leave { says_bye: true, is_blank } = self.role else { return };
        if self.is_idle() {
            self.role = Role::Leave { says_bye: false, is_blank };
            self.outputs.push(Output::Depose);
            self.say(now, What::Bye);
        }
    }

    /// Returns `true` if nothing of this host is without a verdict.
    pub(crate) fn is_idle(&self) -> bool {
        self.unresolved.is_none() && self.queued.is_none() && self.holds_nothing()
    }

    /// Returns `true` if the process may end: nothing is without a verdict, and the others know. In alarm, nothing more
    /// becomes known.
    pub(crate) fn has_left(&self) -> bool {
        match self.role {
            Role::Leave { says_bye, .. } => self.is_idle() && !says_bye,
            Role::Alarm { .. } => true,
            _ => false,
        }
    }
}
