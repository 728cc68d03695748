//! Looks at everything at once: what is shown, what a replay makes of the journal, and what the auditor knows, must be one.

use std::collections::BTreeMap;

use super::process::Process;
use crate::domain::ledger::Account;
use crate::engine::catch_up;
use crate::error::Error;
use crate::event::{Hash, StreamKey};
use crate::gateway::{ChargeAnswer, LookupRequest, PaymentGateway};
use crate::journal::Journal;
use crate::testing::auditor::{Auditor, Standing, Verdict};
use crate::types::{ChargeId, Currency};
use crate::views::{LedgerQuery, Views};

/// Replay from zero = checkpoint and tail = live = what the auditor knows, entity by entity.
pub(super) fn all(process: &Process, auditor: &Auditor) -> Verdict {
    let journal = process.journal.as_ref();
    whole(journal, auditor)?;
    let rebuilt = Views::open(None, &|_| true).map_err(|error| error.to_string())?;
    catch_up(journal, &rebuilt).map_err(|error| told("a replay from zero", &error))?;
    for (id, erased) in auditor.people() {
        let (live, zero) = (process.views.user(id), rebuilt.user(id));
        same(live.as_ref(), zero.as_ref(), StreamKey::User(id))?;
        if zero.is_none_or(|user| user.erased != erased) {
            return Err(format!("user {id} is not what the journal says: erased is {erased}"));
        }
        let row = journal.vault_row(id).map_err(|error| format!("the vault: {error}"))?;
        if row.is_some() == erased {
            return Err(format!("user {id} has personal data exactly if erased"));
        }
    }
    for (id, status, holder) in auditor.tickets() {
        let (live, zero) = (read(process.views.ticket(id))?, read(rebuilt.ticket(id))?);
        same(live.as_ref(), zero.as_ref(), StreamKey::Ticket(id))?;
        if zero.is_none_or(|ticket| ticket.status.as_str() != status || ticket.holder != holder) {
            return Err(format!("ticket {id} should be {status} by {holder:?}"));
        }
    }
    for (id, status, charge) in auditor.orders() {
        let (live, zero) = (read(process.views.order(id))?, read(rebuilt.order(id))?);
        same(live.as_ref(), zero.as_ref(), StreamKey::Order(id))?;
        let found =
            zero.as_ref().map(|order| (order.status.as_str(), order.charge.as_ref().map(|charge| charge.status)));
        if found != Some((status, charge)) {
            return Err(format!("order {id} should be {status} with a charge {charge:?}, not {found:?}"));
        }
    }
    money(process, &rebuilt, auditor)
}

/// The accounts, with what is shown and replayed of them, are the auditor's; and each comes to the sum of its entries.
fn money(process: &Process, rebuilt: &Views, auditor: &Auditor) -> Verdict {
    let known = auditor.accounts();
    for (whose, views) in [("shown", &process.views), ("replayed", rebuilt)] {
        let accounts = views.accounts();
        let found: BTreeMap<_, _> = accounts
            .iter()
            .map(|((account, currency), totals)| ((account.to_string(), currency.code()), totals.balance))
            .filter(|(_, balance)| *balance != 0)
            .collect();
        if found != known {
            return Err(format!("the accounts {whose} are {found:?}, the records come to {known:?}"));
        }
        for ((account, currency), totals) in accounts.iter() {
            let sum = sum(views, account, currency)?;
            if sum != totals.balance {
                return Err(format!(
                    "the entries {whose} of {account} come to {sum}, its balance is {}",
                    totals.balance
                ));
            }
        }
    }
    Ok(())
}

fn sum(views: &Views, account: Account, currency: Currency) -> Verdict<i128> {
    let (mut sum, mut query) = (0, LedgerQuery::new().limit(100));
    loop {
        let page = read(views.entries(account, &query))?;
        let postings = page.items.iter().filter(|entry| entry.currency == currency).flat_map(|entry| &entry.postings);
        sum += postings.filter(|posting| posting.account == account).map(|it| i128::from(it.amount)).sum::<i128>();
        query.cursor = page.next;
        if query.cursor.is_none() {
            return Ok(sum);
        }
    }
}

/// Every record that anybody has seen is still there, and no other.
fn whole(journal: &dyn Journal, auditor: &Auditor) -> Verdict {
    let (seq, hash) = auditor.head();
    let head = journal.head().map_err(|error| error.to_string())?;
    if (head.seq, head.hash) != (seq, hash) {
        return Err(format!("the journal ends at record {}, {seq} were published", head.seq));
    }
    let start = crate::journal::Head { seq: 0, hash: Hash::ZERO, at: crate::Timestamp::default() };
    let mut lost = None;
    let replayed = journal.replay(start, &mut |record| {
        if lost.is_none() && auditor.hash_of(record.seq) != Some(record.hash) {
            lost = Some(record.seq);
        }
        Ok(())
    });
    replayed.map_err(|error| format!("a replay from zero: {error}"))?;
    lost.map_or(Ok(()), |seq| Err(format!("record {seq} is not the one that was published")))
}

/// What is shown of the entity is what is durable: nothing older, nothing newer.
pub(super) fn shown(process: &Process, auditor: &Auditor, key: StreamKey) -> Verdict {
    let found = match key {
        StreamKey::User(id) => Ok(process.views.user(id).map(|user| user.version)),
        StreamKey::Ticket(id) => process.views.ticket(id).map(|ticket| ticket.map(|ticket| ticket.version)),
        StreamKey::Order(id) => process.views.order(id).map(|order| order.map(|order| order.version)),
        StreamKey::Email(_) => return Ok(()),
    };
    // A disk that fails shows nothing, which is no lie.
    let Ok(found) = found else { return Ok(()) };
    let (shown, durable) = (found.unwrap_or(0), auditor.version(key));
    if shown == durable { Ok(()) } else { Err(format!("{key} is shown at version {shown}, the journal has {durable}")) }
}

/// What the gateway's own books say of the charges.
pub(super) fn standing(
    process: &Process,
    gateway: &dyn PaymentGateway,
    charges: &[ChargeId],
) -> BTreeMap<ChargeId, Standing> {
    let said = |id: &ChargeId| {
        let order = process.views.order_of_charge(*id).ok()??;
        let request = LookupRequest::of(order.charge.as_ref()?);
        // It may be down; in the end it answers.
        (0..100).find_map(|_| process.block_on(gateway.lookup(request.clone()))?.ok())
    };
    let stands = |id: &ChargeId| match said(id) {
        Some(ChargeAnswer::Charged { .. }) => Standing::Taken,
        Some(ChargeAnswer::Authorized { .. }) => Standing::SetAside,
        _ => Standing::Nothing,
    };
    charges.iter().map(|id| (*id, stands(id))).collect()
}

fn same<T: PartialEq + std::fmt::Debug>(live: Option<&T>, zero: Option<&T>, key: StreamKey) -> Verdict {
    if live == zero { Ok(()) } else { Err(format!("{key} is shown as {live:?}, a replay makes it {zero:?}")) }
}

fn read<T>(result: Result<T, crate::views::ViewsError>) -> Verdict<T> {
    result.map_err(|error| format!("the views: {error}"))
}

fn told(what: &str, error: &Error) -> String {
    let source = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    format!("{what}: {error}: {source}")
}
