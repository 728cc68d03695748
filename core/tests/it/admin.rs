//! Operators' queries through the admin API.

use std::time::Duration;

use boxoffice::{Actor, Code, UserId, UserUpdate};

use crate::support::{PASSWORD, World, bob, cat, email, refused, start};

#[tokio::test]
async fn the_admin_api_is_for_operators() {
    let world = World::new();
    let (_, order) = world.held().await;
    let admin = world.admin();
    let stranger = Actor::User(bob());
    assert_eq!(refused(admin.open_orders(stranger, 10)), Code::AuthOperatorRequired);
    assert_eq!(refused(admin.order(stranger, order.id)), Code::AuthOperatorRequired);
    assert_eq!(refused(admin.user(stranger, bob())), Code::AuthOperatorRequired, "not even who they are themselves");
    assert_eq!(refused(admin.user_by_email(stranger, &email(1))), Code::AuthOperatorRequired);
    assert_eq!(refused(admin.sellers(stranger, 10)), Code::AuthOperatorRequired);
    world.auth().set_operator(&email(1), true).await.unwrap();
    assert!(admin.user(stranger, bob()).unwrap().operator);
    assert_eq!(admin.open_orders(stranger, 10).unwrap(), [order]);
}

#[tokio::test]
async fn accounts_by_id_and_by_email() {
    let world = World::new();
    let admin = world.admin();
    let account = admin.user(Actor::System, bob()).unwrap();
    assert_eq!((account.id, account.email.as_deref(), account.version), (bob(), Some(email(1).as_str()), 1));
    assert_eq!((account.operator, account.created_at), (false, start()));
    assert_eq!(admin.user_by_email(Actor::System, &email(1).to_uppercase()).unwrap(), account);
    let session = world.sign_in(1).await.session;
    let update = UserUpdate::new(PASSWORD).email("new@example.com");
    let session = world.auth().update_user(&session, update).await.unwrap().session;
    assert_eq!(refused(admin.user_by_email(Actor::System, &email(1))), Code::AuthUserNotFound, "it is nobody's now");
    assert_eq!(admin.user_by_email(Actor::System, "new@example.com").unwrap().id, bob());
    world.auth().erase_user(&session, PASSWORD).await.unwrap();
    assert_eq!(refused(admin.user_by_email(Actor::System, "new@example.com")), Code::AuthUserNotFound);
    assert_eq!(admin.user(Actor::System, bob()).unwrap().email, None, "the account stays, without the person");
    assert_eq!(refused(admin.user(Actor::System, UserId::from_bytes([7; 16]))), Code::AuthUserNotFound);
    assert_eq!(refused(admin.user_by_email(Actor::System, "no email")), Code::Validation);
}

#[tokio::test]
async fn open_orders_come_by_their_deadlines() {
    let world = World::new();
    let tickets = world.list(3).await;
    let mut orders = Vec::new();
    for (at, buyer) in [bob(), cat(), bob()].into_iter().enumerate() {
        orders.push(world.orders().create(buyer, &tickets[at..=at]).await.unwrap());
        world.clock.advance(Duration::from_secs(1));
    }
    let open = |limit| world.admin().open_orders(Actor::System, limit).unwrap();
    assert_eq!(open(10), orders);
    assert_eq!(open(2), orders[..2]);
    world.orders().cancel(bob(), orders[0].id).await.unwrap();
    world.payments().pay(cat(), orders[1].id, "tok_visa").await.unwrap();
    assert_eq!(open(10), orders[2..], "who has paid or given up holds nothing");
    let world = world.reopen();
    assert_eq!(world.admin().open_orders(Actor::System, 10).unwrap(), orders[2..]);
}
