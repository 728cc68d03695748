//! Conversion of the answers of gateways about charges, refunds and amounts: a status and at most one text.

use std::sync::Arc;

use boxoffice::gateway::{AmountAnswer, ChargeAnswer, GatewayError, GatewayReport, RefundAnswer};

use crate::listed_refunds;

/// Converts an answer about a charge.
///
/// # Errors
/// A [`GatewayError`] if there is no answer with this status and text.
pub fn charge_answer(status: &str, text: Option<String>) -> Result<ChargeAnswer, GatewayError> {
    match (status, text) {
        ("charged", reference) => Ok(ChargeAnswer::Charged { reference: reference.map(Arc::from) }),
        ("authorized", reference) => Ok(ChargeAnswer::Authorized { reference: reference.map(Arc::from) }),
        ("actionRequired", Some(secret)) => {
            let client_secret = secret.parse().map_err(|reason| GatewayError(format!("the client secret {reason}")))?;
            Ok(ChargeAnswer::ActionRequired { client_secret })
        }
        ("declined", Some(reason)) => Ok(ChargeAnswer::Declined { reason: reason.into() }),
        ("misconfigured", Some(reason)) => Ok(ChargeAnswer::Misconfigured { reason: reason.into() }),
        ("pending", None) => Ok(ChargeAnswer::Pending),
        ("unknown", None) => Ok(ChargeAnswer::Unknown),
        (status, _) => Err(no_answer(status)),
    }
}

/// Converts an answer about a refund.
///
/// # Errors
/// A [`GatewayError`] if there is no answer with this status and text.
pub fn refund_answer(status: &str, text: Option<String>) -> Result<RefundAnswer, GatewayError> {
    match (status, text) {
        ("refunded", reference) => Ok(RefundAnswer::Refunded { reference: reference.map(Arc::from) }),
        ("refused", Some(reason)) => Ok(RefundAnswer::Refused { reason: reason.into() }),
        ("pending", None) => Ok(RefundAnswer::Pending),
        (status, _) => Err(no_answer(status)),
    }
}

/// What a gateway says of an amount.
///
/// # Errors
/// A [`GatewayError`] if there is no such answer.
pub fn amount_answer(status: &str, text: Option<String>) -> Result<AmountAnswer, GatewayError> {
    match (status, text) {
        ("chargeable", None) => Ok(AmountAnswer::Chargeable),
        ("refused", Some(reason)) => Ok(AmountAnswer::Refused { reason: reason.into() }),
        (status, _) => Err(no_answer(status)),
    }
}

/// Converts a list of refunds, which is JSON in the answer's text.
///
/// # Errors
/// A [`GatewayError`] if there is no such answer, or if the list can't be read.
pub fn refunds_answer(status: &str, text: Option<String>) -> Result<Vec<GatewayReport>, GatewayError> {
    match (status, text) {
        ("refunds", Some(json)) => listed_refunds(&json).map_err(GatewayError),
        (status, _) => Err(no_answer(status)),
    }
}

fn no_answer(status: &str) -> GatewayError {
    GatewayError(format!("the gateway gave an answer of no kind: {status}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_answer_is_a_failure() {
        let text = || Some("x".to_owned());
        assert_eq!(charge_answer("charged", text()).unwrap(), ChargeAnswer::Charged { reference: Some("x".into()) });
        assert_eq!(charge_answer("misconfigured", text()).unwrap(), ChargeAnswer::Misconfigured { reason: "x".into() });
        assert_eq!(refund_answer("refunded", None).unwrap(), RefundAnswer::Refunded { reference: None });
        for (status, text) in
            [("declined", None), ("misconfigured", None), ("pending", text()), ("refunded", None), ("", None)]
        {
            assert!(charge_answer(status, text).unwrap_err().0.ends_with(status), "{status}");
        }
        for (status, text) in [("refused", None), ("pending", text()), ("charged", None)] {
            assert!(refund_answer(status, text).unwrap_err().0.ends_with(status), "{status}");
        }
        for (status, text) in [("refused", None), ("chargeable", text()), ("charged", None)] {
            assert!(amount_answer(status, text).unwrap_err().0.ends_with(status), "{status}");
        }
        for (status, text) in [("refunds", None), ("refunded", text())] {
            assert!(refunds_answer(status, text).unwrap_err().0.ends_with(status), "{status}");
        }
        assert!(refunds_answer("refunds", Some("[]".to_owned())).unwrap().is_empty());
        assert!(refunds_answer("refunds", text()).is_err());
        assert!(charge_answer("actionRequired", Some(String::new())).unwrap_err().0.contains("client secret"));
    }
}
