//! What hosts send to each other beside the stream: commands and their answers, and keys of personal data.

use super::driven::{Held, Turn};
use super::hosts::Hosts;
use super::seat::{Caller, GivenKeys};
use crate::journal::Key;
use crate::journal::jetstream::member::{Moment, Resolution};
use crate::journal::jetstream::nats::desk::{Answered, Job};
use crate::journal::jetstream::nats::heard::Taken;
use crate::journal::jetstream::nats::{Response, Unanswered};
use crate::types::{HostId, UserId};

/// Time after which keys are given again to those who have not said that they have them, in milliseconds.
const GIVE_AGAIN: Moment = 250;

/// Interval in which a host asks for keys that it lacks, in milliseconds.
const WANT_EVERY: u64 = 500;

/// Something on its way to a host.
#[derive(Debug)]
pub(crate) struct Parcel {
    to: usize,
    content: Content,
}

#[derive(Debug)]
enum Content {
    /// A command to decide, of a process that has answers to all before the command of this number.
    Command(Caller, u64, Vec<u8>),
    /// What a host says to it that was asked in this epoch, and had followed the stream to this message.
    Answer(Caller, u64, u64, Response),
    /// Take these keys, and say so, unless nobody waits for it.
    Give { from: usize, round: Option<u64>, keys: GivenKeys },
    /// The keys of a round are stored.
    Stored { from: usize, round: u64 },
    /// Give the keys of these users.
    Want { from: usize, users: Vec<UserId> },
}

impl Content {
    const fn is_command(&self) -> bool {
        matches!(self, Self::Command(..) | Self::Answer(..))
    }
}

impl Hosts {
    fn post(&mut self, from: usize, to: usize, content: Content) {
        if let Some(delay) = self.net.talk(from, to) {
            self.on_their_way += usize::from(content.is_command());
            self.net.own_after(delay, Parcel { to, content });
        }
    }

    /// A parcel comes to its host.
    pub(super) fn comes(&mut self, parcel: Parcel) {
        let Parcel { to, content } = parcel;
        let paused_to = self.net.ports.get(to).map_or(0, |port| port.paused_to);
        if self.net.now < paused_to {
            return self.net.own_after(paused_to - self.net.now, Parcel { to, content });
        }
        self.on_their_way -= usize::from(content.is_command());
        if self.member(to).is_none() {
            return;
        }
        match content {
            Content::Command(caller, oldest, command) => self.asked(to, caller, oldest, command),
            Content::Answer(caller, epoch, n, response) => self.answered(to, caller, epoch, n, response),
            Content::Give { from, round, keys } => self.given(to, from, round, &keys),
            Content::Stored { from, round } => self.stored(to, from, round),
            Content::Want { from, users } => self.wanted(to, from, &users),
        }
    }

    /// Another host gives a command away, or this one to itself.
    fn asked(&mut self, host: usize, caller: Caller, oldest: u64, command: Vec<u8>) {
        let (end, Turn { epoch, is_mine, .. }) = (self.end(), self.turn(host));
        let (now, Some(seat)) = (self.net.clock(host).moment, self.seat(host)) else { return };
        let Some(driven) = self.driven.get_mut(host) else { return };
        let (process, n) = ((caller.host, caller.process), 0);
        if !is_mine {
            return self.post(host, caller.host, Content::Answer(caller, epoch, n, Response::Nothing));
        }
        driven.heard.hear(now, epoch, process, oldest);
        match driven.heard.take(process, caller.ticket) {
            Taken::New if seat.execute(caller, command) => drop(driven.under_way.insert(caller, (epoch, end))),
            Taken::New => {
                driven.heard.say(epoch, process, caller.ticket, &Response::Nothing);
                self.post(host, caller.host, Content::Answer(caller, epoch, n, Response::Nothing));
            }
            Taken::Answered(answer) => self.say(host, caller, epoch, Response::Decided(answer)),
            Taken::UnderWay | Taken::Over => {}
        }
    }

    /// Sends what a host says to a command, or takes it if it is its own.
    fn say(&mut self, host: usize, caller: Caller, epoch: u64, response: Response) {
        let n = self.member(host).map_or(0, |member| member.position().n);
        if caller.host == host {
            self.answered(host, caller, epoch, 0, response);
        } else {
            self.post(host, caller.host, Content::Answer(caller, epoch, n, response));
        }
    }

    /// Takes the engine's answers to commands of all hosts.
    pub(super) fn take_decided(&mut self, host: usize) {
        let Some(seat) = self.seat(host) else { return };
        let followed = self.followed(host);
        for (caller, response) in seat.take_decided() {
            let began = self.driven.get_mut(host).and_then(|driven| driven.under_way.remove(&caller));
            let is_verdict = matches!(response, Response::Decided(_));
            let (epoch, end) = began.unwrap_or_default();
            if let Some(driven) = self.driven.get_mut(host) {
                driven.heard.say(epoch, (caller.host, caller.process), caller.ticket, &response);
            }
            if is_verdict && end > followed {
                self.violated(|| {
                    format!("host {host} answers another at message {followed}, which asked when the stream had {end}")
                });
            }
            self.say(host, caller, epoch, response);
        }
    }

    /// What a host says to a command comes.
    fn answered(&mut self, host: usize, caller: Caller, epoch: u64, n: u64, response: Response) {
        let now = self.net.clock(host).moment;
        let process = self.net.ports.get(host).map(|port| port.process);
        // Otherwise it is for an earlier process of this host.
        if process == Some(caller.process)
            && let Some(driven) = self.driven.get_mut(host)
        {
            driven.desk.answered(now, Answered { ticket: caller.ticket, epoch, n, response });
        }
    }

    /// Gives commands to the writer, and answers to whoever has waited for them.
    pub(super) fn give_away(&mut self, host: usize, is_over: bool) {
        let (now, turn) = (self.net.clock(host).moment, self.turn(host));
        let Some(seat) = self.seat(host) else { return };
        let Some(driven) = self.driven.get_mut(host) else { return };
        for given in seat.take_given() {
            driven.desk.take(now, Job { command: given.command, reply: given.reply });
        }
        if driven.turn != turn {
            driven.turn.clone_from(&turn);
            driven.desk.send_all(now);
        }
        // An engine that has ended applies nothing any more, and whoever waits for it may as well go.
        driven.desk.release(if is_over { u64::MAX } else { seat.level() });
        driven.desk.end_late(now);
        if let Some(why) = turn.alarm {
            return driven.desk.end_all(&Unanswered::Alarm(why));
        }
        let id = self.net.ports.get(host).map(|port| port.id);
        if turn.writer == id && !turn.is_mine {
            // An earlier process of this host was the writer, or the engine is about to know that it is.
            return;
        }
        let (commands, oldest) = (driven.desk.take_due(now, turn.epoch), driven.desk.oldest());
        let to = self.net.ports.iter().position(|port| Some(port.id) == turn.writer);
        let (Some(to), Some(process)) = (to, self.net.ports.get(host).map(|port| port.process)) else { return };
        for (ticket, command) in commands {
            let caller = Caller { host, process, ticket };
            if to == host {
                self.asked(host, caller, oldest, command);
            } else {
                self.post(host, to, Content::Command(caller, oldest, command));
            }
        }
    }

    /// Goes on with an append whose keys have to come to a majority of the voters first.
    pub(super) fn append_held(&mut self, host: usize) {
        let (now, turn) = (self.net.clock(host).moment, self.turn(host));
        let Some(id) = self.net.ports.get(host).map(|port| port.id) else { return };
        let voters = self.member(host).map(|member| member.voters().clone()).unwrap_or_default();
        let Some(held) = self.driven.get_mut(host).and_then(|driven| driven.held.as_mut()) else { return };
        if turn.epoch != held.epoch || turn.writer != Some(id) || turn.alarm.is_some() {
            return self.drop_held(host);
        }
        let has = |voter: &&HostId| **voter == id || held.stored.contains(*voter);
        if voters.iter().filter(has).count() > voters.len() / 2 {
            let held = self.driven.get_mut(host).and_then(|driven| driven.held.take());
            if let Some(Held { ticket, body, .. }) = held {
                self.append(host, ticket, body);
            }
            return;
        }
        if held.given_at.is_none_or(|at| now.saturating_sub(at) >= GIVE_AGAIN) {
            held.given_at = Some(now);
            let (keys, round, stored) = (held.keys.clone(), Some(held.round), held.stored.clone());
            for (to, other) in self.others(host) {
                if !stored.contains(&other) {
                    self.post(host, to, Content::Give { from: host, round, keys: keys.clone() });
                }
            }
        }
    }

    /// Ends an append that waits for its keys: it is not sent.
    pub(super) fn drop_held(&mut self, host: usize) {
        let Some(seat) = self.seat(host) else { return };
        let Some(driven) = self.driven.get_mut(host) else { return };
        if let Some(held) = driven.held.take() {
            seat.resolve(held.ticket, Resolution::Lost);
        }
    }

    fn others(&self, host: usize) -> Vec<(usize, HostId)> {
        let others = self.net.ports.iter().enumerate().filter(|(other, _)| *other != host);
        others.map(|(other, port)| (other, port.id)).collect()
    }

    /// Finds out which keys are missing, and asks the other hosts for them now and then.
    pub(super) fn exchange_keys(&mut self, host: usize) {
        let Some(seat) = self.seat(host) else { return };
        let missing = seat.journal.missing_keys();
        if let Some(port) = self.net.ports.get_mut(host) {
            port.has_keys = missing.as_ref().is_ok_and(Vec::is_empty);
        }
        let (now, users) = (self.net.now, missing.unwrap_or_default());
        let Some(driven) = self.driven.get_mut(host) else { return };
        if users.is_empty() || now < driven.wanted_at + WANT_EVERY {
            return;
        }
        driven.wanted_at = now;
        for (to, _) in self.others(host) {
            self.post(host, to, Content::Want { from: host, users: users.clone() });
        }
    }

    fn given(&mut self, host: usize, from: usize, round: Option<u64>, keys: &[(UserId, Key)]) {
        let Some(seat) = self.seat(host) else { return };
        // If they could not be stored, or are others than those of the rows that this host has, nobody is told.
        let is_stored = seat.journal.take_keys(keys).unwrap_or(false);
        if let Some(round) = round.filter(|_| is_stored) {
            self.post(host, from, Content::Stored { from: host, round });
        }
    }

    fn stored(&mut self, host: usize, from: usize, round: u64) {
        let id = self.net.ports.get(from).map(|port| port.id);
        let held = self.driven.get_mut(host).and_then(|driven| driven.held.as_mut());
        if let Some(held) = held.filter(|held| held.round == round) {
            held.stored.extend(id);
        }
    }

    fn wanted(&mut self, host: usize, from: usize, users: &[UserId]) {
        let keys = self.seat(host).map(|seat| seat.journal.keys_of(users)).unwrap_or_default();
        if !keys.is_empty() {
            self.post(host, from, Content::Give { from: host, round: None, keys });
        }
    }
}
