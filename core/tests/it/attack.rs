//! Attacks on the façade: password guessing, timing, overload.
#![allow(clippy::disallowed_methods, reason = "what an attacker's stopwatch shows is what is tested")]

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use boxoffice::testing::ManualClock;
use boxoffice::{BoxOffice, Code, NewTicket, SignIn, SignUp, UserUpdate};
use tokio::task::JoinSet;

use crate::support::{PASSWORD, World, ann, bob, email, refused, within};

fn from(number: u8) -> IpAddr {
    IpAddr::from([192, 0, 2, number])
}

fn attempt(email: String, password: &str, client: IpAddr) -> SignIn {
    SignIn::new(email, password).client(client)
}

#[tokio::test]
async fn guesses_are_slowed_down_by_account_and_the_owner_gets_in_all_the_same() {
    let world = World::new();
    let auth = world.auth();
    let home = from(1);
    auth.sign_in(attempt(email(5), PASSWORD, home)).await.unwrap();
    // Every guess comes from another address: only the account can be counted.
    for number in 10..15 {
        assert_eq!(
            refused(auth.sign_in(attempt(email(5), "wrong guess", from(number))).await),
            Code::AuthInvalidCredentials
        );
    }
    let limited = auth.sign_in(attempt(email(5), PASSWORD, from(20))).await.unwrap_err();
    assert_eq!(limited.code(), Code::RateLimited, "even the right password must wait");
    assert_eq!(limited.retry_after(), Some(Duration::from_secs(1)));
    auth.sign_in(attempt(email(5), PASSWORD, home)).await.expect("where the owner has been before, nobody waits");
    assert_eq!(refused(auth.sign_in(attempt(email(5), PASSWORD, from(20))).await), Code::RateLimited);
    auth.sign_in(attempt(email(6), PASSWORD, from(20))).await.expect("other accounts are nobody's business");
    // From elsewhere the owner waits for at most a minute, however long the guessing went on.
    for _ in 0..10 {
        world.clock.advance(Duration::from_mins(1));
        assert_eq!(
            refused(auth.sign_in(attempt(email(5), "wrong guess", from(30))).await),
            Code::AuthInvalidCredentials
        );
    }
    assert_eq!(refused(auth.sign_in(attempt(email(5), PASSWORD, from(20))).await), Code::RateLimited);
    world.clock.advance(Duration::from_mins(1));
    auth.sign_in(attempt(email(5), PASSWORD, from(20))).await.expect("a minute is over");
}

#[tokio::test]
async fn an_address_that_guesses_at_many_accounts_is_slowed_down() {
    let world = World::new();
    for number in 0..20 {
        let guess = attempt(format!("nobody{number}@example.com"), "wrong guess", from(1));
        assert_eq!(refused(world.auth().sign_in(guess).await), Code::AuthInvalidCredentials);
    }
    assert_eq!(refused(world.auth().sign_in(attempt(email(7), "wrong guess", from(1))).await), Code::RateLimited);
    world.auth().sign_in(attempt(email(7), PASSWORD, from(2))).await.unwrap();
}

/// Returns the probability that a sample of `one` is larger than one of `other`: a half if they are indistinguishable.
#[expect(clippy::cast_precision_loss, reason = "a few thousand pairs")]
fn larger_than(one: &[Duration], other: &[Duration]) -> f64 {
    let pairs = one.iter().flat_map(|a| other.iter().map(move |b| (a, b)));
    let score: f64 = pairs
        .map(|(a, b)| match a.cmp(b) {
            std::cmp::Ordering::Greater => 1.0,
            std::cmp::Ordering::Equal => 0.5,
            std::cmp::Ordering::Less => 0.0,
        })
        .sum();
    score / (one.len() * other.len()) as f64
}

fn median(times: &[Duration]) -> Duration {
    let mut times = times.to_vec();
    times.sort_unstable();
    times[times.len() / 2]
}

#[tokio::test]
async fn a_stopwatch_does_not_tell_an_unknown_email_from_a_wrong_password() {
    let world = World::new();
    let time = async |email: String| {
        let start = Instant::now();
        let outcome = world.auth().sign_in(SignIn::new(email, "wrong guess")).await;
        let time = start.elapsed();
        let error = outcome.unwrap_err();
        assert_eq!(
            (error.code(), error.to_string().contains("Invalid credentials")),
            (Code::AuthInvalidCredentials, true)
        );
        time
    };
    let (mut wrong, mut unknown) = (Vec::new(), Vec::new());
    for number in 0..80 {
        // Alternates, so that other load of the machine affects both equally.
        let pair = [email(number % 50), format!("nobody{number}@example.com")];
        if number % 2 == 0 {
            wrong.push(time(pair[0].clone()).await);
            unknown.push(time(pair[1].clone()).await);
        } else {
            unknown.push(time(pair[1].clone()).await);
            wrong.push(time(pair[0].clone()).await);
        }
    }
    // If unknown emails were not hashed, both figures would be close to zero. By chance alone, the first leaves these
    // bounds less than once in a million runs.
    let order = larger_than(&unknown, &wrong);
    assert!((0.27..0.73).contains(&order), "unknown emails take longer in {order:.2} of the cases");
    let ratio = median(&unknown).as_secs_f64() / median(&wrong).as_secs_f64();
    assert!((0.75..1.33).contains(&ratio), "an unknown email takes {ratio:.2} times as long");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_sign_ups_at_once_do_not_starve_orders() {
    let world = World::new();
    let (done, refused_at_once) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let mut crowd = JoinSet::new();
    for number in 0..10_000 {
        let (auth, done, refused_at_once) = (world.auth(), Arc::clone(&done), Arc::clone(&refused_at_once));
        crowd.spawn(async move {
            match auth.sign_up(SignUp::new(format!("crowd{number}@example.com"), PASSWORD)).await {
                Ok(_) => done.fetch_add(1, Ordering::Relaxed),
                Err(error) => {
                    assert_eq!((error.code(), error.retry_after().is_some()), (Code::EngineOverloaded, true));
                    refused_at_once.fetch_add(1, Ordering::Relaxed)
                }
            };
        });
    }
    // A caller that finds the queue full is refused at once.
    within(async {
        while refused_at_once.load(Ordering::Relaxed) < 8_000 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    // Sales continue while a thousand passwords wait.
    for _ in 0..20 {
        let ticket = within(world.tickets().create(ann(), NewTicket::new("Hamlet", "5"))).await.unwrap();
        let order = within(world.orders().create(bob(), &[ticket.id])).await.unwrap();
        within(world.payments().pay(bob(), order.id, "tok_visa")).await.unwrap();
    }
    let hashed = done.load(Ordering::Relaxed);
    assert!(hashed < 900, "{hashed} sign-ups came before 20 sales");
    crowd.abort_all();
    while crowd.join_next().await.is_some() {}
    // Callers that went away leave no place in the queue occupied.
    within(world.auth().sign_up(SignUp::new("late@example.com", PASSWORD))).await.unwrap();
}

#[tokio::test]
async fn the_owner_of_an_attacked_account_gets_in_where_they_were_before_after_a_restart_too() {
    let dir = tempfile::tempdir().unwrap();
    // Time stands still, however long the hashes take.
    let clock = Arc::new(ManualClock::at("2027-01-01T12:00:00Z".parse().unwrap()));
    let open = || BoxOffice::builder().clock(clock.clone()).open(dir.path()).unwrap();
    let guess = async |office: &BoxOffice, number: u8| {
        let guess = attempt("ann@example.com".to_owned(), "wrong guess", from(number));
        office.auth().sign_in(guess).await.unwrap_err()
    };
    let office = open();
    let sign_up = SignUp::new("ann@example.com", PASSWORD);
    let session = office.auth().address(from(1)).device("d1").sign_up(sign_up).await.unwrap().session;
    for number in 100..110 {
        guess(&office, number).await;
    }
    office.close().await.unwrap();
    drop(office);
    let office = open();
    for number in 100..110 {
        guess(&office, number).await;
    }
    assert_eq!(guess(&office, 120).await.code(), Code::RateLimited);
    for _ in 0..10 {
        let home = attempt("ann@example.com".to_owned(), PASSWORD, from(1));
        office.auth().sign_in(home).await.expect("the address of before");
        let travelling = attempt("ann@example.com".to_owned(), PASSWORD, from(2));
        office.auth().device("d1").sign_in(travelling).await.expect("the device of before");
    }
    let stranger = attempt("ann@example.com".to_owned(), PASSWORD, from(3));
    assert_eq!(refused(office.auth().device("d2").sign_in(stranger).await), Code::RateLimited);

    // A host whose own limit is used up lets nobody else in.
    for (number, expected) in [(1, None), (4, Some(Code::RateLimited))] {
        let auth = office.auth().strangers_wait(Duration::from_secs(3));
        let outcome = auth.sign_in(attempt("ann@example.com".to_owned(), PASSWORD, from(number))).await;
        assert_eq!(outcome.err().map(|error| error.code()), expected);
    }

    // Whoever is signed in confirms by the password, whatever strangers guess.
    let update = UserUpdate::new(PASSWORD).password("another password");
    let renewed = office.auth().address(from(2)).update_user(&session, update).await.unwrap().session;
    let old_home = attempt("ann@example.com".to_owned(), "another password", from(1));
    assert_eq!(refused(office.auth().sign_in(old_home).await), Code::RateLimited, "a new password forgets old places");
    let here = attempt("ann@example.com".to_owned(), "another password", from(2));
    office.auth().sign_in(here).await.expect("where the password was changed");
    office.auth().erase_user(&renewed, "another password").await.unwrap();
}

#[tokio::test]
async fn who_is_signed_in_may_not_guess_for_ever_either() {
    let world = World::new();
    let session = world.auth().sign_in(SignIn::new(email(8), PASSWORD)).await.unwrap().session;
    for _ in 0..5 {
        let wrong = UserUpdate::new("wrong guess").password("another password");
        assert_eq!(refused(world.auth().update_user(&session, wrong).await), Code::AuthInvalidCredentials);
    }
    let right = UserUpdate::new(PASSWORD).password("another password");
    assert_eq!(refused(world.auth().update_user(&session, right).await), Code::RateLimited);
}
