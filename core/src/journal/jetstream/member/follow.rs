//! Following the stream: every message in its turn, and none skipped.

use std::sync::Arc;

use super::super::message::{Kind, Message};
use super::super::position::{Fork, Position};
use super::{HISTORY_MAX, Member, Now, Output, Resolution, Role};
use crate::event::Hash;
use crate::failpoint::Failpoint;

impl Member {
    /// Takes a message that was read.
    pub(super) fn read(&mut self, now: Now, seq: u64, message: &Arc<Message>) {
        if seq < self.position.seq {
            return;
        }
        if seq == self.position.seq {
            if message.header.hash == self.position.head {
                self.confirmed();
            } else {
                self.sound_alarm(format!("message {seq} of the stream is another one than this copy has"));
            }
            return;
        }
        if seq > self.position.seq + 1 {
            if Failpoint::FollowerSkips.is_active() {
                let (n, head) = (message.header.n.saturating_sub(1), message.header.prev);
                self.position = Position { seq: seq - 1, n, head, ..self.position };
                return self.read(now, seq, message);
            }
            return self.misses_the_next(now);
        }
        match self.position.after(message) {
            Ok(position) => self.advance(now, position, message),
            Err(fork) => self.forked(seq, &fork),
        }
    }

    /// Takes note of something at a place of the stream that is no message.
    pub(super) fn unreadable(&mut self, seq: u64, why: &str) {
        if seq >= self.position.seq {
            self.sound_alarm(format!("message {seq} of the stream can't be read: {why}"));
        }
    }

    pub(super) fn forked(&mut self, seq: u64, fork: &Fork) {
        self.sound_alarm(format!("message {seq} of the stream does not follow this copy: {fork}"));
    }

    /// Goes on to a position whose message was read, or was acknowledged to this host.
    pub(super) fn advance(&mut self, now: Now, position: Position, message: &Arc<Message>) {
        self.remember(position);
        self.got_on(now);
        self.unready = None;
        let mine = self.unresolved.take_if(|unresolved| unresolved.expected < position.seq);
        self.unresolved = self.unresolved.take().or_else(|| self.unresolved_too.take());
        let wrote = mine.as_ref().is_some_and(|mine| mine.is(message));
        self.has_news(now, message, mine.as_ref().filter(|_| wrote).map(|mine| mine.begun_at));
        let is_others = message.header.kind != Kind::Claim && !wrote;
        if is_others && self.writes() {
            return self.sound_alarm("another process writes as this host: a data directory was copied");
        }
        match mine {
            Some(unresolved) => self.resolve(now, &unresolved, position, message),
            None => self.outputs.push(Output::Apply { position, message: Arc::clone(message) }),
        }
        if message.header.kind == Kind::Claim {
            self.claimed(now, wrote);
        }
        self.restart_campaign();
    }

    fn remember(&mut self, position: Position) {
        self.position = position;
        if self.history.len() == HISTORY_MAX {
            self.history.pop_front();
        }
        self.history.push_back((position.n, position.head));
    }

    /// Returns the hash of a message of this copy, if it is remembered.
    pub(super) fn hash_of(&self, n: u64) -> Option<Hash> {
        let first = self.history.front()?.0;
        let at = usize::try_from(n.checked_sub(first)?).ok()?;
        self.history.get(at).filter(|(at, _)| *at == n).map(|(_, hash)| *hash)
    }

    /// A claim was read: the host that made it is the writer. One that an earlier process of this host made leads nobody.
    fn claimed(&mut self, now: Now, is_mine: bool) {
        self.quiet_from = now.moment;
        self.be_patient();
        self.take_over_at = None;
        if self.writes() {
            self.lose_queued();
            self.outputs.push(Output::Depose);
        }
        self.role = match std::mem::replace(&mut self.role, Role::Follow) {
            Role::Campaign(_) if is_mine => {
                self.owes_all();
                self.outputs.push(Output::Lead { epoch: self.position.epoch });
                Role::Write
            }
            // It came too late to be of use: the others need not wait.
            Role::Leave { is_blank, .. } => Role::Leave { says_bye: is_mine, is_blank },
            Role::Blank => Role::Blank,
            role => {
                debug_assert!(!matches!(role, Role::Alarm { .. }), "nothing is read in alarm");
                Role::Follow
            }
        };
    }

    /// Tells the engine that what waits to be published never will be.
    pub(super) fn lose_queued(&mut self) {
        if let Some((ticket, _)) = self.queued.take() {
            self.outputs.push(Output::Resolved { ticket, outcome: Resolution::Lost });
        }
    }
}
