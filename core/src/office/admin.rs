//! The admin API: everybody's orders, accounts and balances, for operators.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Balance, BoxOffice};
use crate::domain::ledger::Account;
use crate::domain::{Order, User};
use crate::error::{Code, Error};
use crate::event::Actor;
use crate::types::{Email, OrderId, Timestamp, UserId};

/// How many entries one question gives at most.
const LIST_MAX: usize = 1_000;

/// Somebody's account, as operators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UserAccount {
    /// The user's id.
    pub id: UserId,
    /// The email address; none once the user's personal data was deleted.
    pub email: Option<String>,
    /// Whether the user is an operator.
    pub operator: bool,
    /// When the user signed up.
    pub created_at: Timestamp,
    /// 1 after sign-up, one more after every change.
    pub version: u64,
}

/// Everybody's orders, accounts and balances, for operators and the system.
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

    /// Returns the orders that hold tickets, the one whose deadline is next first: at most `limit`, and at most 1,000.
    ///
    /// It reads only the orders that it returns, however many there are.
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

    /// Returns the orders of which a charge, a refund or a release is under way at the card processor, the oldest first.
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

    /// Returns anybody's order as of the last durable batch.
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

    /// Returns anybody's account, also after it was erased.
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

    /// Returns what sellers are owed, the largest amount first within each currency: at most `limit` of each, and at most 1,000. Sellers
    /// who are owed nothing are left out; those who were paid more than is theirs, because money went back to buyers later, come last.
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
