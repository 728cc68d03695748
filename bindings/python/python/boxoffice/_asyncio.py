# Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

"""The operations for asyncio: each is a coroutine function."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from datetime import datetime, timedelta
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
    ClusterStatus,
    Host,
    JournalHistory,
    NewShow,
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
    """Operations on users: sign-up, sign-in, sign-out, and changes of accounts.

    Args:
        idempotency_key: Sets the idempotency key of the next command, so that it can be repeated: if a user repeats
            a command with its key within 24 hours, it returns the first answer and changes nothing. A different command
            with the key is refused with `IdempotencyMismatchError` (`command.key_reused`).
    """

    __slots__ = ("_native",)

    def __init__(self, native: _native.AsyncAuth) -> None:
        self._native = native

    async def sign_up(self, /, email: str, password: str, *, idempotency_key: str | None = None) -> SignedIn:
        """Creates a user and begins a session.

        Emails are unique regardless of case, and the domain is one whether it is written in its own letters or in
        punycode. The password is prepared by the profile `OpaqueString` of RFC 8265, so that it is the same on every
        keyboard, and hashed with Argon2id outside the writer.

        Args:
            email: An email address that nobody else has signed up with, whatever its case and the form of its
                domain.
            password: 8 to 128 characters, none of them a control character or invisible.

        Raises `ValidationError`; `ConflictError` (`auth.email_taken`); `UnavailableError` (`engine.overloaded`) if too
        many passwords wait to be hashed; `IdempotencyMismatchError` (`command.key_reused`).
        """
        return await self._native.sign_up(email, password, idempotency_key)

    async def sign_in(self, /, email: str, password: str, *, client: str | None = None) -> SignedIn:
        """Begins a session for a user who has signed up before.

        It takes as long, and fails in the same way, whether the email is unknown or the password is wrong. After a few
        failures further attempts must wait, by account and by client address. Attempts from a place from which the
        account was signed in to before, by its address or by a device, are counted by themselves: strangers' guesses
        never make its owner wait there.

        Args:
            email: Email, in any case.
            password: Password.
            client: Address of the client. Addresses with many failed attempts must wait.

        Raises `UnauthenticatedError` (`auth.invalid_credentials`); `TooManyRequestsError` (`rate.limited`), with the
        time to wait; `UnavailableError` (`engine.overloaded`) if too many passwords wait to be checked.
        """
        return await self._native.sign_in(email, password, client)

    async def authenticate(self, /, token: str) -> Session:
        """Returns the session of a token. Reads memory only, so it can be called for every request.

        Raises `UnauthenticatedError` (`auth.required`) if the token is malformed, signed with another key, expired,
        revoked, or older than the user's password.
        """
        return self._native.authenticate(token)

    async def current_user(self, /, session: Session) -> User:
        """Returns the user of a session.

        Raises `UnauthenticatedError` (`auth.required`) if the user was erased; `UnavailableError`
        (`journal.unavailable`) if the vault can't be read.
        """
        return await self._native.current_user(session)

    async def sign_out(self, /, session: Session) -> None:
        """Ends a session permanently. Its token is refused from then on, even if it was stolen.

        Raises `UnauthenticatedError` (`auth.required`) if the user was erased.
        """
        await self._native.sign_out(session)

    async def update_user(
        self, /, session: Session, current_password: str, *, email: str | None = None, password: str | None = None,
    ) -> SignedIn:
        """Changes the user's email or password. A new password ends all other sessions; this one continues with the new
        token.

        Args:
            current_password: Current password of the user.
            email: New email, if it changes.
            password: New password, if it changes: 8 to 128 characters.

        Raises `ValidationError`; `UnauthenticatedError` (`auth.invalid_credentials`) if the current password is wrong;
        `ConflictError` (`auth.email_taken`); `TooManyRequestsError` (`rate.limited`) after a few wrong passwords;
        `UnauthenticatedError` (`auth.required`) if the session has ended in the meantime.
        """
        return await self._native.update_user(session, current_password, email, password)

    async def erase_user(self, /, session: Session, current_password: str) -> None:
        """Deletes the user's personal data permanently. The journal stays complete, because it names users by id only.

        Raises `UnauthenticatedError` (`auth.invalid_credentials`) if the password is wrong; `ConflictError`
        (`auth.still_trading`) while the user has tickets on sale or open orders; `TooManyRequestsError`
        (`rate.limited`); `UnauthenticatedError` (`auth.required`).
        """
        await self._native.erase_user(session, current_password)

    async def set_operator(self, /, email: str, operator: bool) -> User:
        """Grants the operator role to the user with this email, or revokes it. For administrators at the machine: hosts
        must not offer it to users.

        Raises `ValidationError` for a malformed email; `NotFoundError` (`auth.user_not_found`).
        """
        return await self._native.set_operator(email, operator)


@final
class AsyncTickets:
    """Operations on tickets: listing, editing and search.

    Args:
        idempotency_key: Sets the idempotency key of the next command, so that it can be repeated: if a user repeats
            a command with its key within 24 hours, it returns the first answer and changes nothing. A different command
            with the key is refused with `IdempotencyMismatchError` (`command.key_reused`).
    """

    __slots__ = ("_native",)

    def __init__(self, native: _native.AsyncTickets) -> None:
        self._native = native

    async def create(self, /, seller_id: str, ticket: NewTicket, *, idempotency_key: str | None = None) -> Ticket:
        """Lists a ticket for sale.

        Raises `ValidationError`; `UnauthenticatedError` (`auth.required`) if there is no such user; `ConflictError`
        (`ticket.seat_taken`) if another ticket for this seat of this show is on sale or sold, and its money was not
        given back; `IdempotencyMismatchError` (`command.key_reused`).
        """
        return await self._native.create(seller_id, ticket, idempotency_key)

    async def create_many(
        self, /, seller_id: str, tickets: Items[NewTicket], *, idempotency_key: str | None = None,
    ) -> List[Ticket]:
        """Lists up to 10,000 tickets for sale, all or none, and returns them in the given order.

        Raises `ValidationError`, with fields such as `tickets[2].price`, also if a seat of a show comes twice;
        `UnauthenticatedError` (`auth.required`) if there is no such user; `ConflictError` (`ticket.seat_taken`), with
        the field `tickets[2].seat`, if another ticket for this seat of this show is on sale or sold;
        `IdempotencyMismatchError` (`command.key_reused`).
        """
        return await self._native.create_many(seller_id, tickets, idempotency_key)

    async def check_many(self, /, seller_id: str, tickets: Items[NewTicket]) -> None:
        """Checks whether tickets could be listed as of the last durable batch, by the very rules of `create_many`, and
        lists nothing: for the preview of an import. Somebody else may take a seat between the two. It takes the
        caller's thread, and holds up nobody who sells or buys.

        Raises those of `create_many`, with the same fields, except `IdempotencyMismatchError` (`command.key_reused`):
        the idempotency key is not used; `UnavailableError` (`journal.unavailable`) if the views' file can't be read.
        """
        await self._native.check_many(seller_id, tickets)

    async def update(
        self, /, seller_id: str, ticket_id: str, update: TicketUpdate, *, idempotency_key: str | None = None,
    ) -> Ticket:
        """Changes a ticket's title and price and, if the update says so, its show and seat. Only its seller can, and only
        while it is available.

        Raises `ValidationError`, `NotFoundError` (`ticket.not_found`), `ForbiddenError` (`ticket.not_yours`),
        `ConflictError` (`ticket.locked`, `ticket.sold`, `ticket.withdrawn`), `PreconditionFailedError`
        (`ticket.version_mismatch`), `ConflictError` (`ticket.seat_taken`), `IdempotencyMismatchError`
        (`command.key_reused`).
        """
        return await self._native.update(seller_id, ticket_id, update, idempotency_key)

    async def reschedule(
        self, /, seller_id: str, show: NewShow, starts_at: str | datetime, *, idempotency_key: str | None = None,
    ) -> List[Ticket]:
        """Moves the seller's unsold tickets of a show to another time, and returns those that moved, the first listed
        first.

        Shows are told apart by name, venue and start; names that look alike are one, such as `Hamlet` and `HAMLET`, and
        tickets keep theirs. Tickets that an open order holds, and sold ones, stay as they are. One command moves at
        most as many tickets as one may list, 10,000 by default: call again, under another idempotency key, until
        nothing moves.

        Raises `ValidationError`, with fields such as `show.name` and `startsAt`; `UnauthenticatedError`
        (`auth.required`) if there is no such user; `ConflictError` (`ticket.seat_taken`), with the field `startsAt`, if
        a seat of the show at its new time is taken; `IdempotencyMismatchError` (`command.key_reused`);
        `UnavailableError` (`journal.unavailable`) if the views' file can't be read.
        """
        return await self._native.reschedule(seller_id, show, starts_at, idempotency_key)

    async def withdraw(
        self, /, seller_id: str, ticket_id: str, *, expected_version: SupportsIndex | None = None, idempotency_key: str | None = None,
    ) -> None:
        """Takes a ticket off sale permanently. Only its seller can, and only while it is available.

        Raises `NotFoundError` (`ticket.not_found`), `ForbiddenError` (`ticket.not_yours`), `ConflictError`
        (`ticket.locked`, `ticket.sold`, `ticket.withdrawn`), `PreconditionFailedError` (`ticket.version_mismatch`),
        `IdempotencyMismatchError` (`command.key_reused`).
        """
        await self._native.withdraw(seller_id, ticket_id, expected_version, idempotency_key)

    async def get(self, /, ticket_id: str) -> Ticket:
        """Returns a ticket, as of the last durable batch.

        Raises `NotFoundError` (`ticket.not_found`); `UnavailableError` (`journal.unavailable`) if the views' file can't
        be read.
        """
        found = self._native.get_in_memory(ticket_id)
        return await self._native.get(ticket_id) if found is None else found

    async def list(
        self, /, *, status: TicketStatusFilter | None = None, seller: str | None = None, q: str | None = None, category: str | None = None, currency: str | None = None, min_price: str | int | Decimal | None = None, max_price: str | int | Decimal | None = None, sort: TicketSort | None = None, limit: SupportsIndex | None = None, cursor: str | None = None,
    ) -> TicketPage:
        """Returns a page of tickets: those on sale, unless the query names another status.

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

        Raises `ValidationError`, for each invalid field; `UnavailableError` (`journal.unavailable`) if the views' file
        can't be read.
        """
        return await self._native.list(status, seller, q, category, currency, min_price, max_price, sort, limit, cursor)

    def iter(
        self, /, *, status: TicketStatusFilter | None = None, seller: str | None = None, q: str | None = None, category: str | None = None, currency: str | None = None, min_price: str | int | Decimal | None = None, max_price: str | int | Decimal | None = None, sort: TicketSort | None = None, limit: SupportsIndex | None = None, cursor: str | None = None,
    ) -> AsyncIterator[Ticket]:
        """Streams all tickets that match the query, from its cursor on, in pages of its limit.

        The list is not a snapshot: each page shows the tickets as of the last durable batch when it is read. A ticket
        that does not change meanwhile comes exactly once. A ticket that is listed, sold, withdrawn or moved in the sort
        order meanwhile may or may not come. It comes twice if it moves from before the current position to behind it.

        Polling never waits: a page is read immediately, as by `tickets.list`.

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

        Raises the errors of `tickets.list`, as the last item.
        """
        return self._native.iter(status, seller, q, category, currency, min_price, max_price, sort, limit, cursor)


@final
class AsyncOrders:
    """Operations on orders: holds of tickets, and their purchase.

    Args:
        idempotency_key: Sets the idempotency key of the next command, so that it can be repeated: if a user repeats
            a command with its key within 24 hours, it returns the first answer and changes nothing. A different command
            with the key is refused with `IdempotencyMismatchError` (`command.key_reused`).
    """

    __slots__ = ("_native",)

    def __init__(self, native: _native.AsyncOrders) -> None:
        self._native = native

    async def create(self, /, buyer_id: str, ticket_ids: Items[str], *, idempotency_key: str | None = None) -> Order:
        """Locks 1 to 10 tickets of one currency for a buyer, all or none, until the order's `expires_at`.

        Of several concurrent buyers, exactly one gets a ticket.

        Raises `ValidationError` for no tickets, too many, or one twice; `NotFoundError` (`ticket.not_found`),
        `ForbiddenError` (`order.own_ticket`), `ConflictError` (`ticket.locked`, `ticket.sold`, `ticket.withdrawn`,
        `ticket.show_started`), `ValidationError` (`order.mixed_currencies`, `order.total_too_large`), `ConflictError`
        (`order.too_many_open`); `UnauthenticatedError` (`auth.required`) if there is no such user;
        `IdempotencyMismatchError` (`command.key_reused`).
        """
        return await self._native.create(buyer_id, ticket_ids, idempotency_key)

    async def create_at(
        self, /, buyer_id: str, ticket_ids: Items[str], agreed_amount: str | int | Decimal, *, idempotency_key: str | None = None,
    ) -> Order:
        """Locks tickets as `orders.create` does, if they cost what the buyer has agreed to.

        `agreed_amount` is the total in major units, such as `39.98`, in the currency of the tickets. If it is another
        one, because a seller has changed a price since the buyer saw it, nothing is locked. Changes that cancel out
        pass; `orders.create_at_prices` notices them.

        Raises the errors of `orders.create`; `ConflictError` (`order.price_changed`); `ValidationError` for an amount
        that is none.
        """
        return await self._native.create_at(buyer_id, ticket_ids, agreed_amount, idempotency_key)

    async def create_at_prices(
        self, /, buyer_id: str, ticket_ids: Items[str], agreed_prices: Items[str | int | Decimal], *, idempotency_key: str | None = None,
    ) -> Order:
        """Locks tickets as `orders.create` does, if each of them costs what the buyer has agreed to.

        `agreed_prices` has the price of each ticket, in the order of the ids, in major units of the ticket's currency,
        such as `19.99`. If a seller has changed one of them since the buyer saw it, nothing is locked.

        Raises the errors of `orders.create`; `ConflictError` (`order.price_changed`); `ValidationError` unless there is
        one price for each ticket, and for a price that is none, with fields such as `prices[1]`.
        """
        return await self._native.create_at_prices(buyer_id, ticket_ids, agreed_prices, idempotency_key)

    async def cancel(self, /, buyer_id: str, order_id: str, *, idempotency_key: str | None = None) -> None:
        """Cancels an order and frees its tickets immediately. Only its buyer can, and only before a payment has started.

        Raises `NotFoundError` (`order.not_found`), `ForbiddenError` (`order.not_yours`), `ConflictError`
        (`order.payment_pending`, `order.already_paid`, `order.cancelled`, `order.expired`), `IdempotencyMismatchError`
        (`command.key_reused`).
        """
        await self._native.cancel(buyer_id, order_id, idempotency_key)

    async def get(self, /, buyer_id: str, order_id: str) -> Order:
        """Returns a buyer's own order, as of the last durable batch.

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

        Raises `ValidationError`, for each invalid field; `UnavailableError` (`journal.unavailable`) if the views' file
        can't be read.
        """
        return await self._native.list(buyer_id, status, limit, cursor)

    def iter(
        self, /, buyer_id: str, *, status: OrderStatus | None = None, limit: SupportsIndex | None = None, cursor: str | None = None,
    ) -> AsyncIterator[Order]:
        """Streams all orders of a buyer that match the query, from its cursor on, in pages of its limit.

        The list is not a snapshot: each page shows the orders as of the last durable batch when it is read. Every order
        comes at most once. Orders that are created meanwhile are not included, because the newest come first.

        Polling never waits: a page is read immediately, as by `orders.list`.

        Args:
            status: The state that is listed; all of them if there is none.
            limit: How many orders a page has at most.
            cursor: The place after which the page starts: `next` of the page before.

        Raises the errors of `orders.list`, as the last item.
        """
        return self._native.iter(buyer_id, status, limit, cursor)


@final
class AsyncPayments:
    """Operations on payments: charges and refunds.

    Args:
        idempotency_key: Sets the idempotency key of the next command, so that it can be repeated: if a user repeats
            a command with its key within 24 hours, it returns the first answer and changes nothing. A different command
            with the key is refused with `IdempotencyMismatchError` (`command.key_reused`). A repeated payment returns
            its outcome as soon as that is known.
    """

    __slots__ = ("_native",)

    def __init__(self, native: _native.AsyncPayments) -> None:
        self._native = native

    async def pay(self, /, buyer_id: str, order_id: str, token: str, *, idempotency_key: str | None = None) -> Charge:
        """Takes the money of an order: records the intent, asks the card processor, records its answer.

        The returned charge is `succeeded`, and the order is complete; or it is still `pending`, if the outcome was not
        known in time. Then the order keeps its tickets until the card processor has answered, which `payments.get`
        shows. An order is charged at most once in all cases.

        Raises `ValidationError` for a malformed token; `PaymentDeclinedError` (`payment.declined`), after which the
        order is cancelled; `UnavailableError` (`payment.misconfigured`) if the card processor does not accept what the
        shop asks for, whatever the card, after which the order is cancelled too; `NotFoundError` (`order.not_found`),
        `ForbiddenError` (`order.not_yours`), `ConflictError` (`order.payment_pending`, `order.already_paid`,
        `order.cancelled`, `order.expired`); `UnavailableError` (`payment.unavailable`) if too many payments wait for
        the card processor, or no host of the cluster has its keys; `IdempotencyMismatchError` (`command.key_reused`).
        """
        return await self._native.pay(buyer_id, order_id, token, idempotency_key)

    async def get(self, /, user_id: str, charge_id: str) -> Charge:
        """Returns a charge. For the order's buyer, the tickets' sellers and operators.

        Raises `NotFoundError` (`payment.not_found`), `ForbiddenError` (`payment.not_yours`); `UnavailableError`
        (`journal.unavailable`) if the views' file can't be read.
        """
        return await self._native.get(user_id, charge_id)

    async def client_secret(self, /, buyer_id: str, charge_id: str) -> str | None:
        """Returns the secret with which the buyer's page continues a payment, if the card processor waits for an action of
        the buyer, such as a confirmation with their bank. For the buyer only.

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

        Operators can, and a seller who sold all tickets of the order. Operators can also retry the refund of escalated
        money, whose tickets went back on sale when its order ended. The returned charge is `refunded`, or still
        `refunding` if the card processor has not confirmed it in time; it is then asked until it does. If it refuses
        permanently, the refund is `failed`, and the charge is as before.

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

        The sum of all refunds, including concurrent ones, never exceeds the charge. Permissions and statuses are those
        of `payments.refund`.

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
        """Records the resolution of escalated money, with a note of up to 500 characters. For operators.

        Args:
            actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.

        Raises `ValidationError` for a note that is too long; `ForbiddenError` (`auth.operator_required`),
        `NotFoundError` (`order.not_found`), `ConflictError` (`payment.not_escalated`), `IdempotencyMismatchError`
        (`command.key_reused`).
        """
        return await self._native.resolve(actor_id, order_id, resolution, note, idempotency_key)

    def takes_webhooks_of(self, /, processor: str) -> bool:
        """Returns `True` if webhooks of this card processor are for this box office: if it is the gateway's name, ignoring
        the `-test` suffix of a processor's test mode. A host of a cluster that has no keys takes those of the hosts
        that have some, once it has heard of one.
        """
        return self._native.takes_webhooks_of(processor)

    async def receive_webhook(
        self, /, headers: Mapping[str, str | bytes] | Iterable[tuple[str | bytes, str | bytes]], body: bytes | bytearray,
    ) -> None:
        """Records a webhook message of the card processor. Takes the message unchanged, with header names in lower case.

        Once it returns, the message's content is durable; a repeated message changes nothing. A message that does not
        concern this box office, such as one of an unknown kind or about a charge of another system, is accepted and
        ignored. Messages may come in any order. A message that comes too early is refused, and is accepted when the
        processor sends it again.

        Raises `ValidationError` (`payment.notice_refused`) if the message is not from the card processor, is too old or
        can't be read; `UnavailableError` (`payment.unavailable`) if the card processor has to be queried about it and
        does not answer, in which case it sends the message again; `NotFoundError` (`payment.not_found`),
        `ConflictError` (`payment.not_refundable`, `payment.refund_too_large`) if the message does not fit the known
        state.
        """
        await self._native.receive_webhook(headers, body)


@final
class AsyncLedger:
    """Operations on the ledger: balances, entries and payouts.

    Args:
        idempotency_key: Sets the idempotency key of the next command, so that it can be repeated: if a user repeats
            a command with its key within 24 hours, it returns the first answer and changes nothing. A different command
            with the key is refused with `IdempotencyMismatchError` (`command.key_reused`).
    """

    __slots__ = ("_native",)

    def __init__(self, native: _native.AsyncLedger) -> None:
        self._native = native

    async def balance(self, /, actor_id: str, seller_id: str) -> List[Balance]:
        """Returns a seller's balance, one entry for each currency; none for a user who never sold anything. For the
        seller, operators and the system.

        Args:
            actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.

        Raises `ForbiddenError` (`auth.operator_required`) for other actors; `NotFoundError` (`auth.user_not_found`).
        """
        return await self._native.balance(actor_id, seller_id)

    async def entries(
        self, /, actor_id: str, seller_id: str, *, limit: SupportsIndex | None = None, cursor: str | None = None,
    ) -> BalanceEntryPage:
        """Returns a page of the entries behind the balance, the newest first.

        Args:
            actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.
            limit: How many entries a page has at most.
            cursor: The place after which the page starts: `next` of the page before.

        Raises the errors of `ledger.balance`; `ValidationError` with an entry for each invalid field of the query;
        `UnavailableError` (`journal.unavailable`) if the views' file can't be read.
        """
        return await self._native.entries(actor_id, seller_id, limit, cursor)

    def iter(
        self, /, actor_id: str, seller_id: str, *, limit: SupportsIndex | None = None, cursor: str | None = None,
    ) -> AsyncIterator[BalanceEntry]:
        """Streams all entries behind the balance, from the query's cursor on, in pages of its limit.

        Entries never change. Entries that are posted meanwhile are not included, because the newest come first. All
        others come exactly once.

        Polling never waits: a page is read immediately, as by `ledger.entries`.

        Args:
            actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.
            limit: How many entries a page has at most.
            cursor: The place after which the page starts: `next` of the page before.

        Raises the errors of `ledger.entries`, as the last item.
        """
        return self._native.iter(actor_id, seller_id, limit, cursor)

    def statement_csv(self, /, actor_id: str, seller_id: str) -> AsyncIterator[str]:
        """Returns all entries behind the balance, the newest first, as CSV by RFC 4180 in parts: first the header, then up
        to 100 lines at a time, read on demand.

        Amounts are exact decimals. Text that a spreadsheet would take for a formula is preceded by an apostrophe.

        Args:
            actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.

        Raises the errors of `ledger.balance`; `UnavailableError` (`journal.unavailable`) in the middle if the views'
        file can't be read any more.
        """
        return self._native.statement_csv(actor_id, seller_id)

    async def platform(self, /, actor_id: str) -> List[PlatformBalance]:
        """Returns the platform's accounts, one entry for each currency in the order of the codes. For operators and the
        system.

        Args:
            actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.

        Raises `ForbiddenError` (`auth.operator_required`) for other actors.
        """
        return await self._native.platform(actor_id)

    async def record_payout(
        self, /, actor_id: str, seller_id: str, amount: str | int | Decimal, reference: str, *, currency: str | None = None, idempotency_key: str | None = None,
    ) -> Payout:
        """Records a payout to a seller, of all or part of what they are owed. For operators and the system. It moves no
        money: the bank does, before or after.

        Args:
            actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.
            amount: Amount: a decimal number in major units, with at most as many decimals as the currency has.
            reference: Reference by which the bank identifies the payout: 1 to 100 characters.
            currency: ISO 4217 code of the currency, such as `EUR`; the box office's default currency if there is
                none.

        Raises `ValidationError`; `ForbiddenError` (`auth.operator_required`), `NotFoundError` (`auth.user_not_found`),
        `ConflictError` (`payout.exceeds_balance`), `IdempotencyMismatchError` (`command.key_reused`).
        """
        return await self._native.record_payout(actor_id, seller_id, amount, reference, currency, idempotency_key)


@final
class AsyncJournal:
    """Operations on the journal: read, follow, verify and copy. Reading does not block the writer."""

    __slots__ = ("_native",)

    def __init__(self, native: _native.AsyncJournal) -> None:
        self._native = native

    async def head(self, /) -> int:
        """Returns the number of the last durable record; 0 if there is none.

        Raises `UnavailableError` (`journal.unavailable`), `ClosedError` (`engine.closed`).
        """
        return await self._native.head()

    async def read(self, /, from_seq: SupportsIndex, limit: SupportsIndex) -> List[Record]:
        """Returns at most `limit` records, and at most 10,000, starting with number `from_seq`. The first record has
        number 1.

        Raises `ConflictError` (`journal.cursor_unknown`) if the record before number `from_seq` does not exist;
        `UnavailableError` (`journal.unavailable`), `InternalError` (`journal.damaged`), `ClosedError`
        (`engine.closed`).
        """
        return await self._native.read(from_seq, limit)

    async def read_after(self, /, cursor: str, limit: SupportsIndex) -> List[Record]:
        """Returns at most `limit` records, and at most 10,000, after the cursor of a reader: that of the last record that
        it has.

        Raises `ConflictError` (`journal.cursor_unknown`) if the cursor lies beyond the end of the journal, or in a
        history that a restored backup has replaced: the reader has records that this journal never had, and begins
        anew; `UnavailableError` (`journal.unavailable`), `InternalError` (`journal.damaged`), `ClosedError`
        (`engine.closed`).
        """
        return await self._native.read_after(cursor, limit)

    async def history(self, /) -> JournalHistory:
        """Returns the identity of the journal's history, which is another one in a restored backup.

        Raises `UnavailableError` (`journal.unavailable`), `ClosedError` (`engine.closed`).
        """
        return await self._native.history()

    def iter(self, /, from_seq: SupportsIndex) -> AsyncIterator[Record]:
        """Iterates over the records from number `from_seq` to the last durable one, read in parts. Includes records that
        are appended meanwhile.

        Ends at the end of the journal; `journal.subscribe` continues.

        Raises the errors of `journal.read`, as the last item.
        """
        return self._native.iter(from_seq)

    def subscribe(self, /, from_seq: SupportsIndex) -> AsyncSubscription:
        """Follows the journal from number `from_seq` on: first history, then new records, each exactly once and in order.

        The first wait for a record is refused with `ConflictError` (`journal.cursor_unknown`) if the record before
        number `from_seq` does not exist.
        """
        return self._native.subscribe(from_seq)

    def subscribe_after(self, /, cursor: str) -> AsyncSubscription:
        """Follows the journal after the cursor of a reader: that of the last record that it has.

        Raises `ConflictError` (`journal.cursor_unknown`) if the cursor lies beyond the end of the journal, or in a
        history that a restored backup has replaced; `UnavailableError` (`journal.unavailable`), `InternalError`
        (`journal.damaged`), `ClosedError` (`engine.closed`).
        """
        return self._native.subscribe_after(cursor)

    async def verify(self, /, *, progress: Callable[[int, int], object] | None = None) -> VerifyReport:
        """Verifies the whole journal by replaying it. Checks that no record is missing, altered or out of order, that each
        record follows from those before it by the rules, and that the vault matches. Calls `progress` with the number
        of checked records and the total.

        Raises `UnavailableError` (`journal.unavailable`) if it can't be read at all; `ClosedError` (`engine.closed`) if
        the box office closes meanwhile. Damage is not an error; it is part of the report.
        """
        return await self._native.verify(progress)

    async def backup(
        self, /, directory: str | PathLike[str], *, progress: Callable[[int, int], object] | None = None,
    ) -> int:
        """Writes a copy of all durable data, as of one moment, to a new directory that opens as a box office. Writers
        continue. Calls `progress` with the number of copied records and the total. Returns the number of the last
        record in the copy.

        Excludes the session key, a secret that should be stored elsewhere, and the checkpoint, which is created anew.

        Raises `ValidationError` if the directory exists and is not empty; `UnavailableError` (`journal.unavailable`) if
        it can't be written.
        """
        return await self._native.backup(directory, progress)

    async def erase_in_backup(self, /, directory: str | PathLike[str]) -> int:
        """Erases in a backup everybody who was erased here, also after it was made: overwrites the keys of their personal
        data in its file `vault.keys`, and adds them to its list `erased-users`. Returns the number of users who could
        still be read there. The backup must not be open, and keeps all else.

        Personal data that an earlier version stored, and that was not encrypted when the backup was made, stays
        readable in it.

        Raises `ValidationError` if there is no backup in the directory; `InternalError` (`journal.damaged`) if its keys
        can't be read; `UnavailableError` (`journal.unavailable`) if it can't be written.
        """
        return await self._native.erase_in_backup(directory)


@final
class AsyncCluster:
    """Operations on the cluster that a box office is a host of."""

    __slots__ = ("_native",)

    def __init__(self, native: _native.AsyncCluster) -> None:
        self._native = native

    def status(self, /) -> ClusterStatus:
        """Returns the state of this host, and what it knows of the others."""
        return self._native.status()

    def message(self, /) -> int:
        """Returns the number of a message of the journal by which all that led to this host's answers has been appended:
        mostly the last that its views include, and a later one if an answer could not wait until they did. A caller who
        has got it from another host can wait here until this one is as far, see `cluster.level_with`.
        """
        return self._native.message()

    async def level_with(self, /, message: SupportsIndex, within: timedelta) -> bool:
        """Waits until this host's views include the message with this number, or the time is over. Returns `True` if they
        do.
        """
        return await self._native.level_with(message, within)

    async def join(self, /, actor_id: str) -> Host:
        """Makes this host a member of the cluster that votes for the host that writes, under the name that its options
        have. For hosts that do not join by themselves, see `ClusterOptions.joins`. Call it once `cluster.status` says
        no more that this host is `blank`.

        Args:
            actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.

        Raises `ForbiddenError` (`auth.operator_required`), `ConflictError` (`cluster.name_taken`,
        `cluster.change_pending`) while another host joins or leaves; the errors of all commands.
        """
        return await self._native.join(actor_id)

    async def remove(self, /, actor_id: str, host_id: str) -> Host:
        """Removes a host from the cluster: it has no vote any more. Its process should be stopped then; started again, it
        joins anew.

        Args:
            actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.

        Raises `ForbiddenError` (`auth.operator_required`), `NotFoundError` (`cluster.host_not_found`), `ConflictError`
        (`cluster.change_pending`) while another host joins or leaves, `ConflictError` (`cluster.last_voter`); the
        errors of all commands.
        """
        return await self._native.remove(actor_id, host_id)

    async def take_over_alone(self, /, actor_id: str) -> None:
        """Makes this host the writer without the consent of a majority of the voters. Only for an operator who knows that
        the others are gone for good: whatever they had and the stream has not is lost.

        It takes effect only if this host has everything that the stream has, while no other host writes, and within a
        minute: after that, say it again.

        Args:
            actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.

        Raises `ForbiddenError` (`auth.operator_required`).
        """
        await self._native.take_over_alone(actor_id)
