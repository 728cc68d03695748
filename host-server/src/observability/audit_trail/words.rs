//! Descriptions of records in words, for operators.

use boxoffice::{CancelReason, DomainEvent, Money, Record, RefundReason, Resolution, TicketVersion, Timestamp};

/// The tone of a record, for its colour and its sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Something was created or changed.
    Plain,
    /// Tickets are held.
    Held,
    /// A success.
    Good,
    /// An end without a sale.
    Ended,
    /// A problem that an operator must look at.
    Alarm,
}

impl Tone {
    /// Returns the tone's class in the stylesheet.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Held => "held",
            Self::Good => "good",
            Self::Ended => "ended",
            Self::Alarm => "alarm",
        }
    }
}

/// The description of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Words {
    pub(crate) tone: Tone,
    /// The event.
    pub(crate) what: String,
    /// The event's consequence or reason.
    pub(crate) why: Option<String>,
}

fn said(tone: Tone, what: impl Into<String>, why: &str) -> Words {
    Words { tone, what: what.into(), why: (!why.is_empty()).then(|| why.to_owned()) }
}

/// Returns the description of a record.
pub(crate) fn words(record: &Record) -> Words {
    match &record.event {
        DomainEvent::UserCreated(_) => said(Tone::Plain, "Somebody signed up", ""),
        DomainEvent::UserUpdated(event) => {
            let changes = [
                (event.email_changed, "a new email address"),
                (event.password_changed, "a new password, which ended the other sessions"),
            ];
            let changes: Vec<_> = changes.into_iter().filter_map(|(is, what)| is.then_some(what)).collect();
            let role = if event.operator { "is an operator" } else { "is no operator" };
            said(Tone::Plain, "An account was changed", &format!("It {role}. {}", sentence(&changes.join(" and "))))
        }
        DomainEvent::UserErased(_) => said(Tone::Plain, "An account was erased", "Its personal data is gone."),
        DomainEvent::SessionRevoked(_) => said(Tone::Plain, "Somebody signed out", ""),
        DomainEvent::TicketCreated(event) => {
            let show = event.show.as_ref().map(|show| {
                let venue = show.venue.as_ref().map(|venue| format!(" at {venue}")).unwrap_or_default();
                format!("{}{venue}", show.name)
            });
            let seat = event.seat.as_ref().map(|seat| format!("seat {seat}"));
            let about: Vec<_> = show.into_iter().chain(seat).collect();
            said(Tone::Plain, format!("“{}” was listed for {}", event.title, event.price), &about.join(", "))
        }
        DomainEvent::TicketUpdated(event) => {
            said(Tone::Plain, format!("Its seller changed it: “{}” for {}", event.title, event.price), "")
        }
        DomainEvent::TicketWithdrawn(_) => {
            said(Tone::Ended, "Its seller took it off sale", "From here on nobody could order it.")
        }
        DomainEvent::OrderCreated(event) => said(
            Tone::Held,
            format!("{} held until {}", tickets(event.tickets.len()), clock(event.expires_at)),
            &format!("{} to pay. From here on nobody else could order {}.", event.total, them(event.tickets.len())),
        ),
        DomainEvent::OrderCancelled(event) => {
            let is_declined = event.reason == CancelReason::PaymentFailed;
            let what =
                if is_declined { "The order ended: its payment was declined" } else { "The buyer gave the order up" };
            said(Tone::Ended, what, &free(&event.tickets))
        }
        DomainEvent::OrderExpired(event) => {
            said(Tone::Ended, "The hold ended at its deadline, unpaid", &free(&event.tickets))
        }
        DomainEvent::PayoutRecorded(event) => said(
            Tone::Good,
            format!("{} was paid out to a seller", event.amount),
            &format!("Reference: {}", event.reference),
        ),
        event => money(event),
    }
}

/// Returns the description of an event about a charge.
fn money(event: &DomainEvent) -> Words {
    match event {
        DomainEvent::PaymentStarted(event) => said(
            Tone::Held,
            format!("A payment of {} began at {}", event.amount, event.gateway),
            "The hold stays until the card processor has answered.",
        ),
        DomainEvent::ChargeAuthorized(_) => {
            said(Tone::Held, "The money is set aside", "The tickets are sold once it is captured.")
        }
        DomainEvent::ChargeCreated(event) => said(
            Tone::Good,
            format!("{} was paid", event.amount),
            &format!("The order is complete: {} sold.", tickets(event.tickets.len())),
        ),
        DomainEvent::ChargeFailed(event) => {
            said(Tone::Ended, format!("The payment was declined: {}", event.reason), "")
        }
        DomainEvent::RefundStarted(event) => {
            let why = match event.reason {
                RefundReason::Requested => "The seller or an operator asked for it.",
                RefundReason::Late => "The money came for an order that had ended.",
                _ => "It was begun at the card processor's.",
            };
            said(Tone::Plain, format!("{} is to be given back", event.amount), why)
        }
        DomainEvent::ChargeRefunded(event) => {
            said(Tone::Plain, format!("{} was given back", event.amount), &free(&event.tickets))
        }
        DomainEvent::RefundFailed(event) => {
            said(Tone::Alarm, format!("{} could not be given back: {}", event.amount, event.reason), "")
        }
        DomainEvent::LateMoneyReceived(event) => {
            said(Tone::Alarm, format!("{} came after the order had ended", event.amount), "")
        }
        DomainEvent::ChargeTransferred(event) => said(
            Tone::Good,
            "The late money pays a new order",
            &format!("Its buyer could still have the tickets: order {}.", event.to),
        ),
        DomainEvent::ChargeEscalated(event) => said(
            Tone::Alarm,
            format!("{} waits for an operator: {}", event.amount, event.reason),
            "It is nobody's and could not be given back.",
        ),
        DomainEvent::EscalationResolved(event) => {
            let is_kept = event.resolution == Resolution::Kept;
            let what = if is_kept { "the platform keeps it" } else { "the buyer has it back by another way" };
            said(Tone::Plain, format!("An operator saw to {}: {what}", event.amount), &event.note)
        }
        DomainEvent::VoidStarted(_) => {
            said(Tone::Plain, "Money that was set aside too late is being released", "None is taken.")
        }
        DomainEvent::ChargeVoided(_) => said(Tone::Plain, "The money was released", "None was taken."),
        DomainEvent::ChargeDisputed(event) => {
            said(Tone::Alarm, format!("The buyer's bank took {} back: {}", event.amount, event.reason), "")
        }
        DomainEvent::DisputeClosed(event) => closed(event.won, event.amount),
        other => hosts(other),
    }
}

/// Returns the description of an event about the hosts of the cluster.
fn hosts(event: &DomainEvent) -> Words {
    match event {
        DomainEvent::HostJoined(event) => {
            let why = if event.voter { "It votes for the host that writes." } else { "It has no vote." };
            said(Tone::Plain, format!("The host {} belongs to the cluster", event.name), why)
        }
        DomainEvent::HostLeft(_) => said(Tone::Ended, "A host left the cluster", ""),
        other => webhooks(other),
    }
}

/// Returns the description of an event about the webhooks that the hosts of a cluster share.
fn webhooks(event: &DomainEvent) -> Words {
    match event {
        DomainEvent::WebhookSaved(event) => {
            let events = event.event_types.join(", ");
            let why = if events.is_empty() { "It gets all events.".to_owned() } else { format!("It gets {events}.") };
            said(Tone::Plain, "A webhook was added or changed", &why)
        }
        DomainEvent::WebhookAdvanced(event) => {
            let failed = match event.progress.attempts {
                0 => String::new(),
                attempts => format!("The next delivery has failed {attempts} times."),
            };
            said(Tone::Plain, format!("A webhook has come to record {}", event.progress.cursor), &failed)
        }
        DomainEvent::WebhookDisabled(event) => said(
            Tone::Alarm,
            format!("A webhook is disabled: {}", event.reason),
            "Nothing is delivered until it is resumed.",
        ),
        DomainEvent::WebhookResumed(_) => said(Tone::Plain, "A webhook was resumed", ""),
        DomainEvent::WebhookRemoved(_) => said(Tone::Ended, "A webhook was removed", ""),
        other => said(Tone::Plain, other.name(), ""),
    }
}

fn closed(won: bool, amount: Money) -> Words {
    if won {
        said(Tone::Good, format!("The dispute is won: {amount} came back"), "")
    } else {
        said(Tone::Ended, format!("The dispute is lost: {amount} stays with the buyer"), "")
    }
}

fn tickets(count: usize) -> String {
    if count == 1 { "One ticket".to_owned() } else { format!("{count} tickets") }
}

const fn them(count: usize) -> &'static str {
    if count == 1 { "it" } else { "them" }
}

fn free(versions: &[TicketVersion]) -> String {
    match versions.len() {
        0 => String::new(),
        1 => "One ticket was for sale again at once.".to_owned(),
        count => format!("{count} tickets were for sale again at once."),
    }
}

fn sentence(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("It got {text}.") }
}

/// Formats a time as `2027-01-01 12:00:00`, in UTC.
pub(crate) fn clock(at: Timestamp) -> String {
    let text = at.to_string();
    text.get(..19).unwrap_or(&text).replacen('T', " ", 1)
}
