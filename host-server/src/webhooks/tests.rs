//! Deliveries with a manual clock, to a receiver that the test controls.

#[cfg(all(feature = "cluster", feature = "pages"))]
mod hosts;

use std::collections::VecDeque;
use std::time::Duration;

use boxoffice::testing::ManualClock;
use tempfile::TempDir;
use tokio::sync::mpsc;

use super::store::FILE;
use super::transport::{Answer, Post, RetryAfter, Sent};
use super::*;

/// Answers of the receiver in order; `204` when none is left.
type Answers = Arc<Mutex<VecDeque<Result<Answer, String>>>>;

struct Received {
    answers: Answers,
    posts: mpsc::UnboundedSender<Post>,
}

impl Transport for Received {
    fn send(&self, post: Post) -> Sent {
        let next = self.answers.lock().unwrap().pop_front();
        self.posts.send(post).unwrap();
        Box::pin(async move { next.unwrap_or(Ok(Answer { status: 204, retry_after: None })) })
    }
}

struct World {
    office: BoxOffice,
    webhooks: Webhooks,
    clock: Arc<ManualClock>,
    answers: Answers,
    posts: mpsc::UnboundedReceiver<Post>,
    dir: TempDir,
}

impl World {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::at("2027-01-01T12:00:00Z".parse().unwrap()));
        Self::open(tempfile::tempdir().unwrap(), clock)
    }

    fn open(dir: TempDir, clock: Arc<ManualClock>) -> Self {
        let office = BoxOffice::builder().clock(clock.clone()).open(dir.path()).unwrap();
        let (answers, (sender, posts)) = (Answers::default(), mpsc::unbounded_channel());
        let told = Received { answers: Arc::clone(&answers), posts: sender };
        let settings = Arc::new(WebhookSettings { clock: clock.clone(), ..WebhookSettings::default() });
        let webhooks = Webhooks::with_transport(
            office.clone(),
            dir.path(),
            settings,
            Box::new(told),
            #[cfg(feature = "cluster")]
            cluster::Sharing::of(&office),
        );
        let webhooks = webhooks.unwrap();
        webhooks.start().unwrap();
        Self { office, webhooks, clock, answers, posts, dir }
    }

    async fn restart(self) -> Self {
        self.webhooks.stop();
        self.office.close().await.unwrap();
        let Self { clock, dir, office, webhooks, .. } = self;
        let inner = Arc::downgrade(&webhooks.0.shared.store);
        drop((office, webhooks));
        // The task that is being stopped holds the file too.
        while inner.strong_count() > 0 {
            tokio::task::yield_now().await;
        }
        Self::open(dir, clock)
    }

    async fn subscribed(&self, types: &[&str], after: Option<u64>) -> Uuid {
        let event_types = types.iter().map(|name| (*name).to_owned()).collect();
        let url = "https://example.com/hooks".to_owned();
        let new = NewSubscription { url, event_types, after, secret: None };
        self.webhooks.add(new).await.unwrap().0.id
    }

    /// Appends one record.
    async fn sign_up(&self, name: &str) {
        let body = boxoffice::SignUp::new(format!("{name}@example.com"), "correct horse");
        self.office.auth().sign_up(body).await.unwrap();
    }

    fn answers(&self, answers: impl IntoIterator<Item = u16>) {
        let answers = answers.into_iter().map(|status| Ok(Answer { status, retry_after: None }));
        self.answers.lock().unwrap().extend(answers);
    }

    /// Returns the sequence number of the next delivery's record.
    async fn next_seq(&mut self) -> u64 {
        let post = self.posts.recv().await.unwrap();
        serde_json::from_slice::<serde_json::Value>(&post.body).unwrap()["seq"].as_u64().unwrap()
    }

    /// Waits until `count` attempts are logged.
    async fn logged(&self, id: Uuid, count: u64) -> (Subscription, Progress) {
        loop {
            let (subscription, progress) = self.webhooks.get(id).await.unwrap();
            if progress.last_delivery >= count {
                assert_eq!(progress.last_delivery, count);
                return (subscription, progress);
            }
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn in_order_and_only_what_is_wanted() {
    let mut world = World::new();
    world.sign_up("before").await;
    let all = world.subscribed(&[], Some(0)).await;
    assert_eq!(world.next_seq().await, 1);
    world.logged(all, 1).await;
    world.webhooks.remove(all).await.unwrap();
    let some = world.subscribed(&["TicketCreated"], Some(0)).await;
    world.sign_up("after").await;
    let edit = SubscriptionEdit { event_types: Some(vec!["UserCreated".to_owned()]), ..SubscriptionEdit::default() };
    world.webhooks.edit(some, edit).await.unwrap();
    world.sign_up("last").await;
    let mut seqs = vec![world.next_seq().await];
    while *seqs.last().unwrap() < 3 {
        seqs.push(world.next_seq().await);
    }
    assert!(seqs.is_sorted(), "{seqs:?}");
}

#[tokio::test]
async fn what_fails_is_tried_by_the_schedule_then_disabled_and_resumed_where_it_stopped() {
    let mut world = World::new();
    let id = world.subscribed(&[], None).await;
    world.answers([500; 10]);
    world.sign_up("ann").await;
    world.sign_up("bob").await;
    for attempt in 1..=10 {
        assert_eq!(world.next_seq().await, 1, "nothing overtakes what failed");
        let (subscription, progress) = world.logged(id, attempt).await;
        assert_eq!((u64::from(progress.attempts), progress.cursor), (attempt, 0));
        assert_eq!(subscription.is_active(), attempt < 10);
        if let Some(until) = progress.next_try {
            let wait = until.since(boxoffice::Clock::now(world.clock.as_ref()));
            world.clock.advance(wait.saturating_sub(Duration::from_millis(1)));
            assert!(world.posts.try_recv().is_err(), "not before its time");
            world.clock.advance(Duration::from_millis(1));
        }
    }
    let (subscription, _) = world.webhooks.get(id).await.unwrap();
    let Status::Disabled { reason, .. } = &subscription.status else { panic!("still active") };
    assert_eq!(reason, "record 1 could not be delivered in 10 attempts");
    let metrics = world.webhooks.metrics().unwrap();
    assert_eq!((metrics.active, metrics.disabled), (0, 1));
    world.webhooks.resume(id).await.unwrap();
    assert_eq!((world.next_seq().await, world.next_seq().await), (1, 2));
    world.logged(id, 12).await;
}

#[tokio::test]
async fn gone_is_disabled_at_once_and_stays_so_after_a_restart() {
    let mut world = World::new();
    let id = world.subscribed(&[], None).await;
    world.answers([410]);
    world.sign_up("ann").await;
    assert_eq!(world.next_seq().await, 1);
    world.logged(id, 1).await;
    let mut world = world.restart().await;
    let (subscription, progress) = world.webhooks.get(id).await.unwrap();
    let Status::Disabled { reason, .. } = subscription.status else { panic!("still active") };
    assert_eq!((reason.as_str(), progress.cursor), ("the receiver answered 410 Gone", 0));
    world.webhooks.resume(id).await.unwrap();
    assert_eq!(world.next_seq().await, 1);
}

#[tokio::test]
async fn receivers_say_when_they_want_to_be_asked_again() {
    let mut world = World::new();
    let id = world.subscribed(&[], None).await;
    let retry_after = Some(RetryAfter::Wait(Duration::from_hours(2)));
    world.answers.lock().unwrap().push_back(Ok(Answer { status: 503, retry_after }));
    let now = boxoffice::Clock::now(world.clock.as_ref());
    world.sign_up("ann").await;
    assert_eq!(world.next_seq().await, 1);
    let (_, progress) = world.logged(id, 1).await;
    assert_eq!(progress.next_try, Some(now.plus(Duration::from_hours(2))));
    let mut world = world.restart().await;
    assert!(world.posts.try_recv().is_err(), "a restart is no reason to ask earlier");
    world.clock.advance(Duration::from_hours(2));
    assert_eq!(world.next_seq().await, 1);
}

#[tokio::test]
async fn log_resend_and_rotation() {
    let mut world = World::new();
    let id = world.subscribed(&[], None).await;
    world.answers([302]);
    world.sign_up("ann").await;
    let first = world.posts.recv().await.unwrap();
    world.logged(id, 1).await;
    let failed = world.webhooks.deliveries(id, u64::MAX, 10).await.unwrap();
    assert!(failed[0].error.as_ref().unwrap().contains("redirects are not followed"), "{failed:?}");
    let sent = world.webhooks.resend(id, 1).await.unwrap();
    assert_eq!((sent.id, sent.seq, sent.attempt, sent.error), (2, Some(1), 0, None));
    let second = world.posts.recv().await.unwrap();
    assert_eq!((&first.id, &first.body), (&second.id, &second.body), "receivers can tell a repetition");
    world.webhooks.rotate_secret(id).await.unwrap();
    world.webhooks.ping(id).await.unwrap();
    assert_eq!(world.posts.recv().await.unwrap().signature.split(' ').count(), 2);
    world.webhooks.rotate_secret(id).await.unwrap();
    world.clock.advance(Duration::from_hours(24));
    world.webhooks.ping(id).await.unwrap();
    // The failed delivery is due again too and may come first.
    let signatures: Vec<_> = [world.posts.recv().await.unwrap(), world.posts.recv().await.unwrap()].into();
    assert!(signatures.iter().all(|post| post.signature.split(' ').count() == 1));
    let missing = world.webhooks.resend(id, 99).await.unwrap_err();
    assert_eq!(missing.code(), "webhook.delivery_not_found");
}

#[tokio::test]
async fn there_is_a_limit_and_a_copy_has_everything() {
    let world = World::new();
    for _ in 0..SUBSCRIPTIONS_MAX {
        world.subscribed(&[], None).await;
    }
    let one_more = NewSubscription { url: "https://example.com".to_owned(), ..NewSubscription::default() };
    assert_eq!(world.webhooks.add(one_more).await.unwrap_err().code(), "webhook.limit_reached");
    let copy = tempfile::tempdir().unwrap();
    world.webhooks.snapshot().unwrap().write(copy.path()).unwrap();
    assert_eq!(Store::open(copy.path()).unwrap().list().unwrap(), world.webhooks.list().await.unwrap());
    let mode = std::os::unix::fs::PermissionsExt::mode(&copy.path().join(FILE).metadata().unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn a_journal_that_has_gone_back_skips_nothing() {
    let world = World::new();
    let id = world.subscribed(&[], None).await;
    let ahead = |_: &mut Subscription, progress: &mut Progress| {
        progress.cursor = 40;
        Ok(())
    };
    world.webhooks.0.shared.store.change(id, ahead).unwrap();
    let mut world = world.restart().await;
    world.sign_up("ann").await;
    let reset: serde_json::Value = serde_json::from_slice(&world.posts.recv().await.unwrap().body).unwrap();
    assert_eq!((&reset["data"]["code"], &reset["data"]["after"]), (&"journal.cursor_unknown".into(), &0.into()));
    assert_eq!(world.next_seq().await, 1);
}

#[tokio::test]
async fn records_that_nobody_wants_cost_no_read_of_the_file() {
    let mut world = World::new();
    let ids = [world.subscribed(&["TicketUpdated"], None).await, world.subscribed(&["OrderExpired"], None).await];
    let covered = |world: &World, id| {
        let workers = world.webhooks.workers();
        workers[&id].covered.load(Ordering::Relaxed)
    };
    world.sign_up("ann").await;
    for id in ids {
        while covered(&world, id) < 1 {
            tokio::task::yield_now().await;
        }
    }
    let reads = |world: &World| world.webhooks.0.shared.store.reads.load(Ordering::Relaxed);
    let before = reads(&world);
    for number in 0..10 {
        world.sign_up(&format!("user{number}")).await;
    }
    for id in ids {
        while covered(&world, id) < 11 {
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(reads(&world), before);
    // A change is heeded all the same.
    let edit = SubscriptionEdit { event_types: Some(vec!["UserCreated".to_owned()]), ..SubscriptionEdit::default() };
    world.webhooks.edit(ids[0], edit).await.unwrap();
    world.sign_up("last").await;
    assert_eq!(world.next_seq().await, 12);
}

#[tokio::test]
async fn unknown_events_are_refused() {
    let world = World::new();
    let url = "https://example.com".to_owned();
    let new = NewSubscription { url, event_types: vec!["OrderShipped".to_owned()], ..NewSubscription::default() };
    assert_eq!(world.webhooks.add(new).await.unwrap_err().code(), "validation");
}

/// Opens the webhooks of a directory whose journal is another one's copy.
async fn restored(world: World, after_backup: usize) -> (World, TempDir) {
    let copies = tempfile::tempdir().unwrap();
    let copy = copies.path().join("copy");
    world.office.journal().backup(&copy, &mut |_, _| {}).unwrap();
    for number in 0..after_backup {
        world.sign_up(&format!("lost{number}")).await;
    }
    (world, copies)
}

#[tokio::test]
async fn a_receiver_is_told_that_a_backup_was_restored() {
    let mut world = World::new();
    world.sign_up("ann").await;
    let id = world.subscribed(&["TicketCreated"], Some(0)).await;
    let all = world.subscribed(&[], Some(0)).await;
    assert_eq!(world.next_seq().await, 1);
    world.logged(all, 1).await;
    let (mut world, copies) = restored(world, 2).await;
    assert_eq!((world.next_seq().await, world.next_seq().await), (2, 3));
    world.logged(all, 3).await;
    world.webhooks.stop();
    world.office.close().await.unwrap();
    // The journal of the backup, with the webhooks of later.
    let copy = copies.path().join("copy");
    let store = Arc::downgrade(&world.webhooks.0.shared.store);
    let World { clock, dir, office, webhooks, .. } = world;
    drop((office, webhooks));
    while store.strong_count() > 0 {
        tokio::task::yield_now().await;
    }
    std::fs::copy(dir.path().join(FILE), copy.join(FILE)).unwrap();
    let moved = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(&copy).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), moved.path().join(entry.file_name())).unwrap();
    }
    let mut world = World::open(moved, clock);
    let mut told = Vec::new();
    for _ in 0..2 {
        let post = world.posts.recv().await.unwrap();
        let body: serde_json::Value = serde_json::from_slice(&post.body).unwrap();
        assert_eq!((&body["type"], &body["data"]["code"]), (&"journal.reset".into(), &"journal.cursor_unknown".into()));
        told.push((post.id.clone(), body["data"]["after"].as_u64().unwrap()));
    }
    told.sort();
    assert!(told.iter().all(|(id, after)| id.starts_with("reset_") && *after <= 1), "{told:?}");
    world.sign_up("new").await;
    assert_eq!(world.next_seq().await, 2, "the new record of an old number is delivered");
    let (_, progress) = world.logged(all, 5).await;
    assert!(!progress.reset);
    let mut world = world.restart().await;
    world.sign_up("last").await;
    assert_eq!(world.next_seq().await, 3, "it is told once");
    assert!(!world.webhooks.get(id).await.unwrap().1.reset);
}

#[tokio::test]
async fn a_damaged_file_is_set_aside_and_its_alarm_stays_until_it_is_removed() {
    let world = World::new();
    world.subscribed(&[], None).await;
    let World { clock, dir, office, webhooks, .. } = world;
    webhooks.stop();
    let store = Arc::downgrade(&webhooks.0.shared.store);
    drop(webhooks);
    while store.strong_count() > 0 {
        tokio::task::yield_now().await;
    }
    office.close().await.unwrap();
    drop(office);
    let file = dir.path().join(FILE);
    let whole = std::fs::read(&file).unwrap();
    let damages: [fn(&mut Vec<u8>); 3] = [
        |bytes| bytes.truncate(100),
        |bytes| bytes.fill(0x5a),
        |bytes| {
            // The rows are JSON, and one of them no more.
            let at = bytes.windows(7).position(|part| part == b"example").unwrap();
            bytes[at - 12..at].fill(b'"');
        },
    ];
    let mut world = None;
    for (number, damage) in (1..).zip(damages) {
        let mut bytes = whole.clone();
        damage(&mut bytes);
        std::fs::write(&file, bytes).unwrap();
        assert!(damage_in(dir.path()).is_some(), "{number}");
        let store = Store::open_or_set_aside(dir.path()).unwrap();
        assert_eq!((store.list().unwrap(), store.problems()), (Vec::new(), Vec::new()));
        assert!(dir.path().join(format!("{FILE}.damaged-{number}")).exists());
    }
    let opened = world.insert(World::open(dir, clock));
    assert_eq!(opened.webhooks.metrics().unwrap().set_aside, 1);
    for number in 1..=3 {
        std::fs::remove_file(opened.dir.path().join(format!("{FILE}.damaged-{number}"))).unwrap();
    }
    assert_eq!(opened.webhooks.metrics().unwrap().set_aside, 0);
    opened.subscribed(&[], None).await;
}
