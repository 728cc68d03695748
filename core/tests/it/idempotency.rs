//! A command with an idempotency key is executed once, whatever its first answer was.

use std::sync::Arc;
use std::time::Duration;

use boxoffice::{
    Actor, ChargeStatus, Code, Error, Limits, NewPayout, NewTicket, Order, SignUp, TicketId, TicketUpdate,
};
use tokio::task::JoinSet;

use crate::gateways::{Bank, Manner};
use crate::support::{World, ann, bob, cat, dan, key, refused, within};

const A_DAY: Duration = Duration::from_hours(24);

#[derive(Debug, Clone, Copy)]
enum Kind {
    Create,
    CreateMany,
    Update,
    Withdraw,
    Order,
    Cancel,
    Pay,
    Refund,
}

/// Subjects of the commands.
struct Scene {
    tickets: Vec<TicketId>,
    held: [Arc<Order>; 2],
    sold: Arc<Order>,
}

impl Scene {
    async fn of(world: &World) -> Self {
        let held = [world.held().await.1, world.held().await.1];
        Self { tickets: world.list(2).await, held, sold: world.sold().await.1 }
    }

    /// Sends the command under one fixed key, with one of two bodies.
    async fn give(&self, world: &World, kind: Kind, other: bool) -> Result<String, Error> {
        let at = usize::from(other);
        let title = ["Hamlet", "Macbeth"][at];
        let (tickets, orders) = (world.tickets().idempotency_key(key("k")), world.orders().idempotency_key(key("k")));
        let payments = world.payments().idempotency_key(key("k"));
        Ok(match kind {
            Kind::Create => format!("{:?}", tickets.create(ann(), NewTicket::new(title, "1")).await?),
            Kind::CreateMany => format!("{:?}", tickets.create_many(ann(), vec![NewTicket::new(title, "1"); 3]).await?),
            Kind::Update => {
                format!("{:?}", tickets.update(ann(), self.tickets[0], TicketUpdate::new(title, "5")).await?)
            }
            Kind::Withdraw => format!("{:?}", tickets.withdraw(ann(), self.tickets[at], None).await?),
            Kind::Order => format!("{:?}", orders.create(bob(), &[self.tickets[at]]).await?),
            Kind::Cancel => format!("{:?}", orders.cancel(bob(), self.held[at].id).await?),
            Kind::Pay => {
                let token = ["tok_visa", "tok_amex"][at];
                format!("{:?}", payments.pay(bob(), self.held[0].id, token).await?)
            }
            Kind::Refund => format!("{:?}", payments.refund(Actor::User(ann()), self.sold.id, other).await?),
        })
    }
}

async fn check(kind: Kind) {
    let world = World::new();
    let scene = Scene::of(&world).await;
    let first = scene.give(&world, kind, false).await.unwrap();
    let head = world.head();
    assert_eq!(scene.give(&world, kind, false).await.unwrap(), first, "{kind:?} again");
    let mismatch = scene.give(&world, kind, true).await.unwrap_err();
    assert_eq!((mismatch.code(), mismatch.status_code()), (Code::CommandKeyReused, 422), "{kind:?} with another body");
    let world = world.reopen();
    assert_eq!(scene.give(&world, kind, false).await.unwrap(), first, "{kind:?} after a restart");
    assert_eq!(refused(scene.give(&world, kind, true).await), Code::CommandKeyReused, "{kind:?} after a restart");
    assert_eq!(world.head(), head, "{kind:?} again is nothing new");
    world.clock.advance(A_DAY);
    assert_eq!(scene.give(&world, kind, false).await.unwrap(), first, "{kind:?} after 24 hours");
    world.clock.advance(Duration::from_millis(1));
    let anew = scene.give(&world, kind, false).await;
    assert_ne!(anew.map_err(|error| error.code()), Ok(first), "{kind:?} after more than 24 hours");
}

#[tokio::test]
async fn a_command_that_comes_again_is_answered_as_at_first() {
    for kind in [Kind::Create, Kind::CreateMany, Kind::Update, Kind::Withdraw] {
        check(kind).await;
    }
}

#[tokio::test]
async fn an_order_or_payment_that_comes_again_is_answered_as_at_first() {
    for kind in [Kind::Order, Kind::Cancel, Kind::Pay, Kind::Refund] {
        check(kind).await;
    }
}

#[tokio::test]
async fn a_key_belongs_to_its_user() {
    let world = World::new();
    let tickets = world.tickets().idempotency_key(key("k"));
    let anns = tickets.create(ann(), NewTicket::new("Hamlet", "1")).await.unwrap();
    let dans = tickets.create(dan(), NewTicket::new("Hamlet", "1")).await.unwrap();
    assert_ne!(anns.id, dans.id);
    assert_eq!(
        refused(world.orders().idempotency_key(key("k")).create(dan(), &[anns.id]).await),
        Code::CommandKeyReused
    );
    world.orders().idempotency_key(key("k")).create(bob(), &[anns.id]).await.unwrap();
    let refusal = world.orders().idempotency_key(key("k")).create(cat(), &[anns.id]).await;
    assert_eq!(refused(refusal), Code::TicketLocked);
}

#[tokio::test]
async fn refusals_are_repeated_too() {
    let world = World::new();
    let (ticket, order) = world.held().await;
    let first = world.orders().idempotency_key(key("k")).create(cat(), &[ticket]).await.unwrap_err();
    assert_eq!(first.code(), Code::TicketLocked);
    world.orders().cancel(bob(), order.id).await.unwrap();
    let world = world.reopen();
    let again = world.orders().idempotency_key(key("k")).create(cat(), &[ticket]).await.unwrap_err();
    assert_eq!((again.code(), again.serialize_errors()), (first.code(), first.serialize_errors()));
    assert_eq!(world.of_ticket(ticket), "available");
    world.clock.advance(A_DAY + Duration::from_millis(1));
    world.orders().idempotency_key(key("k")).create(cat(), &[ticket]).await.unwrap();
}

/// Sends commands that rules outside of the journal may refuse: each under its own key, and its name.
async fn give_all(world: &World, tickets: &[TicketId], of: &str) -> Vec<(&'static str, Result<String, Code>)> {
    let named = |name: &str| key(&format!("{of}-{name}"));
    let list = |name: &str| world.tickets().idempotency_key(named(name));
    let one = list("create").create(ann(), NewTicket::new("Hamlet", "19.99")).await;
    let many = list("create_many").create_many(ann(), vec![NewTicket::new("Hamlet", "19.99"); 2]).await;
    let edited = list("update").update(ann(), tickets[0], TicketUpdate::new("Hamlet", "17.50")).await;
    let ordered = world.orders().idempotency_key(named("order")).create(bob(), &tickets[1..3]).await;
    let payout = world.ledger().idempotency_key(named("payout"));
    let paid_out = payout.record_payout(Actor::System, ann(), NewPayout::new("5.50", "SEPA 1")).await;
    let told = |error: Error| error.code();
    vec![
        ("create", one.map(|it| format!("{it:?}")).map_err(told)),
        ("create_many", many.map(|it| format!("{it:?}")).map_err(told)),
        ("update", edited.map(|it| format!("{it:?}")).map_err(told)),
        ("order", ordered.map(|it| format!("{it:?}")).map_err(told)),
        ("payout", paid_out.map(|it| format!("{it:?}")).map_err(told)),
    ]
}

#[tokio::test]
async fn what_was_accepted_once_is_answered_as_at_first_whatever_the_rules_are_now() {
    let bank = Bank::taking(Manner::Charge);
    let at_bank = Arc::clone(&bank);
    let world = World::with(move |builder| builder.gateway(Arc::clone(&at_bank) as _));
    world.sold().await;
    let tickets = world.list(3).await;
    let first = give_all(&world, &tickets, "a").await;
    assert!(first.iter().all(|(_, answer)| answer.is_ok()), "{first:?}");
    let head = world.head();

    bank.refuse_prices();
    assert_eq!(give_all(&world, &tickets, "a").await, first);
    let at_bank = Arc::clone(&bank);
    let world = world.reopen_with(move |builder| {
        let limits = Limits::new().order_tickets_max(1).listing_tickets_max(1);
        builder.gateway(Arc::clone(&at_bank) as _).limits(limits).default_currency("JPY".parse().unwrap())
    });
    assert_eq!(give_all(&world, &tickets, "a").await, first);
    assert_eq!(world.head(), head, "nothing was done twice");
    for (command, answer) in give_all(&world, &tickets, "b").await {
        assert_eq!(answer, Err(Code::Validation), "{command}");
    }
    // What was refused before it was a command has used no key.
    let other = world.tickets().idempotency_key(key("b-create")).withdraw(ann(), tickets[0], None).await;
    assert_eq!(other.map_err(|error| error.code()), Ok(()));
}

#[tokio::test]
async fn a_payment_that_comes_again_is_answered_however_busy_the_card_processor_is() {
    let bank = Bank::taking(Manner::Wait);
    let at_bank = Arc::clone(&bank);
    let world = World::with(move |builder| {
        let builder = builder.gateway(Arc::clone(&at_bank) as _).answer_payment_within(Duration::ZERO);
        builder.pending_payments_max(1)
    });
    let orders = [world.held().await.1, world.held().await.1];
    let mut feed = world.feed();
    let payments = world.payments().idempotency_key(key("k"));
    let pending = payments.pay(bob(), orders[0].id, "tok_visa").await.unwrap();
    within(bank.charges(1)).await;
    let other = world.payments().idempotency_key(key("other"));
    assert_eq!(refused(other.pay(bob(), orders[1].id, "tok_visa").await), Code::PaymentUnavailable);
    assert_eq!(payments.pay(bob(), orders[0].id, "tok_visa").await.unwrap(), pending);
    bank.let_through(1);
    feed.until("ChargeCreated").await;
    assert_eq!(bank.asked(), 1);
}

#[tokio::test]
async fn a_refund_that_comes_again_is_answered_by_another_card_processor_too() {
    let world = World::new();
    let order = world.sold().await.1;
    let refund = async |world: &World, name: &str| {
        world.payments().idempotency_key(key(name)).refund(Actor::User(ann()), order.id, false).await
    };
    let first = refund(&world, "k").await.unwrap();
    let world = world.reopen_with(|builder| builder.gateway(Bank::taking(Manner::Charge)));
    assert_eq!(refund(&world, "k").await.unwrap(), first);
    assert_eq!(refused(refund(&world, "other").await), Code::PaymentNotRefundable);
}

#[tokio::test]
async fn input_that_was_never_a_command_leaves_the_key_free() {
    let world = World::new();
    let tickets = world.tickets().idempotency_key(key("k"));
    assert_eq!(refused(tickets.create(ann(), NewTicket::new("Hamlet", "0")).await), Code::Validation);
    tickets.create(ann(), NewTicket::new("Hamlet", "1")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_with_one_key_are_one_command() {
    let world = World::new();
    let head = world.head();
    let mut attempts = JoinSet::new();
    for at in 0..100 {
        let tickets = world.tickets().idempotency_key(key("k"));
        let price = if at % 2 == 0 { "1" } else { "2" };
        attempts.spawn(async move { tickets.create(ann(), NewTicket::new("Hamlet", price)).await });
    }
    let answers = within(attempts.join_all()).await;
    let listed = world.journal().read(head + 1, 10).unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 50);
    let ids: Vec<_> = answers.iter().flatten().map(|ticket| ticket.id).collect();
    assert!(ids.iter().all(|id| *id == ids[0]));
    assert!(answers.into_iter().filter_map(Result::err).all(|error| error.code() == Code::CommandKeyReused));
}

#[tokio::test(flavor = "multi_thread")]
async fn payments_with_one_key_are_one_charge_and_all_hear_its_outcome() {
    for (manner, expected) in
        [(Manner::Wait, Ok(ChargeStatus::Succeeded)), (Manner::Decline, Err(Code::PaymentDeclined))]
    {
        let bank = Bank::taking(manner);
        let at_bank = Arc::clone(&bank);
        let world = World::with(move |builder| builder.gateway(Arc::clone(&at_bank) as _));
        let (_, order) = world.held().await;
        let mut attempts = JoinSet::new();
        for _ in 0..20 {
            let (payments, id) = (world.payments().idempotency_key(key("k")), order.id);
            attempts.spawn(async move { payments.pay(bob(), id, "tok_visa").await });
        }
        within(bank.charges(1)).await;
        bank.let_through(1);
        for outcome in within(attempts.join_all()).await {
            assert_eq!(outcome.map(|charge| charge.status).map_err(|error| error.code()), expected);
        }
        assert_eq!(bank.asked(), 1);
        let later = world.payments().idempotency_key(key("k")).pay(bob(), order.id, "tok_visa").await;
        assert_eq!(later.map(|charge| charge.status).map_err(|error| error.code()), expected);
    }
}

#[tokio::test]
async fn a_payment_that_was_pending_tells_its_outcome_when_it_comes_again() {
    let bank = Bank::taking(Manner::Wait);
    let at_bank = Arc::clone(&bank);
    let world =
        World::with(move |builder| builder.gateway(Arc::clone(&at_bank) as _).answer_payment_within(Duration::ZERO));
    let (_, order) = world.held().await;
    let mut feed = world.feed();
    let payments = world.payments().idempotency_key(key("k"));
    let pending = payments.pay(bob(), order.id, "tok_visa").await.unwrap();
    assert_eq!(pending.status.as_str(), "pending");
    assert_eq!(payments.pay(bob(), order.id, "tok_visa").await.unwrap(), pending);
    bank.let_through(1);
    feed.until("ChargeCreated").await;
    let known = payments.pay(bob(), order.id, "tok_visa").await.unwrap();
    assert_eq!((known.id, known.status.as_str(), bank.moved()), (pending.id, "succeeded", (1, 0)));
}

#[tokio::test]
async fn a_sign_up_that_comes_again_needs_the_same_password() {
    let world = World::new();
    let head = world.head();
    let auth = || world.auth().idempotency_key(key("k"));
    let first = auth().sign_up(SignUp::new("eve@example.com", "battery staple")).await.unwrap();
    let again = auth().sign_up(SignUp::new("eve@example.com", "battery staple")).await.unwrap();
    assert_eq!(again.user, first.user);
    assert_eq!(world.auth().authenticate(&again.token).unwrap().user_id, first.user.id);
    let guess = auth().sign_up(SignUp::new("eve@example.com", "another password")).await;
    assert_eq!(refused(guess), Code::CommandKeyReused);
    assert_eq!(world.events_after(head), ["UserCreated"]);
    let other_key = world.auth().idempotency_key(key("other"));
    assert_eq!(
        refused(other_key.sign_up(SignUp::new("eve@example.com", "battery staple")).await),
        Code::AuthEmailTaken
    );
    world.clock.advance(A_DAY + Duration::from_millis(1));
    assert_eq!(refused(auth().sign_up(SignUp::new("eve@example.com", "battery staple")).await), Code::AuthEmailTaken);
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_ups_at_once_with_one_key_are_one_user() {
    let world = World::new();
    let head = world.head();
    let mut attempts = JoinSet::new();
    for _ in 0..4 {
        let auth = world.auth().idempotency_key(key("k"));
        attempts.spawn(async move { auth.sign_up(SignUp::new("eve@example.com", "battery staple")).await });
    }
    let ids: Vec<_> = within(attempts.join_all()).await.into_iter().map(|answer| answer.unwrap().user.id).collect();
    assert!(ids.iter().all(|id| *id == ids[0]));
    assert_eq!(world.events_after(head), ["UserCreated"]);
}
