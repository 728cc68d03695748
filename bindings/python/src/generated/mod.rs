// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! Code generated from the façade.

mod auth;
mod cluster;
mod inputs;
mod journal;
mod ledger;
mod names;
mod office;
mod option_sets;
mod options;
mod orders;
mod payments;
mod tickets;
mod values;

mod prelude {
    //! What the generated files use.

    pub(crate) use std::collections::BTreeMap;
    pub(crate) use std::path::PathBuf;
    pub(crate) use std::sync::Arc;
    pub(crate) use std::time::Duration;

    pub(crate) use boxoffice::{BoxOffice, Builder, Error, FieldErrors, Limits};
    pub(crate) use pyo3::prelude::*;
    pub(crate) use pyo3::pybacked::PyBackedBytes;

    pub(crate) use super::{inputs::*, values::*, *};
    pub(crate) use crate::call::{Awaitable, Shared, present};
    pub(crate) use crate::convert::{
        Amount, Edit, Given, Headers, Items, Name, Natural, Nothing, Progress, Steps, Time, When, Who, Whole, id, key,
        parsed, telling,
    };
    pub(crate) use crate::errors::exception;
    pub(crate) use crate::feed::{AsyncSubscription, Subscription};
    pub(crate) use crate::parts::{AsyncIter, Iter, Parts, reading};
    pub(crate) use crate::values::{FeePolicy, Money, Record, SignedMoney, repr};
}

pub(crate) use auth::{AsyncAuth, Auth};
pub(crate) use cluster::{AsyncCluster, Cluster};
pub(crate) use inputs::*;
pub(crate) use journal::{AsyncJournal, Journal};
pub(crate) use ledger::{AsyncLedger, Ledger};
pub(crate) use office::{AsyncOfficeFacade, OfficeFacade};
pub(crate) use option_sets::*;
pub(crate) use options::Options;
pub(crate) use orders::{AsyncOrders, Orders};
pub(crate) use payments::{AsyncPayments, Payments};
pub(crate) use tickets::{AsyncTickets, Tickets};
pub(crate) use values::*;

/// Makes the native module: what is given, and the classes that are generated.
macro_rules! native_module {
    ($(#[$doc:meta])* mod $name:ident { $($by_hand:tt)* }) => {
        $(#[$doc])*
        #[pyo3::pymodule]
        mod $name {
            $($by_hand)*
            #[pymodule_export]
            use crate::generated::{AsyncOfficeFacade, OfficeFacade, AsyncAuth, Auth, AsyncTickets, Tickets, AsyncOrders, Orders, AsyncPayments, Payments, AsyncLedger, Ledger, AsyncJournal, Journal, AsyncCluster, Cluster, Balance, BalanceEntry, BalanceEntryPage, Charge, ClusterHost, ClusterStatus, Dispute, Host, JournalHistory, LastError, Metrics, NewShow, NewTicket, Order, OrderPage, OrderedTicket, Payout, PlatformBalance, Problem, Recovery, Refund, Session, Show, SignedIn, Ticket, TicketPage, TicketUpdate, User, VerifyReport, ClusterOptions};
        }
    };
}
pub(crate) use native_module;
