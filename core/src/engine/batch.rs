//! One batch: decisions of the writer that are not yet appended.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use tokio::sync::oneshot;

use super::answer;
use super::engine_metrics::Values;
use crate::domain::{Decision, Fact, Inconsistency, Order, Reply, State, Then, VaultChange};
use crate::error::{Code, Error};
use crate::event::{DomainEvent, EmailKey, StreamKey};
use crate::gateway::worker::Work;
use crate::journal::{Proposal, StoredResult, StreamVersions};
use crate::types::{CardToken, CommandId, Timestamp, UserId};
use crate::views::Entity;

#[cfg(feature = "cluster")]
use super::handle::Asked;
use super::handle::Request;

/// Answer to send once the batch is durable, and its receiver.
pub(super) type Answer = (oneshot::Sender<Result<Reply, Error>>, Result<Reply, Error>);

/// Decisions of the writer that are not yet appended.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// Engine's time for the next decision.
    pub(super) now: Timestamp,
    pub(super) proposals: Vec<Proposal>,
    pub(super) answers: Vec<Answer>,
    /// Who waits until everything that was due is durable.
    pub(super) caught_up: Vec<flume::Sender<()>>,
    /// States of the changed entities after each change, in order.
    pub(super) entities: Vec<Entity>,
    /// Entities that were loaded for this batch, and their versions at that time.
    pub(super) loaded: Vec<(StreamKey, u64)>,
    /// Work for the gateway once the batch is durable.
    pub(super) work: Vec<Work>,
    /// Orders whose charge is settled by this batch.
    pub(super) settled: Vec<Arc<Order>>,
    /// Number of orders that expire in this batch.
    pub(super) expired: usize,
    /// `true` if this batch changes the hosts of the cluster.
    pub(super) changes_hosts: bool,
    /// What the answers answer, in their order. It is kept until they are sent, in a cluster.
    #[cfg(feature = "cluster")]
    pub(super) asked: Vec<Asked>,
    /// Bytes of the proposals, as estimated in a cluster.
    #[cfg(feature = "cluster")]
    pub(super) bytes: usize,
    /// `true` if its callers were told that the outcome is unknown, because it took too long to come.
    #[cfg(feature = "cluster")]
    pub(super) is_late: bool,
    /// Metrics after this batch.
    pub(super) metrics: Values,
    /// Owners of emails by decisions of this batch.
    emails: FxHashMap<EmailKey, UserId>,
    /// Answers of this batch to commands with an idempotency key.
    results: FxHashMap<CommandId, ([u8; 16], Result<Reply, Error>)>,
}

impl Batch {
    /// Returns `true` if no caller waits for the batch and it has nothing to append.
    pub(super) fn is_empty(&self) -> bool {
        self.answers.is_empty() && self.caught_up.is_empty() && self.proposals.is_empty()
    }

    /// Returns the answer of this batch to the command.
    pub(super) fn result(&self, id: CommandId) -> Option<&([u8; 16], Result<Reply, Error>)> {
        self.results.get(&id)
    }

    /// Returns the owner of the email by a decision of this batch.
    pub(super) fn email_owner(&self, key: EmailKey) -> Option<UserId> {
        self.emails.get(&key).copied()
    }

    /// Accepts a decision: changes the state, and adds the events to append.
    pub(super) fn accept(
        &mut self,
        state: &mut State,
        request: &Request,
        decision: Decision,
    ) -> Result<Result<Reply, Error>, Inconsistency> {
        let reads: StreamVersions =
            request.command.reads(request.actor, state).into_iter().map(|key| (key, state.version(key))).collect();
        let mut events = SmallVec::with_capacity(decision.events.len());
        for event in decision.events {
            let stream = event.stream();
            let version = state.version(stream) + 1;
            state.apply(&event, Fact { at: self.now, version })?;
            self.changes_hosts |= matches!(stream, StreamKey::Host(_));
            self.show(state, &event);
            events.push((event, version));
        }
        let answer = request.command.answer(state, self.now).ok_or_else(|| Code::Internal.into());
        for (event, _) in &events {
            self.note(state, event, request.card.as_ref());
        }
        if let Some(VaultChange::Put { user_id, email: Some((key, _)), .. }) = &decision.vault {
            self.emails.insert(*key, *user_id);
        }
        let result = self.result_to_store(request, &answer);
        if !events.is_empty() || decision.vault.is_some() || result.is_some() {
            self.proposals.push(Proposal {
                command_id: request.id,
                actor: request.actor,
                at: self.now,
                reads,
                events,
                vault: decision.vault,
                result,
            });
        }
        Ok(answer)
    }

    /// Adds the new state of what an event has changed.
    pub(super) fn show(&mut self, state: &mut State, event: &DomainEvent) {
        self.entities.extend(event.changes().into_iter().filter_map(|key| super::replay::entity(state, key)));
        self.entities.extend(state.take_entries().into_iter().map(Entity::Posted));
    }

    /// Accepts a refusal. Appends nothing, unless the command has an idempotency key and a repetition has to be refused
    /// in the same way.
    pub(super) fn refuse(&mut self, request: &Request, answer: &Result<Reply, Error>) {
        if let Some(result) = self.result_to_store(request, answer) {
            self.proposals.push(Proposal {
                command_id: request.id,
                actor: request.actor,
                at: self.now,
                reads: StreamVersions::new(),
                events: SmallVec::new(),
                vault: None,
                result: Some(result),
            });
        }
    }

    /// Returns the entities that are terminal once the batch is durable, with their versions.
    pub(super) fn no_longer_needed(&self) -> Vec<(StreamKey, u64)> {
        let terminal = self.entities.iter().filter_map(|entity| match entity {
            Entity::Ticket(ticket) if !ticket.status.is_active() => {
                Some((StreamKey::Ticket(ticket.id), ticket.version))
            }
            Entity::Order(order) if order.is_terminal() => Some((StreamKey::Order(order.id), order.version)),
            _ => None,
        });
        terminal.collect()
    }

    fn result_to_store(&mut self, request: &Request, answer: &Result<Reply, Error>) -> Option<StoredResult> {
        let fingerprint = request.fingerprint?;
        self.results.insert(request.id, (fingerprint, answer.clone()));
        // An answer that can't be encoded is a bug; the command then has no stored answer.
        let answer =
            answer::encode(answer).inspect_err(|error| tracing::error!(?error, "an answer was not kept")).ok()?;
        #[cfg(feature = "cluster")]
        let at = self.result_at(request, &answer);
        #[cfg(not(feature = "cluster"))]
        let at = self.now;
        Some(StoredResult { at, fingerprint, answer })
    }

    /// Adds the work to do once the event is durable.
    pub(super) fn note(&mut self, state: &State, event: &DomainEvent, card: Option<&CardToken>) {
        match event.then() {
            Some(Then::Charge(id)) => {
                self.work
                    .extend(state.order(id).zip(card).map(|(order, card)| Work::Charge(order.clone(), card.clone())));
            }
            Some(Then::Resume(id)) => self.work.extend(state.order(id).cloned().map(Work::resume)),
            Some(Then::Settled(id)) => self.settled.extend(state.order(id).cloned()),
            Some(Then::Revoked(id, expires_at)) => self.entities.push(Entity::Revoked(id, expires_at)),
            None => {}
        }
    }
}
