//! What people do at a host, and what goes wrong on its machine.

use std::time::Duration;

use boxoffice::{BoxOffice, OrderId, UserId};

use super::run::{Phase, Run};
use crate::actors::{Act, Stage, one_of};
use crate::auditor::Verdict;

/// Time for which nobody wants anything new, in milliseconds. In its middle the host that writes is cut off.
const SILENCE: u64 = 6_000;

/// Most time that passes beside the protocol's. A key is remembered for a day.
const SKIPPED_MAX: Duration = Duration::from_hours(8);

impl Run {
    /// Does something at random at a host after its step.
    pub(super) fn act(&mut self, host: usize) -> Verdict {
        if self.phase > Phase::Busy {
            return Ok(());
        }
        self.ask_in_vain(host);
        if self.silent_from.is_some_and(|from| self.cluster.now() >= from) {
            self.be_silent();
            return Ok(());
        }
        match self.rng.below(10_000) {
            0..1_300 => self.set_to_work(host)?,
            1_300..1_450 => self.call_back(host)?,
            1_450..1_530 => self.checkpoint(host)?,
            1_530..1_570 => self.archive(host)?,
            1_570..1_574 => self.plan_trouble(host),
            1_574..1_590 => self.plan_jump(host),
            _ => {}
        }
        if let Some(jump) = self.jump.take_if(|_| self.cluster.is_idle()) {
            self.skip(jump);
        }
        Ok(())
    }

    /// Lets a time pass in which nobody wants anything new: in the middle of work, an append that never ends holds up every
    /// refusal of a host that is cut off.
    fn be_silent(&mut self) {
        let Some(from) = self.silent_from else { return };
        let passed = self.cluster.now().saturating_sub(from);
        if !self.has_cut_off && passed >= SILENCE / 2 {
            self.has_cut_off = true;
            self.cluster.cut_off_writer();
            self.mishap("the host that writes is cut off in silence");
        }
        if passed >= SILENCE {
            self.silent_from = None;
        }
    }

    /// Asks a host that does not know yet that another one writes for what is surely refused.
    fn ask_in_vain(&self, host: usize) {
        let believes = self.cluster.leads(host).is_some() && self.cluster.deposed_for(host).is_some();
        if let Some(process) = self.hosts.get(host).and_then(|at| at.process.as_ref()).filter(|_| believes) {
            process.spawn(cancel_unknown(process.office().clone()));
        }
    }

    /// Gives a task to somebody at a host.
    fn set_to_work(&mut self, host: usize) -> Verdict {
        if self.cluster.is_closing(host) {
            return Ok(());
        }
        let process = self.hosts.get(host).and_then(|at| at.process.as_ref()).ok_or("there is no process")?;
        let Some(actor) = one_of(&mut self.cast, &mut self.rng) else { return Ok(()) };
        let (world, cards) = (&self.world, &*self.cards);
        let mut stage = Stage { office: process.office(), world, rng: &mut self.rng, cards, repeats: true };
        if let Some(act) = actor.act(&mut stage) {
            process.spawn(act);
        }
        Ok(())
    }

    /// Delivers an unsolicited report of the gateway to a host, possibly late, possibly repeated.
    fn call_back(&mut self, host: usize) -> Verdict {
        let Some(report) = self.till.report(&mut self.rng).filter(|_| !self.cluster.is_closing(host)) else {
            return Ok(());
        };
        let at = self.hosts.get(host).ok_or("there is no host")?;
        at.outside.watch.heard(&report);
        let process = self.process(host)?;
        if let Some(received) = process.engine.receive(report) {
            process.spawn(received);
        }
        Ok(())
    }

    fn checkpoint(&mut self, host: usize) -> Verdict {
        // A failed checkpoint is retried later.
        let is_written = self.process(host)?.engine.checkpoint().is_ok();
        self.mishap(if is_written { "checkpoint" } else { "checkpoint not written" });
        Ok(())
    }

    fn archive(&mut self, host: usize) -> Verdict {
        // Records that could not be moved stay, and are moved later.
        let told = match self.process(host)?.engine.archive() {
            Ok(true) => "records archived",
            Ok(false) => "nothing to archive",
            Err(_) => "records not archived",
        };
        self.mishap(told);
        Ok(())
    }

    /// Plans a fault of a host's disks.
    fn plan_trouble(&mut self, host: usize) {
        let fails = self.rng.per_mille(250);
        if let Some(at) = self.hosts.get_mut(host) {
            if fails {
                at.disks.journal.fail_after(self.rng.below(20), 1 + self.rng.below(4));
                at.may_fail = true;
            } else {
                at.disks.plan_power_cut(&mut self.rng);
            }
            self.mishap("trouble with a disk is planned");
        }
    }

    /// Plans that much time passes at once, as soon as no command is on its way.
    fn plan_jump(&mut self, host: usize) {
        let now = self.cluster.clock(host);
        let time = match (self.rng.below(10), self.auditor.next_deadline()) {
            // To the millisecond at which a hold ends, or to the one before.
            (0, Some(deadline)) => deadline.since(now),
            (1, Some(deadline)) => deadline.since(now).saturating_sub(Duration::from_millis(1)),
            (0..5, _) => self.rng.up_to(Duration::from_secs(20)),
            (5..9, _) => self.rng.up_to(Duration::from_mins(5)),
            _ => self.rng.up_to(Duration::from_mins(20)),
        };
        if self.skipped + time < SKIPPED_MAX {
            self.jump = Some(time);
        }
    }
}

/// Returns a task that asks for what is surely refused: nothing is appended for it.
fn cancel_unknown(office: BoxOffice) -> Act {
    let (buyer, order) = (UserId::from_bytes([0x77; 16]), OrderId::from_bytes([0x77; 16]));
    Box::pin(async move {
        // Whatever is answered, it is heard on its way.
        let _ = office.orders().cancel(buyer, order).await;
    })
}
