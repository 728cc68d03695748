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
    """Id of the ticket."""
    sellerId: str
    """Seller of the ticket."""
    title: str
    """Title of the ticket at that time."""
    price: PublishedMoney
    """Price at that time, which the buyer pays."""
    version: int
    """Version of the ticket after the lock."""


class Show(TypedDict):
    """An event that people attend: a concert, a match, a play."""

    name: str
    """Name of the show."""
    category: NotRequired[str]
    """Kind of show, such as `concert`."""
    venue: NotRequired[str]
    """Place of the show."""
    startsAt: str
    """Time at which the show starts. From then on its tickets can't be ordered."""


class TicketVersion(TypedDict):
    """Version of a ticket after an event of its order."""

    id: str
    """Id of the ticket."""
    version: int
    """Version of the ticket after the event."""


class WebhookProgress(TypedDict):
    """How far the deliveries of a webhook have come."""

    cursor: int
    """Number of the last record that needs no more delivery."""
    attempts: int
    """Number of failed attempts of the next delivery."""
    nextTryAt: str | None
    """Time before which the next delivery is not attempted again; none if it may be at once."""
    history: str
    """Id of the journal's history in which the cursor lies."""
    common: int | None
    """Number of the last record that this history shares with those that it was restored from, as messages tell it; none
    if it never was. Hosts may differ in what they know of it, and messages must not.
    """
    reset: bool
    """`True` until the receiver is told that the journal goes on with another history."""


class ChargeAuthorizedData(TypedDict):
    """The money was authorized. The order keeps its tickets until the money is captured."""

    chargeId: str
    """Id of the charge."""
    orderId: str
    """Id of the order."""
    reference: NotRequired[str]
    """Gateway's reference for the charge."""


class ChargeCreatedData(TypedDict):
    """The money was taken. The order is complete and its tickets are sold."""

    chargeId: str
    """Id of the charge."""
    orderId: str
    """Id of the order."""
    amount: PublishedMoney
    """Amount that was taken."""
    reference: NotRequired[str]
    """Gateway's reference for the charge."""
    tickets: list[TicketVersion]
    """Tickets that are sold."""
    fees: NotRequired[list[int]]
    """Fee of each ticket, in minor units and the order's sequence; empty if there are no fees."""


class ChargeDisputedData(TypedDict):
    """The buyer's bank took money back until the dispute is closed."""

    chargeId: str
    """Id of the charge."""
    orderId: str
    """Id of the order."""
    reference: str
    """Gateway's reference for the dispute."""
    amount: PublishedMoney
    """Disputed amount."""
    reason: str
    """Reason, in the gateway's words."""


class ChargeEscalatedData(TypedDict):
    """Late money could not be given back. An operator has to resolve it."""

    chargeId: str
    """Id of the charge."""
    orderId: str
    """Id of the order that had ended."""
    amount: PublishedMoney
    """Amount that is left."""
    reason: str
    """Reason for the escalation."""


class ChargeFailedData(TypedDict):
    """The money was not taken."""

    chargeId: str
    """Id of the charge."""
    orderId: str
    """Id of the order."""
    reason: str
    """Reason, in words that a buyer may read."""


class ChargeRefundedData(TypedDict):
    """Money was given back.

    A refund that was made at the card processor, not requested by the box office, has no `RefundStarted`.
    """

    refundId: NotRequired[str]
    """Id of the refund."""
    chargeId: str
    """Id of the charge."""
    orderId: str
    """Id of the order."""
    amount: PublishedMoney
    """Amount that was given back."""
    reference: NotRequired[str]
    """Gateway's reference for the refund."""
    tickets: NotRequired[list[TicketVersion]]
    """Tickets that are for sale again."""


class ChargeTransferredData(TypedDict):
    """Late money pays a new order, because its buyer could still have the tickets."""

    chargeId: str
    """Id of the charge."""
    orderId: str
    """Id of the order that had ended."""
    to: str
    """Id of the new order."""


class ChargeVoidedData(TypedDict):
    """A late authorization was voided. No money was taken."""

    chargeId: str
    """Id of the charge."""
    orderId: str
    """Id of the order that had ended."""


class DisputeClosedData(TypedDict):
    """A dispute was closed."""

    chargeId: str
    """Id of the charge."""
    orderId: str
    """Id of the order."""
    reference: str
    """Gateway's reference for the dispute."""
    amount: PublishedMoney
    """Disputed amount."""
    won: bool
    """`True` if the money came back from the buyer's bank."""


class EscalationResolvedData(TypedDict):
    """An operator resolved late money."""

    chargeId: str
    """Id of the charge."""
    orderId: str
    """Id of the order that had ended."""
    amount: PublishedMoney
    """Amount that was resolved."""
    resolution: Literal["returned_elsewhere", "kept"]
    """Outcome for the money."""
    note: str
    """Operator's note."""


class HostJoinedData(TypedDict):
    """A host joined the cluster, or got another name or vote."""

    hostId: str
    """Id of the host."""
    name: str
    """Name of the host."""
    voter: bool
    """`True` if it votes for the host that writes."""


class HostLeftData(TypedDict):
    """A host left the cluster."""

    hostId: str
    """Id of the host."""


class LateMoneyReceivedData(TypedDict):
    """Money came for an order that had ended.

    The next event, decided at the same moment, tells what happens to the money: `ChargeTransferred`, `RefundStarted` or
    `ChargeEscalated`.
    """

    chargeId: str
    """Id of the charge."""
    orderId: str
    """Id of the order that had ended."""
    amount: PublishedMoney
    """Amount that was taken."""
    reference: NotRequired[str]
    """Gateway's reference for the charge."""


class OrderCancelledData(TypedDict):
    """An order was cancelled and freed its tickets."""

    orderId: str
    """Id of the order."""
    reason: Literal["buyer", "payment_failed"]
    """Reason why it was cancelled."""
    tickets: list[TicketVersion]
    """Tickets that became available again."""


class OrderCreatedData(TypedDict):
    """An order locked its tickets."""

    orderId: str
    """Id of the new order."""
    buyerId: str
    """Buyer of the tickets."""
    tickets: list[OrderedTicket]
    """Tickets as they were when the order locked them."""
    total: PublishedMoney
    """Sum of their prices."""
    expiresAt: str
    """Time at which the hold ends unless a payment has started."""


class OrderExpiredData(TypedDict):
    """An order reached its deadline and freed its tickets."""

    orderId: str
    """Id of the order."""
    tickets: list[TicketVersion]
    """Tickets that became available again."""


class PaymentStartedData(TypedDict):
    """The gateway is about to be asked for the money of an order."""

    chargeId: str
    """Id of the new charge, which is the gateway's idempotency key."""
    orderId: str
    """Id of the order."""
    amount: PublishedMoney
    """Amount to be taken."""
    gateway: str
    """Name of the gateway."""


class PayoutRecordedData(TypedDict):
    """A seller was paid all or part of what they were owed."""

    payoutId: str
    """Id of the payout."""
    sellerId: str
    """Seller who was paid."""
    amount: PublishedMoney
    """Amount paid."""
    reference: str
    """Reference by which the bank identifies the payout."""


class RefundFailedData(TypedDict):
    """The gateway permanently refused to give the money back."""

    refundId: str
    """Id of the refund."""
    chargeId: str
    """Id of the charge."""
    orderId: str
    """Id of the order."""
    amount: PublishedMoney
    """Amount that was not given back."""
    reason: str
    """Reason, in the gateway's words."""


class RefundStartedData(TypedDict):
    """The gateway is about to be asked to give the money back."""

    refundId: NotRequired[str]
    """Id of the new refund, which is the gateway's idempotency key. Journals from before partial refunds have none,
    because a charge had one refund.
    """
    chargeId: str
    """Id of the charge."""
    orderId: str
    """Id of the order."""
    amount: PublishedMoney
    """Amount to be given back."""
    reason: Literal["requested", "late", "elsewhere"]
    """Reason for the refund."""
    returnToSale: bool
    """`True` if the tickets go back on sale once the refund is done."""


class SessionRevokedData(TypedDict):
    """A session was ended before it expired."""

    userId: str
    """Id of the session's user."""
    sessionId: str
    """Id of the session."""
    expiresAt: str
    """Time at which the session would have expired. After that the fact no longer matters."""


class TicketCreatedData(TypedDict):
    """A ticket was listed."""

    ticketId: str
    """Id of the new ticket."""
    sellerId: str
    """Seller of the ticket."""
    title: str
    """Title of the ticket."""
    price: PublishedMoney
    """Price of the ticket."""
    show: NotRequired[Show]
    """Show that the ticket is for."""
    seat: NotRequired[str]
    """Label of the seat in the venue."""


class TicketUpdatedData(TypedDict):
    """A ticket's title, price, show or seat changed."""

    ticketId: str
    """Id of the ticket."""
    title: str
    """Title after the event."""
    price: PublishedMoney
    """Price after the event."""
    show: NotRequired[Show]
    """Show after the event."""
    seat: NotRequired[str | None]
    """Its seat after it, if that changed: nothing if it has none any more."""


class TicketWithdrawnData(TypedDict):
    """A ticket was taken off sale by its seller."""

    ticketId: str
    """Id of the ticket."""


class UserCreatedData(TypedDict):
    """A user signed up."""

    userId: str
    """Id of the new user."""


class UserErasedData(TypedDict):
    """A user's personal data was deleted."""

    userId: str
    """Id of the user."""


class UserUpdatedData(TypedDict):
    """A user's email, password or role changed."""

    userId: str
    """Id of the user."""
    emailChanged: bool
    """`True` if the email changed. The vault has the new one."""
    passwordChanged: bool
    """`True` if the password changed."""
    operator: bool
    """`True` if the user is an operator after the event."""
    epoch: int
    """Epoch of the user after the event. Sessions of an earlier epoch have ended."""


class VoidStartedData(TypedDict):
    """Money was authorized for an order that had ended. The gateway is about to be asked to void the authorization."""

    chargeId: str
    """Id of the charge."""
    orderId: str
    """Id of the order that had ended."""
    reference: NotRequired[str]
    """Gateway's reference for the charge."""


class WebhookAdvancedData(TypedDict):
    """The deliveries of a webhook that the hosts share have come so far. It is recorded now and then, not for each
    delivery.
    """

    webhookId: str
    """Id of the webhook."""
    progress: WebhookProgress
    """How far deliveries have come."""


class WebhookDisabledData(TypedDict):
    """Nothing is delivered to a webhook that the hosts share, until it is resumed."""

    webhookId: str
    """Id of the webhook."""
    reason: str
    """Reason for which nothing is delivered."""


class WebhookRemovedData(TypedDict):
    """A webhook that the hosts share was removed."""

    webhookId: str
    """Id of the webhook."""


class WebhookResumedData(TypedDict):
    """An operator resumed the deliveries of a webhook that the hosts share."""

    webhookId: str
    """Id of the webhook."""


class WebhookSavedData(TypedDict):
    """A webhook that the hosts share was created, or delivers something else or elsewhere."""

    webhookId: str
    """Id of the webhook."""
    eventTypes: list[str]
    """Types of the delivered events; empty for all."""
    sealed: str
    """Where deliveries go and what signs them, encrypted."""
    progress: WebhookProgress | None
    """Progress from which it goes on; none if that is as it was."""


class UserCreated(TypedDict):
    """A user signed up."""

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
    """A session was ended before it expired."""

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
    """An order was cancelled and freed its tickets."""

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
    """The money was taken. The order is complete and its tickets are sold."""

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
    """The money was authorized. The order keeps its tickets until the money is captured."""

    type: Literal["ChargeAuthorized"]
    data: ChargeAuthorizedData


class RefundFailed(TypedDict):
    """The gateway permanently refused to give the money back."""

    type: Literal["RefundFailed"]
    data: RefundFailedData


class LateMoneyReceived(TypedDict):
    """Money came for an order that had ended."""

    type: Literal["LateMoneyReceived"]
    data: LateMoneyReceivedData


class ChargeTransferred(TypedDict):
    """Late money pays a new order."""

    type: Literal["ChargeTransferred"]
    data: ChargeTransferredData


class ChargeEscalated(TypedDict):
    """Late money could not be given back. An operator has to resolve it."""

    type: Literal["ChargeEscalated"]
    data: ChargeEscalatedData


class EscalationResolved(TypedDict):
    """An operator resolved late money."""

    type: Literal["EscalationResolved"]
    data: EscalationResolvedData


class VoidStarted(TypedDict):
    """Money was authorized too late. The gateway is about to be asked to void the authorization."""

    type: Literal["VoidStarted"]
    data: VoidStartedData


class ChargeVoided(TypedDict):
    """A late authorization was voided. No money was taken."""

    type: Literal["ChargeVoided"]
    data: ChargeVoidedData


class ChargeDisputed(TypedDict):
    """The buyer's bank took money back until the dispute is closed."""

    type: Literal["ChargeDisputed"]
    data: ChargeDisputedData


class DisputeClosed(TypedDict):
    """A dispute was closed."""

    type: Literal["DisputeClosed"]
    data: DisputeClosedData


class PayoutRecorded(TypedDict):
    """A seller was paid all or part of what they were owed."""

    type: Literal["PayoutRecorded"]
    data: PayoutRecordedData


class HostJoined(TypedDict):
    """A host joined the cluster, or got another name or vote."""

    type: Literal["HostJoined"]
    data: HostJoinedData


class HostLeft(TypedDict):
    """A host left the cluster."""

    type: Literal["HostLeft"]
    data: HostLeftData


class WebhookSaved(TypedDict):
    """A webhook that the hosts share was created, or delivers something else or elsewhere."""

    type: Literal["WebhookSaved"]
    data: WebhookSavedData


class WebhookAdvanced(TypedDict):
    """The deliveries of a webhook that the hosts share have come so far."""

    type: Literal["WebhookAdvanced"]
    data: WebhookAdvancedData


class WebhookDisabled(TypedDict):
    """Nothing is delivered to a webhook that the hosts share, until it is resumed."""

    type: Literal["WebhookDisabled"]
    data: WebhookDisabledData


class WebhookResumed(TypedDict):
    """An operator resumed the deliveries of a webhook that the hosts share."""

    type: Literal["WebhookResumed"]
    data: WebhookResumedData


class WebhookRemoved(TypedDict):
    """A webhook that the hosts share was removed."""

    type: Literal["WebhookRemoved"]
    data: WebhookRemovedData


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
    | HostJoined
    | HostLeft
    | WebhookSaved
    | WebhookAdvanced
    | WebhookDisabled
    | WebhookResumed
    | WebhookRemoved
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
