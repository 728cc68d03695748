//! Several hosts that share webhooks. They share one box office here: what it says of webhooks is what a cluster's journal says.

use boxoffice::{Actor, Hash, KeyRing, Webhook, WebhookDraft, WebhookId, WebhookProgress};
use tokio::sync::watch;

use super::*;
use crate::webhooks::cluster::Sharing;

/// Time that anything may take here.
const LONG: Duration = Duration::from_mins(1);

const OLD: &[u8] = b"the old secret, at least 32 bytes long";
const NEW: &[u8] = b"the new secret, at least 32 bytes long";

/// A box office, and what its hosts share.
struct Shop {
    office: BoxOffice,
    clock: Arc<ManualClock>,
    dir: TempDir,
}

impl Shop {
    fn open() -> Self {
        let clock = Arc::new(ManualClock::at("2027-01-01T12:00:00Z".parse().unwrap()));
        Self::reopen(tempfile::tempdir().unwrap(), clock, KeyRing::new(OLD).unwrap())
    }

    fn reopen(dir: TempDir, clock: Arc<ManualClock>, keys: KeyRing) -> Self {
        let office = BoxOffice::builder().clock(clock.clone()).key_ring(keys).open(dir.path()).unwrap();
        Self { office, clock, dir }
    }

    /// Adds a host that does not write yet.
    fn join(&self) -> Member {
        self.join_with(tempfile::tempdir().unwrap())
    }

    /// Adds a host whose directory has webhooks.
    fn join_with(&self, dir: TempDir) -> Member {
        let lead = watch::Sender::new(false);
        let sharing = Sharing::switched(lead.subscribe());
        self.host(dir, lead, sharing)
    }

    /// Opens a directory alone.
    fn alone(&self, dir: TempDir) -> Member {
        self.host(dir, watch::Sender::new(false), Sharing::of(&self.office))
    }

    fn host(&self, dir: TempDir, lead: watch::Sender<bool>, sharing: Sharing) -> Member {
        let (answers, (sender, posts)) = (Answers::default(), mpsc::unbounded_channel());
        let told = Received { answers: Arc::clone(&answers), posts: sender };
        let settings = Arc::new(WebhookSettings { clock: self.clock.clone(), ..WebhookSettings::default() });
        let opened = Webhooks::with_transport(self.office.clone(), dir.path(), settings, Box::new(told), sharing);
        let webhooks = opened.unwrap();
        webhooks.start().unwrap();
        Member { webhooks, lead, answers, posts, dir }
    }

    async fn sign_up(&self, name: &str) {
        let body = boxoffice::SignUp::new(format!("{name}@example.com"), "correct horse");
        self.office.auth().sign_up(body).await.unwrap();
    }

    /// Returns a webhook as the journal has it.
    fn shared(&self, id: Uuid) -> Option<Arc<Webhook>> {
        let all = self.office.shared_webhooks().list().unwrap();
        all.into_iter().find(|webhook| webhook.id == WebhookId::from(id))
    }

    /// Waits until the journal says so of a webhook.
    async fn until_shared(&self, id: Uuid, is_so: impl Fn(&Webhook) -> bool) -> Arc<Webhook> {
        until(async || self.shared(id).filter(|webhook| is_so(webhook))).await
    }
}

/// A host.
struct Member {
    webhooks: Webhooks,
    lead: watch::Sender<bool>,
    answers: Answers,
    posts: mpsc::UnboundedReceiver<Post>,
    dir: TempDir,
}

impl Member {
    async fn subscribed(&self, types: &[&str], after: Option<u64>) -> Uuid {
        let event_types = types.iter().map(|name| (*name).to_owned()).collect();
        let new = NewSubscription { url: "https://example.com/hooks".to_owned(), event_types, after, secret: None };
        self.webhooks.add(new).await.unwrap().0.id
    }

    fn answer(&self, status: u16) {
        self.answers.lock().unwrap().push_back(Ok(Answer { status, retry_after: None }));
    }

    /// Returns the next delivery: its record's number, and its id.
    async fn next(&mut self) -> (u64, String) {
        let post = tokio::time::timeout(LONG, self.posts.recv()).await.unwrap().unwrap();
        let body: serde_json::Value = serde_json::from_slice(&post.body).unwrap();
        (body["seq"].as_u64().unwrap_or_default(), post.id)
    }

    /// Stops, and returns the directory.
    async fn leave(self) -> TempDir {
        let Self { webhooks, dir, lead, .. } = self;
        webhooks.stop();
        let store = Arc::downgrade(&webhooks.0.shared.store);
        drop(webhooks);
        until(async || (store.strong_count() == 0).then_some(())).await;
        // The last of them may not have let go of the file yet.
        until(async || Store::open(dir.path()).is_ok().then_some(())).await;
        drop(lead);
        dir
    }
}

/// Waits until there is something.
async fn until<T>(look: impl AsyncFn() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(LONG, looking).await.expect("it has not come to it")
}

#[tokio::test]
async fn only_the_host_that_writes_delivers_and_the_next_one_goes_on() {
    let shop = Shop::open();
    let (mut one, mut two) = (shop.join(), shop.join());
    // Given on a host that does not write.
    let id = two.subscribed(&[], None).await;
    shop.sign_up("ann").await;
    one.lead.send_replace(true);
    let (first, _) = one.next().await;
    shop.sign_up("bob").await;
    let (second, id_of_second) = one.next().await;
    assert!(first < second);
    shop.until_shared(id, |webhook| webhook.progress.cursor == second).await;
    assert!(two.posts.try_recv().is_err(), "it does not write");
    assert_eq!(two.webhooks.get(id).await.unwrap().1.cursor, second, "it shows the same");

    one.lead.send_replace(false);
    until(async || one.webhooks.term().is_none().then_some(())).await;
    two.lead.send_replace(true);
    shop.sign_up("cat").await;
    // What the journal was not told may come once more, under the same id.
    let mut next = two.next().await;
    while next.0 <= second {
        assert!(next.0 < second || next.1 == id_of_second, "{next:?}");
        next = two.next().await;
    }
    let name = |seq: u64| shop.office.journal().read(seq, 1).unwrap().remove(0).event.name();
    assert_eq!(name(next.0), "UserCreated");
    assert!(one.posts.try_recv().is_err(), "it does not write any more");
}

#[tokio::test]
async fn what_is_noted_about_webhooks_is_never_delivered() {
    let shop = Shop::open();
    let mut host = shop.join();
    host.lead.send_replace(true);
    let id = host.subscribed(&[], None).await;
    for name in ["ann", "bob"] {
        shop.sign_up(name).await;
        let (seq, _) = host.next().await;
        shop.until_shared(id, |webhook| webhook.progress.cursor == seq).await;
    }
    let records = shop.office.journal().read(1, 100).unwrap();
    let noted = records.iter().filter(|record| record.event.name() == "WebhookAdvanced").count();
    assert!((2..=4).contains(&noted), "{noted}");
    assert!(host.posts.try_recv().is_err());
    let wrong = NewSubscription {
        url: "https://example.com".to_owned(),
        event_types: vec!["WebhookAdvanced".to_owned()],
        ..NewSubscription::default()
    };
    assert_eq!(host.webhooks.add(wrong).await.unwrap_err().code(), "validation");
}

#[tokio::test]
async fn what_an_operator_decides_on_one_host_holds_on_all() {
    let shop = Shop::open();
    let (mut writer, other) = (shop.join(), shop.join());
    writer.lead.send_replace(true);
    let id = other.subscribed(&["TicketCreated"], None).await;
    let secret = other.webhooks.get(id).await.unwrap().0.secret;
    assert_eq!(writer.webhooks.get(id).await.unwrap().0.secret, secret);

    let edit = SubscriptionEdit { event_types: Some(vec!["UserCreated".to_owned()]), ..SubscriptionEdit::default() };
    other.webhooks.edit(id, edit).await.unwrap();
    let rotated = other.webhooks.rotate_secret(id).await.unwrap().0;
    assert_eq!(rotated.previous_secret.as_ref().map(|previous| &previous.secret), Some(&secret));
    let seen = writer.webhooks.get(id).await.unwrap().0;
    assert_eq!((seen.event_types.as_slice(), &seen.secret), (["UserCreated".to_owned()].as_slice(), &rotated.secret));
    shop.sign_up("ann").await;
    let (seq, _) = writer.next().await;
    shop.until_shared(id, |webhook| webhook.progress.cursor == seq).await;

    // It gives up, and an operator resumes it elsewhere.
    writer.answer(410);
    shop.sign_up("bob").await;
    let (failed, _) = writer.next().await;
    shop.until_shared(id, |webhook| webhook.disabled_reason.is_some()).await;
    let Status::Disabled { reason, .. } = other.webhooks.get(id).await.unwrap().0.status else { panic!() };
    assert_eq!(reason, "the receiver answered 410 Gone");
    other.webhooks.resume(id).await.unwrap();
    assert_eq!(writer.next().await.0, failed);

    other.webhooks.remove(id).await.unwrap();
    until(async || writer.webhooks.get(id).await.is_err().then_some(())).await;
    assert_eq!(other.webhooks.remove(id).await.unwrap_err().code(), "webhook.not_found");
    assert!(writer.webhooks.list().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_form_that_is_sent_twice_makes_one_webhook() {
    let shop = Shop::open();
    let (one, two) = (shop.join(), shop.join());
    let id = Uuid::from_u128(7);
    let new = || NewSubscription { url: "https://example.com".to_owned(), ..NewSubscription::default() };
    let operator = Actor::System;
    assert!(one.webhooks.clone().by(operator).add_once(id, new()).await.unwrap().is_some());
    assert!(two.webhooks.add_once(id, new()).await.unwrap().is_none());
    for _ in 1..SUBSCRIPTIONS_MAX {
        two.webhooks.add(new()).await.unwrap();
    }
    assert_eq!(one.webhooks.add(new()).await.unwrap_err().code(), "webhook.limit_reached");
}

#[tokio::test]
async fn a_directory_that_becomes_a_cluster_takes_its_webhooks_along() {
    let shop = Shop::open();
    shop.sign_up("ann").await;
    let mut alone = shop.alone(tempfile::tempdir().unwrap());
    let (told, gone) = (alone.subscribed(&[], Some(0)).await, alone.subscribed(&["OrderCreated"], None).await);
    assert_eq!(alone.next().await.0, 1);
    until(async || alone.webhooks.get(told).await.ok().filter(|(_, progress)| progress.cursor == 1)).await;
    alone.webhooks.disable(gone, "by hand".to_owned()).await.unwrap();
    let before = alone.webhooks.list().await.unwrap();
    assert_eq!(shop.office.journal().head().unwrap(), 1, "alone, nothing of it is in the journal");

    let host = shop.join_with(alone.leave().await);
    let other = shop.join();
    assert!(other.webhooks.list().await.unwrap().is_empty());
    host.lead.send_replace(true);
    shop.until_shared(told, |webhook| webhook.progress.cursor == 1).await;
    shop.until_shared(gone, |webhook| webhook.disabled_reason.is_some()).await;
    for (subscription, progress) in before {
        let (seen, seen_progress) = other.webhooks.get(subscription.id).await.unwrap();
        assert_eq!(
            (&seen.url, &seen.secret, &seen.event_types),
            (&subscription.url, &subscription.secret, &subscription.event_types)
        );
        assert_eq!((seen.is_active(), seen_progress.cursor), (subscription.is_active(), progress.cursor));
    }
}

#[tokio::test]
async fn a_directory_of_a_cluster_delivers_alone_and_comes_back_with_what_was_decided_there() {
    let shop = Shop::open();
    let host = shop.join();
    host.lead.send_replace(true);
    let (kept, dropped) = (host.subscribed(&[], None).await, host.subscribed(&["OrderCreated"], None).await);
    let dir = host.leave().await;

    let mut alone = shop.alone(dir);
    let head = shop.office.journal().head().unwrap();
    alone.webhooks.remove(dropped).await.unwrap();
    let edit = SubscriptionEdit { url: Some("https://example.com/new".to_owned()), ..SubscriptionEdit::default() };
    alone.webhooks.edit(kept, edit).await.unwrap();
    assert_eq!(shop.office.journal().head().unwrap(), head, "alone, nothing of it is in the journal");
    shop.sign_up("ann").await;
    assert_eq!(alone.next().await.0, head + 1);

    // A directory without the file has what the journal says.
    let empty = shop.alone(tempfile::tempdir().unwrap());
    assert_eq!(empty.webhooks.list().await.unwrap().len(), 2);

    let back = shop.join_with(alone.leave().await);
    back.lead.send_replace(true);
    shop.until_shared(dropped, |webhook| webhook.removed).await;
    shop.until_shared(kept, |webhook| webhook.progress.cursor == head + 1).await;
    assert_eq!(shop.join().webhooks.get(kept).await.unwrap().0.url, "https://example.com/new");
}

#[tokio::test]
async fn secrets_are_sealed_anew_once_the_key_is_rotated() {
    let shop = Shop::open();
    let host = shop.join();
    host.lead.send_replace(true);
    let id = host.subscribed(&[], None).await;
    let secret = host.webhooks.get(id).await.unwrap().0.secret;
    drop(host.leave().await);
    let Shop { office, clock, dir } = shop;
    office.close().await.unwrap();
    drop(office);

    let shop = Shop::reopen(dir, clock, KeyRing::new(NEW).unwrap().with_previous(OLD).unwrap());
    let host = shop.join();
    host.lead.send_replace(true);
    let is_current = |webhook: &Webhook| shop.office.shared_webhooks().open(webhook).unwrap().is_current;
    shop.until_shared(id, is_current).await;
    assert_eq!(host.webhooks.get(id).await.unwrap().0.secret, secret);
    drop(host.leave().await);
    let Shop { office, clock, dir } = shop;
    office.close().await.unwrap();
    drop(office);

    // A stranger shows nothing, and breaks nothing.
    let shop = Shop::reopen(dir, clock, KeyRing::new(&[9; 32]).unwrap());
    let stranger = shop.join();
    stranger.lead.send_replace(true);
    assert!(stranger.webhooks.list().await.unwrap().is_empty());
    assert!(!shop.shared(id).unwrap().removed);
}

#[tokio::test]
async fn a_journal_that_was_restored_says_so_once() {
    let shop = Shop::open();
    shop.sign_up("ann").await;
    let host = shop.join();
    let id = host.subscribed(&[], Some(0)).await;
    let before = shop.shared(id).unwrap();
    // The journal that noted this was another one.
    let other = WebhookProgress::new(1, Hash::from_bytes([9; 32]));
    let secret = shop.office.shared_webhooks().open(&before).unwrap();
    let draft = WebhookDraft::new(before.id, secret.bytes).rests_on(before.version).begins_at(other);
    shop.office.shared_webhooks().save(Actor::System, draft).await.unwrap();
    drop(host.leave().await);

    let mut host = shop.join();
    host.lead.send_replace(true);
    let (_, reset) = host.next().await;
    assert!(reset.starts_with("reset_"), "{reset}");
    assert_eq!(host.next().await.0, 1);
    let history = shop.office.journal().history().unwrap().id;
    let told = shop.until_shared(id, |webhook| webhook.progress.cursor == 1 && !webhook.progress.reset).await;
    assert_eq!(told.progress.history, history);
}

#[tokio::test]
async fn messages_are_numbered_in_the_same_way_on_all_hosts() {
    let shop = Shop::open();
    let host = shop.join();
    let id = host.subscribed(&[], Some(0)).await;
    let before = shop.shared(id).unwrap();
    // Another host knows of a common part that this one does not.
    let progress = WebhookProgress::new(0, before.progress.history).common(Some(0));
    let secret = shop.office.shared_webhooks().open(&before).unwrap();
    let draft = WebhookDraft::new(before.id, secret.bytes).rests_on(before.version).begins_at(progress);
    shop.office.shared_webhooks().save(Actor::System, draft).await.unwrap();
    shop.sign_up("ann").await;
    drop(host.leave().await);
    let mut host = shop.join();
    host.lead.send_replace(true);
    let (seq, message) = host.next().await;
    let cursor = shop.office.journal().read(seq, 1).unwrap().remove(0).cursor();
    assert!(message.ends_with(&cursor.to_string()), "{message}");
    let told = shop.until_shared(id, |webhook| webhook.progress.cursor == seq).await;
    assert_eq!(told.progress.common, Some(0));
}
