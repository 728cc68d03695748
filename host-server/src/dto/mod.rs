//! What requests and answers look like on the wire. The core's own types never leave the host, so that a change inside never
//! changes the contract.

mod amount;
mod journal;
mod ledger;
mod orders;
mod payments;
mod tickets;
mod users;
mod webhooks;

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};

pub(crate) use amount::{Amount, DecimalText};
pub(crate) use journal::{JournalQuery, RecordOut, record_number};
pub(crate) use ledger::{
    BalanceOut, BalanceQuery, EntryOut, PayOut, PayoutOut, PlatformOut, StatementQuery, TotalsOut,
};
pub(crate) use orders::{OrderOut, OrderQuery, PlaceOrder, Refund};
pub(crate) use payments::{ChargeOut, Pay, Resolve};
pub(crate) use tickets::{ListTicket, ListTickets, TicketEdit, TicketOut, TicketQuery};
pub(crate) use users::{Credentials, CurrentUserOut, EraseUser, NothingOut, UserEdit, UserOut};
pub(crate) use webhooks::{DeliveryOut, DeliveryQuery, NewWebhook, WebhookEdit, WebhookOut};

/// The currencies that amounts can be in; `null` is not given.
fn currency() -> RefOr<Schema> {
    currency_of(boxoffice::Currency::all().map(|currency| Some(currency.code())).chain([None]))
}

/// The same for a query, where what is empty is not given.
fn currency_or_none() -> RefOr<Schema> {
    currency_of(boxoffice::Currency::all().map(|currency| Some(currency.code())).chain([Some("")]))
}

fn currency_of(codes: impl Iterator<Item = Option<&'static str>>) -> RefOr<Schema> {
    let codes: Vec<_> = codes.collect();
    let types = if codes.contains(&None) { vec![Type::String, Type::Null] } else { vec![Type::String] };
    let text = ObjectBuilder::new().schema_type(SchemaType::from_iter(types)).enum_values(Some(codes));
    let about = "An ISO 4217 code in capitals; `USD` for a new ticket, unless the box office has another default.";
    RefOr::T(Schema::Object(text.description(Some(about)).examples([serde_json::json!("USD")]).build()))
}
