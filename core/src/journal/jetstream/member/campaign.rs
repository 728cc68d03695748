//! Becoming the writer: with everything that the stream has, with all keys, and with the consent of a majority.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;

use super::super::message::Kind;
use super::super::peer::{Said, Standing, What};
use super::{Member, Moment, Now, Output, Role};
use crate::event::Hash;
use crate::failpoint::Failpoint;
use crate::types::HostId;

/// Time for which it holds that the operator wants this host to lead without the others' consent, in milliseconds. Who wanted it
/// must not be surprised by it days later.
const TAKE_OVER_FOR: u64 = 60_000;

/// A campaign that is under way.
#[derive(Debug)]
pub(super) struct Campaign {
    stage: Stage,
    /// The next attempt begins no earlier.
    held_to: Moment,
}

#[derive(Debug)]
enum Stage {
    /// Follows the stream to the end that its leader names.
    Last { known: Option<u64> },
    /// Waits for the news whether all personal data can be decrypted.
    Keys { asked_at: Option<Moment> },
    /// Asks the voters. An answer that comes again tells how the voter stands by then.
    Votes { question: u64, began_at: Moment, asked_at: Option<Moment>, votes: BTreeMap<HostId, Vote> },
    /// Sends the claim until its place is taken.
    Claim,
}

/// Answer of a voter.
#[derive(Debug, Clone, Copy)]
struct Vote {
    n: u64,
    head: Hash,
    blank: bool,
    hears_writer: bool,
    /// Hash of the message at which this host stands, as the voter has it.
    yours: Option<Hash>,
}

/// Content of a claim, for people and tools that read the stream.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ClaimBody<'a> {
    /// Random number of the process.
    instance: u64,
    /// Hosts that agreed, this one included.
    consents: Vec<HostId>,
    /// Hosts that vote.
    voters: Vec<&'a HostId>,
    /// `true` if the operator has decided it without a majority.
    alone: bool,
}

/// What the votes come to.
enum Count {
    /// Not enough is known.
    Open,
    /// A majority stands where this host stands, and hears no writer.
    Consent(Vec<HostId>),
    /// A majority hears the writer.
    Veto,
    /// A host has more than this one, or another history.
    Contradiction,
}

impl Member {
    /// Begins a campaign if the writer has not been heard for too long.
    pub(super) fn campaign_if_quiet(&mut self, now: Now) {
        let quiet = now.moment.saturating_sub(self.quiet_from);
        let is_quiet = quiet >= self.patience + self.rank();
        let may_vote = self.voters.contains(&self.identity.host);
        if may_vote && (is_quiet || self.takes_over(now)) {
            self.role = Role::Campaign(Campaign { stage: Stage::Last { known: None }, held_to: now.moment });
        }
    }

    /// Returns `true` while the operator wants this host to lead without the others' consent.
    pub(super) fn takes_over(&self, now: Now) -> bool {
        self.take_over_at.is_some_and(|at| now.moment.saturating_sub(at) < TAKE_OVER_FOR)
    }

    /// Takes note of the hosts that vote. One that votes no more campaigns no longer.
    pub(super) fn voters_are(&mut self, voters: BTreeSet<HostId>) {
        self.voters = voters;
        if !self.voters.contains(&self.identity.host) {
            self.end_campaign();
        }
    }

    /// Returns the addition to its patience: the preferred host campaigns first, the others one after the other.
    fn rank(&self) -> u64 {
        if self.identity.preferred {
            return 0;
        }
        let others = self.voters.iter().filter(|voter| **voter != self.position.writer);
        let before = others.take_while(|voter| **voter != self.identity.host).count();
        self.times.rank * (before as u64 + 1)
    }

    /// Goes on with the campaign.
    pub(super) fn campaign(&mut self, now: Now) {
        let again = self.times.ask_again;
        let Role::Campaign(campaign) = &mut self.role else { return };
        match &mut campaign.stage {
            Stage::Last { .. } if now.moment < campaign.held_to => {}
            Stage::Last { known: Some(last) } if *last <= self.position.seq => {
                campaign.stage = Stage::Keys { asked_at: None };
                self.campaign(now);
            }
            Stage::Last { known: None } => self.ask_last_at_once(now),
            Stage::Last { .. } => self.ask_last(now),
            Stage::Keys { asked_at } => {
                if asked_at.is_none_or(|at| now.moment.saturating_sub(at) >= again) {
                    *asked_at = Some(now.moment);
                    self.outputs.push(Output::CheckKeys);
                }
            }
            Stage::Votes { .. } => self.ask_for_votes(now),
            Stage::Claim if self.unresolved.is_none() => {
                // Another message has taken its place.
                campaign.stage = Stage::Last { known: None };
                self.ask_last_at_once(now);
            }
            Stage::Claim => {}
        }
    }

    /// The stream's leader has said where it ends.
    pub(super) fn last_known(&mut self, seq: u64) {
        if let Role::Campaign(Campaign { stage: Stage::Last { known }, .. }) = &mut self.role {
            *known = Some(seq);
        }
    }

    /// Whether all personal data can be decrypted has been found out.
    pub(super) fn keys_are(&mut self, now: Now, complete: bool) {
        let question = self.random_below(u64::MAX);
        let Role::Campaign(campaign) = &mut self.role else { return };
        // Keys that are missing may yet come from another host.
        if complete && matches!(campaign.stage, Stage::Keys { .. }) {
            let (began_at, votes) = (now.moment, BTreeMap::new());
            campaign.stage = Stage::Votes { question, began_at, asked_at: None, votes };
        }
    }

    /// The stream has gone on: what was asked before is of no use any more.
    pub(super) fn restart_campaign(&mut self) {
        if let Role::Campaign(campaign) = &mut self.role
            && (!matches!(campaign.stage, Stage::Claim) || self.unresolved.is_none())
        {
            campaign.stage = Stage::Last { known: None };
        }
    }

    /// Ends a campaign, because the writer lives, or this host has no vote any more.
    pub(super) fn end_campaign(&mut self) {
        let Role::Campaign(campaign) = &self.role else { return };
        // A claim that was sent may be stored at any time.
        if !matches!(campaign.stage, Stage::Claim) {
            self.role = Role::Follow;
            self.be_patient();
        }
    }

    fn ask_for_votes(&mut self, now: Now) {
        let again = self.times.ask_again;
        let Role::Campaign(Campaign { stage: Stage::Votes { question, asked_at, .. }, .. }) = &mut self.role else {
            return;
        };
        if asked_at.is_none_or(|at| now.moment.saturating_sub(at) >= again) {
            let is_again = asked_at.replace(now.moment).is_some();
            let question = *question;
            self.say(now, What::Ask { question });
            if is_again {
                // By now the stream may end elsewhere.
                self.ask_last(now);
            }
        }
        self.count(now);
    }

    /// Answers a host that asks whether it may claim.
    pub(super) fn vote(&mut self, now: Now, asked: &Said, question: u64) {
        let Standing { n, head, blank, .. } = asked.standing;
        let yours = self.hash_of(n);
        let hears_writer = self.hears_writer(now);
        self.say(now, What::Vote { to: asked.from, question, hears_writer, yours });
        if n < self.position.n && !blank || yours.is_some_and(|yours| yours != head) {
            // It may be about to write where this copy has something already.
            self.doubt();
        }
    }

    /// Takes the answer of a voter.
    pub(super) fn voted(
        &mut self,
        now: Now,
        said: &Said,
        to: HostId,
        answered: u64,
        hears_writer: bool,
        yours: Option<Hash>,
    ) {
        if to != self.identity.host {
            return;
        }
        self.host_stands(said, answered);
        let Role::Campaign(Campaign { stage: Stage::Votes { question, votes, .. }, .. }) = &mut self.role else {
            return;
        };
        if *question != answered {
            return;
        }
        let Standing { n, head, blank, .. } = said.standing;
        let blank = blank && !Failpoint::BlankVotes.is_active();
        votes.insert(said.from, Vote { n, head, blank, hears_writer, yours });
        self.count(now);
    }

    /// Counts the votes, and claims if there are enough.
    fn count(&mut self, now: Now) {
        let Role::Campaign(Campaign { stage: Stage::Votes { votes, began_at, .. }, .. }) = &self.role else { return };
        let waited = now.moment.saturating_sub(*began_at);
        let is_alone = self.takes_over(now) && waited >= self.times.quiet;
        match self.counted(now, votes) {
            _ if Failpoint::ClaimWithoutConsent.is_active() => self.claim(now, &[], false),
            Count::Contradiction => self.hold_campaign(now),
            Count::Veto => {
                self.quiet_from = now.moment;
                self.take_over_at = None;
                self.end_campaign();
            }
            Count::Consent(consents) => self.claim(now, &consents, false),
            Count::Open if is_alone => self.claim(now, &[self.identity.host], true),
            Count::Open => {}
        }
    }

    fn counted(&self, now: Now, votes: &BTreeMap<HostId, Vote>) -> Count {
        let (n, head) = (self.position.n, self.position.head);
        let of_voters = || votes.iter().filter(|(host, _)| self.voters.contains(host));
        let contradicts = |vote: &Vote| vote.n > n || vote.yours.is_some_and(|yours| yours != head);
        if votes.values().any(contradicts) || self.peers.longer_than(now, n).is_some() {
            return Count::Contradiction;
        }
        if of_voters().filter(|(_, vote)| vote.hears_writer).count() >= self.majority() {
            return Count::Veto;
        }
        let agrees = |vote: &Vote| !vote.blank && !vote.hears_writer && vote.n == n && vote.head == head;
        let mut consents: Vec<HostId> = of_voters().filter(|(_, vote)| agrees(vote)).map(|(host, _)| *host).collect();
        consents.push(self.identity.host);
        if consents.len() >= self.majority() { Count::Consent(consents) } else { Count::Open }
    }

    /// Another host has more than this one, or another history: this host reads what it lacks, if the stream has it. If not,
    /// the stream or one of the copies is damaged, and nothing may be written at this end.
    fn hold_campaign(&mut self, now: Now) {
        let held_to = now.moment + self.times.ask_again;
        self.role = Role::Campaign(Campaign { stage: Stage::Last { known: None }, held_to });
        self.doubt();
    }

    fn claim(&mut self, now: Now, consents: &[HostId], alone: bool) {
        let is_right = self.peers.skew(now, self.majority()).map_or(alone, |skew| skew <= self.times.skew_max);
        if !is_right {
            // The others' clocks agree on another time: whatever is written now would be dated wrongly.
            return;
        }
        let instance = self.identity.instance;
        let body = ClaimBody { instance, consents: consents.to_vec(), voters: self.voters.iter().collect(), alone };
        // It can't fail: it is a number, two lists and a truth value.
        let body = serde_json::to_vec(&body).unwrap_or_default();
        let claim = self.message(Kind::Claim, self.position.epoch + 1, Arc::from(body), now.wall);
        if let Role::Campaign(campaign) = &mut self.role {
            campaign.stage = Stage::Claim;
        }
        self.publish(now, claim, None);
    }
}
