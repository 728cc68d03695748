#[cfg(feature = "cluster")]
mod fenced;
#[cfg(feature = "cluster")]
mod without_keys;

use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::clock::{Clock, SystemClock};
use crate::gateway::RefundsPage;
use crate::types::Timestamp;

/// A processor whose list of refunds has three pages, each of which it takes its time to read.
#[derive(Debug, Default)]
struct Pages {
    /// Where the pages that it was asked for begin.
    asked: Mutex<Vec<Option<Arc<str>>>>,
    /// `true` if it never answers for the second page.
    hangs: AtomicBool,
}

fn report(page: u8) -> GatewayReport {
    GatewayReport::RefundsChanged {
        order_id: OrderId::from_bytes([page; 16]),
        charge_id: ChargeId::from_bytes([page; 16]),
    }
}

fn unasked<T: Send + 'static>() -> GatewayFuture<'static, T> {
    Box::pin(std::future::ready(Err(GatewayError("nobody asks".into()))))
}

/// What a processor answers that is asked for its refunds alone.
macro_rules! takes_no_money {
    () => {
        fn charge(&self, _: ChargeRequest) -> GatewayFuture<'_, ChargeAnswer> {
            unasked()
        }

        fn lookup(&self, _: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
            unasked()
        }

        fn refund(&self, _: RefundRequest) -> GatewayFuture<'_, RefundAnswer> {
            unasked()
        }
    };
}

impl PaymentGateway for Pages {
    fn name(&self) -> &'static str {
        "pages"
    }

    takes_no_money!();

    fn refunds_page(&self, _: Timestamp, after: Option<Arc<str>>) -> Option<GatewayFuture<'_, RefundsPage>> {
        self.asked.lock().unwrap().push(after.clone());
        let hangs = self.hangs.load(Ordering::Relaxed) && after.as_deref() == Some("1");
        Some(Box::pin(async move {
            tokio::time::sleep(Duration::from_secs(if hangs { 3600 } else { 20 })).await;
            let page = after.map_or(1, |after| after.parse::<u8>().unwrap() + 1);
            let next = (page < 3).then(|| page.to_string().into());
            Ok(RefundsPage { reports: vec![report(page)], unnamed: 0, next })
        }))
    }
}

/// A processor that knows the whole list alone.
#[derive(Debug)]
struct Whole;

impl PaymentGateway for Whole {
    fn name(&self) -> &'static str {
        "whole"
    }

    takes_no_money!();

    fn refunds_since(&self, _: Timestamp) -> Option<GatewayFuture<'_, Vec<GatewayReport>>> {
        Some(Box::pin(std::future::ready(Ok(vec![report(1), report(2)]))))
    }
}

/// Nobody is told of anything.
#[derive(Debug)]
struct Nobody;

impl Settle for Nobody {
    fn charge<'a>(&'a self, _: &'a Charge, _: ChargeOutcome) -> Settling<'a> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn refund<'a>(&'a self, _: &'a Charge, _: RefundId, _: RefundOutcome) -> Settling<'a> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// Returns a worker of a host of its own, which tells nobody of anything.
pub(in crate::gateway) fn worker(gateway: Arc<dyn PaymentGateway>) -> Arc<Worker> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let time = Arc::new(EngineTime::new(Arc::clone(&clock), Timestamp::default()));
    Worker::new(gateway, Arc::new(Nobody), time, Failures::new(clock), RetryPolicy::default())
}

fn look() -> RefundLook {
    RefundLook::new(Timestamp::default())
}

#[tokio::test(start_paused = true)]
async fn the_time_of_a_call_is_that_of_a_page_and_not_of_the_whole_list() {
    let worker = worker(Arc::new(Pages::default()));
    let mut look = look();
    for page in 1..=3 {
        assert!(!look.is_over());
        assert_eq!(worker.next_refunds(&mut look).await.unwrap().unwrap(), [report(page)]);
    }
    assert!(look.is_over());
}

#[tokio::test(start_paused = true)]
async fn a_look_goes_on_with_the_page_that_failed() {
    let gateway = Arc::new(Pages::default());
    let worker = worker(gateway.clone());
    let mut look = look();
    gateway.hangs.store(true, Ordering::Relaxed);
    assert_eq!(worker.next_refunds(&mut look).await.unwrap().unwrap(), [report(1)]);
    for _ in 0..2 {
        assert!(worker.next_refunds(&mut look).await.unwrap().is_err());
        assert!(!look.is_over());
    }
    gateway.hangs.store(false, Ordering::Relaxed);
    assert_eq!(worker.next_refunds(&mut look).await.unwrap().unwrap(), [report(2)]);
    assert_eq!(worker.next_refunds(&mut look).await.unwrap().unwrap(), [report(3)]);
    assert!(look.is_over());
    let asked: Vec<_> = gateway.asked.lock().unwrap().iter().map(|after| after.as_deref().map(str::to_owned)).collect();
    assert_eq!(
        asked.iter().map(Option::as_deref).collect::<Vec<_>>(),
        [None, Some("1"), Some("1"), Some("1"), Some("2")]
    );
}

#[tokio::test]
async fn a_gateway_without_pages_has_one() {
    let worker = worker(Arc::new(Whole));
    let mut look = look();
    assert_eq!(worker.next_refunds(&mut look).await.unwrap().unwrap(), [report(1), report(2)]);
    assert!(look.is_over());
}
