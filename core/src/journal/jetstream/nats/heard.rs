//! The commands that a host was asked to decide while it writes, and what it has said to them.
//!
//! A command that comes again hears the same again. If it were decided once more, it might be carried out after its caller was told
//! that it was refused: only what is carried out leaves a result in the journal.

use std::collections::BTreeMap;

use super::super::member::Moment;
use super::desk::Response;

/// Time after which nothing is known any more of a process that has sent nothing, in milliseconds. Its commands are over by then.
const FORGOTTEN_AFTER: Moment = 60_000;

/// What is to be done with a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::journal::jetstream) enum Taken {
    /// It is new, and has to be decided.
    New,
    /// It is being decided, and is answered once.
    UnderWay,
    /// It was answered with this.
    Answered(Vec<u8>),
    /// Whoever has sent it has an answer.
    Over,
}

/// The commands of all hosts. `C` names a process of a host.
#[derive(Debug)]
pub(in crate::journal::jetstream) struct Heard<C> {
    /// Epoch in which the answers were given. Another writer may have decided otherwise since.
    epoch: u64,
    callers: BTreeMap<C, Caller>,
}

#[derive(Debug, Default)]
struct Caller {
    /// Number of the oldest command that has no answer there.
    oldest: u64,
    last: Moment,
    /// Answers to newer ones, and `None` for those that are being decided.
    commands: BTreeMap<u64, Option<Vec<u8>>>,
}

impl<C> Default for Heard<C> {
    fn default() -> Self {
        Self { epoch: 0, callers: BTreeMap::new() }
    }
}

impl<C: Copy + Ord> Heard<C> {
    /// Takes note that a process sends commands to the writer of this epoch, and has answers to all before `oldest`.
    pub(in crate::journal::jetstream) fn hear(&mut self, now: Moment, epoch: u64, caller: C, oldest: u64) {
        if epoch != self.epoch {
            self.epoch = epoch;
            self.callers.values_mut().for_each(|it| it.commands.retain(|_, answer| answer.is_none()));
        }
        let is_known =
            |it: &Caller| now.saturating_sub(it.last) < FORGOTTEN_AFTER || it.commands.values().any(Option::is_none);
        self.callers.retain(|_, it| is_known(it));
        let known = self.callers.entry(caller).or_default();
        known.last = now;
        known.oldest = known.oldest.max(oldest);
        let later = known.commands.split_off(&known.oldest);
        let earlier = std::mem::replace(&mut known.commands, later);
        known.commands.extend(earlier.into_iter().filter(|(_, answer)| answer.is_none()));
    }

    /// Takes a command of a process that was [heard](Self::hear).
    pub(in crate::journal::jetstream) fn take(&mut self, caller: C, ticket: u64) -> Taken {
        let known = self.callers.entry(caller).or_default();
        match known.commands.get(&ticket) {
            Some(None) => Taken::UnderWay,
            Some(Some(answer)) => Taken::Answered(answer.clone()),
            None if ticket < known.oldest => Taken::Over,
            None => {
                known.commands.insert(ticket, None);
                Taken::New
            }
        }
    }

    /// Takes note of what is said to a command that was taken in this epoch. What is no answer may be decided when it comes again.
    pub(in crate::journal::jetstream) fn say(&mut self, epoch: u64, caller: C, ticket: u64, response: &Response) {
        let Some(known) = self.callers.get_mut(&caller) else { return };
        match response {
            Response::Decided(answer) if epoch == self.epoch && ticket >= known.oldest => {
                known.commands.insert(ticket, Some(answer.clone()));
            }
            Response::Decided(_) | Response::Busy(_) | Response::Nothing => {
                known.commands.remove(&ticket);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: u8 = 1;
    const BOB: u8 = 2;

    fn decided() -> Response {
        Response::Decided(vec![7])
    }

    fn heard() -> Heard<u8> {
        let mut heard = Heard::default();
        heard.hear(0, 1, ANN, 1);
        heard
    }

    #[test]
    fn a_command_is_decided_once() {
        let mut heard = heard();
        assert_eq!((heard.take(ANN, 1), heard.take(ANN, 1)), (Taken::New, Taken::UnderWay));
        heard.say(1, ANN, 1, &decided());
        assert_eq!(heard.take(ANN, 1), Taken::Answered(vec![7]));
        heard.hear(1, 1, BOB, 1);
        assert_eq!(heard.take(BOB, 1), Taken::New);
        // Its caller has the answer. What was late on its way is passed over.
        heard.hear(2, 1, ANN, 2);
        assert_eq!((heard.take(ANN, 1), heard.take(ANN, 2)), (Taken::Over, Taken::New));
        heard.hear(3, 1, ANN, 1);
        assert_eq!((heard.take(ANN, 1), heard.take(ANN, 2)), (Taken::Over, Taken::UnderWay));
    }

    #[test]
    fn what_is_no_answer_is_decided_when_it_comes_again() {
        let mut heard = heard();
        for response in [Response::Busy(vec![9]), Response::Nothing] {
            assert_eq!(heard.take(ANN, 1), Taken::New);
            heard.say(1, ANN, 1, &response);
        }
        assert_eq!(heard.take(ANN, 1), Taken::New);
    }

    #[test]
    fn answers_hold_in_their_epoch_only() {
        let mut heard = heard();
        assert_eq!((heard.take(ANN, 1), heard.take(ANN, 2)), (Taken::New, Taken::New));
        heard.say(1, ANN, 1, &decided());
        heard.hear(1, 3, ANN, 1);
        assert_eq!((heard.take(ANN, 1), heard.take(ANN, 2)), (Taken::New, Taken::UnderWay));
        // It was begun in the first epoch, and is not known to hold in the third.
        heard.say(1, ANN, 2, &decided());
        assert_eq!(heard.take(ANN, 2), Taken::New);
    }

    #[test]
    fn processes_that_have_gone_are_forgotten() {
        let mut heard = heard();
        assert_eq!(heard.take(ANN, 1), Taken::New);
        heard.hear(FORGOTTEN_AFTER, 1, BOB, 1);
        assert_eq!(heard.take(ANN, 1), Taken::UnderWay);
        heard.say(1, ANN, 1, &decided());
        heard.hear(2 * FORGOTTEN_AFTER, 1, BOB, 1);
        assert_eq!(heard.callers.len(), 1);
    }
}
