//! What there is only so much of: for all together, and for each client a part of it, so that no one of them can take it all.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Something that there is only so much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(feature = "cli"), expect(dead_code, reason = "only the server has connections and heads of its own"))]
pub(crate) enum Resource {
    /// Open connections.
    Connections,
    /// Requests under way.
    Requests,
    /// Bytes of bodies in memory.
    BodyBytes,
    /// Bytes of long heads in memory.
    HeadBytes,
    /// Journal streams.
    Feeds,
    /// Pages that follow a show.
    LivePages,
}

const RESOURCES: usize = 6;

/// How much there is of a resource.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// For all together.
    pub(crate) total: usize,
    /// For one client.
    pub(crate) client: usize,
}

/// Who has run out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    /// There is no more of it.
    Everybody,
    /// The client has its part.
    Client,
}

type Amounts = [usize; RESOURCES];

/// Who has how much of what.
#[derive(Debug)]
pub(crate) struct Shares {
    bounds: [Bounds; RESOURCES],
    used: Mutex<Used>,
}

#[derive(Debug, Default)]
struct Used {
    total: Amounts,
    clients: HashMap<IpAddr, Amounts>,
}

impl Shares {
    /// Creates the shares of resources with these bounds; a resource that is not among them is unbounded.
    pub(crate) fn new(bounds: &[(Resource, Bounds)]) -> Arc<Self> {
        let mut all = [Bounds { total: usize::MAX, client: usize::MAX }; RESOURCES];
        for (resource, bounds) in bounds {
            all[*resource as usize] = *bounds;
        }
        Arc::new(Self { bounds: all, used: Mutex::default() })
    }

    /// Takes so much for a client, for as long as the share lives. Without a client only the whole is bounded.
    pub(crate) fn take(
        self: &Arc<Self>,
        resource: Resource,
        client: Option<IpAddr>,
        amount: usize,
    ) -> Result<Share, Full> {
        let mut share = Share { shares: Arc::clone(self), resource, client, amount: 0 };
        share.grow(amount)?;
        Ok(share)
    }

    /// Returns how much of a resource is taken.
    pub(crate) fn used(&self, resource: Resource) -> usize {
        self.lock().total[resource as usize]
    }

    /// Returns how much of a resource a client has.
    #[cfg(feature = "cli")]
    pub(crate) fn used_by(&self, resource: Resource, client: IpAddr) -> usize {
        self.lock().clients.get(&client).map_or(0, |amounts| amounts[resource as usize])
    }

    fn lock(&self) -> MutexGuard<'_, Used> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What somebody has taken; it is given back when this is dropped.
#[derive(Debug)]
pub(crate) struct Share {
    shares: Arc<Shares>,
    resource: Resource,
    client: Option<IpAddr>,
    amount: usize,
}

impl Share {
    /// Takes so much more, or nothing at all.
    pub(crate) fn grow(&mut self, more: usize) -> Result<(), Full> {
        let at = self.resource as usize;
        let Bounds { total, client: client_max } = self.shares.bounds[at];
        let mut used = self.shares.lock();
        if used.total[at].saturating_add(more) > total {
            return Err(Full::Everybody);
        }
        if let Some(client) = self.client {
            let has = used.clients.get(&client).map_or(0, |amounts| amounts[at]);
            if has.saturating_add(more) > client_max {
                return Err(Full::Client);
            }
            used.clients.entry(client).or_default()[at] += more;
        }
        used.total[at] += more;
        drop(used);
        self.amount += more;
        Ok(())
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let at = self.resource as usize;
        let mut used = self.shares.lock();
        used.total[at] -= self.amount;
        let Some(client) = self.client else { return };
        let Some(amounts) = used.clients.get_mut(&client) else { return };
        amounts[at] -= self.amount;
        // Whoever has nothing any more is forgotten.
        if amounts.iter().all(|amount| *amount == 0) {
            used.clients.remove(&client);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1)));
    const BOB: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2)));

    #[test]
    fn one_client_never_has_all_of_it() {
        let shares = Shares::new(&[(Resource::Requests, Bounds { total: 5, client: 3 })]);
        let take = |client| shares.take(Resource::Requests, client, 1);
        let mut anns: Vec<Share> = (0..3).map(|_| take(ANN).unwrap()).collect();
        assert_eq!(take(ANN).unwrap_err(), Full::Client);
        let bobs = [take(BOB).unwrap(), take(BOB).unwrap()];
        assert_eq!(take(BOB).unwrap_err(), Full::Everybody);
        assert_eq!(take(None).unwrap_err(), Full::Everybody);
        anns.pop();
        drop(take(None).unwrap());
        drop((anns, bobs));
        assert_eq!(shares.used(Resource::Requests), 0);
        assert!(shares.lock().clients.is_empty(), "nobody is remembered who has nothing");
    }

    #[test]
    fn a_share_grows_by_what_comes() {
        let bounds = Bounds { total: 100, client: 60 };
        let shares = Shares::new(&[(Resource::BodyBytes, bounds), (Resource::HeadBytes, bounds)]);
        let mut ann = shares.take(Resource::BodyBytes, ANN, 0).unwrap();
        ann.grow(60).unwrap();
        assert_eq!(ann.grow(1), Err(Full::Client));
        let mut head = shares.take(Resource::HeadBytes, ANN, 10).unwrap();
        head.grow(50).unwrap();
        let mut bob = shares.take(Resource::BodyBytes, BOB, 40).unwrap();
        assert_eq!(bob.grow(1), Err(Full::Everybody));
        drop(ann);
        bob.grow(20).unwrap();
        assert_eq!(shares.used(Resource::BodyBytes), 60);
    }
}
