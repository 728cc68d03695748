# Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

"""What the box office does in its own name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from typing import Any, List, SupportsIndex, final

from boxoffice import _native
from boxoffice._native import Balance, BalanceEntry, BalanceEntryPage, Charge, Host, Payout, PlatformBalance
from boxoffice._types import Resolution

_SYSTEM: Any = _native.TheSystem()
"""Who acts. Nobody else has it."""


@final
class SystemPayments:
    """The operations of `payments` that the box office does in its own name."""

    __slots__ = ("_native",)

    def __init__(self, native: _native.Payments) -> None:
        self._native = native

    def refund(self, /, order_id: str, *, return_to_sale: bool, idempotency_key: str | None = None) -> Charge:
        """Gives back all that is left of the money of a complete order. Its tickets go back on sale if `return_to_sale` is
        `True`.

        Operators can, and a seller who sold all tickets of the order. Operators can also retry the refund of escalated
        money, whose tickets went back on sale when its order ended. The returned charge is `refunded`, or still
        `refunding` if the card processor has not confirmed it in time; it is then asked until it does. If it refuses
        permanently, the refund is `failed`, and the charge is as before.

        Raises `NotFoundError` (`order.not_found`), `ForbiddenError` (`order.not_yours`), `ConflictError`
        (`payment.not_refundable`, `payment.already_refunded`, `payment.return_needs_full_refund`) if a bank has taken
        some of the money back; `IdempotencyMismatchError` (`command.key_reused`).
        """
        return self._native.refund(_SYSTEM, order_id, return_to_sale=return_to_sale, idempotency_key=idempotency_key)

    def refund_part(
        self, /, order_id: str, amount: str | int | Decimal, *, idempotency_key: str | None = None,
    ) -> Charge:
        """Gives back a part of the money of a complete order, such as `5.00`, in the order's currency. The tickets stay
        sold.

        The sum of all refunds, including concurrent ones, never exceeds the charge. Permissions and statuses are those
        of `payments.refund`.

        Raises `ValidationError` for a malformed amount; `NotFoundError` (`order.not_found`), `ForbiddenError`
        (`order.not_yours`), `ConflictError` (`payment.not_refundable`, `payment.already_refunded`,
        `payment.refund_too_large`), `IdempotencyMismatchError` (`command.key_reused`).
        """
        return self._native.refund_part(_SYSTEM, order_id, amount, idempotency_key=idempotency_key)

    def escalated(self, /) -> List[Charge]:
        """Returns the charges whose money belongs to no order and could not be given back, the oldest first. For
        operators, who settle them by `payments.refund` or `payments.resolve`.

        Raises `ForbiddenError` (`auth.operator_required`).
        """
        return self._native.escalated(_SYSTEM)

    def resolve(
        self, /, order_id: str, resolution: Resolution, note: str, *, idempotency_key: str | None = None,
    ) -> Charge:
        """Records the resolution of escalated money, with a note of up to 500 characters. For operators.

        Raises `ValidationError` for a note that is too long; `ForbiddenError` (`auth.operator_required`),
        `NotFoundError` (`order.not_found`), `ConflictError` (`payment.not_escalated`), `IdempotencyMismatchError`
        (`command.key_reused`).
        """
        return self._native.resolve(_SYSTEM, order_id, resolution, note, idempotency_key=idempotency_key)


@final
class SystemLedger:
    """The operations of `ledger` that the box office does in its own name."""

    __slots__ = ("_native",)

    def __init__(self, native: _native.Ledger) -> None:
        self._native = native

    def balance(self, /, seller_id: str) -> List[Balance]:
        """Returns a seller's balance, one entry for each currency; none for a user who never sold anything. For the
        seller, operators and the system.

        Raises `ForbiddenError` (`auth.operator_required`) for other actors; `NotFoundError` (`auth.user_not_found`).
        """
        return self._native.balance(_SYSTEM, seller_id)

    def entries(
        self, /, seller_id: str, *, limit: SupportsIndex | None = None, cursor: str | None = None,
    ) -> BalanceEntryPage:
        """Returns a page of the entries behind the balance, the newest first.

        Args:
            limit: How many entries a page has at most.
            cursor: The place after which the page starts: `next` of the page before.

        Raises the errors of `ledger.balance`; `ValidationError` with an entry for each invalid field of the query;
        `UnavailableError` (`journal.unavailable`) if the views' file can't be read.
        """
        return self._native.entries(_SYSTEM, seller_id, limit=limit, cursor=cursor)

    def iter(
        self, /, seller_id: str, *, limit: SupportsIndex | None = None, cursor: str | None = None,
    ) -> Iterator[BalanceEntry]:
        """Streams all entries behind the balance, from the query's cursor on, in pages of its limit.

        Entries never change. Entries that are posted meanwhile are not included, because the newest come first. All
        others come exactly once.

        Polling never waits: a page is read immediately, as by `ledger.entries`.

        Args:
            limit: How many entries a page has at most.
            cursor: The place after which the page starts: `next` of the page before.

        Raises the errors of `ledger.entries`, as the last item.
        """
        return self._native.iter(_SYSTEM, seller_id, limit=limit, cursor=cursor)

    def statement_csv(self, /, seller_id: str) -> Iterator[str]:
        """Returns all entries behind the balance, the newest first, as CSV by RFC 4180 in parts: first the header, then up
        to 100 lines at a time, read on demand.

        Amounts are exact decimals. Text that a spreadsheet would take for a formula is preceded by an apostrophe.

        Raises the errors of `ledger.balance`; `UnavailableError` (`journal.unavailable`) in the middle if the views'
        file can't be read any more.
        """
        return self._native.statement_csv(_SYSTEM, seller_id)

    def platform(self, /) -> List[PlatformBalance]:
        """Returns the platform's accounts, one entry for each currency in the order of the codes. For operators and the
        system.

        Raises `ForbiddenError` (`auth.operator_required`) for other actors.
        """
        return self._native.platform(_SYSTEM)

    def record_payout(
        self, /, seller_id: str, amount: str | int | Decimal, reference: str, *, currency: str | None = None, idempotency_key: str | None = None,
    ) -> Payout:
        """Records a payout to a seller, of all or part of what they are owed. For operators and the system. It moves no
        money: the bank does, before or after.

        Args:
            amount: Amount: a decimal number in major units, with at most as many decimals as the currency has.
            reference: Reference by which the bank identifies the payout: 1 to 100 characters.
            currency: ISO 4217 code of the currency, such as `EUR`; the box office's default currency if there is
                none.

        Raises `ValidationError`; `ForbiddenError` (`auth.operator_required`), `NotFoundError` (`auth.user_not_found`),
        `ConflictError` (`payout.exceeds_balance`), `IdempotencyMismatchError` (`command.key_reused`).
        """
        return self._native.record_payout(_SYSTEM, seller_id, amount, reference, currency=currency, idempotency_key=idempotency_key)


@final
class SystemCluster:
    """The operations of `cluster` that the box office does in its own name."""

    __slots__ = ("_native",)

    def __init__(self, native: _native.Cluster) -> None:
        self._native = native

    def join(self, /) -> Host:
        """Makes this host a member of the cluster that votes for the host that writes, under the name that its options
        have. For hosts that do not join by themselves, see `ClusterOptions.joins`. Call it once `cluster.status` says
        no more that this host is `blank`.

        Raises `ForbiddenError` (`auth.operator_required`), `ConflictError` (`cluster.name_taken`,
        `cluster.change_pending`) while another host joins or leaves; the errors of all commands.
        """
        return self._native.join(_SYSTEM)

    def remove(self, /, host_id: str) -> Host:
        """Removes a host from the cluster: it has no vote any more. Its process should be stopped then; started again, it
        joins anew.

        Raises `ForbiddenError` (`auth.operator_required`), `NotFoundError` (`cluster.host_not_found`), `ConflictError`
        (`cluster.change_pending`) while another host joins or leaves, `ConflictError` (`cluster.last_voter`); the
        errors of all commands.
        """
        return self._native.remove(_SYSTEM, host_id)

    def take_over_alone(self, /) -> None:
        """Makes this host the writer without the consent of a majority of the voters. Only for an operator who knows that
        the others are gone for good: whatever they had and the stream has not is lost.

        It takes effect only if this host has everything that the stream has, while no other host writes, and within a
        minute: after that, say it again.

        Raises `ForbiddenError` (`auth.operator_required`).
        """
        self._native.take_over_alone(_SYSTEM)


@final
class System:
    """What `BoxOffice.as_system` returns."""

    __slots__ = ("cluster", "ledger", "payments")

    payments: SystemPayments
    """Returns the operations on charges and refunds."""
    ledger: SystemLedger
    """Returns the operations on the ledger: balances, statements and payouts."""
    cluster: SystemCluster | None
    """Returns the operations on the cluster; none if the box office is on one machine."""

    def __init__(self, facade: _native.OfficeFacade) -> None:
        self.payments = SystemPayments(facade.payments)
        self.ledger = SystemLedger(facade.ledger)
        cluster = facade.cluster
        self.cluster = None if cluster is None else SystemCluster(cluster)


@final
class AsyncSystemPayments:
    """The operations of `payments` that the box office does in its own name."""

    __slots__ = ("_native",)

    def __init__(self, native: _native.AsyncPayments) -> None:
        self._native = native

    async def refund(self, /, order_id: str, *, return_to_sale: bool, idempotency_key: str | None = None) -> Charge:
        """Gives back all that is left of the money of a complete order. Its tickets go back on sale if `return_to_sale` is
        `True`.

        Operators can, and a seller who sold all tickets of the order. Operators can also retry the refund of escalated
        money, whose tickets went back on sale when its order ended. The returned charge is `refunded`, or still
        `refunding` if the card processor has not confirmed it in time; it is then asked until it does. If it refuses
        permanently, the refund is `failed`, and the charge is as before.

        Raises `NotFoundError` (`order.not_found`), `ForbiddenError` (`order.not_yours`), `ConflictError`
        (`payment.not_refundable`, `payment.already_refunded`, `payment.return_needs_full_refund`) if a bank has taken
        some of the money back; `IdempotencyMismatchError` (`command.key_reused`).
        """
        return await self._native.refund(_SYSTEM, order_id, return_to_sale, idempotency_key)

    async def refund_part(
        self, /, order_id: str, amount: str | int | Decimal, *, idempotency_key: str | None = None,
    ) -> Charge:
        """Gives back a part of the money of a complete order, such as `5.00`, in the order's currency. The tickets stay
        sold.

        The sum of all refunds, including concurrent ones, never exceeds the charge. Permissions and statuses are those
        of `payments.refund`.

        Raises `ValidationError` for a malformed amount; `NotFoundError` (`order.not_found`), `ForbiddenError`
        (`order.not_yours`), `ConflictError` (`payment.not_refundable`, `payment.already_refunded`,
        `payment.refund_too_large`), `IdempotencyMismatchError` (`command.key_reused`).
        """
        return await self._native.refund_part(_SYSTEM, order_id, amount, idempotency_key)

    async def escalated(self, /) -> List[Charge]:
        """Returns the charges whose money belongs to no order and could not be given back, the oldest first. For
        operators, who settle them by `payments.refund` or `payments.resolve`.

        Raises `ForbiddenError` (`auth.operator_required`).
        """
        return await self._native.escalated(_SYSTEM)

    async def resolve(
        self, /, order_id: str, resolution: Resolution, note: str, *, idempotency_key: str | None = None,
    ) -> Charge:
        """Records the resolution of escalated money, with a note of up to 500 characters. For operators.

        Raises `ValidationError` for a note that is too long; `ForbiddenError` (`auth.operator_required`),
        `NotFoundError` (`order.not_found`), `ConflictError` (`payment.not_escalated`), `IdempotencyMismatchError`
        (`command.key_reused`).
        """
        return await self._native.resolve(_SYSTEM, order_id, resolution, note, idempotency_key)


@final
class AsyncSystemLedger:
    """The operations of `ledger` that the box office does in its own name."""

    __slots__ = ("_native",)

    def __init__(self, native: _native.AsyncLedger) -> None:
        self._native = native

    async def balance(self, /, seller_id: str) -> List[Balance]:
        """Returns a seller's balance, one entry for each currency; none for a user who never sold anything. For the
        seller, operators and the system.

        Raises `ForbiddenError` (`auth.operator_required`) for other actors; `NotFoundError` (`auth.user_not_found`).
        """
        return await self._native.balance(_SYSTEM, seller_id)

    async def entries(
        self, /, seller_id: str, *, limit: SupportsIndex | None = None, cursor: str | None = None,
    ) -> BalanceEntryPage:
        """Returns a page of the entries behind the balance, the newest first.

        Args:
            limit: How many entries a page has at most.
            cursor: The place after which the page starts: `next` of the page before.

        Raises the errors of `ledger.balance`; `ValidationError` with an entry for each invalid field of the query;
        `UnavailableError` (`journal.unavailable`) if the views' file can't be read.
        """
        return await self._native.entries(_SYSTEM, seller_id, limit, cursor)

    def iter(
        self, /, seller_id: str, *, limit: SupportsIndex | None = None, cursor: str | None = None,
    ) -> AsyncIterator[BalanceEntry]:
        """Streams all entries behind the balance, from the query's cursor on, in pages of its limit.

        Entries never change. Entries that are posted meanwhile are not included, because the newest come first. All
        others come exactly once.

        Polling never waits: a page is read immediately, as by `ledger.entries`.

        Args:
            limit: How many entries a page has at most.
            cursor: The place after which the page starts: `next` of the page before.

        Raises the errors of `ledger.entries`, as the last item.
        """
        return self._native.iter(_SYSTEM, seller_id, limit, cursor)

    def statement_csv(self, /, seller_id: str) -> AsyncIterator[str]:
        """Returns all entries behind the balance, the newest first, as CSV by RFC 4180 in parts: first the header, then up
        to 100 lines at a time, read on demand.

        Amounts are exact decimals. Text that a spreadsheet would take for a formula is preceded by an apostrophe.

        Raises the errors of `ledger.balance`; `UnavailableError` (`journal.unavailable`) in the middle if the views'
        file can't be read any more.
        """
        return self._native.statement_csv(_SYSTEM, seller_id)

    async def platform(self, /) -> List[PlatformBalance]:
        """Returns the platform's accounts, one entry for each currency in the order of the codes. For operators and the
        system.

        Raises `ForbiddenError` (`auth.operator_required`) for other actors.
        """
        return await self._native.platform(_SYSTEM)

    async def record_payout(
        self, /, seller_id: str, amount: str | int | Decimal, reference: str, *, currency: str | None = None, idempotency_key: str | None = None,
    ) -> Payout:
        """Records a payout to a seller, of all or part of what they are owed. For operators and the system. It moves no
        money: the bank does, before or after.

        Args:
            amount: Amount: a decimal number in major units, with at most as many decimals as the currency has.
            reference: Reference by which the bank identifies the payout: 1 to 100 characters.
            currency: ISO 4217 code of the currency, such as `EUR`; the box office's default currency if there is
                none.

        Raises `ValidationError`; `ForbiddenError` (`auth.operator_required`), `NotFoundError` (`auth.user_not_found`),
        `ConflictError` (`payout.exceeds_balance`), `IdempotencyMismatchError` (`command.key_reused`).
        """
        return await self._native.record_payout(_SYSTEM, seller_id, amount, reference, currency, idempotency_key)


@final
class AsyncSystemCluster:
    """The operations of `cluster` that the box office does in its own name."""

    __slots__ = ("_native",)

    def __init__(self, native: _native.AsyncCluster) -> None:
        self._native = native

    async def join(self, /) -> Host:
        """Makes this host a member of the cluster that votes for the host that writes, under the name that its options
        have. For hosts that do not join by themselves, see `ClusterOptions.joins`. Call it once `cluster.status` says
        no more that this host is `blank`.

        Raises `ForbiddenError` (`auth.operator_required`), `ConflictError` (`cluster.name_taken`,
        `cluster.change_pending`) while another host joins or leaves; the errors of all commands.
        """
        return await self._native.join(_SYSTEM)

    async def remove(self, /, host_id: str) -> Host:
        """Removes a host from the cluster: it has no vote any more. Its process should be stopped then; started again, it
        joins anew.

        Raises `ForbiddenError` (`auth.operator_required`), `NotFoundError` (`cluster.host_not_found`), `ConflictError`
        (`cluster.change_pending`) while another host joins or leaves, `ConflictError` (`cluster.last_voter`); the
        errors of all commands.
        """
        return await self._native.remove(_SYSTEM, host_id)

    async def take_over_alone(self, /) -> None:
        """Makes this host the writer without the consent of a majority of the voters. Only for an operator who knows that
        the others are gone for good: whatever they had and the stream has not is lost.

        It takes effect only if this host has everything that the stream has, while no other host writes, and within a
        minute: after that, say it again.

        Raises `ForbiddenError` (`auth.operator_required`).
        """
        await self._native.take_over_alone(_SYSTEM)


@final
class AsyncSystem:
    """What `AsyncBoxOffice.as_system` returns."""

    __slots__ = ("cluster", "ledger", "payments")

    payments: AsyncSystemPayments
    """Returns the operations on charges and refunds."""
    ledger: AsyncSystemLedger
    """Returns the operations on the ledger: balances, statements and payouts."""
    cluster: AsyncSystemCluster | None
    """Returns the operations on the cluster; none if the box office is on one machine."""

    def __init__(self, facade: _native.AsyncOfficeFacade) -> None:
        self.payments = AsyncSystemPayments(facade.payments)
        self.ledger = AsyncSystemLedger(facade.ledger)
        cluster = facade.cluster
        self.cluster = None if cluster is None else AsyncSystemCluster(cluster)
