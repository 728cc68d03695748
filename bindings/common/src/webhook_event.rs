//! Conversion of what a gateway reports, in a webhook event or in a list of refunds: JSON in the form that the npm
//! package declares.

use boxoffice::gateway::{ChargeAnswer, GatewayReport, RefundAnswer, WebhookError, WebhookEvent};
use boxoffice::{ChargeId, Money, OrderId, RefundId};
use serde::Deserialize;

use crate::{charge_answer, refund_answer};

/// Parses the event that a gateway has read in a message.
///
/// # Errors
/// A text that names the missing or malformed part. The gateway is at fault, not the message.
pub fn webhook_event(json: &str) -> Result<WebhookEvent, String> {
    let event: EventPayload = serde_json::from_str(json).map_err(|error| without_place(&error.to_string()))?;
    Ok(WebhookEvent { id: event.id.into(), report: event.report.map(Report::checked).transpose()? })
}

/// Parses the refunds that a gateway has listed.
///
/// # Errors
/// A text that names the refund, by its place in the list, and its missing or malformed part. The gateway is at fault.
pub fn listed_refunds(json: &str) -> Result<Vec<GatewayReport>, String> {
    let list: Vec<serde_json::Value> = serde_json::from_str(json).map_err(|error| without_place(&error.to_string()))?;
    let refund = |(place, value): (usize, serde_json::Value)| {
        let report = serde_json::from_value(value).map_err(|error| error.to_string()).and_then(Report::refund);
        report.map_err(|fault| format!("refund {place}: {fault}"))
    };
    (1_usize..).zip(list).map(refund).collect()
}

/// Converts the reason for which a gateway refuses a message. An unknown reason means that it can't be read now.
pub fn webhook_error(reason: &str, text: String) -> WebhookError {
    match reason {
        "unsupported" => WebhookError::Unsupported,
        "signature" => WebhookError::Signature,
        "stale" => WebhookError::Stale,
        "malformed" => WebhookError::Malformed(text),
        _ => WebhookError::Unavailable(text),
    }
}

#[derive(Deserialize)]
struct EventPayload {
    id: String,
    report: Option<Report>,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Report {
    Charge { order_id: String, charge_id: String, answer: Answer },
    Refund { order_id: String, charge_id: String, refund_id: String, answer: Answer },
    RefundElsewhere { order_id: String, charge_id: String, reference: String, amount: Amount },
    RefundsChanged { order_id: String, charge_id: String },
    DisputeOpened { order_id: String, charge_id: String, reference: String, amount: Amount, reason: String },
    DisputeClosed { order_id: String, charge_id: String, reference: String, won: bool },
}

/// A decimal number in major units, and an ISO 4217 code.
#[derive(Deserialize)]
struct Amount {
    amount: String,
    currency: String,
}

/// An answer in the common form of the packages.
#[derive(Deserialize)]
struct Answer {
    status: String,
    text: Option<String>,
}

impl Report {
    fn checked(self) -> Result<GatewayReport, String> {
        Ok(match self {
            Self::Charge { order_id, charge_id, answer } => {
                let (order_id, charge_id) = (order(&order_id)?, charge(&charge_id)?);
                GatewayReport::Charge { order_id, charge_id, answer: answer.of_charge()? }
            }
            Self::Refund { order_id, charge_id, refund_id, answer } => {
                let (order_id, charge_id, refund_id) = (order(&order_id)?, charge(&charge_id)?, refund(&refund_id)?);
                GatewayReport::Refund { order_id, charge_id, refund_id, answer: answer.of_refund()? }
            }
            Self::RefundElsewhere { order_id, charge_id, reference, amount } => {
                let (order_id, charge_id) = (order(&order_id)?, charge(&charge_id)?);
                let (reference, amount) = (reference.into(), amount.checked()?);
                GatewayReport::RefundElsewhere { order_id, charge_id, reference, amount }
            }
            Self::RefundsChanged { order_id, charge_id } => {
                GatewayReport::RefundsChanged { order_id: order(&order_id)?, charge_id: charge(&charge_id)? }
            }
            Self::DisputeOpened { order_id, charge_id, reference, amount, reason } => {
                let (order_id, charge_id) = (order(&order_id)?, charge(&charge_id)?);
                let (reference, amount, reason) = (reference.into(), amount.checked()?, reason.into());
                GatewayReport::DisputeOpened { order_id, charge_id, reference, amount, reason }
            }
            Self::DisputeClosed { order_id, charge_id, reference, won } => {
                let (order_id, charge_id) = (order(&order_id)?, charge(&charge_id)?);
                GatewayReport::DisputeClosed { order_id, charge_id, reference: reference.into(), won }
            }
        })
    }

    /// Checks a report that must be of one refund.
    fn refund(self) -> Result<GatewayReport, String> {
        match self {
            Self::Refund { .. } | Self::RefundElsewhere { .. } => self.checked(),
            Self::Charge { .. }
            | Self::RefundsChanged { .. }
            | Self::DisputeOpened { .. }
            | Self::DisputeClosed { .. } => Err("must be of kind `refund` or `refundElsewhere`".to_owned()),
        }
    }
}

fn order(text: &str) -> Result<OrderId, String> {
    text.parse().map_err(|reason| format!("the order's id is {reason}"))
}

fn charge(text: &str) -> Result<ChargeId, String> {
    text.parse().map_err(|reason| format!("the charge's id is {reason}"))
}

fn refund(text: &str) -> Result<RefundId, String> {
    text.parse().map_err(|reason| format!("the refund's id is {reason}"))
}

impl Amount {
    fn checked(&self) -> Result<Money, String> {
        let currency = self.currency.parse().map_err(|reason| format!("the currency {reason}"))?;
        Money::parse(&self.amount, currency).map_err(|reason| format!("the amount {reason}"))
    }
}

impl Answer {
    fn of_charge(self) -> Result<ChargeAnswer, String> {
        charge_answer(&self.status, self.text).map_err(|error| error.0)
    }

    fn of_refund(self) -> Result<RefundAnswer, String> {
        refund_answer(&self.status, self.text).map_err(|error| error.0)
    }
}

/// Removes line and column from a parser's message, because the reader never sees the JSON.
fn without_place(fault: &str) -> String {
    fault.rsplit_once(" at line ").map_or(fault, |(words, _)| words).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORDER: &str = "01890a5d-ac96-774b-bcce-b302099a8057";
    const CHARGE: &str = "01890a5d-ac96-774b-bcce-b302099a8058";

    /// Returns a report of this kind about the order and the charge, with the JSON members in `more`.
    fn json(kind: &str, more: &str) -> String {
        format!(r#"{{"kind": "{kind}", "orderId": "{ORDER}", "chargeId": "{CHARGE}"{more}}}"#)
    }

    /// Parses such a report in an event.
    fn report(kind: &str, more: &str) -> Result<Option<GatewayReport>, String> {
        webhook_event(&format!(r#"{{"id": "evt_1", "report": {}}}"#, json(kind, more))).map(|event| event.report)
    }

    #[test]
    fn every_kind_is_read() {
        let (order_id, charge_id) = (ORDER.parse().unwrap(), CHARGE.parse().unwrap());
        let amount = Money::parse("5.00", "USD".parse().unwrap()).unwrap();
        let money = r#", "reference": "x_1", "amount": {"amount": "5.00", "currency": "USD", "minor": 500}"#;
        let (reference, reason) = ("x_1".into(), "fraudulent".into());
        let answer = ChargeAnswer::Charged { reference: Some("ch_1".into()) };
        let charged = report("charge", r#", "answer": {"status": "charged", "text": "ch_1"}"#);
        assert_eq!(charged, Ok(Some(GatewayReport::Charge { order_id, charge_id, answer })));
        let answer = RefundAnswer::Refused { reason: "closed".into() };
        let more = format!(r#", "refundId": "{CHARGE}", "answer": {{"status": "refused", "text": "closed"}}"#);
        let refund_id = CHARGE.parse().unwrap();
        assert_eq!(report("refund", &more), Ok(Some(GatewayReport::Refund { order_id, charge_id, refund_id, answer })));
        let elsewhere = GatewayReport::RefundElsewhere { order_id, charge_id, reference, amount };
        assert_eq!(report("refundElsewhere", money), Ok(Some(elsewhere)));
        assert_eq!(report("refundsChanged", ""), Ok(Some(GatewayReport::RefundsChanged { order_id, charge_id })));
        let reference = "x_1".into();
        let opened = GatewayReport::DisputeOpened { order_id, charge_id, reference, amount, reason };
        assert_eq!(report("disputeOpened", &format!(r#"{money}, "reason": "fraudulent""#)), Ok(Some(opened)));
        let closed = GatewayReport::DisputeClosed { order_id, charge_id, reference: "x_1".into(), won: true };
        assert_eq!(report("disputeClosed", r#", "reference": "x_1", "won": true"#), Ok(Some(closed)));
        for json in [r#"{"id": "evt_2"}"#, r#"{"id": "evt_2", "report": null}"#] {
            assert_eq!(webhook_event(json), Ok(WebhookEvent { id: "evt_2".into(), report: None }));
        }
    }

    #[test]
    fn a_list_has_refunds_only() {
        let money = r#", "reference": "x_1", "amount": {"amount": "5.00", "currency": "USD"}"#;
        let own = format!(r#", "refundId": "{CHARGE}", "answer": {{"status": "refunded", "text": null}}"#);
        let (own, elsewhere) = (json("refund", &own), json("refundElsewhere", money));
        let all = listed_refunds(&format!("[{own}, {elsewhere}]")).unwrap();
        assert!(matches!(*all, [GatewayReport::Refund { .. }, GatewayReport::RefundElsewhere { .. }]), "{all:?}");
        assert_eq!(listed_refunds("[]"), Ok(Vec::new()));
        for (second, words) in [
            (json("refundsChanged", ""), "refund 2: must be of kind `refund` or `refundElsewhere`"),
            (json("disputeClosed", r#", "reference": "x", "won": true"#), "refund 2: must be of kind"),
            (json("refundElsewhere", &money.replace("5.00", "5.001")), "refund 2: the amount"),
            (json("refundElsewhere", ""), "refund 2: missing field `reference`"),
            ("null".to_owned(), "refund 2: invalid type: null"),
        ] {
            let fault = listed_refunds(&format!("[{elsewhere}, {second}]")).unwrap_err();
            assert!(fault.starts_with(words), "{fault}");
        }
        let fault = listed_refunds("{}").unwrap_err();
        assert!(fault.contains("invalid type: map") && !fault.contains("line 1"), "{fault}");
    }

    #[test]
    fn what_is_wrong_is_said_in_words() {
        let money = |amount: &str, currency: &str| {
            format!(r#", "reference": "x", "amount": {{"amount": "{amount}", "currency": "{currency}"}}"#)
        };
        for (told, words) in [
            (report("charge", ""), "missing field `answer`"),
            (report("charge", r#", "answer": {"status": "refunded"}"#), "of no kind: refunded"),
            (report("gift", ""), "unknown variant `gift`"),
            (report("refund", r#", "refundId": "x", "answer": {"status": "pending"}"#), "the refund's id is"),
            (report("refundElsewhere", &money("5.001", "USD")), "the amount"),
            (report("refundElsewhere", &money("5.00", "usd")), "the currency"),
            (report("disputeClosed", r#", "reference": "x", "won": 1"#), "invalid type: integer `1`"),
            (webhook_event("{}").map(|event| event.report), "missing field `id`"),
        ] {
            let fault = told.unwrap_err();
            assert!(fault.contains(words) && !fault.contains("line 1"), "{fault}");
        }
    }

    #[test]
    fn reasons_are_told_apart() {
        assert_eq!(webhook_error("signature", String::new()), WebhookError::Signature);
        assert_eq!(webhook_error("stale", String::new()), WebhookError::Stale);
        assert_eq!(webhook_error("unsupported", String::new()), WebhookError::Unsupported);
        assert_eq!(webhook_error("malformed", "x".into()), WebhookError::Malformed("x".into()));
        assert_eq!(webhook_error("failed", "x".into()), WebhookError::Unavailable("x".into()));
    }
}
