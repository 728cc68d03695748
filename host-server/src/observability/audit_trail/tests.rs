use std::sync::Arc;
use std::time::Duration;

use boxoffice::testing::ManualClock;
use boxoffice::{Actor, BoxOffice, NewTicket, SignUp, TicketId, Timestamp, UserId};

use super::{AuditTrail, HistorySearch, Question, Tone, holds, words};

/// A box office at noon with a ticket and several buyers.
struct World {
    office: BoxOffice,
    clock: Arc<ManualClock>,
    ticket: TicketId,
    seller: UserId,
    buyers: [UserId; 2],
    _dir: tempfile::TempDir,
}

const MINUTE: Duration = Duration::from_mins(1);

impl World {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at("2027-01-01T12:00:00Z".parse().unwrap()));
        let office = BoxOffice::builder().clock(clock.clone()).open(dir.path()).unwrap();
        let mut people = Vec::new();
        for name in ["ann", "bob", "cid"] {
            let sign_up = SignUp::new(format!("{name}@example.com"), "correct horse");
            people.push(office.auth().sign_up(sign_up).await.unwrap().user.id);
        }
        let ticket = office.tickets().create(people[0], NewTicket::new("Hamlet", "20")).await.unwrap().id;
        clock.advance(MINUTE);
        Self { office, clock, ticket, seller: people[0], buyers: [people[1], people[2]], _dir: dir }
    }

    /// Creates a history: Bob holds the ticket and releases it; Cid's payment is declined, then Cid buys it.
    async fn contested() -> Self {
        let world = Self::new().await;
        let [bob, cid] = world.buyers;
        world.office.orders().create(bob, &[world.ticket]).await.unwrap();
        world.clock.advance(15 * MINUTE);
        while world.office.metrics().open_orders > 0 {
            tokio::task::yield_now().await;
        }
        for token in ["tok_chargeDeclined", "tok_visa"] {
            world.clock.advance(MINUTE);
            let order = world.office.orders().create(cid, &[world.ticket]).await.unwrap();
            world.clock.advance(MINUTE);
            let paid = world.office.payments().pay(cid, order.id, token).await;
            assert_eq!(paid.is_ok(), token == "tok_visa");
        }
        world
    }

    fn trail(&self) -> AuditTrail {
        HistorySearch::default().ticket(&self.office, self.ticket).unwrap().1
    }

    fn why(&self, question: Question) -> Vec<String> {
        let holds = holds(self.ticket, &self.trail().records);
        let listed = self.office.tickets().get(self.ticket).unwrap().created_at;
        question.answer(listed, &holds, None).into_iter().map(|answer| answer.text).collect()
    }
}

fn at(time: &str) -> Timestamp {
    format!("2027-01-01T{time}Z").parse().unwrap()
}

#[tokio::test]
async fn a_ticket_has_the_trails_of_its_orders() {
    let world = World::contested().await;
    let trail = world.trail();
    let told: Vec<_> = trail.records.iter().map(|record| words(record).what).collect();
    assert_eq!(
        told,
        [
            "“Hamlet” was listed for 20.00 USD",
            "One ticket held until 2027-01-01 12:16:00",
            "The hold ended at its deadline, unpaid",
            "One ticket held until 2027-01-01 12:32:00",
            "A payment of 20.00 USD began at sandbox",
            "The payment was declined: The card was declined",
            "The order ended: its payment was declined",
            "One ticket held until 2027-01-01 12:34:00",
            "A payment of 20.00 USD began at sandbox",
            "20.00 USD was paid",
        ]
    );
    assert!(trail.reach.is_all && trail.left_out == 0);
    let tones: Vec<_> = trail.records.iter().map(|record| words(record).tone).collect();
    assert_eq!((tones[1], tones[2], tones[9]), (Tone::Held, Tone::Ended, Tone::Good));
}

#[tokio::test]
async fn an_order_has_its_own_trail_and_nobody_elses() {
    let world = World::contested().await;
    let orders = holds(world.ticket, &world.trail().records);
    let (order, trail) = HistorySearch::default().order(&world.office, orders[1].order).unwrap();
    assert_eq!(order.buyer_id, world.buyers[1]);
    let names: Vec<_> = trail.records.iter().map(|record| record.event.name()).collect();
    assert_eq!(names, ["OrderCreated", "PaymentStarted", "ChargeFailed", "OrderCancelled"]);
}

#[tokio::test]
async fn why_somebody_did_not_get_the_seat() {
    let world = World::contested().await;
    let [bob, cid] = world.buyers;
    let ask = |buyer, at| world.why(Question { buyer, at });
    let sold = "Somebody has it: held from 2027-01-01 12:19:00 on, it was sold at 2027-01-01 12:20:00.";
    assert_eq!(ask(None, None), [sold]);
    let held = "They held it from 2027-01-01 12:01:00 to 2027-01-01 12:16:00: the hold ended at its deadline, unpaid.";
    assert_eq!(ask(Some(bob), None), [held]);
    let own = ask(Some(cid), None);
    assert_eq!(own.len(), 2, "{own:?}");
    assert!(own[0].ends_with("the payment was declined."), "{own:?}");
    let never = ask(Some(world.seller), Some(at("12:05:00")));
    assert!(never[0].starts_with("At 2027-01-01 12:05:00 somebody held it, from 2027-01-01 12:01:00 to"), "{never:?}");
    assert!(never[1].starts_with("This buyer never held it."), "{never:?}");
    assert_eq!(
        ask(None, Some(at("11:59:00"))),
        ["At 2027-01-01 11:59:00 it was not listed yet; that was at 2027-01-01 12:00:00."]
    );
    assert_eq!(ask(None, Some(at("12:16:30"))), ["At 2027-01-01 12:16:30 it was on sale and nobody held it."]);
    assert_eq!(ask(None, Some(at("12:30:00"))), ["At 2027-01-01 12:30:00 it was sold already."]);
}

#[tokio::test]
async fn what_its_seller_took_off_sale_nobody_gets() {
    let world = World::new().await;
    world.office.tickets().withdraw(world.seller, world.ticket, None).await.unwrap();
    let (ticket, trail) = HistorySearch::default().ticket(&world.office, world.ticket).unwrap();
    let gone = Some(ticket.updated_at);
    let answer = Question::default().answer(ticket.created_at, &holds(ticket.id, &trail.records), gone);
    assert_eq!(answer[0].text, "Nobody can have it: its seller took it off sale at 2027-01-01 12:01:00.");
    let later = Question { at: Some(at("12:30:00")), buyer: None };
    assert_eq!(
        later.answer(ticket.created_at, &[], gone)[0].text,
        "At 2027-01-01 12:30:00 its seller had taken it off sale."
    );
}

#[tokio::test]
async fn a_refund_that_returns_the_ticket_ends_its_hold() {
    let world = World::contested().await;
    let sold = holds(world.ticket, &world.trail().records).pop().unwrap();
    world.clock.advance(MINUTE);
    world.office.payments().refund(Actor::System, sold.order, true).await.unwrap();
    assert_eq!(world.why(Question::default()), ["Nobody has it: it is on sale."]);
    assert_eq!(world.why(Question { at: Some(at("12:20:30")), buyer: None }).len(), 1);
}
