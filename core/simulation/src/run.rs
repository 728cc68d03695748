//! One run: a machine with its disks and clock, a gateway, people, and the auditor.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use boxoffice::testing::{ManualClock, SeededIds};
use boxoffice::{Clock, Record, StreamKey, Timestamp};

use crate::Rng;
use crate::actors::{Actor, Stage, one_of};
use crate::auditor::{Asked, Auditor, Verdict};
use crate::disks::Disks;
use crate::gateway::{SeededGateway, WorldTime};
use crate::inspect;
use crate::process::{Outside, Process};
use crate::report::{Failure, Report};
use crate::simulation::{Audit, Simulation};
use crate::till::Till;
use crate::watch::{News, Watch};
use crate::world::World;

/// Time at which every world begins.
const DAWN: Timestamp = Timestamp::from_millis(1_800_000_000_000);

/// Number of last steps that a failure shows.
const REMEMBERED: usize = 40;

/// Number of records read at a time.
const READ_MAX: usize = 500;

/// A run that was created from a seed.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) seed: u64,
    pub(crate) step: u64,
    pub(crate) rng: Rng,
    pub(crate) time: WorldTime,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) disks: Disks,
    pub(crate) world: World,
    pub(crate) auditor: Auditor,
    /// Gateway of the run, and the processor behind it.
    pub(crate) till: Till,
    /// Card tokens that people pay with.
    cards: Arc<[String]>,
    pub(crate) outside: Outside,
    /// Running process; `None` only briefly, between two lives.
    pub(crate) process: Option<Process>,
    pub(crate) cast: Vec<(u64, Box<dyn Actor>)>,
    audits: Vec<Box<dyn Audit>>,
    last: VecDeque<String>,
    events: BTreeMap<&'static str, u64>,
    answers: BTreeMap<&'static str, u64>,
    pub(crate) mishaps: BTreeMap<&'static str, u64>,
}

impl Run {
    pub(crate) fn new(simulation: &Simulation, seed: u64) -> Verdict<Self> {
        let mut rng = Rng::new(seed);
        let time = WorldTime::default();
        let seeded = Arc::new(SeededGateway::new(rng.fork("gateway"), time.clone()));
        let own = simulation.gateway.as_ref().map(|make| {
            let own = make(rng.fork("own gateway"), time.clone());
            Till::own(own, rng.fork("line"), time.clone())
        });
        let till = own.unwrap_or_else(|| Till::seeded(seeded));
        let mut auditor = Auditor::new(simulation.limits);
        if till.processor.is_some() {
            auditor.reads_processor();
        }
        let clock = Arc::new(ManualClock::at(DAWN));
        let disks = Disks::new(&mut rng.fork("disks"));
        let watch = Watch::default();
        let ids = Arc::new(SeededIds::new(rng.next_u64()));
        let limits = simulation.limits;
        let outside = Outside { clock: clock.clone(), ids, gateway: Arc::clone(&till.gateway), watch, limits };
        let process = Process::start(&disks, &outside).map_err(|error| format!("the first start: {error}"))?;
        Ok(Self {
            seed,
            step: 0,
            rng,
            time,
            clock,
            disks,
            world: World::default(),
            auditor,
            till,
            cards: simulation.cards.clone(),
            outside,
            process: Some(process),
            cast: simulation.cast.iter().map(|(weight, make)| (*weight, make())).collect(),
            audits: simulation.audits.iter().map(|make| make()).collect(),
            last: VecDeque::new(),
            events: BTreeMap::new(),
            answers: BTreeMap::new(),
            mishaps: BTreeMap::new(),
        })
    }

    /// Returns the running process.
    pub(crate) fn process(&mut self) -> Verdict<&mut Process> {
        self.process.as_mut().ok_or_else(|| "there is no process".to_owned())
    }

    pub(crate) fn tell(&mut self, what: &str) {
        if self.last.len() == REMEMBERED {
            self.last.pop_front();
        }
        self.last.push_back(format!("{:>6} {what}", self.step));
    }

    pub(crate) fn mishap(&mut self, what: &'static str) {
        *self.mishaps.entry(what).or_default() += 1;
        self.tell(what);
    }

    /// Runs a task of a random actor.
    pub(crate) fn act(&mut self) -> Verdict {
        let Some(actor) = one_of(&mut self.cast, &mut self.rng) else { return Ok(()) };
        let process = self.process.as_ref().ok_or("there is no process")?;
        let (world, cards) = (&self.world, &*self.cards);
        let mut stage = Stage { office: process.office(), world, rng: &mut self.rng, cards, repeats: false };
        if let Some(act) = actor.act(&mut stage) {
            process.spawn(act);
        }
        Ok(())
    }

    /// Lets time pass, for all parts of the world.
    pub(crate) fn pass(&mut self, time: Duration) -> Verdict {
        self.time.pass(time);
        self.clock.advance(time);
        self.process()?.pass(time);
        Ok(())
    }

    /// Sets the machine's clock, while no time passes.
    pub(crate) fn set_clock(&mut self, to: Timestamp) {
        self.clock.set(to);
    }

    /// Runs all tasks that can make progress, then checks new messages, records and views. Called after each step.
    pub(crate) fn settle(&mut self) -> Verdict {
        if self.disks.are_dead() {
            self.mishap("power cut in the middle of a write");
            return self.restart_after_power_cut();
        }
        self.process()?.pump();
        self.examine()?;
        if self.process()?.engine.is_over() {
            self.mishap("the writer gave up");
            return self.restart();
        }
        Ok(())
    }

    pub(crate) fn examine(&mut self) -> Verdict {
        let news = self.outside.watch.take();
        let now = self.process()?.office().now();
        for news in &news {
            match news {
                News::Asked(command) => self.auditor.asked(command.id, asked(command, now)),
                News::Gateway(news) => self.auditor.gateway_said(news),
                News::Answered(..) => {}
            }
        }
        let changed = self.read_on()?;
        for news in news {
            match news {
                News::Asked(_) => {}
                News::Gateway(news) => self.auditor.gateway_asked(&news)?,
                News::Answered(id, outcome) => {
                    let code = outcome.as_ref().err().copied().unwrap_or("ok");
                    *self.answers.entry(code).or_default() += 1;
                    self.auditor.answered(id, outcome, now)?;
                }
            }
        }
        self.compare_processor()?;
        self.look_around(&changed)
    }

    /// Compares the card processor's movements with the journal, once the auditor has read all of it.
    fn compare_processor(&mut self) -> Verdict {
        let Some(processor) = self.till.processor.clone() else { return Ok(()) };
        if !self.has_read_all()? {
            return Ok(());
        }
        let movements = processor.movements();
        let new = movements.get(self.till.compared..).unwrap_or_default();
        self.till.compared = movements.len();
        new.iter().try_for_each(|movement| self.auditor.moved(movement))
    }

    /// Returns `true` if the auditor has read the whole journal. A disk that can't be read has nothing new.
    fn has_read_all(&mut self) -> Verdict<bool> {
        let (seq, _) = self.auditor.head();
        Ok(!self.process()?.engine.head().is_ok_and(|(durable, _)| durable != seq))
    }

    /// Passes new records to the auditor; returns the streams that they changed.
    fn read_on(&mut self) -> Verdict<Vec<StreamKey>> {
        let mut changed = Vec::new();
        loop {
            let (seq, _) = self.auditor.head();
            let engine = &self.process()?.engine;
            if engine.head().map_err(|error| error.to_string())?.0 <= seq {
                return Ok(changed);
            }
            // While the disk can't be read, there is nothing new, which is no violation.
            let Ok(records) = engine.read(seq + 1, READ_MAX) else { return Ok(changed) };
            for record in records {
                self.examine_record(&record)?;
                changed.extend(record.event.changes());
            }
        }
    }

    fn examine_record(&mut self, record: &Record) -> Verdict {
        *self.events.entry(record.event.name()).or_default() += 1;
        self.tell(&format!("record {} {} of {}", record.seq, record.event.name(), record.event.stream()));
        self.auditor.record(record)?;
        self.audits.iter_mut().try_for_each(|audit| audit.record(record))
    }

    /// Checks that the views show the changed entities and some random ones at their durable version.
    fn look_around(&mut self, changed: &[StreamKey]) -> Verdict {
        let mut keys = changed.to_vec();
        for _ in 0..2 {
            keys.extend(self.world.ticket(&mut self.rng).map(StreamKey::Ticket));
            keys.extend(self.world.order(&mut self.rng).map(|(_, order)| StreamKey::Order(order)));
        }
        let process = self.process.as_ref().ok_or("there is no process")?;
        // The comparison is impossible if the auditor could not read the whole journal.
        if process.engine.head().is_ok_and(|(seq, _)| seq != self.auditor.head().0) {
            return Ok(());
        }
        keys.iter().try_for_each(|key| inspect::shown(process, &self.auditor, *key))
    }

    /// Compares all entities.
    pub(crate) fn inspect(&mut self) -> Verdict {
        let process = self.process.as_ref().ok_or("there is no process")?;
        inspect::all(process, &self.auditor)
    }

    /// Cuts the power, and restarts.
    pub(crate) fn restart_after_power_cut(&mut self) -> Verdict {
        self.disks.cut_power();
        self.restart()
    }

    /// Kills the process, and starts a new one on the content of the disks.
    pub(crate) fn restart(&mut self) -> Verdict {
        self.disks.kill();
        self.process = None;
        self.begin_again()
    }

    /// Starts a new process, on disks that work again.
    pub(crate) fn begin_again(&mut self) -> Verdict {
        // Answers of a dead process reached no caller.
        for news in self.outside.watch.take() {
            match news {
                News::Gateway(news) => self.auditor.gateway_said(&news),
                News::Asked(command) => self.auditor.asked(command.id, asked(&command, self.clock.now())),
                News::Answered(..) => {}
            }
        }
        self.auditor.died();
        self.disks.mend();
        let started = Process::start(&self.disks, &self.outside);
        self.process = Some(started.map_err(|error| {
            let source = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
            format!("the box office does not start again: {error} ({source})")
        })?);
        self.examine()?;
        self.auditor.recovered();
        self.inspect()
    }

    pub(crate) fn audits_at_the_end(&mut self) -> Verdict {
        let office = self.process()?.office().clone();
        self.audits.iter_mut().try_for_each(|audit| audit.end(&office))
    }

    pub(crate) fn report(&self) -> Report {
        let (records, head) = self.auditor.head();
        Report {
            seed: self.seed,
            steps: self.step,
            records,
            head,
            files: self.disks.hash(),
            events: self.events.clone(),
            answers: self.answers.clone(),
            mishaps: self.mishaps.clone(),
        }
    }

    pub(crate) fn failure(&self, what: String) -> Failure {
        Failure { seed: self.seed, step: self.step, what, before: self.last.iter().cloned().collect(), replay: None }
    }
}

/// Converts the command to the auditor's type.
pub(crate) fn asked(command: &boxoffice::simulation::Asked, at: Timestamp) -> Asked {
    let boxoffice::simulation::Asked { name, actor, fingerprint, email, .. } = *command;
    Asked { name, actor, fingerprint, email, at }
}
