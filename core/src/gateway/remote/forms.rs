//! The forms of what questions and answers hold. They stand for the public types, which have none of their own.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::gateway::{
    AmountAnswer, ChargeAnswer, ChargeRequest, GatewayReport, LookupRequest, RefundAnswer, RefundRequest, WebhookError,
};
use crate::types::{CardToken, ChargeId, ClientSecret, Money, OrderId, RefundId, Timestamp};

#[derive(Serialize, Deserialize)]
#[serde(remote = "ChargeRequest", rename_all = "camelCase")]
pub(super) struct ChargeRequestForm {
    charge_id: ChargeId,
    order_id: OrderId,
    amount: Money,
    #[serde(with = "token")]
    token: CardToken,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "LookupRequest", rename_all = "camelCase")]
pub(super) struct LookupRequestForm {
    charge_id: ChargeId,
    order_id: OrderId,
    amount: Money,
    reference: Option<Arc<str>>,
    created_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "RefundRequest", rename_all = "camelCase")]
pub(super) struct RefundRequestForm {
    refund_id: RefundId,
    charge_id: ChargeId,
    reference: Option<Arc<str>>,
    amount: Money,
    created_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "ChargeAnswer", rename_all = "camelCase")]
pub(super) enum ChargeAnswerForm {
    Charged {
        reference: Option<Arc<str>>,
    },
    Authorized {
        reference: Option<Arc<str>>,
    },
    ActionRequired {
        #[serde(with = "secret")]
        client_secret: ClientSecret,
    },
    Declined {
        reason: Arc<str>,
    },
    Misconfigured {
        reason: Arc<str>,
    },
    Pending,
    Unknown,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "RefundAnswer", rename_all = "camelCase")]
pub(super) enum RefundAnswerForm {
    Refunded { reference: Option<Arc<str>> },
    Pending,
    Refused { reason: Arc<str> },
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "AmountAnswer", rename_all = "camelCase")]
pub(super) enum AmountAnswerForm {
    Chargeable,
    Refused { reason: Arc<str> },
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "GatewayReport", rename_all = "camelCase")]
pub(super) enum GatewayReportForm {
    Charge {
        order_id: OrderId,
        charge_id: ChargeId,
        #[serde(with = "ChargeAnswerForm")]
        answer: ChargeAnswer,
    },
    Refund {
        order_id: OrderId,
        charge_id: ChargeId,
        refund_id: RefundId,
        #[serde(with = "RefundAnswerForm")]
        answer: RefundAnswer,
    },
    RefundElsewhere {
        order_id: OrderId,
        charge_id: ChargeId,
        reference: Arc<str>,
        amount: Money,
    },
    RefundsChanged {
        order_id: OrderId,
        charge_id: ChargeId,
    },
    DisputeOpened {
        order_id: OrderId,
        charge_id: ChargeId,
        reference: Arc<str>,
        amount: Money,
        reason: Arc<str>,
    },
    DisputeClosed {
        order_id: OrderId,
        charge_id: ChargeId,
        reference: Arc<str>,
        won: bool,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "WebhookError", rename_all = "camelCase")]
pub(super) enum WebhookErrorForm {
    Unsupported,
    Signature,
    Stale,
    Malformed(String),
    Unavailable(String),
}

/// A report, which a list can hold.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct Report(#[serde(with = "GatewayReportForm")] GatewayReport);

/// Form of the token of a card.
mod token {
    use super::{CardToken, Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(token: &CardToken, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(token.expose())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<CardToken, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Form of the secret of a buyer's page.
mod secret {
    use super::{ClientSecret, Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(secret: &ClientSecret, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(secret.expose())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ClientSecret, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Form of a page of refunds.
pub(super) mod page {
    use super::{Arc, Deserialize, Deserializer, Report, Serialize, Serializer};
    use crate::gateway::RefundsPage;

    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Page {
        reports: Vec<Report>,
        unnamed: usize,
        next: Option<Arc<str>>,
    }

    pub(in crate::gateway::remote) fn serialize<S: Serializer>(
        page: &RefundsPage,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let reports = page.reports.iter().cloned().map(Report).collect();
        Page { reports, unnamed: page.unnamed, next: page.next.clone() }.serialize(serializer)
    }

    pub(in crate::gateway::remote) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<RefundsPage, D::Error> {
        let Page { reports, unnamed, next } = Page::deserialize(deserializer)?;
        let reports = reports.into_iter().map(|Report(report)| report).collect();
        Ok(RefundsPage { reports, unnamed, next })
    }
}

/// Form of what a message of the card processor says.
pub(super) mod webhook {
    use super::{Arc, Deserialize, Deserializer, Report, Serialize, Serializer, WebhookErrorForm};
    use crate::gateway::{WebhookError, WebhookEvent};

    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "camelCase")]
    enum Read {
        Event { id: Arc<str>, report: Option<Report> },
        Error(#[serde(with = "WebhookErrorForm")] WebhookError),
    }

    pub(in crate::gateway::remote) fn serialize<S: Serializer>(
        read: &Result<WebhookEvent, WebhookError>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let read = match read.clone() {
            Ok(WebhookEvent { id, report }) => Read::Event { id, report: report.map(Report) },
            Err(error) => Read::Error(error),
        };
        read.serialize(serializer)
    }

    pub(in crate::gateway::remote) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Result<WebhookEvent, WebhookError>, D::Error> {
        Ok(match Read::deserialize(deserializer)? {
            Read::Event { id, report } => Ok(WebhookEvent { id, report: report.map(|Report(report)| report) }),
            Read::Error(error) => Err(error),
        })
    }
}
