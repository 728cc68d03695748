//! Tests that the auditor rejects journals that the contract does not allow.

use std::iter;
use std::time::Duration;

use boxoffice::{
    Actor, CancelReason, ChargeCreated, ChargeRefunded, Currency, HostJoined, HostLeft, Money, OrderCancelled,
    OrderCreated, OrderExpired, OrderedTicket, PaymentStarted, RefundId, RefundReason, RefundStarted, TicketCreated,
    TicketVersion, UserCreated, WebhookAdvanced, WebhookDisabled, WebhookProgress, WebhookRemoved, WebhookResumed,
    WebhookSaved,
};

use super::*;
use crate::gateway::Movement;

const SELLER: UserId = UserId::from_bytes([1; 16]);
const BUYER: UserId = UserId::from_bytes([2; 16]);
const RIVAL: UserId = UserId::from_bytes([3; 16]);
const TICKET: TicketId = TicketId::from_bytes([4; 16]);
const CHARGE: ChargeId = ChargeId::from_bytes([5; 16]);
const NOON: u64 = 1_800_000_000_000;
const HOLD: u64 = 15 * 60 * 1000;

fn order(number: u8) -> OrderId {
    OrderId::from_bytes([number; 16])
}

fn price() -> Money {
    Money::from_minor(1999, Currency::USD).unwrap()
}

/// A journal that is written and audited step by step.
struct Scenario {
    auditor: Auditor,
    at: u64,
    commands: u8,
}

impl Scenario {
    /// Returns a scenario with a seller, two buyers, and a ticket on sale.
    fn begin() -> Self {
        let mut scenario = Self { auditor: Auditor::new(Limits::default()), at: NOON, commands: 0 };
        for (number, user_id) in [SELLER, BUYER, RIVAL].into_iter().enumerate() {
            let email = EmailKey::from_bytes([u8::try_from(number).unwrap(); 16]);
            let created = DomainEvent::UserCreated(UserCreated { user_id });
            scenario.write("CreateUser", Actor::System, Some(email), created, 1).unwrap();
        }
        let listed = TicketCreated {
            ticket_id: TICKET,
            seller_id: SELLER,
            title: "Hamlet".parse().unwrap(),
            price: price(),
            show: None,
            seat: None,
        };
        scenario.by(SELLER, "CreateTickets", DomainEvent::TicketCreated(listed), 1).unwrap();
        scenario
    }

    fn by(&mut self, user: UserId, name: &'static str, event: DomainEvent, version: u64) -> Verdict {
        self.write(name, Actor::User(user), None, event, version)
    }

    fn by_system(&mut self, name: &'static str, event: DomainEvent, version: u64) -> Verdict {
        self.write(name, Actor::System, None, event, version)
    }

    fn write(
        &mut self,
        name: &'static str,
        actor: Actor,
        email: Option<EmailKey>,
        event: DomainEvent,
        version: u64,
    ) -> Verdict {
        self.commands += 1;
        let command_id = CommandId::from_bytes([self.commands; 16]);
        let at = Timestamp::from_millis(self.at);
        self.auditor.asked(command_id, Asked { name, actor, fingerprint: None, email, at });
        let record = self.next(command_id, actor, event, version);
        self.auditor.record(&record)
    }

    fn next(&self, command_id: CommandId, actor: Actor, event: DomainEvent, version: u64) -> Record {
        let (seq, prev) = self.auditor.head();
        let at = Timestamp::from_millis(self.at);
        let mut record = Record { seq: seq + 1, at, actor, command_id, version, event, hash: Hash::ZERO };
        let mut bytes = prev.as_bytes().to_vec();
        bytes.extend(rmp_serde::to_vec_named(&record).unwrap());
        record.hash = Hash::from_bytes(*blake3::hash(&bytes).as_bytes());
        record
    }

    /// Writes an order of this number for the ticket, which has this version after it.
    fn orders(&mut self, buyer: UserId, number: u8, ticket_version: u64) -> Verdict {
        let title = "Hamlet".parse().unwrap();
        let ticket = OrderedTicket { id: TICKET, seller_id: SELLER, title, price: price(), version: ticket_version };
        let created = OrderCreated {
            order_id: order(number),
            buyer_id: buyer,
            tickets: [ticket].into(),
            total: price(),
            expires_at: Timestamp::from_millis(self.at + HOLD),
        };
        self.by(buyer, "CreateOrder", DomainEvent::OrderCreated(created), 1)
    }

    fn pays(&mut self, number: u8) -> Verdict {
        let gateway = "test".into();
        let started = PaymentStarted { charge_id: CHARGE, order_id: order(number), amount: price(), gateway };
        self.by(BUYER, "StartPayment", DomainEvent::PaymentStarted(started), 2)
    }

    fn charged(&mut self, number: u8, version: u64) -> Verdict {
        let tickets = [freed(3)].into_iter().collect();
        let (charge_id, order_id) = (CHARGE, order(number));
        let created =
            ChargeCreated { charge_id, order_id, amount: price(), reference: None, tickets, fees: Vec::new() };
        self.by_system("SettleCharge", DomainEvent::ChargeCreated(created), version)
    }
}

fn freed(version: u64) -> TicketVersion {
    TicketVersion { id: TICKET, version }
}

fn expired(number: u8, ticket_version: u64) -> DomainEvent {
    let tickets = [freed(ticket_version)].into_iter().collect();
    DomainEvent::OrderExpired(OrderExpired { order_id: order(number), tickets })
}

#[track_caller]
fn complains(verdict: &Verdict, about: &str) {
    let complaint = verdict.as_ref().expect_err("it should complain");
    assert!(complaint.contains(about), "{complaint}");
}

#[test]
fn a_sale_by_the_rules_is_fine() {
    let mut scenario = Scenario::begin();
    scenario.orders(BUYER, 10, 2).unwrap();
    scenario.pays(10).unwrap();
    scenario.auditor.gateway_asked(&GatewayNews::AskedToCharge(CHARGE, price())).unwrap();
    scenario.auditor.gateway_said(&GatewayNews::SaidCharged(CHARGE));
    scenario.charged(10, 3).unwrap();
    scenario.auditor.close(&BTreeMap::from([(CHARGE, Standing::Taken)])).unwrap();
    complains(&scenario.auditor.close(&BTreeMap::new()), "its money: Nothing");
}

#[test]
fn a_ticket_has_one_holder() {
    let mut scenario = Scenario::begin();
    scenario.orders(BUYER, 10, 2).unwrap();
    complains(&scenario.orders(RIVAL, 11, 3), "is locked, not available");
}

#[test]
fn holds_end_in_time_and_not_before() {
    let mut scenario = Scenario::begin();
    scenario.orders(BUYER, 10, 2).unwrap();
    complains(&scenario.auditor.close(&BTreeMap::new()), "never ended");
    scenario.at += HOLD - 1;
    complains(&scenario.by_system("ExpireOrder", expired(10, 3), 2), "never leads to it");

    let mut scenario = Scenario::begin();
    scenario.orders(BUYER, 10, 2).unwrap();
    scenario.at += HOLD - 1;
    let early = scenario.next(CommandId::from_bytes([99; 16]), Actor::System, expired(10, 3), 2);
    complains(&scenario.auditor.record(&early), "expired early");

    let mut scenario = Scenario::begin();
    scenario.orders(BUYER, 10, 2).unwrap();
    scenario.at += HOLD;
    complains(&scenario.pays(10), "is still open");
}

#[test]
fn money_needs_an_intent_and_a_cause() {
    let mut scenario = Scenario::begin();
    scenario.orders(BUYER, 10, 2).unwrap();
    complains(&scenario.auditor.gateway_asked(&GatewayNews::AskedToCharge(CHARGE, price())), "without an intent");
    scenario.pays(10).unwrap();
    complains(&scenario.charged(10, 3), "the gateway never said so");
}

#[test]
fn nothing_happens_unasked_or_by_somebody_else() {
    let scenario = &mut Scenario::begin();
    let cancelled = |order_id| {
        let tickets = [freed(3)].into_iter().collect();
        DomainEvent::OrderCancelled(OrderCancelled { order_id, reason: CancelReason::Buyer, tickets })
    };
    scenario.orders(BUYER, 10, 2).unwrap();
    let unasked = scenario.next(CommandId::from_bytes([99; 16]), Actor::User(BUYER), cancelled(order(10)), 2);
    complains(&Scenario::begin().auditor.record(&unasked), "it follows record");
    complains(&scenario.by(RIVAL, "CancelOrder", cancelled(order(10)), 2), "somebody else cancelled it");
}

#[test]
fn the_chain_is_whole_and_time_runs_forwards() {
    let scenario = Scenario::begin();
    let event = || DomainEvent::UserCreated(UserCreated { user_id: UserId::from_bytes([8; 16]) });
    let record = scenario.next(CommandId::from_bytes([99; 16]), Actor::System, event(), 1);
    let check = |record: &Record, about: &str| complains(&Scenario::begin().auditor.record(record), about);
    check(&Record { seq: 9, ..record.clone() }, "it follows record 4");
    check(&Record { at: Timestamp::from_millis(NOON - 1), ..record.clone() }, "time ran backwards");
    check(&Record { hash: Hash::from_bytes([1; 32]), ..record.clone() }, "its hash does not cover");
    check(&record, "nobody asked for it");
}

#[test]
fn answers_are_promises() {
    let mut scenario = Scenario::begin();
    let now = Timestamp::from_millis(NOON);
    for command in 1..=scenario.commands {
        scenario.auditor.answered(CommandId::from_bytes([command; 16]), Ok(Vec::new()), now).unwrap();
    }
    let ask = |auditor: &mut Auditor, number: u8, fingerprint| {
        let id = CommandId::from_bytes([number; 16]);
        let actor = Actor::User(BUYER);
        auditor.asked(id, Asked { name: "CreateOrder", actor, fingerprint, email: None, at: now });
        id
    };
    let lost = ask(&mut scenario.auditor, 50, None);
    complains(&scenario.auditor.nobody_waits(), "never answered");
    complains(&scenario.auditor.answered(lost, Ok(Vec::new()), now), "not in the journal");

    let named = ask(&mut scenario.auditor, 51, Some([1; 16]));
    scenario.auditor.answered(named, Err("ticket.locked"), now).unwrap();
    ask(&mut scenario.auditor, 51, Some([1; 16]));
    complains(&scenario.auditor.answered(named, Err("ticket.sold"), now), "first, and then with");
    ask(&mut scenario.auditor, 51, Some([1; 16]));
    let tomorrow = now.plus(Duration::from_hours(25));
    scenario.auditor.answered(named, Err("ticket.sold"), tomorrow).unwrap();

    scenario.orders(BUYER, 10, 2).unwrap();
    let acknowledged = CommandId::from_bytes([scenario.commands; 16]);
    complains(&scenario.auditor.answered(acknowledged, Err("ticket.sold"), now), "but it did");
    let receipt = Receipt { entity: StreamKey::Order(order(10)), version: 1, status: "complete" };
    complains(&scenario.auditor.answered(acknowledged, Ok(vec![receipt]), now), "the journal says");

    // Callers of a dead process are not waiting any more.
    scenario.auditor.died();
    scenario.auditor.nobody_waits().unwrap();
}

const REFUND: RefundId = RefundId::from_bytes([6; 16]);

fn taken(amount: Money) -> Movement {
    Movement::Taken { charge_id: CHARGE, amount }
}

fn returned(amount: Money) -> Movement {
    Movement::Returned { charge_id: CHARGE, refund_id: Some(REFUND), amount }
}

/// Returns a scenario with a paid order. The processor's books are open and still empty.
fn paid() -> Scenario {
    let mut scenario = Scenario::begin();
    scenario.auditor.reads_processor();
    scenario.orders(BUYER, 10, 2).unwrap();
    scenario.pays(10).unwrap();
    scenario.auditor.gateway_said(&GatewayNews::SaidCharged(CHARGE));
    scenario.charged(10, 3).unwrap();
    scenario
}

/// Writes a refund requested by the seller, which the gateway confirms.
fn refunds(scenario: &mut Scenario) {
    let (refund_id, charge_id, order_id, amount) = (Some(REFUND), CHARGE, order(10), price());
    let (reason, return_to_sale) = (RefundReason::Requested, false);
    let started = RefundStarted { refund_id, charge_id, order_id, amount, reason, return_to_sale };
    scenario.by(SELLER, "StartRefund", DomainEvent::RefundStarted(started), 4).unwrap();
    scenario.auditor.gateway_said(&GatewayNews::SaidRefunded(REFUND));
    let (reference, tickets) = (None, iter::empty().collect());
    let refunded = ChargeRefunded { refund_id, charge_id, order_id, amount, reference, tickets };
    scenario.by_system("SettleRefund", DomainEvent::ChargeRefunded(refunded), 5).unwrap();
}

#[test]
fn the_processor_takes_the_money_of_an_order_once() {
    let standing = BTreeMap::from([(CHARGE, Standing::Taken)]);
    let mut scenario = paid();
    complains(&scenario.auditor.close(&standing), "the processor's books: false");
    scenario.auditor.moved(&taken(price())).unwrap();
    scenario.auditor.close(&standing).unwrap();
    complains(&scenario.auditor.moved(&taken(price())), "twice");

    let cent = Money::from_minor(1, Currency::USD).unwrap();
    complains(&paid().auditor.moved(&taken(cent)), "not Money");
    let mut early = Scenario::begin();
    early.auditor.reads_processor();
    early.orders(BUYER, 10, 2).unwrap();
    complains(&early.auditor.moved(&taken(price())), "no intent");
}

#[test]
fn the_processor_gives_back_what_is_on_record_and_no_more() {
    let standing = BTreeMap::from([(CHARGE, Standing::Taken)]);
    let mut scenario = paid();
    complains(&scenario.auditor.moved(&returned(price())), "without an intent");
    scenario.auditor.moved(&taken(price())).unwrap();
    refunds(&mut scenario);
    complains(&scenario.auditor.close(&standing), "gave 0 back");
    scenario.auditor.moved(&returned(price())).unwrap();
    scenario.auditor.close(&standing).unwrap();
    complains(&scenario.auditor.moved(&returned(price())), "back twice");
    let at_its_site = Movement::Returned { charge_id: CHARGE, refund_id: None, amount: price() };
    complains(&scenario.auditor.moved(&at_its_site), "took 1999 of charge");
}

/// Lists ticket `number` for a seat of a show that starts then.
fn seated(scenario: &mut Scenario, number: u8, starts_at: u64) -> Verdict {
    let mut show = boxoffice::Show::new("Hamlet".parse().unwrap(), Timestamp::from_millis(starts_at));
    show.venue = Some("Globe".parse().unwrap());
    let listed = TicketCreated {
        ticket_id: TicketId::from_bytes([number; 16]),
        seller_id: SELLER,
        title: "Hamlet".parse().unwrap(),
        price: price(),
        show: Some(show.into()),
        seat: Some("Row 3, seat 12".parse().unwrap()),
    };
    scenario.by(SELLER, "CreateTickets", DomainEvent::TicketCreated(listed), 1)
}

#[test]
fn one_seat_of_one_show_is_on_sale_once() {
    let mut scenario = Scenario::begin();
    seated(&mut scenario, 20, NOON + 10 * HOLD).unwrap();
    seated(&mut scenario, 21, NOON + 11 * HOLD).unwrap();
    complains(&seated(&mut scenario, 22, NOON + 10 * HOLD), "its seat is that of ticket");
    let mut past = Scenario::begin();
    seated(&mut past, 20, NOON).unwrap();
    seated(&mut past, 21, NOON).unwrap();
}

/// Makes a host a member, or changes one.
fn joins(scenario: &mut Scenario, number: u8, name: &str, voter: bool, version: u64) -> Verdict {
    let joined = HostJoined { host_id: HostId::from_bytes([number; 16]), name: name.parse().unwrap(), voter };
    scenario.by_system("JoinHost", DomainEvent::HostJoined(joined), version)
}

fn leaves(scenario: &mut Scenario, number: u8, version: u64) -> Verdict {
    let left = HostLeft { host_id: HostId::from_bytes([number; 16]) };
    scenario.by_system("LeaveHost", DomainEvent::HostLeft(left), version)
}

#[test]
fn hosts_have_names_of_their_own_and_one_always_votes() {
    let mut scenario = Scenario::begin();
    joins(&mut scenario, 1, "a", true, 1).unwrap();
    joins(&mut scenario, 2, "b", true, 1).unwrap();
    leaves(&mut scenario, 1, 2).unwrap();
    joins(&mut scenario, 3, "a", false, 1).unwrap();
    complains(&joins(&mut scenario, 1, "a", true, 3), "has the name");
    complains(&leaves(&mut scenario, 1, 3), "no such member");
    complains(&leaves(&mut scenario, 9, 1), "no such member");
    complains(&joins(&mut scenario, 4, "d", true, 2), "version 2 after 0");
    complains(&leaves(&mut scenario, 2, 2), "no host votes any more");
    let mut others = Scenario::begin();
    let joined = HostJoined { host_id: HostId::from_bytes([1; 16]), name: "a".parse().unwrap(), voter: true };
    complains(&others.by(BUYER, "JoinHost", DomainEvent::HostJoined(joined), 1), "is no operator");
}

const WEBHOOK: WebhookId = WebhookId::from_bytes([6; 16]);

/// Saves the webhook, with progress if it is new.
fn saves(scenario: &mut Scenario, is_new: bool, version: u64) -> Verdict {
    let progress = is_new.then(|| WebhookProgress::new(1, Hash::ZERO));
    let (event_types, sealed) = (Vec::new(), "sealed".into());
    let saved = WebhookSaved { webhook_id: WEBHOOK, event_types, sealed, progress };
    scenario.by_system("SaveWebhook", DomainEvent::WebhookSaved(saved), version)
}

fn advances(scenario: &mut Scenario, cursor: u64, version: u64) -> Verdict {
    let progress = WebhookProgress::new(cursor, Hash::ZERO);
    let advanced = WebhookAdvanced { webhook_id: WEBHOOK, progress };
    scenario.by_system("AdvanceWebhook", DomainEvent::WebhookAdvanced(advanced), version)
}

fn disables(scenario: &mut Scenario, version: u64) -> Verdict {
    let disabled = WebhookDisabled { webhook_id: WEBHOOK, reason: "gone".into() };
    scenario.by_system("DisableWebhook", DomainEvent::WebhookDisabled(disabled), version)
}

#[test]
fn webhooks_follow_from_what_they_were() {
    let mut scenario = Scenario::begin();
    saves(&mut scenario, true, 1).unwrap();
    advances(&mut scenario, 4, 2).unwrap();
    disables(&mut scenario, 3).unwrap();
    let resumed = DomainEvent::WebhookResumed(WebhookResumed { webhook_id: WEBHOOK });
    scenario.by_system("ResumeWebhook", resumed, 4).unwrap();
    disables(&mut scenario, 5).unwrap();
    saves(&mut scenario, false, 6).unwrap();
    let removed = DomainEvent::WebhookRemoved(WebhookRemoved { webhook_id: WEBHOOK });
    scenario.by_system("RemoveWebhook", removed, 7).unwrap();
    saves(&mut scenario, true, 8).unwrap();
    disables(&mut scenario, 9).unwrap();
    complains(&disables(&mut scenario, 10), "disabled already");
}

#[test]
fn what_webhooks_can_not_have_done_is_found() {
    complains(&saves(&mut Scenario::begin(), false, 1), "begins nowhere");
    complains(&saves(&mut Scenario::begin(), true, 2), "version 2 after 0");
    complains(&disables(&mut Scenario::begin(), 1), "no such webhook");
    let mut ahead = Scenario::begin();
    saves(&mut ahead, true, 1).unwrap();
    complains(&advances(&mut ahead, 99, 2), "has delivered record 99 already");
    let mut others = Scenario::begin();
    let removed = DomainEvent::WebhookRemoved(WebhookRemoved { webhook_id: WEBHOOK });
    complains(&others.by(BUYER, "RemoveWebhook", removed, 1), "is no operator");
}

#[cfg(feature = "cluster")]
#[test]
fn a_command_whose_caller_has_left_may_still_be_carried_out() {
    let mut scenario = Scenario { auditor: Auditor::new(Limits::default()), at: NOON, commands: 0 };
    let (id, at) = (CommandId::from_bytes([9; 16]), Timestamp::from_millis(NOON));
    let email = Some(EmailKey::from_bytes([9; 16]));
    scenario.auditor.asked(id, Asked { name: "CreateUser", actor: Actor::System, fingerprint: None, email, at });
    complains(&scenario.auditor.nobody_waits(), "was never answered");
    scenario.auditor.left(id);
    scenario.auditor.nobody_waits().unwrap();
    let record = scenario.next(id, Actor::System, DomainEvent::UserCreated(UserCreated { user_id: BUYER }), 1);
    scenario.auditor.record(&record).unwrap();
}
