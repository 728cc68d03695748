"""What card processors report: in inbound webhook events, and in lists of refunds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from boxoffice._answers import ChargeAnswer, RefundAnswer, charge_payload, refund_payload
from boxoffice._native import Money, refunds_error, webhook_event_error


@dataclass(frozen=True, slots=True)
class ChargeReport:
    """The outcome of a charge."""

    order_id: str
    """Id of the order for which the charge was begun."""
    charge_id: str
    """Id of the charge."""
    answer: ChargeAnswer
    """Answer about the outcome."""


@dataclass(frozen=True, slots=True)
class RefundReport:
    """The outcome of a refund that the box office requested."""

    order_id: str
    """Id of the order."""
    charge_id: str
    """Id of the charge."""
    refund_id: str
    """Id of the refund."""
    answer: RefundAnswer
    """Answer about the outcome."""


@dataclass(frozen=True, slots=True)
class RefundElsewhere:
    """A refund made at the card processor, outside the box office."""

    order_id: str
    """Id of the order."""
    charge_id: str
    """Id of the charge."""
    reference: str
    """The card processor's own id of the refund."""
    amount: Money
    """Refunded amount."""


@dataclass(frozen=True, slots=True)
class RefundsChanged:
    """The refunds of a charge have changed: the box office looks them up by ``refunds_of``. For a ``ListingGateway``."""

    order_id: str
    """Id of the order."""
    charge_id: str
    """Id of the charge."""


@dataclass(frozen=True, slots=True)
class DisputeOpened:
    """A dispute was opened: the buyer's bank takes the money back until the dispute is closed."""

    order_id: str
    """Id of the order."""
    charge_id: str
    """Id of the charge."""
    reference: str
    """The card processor's own id of the dispute."""
    amount: Money
    """Disputed amount."""
    reason: str
    """Reason, in the card processor's words."""


@dataclass(frozen=True, slots=True)
class DisputeClosed:
    """A dispute was closed."""

    order_id: str
    """Id of the order."""
    charge_id: str
    """Id of the charge."""
    reference: str
    """The card processor's own id of the dispute."""
    won: bool
    """``True`` if the buyer's bank returned the money."""


GatewayReport = ChargeReport | RefundReport | RefundElsewhere | RefundsChanged | DisputeOpened | DisputeClosed
"""Report of a card processor. It identifies a charge by the id under which the charge was begun."""


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """An inbound webhook event of the card processor."""

    id: str
    """The card processor's own id of the event, visible ASCII. A repeated delivery has the same id."""
    report: GatewayReport | None = None
    """Report in the event; ``None`` if it does not concern the box office."""


_Reason = Literal["signature", "stale", "malformed"]


class WebhookRefused(Exception):
    """Raised by a gateway that refuses a message. The reason is ``signature``, ``stale`` or ``malformed``.

    >>> from boxoffice import WebhookRefused
    >>> WebhookRefused("malformed", "the amount is missing").reason
    'malformed'
    """

    def __init__(self, reason: _Reason, text: str = "") -> None:
        if reason not in get_args(_Reason):
            raise ValueError(f"a message is refused for {', '.join(get_args(_Reason))}, not {reason!r}")
        super().__init__(reason, text)
        self.reason: _Reason = reason
        self.text = str(text)


def event_payload(event: Any) -> str:
    """Converts an event for the native module; raises if it is invalid."""
    if not isinstance(event, WebhookEvent):
        raise TypeError(f"must return a WebhookEvent, not {type(event).__name__}")
    report = None if event.report is None else _report_payload(event.report, "a WebhookEvent")
    payload = json.dumps({"id": event.id, "report": report})
    invalid = webhook_event_error(payload)
    if invalid is not None:
        raise ValueError(f"returned a WebhookEvent that can't be: {invalid}")
    return payload


def refunds_payload(refunds: Any) -> str:
    """Converts a list of refunds for the native module; raises if it is invalid."""
    if not _is_list(refunds):
        raise TypeError(f"must return a list of refunds, not {type(refunds).__name__}")
    payload = json.dumps([_report_payload(refund, "a list") for refund in refunds])
    invalid = refunds_error(payload)
    if invalid is not None:
        raise ValueError(f"returned a list that can't be: {invalid}")
    return payload


def _is_list(value: object) -> bool:
    return not isinstance(value, str | bytes | bytearray | memoryview) and isinstance(value, Sequence)


def _report_payload(report: Any, of: str) -> dict[str, Any]:
    """Converts a report; ``of`` says in messages where it is."""
    match report:
        case ChargeReport():
            return {"kind": "charge", **_ids(report), "answer": _answer(charge_payload(report.answer), report.answer, of)}
        case RefundReport():
            answer = _answer(refund_payload(report.answer), report.answer, of)
            return {"kind": "refund", **_ids(report), "refundId": report.refund_id, "answer": answer}
        case RefundElsewhere():
            amount = _amount(report.amount, of)
            return {"kind": "refundElsewhere", **_ids(report), "reference": report.reference, "amount": amount}
        case RefundsChanged():
            return {"kind": "refundsChanged", **_ids(report)}
        case DisputeOpened():
            payload = {"kind": "disputeOpened", **_ids(report), "reference": report.reference}
            return {**payload, "amount": _amount(report.amount, of), "reason": report.reason}
        case DisputeClosed():
            return {"kind": "disputeClosed", **_ids(report), "reference": report.reference, "won": report.won}
        case _:
            raise TypeError(f"returned {of} whose report is no report, but {type(report).__name__}")


def _ids(report: GatewayReport) -> dict[str, str]:
    return {"orderId": report.order_id, "chargeId": report.charge_id}


def _answer(payload: tuple[str, str | None] | None, answer: Any, of: str) -> dict[str, str | None]:
    if payload is None:
        raise TypeError(f"returned {of} whose answer is no answer, but {answer!r}")
    return {"status": payload[0], "text": payload[1]}


def _amount(amount: Any, of: str) -> dict[str, str]:
    if not isinstance(amount, Money):
        raise TypeError(f"returned {of} whose amount is no Money, but {type(amount).__name__}")
    return {"amount": str(amount.amount), "currency": amount.currency}
