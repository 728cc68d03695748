//! Decides commands into the open batch.

use super::answer;
use super::handle::{Asked, Repetition, Request, Submission};
use super::replay::load;
use super::writer::Writer;
use crate::domain::expiration::ExpireOrder;
use crate::domain::{Context, Decision, Inconsistency, Reply, decide};
use crate::error::{Code, Error};
use crate::event::{Actor, StreamKey};
use crate::failpoint::Failpoint;
use crate::types::{CommandId, Timestamp, UserId};

/// Maximum number of orders that expire in one batch, so that many at once do not delay other commands.
const EXPIRIES_MAX: usize = 2048;

/// Outcome of a command in its batch.
pub(super) enum Decided {
    /// The answer, to be sent once the batch is durable.
    Answer(Result<Reply, Error>),
    /// The command has to wait: for expiries that are still in the backlog, or for a batch with room for it.
    Later,
}

/// Fingerprint of the first command of an id, and its answer.
pub(super) type First = ([u8; 16], Result<Reply, Error>);

impl Repetition {
    /// Returns the answer to a command that was refused already: the first answer if it is a repetition, otherwise the refusal, also
    /// where the key belongs to another command: what was refused is none.
    pub(super) fn answer(&self, first: Result<Option<First>, Error>) -> Result<Reply, Error> {
        match first? {
            Some((fingerprint, answer)) if fingerprint == self.fingerprint => answer,
            _ => Err(self.refusal.clone()),
        }
    }
}

impl Writer {
    /// Expires due orders, the earliest deadline first, up to the limit of a batch, so that other commands are not
    /// delayed.
    pub(super) fn expire(&mut self) -> Result<usize, Inconsistency> {
        #[cfg(feature = "cluster")]
        let max = self.expiries_max(EXPIRIES_MAX);
        #[cfg(not(feature = "cluster"))]
        let max = EXPIRIES_MAX;
        let due = self.parts.state.deadlines().due(self.open.now, max.saturating_sub(self.open.expired));
        let mut expired = 0;
        for order_id in due {
            let id = CommandId::from(self.parts.ids.next());
            let request = Request::new(ExpireOrder { order_id }, id, Actor::System);
            let decision = decide(&self.parts.state, &request.command, &self.context(Actor::System, None));
            if let Ok(decision) = decision {
                #[cfg(feature = "cluster")]
                if !self.takes_expiry(&request, &decision) {
                    break;
                }
                // The system gets no answer.
                let _ = self.open.accept(&mut self.parts.state, &request, decision)?;
            }
            expired += 1;
        }
        self.open.expired += expired;
        if expired > 0 {
            metrics::counter!("boxoffice_expired_orders_total").increment(expired as u64);
        }
        Ok(expired)
    }

    /// Decides a command into the open batch, or parks it: until the expiries that it depends on are decided, or until there
    /// is a batch with room for it.
    pub(super) fn decide(&mut self, submission: Submission) -> Result<(), Inconsistency> {
        #[cfg(feature = "cluster")]
        if self.cluster.is_some() && self.is_full() {
            self.parked.push(submission);
            return Ok(());
        }
        let Submission { asked, reply } = submission;
        let (answer, decided) = match &asked {
            Asked::FirstAnswer(repetition) => (repetition.answer(self.first(repetition.id)), Ok(())),
            Asked::Decision(request) => match self.decide_request(request) {
                Ok(Decided::Answer(answer)) => (answer, Ok(())),
                Ok(Decided::Later) => {
                    self.parked.push(Submission { asked, reply });
                    return Ok(());
                }
                Err(inconsistency) => (Err(Code::Internal.into()), Err(inconsistency)),
            },
        };
        self.open.answers.push((reply, answer));
        #[cfg(feature = "cluster")]
        self.keep(asked);
        decided
    }

    fn decide_request(&mut self, request: &Request) -> Result<Decided, Inconsistency> {
        match self.first_answer(request) {
            Ok(Some(answer)) => return Ok(Decided::Answer(answer)),
            Ok(None) => {}
            Err(error) => return Ok(Decided::Answer(Err(error))),
        }
        let email_owner = match self.prepare(request) {
            Ok(owner) => owner,
            Err(error) => return Ok(Decided::Answer(Err(error))),
        };
        if self.is_held_by_overdue(request) {
            return Ok(Decided::Later);
        }
        match decide(&self.parts.state, &request.command, &self.context(request.actor, email_owner)) {
            Ok(decision) => self.accept(request, decision),
            Err(rejection) if rejection.counts_holds() && self.has_backlog() => Ok(Decided::Later),
            Err(rejection) => {
                let answer = Err(rejection.into());
                if !request.command.is_told() {
                    self.open.refuse(request, &answer);
                }
                Ok(Decided::Answer(answer))
            }
        }
    }

    /// Accepts a decision into the open batch.
    fn accept(&mut self, request: &Request, decision: Decision) -> Result<Decided, Inconsistency> {
        #[cfg(feature = "cluster")]
        if !self.takes(request, &decision) {
            return Ok(self.leave_out(request));
        }
        Ok(Decided::Answer(self.open.accept(&mut self.parts.state, request, decision)?))
    }

    fn context(&self, actor: Actor, email_owner: Option<UserId>) -> Context {
        let hosts_changing = self.undurable().any(|batch| batch.changes_hosts);
        Context { now: self.open.now, actor, email_owner, hosts_changing, limits: self.parts.limits }
    }

    /// Returns the answer that the command got the first time.
    fn first_answer(&self, request: &Request) -> Result<Option<Result<Reply, Error>>, Error> {
        let Some(fingerprint) = request.fingerprint else { return Ok(None) };
        let first = self.first(request.id)?;
        Ok(first.map(|(first, answer)| if first == fingerprint { answer } else { Err(Code::CommandKeyReused.into()) }))
    }

    /// Returns the fingerprint of the first command of this id, and its answer.
    fn first(&self, id: CommandId) -> Result<Option<First>, Error> {
        if let Some((fingerprint, answer)) = self.undurable().find_map(|batch| batch.result(id)) {
            return Ok(Some((*fingerprint, answer.clone())));
        }
        self.first_stored(id, self.open.now)
    }

    /// Returns the same as far as it is durable, and not too old at `now`.
    pub(super) fn first_stored(&self, id: CommandId, now: Timestamp) -> Result<Option<First>, Error> {
        let stored = self.parts.journal.result(id, now)?;
        Ok(stored.map(|stored| (stored.fingerprint, answer::decode(&stored.answer))))
    }

    /// Loads the entities that decide the command into memory; returns the owner of the email that it is about.
    fn prepare(&mut self, request: &Request) -> Result<Option<UserId>, Error> {
        // The order comes first, because it names its tickets.
        if let Some(order) = request.command.order() {
            self.load(StreamKey::Order(order))?;
        }
        loop {
            let mut seats = request.command.seats(&self.parts.state);
            if Failpoint::SoldSeatsForgotten.is_active() {
                seats.clear();
            }
            let mut is_new = false;
            for holder in self.parts.views.seat_holders(&seats)? {
                is_new |= self.load(StreamKey::Ticket(holder))?;
            }
            let mut owner = None;
            for key in request.command.reads(request.actor, &self.parts.state) {
                if let StreamKey::Email(email) = key {
                    let decided = self.undurable().find_map(|batch| batch.email_owner(email));
                    owner = match decided.filter(|_| !Failpoint::EmailCheckedTooEarly.is_active()) {
                        Some(owner) => Some(owner),
                        None => self.parts.journal.email_owner(email)?,
                    };
                } else {
                    is_new |= self.load(key)?;
                }
            }
            // What came into memory may name more: a ticket that is sold, the order that has it.
            if !is_new {
                return Ok(owner);
            }
        }
    }

    /// Sees to it that what exists is in memory; says whether it was put there.
    fn load(&mut self, key: StreamKey) -> Result<bool, Error> {
        let is_new = load(&mut self.parts.state, &self.parts.views, key)?;
        if is_new {
            self.open.loaded.push((key, self.parts.state.version(key)));
        }
        Ok(is_new)
    }

    /// Returns `true` if holds have ended by the clock but not yet in the journal.
    pub(super) fn has_backlog(&self) -> bool {
        self.parts.state.deadlines().next().is_some_and(|at| at <= self.open.now)
    }

    /// Returns `true` if the command is about a ticket whose hold has ended by the clock, while its expiry is still in
    /// the backlog.
    fn is_held_by_overdue(&self, request: &Request) -> bool {
        // An existing order holds its tickets itself.
        if !self.has_backlog() || request.command.order().is_some() {
            return false;
        }
        request.command.reads(request.actor, &self.parts.state).iter().any(|key| {
            let StreamKey::Ticket(id) = key else { return false };
            let holder = self.parts.state.ticket(*id).and_then(|ticket| ticket.holder);
            holder.and_then(|order| self.parts.state.order(order)).is_some_and(|order| order.is_overdue(self.open.now))
        })
    }
}
