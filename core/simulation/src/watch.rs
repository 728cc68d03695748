//! Records messages for the auditor: at the façade, and between the box office and its gateway.

use std::sync::{Arc, Mutex, PoisonError};

use boxoffice::gateway::{
    ChargeAnswer, ChargeRequest, GatewayFuture, GatewayReport, LookupRequest, PaymentGateway, RefundAnswer,
    RefundRequest,
};
use boxoffice::simulation::{Answer, Asked, Observer};
use boxoffice::{ChargeId, CommandId};

use crate::auditor::{GatewayNews, Outcome, Receipt};

/// A recorded message.
#[derive(Debug, Clone)]
pub(crate) enum News {
    /// A command was given.
    Asked(Asked),
    /// The caller of a command got an answer.
    Answered(CommandId, Outcome),
    /// The gateway was asked, answered, or sent a report.
    Gateway(GatewayNews),
}

/// Messages that are not checked yet. Cheap to clone; clones are one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Watch(Arc<Mutex<Vec<News>>>);

impl Watch {
    pub(crate) fn take(&self) -> Vec<News> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn note(&self, news: News) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(news);
    }

    /// Records an unsolicited report of the gateway.
    pub(crate) fn heard(&self, report: &GatewayReport) {
        self.gateway(match report.clone() {
            GatewayReport::Charge { charge_id, answer: ChargeAnswer::Charged { .. }, .. } => {
                GatewayNews::ToldCharged(charge_id)
            }
            GatewayReport::Charge { charge_id, answer: ChargeAnswer::Authorized { .. }, .. } => {
                GatewayNews::SaidAuthorized(charge_id)
            }
            GatewayReport::RefundElsewhere { charge_id, reference, amount, .. } => {
                GatewayNews::SaidRefundedElsewhere(charge_id, reference, amount)
            }
            GatewayReport::DisputeOpened { charge_id, reference, amount, .. } => {
                GatewayNews::SaidDisputed(charge_id, reference, amount)
            }
            GatewayReport::DisputeClosed { reference, won, .. } => GatewayNews::SaidDisputeClosed(reference, won),
            GatewayReport::Refund { refund_id, answer: RefundAnswer::Refunded { .. }, .. } => {
                GatewayNews::SaidRefunded(refund_id)
            }
            GatewayReport::Refund { refund_id, answer: RefundAnswer::Refused { .. }, .. } => {
                GatewayNews::SaidRefused(refund_id)
            }
            GatewayReport::Charge { .. } | GatewayReport::Refund { .. } | GatewayReport::RefundsChanged { .. } => {
                return;
            }
        });
    }

    fn gateway(&self, news: GatewayNews) {
        self.note(News::Gateway(news));
    }
}

impl Observer for Watch {
    fn asked(&self, command: Asked) {
        self.note(News::Asked(command));
    }

    fn answered(&self, id: CommandId, answer: Answer) {
        let receipts = answer.map(|receipts| {
            let told = receipts.into_iter();
            told.map(|it| Receipt { entity: it.entity, version: it.version, status: it.status }).collect()
        });
        self.note(News::Answered(id, receipts));
    }
}

/// A gateway whose messages are recorded.
#[derive(Debug)]
pub(crate) struct Watched {
    pub(crate) gateway: Arc<dyn PaymentGateway>,
    pub(crate) watch: Watch,
}

impl Watched {
    fn hear(&self, id: ChargeId, answer: &ChargeAnswer) {
        match answer {
            ChargeAnswer::Charged { .. } => self.watch.gateway(GatewayNews::SaidCharged(id)),
            ChargeAnswer::Authorized { .. } => self.watch.gateway(GatewayNews::SaidAuthorized(id)),
            ChargeAnswer::Declined { .. }
            | ChargeAnswer::Misconfigured { .. }
            | ChargeAnswer::ActionRequired { .. }
            | ChargeAnswer::Pending
            | ChargeAnswer::Unknown => {}
        }
    }
}

impl PaymentGateway for Watched {
    fn name(&self) -> &str {
        self.gateway.name()
    }

    fn charge(&self, request: ChargeRequest) -> GatewayFuture<'_, ChargeAnswer> {
        let id = request.charge_id;
        self.watch.gateway(GatewayNews::AskedToCharge(id, request.amount));
        let answer = self.gateway.charge(request);
        Box::pin(async move { answer.await.inspect(|answer| self.hear(id, answer)) })
    }

    fn lookup(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        let id = request.charge_id;
        self.watch.gateway(GatewayNews::AskedToLookUp);
        let answer = self.gateway.lookup(request);
        Box::pin(async move { answer.await.inspect(|answer| self.hear(id, answer)) })
    }

    fn refund(&self, request: RefundRequest) -> GatewayFuture<'_, RefundAnswer> {
        let id = request.refund_id;
        self.watch.gateway(GatewayNews::AskedToRefund(request.charge_id, id, request.amount));
        let answer = self.gateway.refund(request);
        Box::pin(async move {
            answer.await.inspect(|answer| match answer {
                RefundAnswer::Refunded { .. } => self.watch.gateway(GatewayNews::SaidRefunded(id)),
                RefundAnswer::Refused { .. } => self.watch.gateway(GatewayNews::SaidRefused(id)),
                RefundAnswer::Pending => {}
            })
        })
    }

    fn capture(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        let id = request.charge_id;
        self.watch.gateway(GatewayNews::AskedToCapture(id));
        let answer = self.gateway.capture(request);
        Box::pin(async move { answer.await.inspect(|answer| self.hear(id, answer)) })
    }

    fn void(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        let id = request.charge_id;
        self.watch.gateway(GatewayNews::AskedToVoid(id));
        let answer = self.gateway.void(request);
        Box::pin(async move { answer.await.inspect(|answer| self.hear(id, answer)) })
    }
}
