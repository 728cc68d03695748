//! Beginning to lead, and ceasing to.

use std::collections::BTreeSet;

use super::size::EXPIRIES_FEW;
use super::{Role, wire};
use crate::engine::batch::Batch;
use crate::engine::catch_up;
use crate::engine::engine_metrics::Values;
use crate::engine::handle::{Asked, Submission};
use crate::engine::writer::Writer;
use crate::error::{Code, Error};
use crate::failpoint::Failpoint;
use crate::types::HostId;

impl Writer {
    /// Returns `true` if this host decides: it leads, or is alone.
    pub(in crate::engine) fn may_append(&self) -> bool {
        self.cluster.as_ref().is_none_or(|cluster| cluster.role == Role::Lead)
    }

    /// Keeps what was asked until it is answered.
    pub(in crate::engine) fn keep(&mut self, asked: Asked) {
        if self.cluster.is_some() {
            self.open.asked.push(asked);
        }
    }

    /// Returns `true` if the answers of the batch wait for an append even if it has nothing to append.
    pub(in crate::engine) fn answers_after_append(&mut self, batch: &mut Batch) -> bool {
        let Some(cluster) = &mut self.cluster else { return false };
        cluster.one_by_one = cluster.one_by_one.saturating_sub(batch.answers.len());
        if Failpoint::AnswerBeforeOwnCopy.is_active() {
            batch.asked.clear();
            for (reply, answer) in batch.answers.drain(..) {
                let _ = reply.send(answer);
            }
        }
        !batch.answers.is_empty() && !Failpoint::RefusalWithoutTick.is_active()
    }

    /// Begins to lead.
    pub(super) fn lead(&mut self, epoch: u64) {
        let now = self.parts.time.now();
        let Some(cluster) = &mut self.cluster else { return };
        cluster.role = Role::Lead;
        cluster.parts.link.leads(epoch);
        cluster.parts.terms.begin(epoch, now);
        tracing::info!(epoch, "this host writes");
        self.resume_work();
    }

    /// Ceases to lead. Once the batch that is being appended is resolved, whatever is not durable is given to the host that
    /// leads.
    pub(super) fn cease(&mut self) {
        if let Some(cluster) = &mut self.cluster {
            cluster.role = Role::Follow;
            cluster.one_by_one = 0;
            cluster.parts.terms.end();
            tracing::info!("this host writes no more");
        }
        self.give_back_open();
    }

    /// Takes note that the batch that was being appended is not in the stream: another host is the writer.
    pub(in crate::engine) fn not_in_the_stream(&mut self) {
        if self.may_append() {
            self.cease();
        }
        let lost = self.in_flight.take().unwrap_or_default();
        let open = std::mem::take(&mut self.open);
        self.give_back([lost, open]);
    }

    /// Gives the open batch to the host that leads, unless it rests on a batch whose outcome is not known yet.
    pub(super) fn give_back_open(&mut self) {
        if self.in_flight.is_none() {
            let open = std::mem::take(&mut self.open);
            self.give_back([open]);
        }
    }

    fn give_back<const N: usize>(&mut self, batches: [Batch; N]) {
        let has_changed_state = batches.iter().any(|batch| !batch.entities.is_empty());
        for mut batch in batches {
            self.catching_up.append(&mut batch.caught_up);
            submissions(&mut batch).for_each(|submission| self.give_away(submission));
            self.forget(batch.loaded);
        }
        if has_changed_state {
            self.reload();
        }
    }

    /// Gives the waiting commands to the host that leads; after an alarm, refuses them.
    pub(super) fn give_commands_away(&mut self) {
        while let Ok(message) = self.queue.try_recv() {
            self.take(message);
        }
        let (parked, incoming) = (std::mem::take(&mut self.parked), std::mem::take(&mut self.incoming));
        for submission in parked.into_iter().chain(incoming) {
            self.give_away(submission);
        }
        // Nothing falls due here: whoever waits for it waits no longer.
        for done in self.catching_up.drain(..) {
            let _ = done.send(());
        }
    }

    fn give_away(&self, Submission { asked, reply }: Submission) {
        let Some(cluster) = &self.cluster else { return };
        let is_delivered = match &asked {
            Asked::Decision(request) => request.is_delivered,
            Asked::FirstAnswer(repetition) => repetition.is_delivered,
        };
        // The host that has delivered it takes this for no answer, and asks the host that leads by then.
        if cluster.role == Role::Alarm || is_delivered {
            let _ = reply.send(Err(Code::JournalUnavailable.into()));
            return;
        }
        match asked {
            Asked::Decision(request) => cluster.parts.link.forward(wire::named(request), reply),
            // No second host may have what this copy has.
            Asked::FirstAnswer(repetition) if cluster.parts.link.needs_second_host() => {
                cluster.parts.link.forward_repetition(repetition, reply);
            }
            // An answer that this host's copy has is the first, wherever it was given. What it doesn't have yet may still come.
            Asked::FirstAnswer(repetition) => match self.first_stored(repetition.id, self.parts.time.now()) {
                Ok(Some(first)) => drop(reply.send(repetition.answer(Ok(Some(first))))),
                Ok(None) | Err(_) => cluster.parts.link.forward_repetition(repetition, reply),
            },
        }
    }

    /// Takes note that the batch that was being appended is larger than a message may be: its only command is refused, or
    /// its commands are decided again one by one. Those of the open batch were decided on it, so they are decided again too.
    pub(in crate::engine) fn too_large(&mut self) {
        let mut batch = self.in_flight.take().unwrap_or_default();
        let mut open = std::mem::take(&mut self.open);
        let count = batch.answers.len();
        if count == 0 && batch.expired <= EXPIRIES_FEW && !batch.is_late {
            self.open = open;
            let why = "not even a few expiries fit into a message of the stream";
            return self.sound_alarm(&Error::with_message(Code::JournalUnavailable, why));
        }
        self.reload();
        let mut again = Vec::new();
        if count == 1 && batch.expired == 0 && !batch.is_late {
            self.refuse_as_too_large(&mut batch);
        } else {
            again.extend(submissions(&mut batch));
            if let Some(cluster) = &mut self.cluster {
                cluster.one_by_one = count.max(1);
            }
        }
        again.extend(submissions(&mut open));
        again.append(&mut self.parked);
        again.append(&mut self.incoming);
        self.incoming = again;
        self.catching_up.append(&mut batch.caught_up);
        self.catching_up.append(&mut open.caught_up);
    }

    fn refuse_as_too_large(&mut self, batch: &mut Batch) {
        self.open.now = self.parts.time.now();
        for Submission { asked, reply } in submissions(batch) {
            let answer = Err(Error::from(Code::CommandTooLarge));
            if let Asked::Decision(request) = &asked {
                self.open.refuse(request, &answer);
            }
            self.open.answers.push((reply, answer));
            self.keep(asked);
        }
    }

    /// Restarts from the durable state.
    pub(in crate::engine) fn reload(&mut self) {
        match catch_up(self.parts.journal.as_ref(), &self.parts.views) {
            Ok(state) => {
                self.parts.state = state;
                self.parts.metrics.set(Values::of(&self.parts.state));
            }
            Err(error) => self.sound_alarm(&error),
        }
    }

    /// Tells the cluster that this host's copy failed: nothing more is decided or answered.
    pub(in crate::engine) fn sound_alarm(&mut self, error: &Error) {
        if let Some(cluster) = &self.cluster {
            cluster.parts.link.alarm(&error.to_string());
        }
        self.alarmed(error);
    }

    /// Refuses everything from now on.
    pub(super) fn alarmed(&mut self, error: &Error) {
        tracing::error!(error = error as &dyn std::error::Error, "this host decides and answers nothing any more");
        self.parts.failures.note("this host decides and answers nothing any more", error);
        if let Some(cluster) = &mut self.cluster {
            cluster.role = Role::Alarm;
            cluster.held.clear();
            cluster.parts.terms.end();
        }
        self.refuse_undurable(error);
        self.give_commands_away();
    }

    /// Returns the hosts that vote, by what is durable.
    pub(super) fn durable_voters(&self) -> BTreeSet<HostId> {
        if self.undurable().any(|batch| batch.changes_hosts) {
            let hosts = self.parts.views.hosts();
            return hosts.iter().filter(|host| host.votes()).map(|host| host.id).collect();
        }
        self.parts.state.hosts().voters().clone()
    }
}

/// Takes the commands out of a batch that is not durable, with their callers.
fn submissions(batch: &mut Batch) -> impl Iterator<Item = Submission> + use<> {
    let asked = std::mem::take(&mut batch.asked);
    let replies = std::mem::take(&mut batch.answers).into_iter().map(|(reply, _)| reply);
    asked.into_iter().zip(replies).map(|(asked, reply)| Submission { asked, reply })
}
