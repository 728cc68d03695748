//! Card processor with all faults of real ones, chosen by the seed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use boxoffice::ChargeId;
use boxoffice::gateway::{
    ChargeAnswer, ChargeRequest, GatewayError, GatewayFuture, GatewayReport, LookupRequest, PaymentGateway,
    RefundAnswer, RefundRequest,
};

use super::WorldTime;
use super::entry::Entry;
use crate::Rng;

/// A card processor that declines, is slow, loses answers, takes money without reporting it, waits for buyers who never
/// come, authorizes before it captures, refuses refunds, and gets requests hours late. Refunds and disputes also occur
/// at the processor itself. It charges each id at most once, and its data survives crashes of the box office.
#[derive(Debug)]
pub struct SeededGateway {
    time: WorldTime,
    books: Mutex<Books>,
}

#[derive(Debug)]
struct Books {
    rng: Rng,
    entries: BTreeMap<ChargeId, Entry>,
    honest: bool,
    /// Number of references generated.
    references: u64,
}

/// Delivery of the answer to a request.
#[derive(Debug, Clone, Copy)]
enum Manner {
    Answer,
    /// The answer comes after the caller has given up.
    Slow,
    Lost,
    /// The request never arrives.
    NotSent,
}

impl SeededGateway {
    /// Creates a gateway whose behaviour follows the random numbers.
    pub fn new(rng: Rng, time: WorldTime) -> Self {
        let books = Books { rng, entries: BTreeMap::new(), honest: false, references: 0 };
        Self { time, books: Mutex::new(books) }
    }

    /// Ends all faults: from now on every request and answer arrives.
    pub fn behave(&self) {
        self.books().honest = true;
    }

    /// Returns a random unsolicited report, possibly late, possibly repeated.
    pub(crate) fn report(&self, rng: &mut Rng) -> Option<GatewayReport> {
        let known = self.reports();
        rng.pick(&known).cloned()
    }

    /// Returns all possible reports, in the order of their occurrence.
    pub(crate) fn reports(&self) -> Vec<GatewayReport> {
        let now = self.time.elapsed();
        self.books().entries.iter().flat_map(|(id, entry)| entry.reports(*id, now)).collect()
    }

    /// Makes a refund or dispute happen at the processor itself.
    pub(crate) fn work_at_processor(&self, rng: &mut Rng) {
        let now = self.time.elapsed();
        let mut books = self.books();
        let charged: Vec<_> =
            books.entries.iter().filter(|(_, entry)| entry.is_taken(now)).map(|(id, _)| *id).collect();
        let Some(id) = rng.pick(&charged).copied() else { return };
        books.references += 1;
        let reference: Arc<str> = format!("desk_{}", books.references).into();
        let Some(entry) = books.entries.get_mut(&id) else { return };
        match rng.below(3) {
            0 => entry.refund_at_processor(reference, rng),
            1 if entry.disputes.is_empty() => entry.disputes.push((reference, None)),
            _ => {
                let won = rng.per_mille(500);
                if let Some((_, open @ None)) = entry.disputes.last_mut() {
                    *open = Some(won);
                }
            }
        }
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Books {
    /// Decides the fate of a new request.
    fn receive(&mut self, request: &ChargeRequest, now: Duration) -> Manner {
        let whim = if self.honest { 0 } else { self.rng.below(100) };
        let mut entry = Entry::new(request, now);
        let manner = match whim {
            0..40 => Manner::Answer,
            40..53 => {
                entry.declined = true;
                Manner::Answer
            }
            53..60 => Manner::Lost,
            60..65 => Manner::Slow,
            65..70 => {
                entry.declined = true;
                Manner::Lost
            }
            70..78 => {
                entry.decided += self.rng.up_to(Duration::from_mins(10));
                entry.declined = self.rng.per_mille(500);
                Manner::Answer
            }
            78..86 => {
                let late = self.rng.up_to(Duration::from_hours(3));
                entry.arrives += late;
                entry.decided += late;
                Manner::Lost
            }
            86..93 => {
                // The buyer's bank requires a confirmation; the buyer answers late or never.
                let answers = self.rng.per_mille(700);
                entry.confirmed = if answers { now + self.rng.up_to(Duration::from_mins(20)) } else { Duration::MAX };
                Manner::Answer
            }
            _ => return Manner::NotSent,
        };
        entry.aside = !self.honest && self.rng.per_mille(300);
        self.entries.insert(request.charge_id, entry);
        manner
    }

    fn answer(&self, id: ChargeId, now: Duration) -> ChargeAnswer {
        self.entries.get(&id).map_or(ChargeAnswer::Unknown, |entry| entry.answer(id, now))
    }

    /// Returns `true` if a call fails at random.
    fn is_down(&mut self) -> bool {
        !self.honest && self.rng.per_mille(150)
    }

    /// Applies `work` to an entry; may lose the request or the answer.
    fn ask<T>(&mut self, id: ChargeId, now: Duration, work: impl FnOnce(&mut Entry, &mut Rng, bool) -> T) -> Asked<T> {
        if self.is_down() {
            return Err(GatewayError("the question was lost".into()));
        }
        let entry = self.entries.get_mut(&id).filter(|entry| entry.arrives <= now);
        let entry = entry.ok_or_else(|| GatewayError("there is no such charge".into()))?;
        let answer = work(entry, &mut self.rng, self.honest);
        if self.is_down() { Err(GatewayError("the answer was lost".into())) } else { Ok(answer) }
    }
}

/// Result of a request.
type Asked<T> = Result<T, GatewayError>;

impl PaymentGateway for SeededGateway {
    fn name(&self) -> &'static str {
        "seeded"
    }

    fn charge(&self, request: ChargeRequest) -> GatewayFuture<'_, ChargeAnswer> {
        let now = self.time.elapsed();
        let mut books = self.books();
        let is_known = books.entries.contains_key(&request.charge_id);
        let manner = if is_known { Manner::Answer } else { books.receive(&request, now) };
        let answer = books.answer(request.charge_id, now);
        drop(books);
        Box::pin(async move {
            match manner {
                Manner::Answer => Ok(answer),
                Manner::Slow => {
                    tokio::time::sleep(Duration::from_secs(40)).await;
                    Ok(answer)
                }
                Manner::Lost | Manner::NotSent => Err(GatewayError("no answer".into())),
            }
        })
    }

    fn lookup(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        let mut books = self.books();
        let down = books.is_down();
        let answer = books.answer(request.charge_id, self.time.elapsed());
        Box::pin(std::future::ready(if down { Err(GatewayError("down".into())) } else { Ok(answer) }))
    }

    fn refund(&self, request: RefundRequest) -> GatewayFuture<'_, RefundAnswer> {
        let now = self.time.elapsed();
        let answer =
            self.books().ask(request.charge_id, now, |entry, rng, honest| entry.refund(&request, now, rng, honest));
        Box::pin(std::future::ready(answer))
    }

    fn capture(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        let (id, now) = (request.charge_id, self.time.elapsed());
        let answer = self.books().ask(id, now, |entry, rng, honest| {
            // Some captures come so late that the bank has released the authorization.
            entry.capture(!honest && rng.per_mille(50));
            entry.answer(id, now)
        });
        Box::pin(std::future::ready(answer))
    }

    fn void(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        let (id, now) = (request.charge_id, self.time.elapsed());
        let answer = self.books().ask(id, now, |entry, _, _| {
            entry.void(now);
            entry.answer(id, now)
        });
        Box::pin(std::future::ready(answer))
    }
}
