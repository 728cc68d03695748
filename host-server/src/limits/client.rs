//! Who asks: the address of the client, as far as it can be believed.

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{ConnectInfo, Request};
use axum::http::{Extensions, HeaderMap};
use ipnet::IpNet;
use tokio::time::Instant;

use super::forwarded;
use crate::settings::Settings;

/// How often a warning is given at most.
const WARN_EVERY: Duration = Duration::from_mins(1);

/// After how many networks nobody is warned about further ones.
const WARNED_MAX: usize = 100;

/// The address that a request comes from, put into the request on its way in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Client(pub(crate) IpAddr);

impl Client {
    /// Returns what counts as one client: an IPv6 customer has a whole /64 of addresses.
    pub(crate) fn network(self) -> IpAddr {
        network(self.0)
    }
}

/// Finds out where requests come from.
#[derive(Debug)]
pub(crate) struct Clients {
    trusted: Vec<IpNet>,
    /// The networks whose peers were found to forward without being trusted, and when the last one was.
    warned: Mutex<(HashSet<IpAddr>, Option<Instant>)>,
}

impl Clients {
    pub(crate) fn new(settings: &Settings) -> Self {
        let addresses = settings.trusted_proxies.iter().map(|address| IpNet::from(address.to_canonical()));
        let trusted = addresses.chain(settings.trusted_networks.iter().copied()).collect();
        Self { trusted, warned: Mutex::default() }
    }

    /// Returns where a request comes from: the peer, or what the proxies that are trusted say of it.
    pub(crate) fn of(&self, request: &Request) -> Client {
        let peer = peer(request.extensions());
        if self.is_trusted(peer) {
            return Client(self.forwarded(peer, request.headers()));
        }
        if forwarded::is_forwarded(request.headers()) && self.is_news(peer, Instant::now()) {
            tracing::warn!(
                %peer,
                "requests from {peer} have X-Forwarded-For or Forwarded, which is not believed: if {peer} is your proxy, set \
                 --trusted-proxy {peer} (BOXOFFICE_TRUSTED_PROXIES), or else all who come through it count as one client",
            );
        }
        Client(peer)
    }

    /// Checks whether what a peer says of others is believed.
    pub(crate) fn is_trusted(&self, peer: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(&peer))
    }

    /// The furthest address that can be believed: the last hop that no trusted proxy wrote about itself. Whatever stands before it
    /// may be made up, and so may whatever stands before a hop that makes no sense.
    fn forwarded(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut furthest = peer;
        for hop in forwarded::hops(headers) {
            let Some(hop) = hop else { return furthest };
            furthest = hop;
            if !self.is_trusted(hop) {
                return furthest;
            }
        }
        furthest
    }

    /// Checks whether a peer's network is one to warn about now: each once in a process, and not too many of them.
    fn is_news(&self, peer: IpAddr, now: Instant) -> bool {
        let mut warned = self.warned.lock().unwrap_or_else(PoisonError::into_inner);
        let (networks, last) = &mut *warned;
        let network = warned_network(peer);
        if networks.contains(&network) || networks.len() >= WARNED_MAX {
            return false;
        }
        if last.is_some_and(|last| now.duration_since(last) < WARN_EVERY) {
            return false;
        }
        *last = Some(now);
        networks.insert(network)
    }
}

/// The peer of a request's connection, or this machine where there is none.
pub(crate) fn peer(extensions: &Extensions) -> IpAddr {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>();
    peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |ConnectInfo(address)| address.ip().to_canonical())
}

/// Returns what counts as one client.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
    }
}

/// The network of a peer, of whose proxies one warning is enough.
fn warned_network(peer: IpAddr) -> IpAddr {
    match network(peer) {
        IpAddr::V4(address) => Ipv4Addr::from_bits(address.to_bits() & (u32::MAX << 8)).into(),
        other @ IpAddr::V6(_) => other,
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn clients() -> Clients {
        Clients::new(&Settings {
            trusted_proxies: vec!["10.0.0.1".parse().unwrap(), "::ffff:10.0.0.2".parse().unwrap()],
            trusted_networks: vec!["172.16.0.0/12".parse().unwrap(), "fd00::/8".parse().unwrap()],
            ..Settings::default()
        })
    }

    fn check(peer: &str, forwarded: &str, expected: &str) {
        let peer = SocketAddr::new(peer.parse().unwrap(), 1234);
        let mut request = Request::builder().header("x-forwarded-for", forwarded).body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        assert_eq!(clients().of(&request).0.to_string(), expected, "{peer} {forwarded}");
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
    fn addresses_are_read_however_they_are_written() {
        check("::ffff:10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1");
        check("172.20.1.1", "198.51.100.1:4711", "198.51.100.1");
        check("fd00::1", "[2001:db8::1]:443", "2001:db8::1");
        check("10.0.0.1", "203.0.113.9, 198.51.100.1:1, [::ffff:172.16.0.9]:80", "198.51.100.1");
        // What stands before a hop that makes no sense may be made up.
        check("10.0.0.1", "203.0.113.9, unknown, 10.0.0.2", "10.0.0.2");
        // Whoever is within the trusted networks themselves.
        check("10.0.0.1", "172.16.0.9, 10.0.0.2", "172.16.0.9");
    }

    #[test]
    fn networks_of_ipv6_are_one_client() {
        let of = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(of("192.0.2.7"), "192.0.2.7");
        assert_eq!(of("::ffff:192.0.2.7"), "192.0.2.7");
    }

    #[test]
    fn each_network_is_warned_about_once_and_not_all_at_once() {
        let clients = clients();
        let start = Instant::now();
        let is_news =
            |peer: &str, minutes| clients.is_news(peer.parse().unwrap(), start + Duration::from_mins(minutes));
        assert!(is_news("192.0.2.1", 0));
        assert!(!is_news("192.0.2.1", 5));
        assert!(!is_news("192.0.2.200", 5));
        assert!(is_news("198.51.100.1", 5));
        assert!(!is_news("203.0.113.1", 5));
        assert!(is_news("203.0.113.1", 6));
        let many = (0..200_u8).filter(|at| is_news(&format!("10.0.{at}.1"), 10 + u64::from(*at))).count();
        assert_eq!(many, WARNED_MAX - 3);
    }
}
