//! A card processor with every vice that real ones have, by the seed.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::gateway::{
    ChargeAnswer, ChargeRequest, GatewayError, GatewayFuture, LookupRequest, PaymentGateway, RefundAnswer,
    RefundRequest,
};
use crate::testing::Dice;
use crate::types::{ChargeId, OrderId};

/// The time that has really passed in a simulated world, whatever its clocks say.
#[derive(Debug, Clone, Default)]
pub struct WorldTime(Arc<AtomicU64>);

impl WorldTime {
    /// How long the world has existed.
    pub fn elapsed(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::SeqCst))
    }

    pub(super) fn pass(&self, time: Duration) {
        self.0.fetch_add(u64::try_from(time.as_millis()).unwrap_or(u64::MAX), Ordering::SeqCst);
    }
}

/// A card processor that declines, is slow, loses answers, takes money of which nobody hears, and requests that arrive hours
/// later. It charges each id at most once, and remembers everything when the box office crashes.
#[derive(Debug)]
pub struct SeededGateway {
    time: WorldTime,
    books: Mutex<Books>,
}

#[derive(Debug)]
struct Books {
    dice: Dice,
    entries: BTreeMap<ChargeId, Entry>,
    honest: bool,
}

/// A request and what became of it.
#[derive(Debug, Clone)]
struct Entry {
    order: OrderId,
    arrives: Duration,
    /// From when on the outcome is known.
    decided: Duration,
    declined: bool,
}

/// What the caller hears of its request.
#[derive(Debug, Clone, Copy)]
enum Manner {
    Answer,
    /// The answer comes after the caller has given up.
    Slow,
    Lost,
    /// The request never arrives.
    NotSent,
}

/// Something that the gateway tells without being asked.
#[derive(Debug, Clone)]
pub(super) struct Webhook {
    pub(super) order: OrderId,
    pub(super) charge: ChargeId,
    pub(super) answer: ChargeAnswer,
}

impl SeededGateway {
    /// A gateway whose whims follow the dice.
    pub fn new(dice: Dice, time: WorldTime) -> Self {
        Self { time, books: Mutex::new(Books { dice, entries: BTreeMap::new(), honest: false }) }
    }

    /// From now on it is on its best behaviour: every request arrives and every answer comes.
    pub fn behave(&self) {
        self.books().honest = true;
    }

    /// A webhook about any charge that it knows: perhaps late, perhaps not for the first time.
    pub(super) fn webhook(&self, dice: &mut Dice) -> Option<Webhook> {
        let known = self.webhooks();
        dice.pick(&known).cloned()
    }

    /// One webhook about each charge of which the outcome is known.
    pub(super) fn webhooks(&self) -> Vec<Webhook> {
        let now = self.time.elapsed();
        let books = self.books();
        let known = books.entries.iter().filter(|(_, entry)| entry.arrives <= now && entry.decided <= now);
        known.map(|(id, entry)| Webhook { order: entry.order, charge: *id, answer: entry.answer(*id, now) }).collect()
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Books {
    /// Makes up what happens to a new request.
    fn receive(&mut self, request: &ChargeRequest, now: Duration) -> Manner {
        let whim = if self.honest { 0 } else { self.dice.below(100) };
        let (declined, late, thinks, manner) = match whim {
            0..45 => (false, Duration::ZERO, Duration::ZERO, Manner::Answer),
            45..60 => (true, Duration::ZERO, Duration::ZERO, Manner::Answer),
            60..68 => (false, Duration::ZERO, Duration::ZERO, Manner::Lost),
            68..73 => (false, Duration::ZERO, Duration::ZERO, Manner::Slow),
            73..78 => (true, Duration::ZERO, Duration::ZERO, Manner::Lost),
            78..86 => {
                let thinks = self.dice.up_to(Duration::from_mins(10));
                (self.dice.per_mille(500), Duration::ZERO, thinks, Manner::Answer)
            }
            86..92 => (false, self.dice.up_to(Duration::from_hours(3)), Duration::ZERO, Manner::Lost),
            _ => return Manner::NotSent,
        };
        let arrives = now + late;
        let entry = Entry { order: request.order_id, arrives, decided: arrives + thinks, declined };
        self.entries.insert(request.charge_id, entry);
        manner
    }

    fn answer(&self, id: ChargeId, now: Duration) -> ChargeAnswer {
        self.entries.get(&id).map_or(ChargeAnswer::Unknown, |entry| entry.answer(id, now))
    }

    /// Whether a call fails for no reason.
    fn is_down(&mut self) -> bool {
        !self.honest && self.dice.per_mille(150)
    }
}

impl Entry {
    fn answer(&self, id: ChargeId, now: Duration) -> ChargeAnswer {
        if now < self.arrives {
            ChargeAnswer::Unknown
        } else if now < self.decided {
            ChargeAnswer::Pending
        } else if self.declined {
            ChargeAnswer::Declined { reason: "the card was declined".into() }
        } else {
            ChargeAnswer::Charged { reference: Some(format!("seeded_{id}").into()) }
        }
    }
}

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
        let answer = if down {
            Err(GatewayError("down".into()))
        } else {
            Ok(books.answer(request.charge_id, self.time.elapsed()))
        };
        Box::pin(std::future::ready(answer))
    }

    fn refund(&self, request: RefundRequest) -> GatewayFuture<'_, RefundAnswer> {
        let mut books = self.books();
        let is_charged = matches!(books.answer(request.charge_id, self.time.elapsed()), ChargeAnswer::Charged { .. });
        // Down before it is done or after it: the caller can't tell, and has to ask again.
        let answer = if books.is_down() {
            Err(GatewayError("down".into()))
        } else if is_charged {
            Ok(RefundAnswer::Refunded { reference: None })
        } else {
            Err(GatewayError("there is no such charge".into()))
        };
        Box::pin(std::future::ready(answer))
    }
}
