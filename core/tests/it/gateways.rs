//! A card processor that does what a test tells it, and keeps count of the money.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use boxoffice::ChargeId;
use boxoffice::gateway::{
    ChargeAnswer, ChargeRequest, GatewayError, GatewayFuture, LookupRequest, PaymentGateway, RefundAnswer,
    RefundRequest,
};
use tokio::sync::{Semaphore, watch};

/// How a [`Bank`] answers a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Takes the money and says so.
    Charge,
    /// Takes nothing and says so.
    Decline,
    /// Does what it does and then fails to tell.
    Fail,
    /// Does what it does and then panics.
    Panic,
    /// Does what it does and never answers.
    Hang,
    /// Says that it is at it, and is until [`Bank::finish`].
    Pending,
    /// Waits for [`Bank::let_through`], then takes the money and says so.
    Wait,
}

/// What a bank knows of a charge.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Account {
    taken: usize,
    given_back: usize,
    pending: bool,
    declined: bool,
}

/// A card processor that does what a test tells it.
#[derive(Debug)]
pub(crate) struct Bank {
    manner: Mutex<Manner>,
    /// Whether money is taken by charges whose answer is lost.
    takes: bool,
    book: Mutex<HashMap<ChargeId, Account>>,
    gate: Semaphore,
    charges: watch::Sender<usize>,
    lookups: watch::Sender<usize>,
    refunds: watch::Sender<usize>,
    lookups_to_fail: AtomicUsize,
    refunds_to_fail: AtomicUsize,
}

impl Bank {
    /// A bank that takes the money, whatever becomes of the answer.
    pub(crate) fn taking(manner: Manner) -> Arc<Self> {
        Arc::new(Self::new(manner, true))
    }

    /// A bank that never hears of a charge whose answer is lost.
    pub(crate) fn losing(manner: Manner) -> Arc<Self> {
        Arc::new(Self::new(manner, false))
    }

    fn new(manner: Manner, takes: bool) -> Self {
        Self {
            manner: Mutex::new(manner),
            takes,
            book: Mutex::default(),
            gate: Semaphore::new(0),
            charges: watch::Sender::new(0),
            lookups: watch::Sender::new(0),
            refunds: watch::Sender::new(0),
            lookups_to_fail: AtomicUsize::new(0),
            refunds_to_fail: AtomicUsize::new(0),
        }
    }

    /// Has the next lookups fail.
    pub(crate) fn fail_lookups(&self, count: usize) {
        self.lookups_to_fail.store(count, Ordering::SeqCst);
    }

    /// Has the next refunds fail.
    pub(crate) fn fail_refunds(&self, count: usize) {
        self.refunds_to_fail.store(count, Ordering::SeqCst);
    }

    /// Lets this many waiting charges through.
    pub(crate) fn let_through(&self, count: usize) {
        self.gate.add_permits(count);
    }

    /// Ends what is pending: the money is taken, or declined.
    pub(crate) fn finish(&self, taken: bool) {
        for account in self.book.lock().unwrap().values_mut().filter(|account| account.pending) {
            *account = Account { taken: usize::from(taken), declined: !taken, ..Account::default() };
        }
    }

    /// A charge that was lost on the way arrives after all, and the money is taken.
    pub(crate) fn arrive(&self, id: ChargeId) {
        self.note(id, false, false);
    }

    /// Waits until so many charges were asked for in all.
    pub(crate) async fn charges(&self, count: usize) {
        self.charges.subscribe().wait_for(|seen| *seen >= count).await.unwrap();
    }

    /// Waits until so many more lookups were made.
    pub(crate) async fn more_lookups(&self, count: usize) {
        let goal = *self.lookups.borrow() + count;
        self.lookups.subscribe().wait_for(|seen| *seen >= goal).await.unwrap();
    }

    /// Waits until so many more refunds were asked for.
    pub(crate) async fn more_refunds(&self, count: usize) {
        let goal = *self.refunds.borrow() + count;
        self.refunds.subscribe().wait_for(|seen| *seen >= goal).await.unwrap();
    }

    /// How many charges were asked for.
    pub(crate) fn asked(&self) -> usize {
        *self.charges.borrow()
    }

    /// How many lookups were asked for.
    pub(crate) fn looked_up(&self) -> usize {
        *self.lookups.borrow()
    }

    /// How often money was taken, and given back.
    pub(crate) fn moved(&self) -> (usize, usize) {
        let book = self.book.lock().unwrap();
        book.values().fold((0, 0), |sum, account| (sum.0 + account.taken, sum.1 + account.given_back))
    }

    fn note(&self, id: ChargeId, declined: bool, pending: bool) {
        let mut book = self.book.lock().unwrap();
        let account = book.entry(id).or_default();
        account.declined = declined;
        account.pending = pending;
        account.taken += usize::from(!declined && !pending);
    }

    /// Counts a call, and tells whether it is one of those that are to fail.
    fn fails(calls: &watch::Sender<usize>, to_fail: &AtomicUsize) -> bool {
        calls.send_modify(|seen| *seen += 1);
        to_fail.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
    }
}

fn charged() -> ChargeAnswer {
    ChargeAnswer::Charged { reference: Some("bank_1".into()) }
}

fn declined() -> ChargeAnswer {
    ChargeAnswer::Declined { reason: "The bank says no".into() }
}

impl PaymentGateway for Bank {
    fn name(&self) -> &'static str {
        "bank"
    }

    fn charge(&self, request: ChargeRequest) -> GatewayFuture<'_, ChargeAnswer> {
        Box::pin(async move {
            let id = request.charge_id;
            self.charges.send_modify(|seen| *seen += 1);
            let manner = *self.manner.lock().unwrap();
            match manner {
                Manner::Charge => self.note(id, false, false),
                Manner::Decline => self.note(id, true, false),
                Manner::Pending => self.note(id, false, true),
                Manner::Wait => {
                    self.gate.acquire().await.unwrap().forget();
                    self.note(id, false, false);
                }
                Manner::Fail | Manner::Panic | Manner::Hang if self.takes => self.note(id, false, false),
                Manner::Fail | Manner::Panic | Manner::Hang => {}
            }
            match manner {
                Manner::Charge | Manner::Wait => Ok(charged()),
                Manner::Decline => Ok(declined()),
                Manner::Pending => Ok(ChargeAnswer::Pending),
                Manner::Fail => Err(GatewayError("the line is dead".into())),
                Manner::Panic => panic!("the bank is on fire"),
                Manner::Hang => std::future::pending().await,
            }
        })
    }

    fn lookup(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        Box::pin(async move {
            if Self::fails(&self.lookups, &self.lookups_to_fail) {
                return Err(GatewayError("the line is dead".into()));
            }
            let account = self.book.lock().unwrap().get(&request.charge_id).copied();
            Ok(match account {
                None => ChargeAnswer::Unknown,
                Some(account) if account.pending => ChargeAnswer::Pending,
                Some(account) if account.declined => declined(),
                Some(_) => charged(),
            })
        })
    }

    fn refund(&self, request: RefundRequest) -> GatewayFuture<'_, RefundAnswer> {
        Box::pin(async move {
            if Self::fails(&self.refunds, &self.refunds_to_fail) {
                return Err(GatewayError("the line is dead".into()));
            }
            self.book.lock().unwrap().get_mut(&request.charge_id).unwrap().given_back += 1;
            Ok(RefundAnswer::Refunded { reference: None })
        })
    }
}
