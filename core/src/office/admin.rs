//! Admin API: all orders, accounts and balances, for operators.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Balance, BoxOffice};
use crate::domain::ledger::Account;
use crate::domain::{Order, User};
use crate::error::{Code, Error};
use crate::event::Actor;
use crate::types::{Email, OrderId, Timestamp, UserId};

/// Maximum number of entries that one call returns.
const LIST_MAX: usize = 1_000;

/// A user's account, as operators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UserAccount {
    /// Id of the user.
    pub id: UserId,
    /// Email address; none once the user's personal data was deleted.
    pub email: Option<String>,
    /// `true` if the user is an operator.
    pub operator: bool,
    /// Time of sign-up.
    pub created_at: Timestamp,
    /// Version: 1 after sign-up, incremented by every change.
    pub version: u64,
}

/// Orders, accounts and balances of all users, for operators and the system.
///
/// ```
/// use boxoffice::{Actor, BoxOffice, NewTicket, SignUp};
///
/// # let dir = tempfile::tempdir()?;
/// # let dir = dir.path();
/// let office = BoxOffice::open(dir)?;
/// let blocking = office.blocking();
/// let ann = blocking.auth().sign_up(SignUp::new("ann@example.com", "correct horse"))?.user;
/// let bob = blocking.auth().sign_up(SignUp::new("bob@example.com", "battery staple"))?.user;
/// let ticket = blocking.tickets().create(ann.id, NewTicket::new("Hamlet", "19.99"))?;
/// let order = blocking.orders().create(bob.id, &[ticket.id])?;
///
/// assert_eq!(office.admin().open_orders(Actor::System, 100)?, [order.clone()]);
/// assert_eq!(office.admin().order(Actor::System, order.id)?.buyer_id, bob.id);
/// assert!(office.admin().order(Actor::User(bob.id), order.id).is_err());
/// assert_eq!(office.admin().user(Actor::System, bob.id)?.email.as_deref(), Some("bob@example.com"));
/// assert_eq!(office.admin().user_by_email(Actor::System, "Bob@example.com")?.id, bob.id);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Admin {
    office: BoxOffice,
}

impl Admin {
    pub(super) fn new(office: BoxOffice) -> Self {
        Self { office }
    }

    /// Returns the orders that hold tickets, the earliest deadline first: at most `limit`, and at most 1,000.
    ///
    /// Reads only the orders that it returns, regardless of their total number.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice) -> Result<(), boxoffice::Error> {
    /// use boxoffice::Actor;
    ///
    /// for order in office.admin().open_orders(Actor::System, 100)? {
    ///     println!("{} until {}", order.id, order.expires_at);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `auth.operator_required`.
    pub fn open_orders(&self, actor: Actor, limit: usize) -> Result<Vec<Arc<Order>>, Error> {
        Ok(self.office.0.operators_views(actor)?.next_open_orders(limit.min(LIST_MAX)))
    }

    /// Returns the orders with a charge, a refund or a release under way at the card processor, the oldest first.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice) -> Result<(), boxoffice::Error> {
    /// use boxoffice::Actor;
    ///
    /// println!("{} payments wait", office.admin().pending_payments(Actor::System)?.len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `auth.operator_required`.
    pub fn pending_payments(&self, actor: Actor) -> Result<Vec<Arc<Order>>, Error> {
        Ok(self.office.0.operators_views(actor)?.pending_charges())
    }

    /// Returns the order of any buyer, as of the last durable batch.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice, id: boxoffice::OrderId) -> Result<(), boxoffice::Error> {
    /// use boxoffice::Actor;
    ///
    /// println!("bought by {}", office.admin().order(Actor::System, id)?.buyer_id);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `auth.operator_required`, `order.not_found`; `journal.unavailable` if the views' file can't be read.
    pub fn order(&self, actor: Actor, id: OrderId) -> Result<Arc<Order>, Error> {
        self.office.0.operators_views(actor)?.order(id)?.ok_or_else(|| Code::OrderNotFound.into())
    }

    /// Returns the account of any user, even after it was erased.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice, id: boxoffice::UserId) -> Result<(), boxoffice::Error> {
    /// use boxoffice::Actor;
    ///
    /// println!("{:?}", office.admin().user(Actor::System, id)?.email);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `auth.operator_required`, `auth.user_not_found`; `journal.unavailable` if the vault can't be read.
    pub fn user(&self, actor: Actor, id: UserId) -> Result<UserAccount, Error> {
        let user = self.office.0.operators_views(actor)?.user(id).ok_or(Code::AuthUserNotFound)?;
        self.account(&user)
    }

    /// Returns the account that has this email now.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice) -> Result<(), boxoffice::Error> {
    /// use boxoffice::Actor;
    ///
    /// println!("{}", office.admin().user_by_email(Actor::System, "ann@example.com")?.id);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `auth.operator_required`; `validation` for a malformed email; `auth.user_not_found`; `journal.unavailable` if the vault can't
    /// be read.
    pub fn user_by_email(&self, actor: Actor, email: &str) -> Result<UserAccount, Error> {
        let views = self.office.0.operators_views(actor)?;
        let email: Email = email.parse().map_err(|reason| Error::invalid("email", reason))?;
        let owner = self.office.0.email_owner(&email)?.and_then(|id| views.user(id));
        self.account(&*owner.ok_or(Code::AuthUserNotFound)?)
    }

    fn account(&self, user: &User) -> Result<UserAccount, Error> {
        let email = self.office.0.journal()?.vault_row(user.id)?.map(|row| row.email);
        let User { id, operator, created_at, version, .. } = *user;
        Ok(UserAccount { id, email, operator, created_at, version })
    }

    /// Returns the balances of sellers, the largest owed amount first within each currency: at most `limit` for each
    /// currency, and at most 1,000. Sellers with a zero balance are left out. Sellers with a negative balance, because
    /// money went back to buyers after a payout, come last.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice) -> Result<(), boxoffice::Error> {
    /// use boxoffice::Actor;
    ///
    /// for (seller, balance) in office.admin().sellers(Actor::System, 100)? {
    ///     println!("{seller}: {}", balance.owed);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `auth.operator_required`.
    pub fn sellers(&self, actor: Actor, limit: usize) -> Result<Vec<(UserId, Balance)>, Error> {
        let accounts = self.office.0.operators_views(actor)?.accounts();
        let mut owed = BTreeMap::<&str, Vec<_>>::new();
        for ((account, currency), totals) in accounts.iter() {
            if let Account::Seller(seller) = account
                && totals.balance != 0
            {
                owed.entry(currency.code()).or_default().push((seller, Balance::of((currency, totals))));
            }
        }
        let largest = owed.into_values().flat_map(|mut sellers| {
            sellers.sort_unstable_by_key(|(seller, balance)| (Reverse(balance.owed.minor()), *seller));
            sellers.truncate(limit.min(LIST_MAX));
            sellers
        });
        Ok(largest.collect())
    }
}
