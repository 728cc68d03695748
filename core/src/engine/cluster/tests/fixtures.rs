//! Hosts that a test steps, and the stream that they share.

use std::collections::{BTreeSet, VecDeque};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::command::Command;
use crate::domain::{Order, Reply};
use crate::engine::cluster::polled::Polled;
use crate::engine::cluster::{ClusterParts, Link, News, Replica, Terms, wire};
use crate::engine::tests::{Asked, BUYER, RIVAL, SELLER, clock, list, named, parts, reserve, sign_up};
use crate::engine::{Handle, Recent, Repetition, Request, Waiters, Writer};
use crate::error::{Code, Error};
use crate::event::{Actor, EmailKey, Hash, Record};
use crate::gateway::worker::Work;
use crate::journal::jetstream::{Header, Kind, Message, Position};
use crate::journal::{Head, History, Journal, JournalError, MemoryJournal, Outcome, Proposal, StoredResult, VaultRow};
use crate::testing::ManualClock;
use crate::types::{CommandId, Email, HostId, OrderId, Timestamp, UserId};
use crate::views::Views;

/// Time after which a test counts as hanging.
const WAIT_MAX: Duration = Duration::from_mins(1);

pub(super) const BUYING: Actor = Actor::User(BUYER);
pub(super) const RIVALLING: Actor = Actor::User(RIVAL);

/// Fingerprint of the command of [`order_with_a_key`].
pub(super) const OWN: [u8; 16] = [7; 16];

/// Returns a host that leads, and that nobody follows.
pub(super) fn leader() -> Host {
    Host::leader(&Stream::default())
}

/// Orders by a command that can be repeated.
pub(super) fn order_with_a_key(host: &Host) -> Asked {
    named(&host.handle, BUYING, reserve(1), [1; 16], Some(OWN))
}

/// Checks that a caller is told the outcome is unknown, with the id of the command.
#[track_caller]
pub(super) fn check_unknown(asked: &mut Asked, id: u8) {
    let error = asked.answer().unwrap().unwrap_err();
    let id = CommandId::from_bytes([id; 16]).to_string();
    assert_eq!(error.code().as_str(), "journal.unavailable");
    assert!(error.to_string().contains("unknown") && error.to_string().contains(&id), "{error}");
}

/// Batches of the stream, in order. The body of a message is the place of its batch.
#[derive(Debug, Clone, Default)]
pub(super) struct Stream(Arc<Mutex<Vec<Vec<Proposal>>>>);

impl Stream {
    pub(super) fn len(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    fn batch(&self, at: usize) -> Vec<Proposal> {
        self.0.lock().unwrap()[at].clone()
    }

    fn store(&self, batch: Vec<Proposal>) -> usize {
        let mut batches = self.0.lock().unwrap();
        batches.push(batch);
        batches.len()
    }
}

/// Outcome of an append that is not stored.
#[derive(Debug, Clone, Copy)]
pub(super) enum Verdict {
    Lost,
    TooLarge,
    Failed,
    Unknown,
}

/// A host's journal, which is its copy, too.
#[derive(Debug)]
pub(super) struct Copied {
    journal: MemoryJournal,
    stream: Stream,
    inner: Mutex<Inner>,
    /// Woken when the stream is no longer silent.
    decides: Condvar,
    /// Told when an append begins.
    began: (flume::Sender<()>, flume::Receiver<()>),
}

#[derive(Debug)]
struct Inner {
    position: Position,
    /// Number of batches of the stream that the copy has.
    batches: usize,
    /// Number of proposals of each append.
    appends: Vec<usize>,
    /// What becomes of the next appends; all others are stored.
    verdicts: VecDeque<Verdict>,
    /// `true` while the stream decides nothing.
    is_silent: bool,
    /// `true` if nothing can be applied.
    is_broken: bool,
    /// Name of an event that this host doesn't know.
    unknown: Option<&'static str>,
}

impl Copied {
    pub(super) fn new(stream: &Stream) -> Arc<Self> {
        let inner = Inner {
            position: position(0),
            batches: 0,
            appends: Vec::new(),
            verdicts: VecDeque::new(),
            is_silent: false,
            is_broken: false,
            unknown: None,
        };
        let (journal, stream, inner) = (MemoryJournal::default(), stream.clone(), Mutex::new(inner));
        Arc::new(Self { journal, stream, inner, decides: Condvar::new(), began: flume::unbounded() })
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }

    /// Returns the number of proposals of each append.
    pub(super) fn appends(&self) -> Vec<usize> {
        self.inner().appends.clone()
    }

    /// Makes the stream decide nothing, or decide again.
    pub(super) fn silence(&self, is_silent: bool) {
        self.inner().is_silent = is_silent;
        self.decides.notify_all();
    }

    /// Sets what becomes of the next append.
    pub(super) fn will(&self, verdict: Verdict) {
        self.inner().verdicts.push_back(verdict);
    }

    /// Makes every application fail.
    pub(super) fn breaks(&self) {
        self.inner().is_broken = true;
    }

    /// Makes the next record be one of an event that this host doesn't know.
    pub(super) fn does_not_know(&self, event: &'static str) {
        self.inner().unknown = Some(event);
    }

    /// Waits until an append begins.
    pub(super) fn begins(&self) {
        self.began.1.recv_timeout(WAIT_MAX).unwrap();
    }

    fn begin(&self, proposals: &[Proposal]) {
        self.inner().appends.push(proposals.len());
        self.began.0.send(()).unwrap();
    }

    fn decide(&self, proposals: Vec<Proposal>) -> Result<Vec<Outcome>, JournalError> {
        let mut inner = self.inner();
        match inner.verdicts.pop_front() {
            Some(Verdict::Lost) => return Err(JournalError::Deposed),
            Some(Verdict::TooLarge) => return Err(JournalError::TooLarge),
            Some(Verdict::Failed) => return Err(JournalError::Storage("no space left".into())),
            Some(Verdict::Unknown) => return Err(JournalError::Unresolved),
            None => {}
        }
        inner.position = position(inner.position.n + 1);
        if !proposals.is_empty() {
            inner.batches = self.stream.store(proposals.clone());
        }
        self.journal.append(proposals)
    }
}

/// Returns the position after this many messages.
fn position(n: u64) -> Position {
    let (journal, head, writer) = (Hash::ZERO, Hash::ZERO, HostId::from_bytes([1; 16]));
    Position { journal, generation: 1, seq: n, n, head, epoch: 1, writer }
}

impl Replica for Copied {
    fn apply(&self, position: &Position, body: &[u8]) -> Result<Vec<Arc<Record>>, JournalError> {
        let mut inner = self.inner();
        if inner.is_broken {
            return Err(JournalError::Storage("no space left".into()));
        }
        if let Some(event) = inner.unknown {
            let seq = self.journal.head()?.seq + 1;
            return Err(JournalError::UnknownEvent { seq, event: event.into() });
        }
        inner.position = *position;
        if body.is_empty() {
            return Ok(Vec::new());
        }
        let at = usize::try_from(u64::from_le_bytes(body.try_into().unwrap())).unwrap();
        assert_eq!(at, inner.batches, "a batch is applied once, and none is left out");
        inner.batches += 1;
        let outcomes = self.journal.append(self.stream.batch(at))?;
        let committed = outcomes.into_iter().flat_map(|outcome| match outcome {
            Outcome::Committed(records) => records,
            Outcome::Conflict => panic!("there is one writer"),
        });
        Ok(committed.collect())
    }

    fn position(&self) -> Option<Position> {
        Some(self.inner().position)
    }
}

impl Journal for Copied {
    fn append(&self, proposals: Vec<Proposal>) -> Result<Vec<Outcome>, JournalError> {
        self.begin(&proposals);
        drop(self.decides.wait_while(self.inner(), |inner| inner.is_silent).unwrap());
        self.decide(proposals)
    }

    fn reopen(&self) -> Result<(), JournalError> {
        panic!("a host of a cluster doesn't reopen its journal by itself")
    }

    fn close(&self) {}

    fn head(&self) -> Result<Head, JournalError> {
        self.journal.head()
    }

    fn history(&self) -> Result<History, JournalError> {
        self.journal.history()
    }

    fn read(&self, from: u64, limit: usize) -> Result<Vec<Record>, JournalError> {
        self.journal.read(from, limit)
    }

    fn replay(
        &self,
        after: Head,
        visit: &mut dyn FnMut(Record) -> Result<(), JournalError>,
    ) -> Result<Head, JournalError> {
        self.journal.replay(after, visit)
    }

    fn email_key(&self, email: &Email) -> EmailKey {
        self.journal.email_key(email)
    }

    fn former_email_key(&self, email: &Email) -> Option<EmailKey> {
        self.journal.former_email_key(email)
    }

    fn email_owner(&self, key: EmailKey) -> Result<Option<UserId>, JournalError> {
        self.journal.email_owner(key)
    }

    fn vault_row(&self, user: UserId) -> Result<Option<VaultRow>, JournalError> {
        self.journal.vault_row(user)
    }

    fn result(&self, id: CommandId, now: Timestamp) -> Result<Option<StoredResult>, JournalError> {
        self.journal.result(id, now)
    }

    fn backup(&self, file: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<Head, JournalError> {
        self.journal.backup(file, progress)
    }
}

/// Appends to a host's journal that are under way until the stream decides.
#[derive(Debug)]
struct UnderWay {
    copied: Arc<Copied>,
    proposals: Option<Vec<Proposal>>,
}

impl Polled for UnderWay {
    fn begin(&mut self, proposals: Vec<Proposal>) -> Result<(), JournalError> {
        assert!(self.proposals.is_none(), "one append is under way at a time");
        self.copied.begin(&proposals);
        self.proposals = Some(proposals);
        Ok(())
    }

    fn poll(&mut self) -> Option<Result<Vec<Outcome>, JournalError>> {
        if self.copied.inner().is_silent {
            return None;
        }
        self.proposals.take().map(|proposals| self.copied.decide(proposals))
    }
}

/// A command that was given away, and its caller.
pub(super) type Forwarded = (Request, oneshot::Sender<Result<Reply, Error>>);

/// A question for a first answer that was given away, and its caller.
pub(super) type Repeated = (Repetition, oneshot::Sender<Result<Reply, Error>>);

/// A link that tells what the test says, and keeps what it is told.
#[derive(Debug)]
pub(in crate::engine::cluster) struct FakeLink {
    tell: Mutex<Option<flume::Sender<News>>>,
    news: flume::Receiver<News>,
    forwarded: (flume::Sender<Forwarded>, flume::Receiver<Forwarded>),
    repeated: (flume::Sender<Repeated>, flume::Receiver<Repeated>),
    applied: Mutex<Vec<(u64, BTreeSet<HostId>)>>,
    leads: Mutex<Vec<u64>>,
    alarms: Mutex<Vec<String>>,
    charges_in: Mutex<Option<u64>>,
    bytes_max: AtomicUsize,
    /// `true` if callers hear only of what a second host has.
    needs_second_host: AtomicBool,
    /// `true` if no other host has what is appended.
    is_alone: AtomicBool,
}

impl FakeLink {
    pub(in crate::engine::cluster) fn new() -> Arc<Self> {
        let (tell, news) = flume::unbounded();
        Arc::new(Self {
            tell: Mutex::new(Some(tell)),
            news,
            forwarded: flume::unbounded(),
            repeated: flume::unbounded(),
            applied: Mutex::default(),
            leads: Mutex::default(),
            alarms: Mutex::default(),
            charges_in: Mutex::default(),
            bytes_max: AtomicUsize::new(usize::MAX),
            needs_second_host: AtomicBool::new(false),
            is_alone: AtomicBool::new(false),
        })
    }

    /// Tells the engine.
    pub(super) fn tell(&self, news: News) {
        self.tell.lock().unwrap().as_ref().unwrap().send(news).unwrap();
    }

    /// Ends without telling.
    pub(super) fn is_cut(&self) {
        *self.tell.lock().unwrap() = None;
    }

    /// Sets the epoch in which the card processor may be asked.
    pub(in crate::engine::cluster) fn charges_in(&self, epoch: Option<u64>) {
        *self.charges_in.lock().unwrap() = epoch;
    }

    pub(super) fn bytes_max(&self, max: usize) {
        self.bytes_max.store(max, Ordering::Relaxed);
    }

    /// Sets whether callers hear only of what a second host has, and whether none has what is appended.
    pub(super) fn needs_second(&self, needs: bool, is_alone: bool) {
        self.needs_second_host.store(needs, Ordering::Relaxed);
        self.is_alone.store(is_alone, Ordering::Relaxed);
    }

    /// Waits for a command that is given away.
    pub(super) fn next_forwarded(&self) -> Forwarded {
        self.forwarded.1.recv_timeout(WAIT_MAX).unwrap()
    }

    /// Returns how far the views were each time, and who voted.
    pub(super) fn applied(&self) -> Vec<(u64, BTreeSet<HostId>)> {
        self.applied.lock().unwrap().clone()
    }

    pub(super) fn alarms(&self) -> Vec<String> {
        self.alarms.lock().unwrap().clone()
    }

    /// Returns the epochs in which the engine has begun to lead.
    pub(super) fn led(&self) -> Vec<u64> {
        self.leads.lock().unwrap().clone()
    }
}

impl Link for FakeLink {
    fn news(&self) -> flume::Receiver<News> {
        self.news.clone()
    }

    fn forward(&self, request: Request, reply: oneshot::Sender<Result<Reply, Error>>) {
        assert!(request.fingerprint.is_some(), "a forwarded command has a fingerprint");
        self.forwarded.0.send((request, reply)).unwrap();
    }

    fn forward_repetition(&self, repetition: Repetition, reply: oneshot::Sender<Result<Reply, Error>>) {
        self.repeated.0.send((repetition, reply)).unwrap();
    }

    fn leads(&self, epoch: u64) {
        self.leads.lock().unwrap().push(epoch);
    }

    fn applied(&self, position: Position, voters: &BTreeSet<HostId>) {
        self.applied.lock().unwrap().push((position.n, voters.clone()));
    }

    fn alarm(&self, why: &str) {
        self.alarms.lock().unwrap().push(why.into());
    }

    fn may_charge(&self, epoch: u64) -> bool {
        *self.charges_in.lock().unwrap() == Some(epoch)
    }

    fn batch_bytes_max(&self) -> usize {
        self.bytes_max.load(Ordering::Relaxed)
    }

    fn needs_second_host(&self) -> bool {
        self.needs_second_host.load(Ordering::Relaxed)
    }

    fn is_acknowledged(&self, n: u64) -> bool {
        assert_eq!(self.applied().last().map(|(applied, _)| *applied), Some(n), "it is asked for the last append");
        !self.is_alone.load(Ordering::Relaxed)
    }
}

/// A host that the test steps.
pub(super) struct Host {
    pub(super) writer: Writer,
    pub(super) handle: Arc<Handle>,
    pub(super) link: Arc<FakeLink>,
    pub(super) copied: Arc<Copied>,
    pub(super) views: Views,
    pub(super) waiters: Arc<Waiters>,
    pub(super) recent: Arc<Recent>,
    pub(super) terms: Arc<Terms>,
    pub(super) work: flume::Receiver<Work>,
    pub(super) clock: Arc<ManualClock>,
    stream: Stream,
}

impl Host {
    /// Creates a host that follows, from the stream's first batch on.
    pub(super) fn follower(stream: &Stream) -> Self {
        let (copied, link, clock) = (Copied::new(stream), FakeLink::new(), clock());
        let (parts, work) = parts(copied.clone(), clock.clone());
        let (views, waiters, recent) = (parts.views.clone(), Arc::clone(&parts.waiters), Arc::clone(&parts.recent));
        let terms = Terms::new(link.clone());
        let cluster = ClusterParts { link: link.clone(), replica: copied.clone(), terms: Arc::clone(&terms) };
        let under_way = UnderWay { copied: Arc::clone(&copied), proposals: None };
        let (writer, handle) = Writer::stepped_in_cluster(parts, cluster, Box::new(under_way));
        let (handle, stream) = (Arc::new(handle), stream.clone());
        Self { writer, handle, link, copied, views, waiters, recent, terms, work, clock, stream }
    }

    /// Creates a host that leads, with three users and a ticket.
    pub(super) fn leader(stream: &Stream) -> Self {
        let mut host = Self::follower(stream);
        host.leads(1);
        for user in [SELLER, BUYER, RIVAL] {
            let command = sign_up(host.copied.as_ref(), user);
            host.done(Actor::System, command);
        }
        host.done(Actor::User(SELLER), list());
        host
    }

    /// Makes the host lead.
    pub(super) fn leads(&mut self, epoch: u64) {
        self.link.tell(News::Lead { epoch });
        self.writer.turn();
        assert_eq!(self.link.led().last(), Some(&epoch));
    }

    /// Tells the host of another's claim, which is no batch, and that it writes no more if it did.
    pub(super) fn hears_a_claim(&self) {
        self.hears(Kind::Claim, b"{}");
        self.link.tell(News::Depose);
    }

    /// Tells the host of a message.
    pub(super) fn hears(&self, kind: Kind, body: &[u8]) {
        let position = position(self.copied.inner().position.n + 1);
        let header = Header {
            journal: Hash::ZERO,
            kind,
            epoch: position.epoch,
            writer: position.writer,
            n: position.n,
            prev: Hash::ZERO,
            hash: Hash::ZERO,
            at: Timestamp::from_millis(1),
        };
        self.link.tell(News::Apply { position, message: Arc::new(Message::new(header, body.into())) });
    }

    /// Makes the host apply what it lacks of the stream.
    pub(super) fn catches_up(&mut self) {
        let first = self.copied.inner().batches;
        for at in first..self.stream.len() {
            self.hears(Kind::Batch, &(at as u64).to_le_bytes());
            self.writer.turn();
        }
    }

    pub(super) fn ask(&self, actor: Actor, command: Command, id: u8) -> Asked {
        named(&self.handle, actor, command, [id; 16], None)
    }

    /// Asks as another host does that has given a command away.
    pub(super) fn deliver(&self, request: &Request) -> Asked {
        let request = wire::decode(&wire::encode(request).unwrap()).unwrap();
        let handle = Arc::clone(&self.handle);
        Asked::new(async move { handle.deliver(request).await })
    }

    /// Asks for the first answer to a command that was refused before it came here.
    pub(super) fn ask_again(&self, id: u8, fingerprint: [u8; 16]) -> Asked {
        let (handle, refusal) = (Arc::clone(&self.handle), Code::PaymentUnavailable.into());
        Asked::new(async move { handle.first_answer(CommandId::from_bytes([id; 16]), fingerprint, refusal).await })
    }

    /// Asks for it as another host does that has given the question away.
    pub(super) fn deliver_repetition(&self, repetition: &Repetition) -> Asked {
        let bytes = wire::encode_repetition(repetition).unwrap();
        let Ok(wire::Given::FirstAnswer(repetition)) = wire::decode_given(&bytes) else { panic!("it is another one") };
        let handle = Arc::clone(&self.handle);
        Asked::new(async move { handle.deliver_repetition(repetition).await })
    }

    /// Returns the questions for first answers that were given away since the previous call.
    pub(super) fn repeated(&self) -> Vec<Repeated> {
        self.link.repeated.1.drain().collect()
    }

    /// Asks, and steps the writer until the answer is there.
    pub(super) fn done(&mut self, actor: Actor, command: Command) {
        let mut asked = self.ask(actor, command, 0);
        self.writer.turn();
        assert_eq!(asked.code(), Some("ok"));
    }

    /// Returns the commands that were given away since the previous call.
    pub(super) fn forwarded(&self) -> Vec<Forwarded> {
        self.link.forwarded.1.drain().collect()
    }

    /// Returns the first bytes of the ids of the commands that were given away since the previous call.
    pub(super) fn forwarded_ids(&self) -> Vec<u8> {
        self.forwarded().iter().map(|(request, _)| request.id.as_bytes()[0]).collect()
    }

    pub(super) fn order(&self, number: u8) -> Option<Arc<Order>> {
        self.views.order(OrderId::from_bytes([number; 16])).unwrap()
    }

    /// Returns the number of the last record.
    pub(super) fn seq(&self) -> u64 {
        self.copied.head().unwrap().seq
    }

    /// Returns the names of the events since a record.
    pub(super) fn events_after(&self, seq: u64) -> Vec<&'static str> {
        self.copied.read(seq + 1, 1_000).unwrap().iter().map(|record| record.event.name()).collect()
    }
}
