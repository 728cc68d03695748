//! The drivers of hosts with engines: what [`nats`](crate::journal::jetstream::nats) does beside real servers, on a simulated
//! network.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::driven::{Driven, Held, Turn};
use super::faults::Fault;
use super::network::{DAWN, Happened, Network};
use super::parcel::Parcel;
use super::port::Port;
use super::rng::Rng;
use super::seat::{Asked, Seat};
use super::servers::SERVERS;
use super::weather::Weather;
use crate::event::Hash;
use crate::journal::jetstream::member::{Input, Member, Output, Resolution};
use crate::journal::jetstream::message::{Header, Kind, Message};
use crate::journal::jetstream::nats::News;
use crate::journal::jetstream::peer::Secured;
use crate::journal::jetstream::position::Position;
use crate::journal::{Journal as _, JournalError, RedbJournal};
use crate::types::{HostId, Timestamp};

/// Most bytes of a body that the servers take, and of a message as the hosts believe: that is more.
const BYTES_MAX: [usize; 2] = [64 * 1024, 80 * 1024];

/// Most bytes of a message beside its body.
const BESIDE_BODY: usize = 2_048;

/// Age of the last append at which the card processor may still be asked, in milliseconds.
const CHARGE_WITHIN: u64 = 2_000;

/// Interval in which the copy is made durable.
const SYNC_EVERY: u64 = 1_000;

/// Difference of two clocks, in milliseconds, that no host takes for too great.
const CLOCKS_ALIKE: u64 = 900;

/// Time for which a host that is closed waits until everything is answered, and then until the others know that it leaves.
const CLOSE_MAX: u64 = 10_000;
const LEAVE_MAX: u64 = 2_000;

/// The hosts of a cluster, as far as their engines don't do it.
#[derive(Debug)]
pub(crate) struct Hosts {
    pub(super) net: Network<Parcel>,
    pub(super) driven: Vec<Driven>,
    /// Number of commands and answers that are on their way.
    pub(super) on_their_way: usize,
    /// The first thing that should not have happened.
    violation: Option<String>,
}

/// Makes a journal the first copy of a cluster; returns its position, and the first message of the stream.
///
/// # Errors
/// The errors of the journal's storage.
pub(crate) fn found(journal: &RedbJournal, host: HostId) -> Result<(Position, Arc<Message>), JournalError> {
    let (id, head) = (journal.history()?.id, Hash::ZERO);
    let position = Position { journal: id, generation: 1, seq: 0, n: 0, head, epoch: 0, writer: host };
    journal.set_position(&position)?;
    let at = Timestamp::from_millis(DAWN);
    let (kind, hash) = (Kind::Base, Hash::ZERO);
    let header = Header { journal: id, kind, epoch: 0, writer: host, n: 1, prev: head, hash, at };
    Ok((position, Arc::new(Message::new(header, Arc::from([])))))
}

impl Hosts {
    /// Creates the hosts with these ids, on a stream with its first message. They start soon.
    pub(crate) fn new(seed: u64, ids: &[HostId], first: Arc<Message>) -> Self {
        let mut rng = Rng::new(seed);
        let port = |(at, id): (usize, &HostId)| {
            let ahead = i64::try_from(rng.between(0, 800)).unwrap_or_default() - 400;
            Port::new(*id, at % SERVERS, ahead)
        };
        let ports: Vec<Port> = ids.iter().enumerate().map(port).collect();
        let weather = Weather::new(&mut rng);
        let driven = ids.iter().map(|_| Driven::default()).collect();
        let net = Network::new(rng, ports, weather, first, BYTES_MAX);
        Self { net, driven, on_their_way: 0, violation: None }
    }

    /// Returns the network.
    pub(crate) fn network(&mut self) -> &mut Network<Parcel> {
        &mut self.net
    }

    /// Returns the milliseconds since the world began.
    pub(crate) fn now(&self) -> u64 {
        self.net.now
    }

    /// Returns the time of day of a host.
    pub(crate) fn wall(&self, host: usize) -> Timestamp {
        self.net.clock(host).wall
    }

    /// Returns the most bytes of a body, as the hosts believe.
    pub(crate) fn body_bytes_max() -> usize {
        let [_, of_hosts] = BYTES_MAX;
        of_hosts.saturating_sub(BESIDE_BODY)
    }

    /// Lets the next event happen; returns `None` if none is due by `end`.
    pub(crate) fn next(&mut self, end: u64) -> Option<Happened<Parcel>> {
        let happened = match self.net.next(end)? {
            Happened::Wants(host, wanted) => {
                self.perform_all(host, wanted);
                Happened::Nothing
            }
            Happened::Own(parcel) => {
                self.comes(parcel);
                Happened::Nothing
            }
            other => other,
        };
        Some(happened)
    }

    /// Returns the first thing that should not have happened.
    pub(crate) fn violation(&self) -> Option<&str> {
        self.violation.as_deref()
    }

    pub(super) fn violated(&mut self, what: impl FnOnce() -> String) {
        if self.violation.is_none() {
            self.violation = Some(what());
        }
    }

    pub(crate) fn member(&self, host: usize) -> Option<&Member> {
        self.net.ports.get(host)?.member.as_ref()
    }

    pub(super) fn seat(&self, host: usize) -> Option<Arc<Seat>> {
        self.driven.get(host)?.seat.clone()
    }

    /// Returns the number of the last message of the stream.
    pub(crate) fn end(&self) -> u64 {
        self.net.servers.log.len() as u64
    }

    /// Cuts off the server of the host that writes, for some seconds. The host stays there, and hears nobody.
    pub(crate) fn cut_off_writer(&mut self) {
        let Some(writer) = (0..self.driven.len()).find(|host| self.turn(*host).is_mine) else { return };
        let Some(server) = self.net.ports.get(writer).map(|port| port.home) else { return };
        (self.net.stays, self.net.talk_crosses) = (true, false);
        self.net.fault_after(0, Fault::Cut { server, is_cut: true });
    }

    /// Returns the number of the last message that the host's protocol has followed.
    pub(crate) fn followed(&self, host: usize) -> u64 {
        self.member(host).map_or(0, |member| member.position().seq)
    }

    /// Returns the epoch in which the host's engine decides, as far as the host knows; `None` if it follows.
    pub(crate) fn leads(&self, host: usize) -> Option<u64> {
        let turn = self.turn(host);
        turn.is_mine.then_some(turn.epoch)
    }

    /// Returns for how long another host has been the writer, since this one was; `None` while it is, by the last claim in the
    /// stream.
    pub(crate) fn deposed_for(&self, host: usize) -> Option<u64> {
        let id = self.net.ports.get(host)?.id;
        let claims = self.net.servers.log.iter().rev().filter(|entry| entry.message.header.kind == Kind::Claim);
        let of_others = claims.take_while(|entry| entry.message.header.writer != id);
        of_others.last().map(|entry| self.net.now - entry.stored_at)
    }

    /// Takes note that a process has started, whose copy stands at this position.
    pub(crate) fn started(&mut self, host: usize, position: Position, seat: Arc<Seat>) {
        let now = self.net.now;
        seat.set_needs_second_host(self.net.second_host);
        if let Some(driven) = self.driven.get_mut(host) {
            *driven = Driven { seat: Some(seat), synced_at: now, ..Driven::default() };
        }
        if let Some(wanted) = self.net.start(host, position, Input::Tick) {
            self.perform_all(host, wanted);
        }
    }

    /// Takes note that a process has ended, at once.
    pub(crate) fn ended(&mut self, host: usize) {
        self.net.end(host);
        if let Some(driven) = self.driven.get_mut(host) {
            *driven = Driven::default();
        }
    }

    /// Takes note that a process is told to end. Its engine takes no more commands.
    pub(crate) fn closes(&mut self, host: usize) {
        let now = self.net.now;
        if let Some(driven) = self.driven.get_mut(host) {
            driven.closed_at = driven.closed_at.or(Some(now));
        }
    }

    /// Returns `true` if the process is told to end.
    pub(crate) fn is_closing(&self, host: usize) -> bool {
        self.driven.get(host).is_some_and(|driven| driven.closed_at.is_some())
    }

    /// The operator wants a host to lead without the others' consent.
    pub(crate) fn take_over(&mut self, host: usize) {
        self.handle(host, Input::TakeOver);
    }

    /// Returns why a host has sounded the alarm.
    pub(crate) fn alarm(&self, host: usize) -> Option<&str> {
        self.member(host)?.alarm()
    }

    /// Prepares for the engine's step: it may ask the card processor while the protocol says so.
    pub(crate) fn before(&self, host: usize) {
        let now = self.net.clock(host);
        let Some((member, seat)) = self.member(host).zip(self.seat(host)) else { return };
        let epoch = member.position().epoch;
        seat.set_charges_in(Some(epoch).filter(|epoch| member.may_charge(now, *epoch, CHARGE_WITHIN)));
    }

    /// Does what the engine wants after its step, and what is due. `is_over` tells that the engine has ended. Returns `true`
    /// once the process may end, because it was told to.
    pub(crate) fn after(&mut self, host: usize, is_over: bool) -> bool {
        self.take_asked(host);
        self.take_decided(host);
        self.give_away(host, is_over);
        self.exchange_keys(host);
        self.append_held(host);
        self.sync(host);
        self.handle(host, Input::Tick);
        self.leave(host, is_over)
    }

    fn take_asked(&mut self, host: usize) {
        let asked = self.seat(host).map(|seat| seat.take_asked()).unwrap_or_default();
        for asked in asked {
            match asked {
                Asked::Leads(epoch) => {
                    if let Some(driven) = self.driven.get_mut(host) {
                        driven.engine_epoch = epoch;
                    }
                }
                Asked::Voters(voters) => self.handle(host, Input::Voters(voters)),
                Asked::Alarm(why) => self.handle(host, Input::Alarm(why)),
                Asked::Append { ticket, body, keys } if keys.is_empty() => self.append(host, ticket, body),
                Asked::Append { ticket, body, keys } => {
                    let (epoch, round) = (self.turn(host).epoch, self.net.number());
                    let held = Held { ticket, body, keys, epoch, round, stored: BTreeSet::new(), given_at: None };
                    if let Some(driven) = self.driven.get_mut(host) {
                        driven.held = Some(held);
                    }
                }
            }
        }
    }

    pub(super) fn append(&mut self, host: usize, ticket: u64, body: Arc<[u8]>) {
        // What the engine appends in another epoch was decided on another end of the journal.
        let engine_epoch = self.driven.get(host).map(|driven| driven.engine_epoch);
        if engine_epoch == Some(self.turn(host).epoch) {
            self.handle(host, Input::Append { ticket, body });
        } else if let Some(seat) = self.seat(host) {
            seat.resolve(ticket, Resolution::Lost);
        }
    }

    /// Returns who writes, as far as the host knows.
    pub(super) fn turn(&self, host: usize) -> Turn {
        let (Some(member), Some(driven)) = (self.member(host), self.driven.get(host)) else { return Turn::default() };
        let Position { epoch, writer, .. } = member.position();
        let is_mine = member.is_writer() && driven.engine_epoch == epoch;
        let stops = driven.has_ended.then_some("this host stops");
        Turn { epoch, writer: Some(writer), is_mine, alarm: member.alarm().or(stops).map(str::to_owned) }
    }

    /// Makes the copy durable, every second; at once, if the host that writes waits for it.
    fn sync(&mut self, host: usize) {
        let now = self.net.now;
        let Some(member) = self.member(host) else { return };
        let (is_asked, is_told) = (member.is_asked_what_it_has(), member.says_what_it_has());
        let Some(driven) = self.driven.get_mut(host) else { return };
        if !is_asked && now < driven.synced_at + SYNC_EVERY {
            return;
        }
        driven.synced_at = now;
        let Some(seat) = driven.seat.clone() else { return };
        let synced = if is_told { seat.journal.secure() } else { seat.journal.sync().map(|_| None) };
        match synced {
            Ok(Some(Position { n, head, .. })) => self.handle(host, Input::Secured(Secured { n, head })),
            Ok(None) | Err(JournalError::Closed) => {}
            Err(error) => self.handle(host, Input::Alarm(format!("this host's copy can't be made durable: {error}"))),
        }
    }

    fn leave(&mut self, host: usize, is_over: bool) -> bool {
        let now = self.net.now;
        let Some(driven) = self.driven.get_mut(host) else { return false };
        let Some(closed_at) = driven.closed_at else { return false };
        if now > closed_at + CLOSE_MAX && !driven.has_ended {
            driven.has_ended = true;
            if let Some(seat) = &driven.seat {
                seat.end_appends();
            }
        }
        match driven.left_at {
            None if is_over && driven.desk.len() == 0 => {
                driven.left_at = Some(now);
                self.handle(host, Input::Leave);
                false
            }
            None => false,
            Some(left_at) => now > left_at + LEAVE_MAX || self.member(host).is_none_or(Member::has_left),
        }
    }

    pub(super) fn handle(&mut self, host: usize, input: Input) {
        let wanted = self.net.handle(host, input);
        self.perform_all(host, wanted);
    }

    fn perform_all(&mut self, host: usize, wanted: Vec<Output>) {
        for output in wanted {
            self.perform(host, output);
        }
    }

    fn perform(&mut self, host: usize, output: Output) {
        let Some(seat) = self.seat(host) else { return };
        match output {
            Output::Apply { position, message } => seat.tell(News::Apply { position, message }),
            Output::Resolved { ticket, outcome } => {
                self.acknowledge(host, &seat, outcome);
                seat.resolve(ticket, outcome);
            }
            Output::Lead { epoch } => seat.tell(News::Lead { epoch }),
            Output::Depose => seat.tell(News::Depose),
            Output::Alarm(why) => {
                self.drop_held(host);
                seat.tell(News::Alarm(why));
                seat.end_appends();
            }
            // The network has done it.
            Output::Publish { .. } | Output::ReadFrom { .. } | Output::AskLast | Output::CheckKeys | Output::Say(_) => {
            }
        }
    }

    /// Tells an engine whether callers may hear of its append.
    fn acknowledge(&self, host: usize, seat: &Seat, outcome: Resolution) {
        let Resolution::Stored(position) = outcome else { return };
        if self.member(host).is_some_and(|member| member.is_acknowledged(position.n)) {
            seat.acknowledge(position.n);
        }
    }

    /// Returns `true` if no command and no answer waits or is on its way: nobody notices then if much time passes.
    pub(crate) fn is_idle(&self) -> bool {
        self.on_their_way == 0 && self.driven.iter().all(|driven| driven.desk.len() == 0 && driven.under_way.is_empty())
    }

    /// Returns why a cluster without faults is not well; `None` if one host leads, and all are level and know what is new.
    pub(crate) fn problem(&self) -> Option<String> {
        let Some(writer) = (0..self.driven.len()).find(|host| self.turn(*host).is_mine) else {
            return Some("nobody leads".into());
        };
        let ahead = |host: usize| self.net.ports.get(host).map_or(0, |port| port.ahead);
        (0..self.driven.len()).find_map(|host| {
            let Some(member) = self.member(host) else { return Some(format!("host {host} does not run")) };
            let (own, end) = (self.followed(host), self.end());
            if own != end {
                return Some(format!("host {host} ({}) is at {own}, and the stream at {end}", member.state()));
            }
            // A host whose clock is wrong says so for good.
            let is_right = ahead(host).abs_diff(ahead(writer)) < CLOCKS_ALIKE;
            let stale = member.stale(self.net.clock(host)).filter(|_| is_right)?;
            Some(format!("host {host} ({}) is not fresh: {stale}", member.state()))
        })
    }

    /// The stream loses its last messages, and a replica that never had them leads.
    pub(crate) fn forget_tail(&mut self) {
        let count = self.net.rng.between(1, 5);
        let lost = self.net.servers.forget_tail(usize::try_from(count).unwrap_or(1));
        self.net.note(|| format!("the stream loses {} messages", lost.len()));
        self.net.elect_after(500);
    }

    /// Overwrites keys that belong to no row, as a host does day after day.
    ///
    /// # Errors
    /// The errors of the journal's storage.
    pub(crate) fn sweep(&self, host: usize) -> Result<(), JournalError> {
        let Some(seat) = self.seat(host) else { return Ok(()) };
        let orphans = seat.journal.sweep_keys(&BTreeSet::new())?;
        seat.journal.sweep_keys(&orphans).map(drop)
    }
}
