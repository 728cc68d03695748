//! Whether the stream and this copy are of one history and one length, and this host is level with the others.

use std::collections::BTreeMap;

use super::super::peer::{Said, Standing, What};
use super::{Member, Moment, Now, Output, Role};
use crate::failpoint::Failpoint;
use crate::types::HostId;

/// Number of consumers of which each has to miss the same message, on one server after another, for it to be gone.
const CONSUMERS_MAX: u32 = 5;

/// What is known of the end of the stream.
#[derive(Debug)]
pub(super) struct Level {
    /// When the process began.
    began_at: Moment,
    /// `true` once the last message of this copy was found in the stream, or a message that follows it.
    is_confirmed: bool,
    /// `true` once the stream was followed to an end that its leader named.
    is_at_end: bool,
    /// Number of the question that a blank host asks the others, when it was last asked, and the answers.
    ///
    /// Nothing else tells how they stand: a host that has just lost its tail may still be heard as it stood before.
    question: Option<u64>,
    asked_hosts_at: Moment,
    answers: BTreeMap<HostId, Standing>,
    /// Number that a blank host has to reach: the highest that it knew of when enough of the others had answered.
    goal: Option<u64>,
    /// The question for the end of the stream that has no answer.
    asked: Option<Asked>,
    /// When the last answer came.
    answered_at: Moment,
    /// `true` while the end of the stream has to be asked for again and again.
    is_in_doubt: bool,
    /// Since when the stream's leader says that it ends before this copy.
    shorter_since: Option<Moment>,
    /// How many consumers have delivered messages beyond the next one, but not that one.
    missing_in: u32,
    /// When the last of them began.
    missing_since: Moment,
    /// When the stream was last read anew.
    read_from_at: Moment,
    /// When a message was last read in its turn.
    read_at: Moment,
}

/// A question for the end of the stream.
#[derive(Debug, Clone, Copy)]
struct Asked {
    at: Moment,
    /// Where this copy ended when it was first asked: a shorter stream is a contradiction, and no late answer.
    seq: u64,
}

impl Level {
    pub(super) fn new(now: Moment, is_empty: bool) -> Self {
        Self {
            began_at: now,
            is_confirmed: is_empty,
            is_at_end: false,
            question: None,
            asked_hosts_at: 0,
            answers: BTreeMap::new(),
            goal: None,
            asked: None,
            answered_at: 0,
            is_in_doubt: false,
            shorter_since: None,
            missing_in: 0,
            missing_since: 0,
            read_from_at: now,
            read_at: now,
        }
    }
}

impl Member {
    /// Reads the stream anew, beginning with the last message of this copy: it must be the same there.
    pub(super) fn read_own_end(&mut self, now: Now) {
        self.level.read_from_at = now.moment;
        self.outputs.push(Output::ReadFrom { seq: self.position.seq.max(1) });
    }

    /// The last message of this copy was read from the stream.
    pub(super) fn confirmed(&mut self) {
        self.level.is_confirmed = true;
    }

    /// A message was read in its turn.
    pub(super) fn got_on(&mut self, now: Now) {
        let level = &mut self.level;
        level.is_confirmed = true;
        level.read_at = now.moment;
        level.missing_in = 0;
        level.shorter_since = None;
    }

    /// Reads the stream anew if nothing was read for a while.
    pub(super) fn read_again(&mut self, now: Now) {
        let last = self.level.read_at.max(self.level.read_from_at);
        if now.moment.saturating_sub(last) < self.times.read_again {
            return;
        }
        if self.level.is_confirmed {
            self.read_next(now);
        } else {
            self.read_own_end(now);
        }
    }

    fn read_next(&mut self, now: Now) {
        self.level.read_from_at = now.moment;
        self.outputs.push(Output::ReadFrom { seq: self.position.seq + 1 });
    }

    /// Takes note that there is a message beyond one that was not read. Another consumer may have it; if none has, the stream
    /// has a hole.
    pub(super) fn misses_the_next(&mut self, now: Now) {
        let began_at = self.level.read_from_at;
        if self.level.missing_in > 0 && self.level.missing_since == began_at {
            return;
        }
        self.level.missing_since = began_at;
        self.level.missing_in += 1;
        if self.level.missing_in >= CONSUMERS_MAX {
            let next = self.position.seq + 1;
            self.sound_alarm(format!("message {next} of the stream is missing, and later ones are there"));
        } else if self.level.missing_in == 1 {
            self.read_next(now);
        }
    }

    /// Asks the stream's leader where it ends, unless it has just answered.
    pub(super) fn ask_last(&mut self, now: Now) {
        if now.moment.saturating_sub(self.level.answered_at) >= self.times.ask_again {
            self.ask_last_at_once(now);
        }
    }

    /// Asks the stream's leader where it ends, unless it is being asked, or its last answer was in doubt.
    pub(super) fn ask_last_at_once(&mut self, now: Now) {
        let has_answered = now.moment.saturating_sub(self.level.answered_at) < self.times.ask_again;
        if self.level.is_in_doubt && has_answered {
            return;
        }
        let seq = match self.level.asked {
            Some(asked) if now.moment.saturating_sub(asked.at) < self.times.ask_again => return,
            Some(asked) => asked.seq,
            None => self.position.seq,
        };
        self.level.asked = Some(Asked { at: now.moment, seq });
        self.outputs.push(Output::AskLast);
    }

    /// The stream's leader has said where it ends.
    pub(super) fn last_is(&mut self, now: Now, seq: u64) {
        let Some(asked) = self.level.asked.take() else { return };
        self.level.answered_at = now.moment;
        if seq < asked.seq {
            return self.is_shorter(now, seq);
        }
        self.level.shorter_since = None;
        self.level.is_in_doubt = false;
        if seq <= self.position.seq {
            self.level.is_at_end = true;
        } else {
            self.read_again(now);
        }
        self.last_known(seq);
    }

    /// The stream ends before this copy. It is no error until it stays so: a server that was away says it, too.
    fn is_shorter(&mut self, now: Now, last: u64) {
        let since = *self.level.shorter_since.get_or_insert(now.moment);
        self.level.is_in_doubt = true;
        if now.moment.saturating_sub(since) >= self.times.contradiction {
            let own = self.position.seq;
            self.alarm_as(format!("the stream ends with message {last}, and this copy with message {own}"), true);
        }
    }

    /// Takes note of a sign that the stream ends before this copy, or that it has another history.
    pub(super) fn doubt(&mut self) {
        self.level.is_in_doubt = true;
        self.level.is_confirmed = self.position.seq == 0;
    }

    /// Looks at the end of the stream while it is in doubt.
    pub(super) fn clear_doubts(&mut self, now: Now) {
        if matches!(self.role, Role::Alarm { .. }) {
            return;
        }
        if self.level.is_in_doubt {
            self.ask_last(now);
        }
        if !self.level.is_confirmed || self.level.missing_in > 0 || self.is_behind(now) {
            self.read_again(now);
        }
    }

    /// Becomes a follower once it is level with the stream and with the others.
    pub(super) fn try_to_be_level(&mut self, now: Now) {
        self.ask_last(now);
        self.ask_hosts(now);
        if !self.level.is_at_end || !self.level.is_confirmed || self.voters.is_empty() {
            return;
        }
        let waited = now.moment.saturating_sub(self.level.began_at);
        if self.level.goal.is_none() {
            self.level.goal = self.goal(waited >= self.times.cold_start);
        }
        let is_level = self.level.goal.is_some_and(|goal| self.position.n >= goal);
        if is_level || self.takes_over(now) || Failpoint::BlankVotes.is_active() {
            self.role = Role::Follow;
            self.quiet_from = now.moment;
            self.be_patient();
        }
    }

    /// Asks the others how they stand.
    fn ask_hosts(&mut self, now: Now) {
        let question = match self.level.question {
            Some(_) if now.moment.saturating_sub(self.level.asked_hosts_at) < self.times.ask_again => return,
            Some(question) => question,
            None => self.random_below(u64::MAX),
        };
        self.level.question = Some(question);
        self.level.asked_hosts_at = now.moment;
        self.say(now, What::Ask { question });
    }

    /// Another host has said how it stands.
    pub(super) fn host_stands(&mut self, said: &Said, question: u64) {
        if self.level.question == Some(question) {
            self.level.answers.insert(said.from, said.standing);
        }
    }

    /// Returns what this host has to reach, once enough others have said how they stand: a majority that has not just begun,
    /// this host included, or all, or after a while as many as make a majority. A host that has just begun may have lost its
    /// tail, and so may all that have.
    fn goal(&self, has_waited: bool) -> Option<u64> {
        let answers =
            || self.level.answers.iter().filter(|(host, _)| self.voters.contains(host)).map(|(_, other)| other);
        let own = usize::from(self.voters.contains(&self.identity.host));
        let all = own + answers().count();
        let level = own + answers().filter(|other| !other.blank).count();
        let is_enough = level >= self.majority() || all == self.voters.len() || all >= self.majority() && has_waited;
        is_enough.then(|| answers().map(|other| other.n).max().unwrap_or_default())
    }
}
