//! Tests of the simulation as embedders use it; `cargo xtask sim` runs it at length.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use boxoffice::gateway::{
    ChargeAnswer, ChargeRequest, GatewayFuture, LookupRequest, PaymentGateway, RefundAnswer, RefundRequest,
};
use boxoffice::{BoxOffice, ChargeId, DomainEvent, Record};
use boxoffice_simulation::{Audit, Simulation};

#[test]
fn one_seed_is_one_run_byte_for_byte() {
    let simulation = Simulation::new().steps(150);
    let (one, again) = (simulation.run(11).unwrap(), simulation.run(11).unwrap());
    assert_eq!(one, again);
    assert!(one.records > 20, "{one:?}");
    assert_ne!(one.files, simulation.run(12).unwrap().files);
}

/// A gateway that charges every card immediately.
#[derive(Debug, Default)]
struct Greedy(Mutex<Vec<ChargeId>>);

impl PaymentGateway for Greedy {
    fn name(&self) -> &'static str {
        "greedy"
    }

    fn charge(&self, request: ChargeRequest) -> GatewayFuture<'_, ChargeAnswer> {
        self.0.lock().unwrap().push(request.charge_id);
        Box::pin(std::future::ready(Ok(ChargeAnswer::Charged { reference: None })))
    }

    fn lookup(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        let known = self.0.lock().unwrap().contains(&request.charge_id);
        let answer = if known { ChargeAnswer::Charged { reference: None } } else { ChargeAnswer::Unknown };
        Box::pin(std::future::ready(Ok(answer)))
    }

    fn refund(&self, _request: RefundRequest) -> GatewayFuture<'_, RefundAnswer> {
        Box::pin(std::future::ready(Ok(RefundAnswer::Refunded { reference: None })))
    }
}

static ENDS: AtomicU64 = AtomicU64::new(0);

/// Audit that no order is open at the end.
#[derive(Debug)]
struct NobodyWaits;

impl Audit for NobodyWaits {
    fn end(&mut self, office: &BoxOffice) -> Result<(), String> {
        ENDS.fetch_add(1, Ordering::SeqCst);
        if office.metrics().open_orders == 0 { Ok(()) } else { Err("an order is open in the end".to_owned()) }
    }
}

/// Audit of the false claim that no ticket is ever listed.
#[derive(Debug)]
struct NoTickets;

impl Audit for NoTickets {
    fn record(&mut self, record: &Record) -> Result<(), String> {
        if matches!(record.event, DomainEvent::TicketCreated(_)) { Err("a ticket!".to_owned()) } else { Ok(()) }
    }
}

#[test]
fn an_embedders_own_gateway_and_rules_are_run_through_it() {
    let simulation = Simulation::new().steps(150).gateway(|_dice, _time| Greedy::default()).audit(|| NobodyWaits);
    let report = simulation.run(5).unwrap();
    assert!(report.events.contains_key("ChargeCreated"), "{report:?}");
    assert_eq!(ENDS.load(Ordering::SeqCst), 1);

    let failure = simulation.audit(|| NoTickets).run(5).unwrap_err();
    assert_eq!((failure.seed, failure.what.as_str()), (5, "a ticket!"));
    assert!(failure.to_string().contains("TicketCreated"), "{failure}");
}
