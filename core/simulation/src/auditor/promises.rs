//! Checks the promises to those who gave commands.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use boxoffice::{Actor, CommandId, EmailKey, Record, StreamKey, Timestamp};

use super::{Verdict, ensure};
/// Time for which a repeated command with an idempotency key gets its first answer.
const REMEMBERED: Duration = Duration::from_hours(24);

/// Publicly known parts of a command.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    /// Name of the command.
    pub(crate) name: &'static str,
    /// Actor who gave it.
    pub(crate) actor: Actor,
    /// Fingerprint of its content, if it has an idempotency key.
    pub(crate) fingerprint: Option<[u8; 16]>,
    /// Email that it is about.
    pub(crate) email: Option<EmailKey>,
    /// Time at which it was given, by the engine's time.
    pub(crate) at: Timestamp,
}

/// State of an entity in an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Receipt {
    pub(crate) entity: StreamKey,
    pub(crate) version: u64,
    pub(crate) status: &'static str,
}

/// Answer: one receipt for each entity, or the code of a refusal.
pub(crate) type Outcome = Result<Vec<Receipt>, &'static str>;

#[derive(Debug, Default)]
pub(super) struct Promises {
    asked: HashMap<CommandId, Asked>,
    /// Number of callers that wait for the answer to each command.
    waiting: HashMap<CommandId, usize>,
    /// Effects of each command.
    effects: HashMap<CommandId, Effects>,
    /// Commands that must have no effect, with the code of their refusal.
    without_effect: HashMap<CommandId, &'static str>,
    /// Commands that a dead process did not answer.
    unheard: HashSet<CommandId>,
    /// Reports of the card processor that were told more than once. One that was refused is decided anew when it is told again, at
    /// another host maybe: what it is about may have become known since.
    told_again: HashSet<CommandId>,
    /// First answers to commands with an idempotency key.
    first: HashMap<CommandId, (Asked, Outcome)>,
}

#[derive(Debug)]
struct Effects {
    last: u64,
    names: Vec<&'static str>,
    at: Timestamp,
}

impl Promises {
    pub(super) fn asked(&mut self, id: CommandId, asked: Asked) {
        *self.waiting.entry(id).or_default() += 1;
        let again = self.asked.get(&id).copied();
        if again.is_some() && is_told(asked.name) {
            self.told_again.insert(id);
            self.without_effect.remove(&id);
        }
        // After a day the key may be used again. An undecided command may be retried.
        let forgotten = again.is_some_and(|first| asked.at.since(first.at) > REMEMBERED);
        let undecided = self.without_effect.get(&id).is_some_and(|code| is_transient(code));
        if forgotten || undecided {
            self.without_effect.remove(&id);
        }
        if again.is_none() || forgotten {
            self.asked.insert(id, asked);
        }
        if forgotten {
            self.first.remove(&id);
        }
    }

    /// Checks that each event has one cause, once, by the actor who gave the command.
    pub(super) fn cause(&mut self, record: &Record) -> Verdict<Option<Asked>> {
        let (id, event) = (record.command_id, record.event.name());
        let asked = self.asked.get(&id).copied();
        let Some(asked) = asked else {
            let expires = event == "OrderExpired" && record.actor == Actor::System;
            return ensure(expires, || "nobody asked for it".to_owned()).map(|()| None);
        };
        ensure(may_cause(asked.name, event), || format!("{} never leads to it", asked.name))?;
        ensure(asked.actor == record.actor, || format!("{:?} asked for it, not {:?}", asked.actor, record.actor))?;
        let refused = self.without_effect.get(&id);
        ensure(refused.is_none(), || format!("its command was answered with {refused:?}"))?;
        let new = || Effects { last: record.seq - 1, names: Vec::new(), at: record.at };
        let effects = self.effects.entry(id).or_insert_with(new);
        if asked.fingerprint.is_some() && record.at.since(effects.at) > REMEMBERED {
            *effects = new();
        }
        let may_repeat = matches!(asked.name, "CreateTickets" | "RescheduleTickets");
        let once = effects.last + 1 == record.seq && (may_repeat || !effects.names.contains(&event));
        ensure(once, || format!("its command has been carried out before: {:?}", effects.names))?;
        effects.last = record.seq;
        effects.names.push(event);
        Ok(Some(asked))
    }

    pub(super) fn answered(&mut self, id: CommandId, outcome: Outcome, now: Timestamp) -> Verdict {
        let asked = *self.asked.get(&id).ok_or("a command was answered that nobody gave")?;
        let waiting = self.waiting.entry(id).or_default();
        *waiting = waiting.saturating_sub(1);
        let alone = *waiting == 0;
        let complain = |what: String| format!("command {id} ({}): {what}", asked.name);
        match &outcome {
            Ok(_) if must_change(asked.name) => {
                ensure(self.effects.contains_key(&id), || complain("acknowledged, and not in the journal".to_owned()))?;
            }
            Ok(_) | Err("journal.unavailable" | "command.key_reused") => {}
            Err(code @ ("internal" | "journal.damaged")) => return Err(complain(format!("answered with {code}"))),
            Err(_) if self.told_again.contains(&id) => return Ok(()),
            Err(code) => {
                // Another command with the same key may still be decided.
                if alone || !is_transient(code) {
                    let named = asked.fingerprint.is_some();
                    let forgotten = |effects: &&Effects| named && now.since(effects.at) > REMEMBERED;
                    let effects = self.effects.get(&id).filter(|effects| !forgotten(effects));
                    let effects = effects.map(|effects| &effects.names);
                    ensure(effects.is_none(), || complain(format!("refused with {code}, but it did {effects:?}")))?;
                    self.without_effect.insert(id, code);
                }
            }
        }
        self.is_as_before(id, asked, outcome, now).map_err(complain)
    }

    /// Checks that a command repeated within a day gets its first answer.
    fn is_as_before(&mut self, id: CommandId, asked: Asked, outcome: Outcome, now: Timestamp) -> Verdict {
        let undecided =
            |code: &&str| is_transient(code) || matches!(*code, "journal.unavailable" | "command.key_reused");
        if asked.fingerprint.is_none() || outcome.as_ref().is_err_and(undecided) {
            return Ok(());
        }
        match self.first.get(&id) {
            Some((first, answer)) if now.since(first.at) <= REMEMBERED => {
                ensure(*answer == outcome, || format!("answered with {answer:?} first, and then with {outcome:?}"))
            }
            _ => {
                self.first.insert(id, (asked, outcome));
                Ok(())
            }
        }
    }

    /// Checks that every command got an answer.
    pub(super) fn nobody_waits(&self) -> Verdict {
        let waiting = self.waiting.iter().find(|(_, callers)| **callers > 0);
        let name = |id| self.asked.get(id).map_or("?", |asked| asked.name);
        waiting.map_or(Ok(()), |(id, _)| Err(format!("command {id} ({}) was never answered", name(id))))
    }

    /// Records that a caller of the command no longer waits, and can't tell whether it was carried out.
    #[cfg(feature = "cluster")]
    pub(super) fn left(&mut self, id: CommandId) {
        if let Some(waiting) = self.waiting.get_mut(&id) {
            *waiting = waiting.saturating_sub(1);
        }
    }

    pub(super) fn died(&mut self) {
        self.unheard.extend(self.waiting.drain().filter(|(_, callers)| *callers > 0).map(|(id, _)| id));
    }

    pub(super) fn recovered(&mut self) {
        for id in self.unheard.drain() {
            if !self.effects.contains_key(&id) {
                self.without_effect.entry(id).or_insert("engine.closed");
            }
        }
    }
}

/// Returns `true` for refusals that do not decide about the command: it may be repeated.
fn is_transient(code: &str) -> bool {
    matches!(code, "engine.closed" | "engine.overloaded" | "payment.unavailable")
}

/// Returns `true` if a command passes on what the card processor has told.
fn is_told(name: &str) -> bool {
    matches!(name, "SettleCharge" | "SettleRefund" | "RecordRefund" | "OpenDispute" | "CloseDispute")
}

/// Returns `true` if a command can't succeed without changing anything.
fn must_change(name: &str) -> bool {
    matches!(
        name,
        "CreateUser"
            | "EraseUser"
            | "CreateTickets"
            | "UpdateTicket"
            | "WithdrawTicket"
            | "CreateOrder"
            | "CancelOrder"
            | "StartPayment"
            | "StartRefund"
            | "ResolveEscalation"
            | "RecordPayout"
    )
}

/// Returns `true` if the command may cause the event.
fn may_cause(name: &str, event: &str) -> bool {
    match name {
        "CreateUser" => event == "UserCreated",
        "UpdateUser" | "SetOperator" => event == "UserUpdated",
        "EraseUser" => event == "UserErased",
        "RevokeSession" => event == "SessionRevoked",
        "CreateTickets" => event == "TicketCreated",
        "UpdateTicket" | "RescheduleTickets" => event == "TicketUpdated",
        "WithdrawTicket" => event == "TicketWithdrawn",
        "CreateOrder" => event == "OrderCreated",
        "CancelOrder" => event == "OrderCancelled",
        "StartPayment" => event == "PaymentStarted",
        "SettleCharge" => {
            let settles = matches!(event, "ChargeAuthorized" | "ChargeCreated" | "ChargeFailed" | "OrderCancelled");
            settles
                || matches!(event, "LateMoneyReceived" | "RefundStarted" | "VoidStarted" | "ChargeVoided")
                || sells_late(event)
        }
        "StartRefund" => event == "RefundStarted",
        "SettleRefund" => matches!(event, "ChargeRefunded" | "RefundFailed" | "ChargeCreated") || sells_late(event),
        "RecordRefund" => event == "ChargeRefunded",
        "OpenDispute" => event == "ChargeDisputed",
        "CloseDispute" => event == "DisputeClosed",
        "ResolveEscalation" => event == "EscalationResolved",
        "RecordPayout" => event == "PayoutRecorded",
        "JoinHost" => event == "HostJoined",
        "LeaveHost" => event == "HostLeft",
        "SaveWebhook" => event == "WebhookSaved",
        "AdvanceWebhook" => event == "WebhookAdvanced",
        "DisableWebhook" => event == "WebhookDisabled",
        "ResumeWebhook" => event == "WebhookResumed",
        "RemoveWebhook" => event == "WebhookRemoved",
        _ => false,
    }
}

/// Returns `true` for events about late money that does not go back.
fn sells_late(event: &str) -> bool {
    matches!(event, "ChargeTransferred" | "OrderCreated" | "PaymentStarted" | "ChargeEscalated")
}
