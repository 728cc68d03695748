//! Smoke.
use boxoffice::*;
use std::sync::Arc;
#[tokio::test]
async fn smoke() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(testing::ManualClock::at("2027-01-01T12:00:00Z".parse().unwrap()));
    let office = BoxOffice::builder().clock(clock.clone()).open(dir.path()).unwrap();
    let ann = office.auth().sign_up(SignUp::new("ann@example.com", "correct horse")).await.unwrap();
    let bob = office.auth().sign_up(SignUp::new("bob@example.com", "battery staple")).await.unwrap().user;
    assert_eq!(office.auth().authenticate(&ann.token).unwrap().user_id, ann.user.id);
    let ticket = office.tickets().create(ann.user.id, NewTicket::new("Hamlet", "19.99")).await.unwrap();
    let order = office.orders().create(bob.id, &[ticket.id]).await.unwrap();
    let refused = office.orders().create(bob.id, &[ticket.id]).await.unwrap_err();
    assert_eq!(refused.code(), "ticket.locked");
    let mut sub = office.journal().subscribe(1);
    clock.advance(std::time::Duration::from_secs(900));
    loop {
        let r = sub.next().await.unwrap();
        println!("{}", serde_json::to_string(&r).unwrap());
        if r.event.name() == "OrderExpired" {
            break;
        }
    }
    assert_eq!(office.orders().get(bob.id, order.id).unwrap().status.as_str(), "expired");
    let order = office.orders().create(bob.id, &[ticket.id]).await.unwrap();
    let charge = office.payments().pay(bob.id, order.id, "tok_visa").await.unwrap();
    assert_eq!(charge.status.as_str(), "succeeded");
    let charge = office.payments().refund(Actor::User(ann.user.id), order.id, true).await.unwrap();
    assert_eq!(charge.status.as_str(), "refunded");
    let order = office.orders().create(bob.id, &[ticket.id]).await.unwrap();
    let declined = office.payments().pay(bob.id, order.id, "tok_chargeDeclined").await.unwrap_err();
    println!("{declined}");
    let order = office.orders().create(bob.id, &[ticket.id]).await.unwrap();
    let charge = office.payments().pay(bob.id, order.id, "tok_timeoutCharged").await.unwrap();
    assert_eq!(charge.status.as_str(), "succeeded");
    println!("{:?}", office.journal().verify(&mut |_, _| {}).unwrap());
    println!("{:?}", office.stats());
    office.close().await.unwrap();
    assert_eq!(office.orders().cancel(bob.id, order.id).await.unwrap_err().code(), "engine.closed");
    drop(sub);
    drop(office);
    let office = BoxOffice::open(dir.path()).unwrap();
    println!("{:?}", office.stats());
    assert_eq!(office.tickets().get(ticket.id).unwrap().status.as_str(), "sold");
}
