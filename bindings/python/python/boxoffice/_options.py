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
    """Sets how long an order holds its tickets: 15 minutes unless told otherwise."""
    fees: FeePolicy
    """Sets what the platform keeps of each ticket that is paid from now on: nothing unless told otherwise. What was paid
    before keeps the fees that it had.
    """
    gateway: PaymentGateway | StripeGateway
    """The card processor: `Sandbox`, with its book in the data directory, unless told otherwise."""
    clock: Clock
    """Where time comes from: `SystemClock` unless told otherwise."""
    seed: int
    """Makes ids that are the same in every run, for tests; two box offices of one seed make the same ids."""
    jwt_key: bytes
    """The keys that sessions are signed with: one that is made once and kept in the data directory, unless told otherwise."""
    previous_jwt_keys: Sequence[bytes]
    """Keys whose sessions are still accepted."""
    session_length: timedelta
    """How long a session lasts: 7 days unless told otherwise."""
    default_currency: str
    """The currency of prices that name none: US dollars unless told otherwise."""
    answer_payment_within: timedelta
    """How long a payment waits for the card processor before it answers that the outcome is not yet known: 10 seconds
    unless told otherwise.
    """
    pending_payments_max: int
    """How many payments may wait for the card processor before new ones are refused with `UnavailableError`
    (`payment.unavailable`): 10,000 unless told otherwise.
    """
    gateway_timeout: timedelta
    """How long one call of the card processor may take (30 seconds unless told otherwise) before its outcome is looked up."""
    reconcile_after: tuple[timedelta, timedelta]
    """How long to wait before the card processor is asked what became of a charge, at first and at most; the wait doubles
    each time. 500 milliseconds and one minute unless told otherwise.
    """
    unknown_charge_after: timedelta
    """After how long a charge that the card processor never heard of counts as failed: one minute unless told otherwise.
    It must be longer than a request can be on its way.
    """
    queue_len: int
    """How many commands may wait: 16,384 unless told otherwise."""
    refuse_when_full: bool
    """Whether a command that finds the queue full is refused with `UnavailableError` (`engine.overloaded`), as a server
    wants it, instead of waiting for a place, as an embedder does.
    """
    open_orders_max: int
    """How many open orders one buyer may have: 10 unless told otherwise."""
    order_tickets_max: int
    """How many tickets one order may have: 10 unless told otherwise."""
    listing_tickets_max: int
    """How many tickets one command may list: 10,000 unless told otherwise."""
    late_money: LateMoneyPolicy | Sequence[LateMoneyStep]
    """What is tried, in this order, with money that comes for an order that has ended: `retake,return,escalate` unless
    told otherwise. `retake` sells the buyer the tickets after all, `return` gives the money back, `escalate` leaves it
    to an operator; that is also the last resort.
    """


HELP = """Options:
        hold (timedelta): Sets how long an order holds its tickets: 15 minutes unless told otherwise.
        fees (FeePolicy): Sets what the platform keeps of each ticket that is paid from now on: nothing unless
            told otherwise. What was paid before keeps the fees that it had.
        gateway (PaymentGateway | StripeGateway): The card processor: `Sandbox`, with its book in the data
            directory, unless told otherwise.
        clock (Clock): Where time comes from: `SystemClock` unless told otherwise.
        seed (int): Makes ids that are the same in every run, for tests; two box offices of one seed make the
            same ids.
        jwt_key (bytes): The keys that sessions are signed with: one that is made once and kept in the data
            directory, unless told otherwise.
        previous_jwt_keys (Sequence[bytes]): Keys whose sessions are still accepted.
        session_length (timedelta): How long a session lasts: 7 days unless told otherwise.
        default_currency (str): The currency of prices that name none: US dollars unless told otherwise.
        answer_payment_within (timedelta): How long a payment waits for the card processor before it answers
            that the outcome is not yet known: 10 seconds unless told otherwise.
        pending_payments_max (int): How many payments may wait for the card processor before new ones are
            refused with `UnavailableError` (`payment.unavailable`): 10,000 unless told otherwise.
        gateway_timeout (timedelta): How long one call of the card processor may take (30 seconds unless told
            otherwise) before its outcome is looked up.
        reconcile_after (tuple[timedelta, timedelta]): How long to wait before the card processor is asked what
            became of a charge, at first and at most; the wait doubles each time. 500 milliseconds and one minute
            unless told otherwise.
        unknown_charge_after (timedelta): After how long a charge that the card processor never heard of counts
            as failed: one minute unless told otherwise. It must be longer than a request can be on its way.
        queue_len (int): How many commands may wait: 16,384 unless told otherwise.
        refuse_when_full (bool): Whether a command that finds the queue full is refused with `UnavailableError`
            (`engine.overloaded`), as a server wants it, instead of waiting for a place, as an embedder does.
        open_orders_max (int): How many open orders one buyer may have: 10 unless told otherwise.
        order_tickets_max (int): How many tickets one order may have: 10 unless told otherwise.
        listing_tickets_max (int): How many tickets one command may list: 10,000 unless told otherwise.
        late_money (LateMoneyPolicy | Sequence[LateMoneyStep]): What is tried, in this order, with money that
            comes for an order that has ended: `retake,return,escalate` unless told otherwise. `retake` sells the
            buyer the tickets after all, `return` gives the money back, `escalate` leaves it to an operator; that is
            also the last resort.
    """
"""The same for `help`."""
