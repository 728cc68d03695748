//! Keys of personal data on their way between hosts.
//!
//! Rows of the vault are in the stream for good, so the keys are not: they lie in the hosts' own files alone, where an erasure
//! overwrites them. A key is given to a majority of the voters before the first row under it is appended. A host that was
//! away asks the others for what it lacks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use async_nats::Subscriber;
use serde::{Deserialize, Serialize};

use super::super::member::Moment;
use super::protocol::Event;
use super::reader::next_of;
use super::seal::Purpose;
use super::shared::{Shared, lock};
use crate::journal::{JournalError, Key};
use crate::types::{HostId, UserId};

/// Time after which keys are given again to those who have not said that they have them, in milliseconds.
const AGAIN: Moment = 250;

/// Interval in which a host asks for keys that it lacks.
const ASK_EVERY: Duration = Duration::from_millis(500);

/// Time after which a key without a row belongs to a batch that never came to the stream.
const SWEEP_EVERY: Duration = Duration::from_hours(24);

/// Maximum number of keys in one message.
const KEYS_MAX: usize = 500;

/// What hosts say to each other about keys.
#[derive(Serialize, Deserialize)]
enum Talk {
    /// Take these keys, and say so.
    Give { from: HostId, round: u64, keys: Vec<(UserId, Key)> },
    /// The keys of a round are stored.
    Stored { from: HostId, round: u64 },
    /// Give me the keys of these users.
    Want { from: HostId, users: Vec<UserId> },
}

/// Rounds in which keys are given, and who has them.
#[derive(Debug, Default)]
pub(super) struct Rounds {
    state: Mutex<State>,
    stored: Condvar,
}

#[derive(Debug, Default)]
struct State {
    last: u64,
    open: BTreeMap<u64, BTreeSet<HostId>>,
    is_ended: bool,
}

impl Rounds {
    /// Creates the rounds of a process. No other process of the host has the same numbers: what is said late of one of theirs
    /// counts for none of these.
    pub(super) fn of(instance: u64) -> Self {
        let state = State { last: instance >> 1, ..State::default() };
        Self { state: Mutex::new(state), ..Self::default() }
    }

    fn begin(&self) -> u64 {
        let mut state = lock(&self.state);
        state.last += 1;
        let round = state.last;
        state.open.insert(round, BTreeSet::new());
        round
    }

    fn stored(&self, round: u64, by: HostId) {
        if let Some(hosts) = lock(&self.state).open.get_mut(&round) {
            hosts.insert(by);
            self.stored.notify_all();
        }
    }

    /// Waits until somebody more has stored the keys, or the time is over. Returns who has them; `None` after the end.
    fn wait(&self, round: u64, known: usize, most: Duration) -> Option<BTreeSet<HostId>> {
        let state = lock(&self.state);
        let is_same =
            |state: &mut State| !state.is_ended && state.open.get(&round).is_some_and(|hosts| hosts.len() == known);
        let waited = self.stored.wait_timeout_while(state, most, is_same);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if state.is_ended { None } else { state.open.get(&round).cloned() }
    }

    fn finish(&self, round: u64) {
        lock(&self.state).open.remove(&round);
    }

    /// Ends all rounds, because the process does.
    pub(super) fn end(&self) {
        lock(&self.state).is_ended = true;
        self.stored.notify_all();
    }
}

/// Returns `true` if the hosts that have the keys make a majority of the voters, with the host that gives them.
fn is_majority(voters: &BTreeSet<HostId>, own: HostId, stored: &BTreeSet<HostId>) -> bool {
    let has = |voter: &&HostId| **voter == own || stored.contains(voter);
    voters.iter().filter(has).count() > voters.len() / 2
}

impl Shared {
    /// Gives keys to the other hosts; returns once a majority of the voters has them durably.
    pub(super) fn distribute(&self, keys: &[(UserId, Key)]) -> Result<(), JournalError> {
        let epoch = lock(&self.member).position().epoch;
        for part in keys.chunks(KEYS_MAX) {
            let round = self.rounds.begin();
            let given = self.give_until_stored(epoch, round, part);
            self.rounds.finish(round);
            given?;
        }
        Ok(())
    }

    fn give_until_stored(&self, epoch: u64, round: u64, keys: &[(UserId, Key)]) -> Result<(), JournalError> {
        let mut stored = BTreeSet::new();
        let mut given_at = None;
        loop {
            let now = (self.now)();
            let (voters, others, is_over) = {
                let member = lock(&self.member);
                let position = member.position();
                let is_over = position.epoch != epoch || position.writer != self.host || member.alarm().is_some();
                let others: Vec<HostId> = member.others(now).into_iter().map(|other| other.host).collect();
                (member.voters().clone(), others, is_over)
            };
            if is_over {
                return Err(JournalError::Deposed);
            }
            if given_at.is_none_or(|at| now.moment.saturating_sub(at) >= AGAIN) {
                given_at = Some(now.moment);
                // All get them, whoever is waited for.
                let hosts: BTreeSet<HostId> = voters.iter().copied().chain(others).collect();
                for host in hosts.iter().filter(|host| **host != self.host && !stored.contains(*host)) {
                    self.talk(*host, &Talk::Give { from: self.host, round, keys: keys.to_vec() });
                }
            }
            if is_majority(&voters, self.host, &stored) {
                return Ok(());
            }
            let most = Duration::from_millis(AGAIN);
            stored = self.rounds.wait(round, stored.len(), most).ok_or(JournalError::Deposed)?;
        }
    }

    fn talk(&self, to: HostId, talk: &Talk) {
        // It can't fail: it is ids and keys.
        let text = rmp_serde::to_vec_named(talk).unwrap_or_default();
        self.send_sealed(Purpose::Keys, (self.now)(), self.subjects.to(Purpose::Keys, to), &text);
    }

    /// Finds out whether all personal data can be decrypted, and asks for the keys that are missing.
    pub(super) fn check_keys(self: &Arc<Self>) {
        let shared = Arc::clone(self);
        tokio::spawn(async move {
            let missing = shared.ask_for_missing().await;
            // It fails only if the process ends.
            let _ = shared.events.send_async(Event::Keys { complete: missing == Some(0) }).await;
        });
    }

    /// Asks the other hosts for the keys that are missing; returns their number, if it could be found out.
    async fn ask_for_missing(self: &Arc<Self>) -> Option<usize> {
        let journal = Arc::clone(&self.journal);
        let missing = tokio::task::spawn_blocking(move || journal.missing_keys()).await.ok()?;
        let missing = missing.inspect_err(|error| tracing::error!(%error, "missing keys can't be found out")).ok()?;
        let now = (self.now)();
        let others: Vec<HostId> = lock(&self.member).others(now).into_iter().map(|other| other.host).collect();
        for users in missing.chunks(KEYS_MAX) {
            for host in &others {
                self.talk(*host, &Talk::Want { from: self.host, users: users.to_vec() });
            }
        }
        Some(missing.len())
    }

    async fn take_talk(self: &Arc<Self>, talk: Talk) {
        let journal = Arc::clone(&self.journal);
        match talk {
            Talk::Stored { from, round } => self.rounds.stored(round, from),
            Talk::Give { from, round, keys } => {
                let stored = tokio::task::spawn_blocking(move || journal.take_keys(&keys)).await;
                match stored {
                    Ok(Ok(true)) if round > 0 => self.talk(from, &Talk::Stored { from: self.host, round }),
                    Ok(Err(error)) => tracing::error!(%error, "keys of personal data could not be stored"),
                    // Nobody waits for it, the keys are others than those of the rows that this host has, or the process
                    // ends.
                    Ok(Ok(_)) | Err(_) => {}
                }
            }
            Talk::Want { from, mut users } => {
                users.truncate(KEYS_MAX);
                let keys = tokio::task::spawn_blocking(move || journal.keys_of(&users)).await.unwrap_or_default();
                if !keys.is_empty() {
                    self.talk(from, &Talk::Give { from: self.host, round: 0, keys });
                }
            }
        }
    }
}

/// Takes and gives keys, until the process ends.
pub(super) async fn serve(shared: Arc<Shared>, mut subscription: Subscriber) {
    while let Some(message) = next_of(&mut subscription).await {
        let Some(text) = shared.open(Purpose::Keys, &message.payload) else { continue };
        match rmp_serde::from_slice(&text) {
            Ok(talk) => shared.take_talk(talk).await,
            Err(error) => tracing::debug!(%error, "a message about keys can't be read"),
        }
    }
}

/// Asks for missing keys, again and again.
pub(super) async fn look_for_missing(shared: Arc<Shared>) {
    loop {
        tokio::time::sleep(ASK_EVERY).await;
        shared.ask_for_missing().await;
    }
}

/// Overwrites keys whose rows never came to the stream, a day later.
pub(super) async fn sweep(shared: Arc<Shared>) {
    let mut orphans = BTreeSet::new();
    loop {
        let journal = Arc::clone(&shared.journal);
        let known = orphans.clone();
        match tokio::task::spawn_blocking(move || journal.sweep_keys(&known)).await {
            Ok(Ok(left)) => orphans = left,
            Ok(Err(error)) => tracing::warn!(%error, "keys without rows could not be overwritten"),
            // The process ends.
            Err(_) => return,
        }
        tokio::time::sleep(SWEEP_EVERY).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: HostId = HostId::from_bytes([1; 16]);
    const BOB: HostId = HostId::from_bytes([2; 16]);
    const CAT: HostId = HostId::from_bytes([3; 16]);

    #[test]
    fn a_majority_includes_the_host_that_gives() {
        let hosts = |hosts: &[HostId]| hosts.iter().copied().collect::<BTreeSet<_>>();
        for (voters, stored, expected) in [
            (&[ANN][..], &[][..], true),
            (&[ANN, BOB], &[], false),
            (&[ANN, BOB], &[BOB], true),
            (&[ANN, BOB, CAT], &[], false),
            (&[ANN, BOB, CAT], &[CAT], true),
            // A host that does not vote, even if it gives, counts for nothing.
            (&[BOB], &[], false),
            (&[BOB], &[CAT], false),
            (&[], &[BOB], false),
        ] {
            assert_eq!(is_majority(&hosts(voters), ANN, &hosts(stored)), expected, "{voters:?} {stored:?}");
        }
    }

    #[test]
    fn a_round_tells_who_has_the_keys() {
        let rounds = Rounds::default();
        let (one, two) = (rounds.begin(), rounds.begin());
        rounds.stored(one, BOB);
        rounds.stored(two, CAT);
        let short = Duration::from_millis(1);
        assert_eq!(rounds.wait(one, 0, short), Some(BTreeSet::from([BOB])));
        assert_eq!(rounds.wait(one, 1, short), Some(BTreeSet::from([BOB])));
        rounds.stored(one, CAT);
        assert_eq!(rounds.wait(one, 1, short).map(|hosts| hosts.len()), Some(2));
        rounds.finish(one);
        rounds.stored(one, BOB);
        assert_eq!(rounds.wait(one, 0, short), None);
        rounds.end();
        assert_eq!(rounds.wait(two, 1, short), None);
    }

    #[test]
    fn what_is_said_of_an_earlier_process_counts_for_nothing() {
        let (earlier, rounds) = (Rounds::of(7), Rounds::of(u64::MAX));
        let (old, round) = (earlier.begin(), rounds.begin());
        assert!(old > 0 && round > 0, "0 is no round");
        rounds.stored(old, BOB);
        assert_eq!(rounds.wait(round, 0, Duration::from_millis(1)), Some(BTreeSet::new()));
        rounds.stored(round, BOB);
        assert_eq!(rounds.wait(round, 0, Duration::from_millis(1)), Some(BTreeSet::from([BOB])));
    }

    #[test]
    fn what_is_said_about_keys_comes_back() {
        let talk = Talk::Give { from: ANN, round: 3, keys: vec![(UserId::from_bytes([9; 16]), [7; 32])] };
        let text = rmp_serde::to_vec_named(&talk).unwrap();
        let Ok(Talk::Give { from, round, keys }) = rmp_serde::from_slice(&text) else { panic!("it is another one") };
        assert_eq!((from, round, keys), (ANN, 3, vec![(UserId::from_bytes([9; 16]), [7; 32])]));
        for cut in 0..text.len() {
            assert!(rmp_serde::from_slice::<Talk>(&text[..cut]).is_err(), "{cut}");
        }
    }
}
