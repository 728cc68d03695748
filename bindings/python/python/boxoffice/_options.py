# Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

"""Everything that can be chosen about a box office."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TypedDict

from boxoffice._clock import Clock
from boxoffice._gateway import PaymentGateway
from boxoffice._native import ClusterOptions, FeePolicy, StripeGateway
from boxoffice._types import LateMoneyPolicy, LateMoneyStep


class Options(TypedDict, total=False):
    """Everything that can be chosen about a box office; what is left out is as the core has it."""

    hold: timedelta
    """Sets the duration for which an order holds its tickets: 15 minutes by default."""
    fees: FeePolicy
    """Sets the fees that the platform keeps of tickets paid from now on: none by default. Past payments keep their fees."""
    gateway: PaymentGateway | StripeGateway
    """Sets the card processor: by default the `Sandbox`, which stores its data in the data directory."""
    clock: Clock
    """Sets the source of time: `SystemClock` by default."""
    accept_clock_jump: bool
    """Sets whether a clock that is far from the journal's last time is accepted: `False` by default.

    Engine time never runs backwards, so one start with a clock that is years ahead would stay in the journal for good.
    Opening is therefore refused with `UnavailableError` (`clock.jumped`) if the clock is more than 90 days from the
    journal's last record, behind or ahead. Set this once, after a look at the clock, for a box office that has rested
    longer. Engine time goes on from the last record if the clock is behind.
    """
    seed: int
    """Makes ids that are the same in every run, for tests; two box offices of one seed make the same ids."""
    jwt_key: bytes
    """Sets the keys that sign sessions: by default a key that is created once and stored in the data directory."""
    previous_jwt_keys: Sequence[bytes]
    """Keys whose sessions are still accepted."""
    session_length: timedelta
    """Sets the duration of a session: 7 days by default."""
    default_currency: str
    """Sets the currency of prices without a currency: US dollars by default."""
    answer_payment_within: timedelta
    """Sets the maximum time that a payment waits for the card processor before it returns a pending charge: 10 seconds by
    default.
    """
    pending_payments_max: int
    """Sets the maximum number of payments that wait for the card processor. Further payments are refused with
    `UnavailableError` (`payment.unavailable`). The default is 10,000.
    """
    gateway_timeout: timedelta
    """Sets the timeout of one call of the card processor, after which its outcome is looked up: 30 seconds by default."""
    reconcile_after: tuple[timedelta, timedelta]
    """Sets the first and the maximum wait before the card processor is asked for the outcome of a charge: 500 milliseconds
    and one minute by default. The wait doubles each time.
    """
    unknown_charge_after: timedelta
    """Sets the time after which a charge that is unknown to the card processor counts as failed: one minute by default. It
    must be longer than a request can be in transit.
    """
    queue_len: int
    """Sets the maximum number of commands that wait: 16,384 by default."""
    refuse_when_full: bool
    """Sets the behaviour when the queue is full: `True` refuses the command with `UnavailableError` (`engine.overloaded`),
    which suits servers; `False` waits for a place, which suits embedders. The default is `False`.
    """
    cluster: ClusterOptions
    """Makes the box office a host of a cluster: it shares its journal with other hosts. By default it is on one machine.

    The key ring has to be set, and the same for all hosts. A directory without a journal gets a copy from another host;
    the first host's is made by `init_cluster`. While another host writes, commands are given to it.
    """
    open_orders_max: int
    """Maximum number of open orders of one buyer: 10 by default."""
    order_tickets_max: int
    """Maximum number of tickets of one order: 10 by default."""
    listing_tickets_max: int
    """Maximum number of tickets that one command may list: 10,000 by default."""
    late_money: LateMoneyPolicy | Sequence[LateMoneyStep]
    """Steps that are tried, in this order, with money that comes for an order that has ended: `retake,return,escalate` by
    default. `retake` sells the tickets to the buyer after all, `return` gives the money back, and `escalate` leaves it
    to an operator. The last resort is always `escalate`.
    """


HELP = """Options:
        hold (timedelta): Sets the duration for which an order holds its tickets: 15 minutes by default.
        fees (FeePolicy): Sets the fees that the platform keeps of tickets paid from now on: none by default.
            Past payments keep their fees.
        gateway (PaymentGateway | StripeGateway): Sets the card processor: by default the `Sandbox`, which
            stores its data in the data directory.
        clock (Clock): Sets the source of time: `SystemClock` by default.
        accept_clock_jump (bool): Sets whether a clock that is far from the journal's last time is accepted:
            `False` by default.  Engine time never runs backwards, so one start with a clock that is years ahead
            would stay in the journal for good. Opening is therefore refused with `UnavailableError`
            (`clock.jumped`) if the clock is more than 90 days from the journal's last record, behind or ahead. Set
            this once, after a look at the clock, for a box office that has rested longer. Engine time goes on from
            the last record if the clock is behind.
        seed (int): Makes ids that are the same in every run, for tests; two box offices of one seed make the
            same ids.
        jwt_key (bytes): Sets the keys that sign sessions: by default a key that is created once and stored in
            the data directory.
        previous_jwt_keys (Sequence[bytes]): Keys whose sessions are still accepted.
        session_length (timedelta): Sets the duration of a session: 7 days by default.
        default_currency (str): Sets the currency of prices without a currency: US dollars by default.
        answer_payment_within (timedelta): Sets the maximum time that a payment waits for the card processor
            before it returns a pending charge: 10 seconds by default.
        pending_payments_max (int): Sets the maximum number of payments that wait for the card processor.
            Further payments are refused with `UnavailableError` (`payment.unavailable`). The default is 10,000.
        gateway_timeout (timedelta): Sets the timeout of one call of the card processor, after which its outcome
            is looked up: 30 seconds by default.
        reconcile_after (tuple[timedelta, timedelta]): Sets the first and the maximum wait before the card
            processor is asked for the outcome of a charge: 500 milliseconds and one minute by default. The wait
            doubles each time.
        unknown_charge_after (timedelta): Sets the time after which a charge that is unknown to the card
            processor counts as failed: one minute by default. It must be longer than a request can be in transit.
        queue_len (int): Sets the maximum number of commands that wait: 16,384 by default.
        refuse_when_full (bool): Sets the behaviour when the queue is full: `True` refuses the command with
            `UnavailableError` (`engine.overloaded`), which suits servers; `False` waits for a place, which suits
            embedders. The default is `False`.
        cluster (ClusterOptions): Makes the box office a host of a cluster: it shares its journal with other
            hosts. By default it is on one machine.  The key ring has to be set, and the same for all hosts. A
            directory without a journal gets a copy from another host; the first host's is made by `init_cluster`.
            While another host writes, commands are given to it.
        open_orders_max (int): Maximum number of open orders of one buyer: 10 by default.
        order_tickets_max (int): Maximum number of tickets of one order: 10 by default.
        listing_tickets_max (int): Maximum number of tickets that one command may list: 10,000 by default.
        late_money (LateMoneyPolicy | Sequence[LateMoneyStep]): Steps that are tried, in this order, with money
            that comes for an order that has ended: `retake,return,escalate` by default. `retake` sells the tickets
            to the buyer after all, `return` gives the money back, and `escalate` leaves it to an operator. The last
            resort is always `escalate`.
    """
"""The same for `help`."""
