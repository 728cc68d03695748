//! Commands on their way to the writer, and their answers on the way back.
//!
//! A command is sent until it is answered, to whichever host writes: when a claim is read, all that wait are sent to the new
//! writer, under their own ids. It is answered once this host has applied what it led to. That the writer has too much to do is
//! an answer only to what was sent once: what was sent before may have been carried out, and is sent again until its time is up.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::sleep;

use super::super::member::Moment;
use super::desk::{Answered, Desk, Job, Response, Unanswered};
use super::heard::{Heard, Taken};
use super::parcel::{Parcel, pack};
use super::seal::{Purpose, SEAL_BYTES_MAX};
use super::serve::{Executors, Process};
use super::shared::{Shared, Turn, lock};
use crate::types::HostId;

/// Interval in which is looked what has waited for too long.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Maximum bytes of a message to another host: enough to hold many commands, and not so many that others wait for the
/// connection.
const MESSAGE_BYTES_MAX: usize = 512 * 1024;

/// The task that forwards.
pub(super) struct Forwarder {
    pub(super) shared: Arc<Shared>,
    pub(super) jobs: flume::Receiver<Job>,
    pub(super) answers: flume::Receiver<Answered>,
    /// Way of the answers to commands that this host decides itself.
    pub(super) own_answers: flume::Sender<Answered>,
    pub(super) executors: Executors,
    /// Commands that the engine was asked to decide.
    pub(super) heard: Arc<Mutex<Heard<Process>>>,
}

impl Forwarder {
    /// Forwards until the process ends.
    pub(super) async fn run(self) {
        let mut desk = Desk::default();
        let (mut turn, mut applied) = (self.shared.turn.subscribe(), self.shared.applied.subscribe());
        let mut looked_at = self.moment();
        loop {
            let has_ended = tokio::select! {
                job = self.jobs.recv_async() => job.map(|job| self.take(&mut desk, job)).is_err(),
                answer = self.answers.recv_async() => answer.map(|answer| self.answered(&mut desk, answer)).is_err(),
                changed = turn.changed() => changed.map(|()| desk.send_all(self.moment())).is_err(),
                changed = applied.changed() => changed.is_err(),
                () = sleep(LOOK_EVERY) => false,
            };
            if has_ended {
                return;
            }
            let now = self.moment();
            desk.release(*applied.borrow_and_update());
            if now.saturating_sub(looked_at) >= 20 {
                looked_at = now;
                desk.end_late(now);
                self.shared.promised.fetch_max(desk.early(), Ordering::AcqRel);
            }
            // A change that came meanwhile is seen by `changed` above.
            let current = turn.borrow().clone();
            self.send(&mut desk, now, &current);
            self.shared.forwarded.store(desk.len(), Ordering::Release);
        }
    }

    fn moment(&self) -> Moment {
        (self.shared.now)().moment
    }

    fn take(&self, desk: &mut Desk, first: Job) {
        let now = self.moment();
        std::iter::once(first).chain(self.jobs.try_iter()).for_each(|job| desk.take(now, job));
    }

    fn answered(&self, desk: &mut Desk, first: Answered) {
        let now = self.moment();
        std::iter::once(first).chain(self.answers.try_iter()).for_each(|answered| desk.answered(now, answered));
    }

    /// Sends what is due to the writer, or gives it to the own engine.
    fn send(&self, desk: &mut Desk, now: Moment, turn: &Turn) {
        if let Some(why) = &turn.alarm {
            return desk.end_all(&Unanswered::Alarm(why.clone()));
        }
        let (from, instance) = (self.shared.host, self.shared.instance);
        if turn.writer == from && !turn.is_mine {
            // An earlier process of this host was the writer, or the engine is about to know that it is.
            return;
        }
        let commands = desk.take_due(now, turn.epoch);
        if commands.is_empty() {
            return;
        }
        if turn.is_mine {
            lock(&self.heard).hear(now, turn.epoch, (from, instance), desk.oldest());
            return self.execute(turn.epoch, commands);
        }
        metrics::counter!("boxoffice_forwarded_commands_total").increment(commands.len() as u64);
        let oldest = desk.oldest();
        for pieces in pack(commands, room(&self.shared)) {
            send_parcel(&self.shared, turn.writer, &Parcel::Commands { from, instance, oldest, pieces });
        }
    }

    fn execute(&self, epoch: u64, commands: Vec<(u64, Vec<u8>)>) {
        let Some(executor) = self.executors.get() else { return };
        let process = (self.shared.host, self.shared.instance);
        for (ticket, command) in commands {
            let taken = lock(&self.heard).take(process, ticket);
            let executed = match taken {
                Taken::New => Ok(executor.execute(command)),
                Taken::Answered(answer) => Err(Response::Decided(answer)),
                Taken::UnderWay | Taken::Over => continue,
            };
            let (answers, heard) = (self.own_answers.clone(), Arc::clone(&self.heard));
            tokio::spawn(async move {
                let response = match executed {
                    Ok(executed) => {
                        let response = executed.await;
                        lock(&heard).say(epoch, process, ticket, &response);
                        response
                    }
                    Err(response) => response,
                };
                // It fails only if the forwarder has ended.
                let _ = answers.send_async(Answered { ticket, epoch, n: 0, response }).await;
            });
        }
    }
}

/// Returns the room for pieces in one message to another host.
pub(super) fn room(shared: &Shared) -> usize {
    shared.connection.client.max_payload().min(MESSAGE_BYTES_MAX).saturating_sub(SEAL_BYTES_MAX + 1_024)
}

/// Sends a parcel to a host.
pub(super) fn send_parcel(shared: &Shared, host: HostId, parcel: &Parcel) {
    // It can't fail: it is numbers and bytes.
    let text = rmp_serde::to_vec_named(parcel).unwrap_or_default();
    shared.send_sealed(Purpose::Command, (shared.now)(), shared.subjects.to(Purpose::Command, host), &text);
}
