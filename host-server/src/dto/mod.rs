//! Types of requests and responses. The core's own types are not published, so that internal changes don't change the
//! API.

mod amount;
mod cluster;
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
#[cfg(any(feature = "pages", all(feature = "cli", feature = "cluster")))]
pub(crate) use cluster::ClusterHostOut;
pub(crate) use cluster::ClusterOut;
pub(crate) use journal::{JournalQuery, RecordOut, record_number};
pub(crate) use ledger::{
    BalanceOut, BalanceQuery, EntryOut, PayOut, PayoutOut, PlatformOut, StatementQuery, TotalsOut,
};
pub(crate) use orders::{OrderOut, OrderQuery, PlaceOrder, Refund};
pub(crate) use payments::{ChargeOut, Pay, Resolve};
pub(crate) use tickets::{ListTicket, ListTickets, Reschedule, TicketEdit, TicketOut, TicketQuery};
pub(crate) use users::{Credentials, CurrentUserOut, EraseUser, NothingOut, UserEdit, UserOut};
pub(crate) use webhooks::{DeliveryOut, DeliveryQuery, NewWebhook, WebhookEdit, WebhookOut};

/// Returns the schema of a currency in a body; `null` counts as not given.
fn currency() -> RefOr<Schema> {
    currency_of(boxoffice::Currency::all().map(|currency| Some(currency.code())).chain([None]))
}

/// Returns the schema of a currency in a query; an empty value counts as not given.
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
