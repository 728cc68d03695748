"""An embeddable box office: it signs people in, lists tickets, locks a ticket to one buyer, expires the lock, takes the payment and
keeps every fact in a durable journal.

Start at ``BoxOffice``, or at ``AsyncBoxOffice`` for asyncio. Exactly one buyer ever wins a ticket, an order is charged at most once, and
what was answered is still there after any crash.

One directory is open in one process at a time, and does not survive a fork. A web server with several worker processes gives each
worker a directory of its own, and all of them one journal: see ``ClusterOptions``. Or it talks to the boxoffice server.
"""

import sys as _sys

from boxoffice._answers import (
    ActionRequired,
    Authorized,
    ChargeAnswer,
    Charged,
    Declined,
    Misconfigured,
    Pending,
    RefundAnswer,
    Refunded,
    Refused,
    Unknown,
)
from boxoffice._clock import Clock, WakingClock
from boxoffice._errors import (
    BoxOfficeError,
    ClosedError,
    ConflictError,
    Fault,
    ForbiddenError,
    IdempotencyMismatchError,
    InternalError,
    NotFoundError,
    PaymentDeclinedError,
    PreconditionFailedError,
    TooManyRequestsError,
    UnauthenticatedError,
    UnavailableError,
    ValidationError,
)
from boxoffice._gateway import CapturingGateway, CheckingGateway, ListingGateway, WebhookGateway, PaymentGateway
from boxoffice._items import Items
from boxoffice._native import (
    AsyncSubscription,
    ChargeRequest,
    FeePolicy,
    LookupRequest,
    ManualClock,
    Money,
    WebhookMessage,
    Record,
    RefundRequest,
    SignedMoney,
    StripeGateway,
    Subscription,
)
from boxoffice._native import init_cluster
from boxoffice._native import is_first_interpreter as _is_first_interpreter
from boxoffice._native import version as _version
from boxoffice._webhooks import (
    ChargeReport,
    DisputeClosed,
    DisputeOpened,
    WebhookEvent,
    GatewayReport,
    WebhookRefused,
    RefundElsewhere,
    RefundReport,
    RefundsChanged,
)
from boxoffice._office import AsyncBoxOffice, BoxOffice

if not _is_first_interpreter(id(_sys.modules)):
    raise ImportError("boxoffice is for one interpreter of a process; it does not support subinterpreters, use threads")

__version__ = _version()
"""The version of the package."""

__all__ = [
    "__version__",
    "ActionRequired",
    "AsyncBoxOffice",
    "AsyncSubscription",
    "Authorized",
    "BoxOffice",
    "BoxOfficeError",
    "CapturingGateway",
    "ChargeAnswer",
    "ChargeReport",
    "ChargeRequest",
    "Charged",
    "CheckingGateway",
    "Clock",
    "ClosedError",
    "ConflictError",
    "Declined",
    "DisputeClosed",
    "DisputeOpened",
    "Fault",
    "FeePolicy",
    "ForbiddenError",
    "IdempotencyMismatchError",
    "InternalError",
    "Items",
    "ListingGateway",
    "LookupRequest",
    "ManualClock",
    "Misconfigured",
    "Money",
    "NotFoundError",
    "WebhookEvent",
    "GatewayReport",
    "WebhookGateway",
    "WebhookMessage",
    "WebhookRefused",
    "PaymentDeclinedError",
    "PaymentGateway",
    "Pending",
    "PreconditionFailedError",
    "Record",
    "RefundAnswer",
    "RefundElsewhere",
    "RefundReport",
    "RefundRequest",
    "Refunded",
    "RefundsChanged",
    "Refused",
    "SignedMoney",
    "StripeGateway",
    "Subscription",
    "TooManyRequestsError",
    "UnauthenticatedError",
    "UnavailableError",
    "Unknown",
    "ValidationError",
    "WakingClock",
    "init_cluster",
]
