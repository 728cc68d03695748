//! A card processor that a test controls and that counts the money.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use boxoffice::gateway::{
    AmountAnswer, ChargeAnswer, ChargeRequest, GatewayError, GatewayFuture, LookupRequest, PaymentGateway,
    RefundAnswer, RefundRequest,
};
use boxoffice::{ChargeId, Money};
use tokio::sync::{Semaphore, watch};

/// Behaviour of a [`Bank`] on a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Takes the money and reports it.
    Charge,
    /// Takes nothing and reports it.
    Decline,
    /// Acts and then fails to answer.
    Fail,
    /// Acts and then panics.
    Panic,
    /// Acts and never answers.
    Hang,
    /// Answers that the charge is pending until [`Bank::finish`].
    Pending,
    /// Waits for [`Bank::let_through`], then takes the money and reports it.
    Wait,
}

/// The bank's state of a charge.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Account {
    taken: usize,
    given_back: usize,
    pending: bool,
    declined: bool,
}

/// A card processor that a test controls.
#[derive(Debug)]
pub(crate) struct Bank {
    manner: Mutex<Manner>,
    /// `true` if charges whose answer is lost take money.
    takes: bool,
    book: Mutex<HashMap<ChargeId, Account>>,
    gate: Semaphore,
    charges: watch::Sender<usize>,
    lookups: watch::Sender<usize>,
    refunds: watch::Sender<usize>,
    lookups_to_fail: AtomicUsize,
    refunds_to_fail: AtomicUsize,
    refuses_prices: AtomicBool,
}

impl Bank {
    /// Creates a bank that takes the money even if the answer is lost.
    pub(crate) fn taking(manner: Manner) -> Arc<Self> {
        Arc::new(Self::new(manner, true))
    }

    /// Creates a bank that never receives a charge whose answer is lost.
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
            refuses_prices: AtomicBool::new(false),
        }
    }

    /// Refuses every price from now on.
    pub(crate) fn refuse_prices(&self) {
        self.refuses_prices.store(true, Ordering::SeqCst);
    }

    /// Makes the next `count` lookups fail.
    pub(crate) fn fail_lookups(&self, count: usize) {
        self.lookups_to_fail.store(count, Ordering::SeqCst);
    }

    /// Makes the next `count` refunds fail.
    pub(crate) fn fail_refunds(&self, count: usize) {
        self.refunds_to_fail.store(count, Ordering::SeqCst);
    }

    /// Lets `count` waiting charges through.
    pub(crate) fn let_through(&self, count: usize) {
        self.gate.add_permits(count);
    }

    /// Finishes pending charges: the money is taken, or the charge is declined.
    pub(crate) fn finish(&self, taken: bool) {
        for account in self.book.lock().unwrap().values_mut().filter(|account| account.pending) {
            *account = Account { taken: usize::from(taken), declined: !taken, ..Account::default() };
        }
    }

    /// Delivers a charge that was lost on the way, and takes the money.
    pub(crate) fn arrive(&self, id: ChargeId) {
        self.note(id, false, false);
    }

    /// Waits until `count` charges were requested in all.
    pub(crate) async fn charges(&self, count: usize) {
        self.charges.subscribe().wait_for(|seen| *seen >= count).await.unwrap();
    }

    /// Waits until `count` more lookups were made.
    pub(crate) async fn more_lookups(&self, count: usize) {
        let goal = *self.lookups.borrow() + count;
        self.lookups.subscribe().wait_for(|seen| *seen >= goal).await.unwrap();
    }

    /// Waits until `count` more refunds were requested.
    pub(crate) async fn more_refunds(&self, count: usize) {
        let goal = *self.refunds.borrow() + count;
        self.refunds.subscribe().wait_for(|seen| *seen >= goal).await.unwrap();
    }

    /// Returns the number of requested charges.
    pub(crate) fn asked(&self) -> usize {
        *self.charges.borrow()
    }

    /// Returns the number of lookups.
    pub(crate) fn looked_up(&self) -> usize {
        *self.lookups.borrow()
    }

    /// Returns how often money was taken and how often it was given back.
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

    /// Counts a call; returns `true` if it must fail.
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

    fn check_amount(&self, _: Money) -> GatewayFuture<'_, AmountAnswer> {
        let answer = if self.refuses_prices.load(Ordering::SeqCst) {
            AmountAnswer::Refused { reason: "the bank takes no money today".into() }
        } else {
            AmountAnswer::Chargeable
        };
        Box::pin(std::future::ready(Ok(answer)))
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
