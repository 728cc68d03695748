# Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

"""The operations for asyncio: each is a coroutine function."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from decimal import Decimal
from os import PathLike
from typing import List, SupportsIndex, final

from boxoffice import _native
from boxoffice._items import Items
from boxoffice._native import (
    AsyncSubscription,
    Balance,
    BalanceEntry,
    BalanceEntryPage,
    Charge,
    NewTicket,
    Order,
    OrderPage,
    Payout,
    PlatformBalance,
    Record,
    Session,
    SignedIn,
    Ticket,
    TicketPage,
    TicketUpdate,
    User,
    VerifyReport,
)
from boxoffice._types import OrderStatus, Resolution, TicketSort, TicketStatusFilter


@final
class AsyncAuth:
    """Signs people up, in and out, and keeps their accounts.

    Args:
        idempotency_key: Names the next command, so that it may be sent again: the same user giving the same command
            under the same key within 24 hours gets the first answer again, and nothing is done twice. Another command
            under the key is refused with `IdempotencyMismatchError` (`command.key_reused`).
    """

    __slots__ = ("_native",)

    def __init__(self, native: _native.AsyncAuth) -> None:
        self._native = native

    async def sign_up(self, /, email: str, password: str, *, idempotency_key: str | None = None) -> SignedIn:
        """Creates a user and begins a session.

        Emails are unique regardless of case. The password is hashed with Argon2id outside the writer.

        Args:
            email: An email address that nobody else has signed up with, whatever its case.
            password: 8 to 128 characters.

        Raises `ValidationError`; `ConflictError` (`auth.email_taken`); `UnavailableError` (`engine.overloaded`) if too
        many passwords wait to be hashed; `IdempotencyMismatchError` (`command.key_reused`).
        """
        return await self._native.sign_up(email, password, idempotency_key)

    async def sign_in(self, /, email: str, password: str, *, client: str | None = None) -> SignedIn:
        """Begins a session for a user who has signed up before.

        It takes as long, and fails in the same way, whether the email is unknown or the password is wrong. After a few
        failures further attempts must wait, by account and by client address.

        Args:
            email: The email, in any case.
            password: The password.
            client: Where the attempt comes from; an address that guesses is slowed down.

        Raises `UnauthenticatedError` (`auth.invalid_credentials`); `TooManyRequestsError` (`rate.limited`), with the
        time to wait; `UnavailableError` (`engine.overloaded`) if too many passwords wait to be checked.
        """
        return await self._native.sign_in(email, password, client)

    async def authenticate(self, /, token: str) -> Session:
        """Returns the session that a token stands for. It reads memory only, so that it can be called with every request.

        Raises `UnauthenticatedError` (`auth.required`) for whatever is wrong with the token: malformed, signed with
        another key, expired, revoked, of an earlier password.
        """
        return await self._native.authenticate(token)

    async def current_user(self, /, session: Session) -> User:
        """Returns the user of a session.

        Raises `UnauthenticatedError` (`auth.required`) if the user was erased; `UnavailableError`
        (`journal.unavailable`) if the vault can't be read.
        """
        return await self._native.current_user(session)

    async def sign_out(self, /, session: Session) -> None:
        """Ends a session for good: its token is refused from then on, also from somebody who stole it.

        Raises `UnauthenticatedError` (`auth.required`) if the user was erased.
        """
        await self._native.sign_out(session)

    async def update_user(
        self, /, session: Session, current_password: str, *, email: str | None = None, password: str | None = None,
    ) -> SignedIn:
        """Changes the user's email or password. A new password ends every other session; this one goes on under the new
        token.

        Args:
            current_password: The password that the user has now.
            email: The new email.
            password: The new password: 8 to 128 characters.

        Raises `ValidationError`; `UnauthenticatedError` (`auth.invalid_credentials`) if the current password is wrong;
        `ConflictError` (`auth.email_taken`); `TooManyRequestsError` (`rate.limited`) after a few wrong passwords;
        `UnauthenticatedError` (`auth.required`) if the session has ended in the meantime.
        """
        return await self._native.update_user(session, current_password, email, password)

    async def erase_user(self, /, session: Session, current_password: str) -> None:
        """Deletes the user's personal data for good. The journal stays whole: it names users by id only.

        Raises `UnauthenticatedError` (`auth.invalid_credentials`) if the password is wrong; `ConflictError`
        (`auth.still_trading`) while the user has tickets on sale or open orders; `TooManyRequestsError`
        (`rate.limited`); `UnauthenticatedError` (`auth.required`).
        """
        await self._native.erase_user(session, current_password)

    async def set_operator(self, /, email: str, operator: bool) -> User:
        """Gives the operator role to the user with this email, or takes it. For administrators at the machine: hosts must
        not offer it to users.

        Raises `ValidationError` for a malformed email; `NotFoundError` (`auth.user_not_found`).
        """
        return await self._native.set_operator(email, operator)


@final
class AsyncTickets:
    """Lists, changes and finds tickets.

    Args:
        idempotency_key: Names the next command, so that it may be sent again: the same user giving the same command
            under the same key within 24 hours gets the first answer again, and nothing is done twice. Another command
            under the key is refused with `IdempotencyMismatchError` (`command.key_reused`).
    """

    __slots__ = ("_native",)

    def __init__(self, native: _native.AsyncTickets) -> None:
        self._native = native

    async def create(self, /, seller_id: str, ticket: NewTicket, *, idempotency_key: str | None = None) -> Ticket:
        """Lists a ticket for sale.

        Raises `ValidationError`; `UnauthenticatedError` (`auth.required`) if there is no such user;
        `IdempotencyMismatchError` (`command.key_reused`).
        """
        return await self._native.create(seller_id, ticket, idempotency_key)

    async def create_many(
        self, /, seller_id: str, tickets: Items[NewTicket], *, idempotency_key: str | None = None,
    ) -> List[Ticket]:
        """Lists up to 10,000 tickets for sale, all or none, and returns them in the given order.

        Raises `ValidationError`, with fields such as `tickets[2].price`; `UnauthenticatedError` (`auth.required`) if
        there is no such user; `IdempotencyMismatchError` (`command.key_reused`).
        """
        return await self._native.create_many(seller_id, tickets, idempotency_key)

    async def update(
        self, /, seller_id: str, ticket_id: str, update: TicketUpdate, *, idempotency_key: str | None = None,
    ) -> Ticket:
        """Changes a ticket's title, price and, if given, show. Only its seller can, and only while it is available.

        Raises `ValidationError`, `NotFoundError` (`ticket.not_found`), `ForbiddenError` (`ticket.not_yours`),
        `ConflictError` (`ticket.locked`, `ticket.sold`, `ticket.withdrawn`), `PreconditionFailedError`
        (`ticket.version_mismatch`), `IdempotencyMismatchError` (`command.key_reused`).
        """
        return await self._native.update(seller_id, ticket_id, update, idempotency_key)

    async def withdraw(
        self, /, seller_id: str, ticket_id: str, *, expected_version: SupportsIndex | None = None, idempotency_key: str | None = None,
    ) -> None:
        """Takes a ticket off sale for good. Only its seller can, and only while it is available.

        Raises `NotFoundError` (`ticket.not_found`), `ForbiddenError` (`ticket.not_yours`), `ConflictError`
        (`ticket.locked`, `ticket.sold`, `ticket.withdrawn`), `PreconditionFailedError` (`ticket.version_mismatch`),
        `IdempotencyMismatchError` (`command.key_reused`).
        """
        await self._native.withdraw(seller_id, ticket_id, expected_version, idempotency_key)

    async def get(self, /, ticket_id: str) -> Ticket:
        """Returns a ticket as of the last durable batch.

        Raises `NotFoundError` (`ticket.not_found`); `UnavailableError` (`journal.unavailable`) if the views' file can't
        be read.
        """
        found = self._native.get_in_memory(ticket_id)
        return await self._native.get(ticket_id) if found is None else found

    async def list(
        self, /, *, status: TicketStatusFilter | None = None, seller: str | None = None, q: str | None = None, category: str | None = None, currency: str | None = None, min_price: str | int | Decimal | None = None, max_price: str | int | Decimal | None = None, sort: TicketSort | None = None, limit: SupportsIndex | None = None, cursor: str | None = None,
    ) -> TicketPage:
        """Returns a page of tickets: those on sale unless the query names another status.

        Args:
            status: The states that are listed.
            seller: The seller whose tickets are listed; everybody's if there is none.
            q: The words that every listed ticket has.
            category: The category of the show.
            currency: The currency of the price.
            min_price: The lowest price, in major units whatever the currency.
            max_price: The highest price, in major units whatever the currency.
            sort: The order of the list.
            limit: How many tickets a page has at most.
            cursor: The place after which the page starts: `next` of a page of the same sort.

        Raises `ValidationError`, for each field that is wrong; `UnavailableError` (`journal.unavailable`) if the views'
        file can't be read.
        """
        return await self._native.list(status, seller, q, category, currency, min_price, max_price, sort, limit, cursor)

    def iter(
        self, /, *, status: TicketStatusFilter | None = None, seller: str | None = None, q: str | None = None, category: str | None = None, currency: str | None = None, min_price: str | int | Decimal | None = None, max_price: str | int | Decimal | None = None, sort: TicketSort | None = None, limit: SupportsIndex | None = None, cursor: str | None = None,
    ) -> AsyncIterator[Ticket]:
        """Streams all tickets that the query asks for, from its cursor on, a page of its limit at a time.

        The list is no snapshot: each page shows the tickets as of the last durable batch when it is read. A ticket that
        does not change meanwhile comes exactly once. One that is listed, sold, withdrawn or moved in the sort order
        meanwhile may come or not, and comes twice if it moves from before the place that was reached to behind it.

        Polling never waits: a page is read at once, as by `tickets.list`.

        Args:
            status: The states that are listed.
            seller: The seller whose tickets are listed; everybody's if there is none.
            q: The words that every listed ticket has.
            category: The category of the show.
            currency: The currency of the price.
            min_price: The lowest price, in major units whatever the currency.
            max_price: The highest price, in major units whatever the currency.
            sort: The order of the list.
            limit: How many tickets a page has at most.
            cursor: The place after which the page starts: `next` of a page of the same sort.

        Raises as `tickets.list`, as the last item.
        """
        return self._native.iter(status, seller, q, category, currency, min_price, max_price, sort, limit, cursor)


@final
class AsyncOrders:
    """Holds tickets for buyers, and finds their orders.

    Args:
        idempotency_key: Names the next command, so that it may be sent again: the same user giving the same command
            under the same key within 24 hours gets the first answer again, and nothing is done twice. Another command
            under the key is refused with `IdempotencyMismatchError` (`command.key_reused`).
    """

    __slots__ = ("_native",)

    def __init__(self, native: _native.AsyncOrders) -> None:
        self._native = native

    async def create(self, /, buyer_id: str, ticket_ids: Items[str], *, idempotency_key: str | None = None) -> Order:
        """Locks 1 to 10 tickets of one currency for a buyer, all or none, until the order's `expires_at`.

        Of any number of buyers at once, exactly one gets a ticket.

        Raises `ValidationError` for no tickets, too many, or one twice; `NotFoundError` (`ticket.not_found`),
        `ForbiddenError` (`order.own_ticket`), `ConflictError` (`ticket.locked`, `ticket.sold`, `ticket.withdrawn`,
        `ticket.show_started`), `ValidationError` (`order.mixed_currencies`, `order.total_too_large`), `ConflictError`
        (`order.too_many_open`); `UnauthenticatedError` (`auth.required`) if there is no such user;
        `IdempotencyMismatchError` (`command.key_reused`).
        """
        return await self._native.create(buyer_id, ticket_ids, idempotency_key)

    async def cancel(self, /, buyer_id: str, order_id: str, *, idempotency_key: str | None = None) -> None:
        """Cancels an order and frees its tickets at once. Only its buyer can, and only before a payment has started.

        Raises `NotFoundError` (`order.not_found`), `ForbiddenError` (`order.not_yours`), `ConflictError`
        (`order.payment_pending`, `order.already_paid`, `order.cancelled`, `order.expired`), `IdempotencyMismatchError`
        (`command.key_reused`).
        """
        await self._native.cancel(buyer_id, order_id, idempotency_key)

    async def get(self, /, buyer_id: str, order_id: str) -> Order:
        """Returns a buyer's own order as of the last durable batch.

        Raises `NotFoundError` (`order.not_found`), `ForbiddenError` (`order.not_yours`); `UnavailableError`
        (`journal.unavailable`) if the views' file can't be read.
        """
        return await self._native.get(buyer_id, order_id)

    async def list(
        self, /, buyer_id: str, *, status: OrderStatus | None = None, limit: SupportsIndex | None = None, cursor: str | None = None,
    ) -> OrderPage:
        """Returns a page of a buyer's orders, the newest first.

        Args:
            status: The state that is listed; all of them if there is none.
            limit: How many orders a page has at most.
            cursor: The place after which the page starts: `next` of the page before.

        Raises `ValidationError`, for each field that is wrong; `UnavailableError` (`journal.unavailable`) if the views'
        file can't be read.
        """
        return await self._native.list(buyer_id, status, limit, cursor)

    def iter(
        self, /, buyer_id: str, *, status: OrderStatus | None = None, limit: SupportsIndex | None = None, cursor: str | None = None,
    ) -> AsyncIterator[Order]:
        """Streams all of a buyer's orders that the query asks for, from its cursor on, a page of its limit at a time.

        The list is no snapshot: each page shows the orders as of the last durable batch when it is read. Every order
        comes at most once. Orders that are created meanwhile do not come, because the newest come first.

        Polling never waits: a page is read at once, as by `orders.list`.

        Args:
            status: The state that is listed; all of them if there is none.
            limit: How many orders a page has at most.
            cursor: The place after which the page starts: `next` of the page before.

        Raises as `orders.list`, as the last item.
        """
        return self._native.iter(buyer_id, status, limit, cursor)


@final
class AsyncPayments:
    """Takes money for orders, and gives it back.

    Args:
        idempotency_key: Names the next command, so that it may be sent again: the same user giving the same command
            under the same key within 24 hours gets the first answer again, and nothing is done twice. Another command
            under the key is refused with `IdempotencyMismatchError` (`command.key_reused`). A payment that comes again
            is answered with its outcome, as soon as that is known.
    """

    __slots__ = ("_native",)

    def __init__(self, native: _native.AsyncPayments) -> None:
        self._native = native

    async def pay(self, /, buyer_id: str, order_id: str, token: str, *, idempotency_key: str | None = None) -> Charge:
        """Takes the money of an order: records the intent, asks the card processor, records its answer.

        The returned charge is `succeeded`, and then the order is complete; or still `pending`, if the outcome was not
        known in time. Then the order keeps its tickets until the card processor has answered, which `payments.get`
        shows. An order is charged at most once, whatever happens.

        Raises `ValidationError` for a malformed token; `PaymentDeclinedError` (`payment.declined`), after which the
        order is cancelled; `NotFoundError` (`order.not_found`), `ForbiddenError` (`order.not_yours`), `ConflictError`
        (`order.payment_pending`, `order.already_paid`, `order.cancelled`, `order.expired`); `UnavailableError`
        (`payment.unavailable`) if too many payments wait for the card processor; `IdempotencyMismatchError`
        (`command.key_reused`).
        """
        return await self._native.pay(buyer_id, order_id, token, idempotency_key)

    async def get(self, /, user_id: str, charge_id: str) -> Charge:
        """Returns a charge, for the order's buyer, the tickets' sellers and operators.

        Raises `NotFoundError` (`payment.not_found`), `ForbiddenError` (`payment.not_yours`); `UnavailableError`
        (`journal.unavailable`) if the views' file can't be read.
        """
        return await self._native.get(user_id, charge_id)

    async def client_secret(self, /, buyer_id: str, charge_id: str) -> str | None:
        """Returns the secret with which the buyer's page goes on with a payment, if the card processor waits for the buyer
        to do something, such as to confirm it with their bank. For the buyer alone.

        The order keeps its tickets until its deadline; then the charge is given up.

        Raises `NotFoundError` (`payment.not_found`), `ForbiddenError` (`payment.not_yours`); `UnavailableError`
        (`journal.unavailable`) if the views' file can't be read.
        """
        return await self._native.client_secret(buyer_id, charge_id)

    async def refund(
        self, /, actor_id: str, order_id: str, *, return_to_sale: bool, idempotency_key: str | None = None,
    ) -> Charge:
        """Gives back all that is left of the money of a complete order. Its tickets go back on sale if `return_to_sale` is
        `True`.

        Operators can, and a seller who sold all tickets of the order. Operators can also try again to give back money
        that is escalated. The returned charge is `refunded`, or still `refunding` if the card processor has not
        confirmed it in time; it is then asked until it does. If it refuses for good, the refund is `failed`, and the
        charge is as before.

        Args:
            actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.

        Raises `NotFoundError` (`order.not_found`), `ForbiddenError` (`order.not_yours`), `ConflictError`
        (`payment.not_refundable`, `payment.already_refunded`, `payment.return_needs_full_refund`) if a bank has taken
        some of the money back; `IdempotencyMismatchError` (`command.key_reused`).
        """
        return await self._native.refund(actor_id, order_id, return_to_sale, idempotency_key)

    async def refund_part(
        self, /, actor_id: str, order_id: str, amount: str | int | Decimal, *, idempotency_key: str | None = None,
    ) -> Charge:
        """Gives back a part of the money of a complete order, such as `5.00`, in the order's currency. The tickets stay
        sold.

        However many refunds there are, and however many at once, their sum is never more than the charge took.
        Permissions and statuses are those of `payments.refund`.

        Args:
            actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.

        Raises `ValidationError` for a malformed amount; `NotFoundError` (`order.not_found`), `ForbiddenError`
        (`order.not_yours`), `ConflictError` (`payment.not_refundable`, `payment.already_refunded`,
        `payment.refund_too_large`), `IdempotencyMismatchError` (`command.key_reused`).
        """
        return await self._native.refund_part(actor_id, order_id, amount, idempotency_key)

    async def escalated(self, /, actor_id: str) -> List[Charge]:
        """Returns the charges whose money belongs to no order and could not be given back, the oldest first. For
        operators, who settle them by `payments.refund` or `payments.resolve`.

        Args:
            actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.

        Raises `ForbiddenError` (`auth.operator_required`).
        """
        return await self._native.escalated(actor_id)

    async def resolve(
        self, /, actor_id: str, order_id: str, resolution: Resolution, note: str, *, idempotency_key: str | None = None,
    ) -> Charge:
        """Records what became of money that was escalated, with a note of up to 500 characters. For operators.

        Args:
            actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.

        Raises `ValidationError` for a note that is too long; `ForbiddenError` (`auth.operator_required`),
        `NotFoundError` (`order.not_found`), `ConflictError` (`payment.not_escalated`), `IdempotencyMismatchError`
        (`command.key_reused`).
        """
        return await self._native.resolve(actor_id, order_id, resolution, note, idempotency_key)

    def takes_webhooks_of(self, /, processor: str) -> bool:
        """Returns `True` if the messages of this card processor are for this box office: if it is the gateway's name, but
        for the `-test` of a processor's test mode.
        """
        return self._native.takes_webhooks_of(processor)

    async def receive_webhook(
        self, /, headers: Mapping[str, str | bytes] | Iterable[tuple[str | bytes, str | bytes]], body: bytes | bytearray,
    ) -> None:
        """Records a message (webhook) of the card processor, given as it came, with the names of its headers in lower
        case.

        Once it returns, the message's content is durable; the same message again changes nothing. A message that does
        not concern this box office, such as one of an unknown kind or about somebody else's charge, is accepted and
        ignored. Messages may come in any order; one that comes too early is refused, and accepted when the processor
        sends it again.

        Raises `ValidationError` (`payment.notice_refused`) if the message does not come from the card processor, is too
        old or can't be read; `UnavailableError` (`payment.unavailable`) if the card processor has to be asked about it
        and does not answer: it will send it again; `NotFoundError` (`payment.not_found`), `ConflictError`
        (`payment.not_refundable`, `payment.refund_too_large`) if the message does not fit what is known.
        """
        await self._native.receive_webhook(headers, body)


@final
class AsyncLedger:
    """Reads balances and entries of the ledger, and records payouts.

    Args:
        idempotency_key: Names the next command, so that it may be sent again: the same user giving the same command
            under the same key within 24 hours gets the first answer again, and nothing is done twice. Another command
            under the key is refused with `IdempotencyMismatchError` (`command.key_reused`).
    """

    __slots__ = ("_native",)

    def __init__(self, native: _native.AsyncLedger) -> None:
        self._native = native

    async def balance(self, /, actor_id: str, seller_id: str) -> List[Balance]:
        """Returns what a seller is owed, and the sums behind it, one entry a currency; none for somebody who never sold
        anything. For the seller, operators and the system.

        Args:
            actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.

        Raises `ForbiddenError` (`auth.operator_required`) for anybody else; `NotFoundError` (`auth.user_not_found`).
        """
        return await self._native.balance(actor_id, seller_id)

    async def entries(
        self, /, actor_id: str, seller_id: str, *, limit: SupportsIndex | None = None, cursor: str | None = None,
    ) -> BalanceEntryPage:
        """Returns a page of the entries that make the balance, the newest first.

        Args:
            actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.
            limit: How many entries a page has at most.
            cursor: The place after which the page starts: `next` of the page before.

        Raises as `ledger.balance`; `ValidationError` with an entry for each field of the query that is wrong;
        `UnavailableError` (`journal.unavailable`) if the views' file can't be read.
        """
        return await self._native.entries(actor_id, seller_id, limit, cursor)

    def iter(
        self, /, actor_id: str, seller_id: str, *, limit: SupportsIndex | None = None, cursor: str | None = None,
    ) -> AsyncIterator[BalanceEntry]:
        """Streams all entries that make the balance, from the query's cursor on, a page of its limit at a time.

        Entries never change. Those that are posted meanwhile do not come, because the newest come first; all others
        come exactly once.

        Polling never waits: a page is read at once, as by `ledger.entries`.

        Args:
            actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.
            limit: How many entries a page has at most.
            cursor: The place after which the page starts: `next` of the page before.

        Raises as `ledger.entries`, as the last item.
        """
        return self._native.iter(actor_id, seller_id, limit, cursor)

    def statement_csv(self, /, actor_id: str, seller_id: str) -> AsyncIterator[str]:
        """Returns all entries that make the balance, the newest first, as CSV by RFC 4180 in parts: first the header, then
        up to 100 lines at a time, read when they are asked for.

        Amounts are exact decimals; text that a spreadsheet would take for a formula has an apostrophe before it.

        Args:
            actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.

        Raises as `ledger.balance`; `UnavailableError` (`journal.unavailable`) in the middle if the views' file can't be
        read any more.
        """
        return self._native.statement_csv(actor_id, seller_id)

    async def platform(self, /, actor_id: str) -> List[PlatformBalance]:
        """Returns the platform's accounts, one entry a currency in the order of the codes. For operators and the system.

        Args:
            actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.

        Raises `ForbiddenError` (`auth.operator_required`) for anybody else.
        """
        return await self._native.platform(actor_id)

    async def record_payout(
        self, /, actor_id: str, seller_id: str, amount: str | int | Decimal, reference: str, *, currency: str | None = None, idempotency_key: str | None = None,
    ) -> Payout:
        """Records that a seller was paid what they are owed, or a part of it. For operators and the system. It moves no
        money: the bank does, before or after.

        Args:
            actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.
            amount: A decimal number in major units, with at most as many decimals as the currency has.
            reference: By what it is found at the bank: 1 to 100 characters.
            currency: An ISO 4217 code, such as `EUR`; the box office's default currency if there is none.

        Raises `ValidationError`; `ForbiddenError` (`auth.operator_required`), `NotFoundError` (`auth.user_not_found`),
        `ConflictError` (`payout.exceeds_balance`), `IdempotencyMismatchError` (`command.key_reused`).
        """
        return await self._native.record_payout(actor_id, seller_id, amount, reference, currency, idempotency_key)


@final
class AsyncJournal:
    """Reads, follows, checks and copies the journal. Reading takes nothing from the writer."""

    __slots__ = ("_native",)

    def __init__(self, native: _native.AsyncJournal) -> None:
        self._native = native

    async def head(self, /) -> int:
        """Returns the number of the last durable record; 0 if there is none.

        Raises `UnavailableError` (`journal.unavailable`), `ClosedError` (`engine.closed`).
        """
        return await self._native.head()

    async def read(self, /, from_seq: SupportsIndex, limit: SupportsIndex) -> List[Record]:
        """Returns at most `limit` records, and at most 10,000, from number `from_seq` on. The first record has number 1.

        Raises `UnavailableError` (`journal.unavailable`), `InternalError` (`journal.damaged`), `ClosedError`
        (`engine.closed`).
        """
        return await self._native.read(from_seq, limit)

    def iter(self, /, from_seq: SupportsIndex) -> AsyncIterator[Record]:
        """Iterates over the records from number `from_seq` to the last durable one, read in parts; records that are
        appended meanwhile come, too.

        It ends where the journal ends at that moment; `journal.subscribe` goes on.

        Raises as `journal.read`, as the last item.
        """
        return self._native.iter(from_seq)

    def subscribe(self, /, from_seq: SupportsIndex) -> AsyncSubscription:
        """Follows the journal from number `from_seq` on: history first, then live, every record once and in order."""
        return self._native.subscribe(from_seq)

    async def verify(self, /, *, progress: Callable[[int, int], object] | None = None) -> VerifyReport:
        """Replays the whole journal and checks it: that no record is missing, altered or out of order, that each follows
        from those before it by the rules, and that the vault fits. Calls `progress` with the number of records checked
        and of all.

        Raises `UnavailableError` (`journal.unavailable`) if it can't be read at all; `ClosedError` (`engine.closed`) if
        the box office closes meanwhile. Damage is no error but part of the report.
        """
        return await self._native.verify(progress)

    async def backup(
        self, /, directory: str | PathLike[str], *, progress: Callable[[int, int], object] | None = None,
    ) -> int:
        """Writes a copy of everything durable, as it is at one moment, to a new directory that opens as a box office of
        its own. Writers go on. Calls `progress` with the number of records copied and of all. Returns the number of the
        last record that is in it.

        The session key and the checkpoint are left out: the first is a secret to keep elsewhere, the other is made
        anew.

        Raises `ValidationError` if the directory exists and is not empty; `UnavailableError` (`journal.unavailable`) if
        it can't be written.
        """
        return await self._native.backup(directory, progress)
