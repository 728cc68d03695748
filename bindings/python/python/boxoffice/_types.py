# Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

"""The closed sets of the box office, as texts."""

from typing import Literal

BalanceEntryKind = Literal["sale", "refund", "dispute_lost", "payout"]
"""Why what a seller is owed has changed.

- `sale`: A buyer paid.
- `refund`: Money went back.
- `dispute_lost`: The buyer's bank took money back, and the buyer keeps it.
- `payout`: The seller was paid.
"""

CancelReason = Literal["buyer", "payment_failed"]
"""Why an order was cancelled.

- `buyer`: Its buyer wanted so.
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
"""Where a charge is in its life.

- `pending`: The gateway's answer is not known yet.
- `authorized`: The money is set aside and about to be captured.
- `succeeded`: The money was taken.
- `failed`: The money was not taken.
- `refunding`: Money is being given back, all of it or a part.
- `refunded`: All of the money was given back.
- `voiding`: The money was set aside too late and is being released.
- `voided`: The money was set aside too late and was released.
- `late`: The money came too late, and it is not decided what becomes of it.
- `transferred`: The money came too late and pays another order.
- `escalated`: The money came too late and could not be given back: an operator has to see to it.
- `kept`: The money came too late, and an operator has decided that the platform keeps it.
"""

DisputeStatus = Literal["open", "won", "lost"]
"""Where a dispute is in its life.

- `open`: It is not clear yet whose the money is.
- `won`: The money came back from the buyer's bank.
- `lost`: The buyer keeps the money.
"""

OrderStatus = Literal["created", "awaiting_payment", "complete", "cancelled", "expired"]
"""Where an order is in its life.

- `created`: It holds its tickets until its deadline.
- `awaiting_payment`: It holds its tickets until the gateway's answer is known.
- `complete`: It is paid, its tickets are sold.
- `cancelled`: It ended without payment.
- `expired`: It ended at its deadline.
"""

RefundReason = Literal["requested", "late", "elsewhere"]
"""Why money is given back.

- `requested`: The seller or an operator asked for it.
- `late`: The money was taken for an order that had ended.
- `elsewhere`: Somebody did it at the card processor's.
"""

RefundStatus = Literal["pending", "done", "failed"]
"""Where a refund is in its life.

- `pending`: The gateway has not confirmed it yet.
- `done`: The money was given back.
- `failed`: The gateway refused it for good.
"""

Resolution = Literal["returned_elsewhere", "kept"]
"""What became of money that was nobody's.

- `returned_elsewhere`: The buyer has it back by another way, such as a bank transfer.
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
"""Where a ticket is in its life.

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
"""What may be done with money that comes for an order that has ended.

- `retake`: The tickets are sold to the buyer after all, by a new order, if all are still free, cost the same and may be theirs.
- `return`: The money is given back, or released if it is only set aside.
- `escalate`: An operator sees to it.
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
]
"""The names of the events."""
