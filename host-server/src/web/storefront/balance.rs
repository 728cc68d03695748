//! The page with a seller's balances and ledger entries.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use boxoffice::{Actor, Balance, BalanceEntry, BalanceEntryKind, BoxOffice, LedgerQuery};

use super::orders::{Asked, cursor_pager};
use crate::error::Failure;
use crate::extract::{Query, SignedInUser};
use crate::web::site::{self, Chrome, Pager, Price, When, page, show};

/// The balance in one currency.
struct Sum {
    owed: Price,
    sold: Price,
    refunded: Price,
    fees: Price,
    paid_out: Price,
}

impl From<&Balance> for Sum {
    fn from(balance: &Balance) -> Self {
        Self {
            owed: balance.owed.into(),
            sold: balance.sold.into(),
            refunded: balance.refunded.into(),
            fees: balance.fees.into(),
            paid_out: balance.paid_out.into(),
        }
    }
}

struct Row {
    when: When,
    what: &'static str,
    reference: String,
    gross: Price,
    fee: Price,
    amount: Price,
}

impl From<&BalanceEntry> for Row {
    fn from(entry: &BalanceEntry) -> Self {
        let what = match entry.kind {
            BalanceEntryKind::Sale => "Sale",
            BalanceEntryKind::Refund => "Refund",
            BalanceEntryKind::DisputeLost => "Dispute lost",
            BalanceEntryKind::Payout => "Paid out to you",
        };
        let order = entry.order_id.map(|id| format!("Order {id}"));
        let payout = entry.reference.as_ref().map(ToString::to_string);
        Self {
            when: When(entry.at),
            what,
            reference: payout.or(order).unwrap_or_default(),
            gross: entry.gross().into(),
            fee: entry.fee.into(),
            amount: entry.amount.into(),
        }
    }
}

#[derive(Template)]
#[template(path = "storefront/balance.html")]
struct BalancePage {
    chrome: Chrome,
    sums: Vec<Sum>,
    entries: Vec<Row>,
    pager: Pager,
}

page!(BalancePage);

pub(super) async fn page(
    State(office): State<BoxOffice>,
    user: SignedInUser,
    chrome: Chrome,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let (ledger, actor) = (office.ledger(), Actor::User(user.id()));
    let query = LedgerQuery::new().limit(50).after(site::cursor(Some(&asked.cursor))?);
    let found = ledger.entries(actor, user.id(), &query)?;
    let sums = ledger.balance(actor, user.id())?.iter().map(Sum::from).collect();
    let entries = found.items.iter().map(Row::from).collect();
    let pager = cursor_pager("/sell/balance", &asked, found.next);
    Ok(show(StatusCode::OK, &BalancePage { chrome, sums, entries, pager }))
}
