//! One life of the box office: the real engine, without a thread of its own.

use std::sync::Arc;
use std::time::Duration;

use super::disks::Disks;
use super::watch::{Watch, Watched};
use crate::clock::Clock;
use crate::engine::Writer;
use crate::error::{Code, Error};
use crate::gateway::PaymentGateway;
use crate::ids::IdSource;
use crate::journal::{Journal, RedbJournal, Sizes};
use crate::office::is_in_journal;
use crate::views::Views;
use crate::{BoxOffice, KeyRing, Limits};

/// How often tasks that wake each other get their turn before the world goes on.
const TURNS: usize = 12;

/// The key of email hashes of every simulated journal: it decides nothing.
const EMAIL_HASH_KEY: [u8; 32] = [0x5a; 32];

/// So small that records are archived all the time, and that some lives are in quick-repair mode.
const SIZES: Sizes = Sizes { kept: 100, portion: 20, portion_bytes: 16 * 1024, quick_repair_from: 200 };

/// What outlives a process.
#[derive(Debug, Clone)]
pub(super) struct Outside {
    pub(super) clock: Arc<dyn Clock>,
    pub(super) ids: Arc<dyn IdSource>,
    pub(super) gateway: Arc<dyn PaymentGateway>,
    pub(super) watch: Watch,
    pub(super) limits: Limits,
}

/// A running box office.
#[derive(Debug)]
pub(super) struct Process {
    pub(super) office: BoxOffice,
    pub(super) journal: Arc<dyn Journal>,
    pub(super) views: Views,
    /// Dropped before the rest: it lets go of everybody who waits.
    writer: Option<Writer>,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Process {
    /// Starts the box office on what the disks hold.
    pub(super) fn start(disks: &Disks, outside: &Outside) -> Result<Self, Error> {
        let journal: Arc<dyn Journal> = {
            let files = [&disks.journal, &disks.archive];
            Arc::new(RedbJournal::open_on(files, EMAIL_HASH_KEY, SIZES)?)
        };
        let views = Views::open_on(&disks.views, &|head| is_in_journal(journal.as_ref(), head))?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .map_err(|error| Error::from(Code::Internal).with_source(error))?;
        let gateway = Watched { gateway: Arc::clone(&outside.gateway), watch: outside.watch.clone() };
        let builder = BoxOffice::builder()
            .clock(Arc::clone(&outside.clock))
            .ids(Arc::clone(&outside.ids))
            .limits(outside.limits)
            .key_ring(KeyRing::new(&[7; 32])?);
        let opened = builder.open_stepped(Arc::clone(&journal), views.clone(), Arc::new(gateway), runtime.handle());
        let (office, writer) = opened.inspect_err(|_| {
            views.close();
            journal.close();
        })?;
        office.inner().tap(Arc::new(outside.watch.clone()));
        let process = Self { office, journal, views, writer: Some(writer), runtime: Some(runtime) };
        process.pump();
        Ok(process)
    }

    /// Lets the tasks go on that can: callers, the gateway's worker.
    pub(super) fn pump(&self) {
        self.block_on(async {
            for _ in 0..TURNS {
                tokio::task::yield_now().await;
            }
        });
    }

    /// Timers run for so long.
    pub(super) fn pass(&self, time: Duration) {
        self.block_on(tokio::time::advance(time));
    }

    pub(super) fn spawn(&self, act: super::Act) {
        if let Some(runtime) = &self.runtime {
            runtime.spawn(act);
        }
    }

    pub(super) fn block_on<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        self.runtime.as_ref().map(|runtime| runtime.block_on(future))
    }

    /// The writer decides what waits, and begins to append.
    pub(super) fn decide(&mut self) {
        self.writer.iter_mut().for_each(Writer::turn);
    }

    /// What the writer began to append is appended, or not.
    pub(super) fn append(&mut self) {
        self.writer.iter_mut().for_each(Writer::land_flying);
    }

    /// Whether the writer has given up.
    pub(super) fn is_over(&self) -> bool {
        self.writer.as_ref().is_none_or(Writer::is_done)
    }

    /// Takes no more commands.
    pub(super) fn close_queue(&self) {
        self.office.inner().close_queue();
    }

    /// Writes a last checkpoint, and ends.
    pub(super) fn end(self) {
        self.pump();
        // Nothing is lost by a checkpoint that can't be written.
        let _ = self.views.checkpoint();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.writer = None;
        // Tasks end where they are, as they do in a crash.
        self.runtime = None;
        self.views.close();
        self.journal.close();
    }
}
