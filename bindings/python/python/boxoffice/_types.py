# Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

"""The closed sets of the box office, as texts."""

from typing import Literal

Acknowledgement = Literal["stream", "second_host"]
"""What the answer to a command waits for, in a cluster.

- `stream`: The stream: the disks of a majority of its servers have it.
- `second_host`: The stream, and the disk of another host that votes.
"""

BalanceEntryKind = Literal["sale", "refund", "dispute_lost", "payout"]
"""Reason why the amount that a seller is owed changed.

- `sale`: A buyer paid.
- `refund`: Money went back to the buyer.
- `dispute_lost`: The buyer's bank took money back, and the buyer keeps it.
- `payout`: The seller was paid.
"""

CancelReason = Literal["buyer", "payment_failed"]
"""Reason why an order was cancelled.

- `buyer`: The buyer cancelled it.
- `payment_failed`: The money was not taken.
"""

ChargeStatus = Literal[
    "pending",
    "authorized",
    "succeeded",
    "failed",
    "refunding",
    "refunded",
    "voiding",
    "voided",
    "late",
    "transferred",
    "escalated",
    "kept",
]
"""Status of a charge.

- `pending`: The gateway's answer is not known yet.
- `authorized`: The money is authorized and about to be captured.
- `succeeded`: The money was taken.
- `failed`: The money was not taken.
- `refunding`: All or part of the money is being given back.
- `refunded`: All of the money was given back.
- `voiding`: The money was authorized too late and is being voided.
- `voided`: The money was authorized too late and was voided.
- `late`: The money came too late, and its use is not decided.
- `transferred`: The money came too late and pays another order.
- `escalated`: The money came too late and could not be given back. An operator has to resolve it.
- `kept`: The money came too late, and an operator decided that the platform keeps it.
"""

DisputeStatus = Literal["open", "won", "lost"]
"""Status of a dispute.

- `open`: The dispute is not decided yet.
- `won`: The money came back from the buyer's bank.
- `lost`: The buyer keeps the money.
"""

HostState = Literal["blank", "follower", "candidate", "writer", "leaving", "alarm"]
"""State of a host of a cluster.

- `blank`: Catching up: it neither votes nor answers.
- `follower`: Follows the host that writes.
- `candidate`: Asks the other hosts for their consent to write.
- `writer`: Writes.
- `leaving`: Takes nothing new, and ends.
- `alarm`: Has met what can't be, answers nothing, and waits for an operator.
"""

OrderStatus = Literal["created", "awaiting_payment", "complete", "cancelled", "expired"]
"""Status of an order.

- `created`: The order holds its tickets until its deadline.
- `awaiting_payment`: The order holds its tickets until the gateway's answer is known.
- `complete`: The order is paid and its tickets are sold.
- `cancelled`: The order ended without payment.
- `expired`: The order ended at its deadline.
"""

RefundReason = Literal["requested", "late", "elsewhere"]
"""Reason for a refund.

- `requested`: The seller or an operator requested it.
- `late`: The money was taken for an order that had ended.
- `elsewhere`: It was made at the card processor.
"""

RefundStatus = Literal["pending", "done", "failed"]
"""Status of a refund.

- `pending`: The gateway has not confirmed it yet.
- `done`: The money was given back.
- `failed`: The gateway permanently refused it.
"""

Resolution = Literal["returned_elsewhere", "kept"]
"""Outcome of escalated late money.

- `returned_elsewhere`: The buyer got it back by another way, such as a bank transfer.
- `kept`: The platform keeps it.
"""

TicketSort = Literal["newest", "oldest", "price", "-price", "startsAt", "-startsAt"]
"""Sorts tickets. Tickets that are equal in it follow the order of their ids.

- `newest`: Last listed first: `newest`.
- `oldest`: First listed first: `oldest`.
- `price`: Cheapest first, by the number of major units whatever the currency: `price`.
- `-price`: Dearest first: `-price`.
- `startsAt`: Soonest show first, tickets without one last: `startsAt`.
- `-startsAt`: Farthest show first, tickets without one last: `-startsAt`.
"""

TicketStatus = Literal["available", "locked", "sold", "withdrawn"]
"""Status of a ticket.

- `available`: For sale.
- `locked`: Held by an open order.
- `sold`: Bought and paid.
- `withdrawn`: Taken off sale by its seller.
"""

TicketStatusFilter = Literal["onSale", "available", "locked", "sold", "withdrawn", "all"]
"""Selects tickets by their state.

- `onSale`: Available, or locked and so perhaps available again soon: `onSale`.
- `available`: For sale.
- `locked`: Held by an open order.
- `sold`: Bought and paid.
- `withdrawn`: Taken off sale by its seller.
- `all`: In any state: `all`.
"""

LateMoneyStep = Literal["retake", "return", "escalate"]
"""Step that may be taken with money that comes for an order that has ended.

- `retake`: Sells the tickets to the buyer after all, by a new order, if all are still available, cost the same, and the buyer may order them.
- `return`: Gives the money back, or voids it if it is only authorized.
- `escalate`: Leaves the money to an operator.
"""

LateMoneyPolicy = Literal[
    "retake",
    "retake,return",
    "retake,return,escalate",
    "retake,escalate",
    "retake,escalate,return",
    "return",
    "return,retake",
    "return,retake,escalate",
    "return,escalate",
    "return,escalate,retake",
    "escalate",
    "escalate,retake",
    "escalate,retake,return",
    "escalate,return",
    "escalate,return,retake",
]
"""Steps of `LateMoneyStep` in the order in which they are tried, with commas between them."""

EventName = Literal[
    "UserCreated",
    "UserUpdated",
    "UserErased",
    "SessionRevoked",
    "TicketCreated",
    "TicketUpdated",
    "TicketWithdrawn",
    "OrderCreated",
    "OrderCancelled",
    "OrderExpired",
    "PaymentStarted",
    "ChargeCreated",
    "ChargeFailed",
    "RefundStarted",
    "ChargeRefunded",
    "ChargeAuthorized",
    "RefundFailed",
    "LateMoneyReceived",
    "ChargeTransferred",
    "ChargeEscalated",
    "EscalationResolved",
    "VoidStarted",
    "ChargeVoided",
    "ChargeDisputed",
    "DisputeClosed",
    "PayoutRecorded",
    "HostJoined",
    "HostLeft",
    "WebhookSaved",
    "WebhookAdvanced",
    "WebhookDisabled",
    "WebhookResumed",
    "WebhookRemoved",
]
"""The names of the events."""
