//! The other hosts, as far as they are heard.

use std::collections::{BTreeMap, BTreeSet};

use super::super::peer::{Said, Secured, Standing, What};
use super::{Member, Moment, Now, Output, Position, Role};
use crate::types::HostId;

/// How long a host counts as standing where it last said, in milliseconds.
const KNOWN_FOR: u64 = 3_000;

/// What was last heard of each host.
#[derive(Debug, Default)]
pub(super) struct Peers {
    hosts: BTreeMap<HostId, Peer>,
    /// Epoch of the last heartbeat, and when it was heard.
    heard: Option<(u64, Moment)>,
    /// Another process with this host's id, and when it was first heard.
    double: Option<(u64, Moment)>,
}

#[derive(Debug, Clone, Copy)]
struct Peer {
    said: Said,
    at: Moment,
    /// Difference of its clock to this host's, in milliseconds: positive if it is ahead.
    ahead: i64,
}

/// What is known of another host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PeerState {
    /// Id of the host.
    pub(crate) host: HostId,
    /// How far it has followed.
    pub(crate) standing: Standing,
    /// Time since it was heard, in milliseconds.
    pub(crate) age: u64,
    /// Difference of its clock to this host's, in milliseconds: positive if it is ahead.
    pub(crate) ahead: i64,
    /// `true` if the last that it said was a heartbeat.
    pub(crate) is_writer: bool,
}

impl Peers {
    fn recent(&self, now: Now) -> impl Iterator<Item = (&HostId, &Peer)> {
        self.hosts.iter().filter(move |(_, peer)| now.moment.saturating_sub(peer.at) <= KNOWN_FOR)
    }

    /// Returns by how much this host's clock differs at most from those with which it makes a majority; `None` if it has not
    /// heard from as many lately.
    pub(super) fn skew(&self, now: Now, majority: usize) -> Option<u64> {
        let mut skews: Vec<u64> = self.recent(now).map(|(_, peer)| peer.ahead.unsigned_abs()).collect();
        // Its own differs by nothing.
        skews.push(0);
        skews.sort_unstable();
        skews.get(majority - 1).copied()
    }

    /// Returns a host that has a message beyond number `n`.
    pub(super) fn longer_than(&self, now: Now, n: u64) -> Option<HostId> {
        self.recent(now).find(|(_, peer)| peer.said.standing.n > n).map(|(host, _)| *host)
    }

    /// Returns how far the copies of voters are durable, as they said.
    pub(super) fn secured(&self, voters: &BTreeSet<HostId>) -> impl Iterator<Item = Secured> {
        let of_voters = self.hosts.iter().filter(move |(host, _)| voters.contains(*host));
        of_voters.filter_map(|(_, peer)| peer.said.standing.secured)
    }

    /// Returns `true` if a host has said that it waits for a second one to have what it appends.
    pub(super) fn waits_for_a_second(&self, host: HostId) -> bool {
        self.hosts.get(&host).is_some_and(|peer| peer.said.second_host)
    }

    /// Returns `true` if this is older than what the host was last heard to say.
    fn is_overtaken(&self, now: Now, said: &Said) -> bool {
        self.hosts.get(&said.from).is_some_and(|Peer { said: last, at, .. }| {
            if last.instance == said.instance {
                said.number <= last.number
            } else {
                said.at < last.at && now.moment.saturating_sub(*at) <= KNOWN_FOR
            }
        })
    }
}

impl Member {
    /// Takes what another host said.
    pub(super) fn heard(&mut self, now: Now, said: &Said) {
        let Standing { journal, generation, .. } = said.standing;
        if (journal, generation) != (self.position.journal, self.position.generation) {
            return;
        }
        if said.from == self.identity.host {
            return self.heard_itself(now, said.instance);
        }
        if self.peers.is_overtaken(now, said) {
            return;
        }
        let ahead = i64::try_from(said.at.as_millis()).unwrap_or(i64::MAX)
            - i64::try_from(now.wall.as_millis()).unwrap_or(i64::MAX);
        self.peers.hosts.insert(said.from, Peer { said: *said, at: now.moment, ahead });
        match said.what {
            What::Heartbeat => self.heartbeat(now, said),
            What::Bye => self.bye(now, said),
            What::Status => {}
            What::Ask { question } => self.vote(now, said, question),
            What::Vote { to, question, hears_writer, yours } => {
                self.voted(now, said, to, question, hears_writer, yours);
            }
        }
    }

    /// In alarm because of a copy that is longer than the stream, a host answers that it is.
    pub(super) fn heard_in_alarm(&mut self, now: Now, said: &Said) {
        if let (Role::Alarm { is_longer: true, .. }, What::Ask { question }) = (&self.role, said.what) {
            self.vote(now, said, question);
        }
    }

    /// Another process has this host's id, which may be one that has just ended.
    fn heard_itself(&mut self, now: Now, instance: u64) {
        if instance == self.identity.instance {
            return;
        }
        match self.peers.double {
            Some((double, since)) if double == instance => {
                if now.moment.saturating_sub(since) >= self.times.double {
                    self.sound_alarm("another process takes itself for this host: a data directory was copied");
                }
            }
            _ => self.peers.double = Some((instance, now.moment)),
        }
    }

    fn heartbeat(&mut self, now: Now, said: &Said) {
        let Standing { epoch, n, head, .. } = said.standing;
        let is_writer =
            epoch > self.position.epoch || epoch == self.position.epoch && said.from == self.position.writer;
        if !is_writer {
            // It does not know yet that its time is over.
            return;
        }
        if self.hash_of(n).is_some_and(|own| own != head) {
            self.doubt();
        }
        self.peers.heard = Some((epoch, now.moment));
        self.writer_has(now, n);
        self.quiet_from = now.moment;
        // The others are not gone: whoever wanted this host to do without them was wrong.
        self.take_over_at = None;
        self.end_campaign();
    }

    fn bye(&mut self, now: Now, said: &Said) {
        if said.standing.epoch == self.position.epoch && said.from == self.position.writer {
            // As if nothing had been heard for long; whoever comes first in rank begins.
            self.quiet_from = now.moment.saturating_sub(self.patience);
            self.peers.heard = None;
        }
    }

    /// Returns `true` if this host is the writer, or hears it.
    pub(super) fn hears_writer(&self, now: Now) -> bool {
        self.writes()
            || self.peers.heard.is_some_and(|(epoch, at)| {
                epoch >= self.position.epoch && now.moment.saturating_sub(at) < self.times.quiet
            })
    }

    /// Returns by how much the writer's clock differs from this host's, in milliseconds; 0 if the writer is not heard.
    pub(super) fn skew_to_writer(&self) -> u64 {
        self.peers.hosts.get(&self.position.writer).map_or(0, |peer| peer.ahead.unsigned_abs())
    }

    /// Says how this host stands, as often as is due.
    pub(super) fn say_how_it_stands(&mut self, now: Now) {
        let since = now.moment.saturating_sub(self.said_at);
        let is_alive = now.moment.saturating_sub(self.appended_at) < self.times.alive;
        let is_silent = match self.role {
            Role::Leave { says_bye, .. } => !says_bye,
            Role::Alarm { is_longer, .. } => !is_longer,
            _ => false,
        };
        if self.writes() && is_alive {
            if since >= self.times.heartbeat {
                self.say(now, What::Heartbeat);
            }
        } else if !is_silent && since >= self.times.status {
            self.say(now, What::Status);
        }
    }

    pub(super) fn say(&mut self, now: Now, what: What) {
        if matches!(what, What::Heartbeat | What::Status) {
            self.said_at = now.moment;
        }
        self.said += 1;
        let (from, instance, second_host) = (self.identity.host, self.identity.instance, self.identity.second_host);
        let (number, at, standing) = (self.said, now.wall, self.standing());
        self.outputs.push(Output::Say(Said { from, instance, number, at, standing, second_host, what }));
    }

    fn standing(&self) -> Standing {
        let Position { journal, generation, epoch, n, head, .. } = self.position;
        let blank = matches!(self.role, Role::Blank | Role::Leave { is_blank: true, .. } | Role::Alarm { .. });
        Standing { journal, generation, epoch, n, head, blank, secured: self.own_secured() }
    }

    /// Returns what is known of the other hosts.
    pub(crate) fn others(&self, now: Now) -> Vec<PeerState> {
        let state = |(host, peer): (&HostId, &Peer)| PeerState {
            host: *host,
            standing: peer.said.standing,
            age: now.moment.saturating_sub(peer.at),
            ahead: peer.ahead,
            is_writer: peer.said.what == What::Heartbeat,
        };
        self.peers.hosts.iter().map(state).collect()
    }
}
