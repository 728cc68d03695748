//! Applying what another host wrote.

use std::sync::Arc;

use super::{News, Role};
use crate::domain::Fact;
use crate::engine::appender::Durable;
use crate::engine::batch::Batch;
use crate::engine::engine_metrics::Values;
use crate::engine::replay::load;
use crate::engine::writer::{Writer, inconsistent};
use crate::error::{Code, Error};
use crate::event::Record;
use crate::journal::JournalError;
use crate::journal::jetstream::{Kind, Message, Position, Release};

/// Maximum number of news that are taken before the queue is looked at.
const NEWS_MAX: usize = 64;

impl Writer {
    /// Keeps news that came while the writer waited.
    pub(in crate::engine) fn hold(&mut self, news: News) {
        if let Some(cluster) = &mut self.cluster {
            cluster.held.push_back(news);
        }
    }

    /// Takes the news, and gives every command away unless this host leads. Returns `true` if it does.
    pub(in crate::engine) fn attend(&mut self) -> bool {
        self.answer_the_late();
        for _ in 0..NEWS_MAX {
            if !self.is_resolved() {
                break;
            }
            let Some(news) = self.next_news() else { break };
            self.take_news(news);
        }
        if !self.may_append() {
            self.give_commands_away();
            return false;
        }
        if let Some(cluster) = &mut self.cluster {
            cluster.bytes_max = cluster.parts.link.batch_bytes_max();
        }
        true
    }

    /// Returns `true` if news may be taken: no batch of a term that has ended is without an outcome.
    fn is_resolved(&mut self) -> bool {
        if self.may_append() {
            return true;
        }
        if let Some(appended) = self.in_flight.as_ref().and_then(|_| self.appender.poll()) {
            self.complete_append(appended);
        }
        if self.in_flight.is_none() {
            self.give_back_open();
            return true;
        }
        // Only an alarm ends the wait for the outcome.
        while let Some(news) = self.cluster.as_ref().and_then(|cluster| cluster.news.try_recv().ok()) {
            self.hold(news);
        }
        let mut held = self.cluster.iter().flat_map(|cluster| &cluster.held);
        if let Some(why) = held.find_map(|news| if let News::Alarm(why) = news { Some(why.clone()) } else { None }) {
            self.alarmed(&Error::with_message(Code::JournalUnavailable, why));
        }
        false
    }

    fn next_news(&mut self) -> Option<News> {
        let cluster = self.cluster.as_mut().filter(|cluster| cluster.role != Role::Alarm)?;
        cluster.held.pop_front().or_else(|| match cluster.news.try_recv() {
            Ok(news) => Some(news),
            Err(flume::TryRecvError::Empty) => None,
            Err(flume::TryRecvError::Disconnected) => Some(disconnected()),
        })
    }

    fn take_news(&mut self, news: News) {
        match news {
            News::Alarm(why) => self.alarmed(&Error::with_message(Code::JournalUnavailable, why)),
            // Whatever else is news to a leader ends its term. It is taken once nothing of the term is left.
            news if self.may_append() => {
                if let Some(cluster) = &mut self.cluster {
                    cluster.held.push_front(news);
                }
                self.cease();
            }
            News::Apply { position, message } => self.apply(position, &message),
            News::Lead { epoch } => self.lead(epoch),
            News::Depose => {}
        }
    }

    /// Applies a message: to the copy, to the state, to the views.
    fn apply(&mut self, position: Position, message: &Message) {
        let Some(replica) = self.cluster.as_ref().map(|cluster| Arc::clone(&cluster.parts.replica)) else { return };
        let body = if message.header.kind == Kind::Batch { &message.body[..] } else { &[] };
        let applied = replica.apply(&position, body).map_err(|error| not_applied(error, message.release));
        let applied = applied.and_then(|records| self.adopt(records));
        match applied {
            Ok(()) => self.note_applied(Some(position)),
            Err(error) => self.sound_alarm(&error),
        }
    }

    /// Makes records of another host visible, and brings the state to them.
    fn adopt(&mut self, records: Vec<Arc<Record>>) -> Result<(), Error> {
        let Some(at) = records.last().map(|last| last.at) else { return Ok(()) };
        let mut batch = Batch::default();
        for record in &records {
            self.adopt_record(&mut batch, record)?;
        }
        self.parts.time.reach(at);
        self.parts.state.forget_sessions_until(at);
        batch.metrics = Values::of(&self.parts.state);
        self.publish(batch, &Durable { records, position: None });
        Ok(())
    }

    fn adopt_record(&mut self, batch: &mut Batch, record: &Record) -> Result<(), Error> {
        let (state, event) = (&mut self.parts.state, &record.event);
        if event.may_revive() {
            for key in event.changes() {
                load(state, &self.parts.views, key)?;
            }
        }
        state.apply(event, Fact { at: record.at, version: record.version }).map_err(inconsistent)?;
        batch.show(state, event);
        batch.note(state, event, None);
        // Only the host that writes asks the card processor.
        batch.work.clear();
        Ok(())
    }

    /// Tells the cluster how far the views are.
    pub(in crate::engine) fn note_applied(&self, position: Option<Position>) {
        let Some((cluster, position)) = self.cluster.as_ref().zip(position) else { return };
        cluster.parts.link.applied(position, &self.durable_voters());
    }
}

/// Returns why a message that a host of this release wrote can't be applied. What a newer release wrote may be unknown here.
fn not_applied(error: JournalError, release: Release) -> Error {
    let own = Release::own();
    match error {
        JournalError::UnknownEvent { seq, event } => {
            let what = format!("record {seq} holds the event {event}, which version {release} or later knows");
            Error::with_message(Code::JournalNewerFormat, format!("{what}, and this is version {own}"))
        }
        error if release > own => {
            let error = Error::from(error);
            let what = format!("{error}; version {release} has written it, and this is version {own}");
            Error::with_message(error.code(), what).with_source(error)
        }
        error => error.into(),
    }
}

/// Returns what it means that nobody tells anything any more.
pub(super) fn disconnected() -> News {
    News::Alarm("the connection of this engine to its cluster is gone".into())
}
