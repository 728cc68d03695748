//! Tests of the auth domain, as given, when, then.

use super::Rejection;
use crate::domain::VaultChange;
use crate::domain::testing::*;
use crate::event::{DomainEvent, SessionRevoked, UserCreated, UserErased, UserUpdated};

fn updated(number: u64, change: impl FnOnce(&mut UserUpdated)) -> DomainEvent {
    let mut event =
        UserUpdated { user_id: user(number), email_changed: false, password_changed: false, operator: false, epoch: 1 };
    change(&mut event);
    DomainEvent::UserUpdated(event)
}

fn erased(number: u64) -> Scenario {
    market().has(erase(number))
}

#[test]
fn a_free_email_signs_up() {
    let scenario =
        nothing().at(5).when(sign_up(1)).then_events([DomainEvent::UserCreated(UserCreated { user_id: user(1) })]);
    let user = scenario.user(1);
    assert_eq!((user.version, user.epoch, user.operator, user.erased), (1, 1, false, false));
    assert_eq!((user.created_at, user.updated_at), (ms(5), ms(5)));
}

#[test]
fn sign_up_puts_personal_data_into_the_vault_only() {
    let told = nothing().when(sign_up(1));
    let Ok(decision) = &told.decision else { panic!("{told:?}") };
    let Some(VaultChange::Put { user_id, email: Some((key, email)), password_hash: Some(hash) }) = &decision.vault
    else {
        panic!("{decision:?}")
    };
    assert_eq!((*user_id, *key, email.as_str(), hash.as_str()), (user(1), email_key(1), "user1@example.com", "hash"));
    assert!(!format!("{:?} {:?}", told.command, decision).contains("example.com"));
}

#[test]
fn an_email_in_use_does_not_sign_up() {
    nothing().email_of(2).when(sign_up(1)).then_refused(Rejection::EmailTaken);
}

#[test]
fn a_new_password_ends_the_sessions_of_earlier_epochs() {
    let event = updated(BUYER, |event| (event.password_changed, event.epoch) = (true, 2));
    let scenario = market().when(update_user(BUYER, 1, None, Some("new"))).then_events([event]);
    scenario.when(update_user(BUYER, 1, None, Some("newer"))).then_refused(Rejection::SessionEnded);
    scenario.when(update_user(BUYER, 3, None, Some("newer"))).then_refused(Rejection::SessionEnded);
    assert_eq!(scenario.has(update_user(BUYER, 2, None, Some("newer"))).user(BUYER).epoch, 3);
}

#[test]
fn a_new_email_ends_no_session() {
    let told = market().when(update_user(BUYER, 1, Some(7), None));
    let Ok(decision) = &told.decision else { panic!("{told:?}") };
    assert!(matches!(&decision.vault, Some(VaultChange::Put { email: Some((key, _)), password_hash: None, .. })
        if *key == email_key(7)));
    let scenario = told.then_events([updated(BUYER, |event| event.email_changed = true)]);
    assert_eq!((scenario.user(BUYER).epoch, scenario.user(BUYER).version), (1, 2));
}

#[test]
fn email_and_password_change_together() {
    let event = updated(BUYER, |event| (event.email_changed, event.password_changed, event.epoch) = (true, true, 2));
    market().when(update_user(BUYER, 1, Some(7), Some("new"))).then_events([event]);
}

#[test]
fn an_update_leaves_the_role_as_it_is() {
    let scenario = market().has(update_user(OPERATOR, 1, None, Some("new")));
    assert!(scenario.user(OPERATOR).operator);
}

#[test]
fn the_email_that_one_has_is_not_taken() {
    market()
        .email_of(BUYER)
        .when(update_user(BUYER, 1, Some(BUYER), None))
        .then_events([updated(BUYER, |event| event.email_changed = true)]);
}

#[test]
fn the_email_of_another_is_taken() {
    let scenario = market().email_of(RIVAL);
    scenario.when(update_user(BUYER, 1, Some(RIVAL), None)).then_refused(Rejection::EmailTaken);
    scenario.when(update_user(BUYER, 1, Some(RIVAL), Some("new"))).then_refused(Rejection::EmailTaken);
}

#[test]
fn an_update_without_a_change_changes_nothing() {
    let told = market().when(update_user(BUYER, 1, None, None));
    assert!(told.decision.as_ref().is_ok_and(|decision| decision.vault.is_none()));
    told.then_nothing();
}

#[test]
fn an_update_is_refused_in_this_order() {
    check_refused([
        (erased(BUYER).email_of(RIVAL), update_user(BUYER, 9, Some(RIVAL), None), Rejection::UserNotFound),
        (market().email_of(RIVAL), update_user(UNKNOWN, 9, Some(RIVAL), None), Rejection::UserNotFound),
        (market().email_of(RIVAL), update_user(BUYER, 9, Some(RIVAL), None), Rejection::SessionEnded),
        (market(), update_user(BUYER, 9, None, None), Rejection::SessionEnded),
        (market().email_of(RIVAL), update_user(BUYER, 1, Some(RIVAL), None), Rejection::EmailTaken),
    ]);
}

#[test]
fn the_operator_role_is_given_and_taken_once() {
    let given = market().when(set_operator(BUYER, true)).then_events([updated(BUYER, |event| event.operator = true)]);
    let given = given.when(set_operator(BUYER, true)).then_nothing();
    let taken = given.when(set_operator(BUYER, false)).then_events([updated(BUYER, |_| ())]);
    taken.when(set_operator(BUYER, false)).then_nothing();
    assert_eq!(taken.user(BUYER).epoch, 1, "a role ends no session");
}

#[test]
fn only_existing_users_get_a_role() {
    check_refused([
        (market(), set_operator(UNKNOWN, true), Rejection::UserNotFound),
        (erased(BUYER), set_operator(BUYER, false), Rejection::UserNotFound),
    ]);
}

#[test]
fn erasing_empties_the_vault_and_takes_the_role() {
    let told = market().when(erase(OPERATOR));
    let Ok(decision) = &told.decision else { panic!("{told:?}") };
    assert!(matches!(decision.vault, Some(VaultChange::Erase { user_id }) if user_id == user(OPERATOR)));
    let scenario = told.then_events([DomainEvent::UserErased(UserErased { user_id: user(OPERATOR) })]);
    assert!(scenario.user(OPERATOR).erased && !scenario.user(OPERATOR).operator);
}

#[test]
fn who_sells_or_buys_is_not_erased() {
    let locked = market().on_sale(SELLER, [7]).by(BUYER).has(order(1, [7]));
    check_refused([
        (market(), erase(UNKNOWN), Rejection::UserNotFound),
        (erased(BUYER), erase(BUYER), Rejection::UserNotFound),
        (market().on_sale(SELLER, [7]), erase(SELLER), Rejection::StillTrading),
        (locked.clone(), erase(SELLER), Rejection::StillTrading),
        (locked.clone(), erase(BUYER), Rejection::StillTrading),
        (locked.clone().has(pay(1)), erase(BUYER), Rejection::StillTrading),
        (locked.has(pay(1)), erase(SELLER), Rejection::StillTrading),
    ]);
}

#[test]
fn who_is_done_selling_and_buying_is_erased() {
    let locked = market().on_sale(SELLER, [7]).by(BUYER).has(order(1, [7]));
    locked.clone().has(cancel(1)).has(erase(BUYER));
    locked.clone().at(HOLD).has(expire(1)).has(erase(BUYER));
    locked.clone().has(pay(1)).has(declined(1)).has(erase(BUYER));
    locked.has(pay(1)).has(charged(1)).has(erase(BUYER)).has(erase(SELLER));
    market().on_sale(SELLER, [7]).by(SELLER).has(withdraw(7, None)).has(erase(SELLER));
}

#[test]
fn a_ticket_back_on_sale_keeps_its_seller() {
    let sold = market().on_sale(SELLER, [7]).by(BUYER).has(order(1, [7])).has(pay(1)).has(charged(1));
    let returned = sold.by(SELLER).has(refund(1, true)).has(refunded(1));
    returned.when(erase(SELLER)).then_refused(Rejection::StillTrading);
}

#[test]
fn the_erased_can_do_nothing() {
    let scenario = market().on_sale(SELLER, [7]).has(erase(BUYER)).by(BUYER);
    scenario.when(list([8])).then_refused(crate::domain::ticket::Rejection::NoSeller);
    scenario.when(order(1, [7])).then_refused(crate::domain::order::Rejection::NoBuyer);
    scenario.when(edit(7, 1, None, None)).then_refused(crate::domain::ticket::Rejection::NotYours);
    scenario.when(update_user(BUYER, 1, None, Some("new"))).then_refused(Rejection::UserNotFound);
    scenario.when(revoke(BUYER, 1, 10)).then_refused(Rejection::UserNotFound);
}

#[test]
fn a_session_ends_before_its_time() {
    let (user_id, session_id, expires_at) = (user(BUYER), session(4), ms(1000));
    let event = DomainEvent::SessionRevoked(SessionRevoked { user_id, session_id, expires_at });
    let scenario = market().at(999).when(revoke(BUYER, 4, 1000)).then_events([event]);
    assert!(scenario.state.is_revoked(session(4)) && !scenario.state.is_revoked(session(5)));
    assert_eq!((scenario.user(BUYER).epoch, scenario.user(BUYER).version), (1, 2));
    scenario.when(revoke(BUYER, 4, 1000)).then_nothing();
}

#[test]
fn a_session_that_ended_by_itself_is_left_as_it_is() {
    market().at(1000).when(revoke(BUYER, 4, 1000)).then_nothing();
    market().at(1001).when(revoke(BUYER, 4, 1000)).then_nothing();
}

#[test]
fn only_users_have_sessions_to_end() {
    check_refused([
        (market(), revoke(UNKNOWN, 4, 1000), Rejection::UserNotFound),
        (erased(BUYER).at(2000), revoke(BUYER, 4, 1000), Rejection::UserNotFound),
    ]);
}

#[test]
fn ended_sessions_are_forgotten_when_they_no_longer_matter() {
    let scenario = market().has(revoke(BUYER, 4, 1000)).has(revoke(BUYER, 5, 2000));
    let mut state = scenario.state;
    state.forget_sessions_until(ms(999));
    assert!(state.is_revoked(session(4)));
    state.forget_sessions_until(ms(1000));
    assert!(!state.is_revoked(session(4)) && state.is_revoked(session(5)));
}
