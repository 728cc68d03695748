//! Giving copies to new hosts, and taking one.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_nats::{Client, Request, Subscriber};
use bytes::Bytes;
use tokio::time::{sleep, timeout_at};

use super::super::peer::{Said, What};
use super::connection::Connection;
use super::reader::next_of;
use super::seal::{Purpose, SEAL_BYTES_MAX, Sealer};
use super::shared::{Shared, Timepiece};
use super::subjects::Subjects;
use super::transfer::{Backup, Next, Question, Reply, Shelf, Taking, TransferError};
use crate::event::Hash;
use crate::journal::Journal;
use crate::types::HostId;

/// Time for which a new host listens for others that could give it a copy.
const LISTEN: Duration = Duration::from_millis(1_500);

/// Time within which a question must be answered, and how often it is asked.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
const ATTEMPTS_MAX: u32 = 5;

/// Pause before a host is asked again how far its backup is.
const PAUSE: Duration = Duration::from_millis(200);

/// Interval in which backups are removed that nobody asks for any more.
const TIDY_EVERY: Duration = Duration::from_secs(30);

/// Bytes of a chunk, at most: a few fill the connection, and others have their turn.
const CHUNK_BYTES_MAX: usize = 512 * 1024;

/// Maximum bytes of what a message holds beside a chunk.
const BESIDE_CHUNK: usize = SEAL_BYTES_MAX + 256;

/// Reason why this host has no copy.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CopyFailure {
    /// No host gives one.
    #[error(
        "no other host can give this one a copy: start one that has a copy, or make this directory the first by `init`"
    )]
    Nobody,
    /// A host does not answer any more.
    #[error("host {0} has stopped answering while it gave a copy")]
    Silence(HostId),
    /// It can't be taken.
    #[error(transparent)]
    Transfer(#[from] TransferError),
    /// The connection or the secret is of no use.
    #[error("no copy can be asked for: {0}")]
    Connection(String),
}

/// Gives copies to other hosts, until the process ends.
pub(super) async fn serve(shared: Arc<Shared>, mut subscription: Subscriber, dir: PathBuf) {
    let journal = Arc::clone(&shared.journal);
    let backup: Backup = Box::new(move |folder| {
        let made = journal.backup(&folder.join("journal.redb"), &mut |_, _| {});
        made.map(drop).map_err(|error| error.to_string())
    });
    let shelf = Arc::new(Shelf::new(dir, backup));
    let left = Arc::clone(&shelf);
    if let Ok(Err(error)) = tokio::task::spawn_blocking(move || left.clear()).await {
        tracing::warn!(%error, "copies that an earlier process has made for other hosts could not be removed");
    }
    drop(tokio::spawn(tidy(Arc::clone(&shared), Arc::clone(&shelf))));
    while let Some(message) = next_of(&mut subscription).await {
        let Some(reply_to) = message.reply else { continue };
        let Some(text) = shared.open(Purpose::Copy, &message.payload) else { continue };
        let Ok(question) = rmp_serde::from_slice::<Question>(&text) else { continue };
        let (shared, shelf) = (Arc::clone(&shared), Arc::clone(&shelf));
        tokio::spawn(async move {
            let client = &shared.connection.client;
            let now = (shared.now)();
            let most = CHUNK_BYTES_MAX.min(client.max_payload().saturating_sub(BESIDE_CHUNK));
            let asked = Arc::clone(&shelf);
            let answered = tokio::task::spawn_blocking(move || {
                let reply = asked.answer(now.moment, &question, most);
                (question, reply)
            });
            // It fails only if the process ends.
            let Ok((question, reply)) = answered.await else { return };
            let text = rmp_serde::to_vec_named(&reply).unwrap_or_default();
            if let Ok(sealed) = shared.sealer.seal(Purpose::Copy, now.wall, &text) {
                // Who does not get it asks again.
                let _ = client.publish(reply_to, Bytes::from(sealed)).await;
            }
            if let (Question::Begin, Reply::Making { copy }) = (question, reply) {
                tracing::info!("another host is being given a copy of the journal");
                drop(tokio::task::spawn_blocking(move || shelf.make(copy)));
            }
        });
    }
}

/// Removes backups that nobody asks for any more, until the process ends.
async fn tidy(shared: Arc<Shared>, shelf: Arc<Shelf>) {
    loop {
        sleep(TIDY_EVERY).await;
        let (shelf, now) = (Arc::clone(&shelf), (shared.now)().moment);
        drop(tokio::task::spawn_blocking(move || shelf.tidy(now)));
    }
}

/// Takes a copy for a host that has none.
pub(super) struct Taker<'a> {
    pub(super) connection: &'a Connection,
    pub(super) sealer: &'a Sealer,
    pub(super) now: &'a Timepiece,
    pub(super) journal: Hash,
    pub(super) dir: PathBuf,
}

impl Taker<'_> {
    /// Takes a copy from one of the hosts that have the most.
    pub(super) async fn take(&self) -> Result<(), CopyFailure> {
        let subjects = Subjects::of(self.journal);
        let givers = self.givers(&subjects).await?;
        let mut failure = CopyFailure::Nobody;
        for giver in givers {
            tracing::info!(host = %giver, "taking a copy of the journal from another host");
            match self.take_from(&subjects, giver).await {
                Ok(()) => return Ok(()),
                Err(error) => {
                    tracing::warn!(host = %giver, %error, "no copy came from another host");
                    failure = error;
                }
            }
        }
        Err(failure)
    }

    /// Listens for hosts that could give a copy. Those that have most come first, and of these those that don't write.
    async fn givers(&self, subjects: &Subjects) -> Result<Vec<HostId>, CopyFailure> {
        let unusable = |error: &dyn std::fmt::Display| CopyFailure::Connection(error.to_string());
        let mut says = self.connection.client.subscribe(subjects.say()).await.map_err(|error| unusable(&error))?;
        let until = tokio::time::Instant::now() + LISTEN;
        let mut heard = BTreeMap::new();
        while let Ok(Some(message)) = timeout_at(until, next_of(&mut says)).await {
            let Ok(text) = self.sealer.open(Purpose::Say, (self.now)().wall, &message.payload) else { continue };
            let Ok(said) = rmp_serde::from_slice::<Said>(&text) else { continue };
            heard.insert(said.from, said);
        }
        Ok(ranked(heard.into_values().collect(), self.journal))
    }

    async fn take_from(&self, subjects: &Subjects, giver: HostId) -> Result<(), CopyFailure> {
        let dir = self.dir.clone();
        let mut taking = blocking(move || Taking::begin(&dir)).await??;
        let subject = subjects.to(Purpose::Copy, giver);
        let taken = loop {
            let question = match taking.next() {
                Next::Ask(question) => question,
                Next::AskLater(question) => {
                    sleep(PAUSE).await;
                    question
                }
                Next::Done => break Ok(()),
            };
            let reply = match self.ask(&subject, giver, &question).await {
                Ok(reply) => reply,
                Err(error) => break Err(error),
            };
            let (back, next) = blocking(move || {
                let next = taking.take(reply);
                (taking, next)
            })
            .await?;
            taking = back;
            if let Err(error) = next {
                break Err(error.into());
            }
        };
        if let Some(end) = taking.end() {
            // The backup is removed anyway, later.
            let _ = self.ask(&subject, giver, &end).await;
        }
        taken
    }

    async fn ask(&self, subject: &str, giver: HostId, question: &Question) -> Result<Reply, CopyFailure> {
        for _ in 0..ATTEMPTS_MAX {
            if let Some(reply) = self.ask_once(&self.connection.client, subject, question).await? {
                return Ok(reply);
            }
            sleep(PAUSE).await;
        }
        Err(CopyFailure::Silence(giver))
    }

    async fn ask_once(
        &self,
        client: &Client,
        subject: &str,
        question: &Question,
    ) -> Result<Option<Reply>, CopyFailure> {
        let unusable = |error: &dyn std::fmt::Display| CopyFailure::Connection(error.to_string());
        let text = rmp_serde::to_vec_named(question).map_err(|error| unusable(&error))?;
        let sealed = self.sealer.seal(Purpose::Copy, (self.now)().wall, &text).map_err(|error| unusable(&error))?;
        let request = Request::new().payload(Bytes::from(sealed)).timeout(Some(ANSWER_TIMEOUT));
        let Ok(answer) = client.send_request(subject.to_owned(), request).await else { return Ok(None) };
        let text = self.sealer.open(Purpose::Copy, (self.now)().wall, &answer.payload);
        let text = text.map_err(|error| unusable(&error))?;
        rmp_serde::from_slice(&text).map(Some).map_err(|error| unusable(&error))
    }
}

/// Runs work that waits for the disk.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, CopyFailure> {
    tokio::task::spawn_blocking(work).await.map_err(|error| CopyFailure::Connection(error.to_string()))
}

/// Returns the hosts that could give a copy of the journal, the best first.
fn ranked(heard: Vec<Said>, journal: Hash) -> Vec<HostId> {
    let mut able = heard;
    able.retain(|said| said.standing.journal == journal && !said.standing.blank && said.what != What::Bye);
    able.sort_by_key(|said| (std::cmp::Reverse(said.standing.n), said.what == What::Heartbeat, said.from));
    // A follower that is a little behind spares the writer the work.
    let most = able.first().map_or(0, |said| said.standing.n);
    able.sort_by_key(|said| (said.standing.n + LITTLE < most, said.what == What::Heartbeat));
    able.into_iter().map(|said| said.from).collect()
}

/// Number of messages by which a host may be behind and still gives a good copy.
const LITTLE: u64 = 10_000;

#[cfg(test)]
mod tests {
    use super::super::super::peer::Standing;
    use super::*;
    use crate::types::Timestamp;

    const JOURNAL: Hash = Hash::from_bytes([7; 32]);

    fn said(host: u8, n: u64, what: What) -> Said {
        let (head, blank, secured) = (Hash::ZERO, false, None);
        let standing = Standing { journal: JOURNAL, generation: 1, epoch: 1, n, head, blank, secured };
        let (from, at) = (HostId::from_bytes([host; 16]), Timestamp::from_millis(1));
        Said { from, instance: 1, number: 1, at, standing, second_host: false, what }
    }

    fn check(heard: Vec<Said>, expected: &[u8]) {
        let expected: Vec<_> = expected.iter().map(|host| HostId::from_bytes([*host; 16])).collect();
        assert_eq!(ranked(heard, JOURNAL), expected);
    }

    #[test]
    fn a_follower_that_is_level_gives_before_the_writer() {
        check(
            vec![said(1, 50_000, What::Heartbeat), said(2, 49_990, What::Status), said(3, 50_000, What::Status)],
            &[3, 2, 1],
        );
        check(vec![said(1, 50_000, What::Heartbeat), said(2, 100, What::Status)], &[1, 2]);
        check(vec![said(1, 5, What::Heartbeat)], &[1]);
        check(Vec::new(), &[]);
    }

    #[test]
    fn a_host_that_has_no_copy_or_another_gives_none() {
        let mut blank = said(1, 9, What::Status);
        blank.standing.blank = true;
        let mut other = said(2, 9, What::Status);
        other.standing.journal = Hash::ZERO;
        check(vec![blank, other, said(3, 9, What::Bye), said(4, 1, What::Status)], &[4]);
    }
}
