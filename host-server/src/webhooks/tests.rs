//! Deliveries with a manual clock, to a receiver that the test controls.

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
        let webhooks = Webhooks::with_transport(office.clone(), dir.path(), settings, Box::new(told)).unwrap();
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
