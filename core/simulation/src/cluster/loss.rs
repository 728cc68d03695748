//! The host that writes is lost together with the end of the stream, in a world whose answers wait for a second host.

use std::collections::BTreeMap;

use boxoffice::StreamKey;

use super::rules::Question;
use super::run::{Phase, Run};
use crate::auditor::{Outcome, Verdict};
use crate::inspect;

/// Time for which the worst moment is waited for, in milliseconds: when an answer was given, and no other host has read what
/// led to it. Where answers wait, it never comes.
const WORST_WITHIN: u64 = 3_000;

/// What the host that writes has answered, in its present epoch, to callers of its own.
#[derive(Debug, Default)]
pub(super) struct Promised {
    epoch: u64,
    /// Highest version of each entity in its answers.
    versions: BTreeMap<StreamKey, u64>,
    /// `true` if the last is new.
    is_new: bool,
}

impl Run {
    /// Takes note of an answer, if the host has decided by itself and still decides.
    pub(super) fn promise(&mut self, host: usize, question: Question, outcome: &Outcome) {
        let Some(epoch) = self.cluster.leads(host).filter(|epoch| question.epoch == Some(*epoch)) else { return };
        if self.promised.epoch != epoch {
            self.promised = Promised { epoch, ..Promised::default() };
        }
        for receipt in outcome.iter().flatten() {
            let version = self.promised.versions.entry(receipt.entity).or_default();
            *version = receipt.version.max(*version);
            self.promised.is_new = true;
        }
    }

    /// Returns `true` if the host that has just taken its step is to be lost now: it writes, and has given an answer.
    pub(super) fn is_to_be_lost(&mut self, host: usize) -> bool {
        let (now, end) = (self.cluster.now(), self.cluster.end());
        let has_answered = std::mem::take(&mut self.promised.is_new);
        let Some(from) = self.loses_writer_from.filter(|from| has_answered && *from <= now) else { return false };
        let mut others = (0..self.hosts.len()).filter(|other| *other != host);
        let is_worst = others.all(|other| self.cluster.followed(other) < end);
        self.phase == Phase::Busy && (is_worst || now >= from + WORST_WITHIN)
    }

    /// The machine of the host that writes is lost with the end of the stream, and then the power of all others fails. One of them
    /// has everything that was answered, on its disk. That is the end of the run.
    pub(super) fn lose_writer(&mut self, writer: usize) -> Verdict {
        self.phase = Phase::Damaged;
        self.mishap("the host that writes is lost with the end of the stream");
        self.cluster.forget_tail();
        (0..self.hosts.len()).for_each(|host| self.crash(host, true));
        let mut lost = Vec::new();
        for host in (0..self.hosts.len()).filter(|host| *host != writer) {
            self.start(host)?;
            let lacking = self.lacking(host)?;
            self.crash(host, false);
            let Some(what) = lacking else {
                self.phase = Phase::Over;
                return Ok(());
            };
            lost.push(what);
        }
        Err(format!("host {writer} is lost with what it has answered: {}", lost.join("; ")))
    }

    /// Returns something that was answered and that a host's copy lacks.
    fn lacking(&self, host: usize) -> Verdict<Option<String>> {
        let process = self.process(host)?;
        let lacks = |(key, version): (&StreamKey, &u64)| {
            let shown = inspect::version_shown(process, *key).filter(|shown| shown < version)?;
            Some(format!("host {host} shows {key} at version {shown}, and not {version}"))
        };
        Ok(self.promised.versions.iter().find_map(lacks))
    }
}
