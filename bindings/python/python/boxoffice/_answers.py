"""What a gateway may say of a charge or a refund."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Charged:
    """The money was taken."""

    reference: str | None = None
    """The card processor's own name for the charge."""


@dataclass(frozen=True, slots=True)
class Authorized:
    """The money is set aside, and can be captured or voided: for a ``CapturingGateway``."""

    reference: str | None = None
    """The card processor's own name for the charge."""


@dataclass(frozen=True, slots=True)
class ActionRequired:
    """The buyer has to do something, such as to confirm the payment with their bank (3-D Secure)."""

    client_secret: str = field(repr=False)
    """What the buyer's page needs to go on; only the buyer may see it: ``payments.client_secret`` gives it to them."""


@dataclass(frozen=True, slots=True)
class Declined:
    """The money was not taken, and never will be under this id."""

    reason: str
    """Why, in words that a buyer may read: 1 to 200 characters."""


@dataclass(frozen=True, slots=True)
class Refunded:
    """The money was given back. A gateway that has nothing more to say of it may as well return ``None``."""

    reference: str | None = None
    """The card processor's own name for the refund."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The money was not given back, and never will be under this id."""

    reason: str
    """Why, for whoever looks after the money."""


@dataclass(frozen=True, slots=True)
class Pending:
    """The card processor is still at it."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The card processor never heard of the charge. It may still be on its way, so this is only believed after a while."""


ChargeAnswer = Charged | Authorized | ActionRequired | Declined | Pending | Unknown
"""What a gateway says of a charge."""

RefundAnswer = Refunded | Refused | Pending | None
"""What a gateway says of a refund."""

CHARGE_KINDS = "Charged, Authorized, ActionRequired, Declined, Pending or Unknown"
REFUND_KINDS = "Refunded, Refused, Pending or None"


def charge_payload(answer: Any) -> tuple[str, str | None] | None:
    """An answer about a charge as the native module takes it; ``None`` if it is none."""
    match answer:
        case Charged(reference=str() | None as reference):
            return "charged", reference
        case Authorized(reference=str() | None as reference):
            return "authorized", reference
        case ActionRequired(client_secret=str(secret)):
            return "actionRequired", secret
        case Declined(reason=str(reason)):
            return "declined", reason
        case Pending():
            return "pending", None
        case Unknown():
            return "unknown", None
        case _:
            return None


def refund_payload(answer: Any) -> tuple[str, str | None] | None:
    """The same of a refund."""
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
    """Whether this is an answer of some kind, its text aside."""
    return isinstance(answer, Charged | Authorized | ActionRequired | Declined | Refunded | Refused)
