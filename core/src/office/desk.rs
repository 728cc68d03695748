//! The operators' desk: everybody's orders, as those see them who look after a box office.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::Arc;

use super::{Balance, BoxOffice};
use crate::domain::Order;
use crate::domain::ledger::Account;
use crate::error::{Code, Error};
use crate::event::Actor;
use crate::types::{OrderId, UserId};

/// How many entries one question gives at most.
const LIST_MAX: usize = 1_000;

/// Everybody's orders and balances, for operators and the system.
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
/// assert_eq!(office.desk().open_orders(Actor::System, 100)?, [order.clone()]);
/// assert_eq!(office.desk().order(Actor::System, order.id)?.buyer_id, bob.id);
/// assert!(office.desk().order(Actor::User(bob.id), order.id).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Desk {
    office: BoxOffice,
}

impl Desk {
    pub(super) fn new(office: BoxOffice) -> Self {
        Self { office }
    }

    /// The orders that hold tickets, the one whose deadline is next first: at most `limit`, and at most 1,000.
    ///
    /// It walks what is in memory, so it is for somebody who looks, not for a program that asks all the time.
    ///
    /// # Errors
    /// `auth.operator_required`.
    pub fn open_orders(&self, actor: Actor, limit: usize) -> Result<Vec<Arc<Order>>, Error> {
        let limit = limit.min(LIST_MAX);
        // The last of those that are kept stands on top, and goes when an earlier one comes.
        let mut first = BinaryHeap::with_capacity(limit + 1);
        self.office.0.operators_views(actor)?.each_open_order(|order| {
            first.push(ByDeadline(Arc::clone(order)));
            if first.len() > limit {
                first.pop();
            }
        });
        Ok(first.into_sorted_vec().into_iter().map(|ByDeadline(order)| order).collect())
    }

    /// The orders of which a charge, a refund or a release is under way at the card processor, the oldest first.
    ///
    /// # Errors
    /// `auth.operator_required`.
    pub fn pending_payments(&self, actor: Actor) -> Result<Vec<Arc<Order>>, Error> {
        Ok(self.office.0.operators_views(actor)?.pending_charges())
    }

    /// Anybody's order, as of the last durable batch.
    ///
    /// # Errors
    /// `auth.operator_required`, `order.not_found`; `journal.unavailable` if the views' file can't be read.
    pub fn order(&self, actor: Actor, id: OrderId) -> Result<Arc<Order>, Error> {
        self.office.0.operators_views(actor)?.order(id)?.ok_or_else(|| Code::OrderNotFound.into())
    }

    /// What sellers are owed, the largest amount first within each currency: at most `limit` of each, and at most 1,000. Who is
    /// owed nothing is left out; who was paid more than is theirs, because money went back to buyers later, comes last.
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

/// Orders in the order of their deadlines.
#[derive(Debug, PartialEq, Eq)]
struct ByDeadline(Arc<Order>);

impl Ord for ByDeadline {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.0.expires_at, self.0.id).cmp(&(other.0.expires_at, other.0.id))
    }
}

impl PartialOrd for ByDeadline {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
