"""What a card processor may tell by itself."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal, get_args

from boxoffice._answers import ChargeAnswer, RefundAnswer, charge_told, refund_told
from boxoffice._native import Money, notice_fault


@dataclass(frozen=True, slots=True)
class ChargeNotice:
    """What became of a charge."""

    order_id: str
    """The order for which it was begun."""
    charge_id: str
    """The charge."""
    answer: ChargeAnswer
    """What became of it."""


@dataclass(frozen=True, slots=True)
class RefundNotice:
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
    """Money was given back by somebody at the card processor's own desk."""

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


NoticeFact = ChargeNotice | RefundNotice | RefundElsewhere | DisputeOpened | DisputeClosed
"""What a card processor may tell. Charges are named by the ids that they were begun with."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A message that comes from the card processor."""

    id: str
    """The card processor's own name for the message, the same whenever it comes again: visible ASCII."""
    fact: NoticeFact | None = None
    """What it says; ``None`` if that is of no concern to a box office."""


_Reason = Literal["signature", "stale", "malformed"]


class NoticeRefused(Exception):
    """Raised by a gateway that does not believe a message: its ``signature`` does not match, it is ``stale``, or ``malformed``.

    >>> from boxoffice import NoticeRefused
    >>> NoticeRefused("malformed", "the amount is missing").reason
    'malformed'
    """

    def __init__(self, reason: _Reason, text: str = "") -> None:
        if reason not in get_args(_Reason):
            raise ValueError(f"a message is refused for {', '.join(get_args(_Reason))}, not {reason!r}")
        super().__init__(reason, text)
        self.reason: _Reason = reason
        self.text = str(text)


def notice_told(notice: Any) -> str:
    """A notice as the native module takes it; raises if it is none."""
    if not isinstance(notice, Notice):
        raise TypeError(f"must return a Notice, not {type(notice).__name__}")
    told = json.dumps({"id": notice.id, "fact": _fact_told(notice.fact)})
    fault = notice_fault(told)
    if fault is not None:
        raise ValueError(f"returned a Notice that can't be: {fault}")
    return told


def _fact_told(fact: Any) -> dict[str, Any] | None:
    match fact:
        case None:
            return None
        case ChargeNotice():
            return {"kind": "charge", **_ids(fact), "answer": _answer(charge_told(fact.answer), fact.answer)}
        case RefundNotice():
            answer = _answer(refund_told(fact.answer), fact.answer)
            return {"kind": "refund", **_ids(fact), "refundId": fact.refund_id, "answer": answer}
        case RefundElsewhere():
            return {"kind": "refundElsewhere", **_ids(fact), "reference": fact.reference, "amount": _amount(fact.amount)}
        case DisputeOpened():
            told = {"kind": "disputeOpened", **_ids(fact), "reference": fact.reference}
            return {**told, "amount": _amount(fact.amount), "reason": fact.reason}
        case DisputeClosed():
            return {"kind": "disputeClosed", **_ids(fact), "reference": fact.reference, "won": fact.won}
        case _:
            raise TypeError(f"returned a Notice whose fact is no fact, but {type(fact).__name__}")


def _ids(fact: NoticeFact) -> dict[str, str]:
    return {"orderId": fact.order_id, "chargeId": fact.charge_id}


def _answer(told: tuple[str, str | None] | None, answer: Any) -> dict[str, str | None]:
    if told is None:
        raise TypeError(f"returned a Notice whose answer is no answer, but {answer!r}")
    return {"status": told[0], "text": told[1]}


def _amount(amount: Any) -> dict[str, str]:
    if not isinstance(amount, Money):
        raise TypeError(f"returned a Notice whose amount is no Money, but {type(amount).__name__}")
    return {"amount": str(amount.amount), "currency": amount.currency}
