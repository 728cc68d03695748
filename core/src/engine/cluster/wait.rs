//! Waiting for whatever comes first: a command, news of the cluster, the outcome of an append, a deadline.

use super::Role;
use super::follow::disconnected;
use crate::engine::appender::gone;
use crate::engine::handle::Message;
use crate::engine::writer::{Happened, Writer};

impl Writer {
    /// Waits if there is nothing to do.
    pub(in crate::engine) fn wait_in_cluster(&self) -> Happened {
        let Some(cluster) = &self.cluster else { return Happened::Nothing };
        let leads = cluster.role == Role::Lead;
        let is_appending = self.in_flight.is_some();
        // A leader goes on deciding while a batch is appended; a host whose term has ended waits for the batch's outcome.
        let takes_commands = if is_appending { leads && !self.is_full() } else { true };
        if takes_commands && !(self.incoming.is_empty() && self.queue.is_empty()) {
            return Happened::Nothing;
        }
        if !cluster.held.is_empty() && (leads || !is_appending) {
            return Happened::Nothing;
        }
        let mut selector = flume::Selector::new();
        if cluster.role != Role::Alarm {
            selector = selector.recv(&cluster.news, |news| Happened::News(news.unwrap_or_else(|_| disconnected())));
        }
        if takes_commands {
            selector = selector.recv(&self.queue, |message| Happened::Message(message.unwrap_or(Message::Close)));
        }
        if let Some(done) = self.appender.done().filter(|_| is_appending) {
            selector = selector.recv(done, |done| Happened::Appended(done.unwrap_or_else(|_| Err(gone()))));
        }
        let until = if is_appending { self.until_late() } else { self.until_due().filter(|_| leads) };
        match until {
            Some(wait) if wait.is_zero() => Happened::Nothing,
            Some(wait) => selector.wait_timeout(wait).unwrap_or(Happened::Nothing),
            None => selector.wait(),
        }
    }
}
