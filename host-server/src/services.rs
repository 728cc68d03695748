//! The services of a host: which of its routes exist.

use std::fmt;
use std::str::FromStr;

/// A service of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// Sign-up, sign-in, sessions and accounts: `/api/users`.
    Auth,
    /// Listings: `/api/tickets`.
    Tickets,
    /// Orders: `/api/orders`, without their payment.
    Orders,
    /// Payments, what the card processor reports, balances and payouts: `/api/payments`, `/api/ledger`.
    Payments,
    /// Nothing but health: the host that would rather write than others, and so watches the deadlines of orders.
    Expiration,
    /// The pages of buyers and sellers.
    Web,
    /// The pages of operators, the journal's feed and the webhooks.
    Console,
}

impl Service {
    /// All services.
    pub const ALL: [Self; 7] =
        [Self::Auth, Self::Tickets, Self::Orders, Self::Payments, Self::Expiration, Self::Web, Self::Console];

    /// Returns the name, as on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Tickets => "tickets",
            Self::Orders => "orders",
            Self::Payments => "payments",
            Self::Expiration => "expiration",
            Self::Web => "web",
            Self::Console => "console",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of services: all of them by default.
///
/// ```
/// use boxoffice_server::services::{Service, Services};
///
/// let services: Services = "auth,tickets".parse()?;
/// assert!(services.has(Service::Auth) && !services.has(Service::Web));
/// assert_eq!(Services::default().to_string(), "auth,tickets,orders,payments,expiration,web,console");
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Services(u8);

impl Services {
    /// Returns `true` if the service is one of them.
    pub const fn has(self, service: Service) -> bool {
        self.0 & service.bit() != 0
    }

    /// Returns `true` if there is no other service than this one.
    pub const fn is_only(self, service: Service) -> bool {
        self.0 == service.bit()
    }

    /// Returns `true` if all services are among them.
    pub const fn is_all(self) -> bool {
        self.0 == Self::all().0
    }

    const fn all() -> Self {
        Self((1 << Service::ALL.len()) - 1)
    }
}

impl Default for Services {
    fn default() -> Self {
        Self::all()
    }
}

impl FromIterator<Service> for Services {
    fn from_iter<I: IntoIterator<Item = Service>>(services: I) -> Self {
        Self(services.into_iter().fold(0, |bits, service| bits | service.bit()))
    }
}

impl FromStr for Services {
    type Err = String;

    /// Parses names with commas or blanks between them.
    fn from_str(text: &str) -> Result<Self, String> {
        let names = text.split(|letter: char| letter == ',' || letter.is_whitespace()).filter(|name| !name.is_empty());
        let known = names.map(|name| {
            let service = Service::ALL.into_iter().find(|service| service.as_str() == name);
            service.ok_or_else(|| format!("knows no service `{name}`; there are {}", Self::all()))
        });
        let services: Self = known.collect::<Result<_, _>>()?;
        if services.0 == 0 { Err("must name at least one service".to_owned()) } else { Ok(services) }
    }
}

impl fmt::Display for Services {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut services = Service::ALL.into_iter().filter(|service| self.has(*service));
        services.next().map_or(Ok(()), |first| f.write_str(first.as_str()))?;
        services.try_for_each(|service| write!(f, ",{}", service.as_str()))
    }
}

impl fmt::Debug for Services {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Services({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_back() {
        for text in ["auth", "tickets,orders", "auth,tickets,orders,payments,expiration,web,console"] {
            assert_eq!(text.parse::<Services>().unwrap().to_string(), text);
        }
        assert_eq!(" web , auth ".parse::<Services>().unwrap().to_string(), "auth,web");
        for wrong in ["", ",", "Auth", "auth,mail", "all"] {
            assert!(wrong.parse::<Services>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn each_is_one_of_all() {
        for service in Service::ALL {
            let alone = Services::from_iter([service]);
            assert!(Services::default().has(service) && alone.is_only(service) && !alone.is_all());
        }
        assert!(Services::default().is_all());
    }
}
