//! Rules that hold because several hosts share a journal.

use boxoffice::CommandId;
use boxoffice::simulation::Asked;

use super::run::{Phase, Run};
use crate::auditor::{GatewayNews, Outcome, Verdict};
use crate::inspect;

/// Age of the last append at which a host may still ask the card processor, in milliseconds. Another's claim is later.
const CHARGE_WITHIN: u64 = 2_000;

/// Time for which an answer waits at most until its host shows what led to it, in milliseconds.
const LEVEL_MAX: u64 = 2_000;

/// What was known of a command when it was given.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question {
    /// When it was given, in milliseconds.
    at: u64,
    /// Number of messages in the stream by then.
    end: u64,
    /// Epoch in which the host decided by itself, if it did.
    pub(super) epoch: Option<u64>,
    /// `true` if its id follows from its caller's key, so that it may be given again, anywhere.
    pub(super) is_named: bool,
}

impl Run {
    pub(super) fn question(&self, host: usize, command: &Asked) -> Question {
        let (at, end, epoch) = (self.cluster.now(), self.cluster.end(), self.cluster.leads(host));
        Question { at, end, epoch, is_named: command.fingerprint.is_some() }
    }

    /// Checks that an answer knows everything that the journal had when the command was given. A host that decides by
    /// itself has followed the stream to there by then; what it gave to another is checked where that one answers.
    pub(super) fn is_fresh(&self, host: usize, id: CommandId, question: Question, outcome: &Outcome) -> Verdict {
        let decided_itself = question.epoch.is_some() && question.epoch == self.cluster.leads(host);
        let followed = self.cluster.followed(host);
        if !decided_itself || !is_verdict(outcome) || followed >= question.end {
            return Ok(());
        }
        let (end, told) = (question.end, outcome.as_ref().err().copied().unwrap_or("ok"));
        let what = format!("host {host} answered command {id} with {told} at message {followed}");
        Err(format!("{what}, and was asked when there were {end}"))
    }

    /// Checks that a host shows what it has said to be done. One that ends may apply nothing any more.
    pub(super) fn is_shown(&self, host: usize, question: Question, outcome: &Outcome) -> Verdict {
        let Some(process) = self.hosts.get(host).and_then(|at| at.process.as_ref()) else { return Ok(()) };
        if self.cluster.now() - question.at >= LEVEL_MAX || self.cluster.is_closing(host) {
            return Ok(());
        }
        for receipt in outcome.iter().flatten() {
            let (key, version) = (receipt.entity, receipt.version);
            if let Some(shown) = inspect::version_shown(process, key).filter(|shown| *shown < version) {
                return Err(format!("host {host} says that {key} is at version {version}, and shows version {shown}"));
            }
        }
        Ok(())
    }

    /// Checks that a host that asks the card processor is the writer, or was a moment ago.
    pub(super) fn may_ask(&self, host: usize, news: &GatewayNews) -> Verdict {
        let asks = matches!(
            news,
            GatewayNews::AskedToCharge(..)
                | GatewayNews::AskedToCapture(_)
                | GatewayNews::AskedToVoid(_)
                | GatewayNews::AskedToLookUp
                | GatewayNews::AskedToRefund(..)
        );
        // A stream that has lost messages may have lost its claim.
        let is_checked = asks && self.phase != Phase::Damaged;
        match self.cluster.deposed_for(host).filter(|time| is_checked && *time > CHARGE_WITHIN) {
            Some(time) => Err(format!("host {host} asks the card processor {time} ms after another began to write")),
            None => Ok(()),
        }
    }
}

/// Returns `true` if an answer decides about the command.
fn is_verdict(outcome: &Outcome) -> bool {
    !matches!(outcome, Err("journal.unavailable" | "engine.closed" | "engine.overloaded" | "payment.unavailable"))
}

/// Returns `true` for refusals that say nothing of what becomes of the same command elsewhere.
pub(super) fn is_local(outcome: &Outcome) -> bool {
    matches!(outcome, Err("engine.closed" | "engine.overloaded" | "payment.unavailable"))
}

/// Returns the news as others have to take it: the host that writes may not know what another has heard.
pub(super) fn as_told(news: GatewayNews) -> GatewayNews {
    match news {
        GatewayNews::SaidCharged(id) => GatewayNews::ToldCharged(id),
        other => other,
    }
}
