//! What goes in and what comes out, as plain objects.

mod inputs;
mod journal;
mod ledger;
mod money;
mod notices;
mod orders;
mod payments;
mod tickets;
mod users;

pub(crate) use inputs::{
    CommandOptions, NewTicket, OrderQuery, RefundOptions, SignInOptions, TicketQuery, TicketUpdate, UserChanges,
    WithdrawOptions,
};
pub(crate) use journal::{JournalRecord, Salvage, Stats, VerifyReport};
pub(crate) use ledger::{Balance, BalanceEntryPage, FeePolicy, LedgerQuery, NewPayout, Payout, PlatformBalance};
pub(crate) use money::Money;
pub(crate) use notices::NoticeMessage;
pub(crate) use orders::{Order, OrderPage};
pub(crate) use payments::{Charge, ChargeRequest, LookupRequest, RefundRequest};
pub(crate) use tickets::{Ticket, TicketPage};
pub(crate) use users::{Session, SignedIn, User};
