//! The commands that wait for their answers, and the answers that wait until this host is level. It knows nothing of
//! connections.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::super::member::Moment;
use crate::failpoint::Failpoint;

/// Time after which a command is sent again to the same writer, in milliseconds.
const AGAIN: Moment = 1_000;

/// Pause before a command is sent again to a host that does not know yet that it writes, in milliseconds.
const REFUSED_PAUSE: Moment = 20;

/// Pause before a command that may have been carried out is sent again to a writer with too much to do, in milliseconds. It doubles
/// each time, up to the second.
const BUSY_PAUSE: Moment = 100;
const BUSY_PAUSE_MAX: Moment = 2_000;

/// Time after which a command counts as unanswered, in milliseconds. Whether it was decided is unknown then.
const UNANSWERED: Moment = 15_000;

/// Time for which an answer waits until this host has applied what led to it, in milliseconds.
const LEVEL_MAX: Moment = 2_000;

/// Maximum number of commands that wait for an answer.
const PENDING_MAX: usize = 65_536;

/// Reason why a command has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unanswered {
    /// The connection ends. Whether the command was decided is unknown.
    Closed,
    /// Too many commands wait. It was not sent.
    Overloaded,
    /// Nobody has answered in time. Whether the command was decided is unknown.
    TimedOut,
    /// The stream or this host's copy is not what it must be. Whether the command was decided is unknown.
    Alarm(String),
}

/// Takes the answer to a command.
pub(crate) type Reply = Box<dyn FnOnce(Result<Vec<u8>, Unanswered>) + Send>;

/// A command on its way.
pub(in crate::journal::jetstream) struct Job {
    pub(in crate::journal::jetstream) command: Vec<u8>,
    pub(in crate::journal::jetstream) reply: Reply,
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job").field("bytes", &self.command.len()).finish_non_exhaustive()
    }
}

/// What a host says to a command that it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Response {
    /// The answer.
    Decided(Vec<u8>),
    /// It has too much to do and did not take the command this time, as this answer says. That is the answer to a command that was
    /// sent once. One that was sent before may have been carried out then.
    Busy(Vec<u8>),
    /// It has no answer: it does not decide, or got none itself.
    Nothing,
}

/// What came back for a command.
#[derive(Debug)]
pub(in crate::journal::jetstream) struct Answered {
    pub(in crate::journal::jetstream) ticket: u64,
    /// Epoch in which it was asked.
    pub(in crate::journal::jetstream) epoch: u64,
    /// Number of a message by which what led to the answer has been appended.
    pub(in crate::journal::jetstream) n: u64,
    pub(in crate::journal::jetstream) response: Response,
}

struct Pending {
    job: Job,
    since: Moment,
    due: Moment,
    /// Number of times that it was sent, to whichever host.
    sent: u32,
    /// Pause after the next answer that the writer has too much to do.
    busy_pause: Moment,
}

struct Waiting {
    answer: Vec<u8>,
    reply: Reply,
    since: Moment,
}

/// Commands that wait, and answers that do.
#[derive(Default)]
pub(in crate::journal::jetstream) struct Desk {
    last: u64,
    /// Epoch whose writer was sent commands. What came for an earlier one is no answer: the next writer may decide otherwise.
    epoch: u64,
    /// Commands without an answer, by their tickets, and so in the order in which they came.
    pending: BTreeMap<u64, Pending>,
    /// When each command is to be sent next.
    due: BTreeSet<(Moment, u64)>,
    /// Answers for which this host is not level, by the message that it has to apply.
    waiting: BTreeMap<(u64, u64), Waiting>,
    /// Highest message of the answers that were given out before this host had applied it.
    early: u64,
}

impl Desk {
    /// Takes a command.
    pub(in crate::journal::jetstream) fn take(&mut self, now: Moment, job: Job) {
        if self.len() >= PENDING_MAX {
            return (job.reply)(Err(Unanswered::Overloaded));
        }
        self.last += 1;
        self.pending.insert(self.last, Pending { job, since: now, due: now, sent: 0, busy_pause: BUSY_PAUSE });
        self.due.insert((now, self.last));
    }

    /// Returns the number of commands that are not answered.
    pub(in crate::journal::jetstream) fn len(&self) -> usize {
        self.pending.len() + self.waiting.len()
    }

    /// Returns the number of the oldest command that has no answer. All later ones may be sent again.
    pub(in crate::journal::jetstream) fn oldest(&self) -> u64 {
        self.pending.first_key_value().map_or(self.last + 1, |(ticket, _)| *ticket)
    }

    /// Takes what came back for a command. What comes again is passed over, and so is what comes from an earlier epoch.
    pub(in crate::journal::jetstream) fn answered(&mut self, now: Moment, answered: Answered) {
        let Answered { ticket, epoch, n, response } = answered;
        if epoch < self.epoch {
            return;
        }
        let was_sent_once = self.pending.get(&ticket).is_some_and(|pending| pending.sent <= 1);
        let answer = match response {
            Response::Decided(answer) => answer,
            Response::Busy(answer) if was_sent_once => answer,
            Response::Busy(_) => return self.send_after_pause(now, ticket),
            Response::Nothing => return self.send_at(ticket, now + REFUSED_PAUSE),
        };
        if let Some(pending) = self.pending.remove(&ticket) {
            self.due.remove(&(pending.due, ticket));
            self.waiting.insert((n, ticket), Waiting { answer, reply: pending.job.reply, since: now });
        }
    }

    /// Another host writes: whatever has no answer is sent there.
    pub(in crate::journal::jetstream) fn send_all(&mut self, now: Moment) {
        self.due = self.pending.keys().map(|ticket| (now, *ticket)).collect();
        self.pending.values_mut().for_each(|pending| pending.due = now);
    }

    fn send_after_pause(&mut self, now: Moment, ticket: u64) {
        let Some(pending) = self.pending.get_mut(&ticket) else { return };
        let due = now + pending.busy_pause;
        pending.busy_pause = (2 * pending.busy_pause).min(BUSY_PAUSE_MAX);
        self.send_at(ticket, due);
    }

    fn send_at(&mut self, ticket: u64, due: Moment) {
        if let Some(pending) = self.pending.get_mut(&ticket) {
            self.due.remove(&(pending.due, ticket));
            pending.due = due;
            self.due.insert((due, ticket));
        }
    }

    /// Returns the commands that are to be sent now to the writer of this epoch, in order. They are due again later.
    pub(in crate::journal::jetstream) fn take_due(&mut self, now: Moment, epoch: u64) -> Vec<(u64, Vec<u8>)> {
        self.epoch = self.epoch.max(epoch);
        let mut tickets = Vec::new();
        while let Some((due, ticket)) = self.due.first().copied().filter(|(due, _)| *due <= now) {
            self.due.remove(&(due, ticket));
            tickets.push(ticket);
        }
        tickets.sort_unstable();
        let mut commands = Vec::with_capacity(tickets.len());
        for ticket in tickets {
            self.send_at(ticket, now + AGAIN);
            if let Some(pending) = self.pending.get_mut(&ticket) {
                pending.sent += 1;
                commands.push((ticket, pending.job.command.clone()));
            }
        }
        commands
    }

    /// Gives out the answers to whatever this host has applied.
    pub(in crate::journal::jetstream) fn release(&mut self, level: u64) {
        let level = if Failpoint::AnswerBeforeOwnCopy.is_active() { u64::MAX } else { level };
        while let Some(entry) = self.waiting.first_entry().filter(|entry| entry.key().0 <= level) {
            let waiting = entry.remove();
            (waiting.reply)(Ok(waiting.answer));
        }
    }

    /// Returns the highest message of the answers that were given out before this host had applied it. Whoever reads after such an
    /// answer has to wait for the message, here or elsewhere.
    pub(in crate::journal::jetstream) fn early(&self) -> u64 {
        self.early
    }

    /// Gives out the answers that have waited long enough, and ends the commands that have.
    pub(in crate::journal::jetstream) fn end_late(&mut self, now: Moment) {
        let is_late = |waiting: &Waiting| now.saturating_sub(waiting.since) >= LEVEL_MAX;
        let late: Vec<_> = self.waiting.iter().filter(|&(_, it)| is_late(it)).map(|(key, _)| *key).collect();
        self.early = late.iter().map(|(n, _)| *n).chain([self.early]).max().unwrap_or_default();
        for waiting in late.iter().filter_map(|key| self.waiting.remove(key)).collect::<Vec<_>>() {
            (waiting.reply)(Ok(waiting.answer));
        }
        let is_over = |pending: &Pending| now.saturating_sub(pending.since) >= UNANSWERED;
        while let Some(entry) = self.pending.first_entry().filter(|entry| is_over(entry.get())) {
            let (ticket, pending) = entry.remove_entry();
            self.due.remove(&(pending.due, ticket));
            (pending.job.reply)(Err(Unanswered::TimedOut));
        }
    }

    /// Ends all commands that have no answer.
    pub(in crate::journal::jetstream) fn end_all(&mut self, why: &Unanswered) {
        self.due.clear();
        for (_, pending) in std::mem::take(&mut self.pending) {
            (pending.job.reply)(Err(why.clone()));
        }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.end_all(&Unanswered::Closed);
        self.release(u64::MAX);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    type Log = Arc<Mutex<Vec<(u8, Result<Vec<u8>, Unanswered>)>>>;

    fn job(log: &Log, name: u8) -> Job {
        let log = Arc::clone(log);
        Job { command: vec![name], reply: Box::new(move |answer| log.lock().unwrap().push((name, answer))) }
    }

    fn told(log: &Log) -> Vec<(u8, Result<Vec<u8>, Unanswered>)> {
        std::mem::take(&mut log.lock().unwrap())
    }

    fn answer(ticket: u64, n: u64) -> Answered {
        Answered { ticket, epoch: 1, n, response: Response::Decided(vec![u8::try_from(ticket).unwrap() + 100]) }
    }

    fn busy(ticket: u64) -> Answered {
        Answered { ticket, epoch: 1, n: 0, response: Response::Busy(vec![99]) }
    }

    fn sent(desk: &mut Desk, now: Moment) -> Vec<u64> {
        desk.take_due(now, 1).into_iter().map(|(ticket, _)| ticket).collect()
    }

    #[test]
    fn a_command_is_answered_once_this_host_is_level() {
        let (mut desk, log) = (Desk::default(), Log::default());
        (1..=3).for_each(|name| desk.take(0, job(&log, name)));
        assert_eq!(desk.take_due(0, 1), [(1, vec![1]), (2, vec![2]), (3, vec![3])]);
        desk.answered(5, answer(2, 8));
        desk.answered(5, answer(1, 7));
        desk.release(6);
        assert_eq!(told(&log), []);
        desk.release(7);
        assert_eq!(told(&log), [(1, Ok(vec![101]))]);
        desk.release(8);
        assert_eq!(told(&log), [(2, Ok(vec![102]))]);
        desk.answered(6, answer(2, 8));
        desk.release(9);
        assert_eq!(told(&log), []);
    }

    #[test]
    fn an_answer_waits_two_seconds_at_most() {
        let (mut desk, log) = (Desk::default(), Log::default());
        desk.take(0, job(&log, 1));
        desk.answered(10, answer(1, 99));
        desk.end_late(10 + LEVEL_MAX - 1);
        assert_eq!((told(&log), desk.early()), (vec![], 0));
        desk.end_late(10 + LEVEL_MAX);
        // The position goes with it, so that the caller's next question waits for it.
        assert_eq!((told(&log), desk.early()), (vec![(1, Ok(vec![101]))], 99));
        desk.take(0, job(&log, 2));
        desk.answered(10, answer(2, 98));
        desk.end_late(10 + LEVEL_MAX);
        assert_eq!((told(&log).len(), desk.early()), (1, 99));
    }

    #[cfg(feature = "failpoints")]
    #[test]
    fn an_answer_that_does_not_wait_is_found() {
        Failpoint::AnswerBeforeOwnCopy.activate(|| {
            let (mut desk, log) = (Desk::default(), Log::default());
            desk.take(0, job(&log, 1));
            desk.answered(5, answer(1, 7));
            desk.release(6);
            assert_eq!(told(&log), [(1, Ok(vec![101]))]);
        });
    }

    #[test]
    fn what_is_not_answered_is_sent_again_under_the_same_ticket() {
        let (mut desk, log) = (Desk::default(), Log::default());
        (1..=3).for_each(|name| desk.take(0, job(&log, name)));
        assert_eq!(sent(&mut desk, 0), [1, 2, 3]);
        desk.answered(1, answer(2, 0));
        assert_eq!(sent(&mut desk, AGAIN - 1), [0_u64; 0]);
        assert_eq!(sent(&mut desk, AGAIN), [1, 3]);
        // Another host writes.
        desk.send_all(AGAIN + 5);
        assert_eq!(sent(&mut desk, AGAIN + 5), [1, 3]);
        assert_eq!(sent(&mut desk, AGAIN + 5), [0_u64; 0]);
        // It does not know it yet.
        desk.answered(AGAIN + 6, Answered { ticket: 3, epoch: 1, n: 0, response: Response::Nothing });
        assert_eq!(sent(&mut desk, AGAIN + 6), [0_u64; 0]);
        assert_eq!(sent(&mut desk, AGAIN + 6 + REFUSED_PAUSE), [3]);
    }

    #[test]
    fn a_writer_with_too_much_to_do_refuses_what_it_is_sent_first() {
        let (mut desk, log) = (Desk::default(), Log::default());
        desk.take(0, job(&log, 1));
        assert_eq!(sent(&mut desk, 0), [1]);
        desk.answered(5, busy(1));
        desk.release(0);
        assert_eq!((told(&log), desk.len()), (vec![(1, Ok(vec![99]))], 0));
        assert_eq!(sent(&mut desk, AGAIN), [0_u64; 0]);
    }

    #[test]
    fn that_a_writer_has_too_much_to_do_is_no_answer_to_what_was_sent_before() {
        let (mut desk, log) = (Desk::default(), Log::default());
        desk.take(0, job(&log, 1));
        assert_eq!(sent(&mut desk, 0), [1]);
        // The command was lost, or its answer: it may have been carried out.
        let mut now = AGAIN;
        assert_eq!(sent(&mut desk, now), [1]);
        for pause in [100, 200, 400, 800, 1_600, 2_000, 2_000] {
            desk.answered(now, busy(1));
            desk.release(u64::MAX);
            assert_eq!(told(&log), []);
            assert_eq!(sent(&mut desk, now + pause - 1), [0_u64; 0], "before {pause}");
            now += pause;
            assert_eq!(sent(&mut desk, now), [1], "after {pause}");
        }
        desk.answered(now, answer(1, 0));
        desk.release(0);
        assert_eq!(told(&log), [(1, Ok(vec![101]))]);
    }

    #[test]
    fn a_late_word_of_a_busy_writer_is_no_answer_either() {
        let (mut desk, log) = (Desk::default(), Log::default());
        desk.take(0, job(&log, 1));
        assert_eq!(sent(&mut desk, 0), [1]);
        // A claim was read: what was sent there may be carried out by now.
        desk.send_all(3);
        assert_eq!(sent(&mut desk, 3), [1]);
        desk.answered(4, busy(1));
        desk.end_late(UNANSWERED - 1);
        desk.release(u64::MAX);
        assert_eq!(told(&log), []);
        desk.end_late(UNANSWERED);
        assert_eq!(told(&log), [(1, Err(Unanswered::TimedOut))]);
        desk.answered(UNANSWERED, busy(1));
        desk.release(u64::MAX);
        assert_eq!((told(&log), desk.len()), (vec![], 0));
    }

    #[test]
    fn what_an_earlier_writer_has_said_is_no_answer_once_the_next_one_is_asked() {
        let (mut desk, log) = (Desk::default(), Log::default());
        desk.take(0, job(&log, 1));
        desk.take(0, job(&log, 2));
        assert_eq!((sent(&mut desk, 0), desk.oldest()), (vec![1, 2], 1));
        desk.answered(1, answer(1, 0));
        assert_eq!(desk.oldest(), 2);
        desk.send_all(2);
        assert_eq!(desk.take_due(2, 2), [(2, vec![2])]);
        desk.answered(3, answer(2, 0));
        desk.release(u64::MAX);
        assert_eq!(told(&log), [(1, Ok(vec![101]))]);
        desk.answered(4, Answered { epoch: 2, ..answer(2, 0) });
        desk.release(u64::MAX);
        assert_eq!((told(&log), desk.oldest()), (vec![(2, Ok(vec![102]))], 3));
    }

    #[test]
    fn whoever_waits_too_long_is_told_that_the_outcome_is_unknown() {
        let (mut desk, log) = (Desk::default(), Log::default());
        desk.take(0, job(&log, 1));
        desk.take(9, job(&log, 2));
        desk.end_late(UNANSWERED);
        assert_eq!(told(&log), [(1, Err(Unanswered::TimedOut))]);
        assert_eq!((sent(&mut desk, UNANSWERED), desk.len()), (vec![2], 1));
        desk.end_all(&Unanswered::Alarm("why".into()));
        assert_eq!(told(&log), [(2, Err(Unanswered::Alarm("why".into())))]);
        desk.answered(UNANSWERED, answer(2, 0));
        desk.release(u64::MAX);
        assert_eq!(told(&log), []);
    }

    #[test]
    fn the_end_answers_everybody() {
        let (mut desk, log) = (Desk::default(), Log::default());
        desk.take(0, job(&log, 1));
        desk.take(0, job(&log, 2));
        desk.answered(1, answer(2, 50));
        drop(desk);
        assert_eq!(told(&log), [(1, Err(Unanswered::Closed)), (2, Ok(vec![102]))]);
    }

    #[test]
    fn there_is_a_limit() {
        let (mut desk, log) = (Desk::default(), Log::default());
        for _ in 0..PENDING_MAX {
            desk.take(0, Job { command: Vec::new(), reply: Box::new(drop) });
        }
        desk.take(0, job(&log, 1));
        assert_eq!(told(&log), [(1, Err(Unanswered::Overloaded))]);
    }
}
