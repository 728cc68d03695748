//! Rate limits per client: strict for routes that take passwords, generous for others.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::time::Duration;

use axum::extract::{ConnectInfo, Request};
use axum::http::{Extensions, HeaderMap, HeaderName};
use boxoffice::{Code, Error};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};

use crate::error::Failure;

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
    trusted_proxies: Vec<IpAddr>,
}

impl Rates {
    pub(crate) fn new(trusted_proxies: &[IpAddr]) -> Self {
        let passwords = Quota::with_period(PASSWORD_EVERY).unwrap_or_else(|| Quota::per_minute(PASSWORD_BURST));
        Self {
            passwords: DefaultKeyedRateLimiter::keyed(passwords.allow_burst(PASSWORD_BURST)),
            general: DefaultKeyedRateLimiter::keyed(Quota::per_second(GENERAL_PER_SECOND).allow_burst(GENERAL_BURST)),
            clock: DefaultClock::default(),
            trusted_proxies: trusted_proxies.to_vec(),
        }
    }

    pub(crate) fn check(&self, request: &Request, route: &str) -> Result<(), Failure> {
        let client = network(client(request.headers(), request.extensions(), &self.trusted_proxies));
        let takes_password = match route {
            "/api/users/signup" | "/api/users/signin" => true,
            "/api/users/current-user" | "/sign-in" | "/sign-up" | "/account/email" | "/account/password" => {
                !request.method().is_safe()
            }
            _ => false,
        };
        if takes_password {
            self.passwords.check_key(&client).map_err(|until| refusal(until.wait_time_from(self.clock.now())))?;
        }
        self.general.check_key(&client).map_err(|until| refusal(until.wait_time_from(self.clock.now())))
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

/// Returns the address of the client: the peer's address or, behind trusted proxies, the one in `X-Forwarded-For`.
pub(crate) fn client(headers: &HeaderMap, extensions: &Extensions, trusted_proxies: &[IpAddr]) -> IpAddr {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |ConnectInfo(address)| address.ip().to_canonical());
    if trusted_proxies.contains(&peer) { forwarded(headers, trusted_proxies).unwrap_or(peer) } else { peer }
}

/// Returns the last address in `X-Forwarded-For` that is not a trusted proxy's. Addresses before it may be forged.
fn forwarded(headers: &HeaderMap, trusted_proxies: &[IpAddr]) -> Option<IpAddr> {
    let name = HeaderName::from_static("x-forwarded-for");
    let values: Vec<&str> = headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
    let mut hops = values.iter().rev().flat_map(|value| value.rsplit(',')).map(str::trim);
    hops.find_map(|hop| match hop.parse::<IpAddr>() {
        Ok(address) if trusted_proxies.contains(&address.to_canonical()) => None,
        parsed => Some(parsed.ok()),
    })?
}

/// Returns the network that counts as one client: an IPv6 customer has a /64 of addresses.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn check(peer: &str, forwarded: &str, expected: &str) {
        let proxies = ["10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()];
        let peer: SocketAddr = format!("{peer}:1234").parse().unwrap();
        let mut request = Request::builder().header("x-forwarded-for", forwarded).body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        assert_eq!(
            client(request.headers(), request.extensions(), &proxies).to_string(),
            expected,
            "{peer} {forwarded}"
        );
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        check("192.0.2.7", "198.51.100.1", "192.0.2.7");
        check("10.0.0.1", "198.51.100.1", "198.51.100.1");
        check("10.0.0.1", "203.0.113.9, 198.51.100.1, 10.0.0.2", "198.51.100.1");
        check("10.0.0.1", "garbage", "10.0.0.1");
        check("10.0.0.1", "", "10.0.0.1");
    }

    #[test]
    fn networks_of_ipv6_are_one_client() {
        let of = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(of("192.0.2.7"), "192.0.2.7");
    }
}
