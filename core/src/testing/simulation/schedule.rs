//! What happens next, by chance; and how everything comes to an end.

use std::time::Duration;

use super::inspect;
use super::world::World;
use crate::event::Actor;
use crate::gateway::NoticeFact;
use crate::office::{Named, command_of};
use crate::testing::auditor::Verdict;
use crate::types::OrderId;

/// How many turns the writer has to come to its end.
const CLOSING_MAX: u32 = 1_000;

impl World {
    /// One step of the world.
    pub(super) fn go_on(&mut self) -> Verdict {
        self.step += 1;
        match self.dice.below(1000) {
            0..410 => self.act()?,
            410..630 => self.process()?.decide(),
            630..830 => self.process()?.append(),
            830..890 => self.let_time_pass()?,
            890..930 => self.call_back()?,
            930..955 => self.checkpoint()?,
            955..965 => self.archive()?,
            965..975 => self.jump(),
            975..983 => {
                self.mishap("trouble with a disk is planned");
                self.disks.plan_trouble(&mut self.dice);
            }
            983..992 => self.disks.mend(),
            _ => return self.end_a_life(),
        }
        self.settle()
    }

    fn let_time_pass(&mut self) -> Verdict {
        let deadline = self.auditor.next_deadline();
        let now = self.process()?.office.now();
        let time = match (self.dice.below(10), deadline) {
            // To the millisecond at which somebody's hold ends, and to the one before.
            (0, Some(deadline)) => deadline.since(now),
            (1, Some(deadline)) => deadline.since(now).saturating_sub(Duration::from_millis(1)),
            (0..5, _) => self.dice.up_to(Duration::from_millis(50)),
            (5..8, _) => self.dice.up_to(Duration::from_secs(20)),
            (8, _) => self.dice.up_to(Duration::from_mins(10)),
            _ if self.dice.per_mille(30) => self.dice.up_to(Duration::from_hours(26)),
            _ => self.dice.up_to(Duration::from_mins(2)),
        };
        self.tell(&format!("{time:?} pass"));
        self.pass(time)
    }

    /// The gateway tells something without being asked, perhaps late, perhaps again.
    fn call_back(&mut self) -> Verdict {
        let Some(gateway) = self.seeded.clone() else { return Ok(()) };
        if self.dice.per_mille(100) {
            gateway.work_at_the_desk(&mut self.dice);
        }
        if let Some(fact) = gateway.notice(&mut self.dice) {
            self.deliver(fact)?;
        }
        Ok(())
    }

    fn deliver(&mut self, fact: NoticeFact) -> Verdict {
        self.outside.watch.heard(&fact);
        let charge_id = fact.charge_id();
        let process = self.process()?;
        // A disk that can't be read: the gateway tells it again some other time.
        let Ok(Some(order)) = process.views.order_of_charge(charge_id) else { return Ok(()) };
        let office = process.office.clone();
        let new_order_id = OrderId::from(office.inner().fresh_id());
        let Some(command) = command_of(fact, order.id, new_order_id) else { return Ok(()) };
        process.spawn(Box::pin(async move {
            // The gateway does not care what becomes of it.
            let _ = office.inner().submit_any(command, Actor::System, Named::Fresh).await;
        }));
        Ok(())
    }

    fn checkpoint(&mut self) -> Verdict {
        // One that fails is tried again.
        let written = self.process()?.views.checkpoint().is_ok();
        self.mishap(if written { "checkpoint" } else { "checkpoint not written" });
        Ok(())
    }

    fn archive(&mut self) -> Verdict {
        // What could not be moved stays where it is, and is tried again.
        let told = match self.process()?.journal.archive() {
            Ok(true) => "records archived",
            Ok(false) => "nothing to archive",
            Err(_) => "records not archived",
        };
        self.mishap(told);
        Ok(())
    }

    /// The clock is set, forwards or backwards.
    fn jump(&mut self) {
        let by = self.dice.up_to(Duration::from_mins(20));
        let now = crate::Clock::now(&*self.clock);
        let back = self.dice.per_mille(600);
        let to = if back {
            crate::Timestamp::from_millis(now.as_millis().saturating_sub(u64::try_from(by.as_millis()).unwrap_or(0)))
        } else {
            now.plus(by)
        };
        self.mishap(if back { "clock set back" } else { "clock set forward" });
        self.set_clock(to);
    }

    /// The process ends, one way or another, and another one starts.
    fn end_a_life(&mut self) -> Verdict {
        match self.dice.below(10) {
            0..4 => {
                self.mishap("power cut");
                self.restart_after_power_cut()
            }
            4..6 => {
                self.mishap("killed");
                self.restart()
            }
            6 => {
                self.mishap("killed, and the checkpoint lost");
                self.disks.views.wipe();
                self.restart()
            }
            7 => {
                self.mishap("power cut, and the checkpoint cut short");
                self.disks.cut_power();
                let mut content = self.disks.views.content();
                content.truncate(self.dice.place(content.len()));
                self.disks.views.overwrite(content);
                self.restart()
            }
            8 => {
                self.mishap("closed while nothing can be written");
                self.disks.mend();
                self.disks.journal.fail_after(self.dice.below(8), u64::MAX);
                self.close()
            }
            _ => {
                self.disks.mend();
                self.close()
            }
        }
    }

    /// Closes the box office: everybody who waits is answered, whatever the disks do.
    fn close(&mut self) -> Verdict {
        self.mishap("closed");
        self.process()?.close_queue();
        for _ in 0..CLOSING_MAX {
            let process = self.process()?;
            if process.is_over() {
                process.pump();
                self.examine()?;
                self.auditor.nobody_waits()?;
                if let Some(process) = self.process.take() {
                    process.end();
                }
                return self.begin_again();
            }
            process.decide();
            process.append();
            process.pump();
            self.examine()?;
        }
        Err("the box office does not come to an end when it is closed".to_owned())
    }

    /// Lets everything come to its end, and closes the books.
    pub(super) fn finish(&mut self) -> Verdict {
        self.disks.mend();
        if let Some(gateway) = &self.seeded {
            gateway.behave();
        }
        self.run_on(Duration::from_mins(1), 30)?;
        // Money that is still on its way comes hours later; nobody tells of it without being asked.
        self.run_on(Duration::from_mins(10), 6 * 4)?;
        self.inspect()?;
        let charges = self.auditor.charges();
        let process = self.process.as_ref().ok_or("there is no process")?;
        let standing = inspect::standing(process, self.outside.gateway.as_ref(), &charges);
        self.auditor.close(&standing)?;
        self.audits_at_the_end()?;
        self.close()
    }

    fn run_on(&mut self, time: Duration, times: u32) -> Verdict {
        for _ in 0..times {
            self.pass(time)?;
            self.quiet_down()?;
        }
        Ok(())
    }

    /// Whatever can be done now is done.
    fn quiet_down(&mut self) -> Verdict {
        for _ in 0..3 {
            self.process()?.decide();
            self.settle()?;
            self.process()?.append();
            self.settle()?;
        }
        Ok(())
    }
}
