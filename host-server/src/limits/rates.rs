//! Rate limits per client: strict for routes that take passwords, generous for others.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use axum::http::Method;
use boxoffice::{Code, Error};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};

use super::Client;
use crate::error::Failure;

/// The limit on passwords is used up for the client's address, for so long: put into the request on its way in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PasswordsUsedUp(pub(crate) Duration);

/// Burst of requests with passwords, and the interval after it.
const PASSWORD_BURST: NonZeroU32 = NonZeroU32::new(20).unwrap();
const PASSWORD_EVERY: Duration = Duration::from_secs(3);

/// Burst of all requests, and the rate after it.
const GENERAL_BURST: NonZeroU32 = NonZeroU32::new(2_000).unwrap();
const GENERAL_PER_SECOND: NonZeroU32 = NonZeroU32::new(500).unwrap();

/// The rate limits, with the usage of each client.
#[derive(Debug)]
pub(crate) struct Rates {
    passwords: DefaultKeyedRateLimiter<IpAddr>,
    general: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
}

impl Rates {
    pub(crate) fn new() -> Self {
        let passwords = Quota::with_period(PASSWORD_EVERY).unwrap_or_else(|| Quota::per_minute(PASSWORD_BURST));
        Self {
            passwords: DefaultKeyedRateLimiter::keyed(passwords.allow_burst(PASSWORD_BURST)),
            general: DefaultKeyedRateLimiter::keyed(Quota::per_second(GENERAL_PER_SECOND).allow_burst(GENERAL_BURST)),
            clock: DefaultClock::default(),
        }
    }

    /// Counts a request. Changes of one's own account don't count as tries of a password: guesses within a session are counted there.
    ///
    /// # Errors
    /// `rate.limited`.
    pub(crate) fn check(
        &self,
        client: Client,
        method: &Method,
        route: &str,
    ) -> Result<Option<PasswordsUsedUp>, Failure> {
        let client = client.network();
        if let Some(wait) = self.wait(&self.general, client) {
            return Err(refusal(wait));
        }
        let takes_password = match route {
            "/api/users/signup" | "/api/users/signin" | "/sign-in" | "/sign-up" => !method.is_safe(),
            _ => false,
        };
        let wait = if takes_password { self.wait(&self.passwords, client) } else { None };
        match (wait, route) {
            // Somebody else may have used it up who shares the address, such as that of a proxy: whoever has signed in to the account
            // from there, or with the same device, is let in all the same.
            (Some(wait), "/api/users/signin" | "/sign-in") => Ok(Some(PasswordsUsedUp(wait))),
            (Some(wait), _) => Err(refusal(wait)),
            (None, _) => Ok(None),
        }
    }

    fn wait(&self, limiter: &DefaultKeyedRateLimiter<IpAddr>, client: IpAddr) -> Option<Duration> {
        limiter.check_key(&client).err().map(|until| until.wait_time_from(self.clock.now()))
    }

    /// Removes clients that have their full allowance again.
    pub(crate) fn forget_the_idle(&self) {
        for limiter in [&self.passwords, &self.general] {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

fn refusal(wait: Duration) -> Failure {
    Error::from(Code::RateLimited).with_retry_after(wait).into()
}
