//! What requests and answers look like on the wire. The core's own types never leave the host, so that a change inside never
//! changes the contract.

mod amount;
mod journal;
mod orders;
mod payments;
mod tickets;
mod users;

pub(crate) use amount::{Amount, DecimalText};
pub(crate) use journal::{JournalQuery, RecordOut};
pub(crate) use orders::{OrderOut, OrderQuery, PlaceOrder, Refund};
pub(crate) use payments::{ChargeOut, Pay};
pub(crate) use tickets::{ListTicket, ListTickets, TicketEdit, TicketOut, TicketQuery};
pub(crate) use users::{Credentials, CurrentUserOut, EraseUser, NothingOut, UserEdit, UserOut};
