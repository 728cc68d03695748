//! Three servers that hold the stream: what a quorum has, who leads, and who only believes so.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use super::rng::Rng;
use crate::event::Hash;
use crate::journal::jetstream::answer::Answer;
use crate::journal::jetstream::message::Message;

/// Number of servers.
pub(crate) const SERVERS: usize = 3;

/// How long a leader without a quorum goes on as if it had one, in milliseconds.
const BELIEVES_FOR: (u64, u64) = (8_000, 20_000);

/// For how long its word is still taken: the driver looks at when it heard its replicas.
const TRUSTED_FOR: u64 = 2_000;

/// A message that a quorum has.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) message: Arc<Message>,
    pub(crate) stored_at: u64,
}

/// Who waits for an answer: a process of a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Publisher {
    pub(super) host: usize,
    pub(super) process: u64,
}

/// A message that a leader has taken, and no quorum has.
#[derive(Debug, Clone)]
pub(super) struct Proposal {
    pub(super) expected: u64,
    pub(super) message: Arc<Message>,
    pub(super) publisher: Publisher,
}

/// A message that is stored: who published it, and its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stored {
    pub(super) publisher: Publisher,
    pub(super) seq: u64,
    pub(super) hash: Hash,
}

#[derive(Debug, Default)]
struct Replica {
    is_down: bool,
    /// `true` while the other servers can't be reached.
    is_cut: bool,
    /// Number of messages that it has.
    has: usize,
    /// Sequence numbers of messages that it has lost.
    holes: BTreeSet<u64>,
}

#[derive(Debug, Clone)]
struct Leader {
    server: usize,
    /// Number of messages that it knows to be stored.
    stored: usize,
    proposals: VecDeque<Proposal>,
    /// When it lost its quorum, and when it will notice.
    lost: Option<(u64, u64)>,
}

/// What came of a publish.
#[derive(Debug)]
pub(super) enum Published {
    /// The leader proposes it to the others.
    Proposed,
    /// It is refused.
    Refused(Answer),
    /// Nobody answers.
    Nothing,
}

/// The servers.
#[derive(Debug)]
pub(crate) struct Servers {
    pub(crate) log: Vec<Entry>,
    replicas: [Replica; SERVERS],
    leader: Option<Leader>,
    /// A leader without a quorum, which does not know it yet.
    cut_off: Option<Leader>,
    /// What the last leader had proposed: the next one may have it.
    orphans: Vec<Proposal>,
    /// Number of the leader, so that what was planned under another does not happen.
    pub(super) term: u64,
    /// `true` while the disks are full.
    pub(super) is_full: bool,
    /// Most bytes of a body.
    bytes_max: usize,
}

impl Servers {
    pub(crate) fn new(bytes_max: usize) -> Self {
        let leader = Leader { server: 0, stored: 0, proposals: VecDeque::new(), lost: None };
        Self {
            log: Vec::new(),
            replicas: Default::default(),
            leader: Some(leader),
            cut_off: None,
            orphans: Vec::new(),
            term: 0,
            is_full: false,
            bytes_max,
        }
    }

    pub(crate) fn is_up(&self, server: usize) -> bool {
        self.replicas.get(server).is_some_and(|replica| !replica.is_down)
    }

    pub(super) fn is_cut(&self, server: usize) -> bool {
        self.replicas.get(server).is_some_and(|replica| replica.is_cut)
    }

    /// Returns `true` if the servers can talk to each other.
    pub(crate) fn connects(&self, one: usize, other: usize) -> bool {
        self.is_up(one) && self.is_up(other) && (one == other || !self.is_cut(one) && !self.is_cut(other))
    }

    pub(super) fn leader(&self) -> Option<usize> {
        self.leader.as_ref().map(|leader| leader.server)
    }

    fn has_quorum(&self, server: usize) -> bool {
        (0..SERVERS).filter(|other| self.connects(server, *other)).count() > SERVERS / 2
    }

    /// Takes note that servers or connections have changed. Returns `true` if a new leader has to be elected.
    pub(super) fn changed(&mut self, now: u64, rng: &mut Rng) -> bool {
        if self.cut_off.as_ref().is_some_and(|leader| !self.is_up(leader.server)) {
            self.cut_off = None;
        }
        let Some(leader) = self.leader.take() else {
            self.come_back(rng);
            return self.leader.is_none();
        };
        if self.is_up(leader.server) && self.has_quorum(leader.server) {
            self.leader = Some(leader);
            return false;
        }
        self.term += 1;
        self.orphans = leader.proposals.iter().cloned().collect();
        if self.is_up(leader.server) {
            let notices_at = now + rng.between(BELIEVES_FOR.0, BELIEVES_FOR.1);
            self.cut_off = Some(Leader { stored: self.log.len(), lost: Some((now, notices_at)), ..leader });
        }
        true
    }

    /// A leader that had lost its quorum may have it again before another is elected. All that it has taken is stored then.
    fn come_back(&mut self, rng: &mut Rng) {
        let Some(leader) = self.cut_off.take() else { return };
        if self.has_quorum(leader.server) && leader.stored == self.log.len() && rng.chance(500) {
            self.term += 1;
            self.orphans.clear();
            self.leader = Some(Leader { lost: None, ..leader });
        } else if !self.has_quorum(leader.server) {
            self.cut_off = Some(leader);
        }
    }

    /// Elects a leader, which has some of what the last one had proposed, or all.
    pub(super) fn elect(&mut self, now: u64, rng: &mut Rng) -> bool {
        if self.leader.is_some() {
            return false;
        }
        let able: Vec<usize> = (0..SERVERS).filter(|server| self.has_quorum(*server)).collect();
        if able.is_empty() {
            return false;
        }
        let server = rng.pick(&able);
        let kept = rng.index(self.orphans.len() + 1);
        for proposal in std::mem::take(&mut self.orphans).into_iter().take(kept) {
            self.log.push(Entry { message: proposal.message, stored_at: now });
        }
        self.term += 1;
        self.levels(server);
        if self.cut_off.as_ref().is_some_and(|leader| self.has_quorum(leader.server)) {
            self.cut_off = None;
        }
        let stored = self.log.len();
        self.leader = Some(Leader { server, stored, proposals: VecDeque::new(), lost: None });
        true
    }

    fn levels(&mut self, server: usize) {
        if let Some(replica) = self.replicas.get_mut(server) {
            replica.has = self.log.len();
        }
    }

    /// Makes the leader step down.
    pub(super) fn step_down(&mut self) {
        if let Some(leader) = self.leader.take() {
            self.term += 1;
            self.orphans = leader.proposals.into();
        }
    }

    /// Returns the leader that a server knows.
    fn leader_of(&mut self, server: usize, now: u64) -> Option<&mut Leader> {
        if self.cut_off.as_ref().is_some_and(|leader| leader.lost.is_some_and(|(_, notices_at)| notices_at <= now)) {
            self.cut_off = None;
        }
        let follows = |leader: &Leader, connects: bool| connects.then_some(leader.server);
        let own = self.leader.as_ref().and_then(|leader| follows(leader, self.connects(server, leader.server)));
        if own.is_some() {
            return self.leader.as_mut();
        }
        let stale = self.cut_off.as_ref().and_then(|leader| follows(leader, self.connects(server, leader.server)));
        stale.and(self.cut_off.as_mut())
    }

    /// A message comes to a server.
    pub(super) fn publish(&mut self, now: u64, server: usize, proposal: Proposal) -> Published {
        let (is_full, bytes_max, stored) = (self.is_full, self.bytes_max, self.log.len());
        let Some(leader) = self.leader_of(server, now) else { return Published::Nothing };
        if leader.lost.is_none() {
            leader.stored = stored;
        }
        let refused = |code, last| Published::Refused(Answer::Refused { code, last });
        if proposal.message.body.len() > bytes_max {
            return refused(10_054, None);
        }
        if is_full {
            return refused(10_077, None);
        }
        let last = (leader.stored + leader.proposals.len()) as u64;
        if proposal.expected != last {
            return refused(10_071, Some(last));
        }
        leader.proposals.push_back(proposal);
        Published::Proposed
    }

    /// Stores what was proposed first, if its leader still leads.
    pub(super) fn store(&mut self, now: u64, term: u64) -> Option<Stored> {
        let leader = self.leader.as_mut().filter(|_| self.term == term)?;
        let Proposal { message, publisher, .. } = leader.proposals.pop_front()?;
        let (leader, hash) = (leader.server, message.header.hash);
        self.log.push(Entry { message, stored_at: now });
        self.levels(leader);
        Some(Stored { publisher, seq: self.log.len() as u64, hash })
    }

    /// Returns the number of proposals of the leader.
    pub(super) fn proposals(&self) -> usize {
        self.leader.as_ref().map_or(0, |leader| leader.proposals.len())
    }

    /// A replica gets what a quorum has, if it can.
    pub(super) fn replicate(&mut self, server: usize) {
        let Some(leader) = self.leader() else { return };
        if self.connects(server, leader) {
            self.levels(server);
        }
    }

    /// Returns where the stream ends for a host at this server, if its leader is to be believed.
    pub(super) fn last(&mut self, now: u64, server: usize) -> Option<u64> {
        let stored = self.log.len();
        let leader = self.leader_of(server, now)?;
        match leader.lost {
            None => Some(stored as u64),
            Some((lost_at, _)) => (now - lost_at < TRUSTED_FOR).then_some(leader.stored as u64),
        }
    }

    /// Returns the message of a replica at this place, and its sequence number: the next one if it has lost that.
    pub(super) fn read(&self, server: usize, from: u64) -> Option<(u64, Arc<Message>)> {
        let replica = self.replicas.get(server)?;
        let seq = (from..=replica.has as u64).find(|seq| !replica.holes.contains(seq))?;
        self.entry(seq).map(|entry| (seq, Arc::clone(&entry.message)))
    }

    /// Returns what the stream has at this place.
    pub(crate) fn entry(&self, seq: u64) -> Option<&Entry> {
        self.log.get(usize::try_from(seq.checked_sub(1)?).ok()?)
    }

    pub(super) fn set_down(&mut self, server: usize, is_down: bool) {
        if let Some(replica) = self.replicas.get_mut(server) {
            replica.is_down = is_down;
        }
    }

    pub(super) fn set_cut(&mut self, server: usize, is_cut: bool) {
        if let Some(replica) = self.replicas.get_mut(server) {
            replica.is_cut = is_cut;
        }
    }

    /// A replica that has forgotten its tail becomes the leader: the stream is shorter. Returns what is lost.
    pub(crate) fn forget_tail(&mut self, count: usize) -> Vec<Entry> {
        let len = self.log.len().saturating_sub(count).max(1);
        let lost = self.log.split_off(len.min(self.log.len()));
        for replica in &mut self.replicas {
            replica.has = replica.has.min(len);
        }
        self.step_down();
        self.orphans.clear();
        self.cut_off = None;
        lost
    }

    /// Returns `true` if no replica has the message any more.
    #[cfg(test)]
    pub(crate) fn has_lost(&self, seq: u64) -> bool {
        self.replicas.iter().all(|replica| replica.holes.contains(&seq))
    }

    /// Replicas lose a message.
    #[cfg(test)]
    pub(crate) fn lose(&mut self, servers: impl IntoIterator<Item = usize>, seq: u64) {
        for server in servers {
            if let Some(replica) = self.replicas.get_mut(server) {
                replica.holes.insert(seq);
            }
        }
    }
}
