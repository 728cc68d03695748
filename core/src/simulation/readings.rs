//! Read access to the views, or to the result of a replay from zero.

use std::sync::Arc;

use crate::domain::ledger::{Account, LedgerEntry};
use crate::domain::{Order, Ticket, User};
use crate::error::Error;
use crate::types::{ChargeId, Currency, OrderId, TicketId, UserId};
use crate::views::{LedgerQuery, Views};

/// Read access to entities, balances and entries. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Readings(pub(super) Views);

impl Readings {
    /// Returns the user, if there is one.
    pub fn user(&self, id: UserId) -> Option<Arc<User>> {
        self.0.user(id)
    }

    /// Returns the ticket, if there is one.
    ///
    /// # Errors
    /// `journal.unavailable` if the storage fails.
    pub fn ticket(&self, id: TicketId) -> Result<Option<Arc<Ticket>>, Error> {
        Ok(self.0.ticket(id)?)
    }

    /// Returns the order that holds or has bought the ticket, if any.
    pub fn holder(ticket: &Ticket) -> Option<OrderId> {
        ticket.holder
    }

    /// Returns the order, if there is one.
    ///
    /// # Errors
    /// `journal.unavailable` if the storage fails.
    pub fn order(&self, id: OrderId) -> Result<Option<Arc<Order>>, Error> {
        Ok(self.0.order(id)?)
    }

    /// Returns the order that the charge pays, if there is one.
    ///
    /// # Errors
    /// `journal.unavailable` if the storage fails.
    pub fn order_of_charge(&self, id: ChargeId) -> Result<Option<Arc<Order>>, Error> {
        Ok(self.0.order_of_charge(id)?)
    }

    /// Returns the balance of every account in every currency that it ever had, in minor units.
    pub fn balances(&self) -> Vec<((Account, Currency), i128)> {
        self.0.accounts().iter().map(|(name, totals)| (name, totals.balance)).collect()
    }

    /// Returns every ledger entry of the account, the newest first.
    ///
    /// # Errors
    /// `journal.unavailable` if the storage fails.
    pub fn entries(&self, account: Account) -> Result<Vec<Arc<LedgerEntry>>, Error> {
        let (mut entries, mut query) = (Vec::new(), LedgerQuery::new().limit(100));
        loop {
            let page = self.0.entries(account, &query)?;
            entries.extend(page.items);
            query.cursor = page.next;
            if query.cursor.is_none() {
                return Ok(entries);
            }
        }
    }
}
