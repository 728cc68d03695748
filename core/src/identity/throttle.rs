//! Throttles password guesses, by account and by client address.
//!
//! A few wrong guesses are free. After that, each one doubles the wait before the next attempt, up to a limit, so an
//! account is never closed to its owner for longer than that limit. A right guess or enough time resets the count.
//!
//! Continued guessing at an account keeps it at that limit. Therefore guesses from the address from which its owner
//! last signed in are counted separately: guesses from other addresses never make the owner wait there.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::error::{Code, Error};
use crate::event::EmailKey;
use crate::types::Timestamp;

/// Maximum number of accounts and of addresses that are watched.
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
}

/// Key under which failures are counted: an account from any address, or from the address of its owner.
type Account = (EmailKey, Option<IpAddr>);

/// Recent failures.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    accounts: Mutex<HashMap<Account, Record>>,
    /// Last address from which each account was signed in to. The map is cleared when it has too many entries.
    owners: Mutex<HashMap<EmailKey, IpAddr>>,
    addresses: Mutex<HashMap<IpAddr, Record>>,
}

impl Throttle {
    /// Begins an attempt. It counts as a failure until [`Throttle::succeeded`] is called, so that concurrent guesses
    /// are counted too.
    ///
    /// # Errors
    /// `rate.limited`, with the time to wait.
    pub(crate) fn attempt(&self, account: EmailKey, address: Option<IpAddr>, now: Timestamp) -> Result<(), Error> {
        if let Some(address) = address {
            attempt(&self.addresses, ADDRESS, address, now)?;
        }
        attempt(&self.accounts, ACCOUNT, (account, self.owners_address(account, address)), now)
    }

    /// Returns the address if it is the owner's.
    fn owners_address(&self, account: EmailKey, address: Option<IpAddr>) -> Option<IpAddr> {
        let owners = self.owners.lock().unwrap_or_else(PoisonError::into_inner);
        address.filter(|address| owners.get(&account) == Some(address))
    }

    /// Records that the attempt succeeded.
    pub(crate) fn succeeded(&self, account: EmailKey, address: Option<IpAddr>) {
        let owners_address = self.owners_address(account, address);
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner).remove(&(account, owners_address));
        if let Some(address) = address {
            let mut owners = self.owners.lock().unwrap_or_else(PoisonError::into_inner);
            if owners.len() >= WATCHED_MAX && !owners.contains_key(&account) {
                owners.clear();
            }
            owners.insert(account, address);
            drop(owners);
            let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(record) = addresses.get_mut(&address) {
                record.failures = record.failures.saturating_sub(1);
            }
        }
    }
}

fn attempt<K: Hash + Eq>(
    records: &Mutex<HashMap<K, Record>>,
    policy: Policy,
    key: K,
    now: Timestamp,
) -> Result<(), Error> {
    let mut records = records.lock().unwrap_or_else(PoisonError::into_inner);
    if records.len() >= WATCHED_MAX && !records.contains_key(&key) {
        records.retain(|_, record| now.since(record.last) < FORGET_AFTER);
        if records.len() >= WATCHED_MAX {
            return Err(Error::from(Code::RateLimited).with_retry_after(Duration::from_mins(1)));
        }
    }
    let record = records.entry(key).or_insert(Record { failures: 0, last: now });
    let idle = now.since(record.last);
    if idle >= FORGET_AFTER {
        record.failures = 0;
    }
    let wait = policy.wait(record.failures).saturating_sub(idle);
    if !wait.is_zero() {
        return Err(Error::from(Code::RateLimited).with_retry_after(wait));
    }
    record.failures = record.failures.saturating_add(1);
    record.last = now;
    Ok(())
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
            assert!(throttle.attempt(ANN, None, now).is_ok());
        }
        for expected in [1, 2, 4, 8, 16, 32, 60, 60] {
            assert_eq!(wait(throttle.attempt(ANN, None, now)), Some(expected));
            now = now.plus(Duration::from_secs(expected));
            assert!(throttle.attempt(ANN, None, now).is_ok());
        }
        assert!(throttle.attempt(BOB, None, now).is_ok());
    }

    #[test]
    fn success_and_time_make_good() {
        let throttle = Throttle::default();
        for _ in 0..5 {
            assert!(throttle.attempt(ANN, None, START).is_ok());
        }
        throttle.succeeded(ANN, None);
        for _ in 0..5 {
            assert!(throttle.attempt(ANN, None, START).is_ok());
        }
        assert!(throttle.attempt(ANN, None, START).is_err());
        let later = START.plus(FORGET_AFTER);
        for _ in 0..5 {
            assert!(throttle.attempt(ANN, None, later).is_ok());
        }
    }

    #[test]
    fn a_stranger_who_never_stops_does_not_keep_the_owner_out() {
        let throttle = Throttle::default();
        let home = Some(IpAddr::from([192, 0, 2, 1]));
        throttle.attempt(ANN, home, START).unwrap();
        throttle.succeeded(ANN, home);
        let mut now = START;
        for number in 0..200_u8 {
            // Guesses come from a new address each time, and as soon as allowed.
            let stranger = Some(IpAddr::from([198, 51, 100, number]));
            if let Some(secs) = wait(throttle.attempt(ANN, stranger, now)) {
                now = now.plus(Duration::from_secs(secs));
                let _ = throttle.attempt(ANN, stranger, now);
            }
            assert!(throttle.attempt(ANN, home, now).is_ok(), "after {number} strangers");
            throttle.succeeded(ANN, home);
        }
        // Guesses from the owner's address are limited, too.
        for _ in 0..5 {
            throttle.attempt(ANN, home, now).unwrap();
        }
        assert_eq!(wait(throttle.attempt(ANN, home, now)), Some(1));
    }

    #[test]
    fn an_address_that_tries_many_accounts_is_slowed_down() {
        let throttle = Throttle::default();
        let address = Some(IpAddr::from([127, 0, 0, 1]));
        for account in 0..20 {
            assert!(throttle.attempt(EmailKey::from_bytes([account; 16]), address, START).is_ok());
        }
        assert_eq!(wait(throttle.attempt(EmailKey::from_bytes([99; 16]), address, START)), Some(1));
    }
}
