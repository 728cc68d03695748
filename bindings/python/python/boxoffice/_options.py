# Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

"""Everything that can be chosen about a box office."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TypedDict

from boxoffice._clock import Clock
from boxoffice._gateway import PaymentGateway
from boxoffice._native import FeePolicy, StripeGateway
from boxoffice._types import LateMoneyPolicy, LateMoneyStep


class Options(TypedDict, total=False):
    """Everything that can be chosen about a box office; what is left out is as the core has it."""

    hold: timedelta
    """Sets how long an order holds its tickets: 15 minutes by default."""
    fees: FeePolicy
    """Sets what the platform keeps of each ticket that is paid from now on: nothing by default. What was paid before keeps
    its fees.
    """
    gateway: PaymentGateway | StripeGateway
    """Sets the card processor: by default the `Sandbox`, with its book in the data directory."""
    clock: Clock
    """Sets where time comes from: `SystemClock` by default."""
    accept_clock_jump: bool
    """Sets whether a clock that is far from the journal's last time is accepted: `False` by default.

    Engine time never runs backwards, so one start with a clock that is years ahead would stay in the journal for good.
    Opening is therefore refused with `UnavailableError` (`clock.jumped`) if the clock is more than a day behind the
    journal's last record or more than 30 days ahead of it. Set this once, after a look at the clock, for a box office
    that has rested longer. Engine time goes on from the last record if the clock is behind.
    """
    seed: int
    """Makes ids that are the same in every run, for tests; two box offices of one seed make the same ids."""
    jwt_key: bytes
    """Sets the keys that sessions are signed with: by default one that is made once and kept in the data directory."""
    previous_jwt_keys: Sequence[bytes]
    """Keys whose sessions are still accepted."""
    session_length: timedelta
    """Sets how long a session lasts: 7 days by default."""
    default_currency: str
    """Sets the currency of prices that name none: US dollars by default."""
    answer_payment_within: timedelta
    """Sets how long a payment waits for the card processor before it answers that the outcome is not known yet: 10 seconds
    by default.
    """
    pending_payments_max: int
    """Sets how many payments may wait for the card processor before new ones are refused with `UnavailableError`
    (`payment.unavailable`): 10,000 by default.
    """
    gateway_timeout: timedelta
    """Sets how long one call of the card processor may take before its outcome is looked up: 30 seconds by default."""
    reconcile_after: tuple[timedelta, timedelta]
    """Sets how long to wait before the card processor is asked what became of a charge, at first and at most: 500
    milliseconds and one minute by default. The wait doubles each time.
    """
    unknown_charge_after: timedelta
    """Sets after how long a charge that the card processor never heard of counts as failed: one minute by default. It must
    be longer than a request can be on its way.
    """
    queue_len: int
    """Sets how many commands may wait: 16,384 by default."""
    refuse_when_full: bool
    """Sets whether a command that finds the queue full is refused with `UnavailableError` (`engine.overloaded`), as a
    server wants it, instead of waiting for a place, as an embedder does: `False` by default.
    """
    open_orders_max: int
    """How many open orders one buyer may have: 10 by default."""
    order_tickets_max: int
    """How many tickets one order may have: 10 by default."""
    listing_tickets_max: int
    """How many tickets one command may list: 10,000 by default."""
    late_money: LateMoneyPolicy | Sequence[LateMoneyStep]
    """What is tried, in this order, with money that comes for an order that has ended: `retake,return,escalate` unless
    told otherwise. `retake` sells the buyer the tickets after all, `return` gives the money back, `escalate` leaves it
    to an operator; that is also the last resort.
    """


HELP = """Options:
        hold (timedelta): Sets how long an order holds its tickets: 15 minutes by default.
        fees (FeePolicy): Sets what the platform keeps of each ticket that is paid from now on: nothing by
            default. What was paid before keeps its fees.
        gateway (PaymentGateway | StripeGateway): Sets the card processor: by default the `Sandbox`, with its
            book in the data directory.
        clock (Clock): Sets where time comes from: `SystemClock` by default.
        accept_clock_jump (bool): Sets whether a clock that is far from the journal's last time is accepted:
            `False` by default.  Engine time never runs backwards, so one start with a clock that is years ahead
            would stay in the journal for good. Opening is therefore refused with `UnavailableError`
            (`clock.jumped`) if the clock is more than a day behind the journal's last record or more than 30 days
            ahead of it. Set this once, after a look at the clock, for a box office that has rested longer. Engine
            time goes on from the last record if the clock is behind.
        seed (int): Makes ids that are the same in every run, for tests; two box offices of one seed make the
            same ids.
        jwt_key (bytes): Sets the keys that sessions are signed with: by default one that is made once and kept
            in the data directory.
        previous_jwt_keys (Sequence[bytes]): Keys whose sessions are still accepted.
        session_length (timedelta): Sets how long a session lasts: 7 days by default.
        default_currency (str): Sets the currency of prices that name none: US dollars by default.
        answer_payment_within (timedelta): Sets how long a payment waits for the card processor before it
            answers that the outcome is not known yet: 10 seconds by default.
        pending_payments_max (int): Sets how many payments may wait for the card processor before new ones are
            refused with `UnavailableError` (`payment.unavailable`): 10,000 by default.
        gateway_timeout (timedelta): Sets how long one call of the card processor may take before its outcome is
            looked up: 30 seconds by default.
        reconcile_after (tuple[timedelta, timedelta]): Sets how long to wait before the card processor is asked
            what became of a charge, at first and at most: 500 milliseconds and one minute by default. The wait
            doubles each time.
        unknown_charge_after (timedelta): Sets after how long a charge that the card processor never heard of
            counts as failed: one minute by default. It must be longer than a request can be on its way.
        queue_len (int): Sets how many commands may wait: 16,384 by default.
        refuse_when_full (bool): Sets whether a command that finds the queue full is refused with
            `UnavailableError` (`engine.overloaded`), as a server wants it, instead of waiting for a place, as an
            embedder does: `False` by default.
        open_orders_max (int): How many open orders one buyer may have: 10 by default.
        order_tickets_max (int): How many tickets one order may have: 10 by default.
        listing_tickets_max (int): How many tickets one command may list: 10,000 by default.
        late_money (LateMoneyPolicy | Sequence[LateMoneyStep]): What is tried, in this order, with money that
            comes for an order that has ended: `retake,return,escalate` unless told otherwise. `retake` sells the
            buyer the tickets after all, `return` gives the money back, `escalate` leaves it to an operator; that is
            also the last resort.
    """
"""The same for `help`."""
