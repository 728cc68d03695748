"""Answers of gateways about charges and refunds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Charged:
    """The gateway took the money."""

    reference: str | None = None
    """The card processor's own id of the charge."""


@dataclass(frozen=True, slots=True)
class Authorized:
    """The gateway authorized the money, which can be captured or voided. For a ``CapturingGateway``."""

    reference: str | None = None
    """The card processor's own id of the charge."""


@dataclass(frozen=True, slots=True)
class ActionRequired:
    """The buyer must act, for example confirm the payment with their bank (3-D Secure)."""

    client_secret: str = field(repr=False)
    """Secret with which the buyer's page continues. ``payments.client_secret`` returns it to the buyer alone."""


@dataclass(frozen=True, slots=True)
class Declined:
    """The gateway did not take the money and never will under this id."""

    reason: str
    """Reason that a buyer may read: 1 to 200 characters."""


@dataclass(frozen=True, slots=True)
class Misconfigured:
    """The card processor does not accept the request, whatever the card, because the shop's key, account or settings are wrong.

    No money was taken and never will be under this id. The buyer gets ``payment.misconfigured``.
    """

    reason: str
    """The card processor's words, for the log of the shop."""


@dataclass(frozen=True, slots=True)
class Refunded:
    """The gateway refunded the money. ``None`` means the same without a reference."""

    reference: str | None = None
    """The card processor's own id of the refund."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The gateway did not refund the money and never will under this id."""

    reason: str
    """Reason, for the operator."""


@dataclass(frozen=True, slots=True)
class Pending:
    """The card processor is still processing the request."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The card processor does not know the charge.

    Its request may still be in transit, so the box office accepts this answer only after some time.
    """


ChargeAnswer = Charged | Authorized | ActionRequired | Declined | Misconfigured | Pending | Unknown
"""Answer of a gateway about a charge."""

RefundAnswer = Refunded | Refused | Pending | None
"""Answer of a gateway about a refund."""

CHARGE_KINDS = "Charged, Authorized, ActionRequired, Declined, Misconfigured, Pending or Unknown"
REFUND_KINDS = "Refunded, Refused, Pending or None"


def charge_payload(answer: Any) -> tuple[str, str | None] | None:
    """Converts an answer about a charge for the native module; returns ``None`` if it is not one."""
    match answer:
        case Charged(reference=str() | None as reference):
            return "charged", reference
        case Authorized(reference=str() | None as reference):
            return "authorized", reference
        case ActionRequired(client_secret=str(secret)):
            return "actionRequired", secret
        case Declined(reason=str(reason)):
            return "declined", reason
        case Misconfigured(reason=str(reason)):
            return "misconfigured", reason
        case Pending():
            return "pending", None
        case Unknown():
            return "unknown", None
        case _:
            return None


def refund_payload(answer: Any) -> tuple[str, str | None] | None:
    """Converts an answer about a refund for the native module; returns ``None`` if it is not one."""
    match answer:
        case None:
            return "refunded", None
        case Refunded(reference=str() | None as reference):
            return "refunded", reference
        case Refused(reason=str(reason)):
            return "refused", reason
        case Pending():
            return "pending", None
        case _:
            return None


def is_answer(answer: Any) -> bool:
    """Returns ``True`` if this is an answer of a kind with a text, whatever the text is."""
    return isinstance(answer, Charged | Authorized | ActionRequired | Declined | Misconfigured | Refunded | Refused)
