# Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

"""The events in the form in which they are published, for type checkers.

`record.published` is a `PublishedRecord`; comparing the `type` of its event tells what its `data` has.
"""

from typing import Literal, NotRequired, TypedDict


class PublishedMoney(TypedDict):
    """An amount of money."""

    minor: int
    """The amount in minor units, such as cents."""
    currency: str
    """The ISO 4217 code."""


class OrderedTicket(TypedDict):
    """A ticket as it was when an order locked it."""

    id: str
    """The ticket."""
    sellerId: str
    """Who sells it."""
    title: str
    """What it was called."""
    price: PublishedMoney
    """What it cost; what the buyer pays."""
    version: int
    """The ticket's version after the lock."""


class Show(TypedDict):
    """What people attend: a concert, a match, a play."""

    name: str
    """What it is called."""
    category: NotRequired[str]
    """Its kind, such as `concert`."""
    venue: NotRequired[str]
    """Where it takes place."""
    startsAt: str
    """When it starts; from then on its tickets can't be ordered."""


class TicketVersion(TypedDict):
    """A ticket's version after an event of its order."""

    id: str
    """The ticket."""
    version: int
    """Its version after the event."""


class ChargeAuthorizedData(TypedDict):
    """The money is set aside: the order keeps its tickets until it is captured."""

    chargeId: str
    """The charge."""
    orderId: str
    """The order."""
    reference: NotRequired[str]
    """The gateway's own name for the charge."""


class ChargeCreatedData(TypedDict):
    """The money was taken: the order is complete and its tickets are sold."""

    chargeId: str
    """The charge."""
    orderId: str
    """The order."""
    amount: PublishedMoney
    """What was taken."""
    reference: NotRequired[str]
    """The gateway's own name for the charge."""
    tickets: list[TicketVersion]
    """The tickets that are sold."""
    fees: NotRequired[list[int]]
    """What the platform keeps of each, in minor units and the order's sequence; empty if that is nothing."""


class ChargeDisputedData(TypedDict):
    """The buyer's bank took money back until it is clear whose it is."""

    chargeId: str
    """The charge."""
    orderId: str
    """The order."""
    reference: str
    """The gateway's own name for the dispute."""
    amount: PublishedMoney
    """How much."""
    reason: str
    """Why, in the gateway's words."""


class ChargeEscalatedData(TypedDict):
    """Money is nobody's and could not be given back: an operator has to see to it."""

    chargeId: str
    """The charge."""
    orderId: str
    """The order that had ended."""
    amount: PublishedMoney
    """How much there is."""
    reason: str
    """Why."""


class ChargeFailedData(TypedDict):
    """The money was not taken."""

    chargeId: str
    """The charge."""
    orderId: str
    """The order."""
    reason: str
    """Why, in words that a buyer may read."""


class ChargeRefundedData(TypedDict):
    """Money was given back.

    A refund that nobody asked the box office for, because it was made at the card processor's, has no `RefundStarted`.
    """

    refundId: NotRequired[str]
    """The refund."""
    chargeId: str
    """The charge."""
    orderId: str
    """The order."""
    amount: PublishedMoney
    """What was given back."""
    reference: NotRequired[str]
    """The gateway's own name for the refund."""
    tickets: NotRequired[list[TicketVersion]]
    """The tickets that are for sale again."""


class ChargeTransferredData(TypedDict):
    """A charge that came late pays a new order, because its buyer could still have the tickets."""

    chargeId: str
    """The charge."""
    orderId: str
    """The order that had ended."""
    to: str
    """The new order."""


class ChargeVoidedData(TypedDict):
    """Money that was set aside was released: none was taken."""

    chargeId: str
    """The charge."""
    orderId: str
    """The order that had ended."""


class DisputeClosedData(TypedDict):
    """It is clear whose disputed money is."""

    chargeId: str
    """The charge."""
    orderId: str
    """The order."""
    reference: str
    """The gateway's own name for the dispute."""
    amount: PublishedMoney
    """How much it was about."""
    won: bool
    """Whether it came back from the buyer's bank."""


class EscalationResolvedData(TypedDict):
    """An operator has seen to money that was nobody's."""

    chargeId: str
    """The charge."""
    orderId: str
    """The order that had ended."""
    amount: PublishedMoney
    """How much it was about."""
    resolution: Literal["returned_elsewhere", "kept"]
    """What became of it."""
    note: str
    """What the operator wants remembered."""


class LateMoneyReceivedData(TypedDict):
    """Money came for an order that had ended.

    What becomes of it is told by the next event of the same moment: `ChargeTransferred`, `RefundStarted` or
    `ChargeEscalated`.
    """

    chargeId: str
    """The charge."""
    orderId: str
    """The order that had ended."""
    amount: PublishedMoney
    """What was taken."""
    reference: NotRequired[str]
    """The gateway's own name for the charge."""


class OrderCancelledData(TypedDict):
    """An order ended and freed its tickets."""

    orderId: str
    """The order."""
    reason: Literal["buyer", "payment_failed"]
    """Why it ended."""
    tickets: list[TicketVersion]
    """The tickets that are free again."""


class OrderCreatedData(TypedDict):
    """An order locked its tickets."""

    orderId: str
    """The new order."""
    buyerId: str
    """Who buys."""
    tickets: list[OrderedTicket]
    """The tickets as they were at the moment of the lock."""
    total: PublishedMoney
    """The sum of their prices."""
    expiresAt: str
    """When the hold ends unless the order is paid."""


class OrderExpiredData(TypedDict):
    """An order reached its deadline and freed its tickets."""

    orderId: str
    """The order."""
    tickets: list[TicketVersion]
    """The tickets that are free again."""


class PaymentStartedData(TypedDict):
    """The gateway is about to be asked for the money of an order."""

    chargeId: str
    """The new charge; the gateway's idempotency key."""
    orderId: str
    """The order."""
    amount: PublishedMoney
    """What is to be taken."""
    gateway: str
    """The gateway's name."""


class PayoutRecordedData(TypedDict):
    """A seller was paid what they were owed, or a part of it."""

    payoutId: str
    """The payout."""
    sellerId: str
    """Who was paid."""
    amount: PublishedMoney
    """How much."""
    reference: str
    """By what it is found at the bank."""


class RefundFailedData(TypedDict):
    """The gateway refused to give the money back, for good."""

    refundId: str
    """The refund."""
    chargeId: str
    """The charge."""
    orderId: str
    """The order."""
    amount: PublishedMoney
    """What was not given back."""
    reason: str
    """Why, in the gateway's words."""


class RefundStartedData(TypedDict):
    """The gateway is about to be asked to give the money back."""

    refundId: NotRequired[str]
    """The new refund; the gateway's idempotency key. Journals from before partial refunds have none: there was one a
    charge.
    """
    chargeId: str
    """The charge."""
    orderId: str
    """The order."""
    amount: PublishedMoney
    """What is to be given back."""
    reason: Literal["requested", "late", "elsewhere"]
    """Why."""
    returnToSale: bool
    """Whether the tickets are sold anew once it is done."""


class SessionRevokedData(TypedDict):
    """A session ended before its time."""

    userId: str
    """The session's user."""
    sessionId: str
    """The session."""
    expiresAt: str
    """When the session would have ended by itself: after that the fact no longer matters."""


class TicketCreatedData(TypedDict):
    """A ticket was listed."""

    ticketId: str
    """The new ticket."""
    sellerId: str
    """Who sells it."""
    title: str
    """What it is called."""
    price: PublishedMoney
    """What it costs."""
    show: NotRequired[Show]
    """What it lets its holder attend."""
    seat: NotRequired[str]
    """Where in the venue its place is."""


class TicketUpdatedData(TypedDict):
    """A ticket's title, price, show or seat changed."""

    ticketId: str
    """The ticket."""
    title: str
    """Its title after it."""
    price: PublishedMoney
    """Its price after it."""
    show: NotRequired[Show]
    """Its show after it."""
    seat: NotRequired[str | None]
    """Its seat after it, if that changed: nothing if it has none any more."""


class TicketWithdrawnData(TypedDict):
    """A ticket was taken off sale by its seller."""

    ticketId: str
    """The ticket."""


class UserCreatedData(TypedDict):
    """Somebody signed up."""

    userId: str
    """The new user."""


class UserErasedData(TypedDict):
    """A user's personal data was deleted."""

    userId: str
    """The user."""


class UserUpdatedData(TypedDict):
    """A user's email, password or role changed."""

    userId: str
    """The user."""
    emailChanged: bool
    """Whether the email changed; the vault has the new one."""
    passwordChanged: bool
    """Whether the password changed."""
    operator: bool
    """Whether the user is an operator after it."""
    epoch: int
    """The user's epoch after it; sessions of an earlier epoch have ended."""


class VoidStartedData(TypedDict):
    """Money was set aside for an order that had ended; the gateway is about to be asked to release it."""

    chargeId: str
    """The charge."""
    orderId: str
    """The order that had ended."""
    reference: NotRequired[str]
    """The gateway's own name for the charge."""


class UserCreated(TypedDict):
    """Somebody signed up."""

    type: Literal["UserCreated"]
    data: UserCreatedData


class UserUpdated(TypedDict):
    """A user's email, password or role changed."""

    type: Literal["UserUpdated"]
    data: UserUpdatedData


class UserErased(TypedDict):
    """A user's personal data was deleted."""

    type: Literal["UserErased"]
    data: UserErasedData


class SessionRevoked(TypedDict):
    """A session ended before its time."""

    type: Literal["SessionRevoked"]
    data: SessionRevokedData


class TicketCreated(TypedDict):
    """A ticket was listed."""

    type: Literal["TicketCreated"]
    data: TicketCreatedData


class TicketUpdated(TypedDict):
    """A ticket's title, price or show changed."""

    type: Literal["TicketUpdated"]
    data: TicketUpdatedData


class TicketWithdrawn(TypedDict):
    """A ticket was taken off sale by its seller."""

    type: Literal["TicketWithdrawn"]
    data: TicketWithdrawnData


class OrderCreated(TypedDict):
    """An order locked its tickets."""

    type: Literal["OrderCreated"]
    data: OrderCreatedData


class OrderCancelled(TypedDict):
    """An order ended and freed its tickets."""

    type: Literal["OrderCancelled"]
    data: OrderCancelledData


class OrderExpired(TypedDict):
    """An order reached its deadline and freed its tickets."""

    type: Literal["OrderExpired"]
    data: OrderExpiredData


class PaymentStarted(TypedDict):
    """The gateway is about to be asked for the money of an order."""

    type: Literal["PaymentStarted"]
    data: PaymentStartedData


class ChargeCreated(TypedDict):
    """The money was taken: the order is complete and its tickets are sold."""

    type: Literal["ChargeCreated"]
    data: ChargeCreatedData


class ChargeFailed(TypedDict):
    """The money was not taken."""

    type: Literal["ChargeFailed"]
    data: ChargeFailedData


class RefundStarted(TypedDict):
    """The gateway is about to be asked to give the money back."""

    type: Literal["RefundStarted"]
    data: RefundStartedData


class ChargeRefunded(TypedDict):
    """Money was given back."""

    type: Literal["ChargeRefunded"]
    data: ChargeRefundedData


class ChargeAuthorized(TypedDict):
    """The money is set aside: the order keeps its tickets until it is captured."""

    type: Literal["ChargeAuthorized"]
    data: ChargeAuthorizedData


class RefundFailed(TypedDict):
    """The gateway refused to give money back, for good."""

    type: Literal["RefundFailed"]
    data: RefundFailedData


class LateMoneyReceived(TypedDict):
    """Money came for an order that had ended."""

    type: Literal["LateMoneyReceived"]
    data: LateMoneyReceivedData


class ChargeTransferred(TypedDict):
    """A charge that came late pays a new order."""

    type: Literal["ChargeTransferred"]
    data: ChargeTransferredData


class ChargeEscalated(TypedDict):
    """Money is nobody's and could not be given back: an operator has to see to it."""

    type: Literal["ChargeEscalated"]
    data: ChargeEscalatedData


class EscalationResolved(TypedDict):
    """An operator has seen to money that was nobody's."""

    type: Literal["EscalationResolved"]
    data: EscalationResolvedData


class VoidStarted(TypedDict):
    """Money was set aside too late; the gateway is about to be asked to release it."""

    type: Literal["VoidStarted"]
    data: VoidStartedData


class ChargeVoided(TypedDict):
    """Money that was set aside was released."""

    type: Literal["ChargeVoided"]
    data: ChargeVoidedData


class ChargeDisputed(TypedDict):
    """The buyer's bank took money back until it is clear whose it is."""

    type: Literal["ChargeDisputed"]
    data: ChargeDisputedData


class DisputeClosed(TypedDict):
    """It is clear whose disputed money is."""

    type: Literal["DisputeClosed"]
    data: DisputeClosedData


class PayoutRecorded(TypedDict):
    """A seller was paid what they were owed, or a part of it."""

    type: Literal["PayoutRecorded"]
    data: PayoutRecordedData


Event = (
    UserCreated
    | UserUpdated
    | UserErased
    | SessionRevoked
    | TicketCreated
    | TicketUpdated
    | TicketWithdrawn
    | OrderCreated
    | OrderCancelled
    | OrderExpired
    | PaymentStarted
    | ChargeCreated
    | ChargeFailed
    | RefundStarted
    | ChargeRefunded
    | ChargeAuthorized
    | RefundFailed
    | LateMoneyReceived
    | ChargeTransferred
    | ChargeEscalated
    | EscalationResolved
    | VoidStarted
    | ChargeVoided
    | ChargeDisputed
    | DisputeClosed
    | PayoutRecorded
)
"""An event as it is published: `type` says which, and with it what `data` has."""


class PublishedRecord(TypedDict):
    """A record of the journal as it is published."""

    seq: int
    """The place in the journal: 1, 2, 3, … without a gap."""
    at: str
    """When it was decided, in RFC 3339."""
    actor: Literal["system"] | dict[Literal["user"], str]
    """Who caused it: the box office itself, or a user by their id."""
    commandId: str
    """The command that caused it."""
    version: int
    """The version of the event's entity after it."""
    event: Event
    """The event."""
    hash: NotRequired[str]
    """The hash over this record and all before it, as 64 hexadecimal digits."""
