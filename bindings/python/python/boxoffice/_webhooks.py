"""What a card processor may tell by itself."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal, get_args

from boxoffice._answers import ChargeAnswer, RefundAnswer, charge_payload, refund_payload
from boxoffice._native import Money, webhook_event_error


@dataclass(frozen=True, slots=True)
class ChargeReport:
    """What became of a charge."""

    order_id: str
    """The order for which it was begun."""
    charge_id: str
    """The charge."""
    answer: ChargeAnswer
    """What became of it."""


@dataclass(frozen=True, slots=True)
class RefundReport:
    """What became of a refund that the box office asked for."""

    order_id: str
    """The order."""
    charge_id: str
    """The charge."""
    refund_id: str
    """The refund."""
    answer: RefundAnswer
    """What became of it."""


@dataclass(frozen=True, slots=True)
class RefundElsewhere:
    """Money was given back by somebody at the card processor's."""

    order_id: str
    """The order."""
    charge_id: str
    """The charge."""
    reference: str
    """The card processor's own name for the refund."""
    amount: Money
    """How much."""


@dataclass(frozen=True, slots=True)
class DisputeOpened:
    """The buyer's bank takes money back until it is clear whose it is."""

    order_id: str
    """The order."""
    charge_id: str
    """The charge."""
    reference: str
    """The card processor's own name for the dispute."""
    amount: Money
    """How much."""
    reason: str
    """Why, in the card processor's words."""


@dataclass(frozen=True, slots=True)
class DisputeClosed:
    """It is clear whose the disputed money is."""

    order_id: str
    """The order."""
    charge_id: str
    """The charge."""
    reference: str
    """The card processor's own name for the dispute."""
    won: bool
    """Whether it came back from the buyer's bank."""


GatewayReport = ChargeReport | RefundReport | RefundElsewhere | DisputeOpened | DisputeClosed
"""What a card processor may tell. Charges are named by the ids that they were begun with."""


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """A message that comes from the card processor."""

    id: str
    """The card processor's own name for the message, the same whenever it comes again: visible ASCII."""
    report: GatewayReport | None = None
    """What it says; ``None`` if that is of no concern to a box office."""


_Reason = Literal["signature", "stale", "malformed"]


class WebhookRefused(Exception):
    """Raised by a gateway that does not believe a message: its ``signature`` does not match, it is ``stale``, or ``malformed``.

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
    """An event as the native module takes it; raises if it is none."""
    if not isinstance(event, WebhookEvent):
        raise TypeError(f"must return a WebhookEvent, not {type(event).__name__}")
    payload = json.dumps({"id": event.id, "report": _report_payload(event.report)})
    invalid = webhook_event_error(payload)
    if invalid is not None:
        raise ValueError(f"returned a WebhookEvent that can't be: {invalid}")
    return payload


def _report_payload(report: Any) -> dict[str, Any] | None:
    match report:
        case None:
            return None
        case ChargeReport():
            return {"kind": "charge", **_ids(report), "answer": _answer(charge_payload(report.answer), report.answer)}
        case RefundReport():
            answer = _answer(refund_payload(report.answer), report.answer)
            return {"kind": "refund", **_ids(report), "refundId": report.refund_id, "answer": answer}
        case RefundElsewhere():
            return {"kind": "refundElsewhere", **_ids(report), "reference": report.reference, "amount": _amount(report.amount)}
        case DisputeOpened():
            payload = {"kind": "disputeOpened", **_ids(report), "reference": report.reference}
            return {**payload, "amount": _amount(report.amount), "reason": report.reason}
        case DisputeClosed():
            return {"kind": "disputeClosed", **_ids(report), "reference": report.reference, "won": report.won}
        case _:
            raise TypeError(f"returned a WebhookEvent whose report is no report, but {type(report).__name__}")


def _ids(report: GatewayReport) -> dict[str, str]:
    return {"orderId": report.order_id, "chargeId": report.charge_id}


def _answer(payload: tuple[str, str | None] | None, answer: Any) -> dict[str, str | None]:
    if payload is None:
        raise TypeError(f"returned a WebhookEvent whose answer is no answer, but {answer!r}")
    return {"status": payload[0], "text": payload[1]}


def _amount(amount: Any) -> dict[str, str]:
    if not isinstance(amount, Money):
        raise TypeError(f"returned a WebhookEvent whose amount is no Money, but {type(amount).__name__}")
    return {"amount": str(amount.amount), "currency": amount.currency}
