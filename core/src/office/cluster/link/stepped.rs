//! A box office without threads, as a host of a simulated cluster.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::oneshot;

use super::{Deliverer, give_away, proposals_max};
use crate::disk::Disk;
use crate::domain::Reply;
use crate::engine::cluster::polled::PolledJournal;
use crate::engine::cluster::{ClusterParts, Link, News, Terms, wire};
use crate::engine::{Repetition, Request, Writer};
use crate::error::Error;
use crate::gateway::PaymentGateway;
use crate::journal::jetstream::Position;
use crate::journal::jetstream::journal::ClusterJournal;
use crate::journal::jetstream::outlet::Outlet;
use crate::journal::jetstream::simulated::{Hosts, Seat};
use crate::journal::{Journal, RedbJournal};
use crate::office::{BoxOffice, Builder, is_in_journal};
use crate::types::HostId;
use crate::views::Views;

/// A box office of a simulated cluster, and the parts that its caller steps.
pub(crate) struct SteppedHost {
    pub(crate) office: BoxOffice,
    pub(crate) writer: Writer,
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) views: Views,
    pub(crate) seat: Arc<Seat>,
}

/// This box office as a member of a simulated cluster.
#[derive(Debug)]
struct Simulated {
    seat: Arc<Seat>,
    news: flume::Receiver<News>,
}

impl Link for Simulated {
    fn news(&self) -> flume::Receiver<News> {
        self.news.clone()
    }

    fn forward(&self, request: Request, reply: oneshot::Sender<Result<Reply, Error>>) {
        give_away(request.id, wire::encode(&request), reply, |command, reply| self.seat.forward(command, reply));
    }

    fn forward_repetition(&self, repetition: Repetition, reply: oneshot::Sender<Result<Reply, Error>>) {
        let encoded = wire::encode_repetition(&repetition);
        give_away(repetition.id, encoded, reply, |question, reply| self.seat.forward(question, reply));
    }

    fn leads(&self, epoch: u64) {
        self.seat.leads(epoch);
    }

    fn applied(&self, position: Position, voters: &BTreeSet<HostId>) {
        self.seat.applied(position, voters);
    }

    fn alarm(&self, why: &str) {
        self.seat.alarm(why);
    }

    fn may_charge(&self, epoch: u64) -> bool {
        self.seat.may_charge(epoch)
    }

    fn batch_bytes_max(&self) -> usize {
        proposals_max(self.seat.bytes_max())
    }

    fn needs_second_host(&self) -> bool {
        self.seat.needs_second_host()
    }

    fn is_acknowledged(&self, n: u64) -> bool {
        self.seat.is_acknowledged(n)
    }
}

impl Builder {
    /// Opens a box office without threads as a host of a simulated cluster, on this copy of the journal.
    pub(crate) fn open_stepped_host(
        self,
        copy: Arc<RedbJournal>,
        views: Arc<dyn Disk>,
        gateway: Arc<dyn PaymentGateway>,
        runtime: &tokio::runtime::Handle,
    ) -> Result<SteppedHost, Error> {
        let (told, news_told) = flume::unbounded();
        let sink = Box::new(move |told_now| {
            // It fails only if the engine has ended.
            let _ = told.send(told_now);
        });
        let bytes_max = Hosts::body_bytes_max();
        let seat = Seat::new(Arc::clone(&copy), bytes_max, runtime.clone(), sink);
        let outlet: Arc<dyn Outlet> = seat.clone();
        let shared = Arc::new(ClusterJournal::new(Arc::clone(&copy), outlet));
        let polled = Box::new(PolledJournal::new(Arc::clone(&shared)));
        let journal: Arc<dyn Journal> = shared;
        let link = Arc::new(Simulated { seat: Arc::clone(&seat), news: news_told });
        let parts = ClusterParts { terms: Terms::new(link.clone()), link, replica: copy };
        let views = Views::open_on(views, &|head| is_in_journal(journal.as_ref(), head))?;
        let store = (Arc::clone(&journal), views.clone());
        let opened = self.open_stepped_in_cluster(store, gateway, runtime, parts, polled);
        let (office, writer, handle) = opened.inspect_err(|_| {
            views.close();
            journal.close();
        })?;
        seat.serve(Arc::new(Deliverer(handle)));
        Ok(SteppedHost { office, writer, journal, views, seat })
    }
}
