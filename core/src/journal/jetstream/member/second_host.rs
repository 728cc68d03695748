//! Telling of an append only once a second host has it: an option.
//!
//! What the stream acknowledges is lost if its end is lost together with the host that wrote it: no other host may have read it by
//! then. So whoever wants it tells the outcome of an append only once another voter has said that its own copy has the message
//! durably. Copies are synced every second; while such a host writes, the others sync at once, and say how far they are.
//!
//! If none says so, the outcome is told all the same after as long as callers wait. They have been told that it is unknown by
//! then, and nothing more is promised: the engine has to ask [`Member::is_acknowledged`] before it answers. Otherwise a host
//! whose others are gone for good could not even take the vote from them. While no other host votes, there is none to wait for.

use super::super::peer::{Secured, What};
use super::super::position::Position;
use super::{Member, Moment, Now, Output, Resolution, Role};
use crate::failpoint::Failpoint;

/// What a member knows of other copies, and of its own.
#[derive(Debug, Default)]
pub(super) struct SecondHost {
    /// The append that is in the stream, and whose outcome is not told yet.
    held: Option<Held>,
    /// Number of the last message that another voter has durably.
    acknowledged: u64,
    /// Number of a message that another voter has to have before the card processor is asked: the claim, or the last append whose
    /// outcome was told although no other voter had it.
    owed: u64,
    /// Number of a message of this host that no other voter is known to have, and since when it is missed.
    missed: Option<(u64, Moment)>,
    /// How far this host's own copy is durable, if anybody wants to know.
    own: Option<Secured>,
}

/// An append that is in the stream.
#[derive(Debug)]
struct Held {
    ticket: u64,
    /// Position after it.
    position: Position,
    since: Moment,
}

impl Member {
    /// Returns `true` if callers may hear of what was appended up to this message: a second host has it, if one is needed.
    pub(crate) fn is_acknowledged(&self, n: u64) -> bool {
        n <= self.second.acknowledged || !self.needs_second_host()
    }

    /// Returns `true` if the card processor may be asked: a second host has all that this host's engine rests on, if one is needed.
    pub(super) fn is_all_acknowledged(&self) -> bool {
        self.is_acknowledged(self.second.owed)
    }

    /// Takes note that this host is the writer, and that its engine rests on everything before its claim.
    pub(super) fn owes_all(&mut self) {
        self.second.owed = self.position.n;
    }

    /// Returns `true` if this message is an append whose outcome is not told yet.
    pub(crate) fn holds(&self, n: u64) -> bool {
        self.second.held.as_ref().is_some_and(|held| held.position.n == n)
    }

    /// Returns `true` if no outcome waits for a second host.
    pub(super) fn holds_nothing(&self) -> bool {
        self.second.held.is_none()
    }

    /// Returns `true` if the option is on, and no other host votes: an append counts as stored at once.
    pub(crate) fn has_no_second_host(&self) -> bool {
        self.identity.second_host && !self.voters.is_empty() && !self.has_other_voter()
    }

    /// Returns `true` if the host that writes waits for what this one has.
    pub(crate) fn is_asked_what_it_has(&self) -> bool {
        let is_heard = matches!(self.role, Role::Follow | Role::Campaign(_));
        is_heard && self.peers.waits_for_a_second(self.position.writer)
    }

    /// Returns `true` if this host says with everything that it says how far its copy is durable.
    pub(crate) fn says_what_it_has(&self) -> bool {
        self.identity.second_host || self.is_asked_what_it_has()
    }

    fn has_other_voter(&self) -> bool {
        self.voters.iter().any(|voter| *voter != self.identity.host)
    }

    fn needs_second_host(&self) -> bool {
        let needs = self.identity.second_host && self.has_other_voter();
        needs && !Failpoint::AnswerBeforeSecondHost.is_active()
    }

    /// An append of the engine is in the stream: its outcome is told, or waits for a second host.
    pub(super) fn is_stored(&mut self, now: Now, ticket: u64, position: Position) {
        if self.needs_second_host() {
            self.second.held = Some(Held { ticket, position, since: now.moment });
        } else {
            self.outputs.push(Output::Resolved { ticket, outcome: Resolution::Stored(position) });
        }
    }

    /// Never tells the outcome of what waits for a second host: after an alarm, nothing is told.
    pub(super) fn forget_held(&mut self) {
        self.second.held = None;
    }

    /// Looks at what the other voters have, and tells the outcome that waits for them.
    pub(super) fn look_at_other_copies(&mut self, now: Now) {
        if !self.identity.second_host {
            return;
        }
        let is_same = |secured: &Secured| self.hash_of(secured.n) == Some(secured.head);
        let most = self.peers.secured(&self.voters).filter(is_same).map(|secured| secured.n).max();
        let acknowledged = most.unwrap_or_default().max(self.second.acknowledged);
        self.second.acknowledged = acknowledged;
        self.miss(now);
        let (needs, alone) = (self.needs_second_host(), self.times.alone);
        let is_over = |held: &mut Held| {
            let is_late = now.moment.saturating_sub(held.since) >= alone;
            held.position.n <= acknowledged || is_late || !needs
        };
        let Some(Held { ticket, position, .. }) = self.second.held.take_if(is_over) else { return };
        if needs && position.n > acknowledged {
            self.second.owed = position.n;
        }
        self.outputs.push(Output::Resolved { ticket, outcome: Resolution::Stored(position) });
    }

    /// Takes note of whether another voter has what this host wrote.
    fn miss(&mut self, now: Now) {
        let (acknowledged, last, is_writer) = (self.second.acknowledged, self.position.n, self.is_writer());
        let missed = self.second.missed.filter(|(n, _)| is_writer && *n > acknowledged);
        self.second.missed = missed.or((is_writer && last > acknowledged).then_some((last, now.moment)));
    }

    /// Returns `true` if no other voter has had anything new of this host for too long.
    pub(super) fn misses_second_host(&self, now: Now) -> bool {
        let is_long = |since: Moment| now.moment.saturating_sub(since) > self.times.fresh;
        self.needs_second_host() && self.second.missed.is_some_and(|(_, since)| is_long(since))
    }

    /// This host's own copy has become durable up to here. The host that waits for it is told at once.
    pub(super) fn secured(&mut self, now: Now, secured: Secured) {
        let is_news = self.second.own.is_none_or(|known| known.n < secured.n);
        self.second.own = Some(secured);
        if is_news && self.is_asked_what_it_has() {
            self.say(now, What::Status);
        }
    }

    /// Returns how far this host's own copy is durable, if anybody wants to know.
    pub(super) fn own_secured(&self) -> Option<Secured> {
        self.second.own
    }
}
