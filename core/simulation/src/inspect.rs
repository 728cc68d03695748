//! Compares all entities: the views, a replay of the journal, and the auditor's model must agree.

use std::collections::BTreeMap;

use boxoffice::gateway::{ChargeAnswer, LookupRequest, PaymentGateway};
use boxoffice::simulation::Readings;
use boxoffice::{Account, Charge, ChargeId, Currency, Error, StreamKey};

use crate::auditor::{Auditor, Standing, Verdict};
use crate::process::Process;

/// Checks that replay from zero, checkpoint with tail, live views, and auditor's model are equal, entity by entity.
pub(crate) fn all(process: &Process, auditor: &Auditor) -> Verdict {
    whole(process, auditor)?;
    let live = process.engine.shown();
    let rebuilt = process.engine.replayed().map_err(|error| told("a replay from zero", &error))?;
    for (id, erased) in auditor.people() {
        let (shown, zero) = (live.user(id), rebuilt.user(id));
        same(shown.as_ref(), zero.as_ref(), StreamKey::User(id))?;
        if zero.is_none_or(|user| user.erased != erased) {
            return Err(format!("user {id} is not what the journal says: erased is {erased}"));
        }
        let has_data = process.engine.has_personal_data(id).map_err(|error| format!("the vault: {error}"))?;
        if has_data == erased {
            return Err(format!("user {id} has personal data exactly if erased"));
        }
        if erased && process.engine.keeps_key(id) {
            return Err(format!("user {id} is erased, and their personal data could still be decrypted"));
        }
    }
    for (id, status, holder) in auditor.tickets() {
        let (shown, zero) = (read(live.ticket(id))?, read(rebuilt.ticket(id))?);
        same(shown.as_ref(), zero.as_ref(), StreamKey::Ticket(id))?;
        if zero.is_none_or(|ticket| ticket.status.as_str() != status || Readings::holder(&ticket) != holder) {
            return Err(format!("ticket {id} should be {status} by {holder:?}"));
        }
    }
    for (id, status, charge) in auditor.orders() {
        let (shown, zero) = (read(live.order(id))?, read(rebuilt.order(id))?);
        same(shown.as_ref(), zero.as_ref(), StreamKey::Order(id))?;
        let found =
            zero.as_ref().map(|order| (order.status.as_str(), order.charge.as_ref().map(|charge| charge.status)));
        if found != Some((status, charge)) {
            return Err(format!("order {id} should be {status} with a charge {charge:?}, not {found:?}"));
        }
    }
    money(&live, &rebuilt, auditor)
}

/// Checks that the accounts of views and replay equal the auditor's, and that each balance equals the sum of its
/// entries.
fn money(live: &Readings, rebuilt: &Readings, auditor: &Auditor) -> Verdict {
    let known = auditor.accounts();
    for (whose, readings) in [("shown", live), ("replayed", rebuilt)] {
        let balances = readings.balances();
        let found: BTreeMap<_, _> = balances
            .iter()
            .map(|((account, currency), balance)| ((account.to_string(), currency.code()), *balance))
            .filter(|(_, balance)| *balance != 0)
            .collect();
        if found != known {
            return Err(format!("the accounts {whose} are {found:?}, the records come to {known:?}"));
        }
        for ((account, currency), balance) in balances {
            let sum = sum(readings, account, currency)?;
            if sum != balance {
                return Err(format!("the entries {whose} of {account} come to {sum}, its balance is {balance}"));
            }
        }
    }
    Ok(())
}

fn sum(readings: &Readings, account: Account, currency: Currency) -> Verdict<i128> {
    let entries = read(readings.entries(account))?;
    let postings = entries.iter().filter(|entry| entry.currency == currency).flat_map(|entry| &entry.postings);
    Ok(postings.filter(|posting| posting.account == account).map(|posting| i128::from(posting.amount)).sum())
}

/// Checks that every published record is still in the journal, and no other.
fn whole(process: &Process, auditor: &Auditor) -> Verdict {
    let (seq, hash) = auditor.head();
    let head = process.engine.head().map_err(|error| error.to_string())?;
    if head != (seq, hash) {
        return Err(format!("the journal ends at record {}, {seq} were published", head.0));
    }
    let mut lost = None;
    let replayed = process.engine.replay(&mut |record| {
        if lost.is_none() && auditor.hash_of(record.seq) != Some(record.hash) {
            lost = Some(record.seq);
        }
    });
    replayed.map_err(|error| told("a replay from zero", &error))?;
    lost.map_or(Ok(()), |seq| Err(format!("record {seq} is not the one that was published")))
}

/// Checks that the views show the entity exactly at its durable version.
pub(crate) fn shown(process: &Process, auditor: &Auditor, key: StreamKey) -> Verdict {
    let Some(shown) = version_shown(process, key) else { return Ok(()) };
    let durable = auditor.version(key);
    if shown == durable { Ok(()) } else { Err(format!("{key} is shown at version {shown}, the journal has {durable}")) }
}

/// Returns the version at which the views show an entity, 0 if they don't; `None` if it is of a kind that is not looked
/// at. A disk that fails returns nothing, which is allowed.
pub(crate) fn version_shown(process: &Process, key: StreamKey) -> Option<u64> {
    let shown = process.engine.shown();
    let found = match key {
        StreamKey::User(id) => Ok(shown.user(id).map(|user| user.version)),
        StreamKey::Ticket(id) => shown.ticket(id).map(|ticket| ticket.map(|ticket| ticket.version)),
        StreamKey::Order(id) => shown.order(id).map(|order| order.map(|order| order.version)),
        StreamKey::Email(_) | StreamKey::Host(_) | StreamKey::Webhook(_) => return None,
    };
    found.ok().map(Option::unwrap_or_default)
}

/// Returns the state of the charges in the gateway's own books.
pub(crate) fn standing(
    process: &Process,
    gateway: &dyn PaymentGateway,
    charges: &[ChargeId],
) -> BTreeMap<ChargeId, Standing> {
    let said = |id: &ChargeId| {
        let order = process.engine.shown().order_of_charge(*id).ok()??;
        let request = lookup_of(order.charge.as_ref()?);
        // The gateway may be down temporarily.
        (0..100).find_map(|_| process.block_on(gateway.lookup(request.clone()))?.ok())
    };
    let stands = |id: &ChargeId| match said(id) {
        Some(ChargeAnswer::Charged { .. }) => Standing::Taken,
        Some(ChargeAnswer::Authorized { .. }) => Standing::SetAside,
        _ => Standing::Nothing,
    };
    charges.iter().map(|id| (*id, stands(id))).collect()
}

fn lookup_of(charge: &Charge) -> LookupRequest {
    LookupRequest {
        charge_id: charge.id,
        order_id: charge.order_id,
        amount: charge.amount,
        reference: charge.reference.clone(),
        created_at: charge.created_at,
    }
}

fn same<T: PartialEq + std::fmt::Debug>(live: Option<&T>, zero: Option<&T>, key: StreamKey) -> Verdict {
    if live == zero { Ok(()) } else { Err(format!("{key} is shown as {live:?}, a replay makes it {zero:?}")) }
}

fn read<T>(result: Result<T, Error>) -> Verdict<T> {
    result.map_err(|error| format!("the views: {error}"))
}

fn told(what: &str, error: &Error) -> String {
    let source = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    format!("{what}: {error}: {source}")
}
