//! Signing up, in and out, updating and erasing users.

use std::fs;
use std::net::IpAddr;
use std::time::Duration;

use boxoffice::{Code, DomainEvent, SignIn, SignUp, UserUpdate};

use crate::support::{HOLD, PASSWORD, World, ann, bob, email, person, refused};

fn update(current: &str, email: Option<&str>, password: Option<&str>) -> UserUpdate {
    let mut update = UserUpdate::new(current);
    update.email = email.map(str::to_owned);
    update.password = password.map(str::to_owned);
    update
}

async fn may_sign_in(world: &World, email: &str, password: &str) -> bool {
    match world.auth().sign_in(SignIn::new(email, password)).await {
        Ok(_) => true,
        Err(error) => {
            assert_eq!(error.code(), Code::AuthInvalidCredentials);
            false
        }
    }
}

#[tokio::test]
async fn whoever_signs_up_is_signed_in() {
    let world = World::new();
    let eve = world.auth().sign_up(SignUp::new("Eve@Example.com", "battery staple")).await.unwrap();
    assert_eq!((eve.user.email.as_str(), eve.user.operator, eve.user.version), ("Eve@Example.com", false, 1));
    let session = world.auth().authenticate(&eve.token).unwrap();
    assert_eq!(session, eve.session);
    assert_eq!(world.auth().current_user(&session).unwrap(), eve.user);
}

#[tokio::test]
async fn an_email_is_the_same_in_any_case() {
    let world = World::new();
    let again = world.auth().sign_up(SignUp::new(email(1).to_uppercase(), "battery staple")).await;
    assert_eq!(refused(again), Code::AuthEmailTaken);
    let bobs = world.auth().sign_in(SignIn::new(email(1).to_uppercase(), PASSWORD)).await.unwrap();
    assert_eq!((bobs.user.id, bobs.user.email), (bob(), email(1)));
}

#[tokio::test]
async fn a_mailbox_is_one_whichever_way_its_domain_is_written() {
    let world = World::new();
    let sign_up = async |email: &str| world.auth().sign_up(SignUp::new(email, PASSWORD)).await;
    let zoe = sign_up("zoe@bücher.example").await.unwrap().user;
    assert_eq!(zoe.email, "zoe@bücher.example");
    for same in ["zoe@xn--bcher-kva.example", "ZOE@BÜCHER.example", "zoe@bu\u{308}cher.example"] {
        assert_eq!(refused(sign_up(same).await), Code::AuthEmailTaken, "{same}");
        assert_eq!(world.auth().sign_in(SignIn::new(same, PASSWORD)).await.unwrap().user.id, zoe.id, "{same}");
    }
    // These are two people.
    let one = sign_up("straße@example.de").await.unwrap().user.id;
    let other = sign_up("strasse@example.de").await.unwrap().user.id;
    assert_ne!(one, other);
    for (email, id) in [("STRAßE@example.de", one), ("Strasse@example.de", other)] {
        assert_eq!(world.auth().sign_in(SignIn::new(email, PASSWORD)).await.unwrap().user.id, id, "{email}");
    }
    let session = world.auth().sign_in(SignIn::new("strasse@example.de", PASSWORD)).await.unwrap().session;
    let taken = world.auth().update_user(&session, update(PASSWORD, Some("straße@example.de"), None)).await;
    assert_eq!(refused(taken), Code::AuthEmailTaken);
    assert_eq!(refused(sign_up("z\u{200b}oe@example.com").await), Code::Validation);
    world.assert_clean();
}

#[tokio::test]
async fn a_password_is_the_same_on_every_keyboard() {
    let world = World::new();
    world.auth().sign_up(SignUp::new("eve@example.com", "cafe\u{301} au lait")).await.unwrap();
    assert!(may_sign_in(&world, "eve@example.com", "caf\u{e9}\u{a0}au\u{3000}lait").await);
    assert!(!may_sign_in(&world, "eve@example.com", "Caf\u{e9} au lait").await);
    for bad in ["tab\tstop12", "zero\u{200b}width", "line\nbreak"] {
        assert_eq!(
            refused(world.auth().sign_up(SignUp::new("eva@example.com", bad)).await),
            Code::Validation,
            "{bad:?}"
        );
    }
}

#[tokio::test]
async fn what_a_sign_up_must_have() {
    let world = World::new();
    let head = world.head();
    let error = world.auth().sign_up(SignUp::new("nobody", "short")).await.unwrap_err();
    let fields: Vec<_> = error.serialize_errors().into_iter().filter_map(|fault| fault.field).collect();
    assert_eq!(fields, ["email", "password"]);
    let long = world.auth().sign_up(SignUp::new("eve@example.com", "x".repeat(129))).await;
    assert_eq!(refused(long), Code::Validation);
    assert_eq!(world.head(), head);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_sign_ups_with_one_email_one_gets_it() {
    let world = World::new();
    let attempts: Vec<_> = (0..8)
        .map(|_| {
            let auth = world.auth();
            tokio::spawn(async move { auth.sign_up(SignUp::new("eve@example.com", "battery staple")).await })
        })
        .collect();
    let mut won = 0;
    for attempt in attempts {
        match attempt.await.unwrap() {
            Ok(_) => won += 1,
            Err(error) => assert_eq!(error.code(), Code::AuthEmailTaken),
        }
    }
    assert_eq!(won, 1);
}

#[tokio::test]
async fn unknown_emails_and_wrong_passwords_are_one_refusal() {
    let world = World::new();
    let mut shown = Vec::new();
    for (email, password) in
        [(email(1), "wrong password"), ("nobody@example.com".to_owned(), PASSWORD), ("no email".to_owned(), PASSWORD)]
    {
        let error = world.auth().sign_in(SignIn::new(email, password)).await.unwrap_err();
        assert_eq!((error.code(), error.status_code()), (Code::AuthInvalidCredentials, 401));
        shown.push(error.serialize_errors());
    }
    assert!(shown.iter().all(|errors| *errors == shown[0]));
}

#[tokio::test]
async fn guessing_is_slowed_down_until_time_has_passed() {
    let world = World::new();
    for _ in 0..5 {
        assert!(!may_sign_in(&world, &email(1), "wrong password").await);
    }
    let limited = world.auth().sign_in(SignIn::new(email(1), PASSWORD)).await.unwrap_err();
    assert_eq!((limited.code(), limited.status_code()), (Code::RateLimited, 429));
    assert!(may_sign_in(&world, &email(2), PASSWORD).await, "others are let in");
    world.clock.advance(limited.retry_after().unwrap() - Duration::from_millis(1));
    assert_eq!(refused(world.auth().sign_in(SignIn::new(email(1), PASSWORD)).await), Code::RateLimited);
    world.clock.advance(Duration::from_millis(1));
    assert!(may_sign_in(&world, &email(1), PASSWORD).await);
    assert!(!may_sign_in(&world, &email(1), "wrong password").await, "success has made good");
}

#[tokio::test]
async fn an_address_that_guesses_at_many_accounts_is_slowed_down() {
    let world = World::new();
    let client = Some(IpAddr::from([192, 0, 2, 1]));
    for at in 0..20 {
        let sign_in = SignIn::new(email(at), "wrong password").client(client);
        assert_eq!(refused(world.auth().sign_in(sign_in).await), Code::AuthInvalidCredentials);
    }
    let sign_in = SignIn::new(email(30), PASSWORD).client(client);
    assert_eq!(refused(world.auth().sign_in(sign_in).await), Code::RateLimited);
    assert!(may_sign_in(&world, &email(30), PASSWORD).await, "from elsewhere");
}

#[tokio::test]
async fn a_new_email_frees_the_old_one() {
    let world = World::new();
    let bobs = world.sign_in(1).await;
    let head = world.head();
    let changed =
        world.auth().update_user(&bobs.session, update(PASSWORD, Some("bob@example.org"), None)).await.unwrap();
    assert_eq!((changed.user.id, changed.user.email.as_str(), changed.user.version), (bob(), "bob@example.org", 2));
    assert_eq!(world.events_after(head), ["UserUpdated"]);
    assert!(world.auth().authenticate(&bobs.token).is_ok(), "a new email ends no session");
    assert!(!may_sign_in(&world, &email(1), PASSWORD).await);
    let heir = world.auth().sign_up(SignUp::new(email(1), "battery staple")).await.unwrap();
    assert_ne!(heir.user.id, bob());
    assert!(may_sign_in(&world, "bob@example.org", PASSWORD).await);
    let back = world.auth().update_user(&bobs.session, update(PASSWORD, Some(&email(1)), None)).await;
    assert_eq!(refused(back), Code::AuthEmailTaken);
}

#[tokio::test]
async fn ones_own_email_in_another_case_is_not_taken() {
    let world = World::new();
    let bobs = world.sign_in(1).await;
    let louder = email(1).to_uppercase();
    let changed = world.auth().update_user(&bobs.session, update(PASSWORD, Some(&louder), None)).await.unwrap();
    assert_eq!(changed.user.email, louder);
    assert!(may_sign_in(&world, &email(1), PASSWORD).await);
    assert_eq!(refused(world.auth().sign_up(SignUp::new(email(1), PASSWORD)).await), Code::AuthEmailTaken);
}

#[tokio::test]
async fn a_change_needs_the_current_password_and_something_to_change() {
    let world = World::new();
    let bobs = world.sign_in(1).await;
    let error = world
        .auth()
        .update_user(&bobs.session, update("wrong password", None, Some("new password")))
        .await
        .unwrap_err();
    assert_eq!(
        (error.code(), error.serialize_errors()[0].field.as_deref()),
        (Code::AuthInvalidCredentials, Some("currentPassword"))
    );
    assert_eq!(refused(world.auth().update_user(&bobs.session, update(PASSWORD, None, None)).await), Code::Validation);
    assert_eq!(
        refused(world.auth().update_user(&bobs.session, update(PASSWORD, None, Some("short"))).await),
        Code::Validation
    );
}

#[tokio::test]
async fn nobody_leaves_while_trading() {
    let world = World::new();
    let (anns, bobs) = (world.sign_in(0).await.session, world.sign_in(1).await.session);
    let (ticket, order) = world.held().await;
    assert_eq!(refused(world.auth().erase_user(&anns, PASSWORD).await), Code::AuthStillTrading);
    assert_eq!(refused(world.auth().erase_user(&bobs, PASSWORD).await), Code::AuthStillTrading);
    world.orders().cancel(bob(), order.id).await.unwrap();
    world.auth().erase_user(&bobs, PASSWORD).await.unwrap();
    assert_eq!(refused(world.auth().erase_user(&anns, PASSWORD).await), Code::AuthStillTrading);
    world.tickets().withdraw(ann(), ticket, None).await.unwrap();
    world.auth().erase_user(&anns, PASSWORD).await.unwrap();
}

#[tokio::test]
async fn holds_that_have_expired_do_not_keep_anybody() {
    let world = World::new();
    world.held().await;
    world.clock.advance(HOLD);
    let bobs = world.sign_in(1).await.session;
    world.auth().erase_user(&bobs, PASSWORD).await.unwrap();
}

#[tokio::test]
async fn who_has_left_leaves_no_personal_data() {
    let world = World::new();
    let bobs = world.sign_in(1).await;
    let (_, order) = world.sold().await;
    let head = world.head();
    assert_eq!(refused(world.auth().erase_user(&bobs.session, "wrong password").await), Code::AuthInvalidCredentials);
    world.auth().erase_user(&bobs.session, PASSWORD).await.unwrap();
    let world = world.reopen();
    assert_eq!(world.events_after(head), ["UserErased"]);
    assert_eq!(refused(world.auth().authenticate(&bobs.token)), Code::AuthRequired);
    assert_eq!(refused(world.auth().current_user(&bobs.session)), Code::AuthRequired);
    assert_eq!(refused(world.auth().sign_out(&bobs.session).await), Code::AuthRequired);
    let change = world.auth().update_user(&bobs.session, update(PASSWORD, None, Some("new password"))).await;
    assert_eq!(refused(change), Code::AuthRequired);
    let ticket = world.ticket().await;
    assert_eq!(refused(world.orders().create(bob(), &[ticket]).await), Code::AuthRequired);
    assert!(!may_sign_in(&world, &email(1), PASSWORD).await);
    // The order is still in the journal, under the id of an erased user.
    assert_eq!(world.of_order(&order), "complete");
    let heir = world.auth().sign_up(SignUp::new(email(1), PASSWORD)).await.unwrap();
    assert_ne!(heir.user.id, bob());
    assert!(world.auth().authenticate(&bobs.token).is_err(), "the heir's account is another");
}

#[tokio::test]
async fn from_where_somebody_came_is_erased_with_them() {
    let world = World::new();
    let file = world.path().join("known.places");
    let from_bobs = world.auth().device("bob's phone").address(IpAddr::from([192, 0, 2, 1]));
    let bobs = from_bobs.sign_in(SignIn::new(email(1), PASSWORD)).await.unwrap();
    drop(from_bobs);
    let anns = world.auth().device("ann's phone").sign_in(SignIn::new(email(0), PASSWORD)).await.unwrap();
    let holds = |id: boxoffice::UserId| fs::read(&file).unwrap().windows(16).any(|part| part == id.as_bytes());
    assert!(holds(bob()) && holds(ann()));
    let before = fs::read(&file).unwrap();
    world.auth().erase_user(&bobs.session, PASSWORD).await.unwrap();
    assert!(!holds(bob()) && holds(ann()));
    // As if the process had died between the journal and the file.
    let world = world.reopen_after(|_| fs::write(&file, before).unwrap());
    assert!(!holds(bob()) && holds(ann()));
    world.auth().erase_user(&anns.session, PASSWORD).await.unwrap();
    assert!(!holds(ann()));
}

#[tokio::test]
async fn the_operator_role_is_given_and_taken_in_the_journal() {
    let world = World::new();
    let head = world.head();
    let session = world.sign_in(4).await;
    assert!(world.auth().set_operator(&email(4).to_uppercase(), true).await.unwrap().operator);
    assert!(world.auth().set_operator(&email(4), true).await.unwrap().operator, "twice is as once");
    assert!(world.auth().authenticate(&session.token).unwrap().operator, "at once, for sessions that exist");
    let world = world.reopen();
    assert!(world.auth().authenticate(&session.token).unwrap().operator);
    assert!(!world.auth().set_operator(&email(4), false).await.unwrap().operator);
    assert!(!world.auth().authenticate(&session.token).unwrap().operator);
    let records = world.journal().read(head + 1, 10).unwrap();
    let roles = records.iter().map(|record| match &record.event {
        DomainEvent::UserUpdated(event) if event.user_id == person(4) => (record.actor.user(), event.operator),
        other => panic!("{other:?}"),
    });
    assert_eq!(roles.collect::<Vec<_>>(), [(None, true), (None, false)]);
    assert_eq!(refused(world.auth().set_operator("nobody@example.com", true).await), Code::AuthUserNotFound);
    assert_eq!(refused(world.auth().set_operator("no email", true).await), Code::Validation);
}

#[tokio::test]
async fn nobody_and_the_system_neither_sell_nor_buy() {
    let world = World::new();
    let nobody = boxoffice::UserId::from_bytes([7; 16]);
    let ticket = world.ticket().await;
    assert_eq!(refused(world.orders().create(nobody, &[ticket]).await), Code::AuthRequired);
    let listed = world.tickets().create(nobody, boxoffice::NewTicket::new("Hamlet", "1")).await;
    assert_eq!(refused(listed), Code::AuthRequired);
}
