//! Opening, closing, and recovery of a directory.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::task::Poll;

use boxoffice::testing::History;
use boxoffice::{
    BoxOffice, Code, DomainEvent, NewTicket, OrderQuery, SignIn, SignUp, Subscription, TicketId, TicketQuery,
    TicketStatusFilter,
};
use tokio::task::JoinSet;

use crate::gateways::{Bank, Manner};
use crate::support::{PASSWORD, World, ann, bob, buyers, cat, email, refused, within};

#[tokio::test]
async fn a_directory_is_open_once() {
    let world = World::new();
    assert_eq!(refused(BoxOffice::open(world.path())), Code::JournalInUse);
    let world = world.reopen();
    assert_eq!(refused(BoxOffice::open(world.path())), Code::JournalInUse);
    world.ticket().await;
}

/// Several processes of one web server often begin at the same moment, in a directory that is not there yet.
#[test]
fn one_of_many_that_begin_at_once_wins_and_the_others_hear_that_it_is_in_use() {
    const MANY: usize = 8;
    for _ in 0..20 {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("data");
        let (begin, end) = (Barrier::new(MANY), Barrier::new(MANY));
        let open = || {
            begin.wait();
            let opened = BoxOffice::open(&path);
            end.wait();
            opened.map(drop).map_err(|error| error.code())
        };
        let results: Vec<_> = std::thread::scope(|scope| {
            let all: Vec<_> = (0..MANY).map(|_| scope.spawn(open)).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
        assert!(results.iter().all(|it| it.is_ok() || *it == Err(Code::JournalInUse)), "{results:?}");
        let left: Vec<_> = fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(!left.iter().any(|name| name.to_string_lossy().contains(".new")), "{left:?}");
    }
}

#[tokio::test]
async fn a_directory_can_be_opened_right_after_it_was_closed_or_let_go() {
    let world = World::new();
    let ticket = world.ticket().await;
    world.close().await.unwrap();
    // The closed box office still exists, with a subscription; only the directory is free.
    let feed = world.journal().subscribe(1);
    let second = BoxOffice::open(world.path()).unwrap();
    assert_eq!(second.tickets().get(ticket).unwrap().status.as_str(), "available");
    drop((feed, second));
    for _ in 0..5 {
        drop(BoxOffice::open(world.path()).unwrap());
    }
}

#[tokio::test]
async fn a_closed_box_office_answers_nothing() {
    let world = World::new();
    let (ticket, order) = world.held().await;
    let bobs = world.sign_in(1).await;
    world.close().await.unwrap();
    world.close().await.unwrap();
    assert!(!world.is_ready());
    assert_eq!(refused(world.tickets().create(ann(), NewTicket::new("Hamlet", "1")).await), Code::EngineClosed);
    assert_eq!(refused(world.orders().cancel(bob(), order.id).await), Code::EngineClosed);
    assert_eq!(refused(world.payments().pay(bob(), order.id, "tok_visa").await), Code::EngineClosed);
    assert_eq!(refused(world.auth().sign_in(SignIn::new(email(1), PASSWORD)).await), Code::EngineClosed);
    assert_eq!(refused(world.auth().sign_up(SignUp::new("eve@example.com", PASSWORD)).await), Code::EngineClosed);
    assert_eq!(refused(world.auth().authenticate(&bobs.token)), Code::EngineClosed);
    assert_eq!(refused(world.tickets().get(ticket)), Code::EngineClosed);
    assert_eq!(refused(world.tickets().list(&TicketQuery::new())), Code::EngineClosed);
    assert_eq!(refused(world.orders().get(bob(), order.id)), Code::EngineClosed);
    assert_eq!(refused(world.journal().head()), Code::EngineClosed);
    assert_eq!(refused(world.journal().read(1, 1)), Code::EngineClosed);
    assert_eq!(refused(world.journal().verify(&mut |_, _| {})), Code::EngineClosed);
}

#[tokio::test]
async fn what_is_on_sale_is_told_without_the_disk() {
    let world = World::new();
    let ((sold, _), on_sale) = (world.sold().await, world.ticket().await);
    world.close().await.unwrap();
    assert_eq!(refused(world.tickets().get_in_memory(on_sale)), Code::EngineClosed);
    let world = world.reopen();
    let in_memory = |id| world.tickets().get_in_memory(id).unwrap();
    assert_eq!(in_memory(on_sale), Some(world.tickets().get(on_sale).unwrap()));
    assert_eq!(in_memory(sold), None, "what is settled is in the checkpoint alone");
    assert_eq!(world.tickets().get(sold).unwrap().status.as_str(), "sold");
}

#[test]
fn verifying_a_long_journal_ends_when_the_box_office_closes() {
    let dir = tempfile::tempdir().unwrap();
    let history = History { orders: 5_000, active_tickets: 500, holds: 50, buyers: 50, sellers: 5 };
    history.write(dir.path(), &mut |_, _| {}).unwrap();
    let office = BoxOffice::builder().accept_clock_jump(true).open(dir.path()).unwrap();
    let (head, mut checked) = (office.journal().head().unwrap(), 0);
    let outcome = office.journal().verify(&mut |done, _| {
        checked = done;
        office.blocking().close().unwrap();
    });
    assert_eq!(refused(outcome), Code::EngineClosed);
    assert!(0 < checked && checked < head, "{checked} of {head}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_closes_at_the_same_time_waits_for_the_end_too() {
    for _ in 0..20 {
        let world = World::new();
        world.list(50).await;
        let path = world.path();
        let (turn, mut closers) = (Arc::new(Mutex::new(())), JoinSet::new());
        for _ in 0..4 {
            let (office, path, turn) = (BoxOffice::clone(&world), path.clone(), Arc::clone(&turn));
            closers.spawn(async move {
                office.close().await.unwrap();
                // The directory is free for each of them. They take turns, so that they don't conflict with each other.
                let _turn = turn.lock().unwrap();
                drop(BoxOffice::open(path).unwrap());
            });
        }
        within(closers.join_all()).await;
    }
}

/// Returns the tickets that were listed according to the journal.
fn listed(world: &World) -> HashSet<TicketId> {
    let mut listed = HashSet::new();
    let mut next = 1;
    loop {
        let records = world.journal().read(next, 10_000).unwrap();
        let Some(last) = records.last() else { return listed };
        next = last.seq + 1;
        listed.extend(records.iter().filter_map(|record| match &record.event {
            DomainEvent::TicketCreated(event) => Some(event.ticket_id),
            _ => None,
        }));
    }
}

async fn skip(feed: &mut Subscription, count: usize) {
    for _ in 0..count {
        within(feed.next()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_answers_whatever_was_taken_and_keeps_exactly_that() {
    let mut world = World::new();
    let mut expected = HashSet::new();
    for _ in 0..5 {
        let mut feed = world.journal().subscribe(world.head() + 1);
        let mut callers = JoinSet::new();
        for _ in 0..64 {
            let tickets = world.tickets();
            callers.spawn(async move {
                let mut answered = Vec::new();
                loop {
                    match tickets.create(ann(), NewTicket::new("Hamlet", "1")).await {
                        Ok(ticket) => answered.push(ticket.id),
                        Err(error) => return (answered, error.code()),
                    }
                }
            });
        }
        skip(&mut feed, 200).await;
        within(world.close()).await.unwrap();
        for (answered, last) in within(callers.join_all()).await {
            assert_eq!(last, Code::EngineClosed);
            expected.extend(answered);
        }
        world = world.reopen();
        assert!(listed(&world) == expected, "what was answered is not what is there");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_ends_the_payments_that_have_begun_and_begins_no_more() {
    let bank = Bank::taking(Manner::Wait);
    let gateway = Arc::clone(&bank);
    let world = World::with(move |builder| builder.gateway(Arc::clone(&gateway) as _));
    let ((_, begun), (_, late)) = (world.held().await, world.held().await);
    let payments = world.payments();
    let paid = begun.id;
    let paying = tokio::spawn(async move { payments.pay(bob(), paid, "tok_visa").await });
    within(bank.charges(1)).await;
    let office = BoxOffice::clone(&world);
    let mut closing = Box::pin(office.close());
    let begins = std::future::poll_fn(|context| Poll::Ready(closing.as_mut().poll(context).is_pending()));
    assert!(begins.await);
    assert_eq!(refused(world.payments().pay(bob(), late.id, "tok_visa").await), Code::EngineClosed);
    assert_eq!(world.of_order(&late), "created");
    bank.let_through(1);
    within(closing).await.unwrap();
    assert_eq!(paying.await.unwrap().unwrap().status.as_str(), "succeeded");
    let world = world.reopen();
    assert_eq!((world.of_order(&begun), world.of_order(&late), bank.asked()), ("complete", "created", 1));
}

/// Returns every file of a directory with its content.
fn contents(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(dir).unwrap().map(Result::unwrap);
    entries.map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())).collect()
}

#[tokio::test]
async fn a_directory_of_a_newer_version_is_refused_untouched() {
    let world = World::new();
    world.held().await;
    world.close().await.unwrap();
    let path = world.path();
    let (format, ours) = (path.join("FORMAT"), fs::read(path.join("FORMAT")).unwrap());
    fs::write(&format, "boxoffice 99\n").unwrap();
    let before = contents(&path);
    let error = BoxOffice::open(&path).unwrap_err();
    assert_eq!((error.code(), error.status_code()), (Code::JournalNewerFormat, 503));
    assert_eq!(contents(&path), before);
    fs::write(&format, ours).unwrap();
    BoxOffice::open(&path).unwrap();
}

/// Damage done to the checkpoint file.
type Harm = fn(&Path);

/// Returns what readers see.
fn seen(world: &World) -> String {
    let all = TicketQuery::new().status(TicketStatusFilter::All);
    let tickets = world.tickets().list(&all).unwrap().items;
    let orders: Vec<_> = buyers().map(|buyer| world.orders().list(buyer, &OrderQuery::new()).unwrap().items).collect();
    let metrics = world.metrics();
    format!("{tickets:#?} {orders:#?} {:?}", (metrics.users, metrics.tickets_available, metrics.tickets_locked))
}

#[tokio::test]
async fn a_checkpoint_that_is_lost_or_damaged_costs_nothing_but_time() {
    let damages: [(&str, Harm); 6] = [
        ("none", |_| {}),
        ("deleted", |path| fs::remove_file(path).unwrap()),
        ("empty", |path| fs::write(path, "").unwrap()),
        ("garbage", |path| fs::write(path, vec![0xa5; 100_000]).unwrap()),
        ("truncated", |path| {
            let file = fs::File::options().write(true).open(path).unwrap();
            file.set_len(file.metadata().unwrap().len() / 2).unwrap();
        }),
        ("overwritten in the middle", |path| {
            let mut bytes = fs::read(path).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle..middle + 8192].fill(0xa5);
            fs::write(path, bytes).unwrap();
        }),
    ];
    let mut world = World::new();
    world.held().await;
    world.sold().await;
    let (_, cancelled) = world.held().await;
    world.orders().cancel(bob(), cancelled.id).await.unwrap();
    let bobs = world.sign_in(1).await;
    world.auth().sign_out(&bobs.session).await.unwrap();
    let before = seen(&world);
    for (damage, harm) in damages {
        world.close().await.unwrap();
        world = world.reopen_after(|dir| harm(&dir.join("views.redb")));
        assert!(seen(&world) == before, "{damage}: it looks otherwise");
        assert_eq!(refused(world.auth().authenticate(&bobs.token)), Code::AuthRequired, "{damage}");
        assert_eq!(refused(world.orders().cancel(bob(), cancelled.id).await), Code::OrderCancelled, "{damage}");
    }
}

#[tokio::test]
async fn a_checkpoint_of_another_journal_is_not_believed() {
    let (world, other) = (World::new(), World::new());
    world.sold().await;
    // A file that is ahead of the journal would prove damage; `backup` tests that.
    other.list(2).await;
    let before = seen(&world);
    world.close().await.unwrap();
    other.close().await.unwrap();
    let world = world.reopen_after(|dir| {
        fs::copy(other.path().join("views.redb"), dir.join("views.redb")).unwrap();
    });
    assert!(seen(&world) == before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_taken_while_writing_holds_all_that_was_answered_before() {
    let world = World::new();
    let (_, order) = world.sold().await;
    let (answered, enough) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
    let mut writers = JoinSet::new();
    for _ in 0..16 {
        let (tickets, answered, enough) = (world.tickets(), Arc::clone(&answered), Arc::clone(&enough));
        writers.spawn(async move {
            while !enough.load(Ordering::SeqCst) {
                let ticket = tickets.create(ann(), NewTicket::new("Hamlet", "1")).await.unwrap();
                answered.lock().unwrap().push(ticket.id);
            }
        });
    }
    let mut feed = world.journal().subscribe(world.head() + 1);
    skip(&mut feed, 200).await;
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("copy");
    let before = answered.lock().unwrap().clone();
    let journal = world.journal();
    let copy = target.clone();
    let covered = tokio::task::spawn_blocking(move || journal.backup(&copy, &mut |_, _| {})).await.unwrap().unwrap();
    enough.store(true, Ordering::SeqCst);
    within(writers.join_all()).await;

    let backup = BoxOffice::open(&target).unwrap();
    assert_eq!(backup.journal().head().unwrap(), covered);
    assert_eq!(backup.journal().read(1, 10_000).unwrap(), world.journal().read(1, 10_000).unwrap()[..at(covered)]);
    assert!(!before.is_empty());
    for ticket in before {
        assert_eq!(backup.tickets().get(ticket).unwrap().seller_id, ann());
    }
    assert_eq!(backup.orders().get(bob(), order.id).unwrap().status.as_str(), "complete");
    assert!(backup.journal().verify(&mut |_, _| {}).unwrap().is_clean());
    assert_eq!(backup.auth().sign_in(SignIn::new(email(1), PASSWORD)).await.unwrap().user.id, bob());
    assert_eq!(refused(world.journal().backup(&target, &mut |_, _| {})), Code::Validation);
}

fn at(seq: u64) -> usize {
    usize::try_from(seq).unwrap()
}

#[test]
fn letting_go_outside_of_any_runtime_keeps_everything() {
    let world = World::new();
    let ticket = world.blocking().tickets().create(ann(), NewTicket::new("Hamlet", "1")).unwrap().id;
    let world = world.reopen();
    assert_eq!(world.of_ticket(ticket), "available");
}

#[tokio::test]
async fn letting_go_inside_a_task_keeps_everything() {
    let world = World::new();
    let office = BoxOffice::clone(&world);
    let world = tokio::spawn(async move {
        let ticket = world.ticket().await;
        (world.path(), world, ticket)
    });
    let (_, world, ticket) = world.await.unwrap();
    // Another clone keeps it open; dropping the last one closes it.
    assert_eq!(office.tickets().get(ticket).unwrap().status.as_str(), "available");
    drop(office);
    let world = world.reopen();
    assert_eq!(world.of_ticket(ticket), "available");
}

#[test]
fn threads_without_a_runtime_race_as_tasks_do() {
    let world = World::new();
    let office = world.blocking();
    let ticket = office.tickets().create(ann(), NewTicket::new("Hamlet", "19.99")).unwrap().id;
    let won: Vec<_> = std::thread::scope(|scope| {
        let office = &office;
        let threads: Vec<_> =
            buyers().take(16).map(|buyer| scope.spawn(move || office.orders().create(buyer, &[ticket]))).collect();
        threads.into_iter().filter_map(|thread| thread.join().unwrap().ok()).collect()
    });
    assert_eq!(won.len(), 1);
    let order = office.orders().get(won[0].buyer_id, won[0].id).unwrap();
    assert_eq!(office.payments().pay(order.buyer_id, order.id, "tok_visa").unwrap().status.as_str(), "succeeded");
    assert_eq!(office.tickets().get(ticket).unwrap().status.as_str(), "sold");
    let signed_in = office.auth().sign_in(SignIn::new(email(2), PASSWORD)).unwrap();
    assert_eq!(office.auth().authenticate(&signed_in.token).unwrap().user_id, cat());
    office.auth().sign_out(&signed_in.session).unwrap();
    office.close().unwrap();
    assert_eq!(refused(office.orders().cancel(order.buyer_id, order.id)), Code::EngineClosed);
}

#[tokio::test]
async fn readiness_looks_at_the_directory() {
    let world = World::new();
    world.check_ready().unwrap();
    let (file, away) = (world.path().join("journal.redb"), world.path().join("away"));
    std::fs::rename(&file, &away).unwrap();
    let error = world.check_ready().unwrap_err();
    assert_eq!(error.code(), boxoffice::Code::JournalUnavailable);
    // Another file of that name is not the one that is written to.
    std::fs::copy(&away, &file).unwrap();
    assert_eq!(world.check_ready().unwrap_err().code(), boxoffice::Code::JournalUnavailable);
    std::fs::rename(&away, &file).unwrap();
    world.check_ready().unwrap();
    world.close().await.unwrap();
    assert_eq!(world.check_ready().unwrap_err().code(), boxoffice::Code::EngineClosed);
}
