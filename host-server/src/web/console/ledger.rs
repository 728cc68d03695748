//! The ledger page: the platform's accounts, the sellers' balances, and the form that records payouts.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use boxoffice::{
    Actor, Balance, BalanceEntry, BoxOffice, Error, IdSource as _, Ledger, LedgerQuery, NewPayout, PlatformBalance,
    RandomIds, UserId,
};
use serde::Deserialize;

use super::operator::Operator;
use super::page::Frame;
use super::people::{NOBODY, People, Person, user};
use crate::error::Failure;
use crate::extract::Query;
use crate::observability::audit_trail::clock;
use crate::web::site::{self, Chrome, Flash, Form, show as shown};

/// Maximum number of sellers in the list, per currency.
const SELLERS_MAX: usize = 100;

#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    seller: String,
    #[serde(default)]
    currency: String,
    cursor: Option<String>,
}

/// The fields of the payout form.
#[derive(Debug, Default)]
struct PayoutForm {
    seller: String,
    amount: String,
    currency: String,
    reference: String,
    /// Idempotency key, created with the form: submitted twice, the form records one payout.
    key: String,
}

impl PayoutForm {
    fn of(form: &Form) -> Self {
        let field = |name| form.get(name).trim().to_owned();
        Self {
            seller: field("seller"),
            amount: field("amount"),
            currency: field("currency"),
            reference: field("reference"),
            key: field("key"),
        }
    }
}

/// A seller's balance.
struct Owed {
    seller: Person,
    balance: Balance,
}

/// A row of a seller's statement.
struct Line {
    entry: BalanceEntry,
    at: String,
    order: Option<String>,
    reference: String,
}

#[derive(Template)]
#[template(path = "console/ledger.html")]
struct LedgerPage {
    chrome: Chrome,
    frame: Frame,
    platform: Vec<PlatformBalance>,
    sellers: Vec<Owed>,
    /// The seller of the statement.
    seller: Option<Person>,
    balances: Vec<Balance>,
    lines: Vec<Line>,
    /// Cursor of the next page, URL-encoded.
    older: Option<String>,
    form: PayoutForm,
}

crate::web::site::page!(LedgerPage);

pub(super) async fn show(
    operator: Operator,
    State(office): State<BoxOffice>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let frame = Frame::new("Ledger", "/console/ledger");
    let form = PayoutForm { seller: asked.seller.trim().to_owned(), currency: asked.currency, ..PayoutForm::default() };
    let (status, page) = ledger(operator, &office, frame, form, asked.cursor.as_deref())?;
    Ok(shown(status, &page))
}

/// Creates the page with the form. An unknown seller is an error of the form's field.
fn ledger(
    operator: Operator,
    office: &BoxOffice,
    frame: Frame,
    form: PayoutForm,
    cursor: Option<&str>,
) -> Result<(StatusCode, LedgerPage), Error> {
    let (office, actor) = (&office, operator.actor);
    let mut status = StatusCode::OK;
    let mut made = LedgerPage {
        chrome: operator.chrome,
        frame,
        platform: office.ledger().platform(actor)?,
        sellers: Vec::new(),
        seller: None,
        balances: Vec::new(),
        lines: Vec::new(),
        older: None,
        form: PayoutForm { key: RandomIds.next().to_string(), ..form },
    };
    let owed = office.admin().sellers(actor, SELLERS_MAX)?;
    let mut people = People::new(actor, office);
    made.sellers = owed.into_iter().map(|(seller, balance)| Owed { seller: people.person(seller), balance }).collect();
    if made.form.seller.is_empty() {
        return Ok((status, made));
    }
    let statement = seller(office, actor, &made.form.seller).and_then(|seller| {
        let balances = office.ledger().balance(actor, seller)?;
        let query = LedgerQuery::new().after(site::cursor(cursor)?);
        Ok((seller, balances, office.ledger().entries(actor, seller, &query)?))
    });
    match statement {
        Ok((seller, balances, entries)) => {
            made.seller = Some(people.person(seller));
            made.balances = balances;
            made.older = entries.next.map(|cursor| {
                let cursor = cursor.to_string();
                form_urlencoded::byte_serialize(cursor.as_bytes()).collect()
            });
            made.lines = entries.items.into_iter().map(line).collect();
        }
        Err(error) if error.status_code() < 500 => {
            status = StatusCode::NOT_FOUND;
            if made.frame.faults.is_empty() {
                made.frame = made.frame.faults(&error);
            }
        }
        Err(error) => return Err(error),
    }
    Ok((status, made))
}

fn line(entry: BalanceEntry) -> Line {
    Line {
        at: clock(entry.at),
        order: entry.order_id.map(|id| id.to_string()),
        reference: entry.reference.as_ref().map(ToString::to_string).unwrap_or_default(),
        entry,
    }
}

fn seller(office: &BoxOffice, actor: Actor, text: &str) -> Result<UserId, Error> {
    user(office, actor, text)?.ok_or_else(|| Error::invalid("seller", NOBODY))
}

/// Records a payout. Submitted twice, the form records it once.
pub(super) async fn pay_out(
    operator: Operator,
    State(office): State<BoxOffice>,
    sent: Form,
) -> Result<Response, Failure> {
    let form = PayoutForm::of(&sent);
    let error = match record(operator.actor, &office, &form).await {
        Ok(()) => {
            let seller: String = form_urlencoded::byte_serialize(form.seller.trim().as_bytes()).collect();
            return Ok(sent.redirect(&format!("/console/ledger?seller={seller}"), Flash::PayoutRecorded));
        }
        Err(error) => error,
    };
    let status = StatusCode::from_u16(error.status_code()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if status.is_server_error() {
        return Err(error.into());
    }
    let frame = Frame::new("Ledger", "/console/ledger").faults(&error);
    let (_, page) = ledger(operator, &office, frame, form, None)?;
    Ok(shown(status, &page))
}

async fn record(actor: Actor, office: &BoxOffice, form: &PayoutForm) -> Result<(), Error> {
    let seller = seller(office, actor, &form.seller)?;
    let key = match form.key.trim() {
        "" => None,
        text => Some(text.parse().map_err(|reason| Error::invalid("key", reason))?),
    };
    let mut payout = NewPayout::new(form.amount.trim(), form.reference.trim());
    if !form.currency.trim().is_empty() {
        payout = payout.currency(form.currency.trim());
    }
    let ledger = key.into_iter().fold(office.ledger(), Ledger::idempotency_key);
    ledger.record_payout(actor, seller, payout).await.map(drop)
}
