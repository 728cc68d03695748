//! Listens to what is said, for the auditor: at the front door, and between the box office and its gateway.

use std::sync::{Arc, Mutex, PoisonError};

use crate::command::Command;
use crate::engine::{Reply, Request, Tap};
use crate::error::Error;
use crate::event::{Actor, EmailKey, StreamKey};
use crate::gateway::{
    ChargeAnswer, ChargeRequest, GatewayFuture, LookupRequest, NoticeFact, PaymentGateway, RefundAnswer, RefundRequest,
};
use crate::testing::auditor::{GatewayNews, Outcome, Receipt};
use crate::types::{ChargeId, CommandId};

/// Something that was said.
#[derive(Debug, Clone)]
pub(super) enum News {
    /// A command was given.
    Asked { id: CommandId, name: &'static str, actor: Actor, fingerprint: Option<[u8; 16]>, email: Option<EmailKey> },
    /// Its caller got an answer.
    Answered(CommandId, Outcome),
    /// The gateway was asked or said something.
    Gateway(GatewayNews),
}

/// Everything that was said and not yet examined. Cheap to clone; clones are one.
#[derive(Debug, Clone, Default)]
pub(super) struct Watch(Arc<Mutex<Vec<News>>>);

impl Watch {
    pub(super) fn take(&self) -> Vec<News> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn note(&self, news: News) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(news);
    }

    /// The gateway told something without being asked.
    pub(super) fn heard(&self, fact: &NoticeFact) {
        self.gateway(match fact.clone() {
            NoticeFact::Charge { charge_id, answer: ChargeAnswer::Charged { .. }, .. } => {
                GatewayNews::ToldCharged(charge_id)
            }
            NoticeFact::Charge { charge_id, answer: ChargeAnswer::Authorized { .. }, .. } => {
                GatewayNews::SaidAuthorized(charge_id)
            }
            NoticeFact::RefundElsewhere { charge_id, reference, amount, .. } => {
                GatewayNews::SaidRefundedElsewhere(charge_id, reference, amount)
            }
            NoticeFact::DisputeOpened { charge_id, reference, amount, .. } => {
                GatewayNews::SaidDisputed(charge_id, reference, amount)
            }
            NoticeFact::DisputeClosed { reference, won, .. } => GatewayNews::SaidDisputeClosed(reference, won),
            NoticeFact::Charge { .. } | NoticeFact::Refund { .. } => return,
        });
    }

    fn gateway(&self, news: GatewayNews) {
        self.note(News::Gateway(news));
    }
}

impl Tap for Watch {
    fn asked(&self, request: &Request) {
        let email = match &request.command {
            Command::CreateUser(command) => Some(command.email_key),
            Command::UpdateUser(command) => command.email.as_ref().map(|email| email.key),
            _ => None,
        };
        let Request { id, actor, fingerprint, .. } = *request;
        self.note(News::Asked { id, name: request.command.name(), actor, fingerprint, email });
    }

    fn answered(&self, id: CommandId, answer: &Result<Reply, Error>) {
        self.note(News::Answered(id, answer.as_ref().map(receipts).map_err(|error| error.code().as_str())));
    }
}

fn receipts(reply: &Reply) -> Vec<Receipt> {
    let ticket = |ticket: &Arc<crate::Ticket>| Receipt {
        entity: StreamKey::Ticket(ticket.id),
        version: ticket.version,
        status: ticket.status.as_str(),
    };
    match reply {
        Reply::User(user) => vec![Receipt { entity: StreamKey::User(user.id), version: user.version, status: "there" }],
        Reply::Tickets(tickets) => tickets.iter().map(ticket).collect(),
        Reply::Ticket(one) => vec![ticket(one)],
        Reply::Order(order) => {
            let (version, status) = (order.version, order.status.as_str());
            vec![Receipt { entity: StreamKey::Order(order.id), version, status }]
        }
        // It has no version; what it did is in the balances.
        Reply::Payout(_) => Vec::new(),
    }
}

/// A gateway that is listened to.
#[derive(Debug)]
pub(super) struct Watched {
    pub(super) gateway: Arc<dyn PaymentGateway>,
    pub(super) watch: Watch,
}

impl Watched {
    fn hear(&self, id: ChargeId, answer: &ChargeAnswer) {
        match answer {
            ChargeAnswer::Charged { .. } => self.watch.gateway(GatewayNews::SaidCharged(id)),
            ChargeAnswer::Authorized { .. } => self.watch.gateway(GatewayNews::SaidAuthorized(id)),
            _ => {}
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
