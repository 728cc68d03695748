//! Throttles password guesses, by account and by client address.
//!
//! A few wrong guesses are free. After that, each one doubles the wait before the next attempt, up to a limit, so an
//! account is never closed to its owner for longer than that limit. A right guess or enough time resets the count.
//!
//! Whoever keeps guessing at an account keeps it at that limit. So a place from which its owner has signed in before is counted by
//! itself, and so is a session that confirms itself by the password: a stranger's guesses never make the owner wait there.
//!
//! What is remembered is bounded. When there is more, whatever was tried longest ago is forgotten, and nobody is refused
//! for it. Strangers crowd out strangers alone: known places and sessions are remembered apart from them.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::known::PlaceTag;
use crate::error::{Code, Error};
use crate::event::EmailKey;
use crate::types::{SessionId, Timestamp};

/// Maximum number of accounts, of known places and sessions, and of addresses that are watched.
const WATCHED_MAX: usize = 100_000;

/// Time without a failure after which the failures are forgotten.
const FORGET_AFTER: Duration = Duration::from_mins(15);

/// Limits of a throttle.
#[derive(Debug, Clone, Copy)]
struct Policy {
    free: u32,
    wait_max: Duration,
}

const ACCOUNT: Policy = Policy { free: 5, wait_max: Duration::from_mins(1) };
const ADDRESS: Policy = Policy { free: 20, wait_max: Duration::from_mins(15) };

#[derive(Debug, Clone, Copy)]
struct Record {
    failures: u32,
    last: Timestamp,
    /// Turn of the last attempt.
    turn: u64,
}

/// From where somebody guesses, as far as an account is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Origin {
    /// From anywhere: strangers share one count.
    Anywhere,
    /// From a place from which the account was signed in to before.
    Known(PlaceTag),
    /// Within a session of the account.
    Session(SessionId),
}

/// Recent failures.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    /// Failures of strangers, by account.
    strangers: Mutex<Watched<EmailKey>>,
    /// Failures at known places of an account and in its sessions.
    owners: Mutex<Watched<(EmailKey, Origin)>>,
    addresses: Mutex<Watched<IpAddr>>,
}

/// Failures of up to [`WATCHED_MAX`] of a kind. The one that was tried longest ago gives way to a new one.
#[derive(Debug)]
struct Watched<K> {
    records: HashMap<K, Record>,
    /// Keys of the records by turn, so that the stalest is found without a search.
    turns: BTreeMap<u64, K>,
    next_turn: u64,
}

impl<K> Default for Watched<K> {
    fn default() -> Self {
        Self { records: HashMap::new(), turns: BTreeMap::new(), next_turn: 0 }
    }
}

impl Throttle {
    /// Begins an attempt. It counts as a failure until [`Throttle::succeeded`] is called, so that concurrent guesses
    /// are counted too.
    ///
    /// Whoever comes from a known place, or has a session, is not slowed down by what else comes from the same address.
    ///
    /// # Errors
    /// `rate.limited`, with the time to wait.
    pub(crate) fn attempt(
        &self,
        account: EmailKey,
        origin: Origin,
        address: Option<IpAddr>,
        now: Timestamp,
    ) -> Result<(), Error> {
        if let (Origin::Anywhere, Some(address)) = (origin, address) {
            lock(&self.addresses).attempt(ADDRESS, network(address), now)?;
        }
        match origin {
            Origin::Anywhere => lock(&self.strangers).attempt(ACCOUNT, account, now),
            Origin::Known(_) | Origin::Session(_) => lock(&self.owners).attempt(ACCOUNT, (account, origin), now),
        }
    }

    /// Records that the attempt succeeded.
    pub(crate) fn succeeded(&self, account: EmailKey, origin: Origin, address: Option<IpAddr>) {
        match origin {
            Origin::Anywhere => lock(&self.strangers).forget(&account),
            Origin::Known(_) | Origin::Session(_) => lock(&self.owners).forget(&(account, origin)),
        }
        if let (Origin::Anywhere, Some(address)) = (origin, address)
            && let Some(record) = lock(&self.addresses).records.get_mut(&network(address))
        {
            record.failures = record.failures.saturating_sub(1);
        }
    }
}

fn lock<K>(watched: &Mutex<Watched<K>>) -> MutexGuard<'_, Watched<K>> {
    watched.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns what counts as one address: an IPv6 customer has a whole /64 of them.
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
    }
}

impl<K: Hash + Eq + Copy> Watched<K> {
    /// Counts an attempt as a failure.
    ///
    /// # Errors
    /// `rate.limited`, with the time to wait. Such an attempt does not count.
    fn attempt(&mut self, policy: Policy, key: K, now: Timestamp) -> Result<(), Error> {
        let failures = match self.records.get(&key) {
            Some(record) => {
                let idle = now.since(record.last);
                let failures = if idle >= FORGET_AFTER { 0 } else { record.failures };
                let wait = policy.wait(failures).saturating_sub(idle);
                if !wait.is_zero() {
                    return Err(Error::from(Code::RateLimited).with_retry_after(wait));
                }
                failures
            }
            None => 0,
        };
        self.forget(&key);
        if self.records.len() >= WATCHED_MAX
            && let Some((_, stalest)) = self.turns.pop_first()
        {
            self.records.remove(&stalest);
        }
        let turn = self.next_turn;
        self.next_turn += 1;
        self.turns.insert(turn, key);
        self.records.insert(key, Record { failures: failures.saturating_add(1), last: now, turn });
        Ok(())
    }

    fn forget(&mut self, key: &K) {
        if let Some(record) = self.records.remove(key) {
            self.turns.remove(&record.turn);
        }
    }
}

impl Policy {
    /// Returns the time to wait after the last failure, for this number of failures.
    fn wait(self, failures: u32) -> Duration {
        match failures.checked_sub(self.free) {
            None => Duration::ZERO,
            Some(beyond) => Duration::from_secs(1 << beyond.min(20)).min(self.wait_max),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: EmailKey = EmailKey::from_bytes([1; 16]);
    const BOB: EmailKey = EmailKey::from_bytes([2; 16]);
    const START: Timestamp = Timestamp::from_millis(1_000_000);

    fn wait(result: Result<(), Error>) -> Option<u64> {
        result.err().and_then(|error| error.retry_after()).map(|wait| wait.as_secs())
    }

    #[test]
    fn a_few_failures_are_free_then_each_doubles_the_wait_up_to_a_minute() {
        let throttle = Throttle::default();
        let mut now = START;
        for _ in 0..5 {
            assert!(throttle.attempt(ANN, Origin::Anywhere, None, now).is_ok());
        }
        for expected in [1, 2, 4, 8, 16, 32, 60, 60] {
            assert_eq!(wait(throttle.attempt(ANN, Origin::Anywhere, None, now)), Some(expected));
            now = now.plus(Duration::from_secs(expected));
            assert!(throttle.attempt(ANN, Origin::Anywhere, None, now).is_ok());
        }
        assert!(throttle.attempt(BOB, Origin::Anywhere, None, now).is_ok());
    }

    #[test]
    fn success_and_time_make_good() {
        let throttle = Throttle::default();
        for _ in 0..5 {
            assert!(throttle.attempt(ANN, Origin::Anywhere, None, START).is_ok());
        }
        throttle.succeeded(ANN, Origin::Anywhere, None);
        for _ in 0..5 {
            assert!(throttle.attempt(ANN, Origin::Anywhere, None, START).is_ok());
        }
        assert!(throttle.attempt(ANN, Origin::Anywhere, None, START).is_err());
        let later = START.plus(FORGET_AFTER);
        for _ in 0..5 {
            assert!(throttle.attempt(ANN, Origin::Anywhere, None, later).is_ok());
        }
    }

    #[test]
    fn a_stranger_who_never_stops_does_not_keep_the_owner_out() {
        let throttle = Throttle::default();
        let home = Some(IpAddr::from([192, 0, 2, 1]));
        let mut now = START;
        let owners = [Origin::Known([1; 16]), Origin::Session(SessionId::from_bytes([2; 16]))];
        for number in 0..200_u8 {
            // Guesses come from a new address each time, and as soon as allowed.
            let stranger = Some(IpAddr::from([198, 51, 100, number]));
            if let Some(secs) = wait(throttle.attempt(ANN, Origin::Anywhere, stranger, now)) {
                now = now.plus(Duration::from_secs(secs));
                let _ = throttle.attempt(ANN, Origin::Anywhere, stranger, now);
            }
            for origin in owners {
                assert!(throttle.attempt(ANN, origin, home, now).is_ok(), "after {number} strangers");
                throttle.succeeded(ANN, origin, home);
            }
        }
        // Guesses from the owner's address are limited, too.
        for origin in owners {
            for _ in 0..5 {
                throttle.attempt(ANN, origin, home, now).unwrap();
            }
            assert_eq!(wait(throttle.attempt(ANN, origin, home, now)), Some(1));
        }
    }

    #[test]
    fn a_known_place_is_not_slowed_down_by_its_neighbours() {
        let throttle = Throttle::default();
        let shared = Some(IpAddr::from([192, 0, 2, 1]));
        let mut now = START;
        for account in 0..100 {
            let other = EmailKey::from_bytes([account; 16]);
            if let Some(secs) = wait(throttle.attempt(other, Origin::Anywhere, shared, now)) {
                now = now.plus(Duration::from_secs(secs.min(1)));
            }
        }
        assert!(throttle.attempt(BOB, Origin::Anywhere, shared, now).is_err());
        assert!(throttle.attempt(BOB, Origin::Known([1; 16]), shared, now).is_ok());
    }

    /// Tries as many accounts as are watched, each from a network of its own.
    fn crowd(throttle: &Throttle, now: Timestamp) {
        for number in 0..u128::try_from(WATCHED_MAX).unwrap() {
            let account = EmailKey::from_bytes(number.to_be_bytes());
            let address = IpAddr::from(Ipv6Addr::from_bits((0x2001_0db8 << 96) | (number << 64)));
            throttle.attempt(account, Origin::Anywhere, Some(address), now).unwrap();
        }
    }

    #[test]
    fn a_crowd_of_strangers_keeps_nobody_out() {
        let throttle = Throttle::default();
        crowd(&throttle, START);
        let home = Some(IpAddr::from([192, 0, 2, 1]));
        let owners = [Origin::Known([1; 16]), Origin::Session(SessionId::from_bytes([2; 16]))];
        for origin in owners {
            for _ in 0..5 {
                throttle.attempt(ANN, origin, home, START).unwrap();
            }
        }
        throttle.attempt(BOB, Origin::Anywhere, home, START).unwrap();
        // What was counted at the owner's places is still counted after another crowd.
        crowd(&throttle, START);
        for origin in owners {
            assert_eq!(wait(throttle.attempt(ANN, origin, home, START)), Some(1));
        }
        assert_eq!(throttle.strangers.lock().unwrap().records.len(), WATCHED_MAX);
        assert_eq!(throttle.strangers.lock().unwrap().turns.len(), WATCHED_MAX);
        assert_eq!(throttle.addresses.lock().unwrap().records.len(), WATCHED_MAX);
        assert_eq!(throttle.owners.lock().unwrap().records.len(), 2);
    }

    #[test]
    fn whatever_was_tried_longest_ago_is_forgotten_first() {
        let mut watched = Watched::default();
        for key in 0..WATCHED_MAX {
            watched.attempt(ACCOUNT, key, START).unwrap();
        }
        // The first one is tried again, so that the second one is the stalest.
        for _ in 1..5 {
            watched.attempt(ACCOUNT, 0, START).unwrap();
        }
        watched.attempt(ACCOUNT, WATCHED_MAX, START).unwrap();
        assert!(watched.records.contains_key(&0) && !watched.records.contains_key(&1));
        assert_eq!(wait(watched.attempt(ACCOUNT, 0, START)), Some(1));
        watched.forget(&2);
        watched.attempt(ACCOUNT, 1, START).unwrap();
        assert!(watched.records.contains_key(&3), "there was room");
        assert_eq!((watched.records.len(), watched.turns.len()), (WATCHED_MAX, WATCHED_MAX));
    }

    #[test]
    fn a_network_of_ipv6_is_one_address() {
        let throttle = Throttle::default();
        let address = |number: u16| Some(IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, number]));
        for number in 0..20 {
            let account = EmailKey::from_bytes([u8::try_from(number).unwrap(); 16]);
            throttle.attempt(account, Origin::Anywhere, address(number), START).unwrap();
        }
        let other = EmailKey::from_bytes([99; 16]);
        assert_eq!(wait(throttle.attempt(other, Origin::Anywhere, address(99), START)), Some(1));
    }

    #[test]
    fn an_address_that_tries_many_accounts_is_slowed_down() {
        let throttle = Throttle::default();
        let address = Some(IpAddr::from([127, 0, 0, 1]));
        for account in 0..20 {
            assert!(throttle.attempt(EmailKey::from_bytes([account; 16]), Origin::Anywhere, address, START).is_ok());
        }
        assert_eq!(wait(throttle.attempt(EmailKey::from_bytes([99; 16]), Origin::Anywhere, address, START)), Some(1));
    }
}
