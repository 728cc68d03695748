//! Sessions: how long a token is valid, and what ends it.

use std::time::Duration;

use boxoffice::{Code, KeyRing, UserUpdate};

use crate::support::{PASSWORD, World, bob, refused};

const WEEK: Duration = Duration::from_hours(7 * 24);

fn ring(byte: u8) -> KeyRing {
    KeyRing::new(&[byte; 32]).unwrap()
}

#[tokio::test]
async fn a_session_ends_by_itself() {
    let world = World::new();
    let bobs = world.sign_in(1).await;
    assert_eq!((bobs.session.user_id, bobs.session.expires_at), (bob(), world.now().plus(WEEK)));
    world.clock.advance(WEEK - Duration::from_millis(1));
    assert!(world.auth().authenticate(&bobs.token).is_ok());
    world.clock.advance(Duration::from_millis(1));
    let error = world.auth().authenticate(&bobs.token).unwrap_err();
    assert_eq!((error.code(), error.status_code()), (Code::AuthRequired, 401));
}

#[tokio::test]
async fn a_session_is_as_long_as_the_builder_says() {
    let world = World::with(|builder| builder.session_length(Duration::from_mins(1)));
    let bobs = world.sign_in(1).await;
    world.clock.advance(Duration::from_mins(1));
    assert_eq!(refused(world.auth().authenticate(&bobs.token)), Code::AuthRequired);
}

#[tokio::test]
async fn signing_out_ends_the_session_for_whoever_has_its_token() {
    let world = World::new();
    let (one, other) = (world.sign_in(1).await, world.sign_in(1).await);
    let head = world.head();
    world.auth().sign_out(&one.session).await.unwrap();
    world.auth().sign_out(&one.session).await.unwrap();
    assert_eq!(world.events_after(head), ["SessionRevoked"]);
    // Once from the journal's tail, once from the checkpoint. The previous restart made both.
    let mut world = world;
    for _ in 0..3 {
        assert_eq!(refused(world.auth().authenticate(&one.token)), Code::AuthRequired);
        assert!(world.auth().authenticate(&other.token).is_ok(), "the other session goes on");
        world.close().await.unwrap();
        world = world.reopen();
    }
    world.clock.advance(WEEK);
    assert_eq!(refused(world.auth().authenticate(&one.token)), Code::AuthRequired);
    world.auth().sign_out(&other.session).await.unwrap();
    assert_eq!(world.events_after(head), ["SessionRevoked"], "what has ended by itself needs no end");
}

#[tokio::test]
async fn a_new_password_ends_every_other_session() {
    let world = World::new();
    let (one, other) = (world.sign_in(1).await, world.sign_in(1).await);
    let update = UserUpdate::new(PASSWORD).password("battery staple");
    let changed = world.auth().update_user(&one.session, update).await.unwrap();
    assert_eq!(changed.session.session_id, one.session.session_id);
    let world = world.reopen();
    assert!(world.auth().authenticate(&changed.token).is_ok());
    for ended in [&one, &other] {
        assert_eq!(refused(world.auth().authenticate(&ended.token)), Code::AuthRequired);
    }
    // A session from before the change can't change anything either, even with the new password.
    let late = UserUpdate::new("battery staple").password("battery staple");
    assert_eq!(refused(world.auth().update_user(&other.session, late).await), Code::AuthRequired);
}

#[tokio::test]
async fn tokens_of_another_key_ring_are_worth_nothing_and_a_rotated_key_signs_nobody_out() {
    let world = World::with(|builder| builder.key_ring(ring(1)));
    let old = world.sign_in(1).await.token;
    let world = world.reopen_with(|builder| builder.key_ring(ring(2)));
    assert_eq!(refused(world.auth().authenticate(&old)), Code::AuthRequired);
    let world = world.reopen_with(|builder| builder.key_ring(ring(2).with_previous(&[1; 32]).unwrap()));
    assert_eq!(world.auth().authenticate(&old).unwrap().user_id, bob());
    let new = world.sign_in(1).await.token;
    let world = world.reopen_with(|builder| builder.key_ring(ring(2)));
    assert_eq!(world.auth().authenticate(&new).unwrap().user_id, bob());
    assert_eq!(refused(world.auth().authenticate(&old)), Code::AuthRequired);
}

#[tokio::test]
async fn the_key_in_the_directory_outlives_restarts() {
    let world = World::new();
    let token = world.sign_in(1).await.token;
    let world = world.reopen();
    assert!(world.auth().authenticate(&token).is_ok());
    let world = world.reopen_after(|dir| std::fs::remove_file(dir.join("jwt.key")).unwrap());
    assert_eq!(refused(world.auth().authenticate(&token)), Code::AuthRequired);
}

#[tokio::test]
async fn a_token_that_was_touched_is_worth_nothing() {
    let world = World::new();
    let token = world.sign_in(1).await.token;
    for at in [0, token.len() / 2, token.len() - 2] {
        let mut bytes = token.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let touched = String::from_utf8(bytes).unwrap();
        assert_eq!(refused(world.auth().authenticate(&touched)), Code::AuthRequired, "{at}");
    }
    for nonsense in ["", ".", "..", &format!("{token}.x"), &token[..token.len() - 1]] {
        assert_eq!(refused(world.auth().authenticate(nonsense)), Code::AuthRequired);
    }
}
