//! Computes who owns which money, from the records of sales, refunds and payouts.

use std::collections::BTreeMap;

use boxoffice::{
    Actor, DomainEvent, FeePolicy, Money, OrderCreated, OrderId, PayoutRecorded, Record, Resolution, StreamKey, UserId,
};

use super::{Auditor, Verdict, ensure, follows};

/// Name of an account, and code of a currency.
pub(crate) type Name = (String, &'static str);

/// Balances in minor units: money held by the processor and the banks, and money owed to all others.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    held: BTreeMap<Name, i128>,
    owed: BTreeMap<Name, i128>,
    sales: BTreeMap<OrderId, Sale>,
}

/// An order that may be, or was, paid.
#[derive(Debug)]
struct Sale {
    total: Money,
    /// Amount of each account, for each ticket: the seller's share, then the platform's.
    parts: Vec<(String, u64)>,
    fees: Vec<u64>,
    /// Late money that belongs to nobody yet, if the money came late.
    late: Option<u64>,
}

impl Sale {
    fn of(event: &OrderCreated, policy: &FeePolicy) -> Self {
        let fees: Vec<_> = event.tickets.iter().map(|ticket| fee(policy, ticket.price)).collect();
        let both = event.tickets.iter().zip(&fees).flat_map(|(ticket, fee)| {
            [(seller(ticket.seller_id), ticket.price.minor() - fee), ("fees".to_owned(), *fee)]
        });
        Self { total: event.total, parts: both.collect(), fees, late: None }
    }

    /// Returns the accounts that bear a refund of `amount`. Late money is taken first from the late account. Otherwise
    /// all bear it in proportion to the amounts that they still have: these amounts are placed in one row, and each
    /// account bears the part of the amount that falls on its section, rounded down at both ends. The excess is the
    /// platform's loss.
    fn taken(&mut self, amount: Money) -> Vec<(String, u64)> {
        let is_same = amount.currency() == self.total.currency();
        if let Some(late) = self.late.as_mut().filter(|_| is_same) {
            let part = amount.minor().min(*late);
            *late -= part;
            return vec![("late".to_owned(), part), ("fees".to_owned(), amount.minor() - part)];
        }
        let all: u64 = self.parts.iter().map(|(_, part)| part).sum();
        let borne = if is_same { amount.minor().min(all) } else { 0 };
        let falls = |end: u64| if all == 0 { 0 } else { u128::from(borne) * u128::from(end) / u128::from(all) };
        let (mut end, mut taken) = (0, Vec::new());
        for (account, part) in &mut self.parts {
            let start = falls(end);
            end += *part;
            let share = u64::try_from(falls(end) - start).unwrap_or(u64::MAX);
            *part -= share;
            taken.push((account.clone(), share));
        }
        taken.push(("fees".to_owned(), amount.minor() - borne));
        taken
    }
}

/// Returns the name of a seller's account.
fn seller(id: UserId) -> String {
    format!("seller/{id}")
}

impl Ledger {
    /// Moves late money, up to `most`, to the platform or out.
    fn no_longer_late(&mut self, sale: &mut Sale, most: Option<Money>, to: &'static str) {
        let Some(late) = &mut sale.late else { return };
        let part = most.map_or(*late, |most| most.minor().min(*late));
        *late -= part;
        let currency = sale.total.currency().code();
        *self.owed.entry(("late".to_owned(), currency)).or_default() -= i128::from(part);
        let (names, sign) = if to == "fees" { (&mut self.owed, 1) } else { (&mut self.held, -1) };
        *names.entry((to.to_owned(), currency)).or_default() += sign * i128::from(part);
    }

    /// Adds the amount to a place (`sign` is 1) or subtracts it, and likewise the shares to the accounts that own it.
    fn moved(&mut self, place: &'static str, sign: i128, amount: Money, shares: Vec<(String, u64)>) {
        let currency = amount.currency().code();
        self.lies(place, sign, amount);
        for (account, share) in shares {
            *self.owed.entry((account, currency)).or_default() += sign * i128::from(share);
        }
    }

    fn lies(&mut self, place: &'static str, sign: i128, amount: Money) {
        let name = (place.to_owned(), amount.currency().code());
        *self.held.entry(name).or_default() += sign * i128::from(amount.minor());
    }
}

/// Returns the fee of a price: the smallest whole number that is not less than half a minor unit below the exact share,
/// plus the fixed amount; at most the price.
fn fee(policy: &FeePolicy, price: Money) -> u64 {
    let doubled = 2 * u128::from(price.minor()) * u128::from(policy.share());
    let share = (doubled.saturating_sub(10_000)).div_ceil(20_000);
    // A half is equally far from both neighbours: it is rounded up.
    let share = if doubled % 20_000 == 10_000 { share + 1 } else { share };
    let whole = share + u128::from(policy.fixed(price.currency()));
    u64::try_from(whole.min(u128::from(price.minor()))).unwrap_or(u64::MAX)
}

impl Auditor {
    /// Moves the money according to the record, which must have been checked before.
    pub(super) fn money_follows(&mut self, record: &Record) -> Verdict {
        let Self { limits, ledger, .. } = self;
        if let DomainEvent::OrderCreated(event) = &record.event {
            ledger.sales.insert(event.order_id, Sale::of(event, &limits.fees));
        }
        let StreamKey::Order(order) = record.event.stream() else { return self.comes_to_zero() };
        let Some(mut sale) = ledger.sales.remove(&order) else { return Err(format!("there is no order {order}")) };
        match &record.event {
            DomainEvent::ChargeCreated(event) => {
                let none = || vec![0; sale.fees.len()];
                let told = if event.fees.is_empty() { none() } else { event.fees.clone() };
                ensure(told == sale.fees, || format!("the fees are {told:?}, not {:?}", sale.fees))?;
                ledger.moved("processor", 1, event.amount, sale.parts.clone());
            }
            DomainEvent::LateMoneyReceived(event) => {
                sale.late = Some(event.amount.minor());
                ledger.moved("processor", 1, event.amount, vec![("late".to_owned(), event.amount.minor())]);
            }
            DomainEvent::ChargeRefunded(event) => {
                ledger.moved("processor", -1, event.amount, sale.taken(event.amount));
            }
            DomainEvent::ChargeTransferred(_) => ledger.no_longer_late(&mut sale, None, "processor"),
            DomainEvent::EscalationResolved(event) => {
                let to = if event.resolution == Resolution::Kept { "fees" } else { "processor" };
                ledger.no_longer_late(&mut sale, Some(event.amount), to);
            }
            DomainEvent::ChargeDisputed(event) => {
                ledger.lies("processor", -1, event.amount);
                ledger.lies("disputed", 1, event.amount);
            }
            DomainEvent::DisputeClosed(event) if event.won => {
                ledger.lies("disputed", -1, event.amount);
                ledger.lies("processor", 1, event.amount);
            }
            DomainEvent::DisputeClosed(event) => {
                ledger.moved("disputed", -1, event.amount, sale.taken(event.amount));
            }
            DomainEvent::OrderCreated(_)
            | DomainEvent::OrderCancelled(_)
            | DomainEvent::OrderExpired(_)
            | DomainEvent::PaymentStarted(_)
            | DomainEvent::ChargeAuthorized(_)
            | DomainEvent::ChargeFailed(_)
            | DomainEvent::ChargeEscalated(_)
            | DomainEvent::RefundStarted(_)
            | DomainEvent::RefundFailed(_)
            | DomainEvent::VoidStarted(_)
            | DomainEvent::ChargeVoided(_)
            | DomainEvent::UserCreated(_)
            | DomainEvent::UserUpdated(_)
            | DomainEvent::UserErased(_)
            | DomainEvent::SessionRevoked(_)
            | DomainEvent::TicketCreated(_)
            | DomainEvent::TicketUpdated(_)
            | DomainEvent::TicketWithdrawn(_)
            | DomainEvent::PayoutRecorded(_)
            | DomainEvent::HostJoined(_)
            | DomainEvent::HostLeft(_)
            | DomainEvent::WebhookSaved(_)
            | DomainEvent::WebhookAdvanced(_)
            | DomainEvent::WebhookDisabled(_)
            | DomainEvent::WebhookResumed(_)
            | DomainEvent::WebhookRemoved(_) => {}
        }
        ledger.sales.insert(order, sale);
        self.comes_to_zero()
    }

    pub(super) fn payout_recorded(&mut self, record: &Record, event: &PayoutRecorded) -> Verdict {
        if let Actor::User(id) = record.actor {
            ensure(self.person(id)?.operator, || format!("{id} is no operator"))?;
        }
        let seller_known = self.people.get_mut(&event.seller_id).ok_or("there is no such seller")?;
        follows(record.version, seller_known.version)?;
        seller_known.version = record.version;
        let account = (seller(event.seller_id), event.amount.currency().code());
        let owed = self.ledger.owed.get(&account).copied().unwrap_or(0);
        let amount = i128::from(event.amount.minor());
        ensure(amount <= owed, || format!("{amount} are paid out of {owed}"))?;
        self.ledger.moved("processor", -1, event.amount, vec![(account.0, event.amount.minor())]);
        Ok(())
    }

    /// Checks that the money held equals the money owed.
    fn comes_to_zero(&self) -> Verdict {
        let mut sums: BTreeMap<&str, i128> = BTreeMap::new();
        for ((_, currency), held) in &self.ledger.held {
            *sums.entry(currency).or_default() += held;
        }
        for ((_, currency), owed) in &self.ledger.owed {
            *sums.entry(currency).or_default() -= owed;
        }
        let wrong = sums.iter().find(|(_, sum)| **sum != 0);
        ensure(wrong.is_none(), || format!("what is owed is not what there is: {wrong:?}"))
    }

    /// Returns the balance of every account: positive for money held, negative for money owed. Accounts at zero are
    /// left out.
    pub(crate) fn accounts(&self) -> BTreeMap<Name, i128> {
        let held = self.ledger.held.iter().map(|(name, held)| (name.clone(), *held));
        let owed = self.ledger.owed.iter().map(|(name, owed)| (name.clone(), -owed));
        held.chain(owed).filter(|(_, sum)| *sum != 0).collect()
    }
}
