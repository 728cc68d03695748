//! Chooses the next step at random, and completes all work at the end.

use std::time::Duration;

use boxoffice::gateway::GatewayReport;
use boxoffice::{Clock, Timestamp};

use crate::auditor::Verdict;
use crate::inspect;
use crate::run::Run;

/// Maximum number of steps that the writer needs to stop.
const CLOSING_MAX: u32 = 1_000;

impl Run {
    /// Runs one step of the world.
    pub(crate) fn go_on(&mut self) -> Verdict {
        self.step += 1;
        match self.rng.below(1000) {
            0..410 => self.act()?,
            410..630 => self.process()?.engine.decide(),
            630..830 => self.process()?.engine.append(),
            830..890 => self.let_time_pass()?,
            890..930 => self.call_back()?,
            930..955 => self.checkpoint()?,
            955..965 => self.archive()?,
            965..975 => self.jump(),
            975..983 => {
                self.mishap("trouble with a disk is planned");
                self.disks.plan_trouble(&mut self.rng);
            }
            983..992 => self.disks.mend(),
            _ => return self.end_a_life(),
        }
        self.settle()
    }

    fn let_time_pass(&mut self) -> Verdict {
        let deadline = self.auditor.next_deadline();
        let now = self.process()?.office().now();
        let time = match (self.rng.below(10), deadline) {
            // Advance to the millisecond at which a hold ends, or to the one before.
            (0, Some(deadline)) => deadline.since(now),
            (1, Some(deadline)) => deadline.since(now).saturating_sub(Duration::from_millis(1)),
            (0..5, _) => self.rng.up_to(Duration::from_millis(50)),
            (5..8, _) => self.rng.up_to(Duration::from_secs(20)),
            (8, _) => self.rng.up_to(Duration::from_mins(10)),
            _ if self.rng.per_mille(30) => self.rng.up_to(Duration::from_hours(26)),
            _ => self.rng.up_to(Duration::from_mins(2)),
        };
        self.tell(&format!("{time:?} pass"));
        self.pass(time)
    }

    /// Delivers an unsolicited report of the gateway, possibly late, possibly repeated.
    fn call_back(&mut self) -> Verdict {
        if let Some(report) = self.till.report(&mut self.rng) {
            self.deliver(report)?;
        }
        Ok(())
    }

    fn deliver(&mut self, report: GatewayReport) -> Verdict {
        self.outside.watch.heard(&report);
        let process = self.process()?;
        if let Some(received) = process.engine.receive(report) {
            process.spawn(received);
        }
        Ok(())
    }

    fn checkpoint(&mut self) -> Verdict {
        // A failed checkpoint is retried later.
        let written = self.process()?.engine.checkpoint().is_ok();
        self.mishap(if written { "checkpoint" } else { "checkpoint not written" });
        Ok(())
    }

    fn archive(&mut self) -> Verdict {
        // Records that could not be moved stay, and are moved later.
        let told = match self.process()?.engine.archive() {
            Ok(true) => "records archived",
            Ok(false) => "nothing to archive",
            Err(_) => "records not archived",
        };
        self.mishap(told);
        Ok(())
    }

    /// Sets the clock, forwards or backwards.
    fn jump(&mut self) {
        let by = self.rng.up_to(Duration::from_mins(20));
        let now = self.clock.now();
        let back = self.rng.per_mille(600);
        let to = if back {
            Timestamp::from_millis(now.as_millis().saturating_sub(u64::try_from(by.as_millis()).unwrap_or(0)))
        } else {
            now.plus(by)
        };
        self.mishap(if back { "clock set back" } else { "clock set forward" });
        self.set_clock(to);
    }

    /// Ends the process in a random way, and starts another one.
    fn end_a_life(&mut self) -> Verdict {
        match self.rng.below(10) {
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
                content.truncate(self.rng.place(content.len()));
                self.disks.views.overwrite(content);
                self.restart()
            }
            8 => {
                self.mishap("closed while nothing can be written");
                self.disks.mend();
                self.disks.journal.fail_after(self.rng.below(8), u64::MAX);
                self.close()
            }
            _ => {
                self.disks.mend();
                self.close()
            }
        }
    }

    /// Closes the box office, and checks that every waiting caller is answered, even if the disks fail.
    fn close(&mut self) -> Verdict {
        self.mishap("closed");
        self.process()?.engine.close_queue();
        for _ in 0..CLOSING_MAX {
            let process = self.process()?;
            if process.engine.is_over() {
                process.pump();
                self.examine()?;
                self.auditor.nobody_waits()?;
                if let Some(process) = self.process.take() {
                    process.end();
                }
                return self.begin_again();
            }
            process.engine.decide();
            process.engine.append();
            process.pump();
            self.examine()?;
        }
        Err("the box office does not come to an end when it is closed".to_owned())
    }

    /// Completes all work, and closes the auditor's books.
    pub(crate) fn finish(&mut self) -> Verdict {
        self.disks.mend();
        self.till.recover();
        self.run_on(Duration::from_mins(1), 30)?;
        // Requests in transit arrive hours later, without a report.
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

    /// Runs all steps that are possible now.
    fn quiet_down(&mut self) -> Verdict {
        for _ in 0..3 {
            self.process()?.engine.decide();
            self.settle()?;
            self.process()?.engine.append();
            self.settle()?;
        }
        Ok(())
    }
}
