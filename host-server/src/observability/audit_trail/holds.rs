//! The holds of a ticket, and the answer to "Why did I not get this seat?".

use boxoffice::{CancelReason, DomainEvent, OrderId, Record, TicketId, Timestamp, UserId};

use super::words::clock;

/// The period in which one order held or owned the ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hold {
    pub(crate) order: OrderId,
    pub(crate) buyer: UserId,
    pub(crate) from: Timestamp,
    /// End of the hold; `None` if it continues.
    pub(crate) until: Option<Timestamp>,
    pub(crate) end: End,
}

/// The outcome of a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The hold continues.
    Open,
    /// The ticket was sold at this time.
    Sold(Timestamp),
    /// The ticket was sold, then refunded and put back on sale.
    Returned,
    /// The order expired.
    Expired,
    /// The payment was declined.
    Declined,
    /// The buyer cancelled the order.
    GivenUp,
}

impl End {
    pub(crate) fn words(self) -> String {
        match self {
            Self::Open => "it is held still".to_owned(),
            Self::Sold(at) => format!("it was sold at {}", clock(at)),
            Self::Returned => "it was sold, refunded and put back on sale".to_owned(),
            Self::Expired => "the hold ended at its deadline, unpaid".to_owned(),
            Self::Declined => "the payment was declined".to_owned(),
            Self::GivenUp => "its buyer gave it up".to_owned(),
        }
    }
}

/// Returns the ticket's holds in the records of its audit trail, in the order of time.
pub(crate) fn holds<'a>(ticket: TicketId, records: impl IntoIterator<Item = &'a Record>) -> Vec<Hold> {
    let mut holds: Vec<Hold> = Vec::new();
    for record in records {
        let at = record.at;
        let (order, end, until) = match &record.event {
            DomainEvent::OrderCreated(event) if event.tickets.iter().any(|it| it.id == ticket) => {
                let (order, buyer) = (event.order_id, event.buyer_id);
                holds.push(Hold { order, buyer, from: at, until: None, end: End::Open });
                continue;
            }
            DomainEvent::OrderExpired(event) => (event.order_id, End::Expired, Some(at)),
            DomainEvent::OrderCancelled(event) => {
                let declined = event.reason == CancelReason::PaymentFailed;
                (event.order_id, if declined { End::Declined } else { End::GivenUp }, Some(at))
            }
            DomainEvent::ChargeCreated(event) => (event.order_id, End::Sold(at), None),
            DomainEvent::ChargeRefunded(event) if event.tickets.iter().any(|it| it.id == ticket) => {
                (event.order_id, End::Returned, Some(at))
            }
            _ => continue,
        };
        if let Some(hold) = holds.iter_mut().rev().find(|hold| hold.order == order) {
            (hold.end, hold.until) = (end, until);
        }
    }
    holds
}

/// A question about a ticket: the buyer who asks, and the time in question.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Question {
    pub(crate) buyer: Option<UserId>,
    pub(crate) at: Option<Timestamp>,
}

/// A sentence of the answer, with its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) text: String,
    pub(crate) order: Option<OrderId>,
}

impl Question {
    /// Returns the reasons why the ticket was not available. They follow from the time of its listing, its holds and,
    /// if the seller withdrew it, the time of the withdrawal.
    pub(crate) fn answer(self, listed: Timestamp, holds: &[Hold], withdrawn: Option<Timestamp>) -> Vec<Answer> {
        let mut answers: Vec<Answer> = self.at.into_iter().map(|at| at_time(at, listed, holds, withdrawn)).collect();
        let own = holds.iter().filter(|hold| Some(hold.buyer) == self.buyer);
        answers.extend(own.map(|hold| said(Some(hold), format!("They held it {}: {}.", span(hold), hold.end.words()))));
        if answers.is_empty() {
            let last = holds.last().filter(|hold| hold.until.is_none());
            let text = match (withdrawn, last) {
                (Some(at), _) => format!("Nobody can have it: its seller took it off sale at {}.", clock(at)),
                (None, Some(hold)) => format!("Somebody has it: held {}, {}.", span(hold), hold.end.words()),
                (None, None) => "Nobody has it: it is on sale.".to_owned(),
            };
            answers.push(said(last.filter(|_| withdrawn.is_none()), text));
        }
        if self.buyer.is_some() && !holds.iter().any(|hold| Some(hold.buyer) == self.buyer) {
            let text = "This buyer never held it. A refused attempt changes nothing, so it leaves no record; \
                        who held it at the time is below.";
            answers.push(said(None, text.to_owned()));
        }
        answers
    }
}

fn at_time(at: Timestamp, listed: Timestamp, holds: &[Hold], withdrawn: Option<Timestamp>) -> Answer {
    let had = holds.iter().find(|hold| hold.from <= at && hold.until.is_none_or(|until| at < until));
    let then = clock(at);
    match had {
        _ if at < listed => said(None, format!("At {then} it was not listed yet; that was at {}.", clock(listed))),
        _ if withdrawn.is_some_and(|gone| gone <= at) => {
            said(None, format!("At {then} its seller had taken it off sale."))
        }
        Some(hold) if matches!(hold.end, End::Sold(sold) if sold <= at) => {
            said(Some(hold), format!("At {then} it was sold already."))
        }
        Some(hold) => said(Some(hold), format!("At {then} somebody held it, {}; {}.", span(hold), hold.end.words())),
        None => said(None, format!("At {then} it was on sale and nobody held it.")),
    }
}

fn said(hold: Option<&Hold>, text: String) -> Answer {
    Answer { text, order: hold.map(|hold| hold.order) }
}

/// Returns the period of a hold as a text.
fn span(hold: &Hold) -> String {
    let from = clock(hold.from);
    hold.until.map_or_else(|| format!("from {from} on"), |until| format!("from {from} to {}", clock(until)))
}
