//! Compares a host with the auditor's model, which is one for all hosts.

use boxoffice::{Record, StreamKey, Timestamp};

use super::rules::{as_told, is_local};
use super::run::Run;
use crate::auditor::Verdict;
use crate::inspect;
use crate::run::asked;
use crate::watch::News;

/// Number of records read at a time.
const READ_MAX: usize = 500;

impl Run {
    /// Checks a host's new messages, records and views.
    pub(super) fn examine(&mut self, host: usize) -> Verdict {
        let Some(at) = self.hosts.get(host) else { return Ok(()) };
        let Some(process) = &at.process else { return Ok(()) };
        let (news, now) = (at.outside.watch.take(), process.office().now());
        for news in &news {
            if let News::Gateway(news) = news {
                self.may_ask(host, news)?;
            }
        }
        self.hear(host, &news, now);
        let changed = self.read_on(host)?;
        for news in news {
            self.weigh(host, news, now)?;
        }
        self.look_around(host, changed)
    }

    /// Takes note of what was asked at a host, and of what the gateway said to it.
    fn hear(&mut self, host: usize, news: &[News], now: Timestamp) {
        for news in news {
            match news {
                News::Asked(command) => {
                    self.auditor.asked(command.id, asked(command, now));
                    let question = self.question(host, command);
                    if let Some(at) = self.hosts.get_mut(host) {
                        at.asks(command.id, question);
                    }
                }
                News::Gateway(news) => self.auditor.gateway_said(&as_told(news.clone())),
                News::Answered(..) => {}
            }
        }
    }

    /// Checks what a host asked the gateway, and what it answered.
    fn weigh(&mut self, host: usize, news: News, now: Timestamp) -> Verdict {
        let (id, outcome) = match news {
            News::Asked(_) => return Ok(()),
            News::Gateway(news) => return self.auditor.gateway_asked(&news),
            News::Answered(id, outcome) => (id, outcome),
        };
        let code = outcome.as_ref().err().copied().unwrap_or("ok");
        *self.answers.entry(code).or_default() += 1;
        let question = self.hosts.get_mut(host).and_then(|at| at.is_answered(id));
        let question = question.ok_or_else(|| format!("host {host} answered command {id}, which nobody gave there"))?;
        self.is_fresh(host, id, question, &outcome)?;
        self.is_shown(host, question, &outcome)?;
        self.promise(host, question, &outcome);
        if question.is_named && is_local(&outcome) {
            self.auditor.left(id);
            return Ok(());
        }
        self.auditor.answered(id, outcome, now)
    }

    /// Takes note that nobody waits at a host any more, because its process has ended. Its last answers reached nobody.
    pub(super) fn callers_leave(&mut self, host: usize) {
        let now = self.cluster.clock(host);
        let news = self.hosts.get(host).map(|at| at.outside.watch.take()).unwrap_or_default();
        self.hear(host, &news, now);
        let waiting = self.hosts.get_mut(host).map(|at| std::mem::take(&mut at.waiting)).unwrap_or_default();
        for (id, questions) in waiting {
            for _ in &questions {
                self.auditor.left(id);
            }
        }
    }

    /// Passes a host's new records to the auditor, unless they are known; returns the streams that they changed.
    fn read_on(&mut self, host: usize) -> Verdict<Vec<StreamKey>> {
        let mut changed = Vec::new();
        loop {
            let records = self.next_records(host);
            let Some(last) = records.last().map(|last| last.seq) else { return Ok(changed) };
            for record in &records {
                self.examine_record(host, record)?;
                changed.extend(record.event.changes());
            }
            if let Some(at) = self.hosts.get_mut(host) {
                at.seen = last;
            }
        }
    }

    /// Returns some of a host's records that were not compared. While its disk can't be read, there are none, which is
    /// no violation.
    fn next_records(&self, host: usize) -> Vec<Record> {
        let at = self.hosts.get(host).and_then(|at| Some((at.seen, at.process.as_ref()?)));
        let Some((seen, process)) = at else { return Vec::new() };
        if process.engine.head().is_ok_and(|(head, _)| head > seen) {
            return process.engine.read(seen + 1, READ_MAX).unwrap_or_default();
        }
        Vec::new()
    }

    fn examine_record(&mut self, host: usize, record: &Record) -> Verdict {
        let (seq, name) = (record.seq, record.event.name());
        if let Some(known) = self.auditor.hash_of(seq) {
            let is_same = known == record.hash;
            let what = || format!("record {seq} ({name}) of host {host} is another than the other hosts'");
            return if is_same { Ok(()) } else { Err(what()) };
        }
        *self.events.entry(name).or_default() += 1;
        self.tell(&format!("host {host} record {seq} {name} of {}", record.event.stream()));
        self.auditor.record(record)
    }

    /// Checks that a host that is level shows the changed entities, and now and then others, at their version.
    fn look_around(&mut self, host: usize, changed: Vec<StreamKey>) -> Verdict {
        let mut keys = changed;
        if self.rng.per_mille(100) {
            keys.extend(self.world.ticket(&mut self.rng).map(StreamKey::Ticket));
            keys.extend(self.world.order(&mut self.rng).map(|(_, order)| StreamKey::Order(order)));
        }
        let process = self.process(host)?;
        // The auditor does not know how another version came about that a host had before.
        if process.engine.head().is_ok_and(|(seq, _)| seq != self.auditor.head().0) {
            return Ok(());
        }
        let shown = keys.iter().try_for_each(|key| inspect::shown(process, &self.auditor, *key));
        shown.map_err(|what| format!("host {host}: {what}"))
    }
}
