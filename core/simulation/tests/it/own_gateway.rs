//! Tests of embedders' gateways with the card processor behind them: good ones pass, and errors of bad ones are found.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use boxoffice::gateway::{
    ChargeAnswer, ChargeRequest, GatewayError, GatewayFuture, GatewayReport, LookupRequest, PaymentGateway,
    RefundAnswer, RefundRequest,
};
use boxoffice::{ChargeId, Money, OrderId, RefundId};
use boxoffice_simulation::{Movement, OwnGateway, Processor, Simulation};

/// Fault of a gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    /// It takes money every time it is asked.
    ChargesAgain,
    /// It gives money back every time it is asked.
    RefundsAgain,
    /// It does not find some of the charges that it made.
    ForgetsCharges,
    /// It confirms refunds that it did not make.
    KeepsRefunds,
    /// It declines charges that it made.
    Lies,
}

/// A gateway and its processor in one.
#[derive(Debug)]
struct Till {
    fault: Fault,
    books: Mutex<Books>,
}

#[derive(Debug, Default)]
struct Books {
    charges: BTreeMap<ChargeId, (OrderId, Money)>,
    refunds: BTreeMap<RefundId, ChargeId>,
    movements: Vec<Movement>,
}

/// Interface of the gateway.
#[derive(Debug)]
struct Gateway(Arc<Till>);

impl Gateway {
    fn charge(&self, request: &ChargeRequest) -> ChargeAnswer {
        let mut books = self.0.books.lock().unwrap();
        let is_new = books.charges.insert(request.charge_id, (request.order_id, request.amount)).is_none();
        if is_new || self.0.fault == Fault::ChargesAgain {
            books.movements.push(Movement::Taken { charge_id: request.charge_id, amount: request.amount });
        }
        let is_denied = self.0.fault == Fault::Lies && request.amount.minor().is_multiple_of(3);
        if is_denied { declined() } else { ChargeAnswer::Charged { reference: None } }
    }

    fn lookup(&self, request: &LookupRequest) -> ChargeAnswer {
        let books = self.0.books.lock().unwrap();
        match books.charges.get(&request.charge_id) {
            Some(_) if self.0.fault == Fault::ForgetsCharges => ChargeAnswer::Unknown,
            Some((_, amount)) if self.0.fault == Fault::Lies && amount.minor().is_multiple_of(3) => declined(),
            Some(_) => ChargeAnswer::Charged { reference: None },
            None => ChargeAnswer::Unknown,
        }
    }

    fn refund(&self, request: &RefundRequest) -> Result<RefundAnswer, GatewayError> {
        let mut books = self.0.books.lock().unwrap();
        if !books.charges.contains_key(&request.charge_id) {
            return Err(GatewayError("there is no such charge".into()));
        }
        let RefundRequest { refund_id, charge_id, amount, .. } = *request;
        let is_new = books.refunds.insert(refund_id, charge_id).is_none();
        let moves = is_new || self.0.fault == Fault::RefundsAgain;
        if moves && self.0.fault != Fault::KeepsRefunds {
            books.movements.push(Movement::Returned { charge_id, refund_id: Some(refund_id), amount });
        }
        Ok(RefundAnswer::Refunded { reference: None })
    }
}

fn declined() -> ChargeAnswer {
    ChargeAnswer::Declined { reason: "no".into() }
}

impl PaymentGateway for Gateway {
    fn name(&self) -> &'static str {
        "till"
    }

    fn charge(&self, request: ChargeRequest) -> GatewayFuture<'_, ChargeAnswer> {
        Box::pin(async move {
            // The processor needs time, which is the world's time.
            tokio::time::sleep(Duration::from_millis(200)).await;
            Ok(Self::charge(self, &request))
        })
    }

    fn lookup(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        Box::pin(async move { Ok(Self::lookup(self, &request)) })
    }

    fn refund(&self, request: RefundRequest) -> GatewayFuture<'_, RefundAnswer> {
        Box::pin(async move { Self::refund(self, &request) })
    }
}

impl Processor for Till {
    fn movements(&self) -> Vec<Movement> {
        self.books.lock().unwrap().movements.clone()
    }

    fn reports(&self) -> Vec<GatewayReport> {
        let books = self.books.lock().unwrap();
        if self.fault != Fault::None {
            return Vec::new();
        }
        let charged = |(charge_id, (order_id, _)): (&ChargeId, &(OrderId, Money))| GatewayReport::Charge {
            order_id: *order_id,
            charge_id: *charge_id,
            answer: ChargeAnswer::Charged { reference: None },
        };
        let refunded = |(refund_id, charge_id): (&RefundId, &ChargeId)| GatewayReport::Refund {
            order_id: books.charges[charge_id].0,
            charge_id: *charge_id,
            refund_id: *refund_id,
            answer: RefundAnswer::Refunded { reference: None },
        };
        books.charges.iter().map(charged).chain(books.refunds.iter().map(refunded)).collect()
    }
}

fn simulation(fault: Fault) -> Simulation {
    Simulation::new().steps(400).gateway(move |_rng, _time| {
        let till = Arc::new(Till { fault, books: Mutex::default() });
        OwnGateway::new(Gateway(till.clone())).processor(till)
    })
}

#[test]
fn a_good_gateway_passes() {
    let reports = simulation(Fault::None).check(1..=16).unwrap();
    let total = |name: &str| reports.iter().filter_map(|report| report.events.get(name)).sum::<u64>();
    assert!(
        total("ChargeCreated") > 10 && total("ChargeRefunded") > 3 && total("LateMoneyReceived") > 0,
        "{reports:#?}"
    );
    assert!(reports.iter().any(|report| report.mishaps.contains_key("power cut")), "{reports:#?}");
}

#[track_caller]
fn is_found(fault: Fault, how: &str) {
    let failure = simulation(fault).check(1..=40).unwrap_err();
    assert!(failure.what.contains(how), "{failure}");
    let again = simulation(fault).run(failure.seed).unwrap_err();
    assert_eq!((again.step, &again.what), (failure.step, &failure.what));
    let replay = format!("replay it: BOXOFFICE_SIMULATION_SEED={} cargo test own_gateway::", failure.seed);
    assert!(failure.to_string().contains(&replay), "{failure}");
}

#[test]
fn money_that_is_taken_twice_is_found() {
    is_found(Fault::ChargesAgain, "twice");
}

#[test]
fn money_that_is_given_back_twice_is_found() {
    is_found(Fault::RefundsAgain, "back twice");
}

#[test]
fn a_charge_that_is_forgotten_is_found() {
    is_found(Fault::ForgetsCharges, "the gateway said that it took the money");
}

#[test]
fn a_refund_that_is_kept_is_found() {
    is_found(Fault::KeepsRefunds, "the processor gave 0 back");
}

#[test]
fn money_that_was_declined_and_taken_is_found() {
    is_found(Fault::Lies, "the gateway says taken: false, the processor's books: true");
}

#[test]
fn without_a_line_and_books_the_gateway_is_believed() {
    let simulation = Simulation::new().steps(200).gateway(|_rng, _time| {
        let till = Arc::new(Till { fault: Fault::ChargesAgain, books: Mutex::default() });
        OwnGateway::new(Gateway(till)).reliable()
    });
    simulation.check([1]).unwrap();
}

static CALLS: AtomicU64 = AtomicU64::new(0);

/// A gateway whose decisions depend on state that survives from world to world.
#[derive(Debug)]
struct Moody;

impl PaymentGateway for Moody {
    fn name(&self) -> &'static str {
        "moody"
    }

    fn charge(&self, _: ChargeRequest) -> GatewayFuture<'_, ChargeAnswer> {
        let reason = format!("this is call {}", CALLS.fetch_add(1, Ordering::Relaxed));
        Box::pin(async move { Ok(ChargeAnswer::Declined { reason: reason.into() }) })
    }

    fn lookup(&self, _: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        Box::pin(async { Ok(declined()) })
    }

    fn refund(&self, _: RefundRequest) -> GatewayFuture<'_, RefundAnswer> {
        Box::pin(async { Err(GatewayError("there is nothing to give back".into())) })
    }
}

#[test]
fn what_does_not_follow_from_the_seed_is_found() {
    let failure = Simulation::new().steps(400).gateway(|_rng, _time| Moody).check([1]).unwrap_err();
    assert!(failure.what.contains("two runs of one seed differ"), "{failure}");
}
