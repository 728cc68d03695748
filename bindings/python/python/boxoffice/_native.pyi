"""
What `boxoffice` makes its public names of.
"""

from _typeshed import SupportsGetItem
from asyncio import Future
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address
from os import PathLike
from typing import Any, SupportsIndex, final

__all__ = ["AsyncAuth", "AsyncJournal", "AsyncLedger", "AsyncOrders", "AsyncPayments", "AsyncStatement", "AsyncSubscription", "AsyncTickets", "Auth", "Balance", "BalanceEntry", "BalanceEntryPage", "Charge", "ChargeRequest", "Dispute", "FeePolicy", "HttpApp", "HttpResponse", "Journal", "Ledger", "LookupRequest", "ManualClock", "Money", "NewShow", "NewTicket", "NoticeMessage", "Office", "Order", "OrderPage", "OrderedTicket", "Orders", "Payments", "Payout", "PlatformBalance", "Problem", "Record", "Refund", "RefundRequest", "Salvage", "Session", "Show", "SignedIn", "SignedMoney", "Statement", "Stats", "StripeGateway", "Subscription", "Ticket", "TicketPage", "TicketUpdate", "Tickets", "User", "VerifyReport", "check_gateway", "codes", "is_first_interpreter", "notice_fault", "openapi", "salvage", "session_token"]

@final
class AsyncAuth:
    """
    Who people are: sign-up, sign-in, sessions.
    """
    def authenticate(self, /, token: str) -> Future[Session]:
        """
        The session that a token stands for.

        Raises `UnauthenticatedError` for whatever is wrong with the token.
        """
    def current_user(self, /, session: Session) -> Future[User]:
        """
        Who is signed in.

        Raises `UnauthenticatedError` if the user is erased.
        """
    def erase_user(self, /, session: Session, current_password: str) -> Future[None]:
        """
        Deletes the user's personal data for good. The journal stays whole: it names users by id only.

        Raises `UnauthenticatedError` if the password is wrong; `ConflictError` with `auth.still_trading`.
        """
    def set_operator(self, /, email: str, operator: bool) -> Future[User]:
        """
        Gives the operator role to the user with this email, or takes it. For administrators only.

        Raises `ValidationError` for a malformed email; `NotFoundError` with `auth.user_not_found`.
        """
    def sign_in(self, /, email: str, password: str, *, client: str | None = None) -> Future[SignedIn]:
        """
        Signs a person in. `client` is the address that the attempt comes from; one that guesses is slowed down.

        Raises `UnauthenticatedError` with `auth.invalid_credentials`; `TooManyRequestsError`, with `retry_after`.
        """
    def sign_out(self, /, session: Session) -> Future[None]:
        """
        Ends the session for good: its token is dead, also in the hands of somebody who stole it.

        Raises `UnauthenticatedError` if the user is erased.
        """
    def sign_up(self, /, email: str, password: str, *, idempotency_key: str | None = None) -> Future[SignedIn]:
        """
        Signs a person up, and in.

        Raises `ValidationError`; `ConflictError` with `auth.email_taken`; `UnavailableError` with `engine.overloaded` if too many
        passwords wait to be hashed.
        """
    def update_user(self, /, session: Session, current_password: str, *, email: str | None = None, password: str | None = None) -> Future[SignedIn]:
        """
        Changes the user's email or password. A new password ends every other session; this one goes on under the new token.

        Raises `ValidationError`; `UnauthenticatedError` if the current password is wrong; `ConflictError` with
        `auth.email_taken`; `TooManyRequestsError`.
        """

@final
class AsyncJournal:
    """
    The facts themselves; as `Journal`, for asyncio.
    """
    def backup(self, /, directory: str | PathLike[str], *, progress: Callable[[int, int], object] | None = None) -> Future[int]:
        """
        Writes a copy of everything durable, as it is at one moment, to a new directory that opens as a box office of its own.
        Returns the number of the last record that is in it.

        Raises `ValidationError` if the directory exists and is not empty.
        """
    def head(self, /) -> Future[int]:
        """
        The number of the last durable record; 0 if there is none.
        """
    def read(self, /, from_seq: SupportsIndex, limit: SupportsIndex) -> Future[list[Record]]:
        """
        At most `limit` records, and at most 10,000, from number `from_seq` on. The first record has number 1.
        """
    def subscribe(self, /, from_seq: SupportsIndex) -> AsyncSubscription:
        """
        Follows the journal from number `from_seq` on: an asynchronous iterator over history first, then live.
        """
    def verify(self, /, *, progress: Callable[[int, int], object] | None = None) -> Future[VerifyReport]:
        """
        Replays the whole journal and checks it. `progress` is called with how many of how many records are checked.
        """

@final
class AsyncLedger:
    """
    Whose the money is; as `Ledger`, for asyncio.
    """
    def balance(self, /, actor_id: str | None, seller_id: str) -> Future[list[Balance]]:
        """
        What a seller is owed, and how it came to that: one `Balance` a currency; none for who never sold anything. For the seller and
        operators.

        Raises `NotFoundError`, `ForbiddenError`.
        """
    def entries(self, /, actor_id: str | None, seller_id: str, *, limit: SupportsIndex | None = None, cursor: str | None = None) -> Future[BalanceEntryPage]:
        """
        A page of what made the balance, the newest first. For the seller and operators.

        `limit` is 1 to 100; `cursor` the `next` of the page before. Raises `ValidationError`, `NotFoundError`, `ForbiddenError`.
        """
    def platform(self, /, actor_id: str | None) -> Future[list[PlatformBalance]]:
        """
        The platform's accounts, one `PlatformBalance` a currency. For operators.

        Raises `ForbiddenError`.
        """
    def record_payout(self, /, actor_id: str | None, seller_id: str, amount: str | int | Decimal, reference: str, *, currency: str | None = None, idempotency_key: str | None = None) -> Future[Payout]:
        """
        Records that a seller was paid what they are owed, or a part of it: `amount`, such as `"120.50"`, in `currency`, or the box
        office's default currency. No money moves by it: it has, or will, at the bank, where `reference` finds it. For operators.

        Raises `ValidationError`, `NotFoundError`, `ForbiddenError`; `ConflictError` with `payout.exceeds_balance`.
        """
    def statement_csv(self, /, actor_id: str | None, seller_id: str) -> AsyncStatement:
        """
        All of what made the balance, the newest first, as CSV by RFC 4180: an asynchronous iterator over parts, first the header,
        then some lines at a time. For the seller and operators.

        Text that a spreadsheet would take for a formula has an apostrophe before it. Raises `NotFoundError`, `ForbiddenError`.
        """

@final
class AsyncOrders:
    """
    Holds and purchases; as `Orders`, for asyncio.
    """
    def cancel(self, /, buyer_id: str, order_id: str, *, idempotency_key: str | None = None) -> Future[None]:
        """
        Ends an order and frees its tickets at once. Only its buyer can, and only before a payment has started.

        Raises `NotFoundError`, `ForbiddenError`; `ConflictError` if it is not open any more.
        """
    def create(self, /, buyer_id: str, ticket_ids: SupportsGetItem[int, str], *, idempotency_key: str | None = None) -> Future[Order]:
        """
        Locks tickets of one currency for a buyer, all or none, until the order's `expires_at`.

        Of any number of buyers at once, exactly one gets a ticket. Raises `ValidationError`, `NotFoundError`; `ForbiddenError` for the
        buyer's own ticket; `ConflictError` with `ticket.locked`, `ticket.sold`, `ticket.withdrawn`, `ticket.show_started` or
        `order.too_many_open`; `UnauthenticatedError` if there is no such user.
        """
    def get(self, /, buyer_id: str, order_id: str) -> Future[Order]:
        """
        The buyer's order, as of the last durable batch.

        Raises `NotFoundError`, `ForbiddenError`.
        """
    def list(self, /, buyer_id: str, *, status: str | None = None, limit: SupportsIndex | None = None, cursor: str | None = None) -> Future[OrderPage]:
        """
        A page of the buyer's orders, the newest first.

        `status` is `created`, `awaiting_payment`, `complete`, `cancelled` or `expired`; `limit` 1 to 100; `cursor` the `next` of
        the page before. Raises `ValidationError`.
        """

@final
class AsyncPayments:
    """
    Charges and refunds; as `Payments`, for asyncio.
    """
    def client_secret(self, /, buyer_id: str, charge_id: str) -> Future[str | None]:
        """
        What the buyer's page needs to go on with a payment, if the card processor waits for the buyer to do something, such as to
        confirm it with their bank; else `None`. For the buyer alone.

        Raises `NotFoundError`, `ForbiddenError`.
        """
    def escalated(self, /, actor_id: str | None) -> Future[list[Charge]]:
        """
        The charges whose money is nobody's and could not be given back, the oldest first: for operators, who see to them by `refund`
        or `resolve`.

        `actor_id` is an operator; `None` is the box office itself. Raises `ForbiddenError`.
        """
    def get(self, /, user_id: str, charge_id: str) -> Future[Charge]:
        """
        A charge, for the order's buyer, the tickets' sellers and operators.

        Raises `NotFoundError`, `ForbiddenError`.
        """
    def pay(self, /, buyer_id: str, order_id: str, token: str, *, idempotency_key: str | None = None) -> Future[Charge]:
        """
        Takes the money of an order: records the intent, asks the card processor, records what it says.

        The charge is `succeeded`, and then the order is complete; or still `pending`, if the outcome was not known in time. Raises
        `PaymentDeclinedError`, after which the order is cancelled; `ValidationError`, `NotFoundError`, `ForbiddenError`;
        `ConflictError` if the order can't be paid any more; `UnavailableError` if too many payments wait.
        """
    def receive_notice(self, /, headers: Mapping[str, str | bytes] | Iterable[tuple[str | bytes, str | bytes]], body: bytes | bytearray) -> Future[None]:
        """
        Notes what the card processor tells by itself: a message (webhook) as it came, with its headers as the server has them.

        Once it returns, what the message says is durable; the same message again changes nothing. What is of no concern to the box
        office is accepted and forgotten. Messages may come in any order; one that tells what can't be yet is refused, and is right
        when the card processor sends it again. Raises `ValidationError` with `payment.notice_refused` if the message does not come
        from the card processor, is too old or can't be read; `UnavailableError` if the gateway could not read it now;
        `NotFoundError` or `ConflictError` if what is told does not fit what is known.
        """
    def refund(self, /, actor_id: str | None, order_id: str, *, return_to_sale: bool, idempotency_key: str | None = None) -> Future[Charge]:
        """
        Gives the money of a complete order back, all that is left of it. Its tickets go back on sale if that is asked for.

        `actor_id` is an operator, or a seller whose tickets are all that the order has; `None` is the box office itself. Operators
        can also try again to give back money that is escalated. The charge is `refunded`, or still `refunding` if the card processor
        has not confirmed it in time; if it refuses for good, the refund is `failed`, and the charge is as before. Raises
        `NotFoundError`, `ForbiddenError`; `ConflictError` if there is nothing to refund any more.
        """
    def refund_part(self, /, actor_id: str | None, order_id: str, amount: str | int | Decimal, *, idempotency_key: str | None = None) -> Future[Charge]:
        """
        Gives a part of the money of a complete order back: `amount`, such as `"5.00"`, in the order's currency. The tickets stay
        sold.

        However many refunds there are, and however many at once, their sum is never more than what was taken. `actor_id` and what
        the charge is afterwards are as for `refund`. Raises `ValidationError`, `NotFoundError`, `ForbiddenError`; `ConflictError` if
        there is less left.
        """
    def resolve(self, /, actor_id: str | None, order_id: str, resolution: str, note: str, *, idempotency_key: str | None = None) -> Future[Charge]:
        """
        Notes what became of money that was escalated: `returned_elsewhere`, if the buyer has it back by another way, or `kept`, if the
        platform keeps it; with up to 500 characters that are to be remembered.

        `actor_id` is an operator; `None` is the box office itself. Raises `ValidationError`, `NotFoundError`, `ForbiddenError`;
        `ConflictError` if the charge is not escalated.
        """
    def takes_notices_of(self, /, processor: str) -> bool:
        """
        Whether the messages of this card processor are for this box office: whether it is the gateway's name, but for the
        `-test` of a processor's test mode.
        """

@final
class AsyncStatement:
    """
    An asynchronous iterator over the parts of a statement, which are read when they are asked for.
    """
    def __aiter__(self, /) -> AsyncStatement: ...
    def __anext__(self, /) -> Future[str]: ...

@final
class AsyncSubscription:
    """
    An asynchronous iterator over the journal: history first, then live, every record once and in order. It ends when the box
    office is closed. A wait that is cancelled, as by a timeout, loses no record.
    """
    def __aiter__(self, /) -> AsyncSubscription: ...
    def __anext__(self, /) -> Future[Record]: ...

@final
class AsyncTickets:
    """
    What is for sale; as `Tickets`, for asyncio.
    """
    def create(self, /, seller_id: str, ticket: NewTicket, *, idempotency_key: str | None = None) -> Future[Ticket]:
        """
        Lists a ticket.

        Raises `ValidationError`; `UnauthenticatedError` if there is no such user.
        """
    def create_many(self, /, seller_id: str, listings: SupportsGetItem[int, NewTicket], *, idempotency_key: str | None = None) -> Future[list[Ticket]]:
        """
        Lists up to 10,000 tickets, all or none.

        Raises `ValidationError`, with fields such as `tickets[2].price`; `UnauthenticatedError` if there is no such user.
        """
    def get(self, /, ticket_id: str) -> Future[Ticket]:
        """
        The ticket, as of the last durable batch.

        Raises `NotFoundError`.
        """
    def list(self, /, *, status: str | None = None, seller: str | None = None, q: str | None = None, category: str | None = None, currency: str | None = None, min_price: str | int | Decimal | None = None, max_price: str | int | Decimal | None = None, sort: str | None = None, limit: SupportsIndex | None = None, cursor: str | None = None) -> Future[TicketPage]:
        """
        A page of tickets: those on sale unless a status is asked for.

        `status` is `onSale`, `available`, `locked`, `sold`, `withdrawn` or `all`; `sort` is `newest`, `oldest`, `price`, `-price`,
        `startsAt` or `-startsAt`; `limit` 1 to 100; `cursor` the `next` of the page before.

        Raises `ValidationError`, with a fault for each argument that is wrong.
        """
    def update(self, /, seller_id: str, ticket_id: str, update: TicketUpdate, *, idempotency_key: str | None = None) -> Future[Ticket]:
        """
        Changes a ticket's title, price and, if given, show. Only its seller can, and only while it is available.

        Raises `ValidationError`, `NotFoundError`, `ForbiddenError`; `ConflictError` if it is locked, sold or withdrawn;
        `PreconditionFailedError` if it has another version.
        """
    def withdraw(self, /, seller_id: str, ticket_id: str, *, expected_version: SupportsIndex | None = None, idempotency_key: str | None = None) -> Future[None]:
        """
        Takes a ticket off sale. Only its seller can, and only while it is available.

        Raises as `update`.
        """

@final
class Auth:
    """
    Who people are: sign-up, sign-in, sessions.
    """
    def authenticate(self, /, token: str) -> Session:
        """
        The session that a token stands for.

        Raises `UnauthenticatedError` for whatever is wrong with the token.
        """
    def current_user(self, /, session: Session) -> User:
        """
        Who is signed in.

        Raises `UnauthenticatedError` if the user is erased.
        """
    def erase_user(self, /, session: Session, current_password: str) -> None:
        """
        Deletes the user's personal data for good. The journal stays whole: it names users by id only.

        Raises `UnauthenticatedError` if the password is wrong; `ConflictError` with `auth.still_trading`.
        """
    def set_operator(self, /, email: str, operator: bool) -> User:
        """
        Gives the operator role to the user with this email, or takes it. For administrators only.

        Raises `ValidationError` for a malformed email; `NotFoundError` with `auth.user_not_found`.
        """
    def sign_in(self, /, email: str, password: str, *, client: str | None = None) -> SignedIn:
        """
        Signs a person in. `client` is the address that the attempt comes from; one that guesses is slowed down.

        Raises `UnauthenticatedError` with `auth.invalid_credentials`; `TooManyRequestsError`, with `retry_after`.
        """
    def sign_out(self, /, session: Session) -> None:
        """
        Ends the session for good: its token is dead, also in the hands of somebody who stole it.

        Raises `UnauthenticatedError` if the user is erased.
        """
    def sign_up(self, /, email: str, password: str, *, idempotency_key: str | None = None) -> SignedIn:
        """
        Signs a person up, and in.

        Raises `ValidationError`; `ConflictError` with `auth.email_taken`; `UnavailableError` with `engine.overloaded` if too many
        passwords wait to be hashed.
        """
    def update_user(self, /, session: Session, current_password: str, *, email: str | None = None, password: str | None = None) -> SignedIn:
        """
        Changes the user's email or password. A new password ends every other session; this one goes on under the new token.

        Raises `ValidationError`; `UnauthenticatedError` if the current password is wrong; `ConflictError` with
        `auth.email_taken`; `TooManyRequestsError`.
        """

@final
class Balance:
    """
    What a seller's entries in one currency come to.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def fees(self, /) -> SignedMoney:
        """
        What the platform has kept of the rest.
        """
    @property
    def owed(self, /) -> SignedMoney:
        """
        What the seller is to get: sold less refunded, fees and paid out. Below zero if money of sales that were paid out already went
        back to their buyers.
        """
    @property
    def paid_out(self, /) -> SignedMoney:
        """
        What the seller got.
        """
    @property
    def refunded(self, /) -> SignedMoney:
        """
        What of that went back to them.
        """
    @property
    def sold(self, /) -> SignedMoney:
        """
        What buyers have paid for the seller's tickets.
        """

@final
class BalanceEntry:
    """
    What an entry of the ledger means for a seller.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def amount(self, /) -> SignedMoney:
        """
        By how much the seller is owed more: below zero for refunds and payouts.
        """
    @property
    def at(self, /) -> datetime:
        """
        When it came to be.
        """
    @property
    def fee(self, /) -> SignedMoney:
        """
        What the platform keeps more: below zero if it gives back.
        """
    @property
    def gross(self, /) -> SignedMoney:
        """
        What the buyer paid, or, below zero, got back: amount and fee together.
        """
    @property
    def kind(self, /) -> str:
        """
        Why money moved: `sale`, `refund`, `dispute_lost` or `payout`.
        """
    @property
    def number(self, /) -> int:
        """
        The number of the entry in the ledger.
        """
    @property
    def order_id(self, /) -> str | None:
        """
        The order, of sales and refunds.
        """
    @property
    def payout_id(self, /) -> str | None:
        """
        The payout, if it is one.
        """
    @property
    def reference(self, /) -> str | None:
        """
        By what the payout is found at the bank.
        """

@final
class BalanceEntryPage:
    """
    A page of what made a balance.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def items(self, /) -> list[BalanceEntry]:
        """
        The entries.
        """
    @property
    def next(self, /) -> str | None:
        """
        The cursor of the next page; `None` on the last.
        """

@final
class Charge:
    """
    One attempt to take the money of one order.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def amount(self, /) -> Money:
        """
        How much.
        """
    @property
    def created_at(self, /) -> datetime:
        """
        When it was begun.
        """
    @property
    def disputes(self, /) -> list[Dispute]:
        """
        What the buyer's bank took back, in the order in which it did.
        """
    @property
    def failure(self, /) -> str | None:
        """
        Why the card was declined, if it was.
        """
    @property
    def gateway(self, /) -> str:
        """
        The card processor.
        """
    @property
    def id(self, /) -> str:
        """
        The charge's id.
        """
    @property
    def late(self, /) -> bool:
        """
        Whether the money came for an order that had ended.
        """
    @property
    def order_id(self, /) -> str:
        """
        The order that is paid.
        """
    @property
    def reference(self, /) -> str | None:
        """
        The card processor's own name for the charge.
        """
    @property
    def refunded(self, /) -> Money | None:
        """
        How much was given back; `None` while nothing was.
        """
    @property
    def refunds(self, /) -> list[Refund]:
        """
        What was given back, or is to be, in the order in which it was begun.
        """
    @property
    def status(self, /) -> str:
        """
        `pending`, `authorized`, `succeeded`, `failed`, `refunding` or `refunded`; of money that came late also `late`,
        `transferred`, `escalated`, `kept`, `voiding` or `voided`.
        """
    @property
    def transferred_to(self, /) -> str | None:
        """
        The order that the money pays instead, if it came late and its buyer could still have the tickets.
        """
    @property
    def updated_at(self, /) -> datetime:
        """
        When it last changed.
        """

@final
class ChargeRequest:
    """
    What a gateway is to charge.
    """
    def __repr__(self, /) -> str: ...
    @property
    def amount(self, /) -> Money:
        """
        How much.
        """
    @property
    def charge_id(self, /) -> str:
        """
        The idempotency key: each is charged at most once, however often it is asked for.
        """
    @property
    def order_id(self, /) -> str:
        """
        The order that is paid.
        """
    @property
    def token(self, /) -> str:
        """
        From which card. It is in no `repr`.
        """

@final
class Dispute:
    """
    Money of a charge that the buyer's bank took back.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def amount(self, /) -> Money:
        """
        How much.
        """
    @property
    def reason(self, /) -> str:
        """
        Why, in the card processor's words.
        """
    @property
    def reference(self, /) -> str:
        """
        The card processor's own name for it.
        """
    @property
    def status(self, /) -> str:
        """
        `open`, `won` if the money came back, or `lost` if the buyer keeps it.
        """

@final
class FeePolicy:
    """
    What the platform keeps of each ticket that is paid: a share of its price in percent, and a fixed amount in the currencies that
    have one.

    >>> from boxoffice import FeePolicy, Money
    >>> policy = FeePolicy("2.5", fixed=[Money("0.30", "USD")])
    >>> print(policy.fee(Money("19.99", "USD")))
    0.80 USD

    `percent` has at most two decimals. The share is rounded to the minor unit, halves up; no fee is more than the price. Raises
    `ValidationError`.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __new__(cls, /, percent: str | int | Decimal, *, fixed: SupportsGetItem[int, Money] | None = None) -> FeePolicy: ...
    def __repr__(self, /) -> str: ...
    def fee(self, /, price: Money) -> SignedMoney:
        """
        The fee of a ticket at this price.
        """

@final
class HttpApp:
    """
    The HTTP host of an open box office, without a listener of its own.
    """
    def __new__(cls, /, office: Office, *, public_url: str | None = None, cors_origins: SupportsGetItem[int, str] | None = None, rate_limit: bool | None = None, trusted_proxies: SupportsGetItem[int, IPv4Address | IPv6Address] | None = None, request_timeout: timedelta | None = None, in_flight_max: SupportsIndex | None = None, feeds_max: SupportsIndex | None = None) -> HttpApp: ...
    @property
    def body_limit(self, /) -> int:
        """
        The largest body that any route reads; of a larger one no more need be given.
        """
    def handle(self, /, method: str, target: str, headers: SupportsGetItem[int, tuple[bytes | bytearray, bytes | bytearray]], body: SupportsGetItem[int, SupportsIndex], client: tuple[str, SupportsIndex] | None) -> Future[HttpResponse]:
        """
        Answers a request.
        """
    def stop(self, /) -> None:
        """
        Ends the streams that are open, so that a server that stops need not wait for them.
        """

@final
class HttpResponse:
    """
    The host's answer to a request.
    """
    def chunk(self, /) -> Future[bytes | None]:
        """
        The next part of the body; `None` at its end.
        """
    @property
    def headers(self, /) -> list[tuple[bytes, bytes]]: ...
    @property
    def status(self, /) -> int: ...

@final
class Journal:
    """
    The facts themselves. Reading takes nothing from the writer.
    """
    def backup(self, /, directory: str | PathLike[str], *, progress: Callable[[int, int], object] | None = None) -> int:
        """
        Writes a copy of everything durable, as it is at one moment, to a new directory that opens as a box office of its own.
        Returns the number of the last record that is in it.

        Raises `ValidationError` if the directory exists and is not empty.
        """
    def head(self, /) -> int:
        """
        The number of the last durable record; 0 if there is none.
        """
    def read(self, /, from_seq: SupportsIndex, limit: SupportsIndex) -> list[Record]:
        """
        At most `limit` records, and at most 10,000, from number `from_seq` on. The first record has number 1.
        """
    def subscribe(self, /, from_seq: SupportsIndex) -> Subscription:
        """
        Follows the journal from number `from_seq` on: an iterator over history first, then live.
        """
    def verify(self, /, *, progress: Callable[[int, int], object] | None = None) -> VerifyReport:
        """
        Replays the whole journal and checks it. `progress` is called with how many of how many records are checked.
        """

@final
class Ledger:
    """
    Whose the money is: what sellers are owed, and what the platform has of it.

    `actor_id` is who asks; `None` is the box office itself.
    """
    def balance(self, /, actor_id: str | None, seller_id: str) -> list[Balance]:
        """
        What a seller is owed, and how it came to that: one `Balance` a currency; none for who never sold anything. For the seller and
        operators.

        Raises `NotFoundError`, `ForbiddenError`.
        """
    def entries(self, /, actor_id: str | None, seller_id: str, *, limit: SupportsIndex | None = None, cursor: str | None = None) -> BalanceEntryPage:
        """
        A page of what made the balance, the newest first. For the seller and operators.

        `limit` is 1 to 100; `cursor` the `next` of the page before. Raises `ValidationError`, `NotFoundError`, `ForbiddenError`.
        """
    def platform(self, /, actor_id: str | None) -> list[PlatformBalance]:
        """
        The platform's accounts, one `PlatformBalance` a currency. For operators.

        Raises `ForbiddenError`.
        """
    def record_payout(self, /, actor_id: str | None, seller_id: str, amount: str | int | Decimal, reference: str, *, currency: str | None = None, idempotency_key: str | None = None) -> Payout:
        """
        Records that a seller was paid what they are owed, or a part of it: `amount`, such as `"120.50"`, in `currency`, or the box
        office's default currency. No money moves by it: it has, or will, at the bank, where `reference` finds it. For operators.

        Raises `ValidationError`, `NotFoundError`, `ForbiddenError`; `ConflictError` with `payout.exceeds_balance`.
        """
    def statement_csv(self, /, actor_id: str | None, seller_id: str) -> Statement:
        """
        All of what made the balance, the newest first, as CSV by RFC 4180: an iterator over parts, first the header, then some lines
        at a time. For the seller and operators.

        Text that a spreadsheet would take for a formula has an apostrophe before it. Raises `NotFoundError`, `ForbiddenError`.
        """

@final
class LookupRequest:
    """
    The charge that is meant, with what a gateway may need to find it.
    """
    def __repr__(self, /) -> str: ...
    @property
    def amount(self, /) -> Money:
        """
        How much it is about.
        """
    @property
    def charge_id(self, /) -> str:
        """
        The charge: the idempotency key under which it was begun.
        """
    @property
    def created_at(self, /) -> datetime:
        """
        When the charge was begun; its request can't have been sent earlier.
        """
    @property
    def order_id(self, /) -> str:
        """
        The order for which it was begun.
        """
    @property
    def reference(self, /) -> str | None:
        """
        The card processor's own name for the charge, if it has told one.
        """

@final
class ManualClock:
    """
    A clock that stands still until it is moved, for tests.

    >>> from datetime import timedelta
    >>> from boxoffice import ManualClock
    >>> clock = ManualClock("2027-01-01T12:00:00Z")
    >>> clock.advance(timedelta(minutes=15))
    >>> clock.now().isoformat()
    '2027-01-01T12:15:00+00:00'
    """
    def __new__(cls, /, now: str | datetime) -> ManualClock: ...
    def advance(self, /, by: timedelta) -> None:
        """
        Moves the clock forwards.
        """
    def now(self, /) -> datetime:
        """
        The time at which it stands.
        """
    def set(self, /, now: datetime) -> None:
        """
        Sets the clock, forwards or backwards.
        """

@final
class Money:
    """
    An amount of money: a `Decimal` in major units and a currency.

    >>> from boxoffice import Money
    >>> price = Money("19.99", "USD")
    >>> price.amount, price.currency, price.minor
    (Decimal('19.99'), 'USD', 1999)
    >>> print(price)
    19.99 USD
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __new__(cls, /, amount: str | int | Decimal, currency: str) -> Money: ...
    def __repr__(self, /) -> str: ...
    def __str__(self, /) -> str: ...
    @property
    def amount(self, /) -> Decimal:
        """
        The exact amount in major units.
        """
    @property
    def currency(self, /) -> str:
        """
        The ISO 4217 code.
        """
    @property
    def minor(self, /) -> int:
        """
        The amount in minor units, such as cents.
        """

@final
class NewShow:
    """
    What people attend, as a seller describes it.

    `starts_at` is an aware `datetime` or a text in RFC 3339.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __new__(cls, /, name: str, starts_at: str | datetime, *, category: str | None = None, venue: str | None = None) -> NewShow: ...

@final
class NewTicket:
    """
    A ticket as its seller lists it.

    `price` is a `Decimal`, an `int` or a text such as `"19.99"`, never a float. Without `currency` it is in the box office's
    default currency. What is wrong is told by the command that takes it.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __new__(cls, /, title: str, price: str | int | Decimal, *, currency: str | None = None, show: NewShow | None = None, seat: str | None = None) -> NewTicket: ...

@final
class NoticeMessage:
    """
    A message of a card processor (a webhook) as it came, byte for byte, because that is what is signed.
    """
    def __repr__(self, /) -> str: ...
    @property
    def body(self, /) -> bytes:
        """
        The body.
        """
    def header(self, /, name: str) -> str | None:
        """
        The first header of this name, which is in lower case; `None` if there is none, or it is no text.
        """
    @property
    def headers(self, /) -> list[tuple[str, bytes]]:
        """
        The headers, with names in lower case.
        """
    @property
    def now(self, /) -> datetime:
        """
        The time by which its age is judged.
        """

@final
class Office:
    """
    An open box office: what `BoxOffice` and `AsyncBoxOffice` are made of.
    """
    def __new__(cls, /, path: str | PathLike[str], options: dict[str, Any]) -> Office: ...
    @property
    def async_auth(self, /) -> AsyncAuth: ...
    @property
    def async_journal(self, /) -> AsyncJournal: ...
    @property
    def async_ledger(self, /) -> AsyncLedger: ...
    @property
    def async_orders(self, /) -> AsyncOrders: ...
    @property
    def async_payments(self, /) -> AsyncPayments: ...
    @property
    def async_tickets(self, /) -> AsyncTickets: ...
    @property
    def auth(self, /) -> Auth: ...
    def close(self, /) -> None: ...
    def close_async(self, /) -> Future[None]: ...
    def compact(self, /) -> bool: ...
    def compact_async(self, /) -> Future[bool]: ...
    def forget_loop(self, /) -> None:
        """
        Stops telling the event loop of outcomes; there are none any more.
        """
    def is_ready(self, /) -> bool: ...
    @property
    def journal(self, /) -> Journal: ...
    @property
    def ledger(self, /) -> Ledger: ...
    def now(self, /) -> datetime: ...
    @property
    def orders(self, /) -> Orders: ...
    @property
    def payments(self, /) -> Payments: ...
    def stats(self, /) -> Stats: ...
    @property
    def tickets(self, /) -> Tickets: ...

@final
class Order:
    """
    One buyer's claim on tickets, then their purchase.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def buyer_id(self, /) -> str:
        """
        Who buys.
        """
    @property
    def cancel_reason(self, /) -> str | None:
        """
        Why it was cancelled, if it was: `buyer` or `payment_failed`.
        """
    @property
    def charge(self, /) -> Charge | None:
        """
        The attempt to take the money, once there is one.
        """
    @property
    def created_at(self, /) -> datetime:
        """
        When it was created.
        """
    @property
    def expires_at(self, /) -> datetime:
        """
        When the hold ends unless a payment has started.
        """
    @property
    def id(self, /) -> str:
        """
        The order's id.
        """
    @property
    def status(self, /) -> str:
        """
        `created`, `awaiting_payment`, `complete`, `cancelled` or `expired`.
        """
    @property
    def tickets(self, /) -> list[OrderedTicket]:
        """
        The tickets as they were at the moment of the lock.
        """
    @property
    def total(self, /) -> Money:
        """
        The sum of the prices.
        """
    @property
    def updated_at(self, /) -> datetime:
        """
        When it last changed.
        """
    @property
    def version(self, /) -> int:
        """
        1 when created, one more after every event of the order or its charge.
        """

@final
class OrderPage:
    """
    A page of orders.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def items(self, /) -> list[Order]:
        """
        The orders.
        """
    @property
    def next(self, /) -> str | None:
        """
        The cursor of the next page; `None` on the last.
        """

@final
class OrderedTicket:
    """
    A ticket as it was when its order locked it.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def id(self, /) -> str:
        """
        The ticket's id.
        """
    @property
    def price(self, /) -> Money:
        """
        What the buyer pays for it.
        """
    @property
    def seller_id(self, /) -> str:
        """
        Who sells it.
        """
    @property
    def title(self, /) -> str:
        """
        What it was called.
        """

@final
class Orders:
    """
    Holds and purchases.
    """
    def cancel(self, /, buyer_id: str, order_id: str, *, idempotency_key: str | None = None) -> None:
        """
        Ends an order and frees its tickets at once. Only its buyer can, and only before a payment has started.

        Raises `NotFoundError`, `ForbiddenError`; `ConflictError` if it is not open any more.
        """
    def create(self, /, buyer_id: str, ticket_ids: SupportsGetItem[int, str], *, idempotency_key: str | None = None) -> Order:
        """
        Locks tickets of one currency for a buyer, all or none, until the order's `expires_at`.

        Of any number of buyers at once, exactly one gets a ticket. Raises `ValidationError`, `NotFoundError`; `ForbiddenError` for the
        buyer's own ticket; `ConflictError` with `ticket.locked`, `ticket.sold`, `ticket.withdrawn`, `ticket.show_started` or
        `order.too_many_open`; `UnauthenticatedError` if there is no such user.
        """
    def get(self, /, buyer_id: str, order_id: str) -> Order:
        """
        The buyer's order, as of the last durable batch.

        Raises `NotFoundError`, `ForbiddenError`.
        """
    def list(self, /, buyer_id: str, *, status: str | None = None, limit: SupportsIndex | None = None, cursor: str | None = None) -> OrderPage:
        """
        A page of the buyer's orders, the newest first.

        `status` is `created`, `awaiting_payment`, `complete`, `cancelled` or `expired`; `limit` 1 to 100; `cursor` the `next` of
        the page before. Raises `ValidationError`.
        """

@final
class Payments:
    """
    Charges and refunds.
    """
    def client_secret(self, /, buyer_id: str, charge_id: str) -> str | None:
        """
        What the buyer's page needs to go on with a payment, if the card processor waits for the buyer to do something, such as to
        confirm it with their bank; else `None`. For the buyer alone.

        Raises `NotFoundError`, `ForbiddenError`.
        """
    def escalated(self, /, actor_id: str | None) -> list[Charge]:
        """
        The charges whose money is nobody's and could not be given back, the oldest first: for operators, who see to them by `refund`
        or `resolve`.

        `actor_id` is an operator; `None` is the box office itself. Raises `ForbiddenError`.
        """
    def get(self, /, user_id: str, charge_id: str) -> Charge:
        """
        A charge, for the order's buyer, the tickets' sellers and operators.

        Raises `NotFoundError`, `ForbiddenError`.
        """
    def pay(self, /, buyer_id: str, order_id: str, token: str, *, idempotency_key: str | None = None) -> Charge:
        """
        Takes the money of an order: records the intent, asks the card processor, records what it says.

        The charge is `succeeded`, and then the order is complete; or still `pending`, if the outcome was not known in time. Raises
        `PaymentDeclinedError`, after which the order is cancelled; `ValidationError`, `NotFoundError`, `ForbiddenError`;
        `ConflictError` if the order can't be paid any more; `UnavailableError` if too many payments wait.
        """
    def receive_notice(self, /, headers: Mapping[str, str | bytes] | Iterable[tuple[str | bytes, str | bytes]], body: bytes | bytearray) -> None:
        """
        Notes what the card processor tells by itself: a message (webhook) as it came, with its headers as the server has them.

        Once it returns, what the message says is durable; the same message again changes nothing. What is of no concern to the box
        office is accepted and forgotten. Messages may come in any order; one that tells what can't be yet is refused, and is right
        when the card processor sends it again. Raises `ValidationError` with `payment.notice_refused` if the message does not come
        from the card processor, is too old or can't be read; `UnavailableError` if the gateway could not read it now;
        `NotFoundError` or `ConflictError` if what is told does not fit what is known.
        """
    def refund(self, /, actor_id: str | None, order_id: str, *, return_to_sale: bool, idempotency_key: str | None = None) -> Charge:
        """
        Gives the money of a complete order back, all that is left of it. Its tickets go back on sale if that is asked for.

        `actor_id` is an operator, or a seller whose tickets are all that the order has; `None` is the box office itself. Operators
        can also try again to give back money that is escalated. The charge is `refunded`, or still `refunding` if the card processor
        has not confirmed it in time; if it refuses for good, the refund is `failed`, and the charge is as before. Raises
        `NotFoundError`, `ForbiddenError`; `ConflictError` if there is nothing to refund any more.
        """
    def refund_part(self, /, actor_id: str | None, order_id: str, amount: str | int | Decimal, *, idempotency_key: str | None = None) -> Charge:
        """
        Gives a part of the money of a complete order back: `amount`, such as `"5.00"`, in the order's currency. The tickets stay
        sold.

        However many refunds there are, and however many at once, their sum is never more than what was taken. `actor_id` and what
        the charge is afterwards are as for `refund`. Raises `ValidationError`, `NotFoundError`, `ForbiddenError`; `ConflictError` if
        there is less left.
        """
    def resolve(self, /, actor_id: str | None, order_id: str, resolution: str, note: str, *, idempotency_key: str | None = None) -> Charge:
        """
        Notes what became of money that was escalated: `returned_elsewhere`, if the buyer has it back by another way, or `kept`, if the
        platform keeps it; with up to 500 characters that are to be remembered.

        `actor_id` is an operator; `None` is the box office itself. Raises `ValidationError`, `NotFoundError`, `ForbiddenError`;
        `ConflictError` if the charge is not escalated.
        """
    def takes_notices_of(self, /, processor: str) -> bool:
        """
        Whether the messages of this card processor are for this box office: whether it is the gateway's name, but for the
        `-test` of a processor's test mode.
        """

@final
class Payout:
    """
    A payout as it was recorded.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def amount(self, /) -> Money:
        """
        How much.
        """
    @property
    def id(self, /) -> str:
        """
        The payout's id.
        """
    @property
    def recorded_at(self, /) -> datetime:
        """
        When it was recorded.
        """
    @property
    def reference(self, /) -> str:
        """
        By what it is found at the bank.
        """
    @property
    def seller_id(self, /) -> str:
        """
        Who was paid.
        """

@final
class PlatformBalance:
    """
    The platform's accounts in one currency: what there is is owed to somebody, to the minor unit.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def difference(self, /) -> SignedMoney:
        """
        What there is less all that is owed of it: always zero.
        """
    @property
    def disputed(self, /) -> SignedMoney:
        """
        What buyers' banks have until it is clear whose it is.
        """
    @property
    def fees(self, /) -> SignedMoney:
        """
        What of both the platform has earned.
        """
    @property
    def late(self, /) -> SignedMoney:
        """
        What of both came for orders that had ended, and is nobody's yet.
        """
    @property
    def processor(self, /) -> SignedMoney:
        """
        What the card processor, or the bank behind it, has.
        """
    @property
    def sellers(self, /) -> SignedMoney:
        """
        What of both all sellers are owed.
        """

@final
class Problem:
    """
    Something that is wrong with a journal.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def seq(self, /) -> int:
        """
        The record, or the one that should be there.
        """
    @property
    def what(self, /) -> str:
        """
        What is wrong.
        """

@final
class Record:
    """
    An event with the circumstances under which it became a fact.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def actor_id(self, /) -> str | None:
        """
        The id of the user who caused it; `None` for the box office itself.
        """
    @property
    def at(self, /) -> datetime:
        """
        When it was decided, by the engine's own time, which never runs backwards.
        """
    @property
    def command_id(self, /) -> str:
        """
        The command that caused it.
        """
    @property
    def data(self, /) -> dict[str, Any]:
        """
        The event's data in the published form.
        """
    @property
    def event(self, /) -> str:
        """
        The name of the event, such as `OrderCreated`.
        """
    @property
    def hash(self, /) -> str:
        """
        The hash over this record and all before it, as 64 hexadecimal digits.
        """
    @property
    def published(self, /) -> dict[str, Any]:
        """
        The whole record in the published form.
        """
    @property
    def seq(self, /) -> int:
        """
        The place in the journal: 1, 2, 3, … without a gap.
        """
    @property
    def version(self, /) -> int:
        """
        The version of the event's entity after it.
        """

@final
class Refund:
    """
    Money of a charge that was given back, or is to be.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def amount(self, /) -> Money:
        """
        How much.
        """
    @property
    def id(self, /) -> str:
        """
        The refund's id.
        """
    @property
    def reason(self, /) -> str:
        """
        `requested`; `late` if the money was taken for an order that had ended; `elsewhere` if it was given back at the card
        processor's own desk.
        """
    @property
    def reference(self, /) -> str | None:
        """
        The card processor's own name for the refund.
        """
    @property
    def status(self, /) -> str:
        """
        `pending`, `done`, or `failed` if the card processor refused it for good.
        """

@final
class RefundRequest:
    """
    What a gateway is to give back: all that was taken, or a part.
    """
    def __repr__(self, /) -> str: ...
    @property
    def amount(self, /) -> Money:
        """
        How much.
        """
    @property
    def charge_id(self, /) -> str:
        """
        The charge.
        """
    @property
    def created_at(self, /) -> datetime:
        """
        When the charge was begun.
        """
    @property
    def reference(self, /) -> str | None:
        """
        The card processor's own name for the charge, if it has told one.
        """
    @property
    def refund_id(self, /) -> str:
        """
        The idempotency key: each is given back at most once, however often it is asked for.
        """

@final
class Salvage:
    """
    What was brought out of a directory that no longer opens, and what was not.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def damage(self, /) -> Problem | None:
        """
        The first record that is missing, and what is wrong; `None` if the journal is whole.
        """
    @property
    def records(self, /) -> int:
        """
        How many records were brought out: those with the numbers 1 to this one.
        """
    @property
    def searched(self, /) -> int:
        """
        How many of them, the last ones, were found by searching the file; records that were never acknowledged may be among them.
        """

@final
class Session:
    """
    Who is signed in, and until when.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def expires_at(self, /) -> datetime:
        """
        When the session ends by itself.
        """
    @property
    def operator(self, /) -> bool:
        """
        Whether the user is an operator right now.
        """
    @property
    def session_id(self, /) -> str:
        """
        The session.
        """
    @property
    def user_id(self, /) -> str:
        """
        Who is signed in.
        """

@final
class Show:
    """
    What people attend.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def category(self, /) -> str | None:
        """
        What kind of show, such as `concert`.
        """
    @property
    def name(self, /) -> str:
        """
        What it is called.
        """
    @property
    def starts_at(self, /) -> datetime:
        """
        When it starts.
        """
    @property
    def venue(self, /) -> str | None:
        """
        Where it is.
        """

@final
class SignedIn:
    """
    A user with a session.
    """
    def __repr__(self, /) -> str: ...
    @property
    def session(self, /) -> Session:
        """
        The session.
        """
    @property
    def token(self, /) -> str:
        """
        The session's token, to be shown with every request. It is in no `repr`.
        """
    @property
    def user(self, /) -> User:
        """
        The user.
        """

@final
class SignedMoney:
    """
    A sum of money, which may be below zero: a `Decimal` in major units and a currency.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    def __str__(self, /) -> str: ...
    @property
    def amount(self, /) -> Decimal:
        """
        The exact sum in major units.
        """
    @property
    def currency(self, /) -> str:
        """
        The ISO 4217 code.
        """
    @property
    def minor(self, /) -> int:
        """
        The sum in minor units, such as cents.
        """

@final
class Statement:
    """
    An iterator over the parts of a statement, which are read when they are asked for.
    """
    def __iter__(self, /) -> Statement: ...
    def __next__(self, /) -> str: ...

@final
class Stats:
    """
    Figures about the engine right now.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def checkpoint_lag(self, /) -> int:
        """
        How many changed entities wait for the next checkpoint.
        """
    @property
    def expiry_lag(self, /) -> timedelta:
        """
        How long the most overdue hold has been waiting for its expiry to be recorded.
        """
    @property
    def head_seq(self, /) -> int:
        """
        The number of the last durable record.
        """
    @property
    def open_orders(self, /) -> int:
        """
        How many orders hold tickets.
        """
    @property
    def pending_payments(self, /) -> int:
        """
        How many charges and refunds wait for the card processor.
        """
    @property
    def queue_capacity(self, /) -> int:
        """
        How many commands can wait.
        """
    @property
    def queue_len(self, /) -> int:
        """
        How many commands wait.
        """
    @property
    def tickets_available(self, /) -> int:
        """
        How many tickets are for sale.
        """
    @property
    def tickets_locked(self, /) -> int:
        """
        How many tickets are held by open orders.
        """
    @property
    def users(self, /) -> int:
        """
        How many users there are, erased ones included.
        """

@final
class StripeGateway:
    """
    Charges cards by way of Stripe: the `gateway` of a box office.

    The buyer's page makes a payment method (`pm_…`) or a card token (`tok_…`) by Stripe's own script, and `payments.pay` takes it: card
    numbers never come here. `secret_key` is `sk_test_…`, `rk_test_…`, `sk_live_…` or `rk_live_…`. Webhooks are believed if they are
    signed with `webhook_secret` (`whsec_…`), or one of several while one replaces another; without, outcomes are asked for. With
    `authorize_first` the money is set aside first and taken when the order completes. `api_base` is for a proxy or a stand-in: https, or
    this machine. Raises `ValidationError`.

    >>> from boxoffice import StripeGateway
    >>> stripe = StripeGateway("sk_test_51abc", webhook_secret="whsec_abc", authorize_first=True)
    >>> stripe
    StripeGateway(mode='test')
    """
    def __new__(cls, /, secret_key: str, *, webhook_secret: str | Sequence[str] | None = None, authorize_first: bool = False, api_base: str | None = None) -> StripeGateway: ...
    def __repr__(self, /) -> str: ...
    @property
    def mode(self, /) -> str:
        """
        Whether money moves: `live` or `test`.
        """
    @property
    def name(self, /) -> str:
        """
        The name under which its charges are recorded: `stripe`, or `stripe-test`, whose money is none.
        """

@final
class Subscription:
    """
    An iterator over the journal: history first, then live, every record once and in order. It ends when the box office is
    closed.
    """
    def __iter__(self, /) -> Subscription: ...
    def __next__(self, /) -> Record: ...

@final
class Ticket:
    """
    A ticket: one place at one show, listed by a seller at a price.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def created_at(self, /) -> datetime:
        """
        When it was listed.
        """
    @property
    def id(self, /) -> str:
        """
        The ticket's id.
        """
    @property
    def price(self, /) -> Money:
        """
        What it costs.
        """
    @property
    def seat(self, /) -> str | None:
        """
        Where one sits.
        """
    @property
    def seller_id(self, /) -> str:
        """
        Who sells it.
        """
    @property
    def show(self, /) -> Show | None:
        """
        What it lets its holder attend.
        """
    @property
    def status(self, /) -> str:
        """
        `available`, `locked`, `sold` or `withdrawn`.
        """
    @property
    def title(self, /) -> str:
        """
        What it is called.
        """
    @property
    def updated_at(self, /) -> datetime:
        """
        When it last changed.
        """
    @property
    def version(self, /) -> int:
        """
        1 when listed, one more after every change.
        """

@final
class TicketPage:
    """
    A page of tickets. A page may be short, even empty, and yet have a next one.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def items(self, /) -> list[Ticket]:
        """
        The tickets.
        """
    @property
    def next(self, /) -> str | None:
        """
        The cursor of the next page; `None` on the last.
        """

@final
class TicketUpdate:
    """
    What a ticket is to become. Without `show` the show stays as it is; with `expected_version` the ticket must have it.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __new__(cls, /, title: str, price: str | int | Decimal, *, show: NewShow | None = None, expected_version: SupportsIndex | None = None) -> TicketUpdate: ...

@final
class Tickets:
    """
    What is for sale.

    Commands take an `idempotency_key`: the same user giving the same command under the same key within 24 hours gets the first
    answer again, and nothing is done twice; another command under the key raises `IdempotencyMismatchError`.
    """
    def create(self, /, seller_id: str, ticket: NewTicket, *, idempotency_key: str | None = None) -> Ticket:
        """
        Lists a ticket.

        Raises `ValidationError`; `UnauthenticatedError` if there is no such user.
        """
    def create_many(self, /, seller_id: str, listings: SupportsGetItem[int, NewTicket], *, idempotency_key: str | None = None) -> list[Ticket]:
        """
        Lists up to 10,000 tickets, all or none.

        Raises `ValidationError`, with fields such as `tickets[2].price`; `UnauthenticatedError` if there is no such user.
        """
    def get(self, /, ticket_id: str) -> Ticket:
        """
        The ticket, as of the last durable batch.

        Raises `NotFoundError`.
        """
    def list(self, /, *, status: str | None = None, seller: str | None = None, q: str | None = None, category: str | None = None, currency: str | None = None, min_price: str | int | Decimal | None = None, max_price: str | int | Decimal | None = None, sort: str | None = None, limit: SupportsIndex | None = None, cursor: str | None = None) -> TicketPage:
        """
        A page of tickets: those on sale unless a status is asked for.

        `status` is `onSale`, `available`, `locked`, `sold`, `withdrawn` or `all`; `sort` is `newest`, `oldest`, `price`, `-price`,
        `startsAt` or `-startsAt`; `limit` 1 to 100; `cursor` the `next` of the page before.

        Raises `ValidationError`, with a fault for each argument that is wrong.
        """
    def update(self, /, seller_id: str, ticket_id: str, update: TicketUpdate, *, idempotency_key: str | None = None) -> Ticket:
        """
        Changes a ticket's title, price and, if given, show. Only its seller can, and only while it is available.

        Raises `ValidationError`, `NotFoundError`, `ForbiddenError`; `ConflictError` if it is locked, sold or withdrawn;
        `PreconditionFailedError` if it has another version.
        """
    def withdraw(self, /, seller_id: str, ticket_id: str, *, expected_version: SupportsIndex | None = None, idempotency_key: str | None = None) -> None:
        """
        Takes a ticket off sale. Only its seller can, and only while it is available.

        Raises as `update`.
        """

@final
class User:
    """
    A user, as the user themself may see it.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def created_at(self, /) -> datetime:
        """
        When the user signed up.
        """
    @property
    def email(self, /) -> str:
        """
        The email as it was typed.
        """
    @property
    def id(self, /) -> str:
        """
        The user's id.
        """
    @property
    def operator(self, /) -> bool:
        """
        Whether the user is an operator.
        """
    @property
    def version(self, /) -> int:
        """
        1 after sign-up, one more after every change.
        """

@final
class VerifyReport:
    """
    What a check of the journal found.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def by_event(self, /) -> dict[str, int]:
        """
        How many records each event has.
        """
    @property
    def charges(self, /) -> int:
        """
        How many charges took money.
        """
    @property
    def head(self, /) -> str:
        """
        The hash of the last of them: the fingerprint of all that came before.
        """
    @property
    def is_clean(self, /) -> bool:
        """
        Whether nothing is wrong.
        """
    @property
    def orders(self, /) -> int:
        """
        How many orders were created.
        """
    @property
    def problems(self, /) -> list[Problem]:
        """
        What is wrong, in the order of the journal.
        """
    @property
    def records(self, /) -> int:
        """
        How many records are in order.
        """
    @property
    def tickets(self, /) -> int:
        """
        How many tickets were listed.
        """
    @property
    def users(self, /) -> int:
        """
        How many users were created.
        """

def check_gateway(gateway: Any, charged_token: str, declined_token: str) -> list[str]:
    """
    Runs the conformance suite of gateways; what the gateway does wrong, one sentence a fault.
    """

def codes() -> list[tuple[str, str, int, str]]:
    """
    Every code with the name of its exception, its status and its sentence: what the table of codes looks like from Python.
    """

def is_first_interpreter(interpreter: SupportsIndex) -> bool:
    """
    Whether `interpreter` is the first to ask, by any number that is its own.

    Objects of ours would be shared by interpreters that must not share any, so only one of a process may have them.
    """

def notice_fault(json: str) -> str | None:
    """
    What is wrong with a notice that a gateway has returned, or `None`: `boxoffice._gateway` asks before it hands it on.
    """

def openapi() -> str:
    """
    The description of the routes in OpenAPI, as JSON.
    """

def salvage(directory: str | PathLike[str], visit: Callable[[Record], object]) -> Salvage: ...

def session_token(headers: SupportsGetItem[int, tuple[bytes | bytearray, bytes | bytearray]]) -> str | None:
    """
    The token that a request with these headers shows, good or not.
    """
