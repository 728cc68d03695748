//! Balances, entries, fees and payouts.

use boxoffice::{
    Actor, BalanceEntry, BoxOffice, Builder, Code, Currency, FeePolicy, LedgerQuery, Money, NewPayout, NewTicket,
    UserId,
};

use crate::support::{World, ann, bob, cat, dan, email, key, refused};

/// Sets a fee of 2.5 % and 30 cents.
fn with_fees(builder: Builder) -> Builder {
    let fixed = Money::from_minor(30, Currency::USD).unwrap();
    builder.fees(FeePolicy::percent("2.5").unwrap().and_fixed(fixed).unwrap())
}

/// Returns all entries of a seller, newest first, read in pages of `limit`.
fn entries(office: &BoxOffice, seller: UserId, limit: usize) -> Vec<BalanceEntry> {
    let mut query = LedgerQuery::new().limit(limit);
    let mut all = Vec::new();
    loop {
        let page = office.ledger().entries(Actor::User(seller), seller, &query).unwrap();
        all.extend(page.items);
        match page.next {
            Some(cursor) => query.cursor = Some(cursor),
            None => return all,
        }
    }
}

/// Returns the amount that a seller is owed, in their only currency.
fn owed(office: &BoxOffice, seller: UserId) -> String {
    office.ledger().balance(Actor::User(seller), seller).unwrap()[0].owed.to_string()
}

#[tokio::test]
async fn balances_and_entries_are_the_same_after_a_restart_a_checkpoint_and_a_replay() {
    let world = World::with(with_fees);
    world.auth().set_operator(&email(3), true).await.unwrap();
    for _ in 0..3 {
        world.sold().await;
    }
    let (_, order) = world.sold().await;
    world.payments().refund(Actor::User(ann()), order.id, false).await.unwrap();
    let payout = NewPayout::new("20", "SEPA 1");
    world.ledger().record_payout(Actor::User(dan()), ann(), payout).await.unwrap();

    let before = entries(&world, ann(), 100);
    let kinds: Vec<_> = before.iter().map(|entry| entry.kind.as_str()).collect();
    assert_eq!(kinds, ["payout", "refund", "sale", "sale", "sale", "sale"]);
    let amounts: Vec<_> = before.iter().map(|entry| entry.amount.decimal()).collect();
    assert_eq!(amounts, ["-20.00", "-19.19", "19.19", "19.19", "19.19", "19.19"]);
    assert_eq!(owed(&world, ann()), "37.57 USD");
    assert_eq!(entries(&world, ann(), 1), before);

    // Half of it in the file, half of it in memory.
    world.close().await.unwrap();
    let world = world.reopen();
    world.sold().await;
    let all = entries(&world, ann(), 2);
    assert_eq!((all.len(), &all[1..]), (7, &before[..]));
    let world = world.reopen();
    assert_eq!(entries(&world, ann(), 3), all);
    let world = world.reopen_after(|dir| std::fs::remove_file(dir.join("views.redb")).unwrap());
    assert_eq!((entries(&world, ann(), 3), owed(&world, ann())), (all.clone(), "56.76 USD".to_owned()));
    world.compact().unwrap();
    assert_eq!(entries(&world, ann(), 3), all);
}

#[tokio::test]
async fn another_policy_changes_only_what_comes() {
    let world = World::with(with_fees);
    let (_, order) = world.sold().await;
    let world = world.reopen_with(|builder| builder);
    assert_eq!(owed(&world, ann()), "19.19 USD");
    world.sold().await;
    assert_eq!(owed(&world, ann()), "39.18 USD");
    world.payments().refund(Actor::User(ann()), order.id, false).await.unwrap();
    assert_eq!(owed(&world, ann()), "19.99 USD");
}

#[tokio::test]
async fn parts_go_back_from_all_in_proportion() {
    let world = World::with(with_fees);
    let ticket = world.ticket().await;
    let other = world.tickets().create(dan(), NewTicket::new("Hamlet", "5")).await.unwrap().id;
    let order = world.orders().create(bob(), &[ticket, other]).await.unwrap();
    world.payments().pay(bob(), order.id, "tok_visa").await.unwrap();
    for part in ["0.01", "7", "17.98"] {
        world.payments().refund_part(Actor::System, order.id, part).await.unwrap();
        let platform = world.ledger().platform(Actor::System).unwrap();
        assert_eq!(platform.iter().map(|it| it.difference().minor()).collect::<Vec<_>>(), [0]);
    }
    assert_eq!((owed(&world, ann()), owed(&world, dan())), ("0.00 USD".to_owned(), "0.00 USD".to_owned()));
    let platform = world.ledger().platform(Actor::System).unwrap()[0];
    assert_eq!((platform.processor.minor(), platform.fees.minor()), (0, 0));
}

#[tokio::test]
async fn payouts_are_operators_business_and_recorded_once() {
    let world = World::new();
    world.auth().set_operator(&email(3), true).await.unwrap();
    world.sold().await;
    let pay = |actor, seller, amount: &str| {
        let ledger = world.ledger().idempotency_key(key(&format!("{actor:?} {seller} {amount}").replace(' ', "-")));
        let payout = NewPayout::new(amount, "SEPA 1");
        async move { ledger.record_payout(actor, seller, payout).await }
    };
    let nobody = UserId::from_bytes([9; 16]);
    assert_eq!(refused(pay(Actor::User(ann()), ann(), "1").await), Code::AuthOperatorRequired);
    assert_eq!(refused(pay(Actor::User(dan()), nobody, "1").await), Code::AuthUserNotFound);
    assert_eq!(refused(pay(Actor::User(dan()), ann(), "20").await), Code::PayoutExceedsBalance);
    assert_eq!(refused(pay(Actor::User(dan()), ann(), "0").await), Code::Validation);
    let first = pay(Actor::User(dan()), ann(), "19.99").await.unwrap();
    assert_eq!(pay(Actor::User(dan()), ann(), "19.99").await.unwrap(), first);
    assert_eq!(owed(&world, ann()), "0.00 USD");
    let asked = world.ledger().balance(Actor::User(cat()), ann());
    assert_eq!(refused(asked), Code::AuthOperatorRequired);
    assert_eq!(refused(world.ledger().platform(Actor::User(ann()))), Code::AuthOperatorRequired);
    assert_eq!(refused(world.ledger().statement_csv(Actor::User(cat()), ann()).map(drop)), Code::AuthOperatorRequired);
}
