"""
What `boxoffice` makes its public names of.
"""

from _typeshed import SupportsGetItem
from asyncio import Future
from boxoffice._items import Items
from boxoffice._types import BalanceEntryKind, CancelReason, ChargeStatus, DisputeStatus, EventName, OrderStatus, RefundReason, RefundStatus, Resolution, TicketSort, TicketStatus, TicketStatusFilter
from boxoffice.events import PublishedRecord
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address
from os import PathLike
from typing import Any, SupportsIndex, final

__all__ = ["AsyncAuth", "AsyncJournal", "AsyncLedger", "AsyncOfficeFacade", "AsyncOrders", "AsyncPayments", "AsyncSubscription", "AsyncTickets", "Auth", "Balance", "BalanceEntry", "BalanceEntryPage", "Charge", "ChargeRequest", "Dispute", "FeePolicy", "HttpApp", "HttpResponse", "Journal", "Ledger", "LookupRequest", "ManualClock", "Money", "NewShow", "NewTicket", "WebhookMessage", "Office", "OfficeFacade", "Order", "OrderPage", "OrderedTicket", "Orders", "Payments", "Payout", "PlatformBalance", "Problem", "Record", "Refund", "RefundRequest", "Recovery", "Session", "Show", "SignedIn", "SignedMoney", "Metrics", "StripeGateway", "Subscription", "Ticket", "TicketPage", "TicketUpdate", "Tickets", "User", "VerifyReport", "check_gateway", "codes", "is_first_interpreter", "webhook_event_error", "openapi", "recover", "session_token", "signed_money"]

@final
class AsyncAuth:
    """
    What `AsyncAuth` of the package is made of.
    """
    def authenticate(self, /, token: str) -> Future[Session]: ...
    def current_user(self, /, session: Session) -> Future[User]: ...
    def erase_user(self, /, session: Session, current_password: str) -> Future[None]: ...
    def set_operator(self, /, email: str, operator: bool) -> Future[User]: ...
    def sign_in(self, /, email: str, password: str, client: str | None) -> Future[SignedIn]: ...
    def sign_out(self, /, session: Session) -> Future[None]: ...
    def sign_up(self, /, email: str, password: str, idempotency_key: str | None) -> Future[SignedIn]: ...
    def update_user(self, /, session: Session, current_password: str, email: str | None, password: str | None) -> Future[SignedIn]: ...

@final
class AsyncJournal:
    """
    What `AsyncJournal` of the package is made of.
    """
    def backup(self, /, directory: str | PathLike[str], progress: Callable[[int, int], object] | None) -> Future[int]: ...
    def head(self, /) -> Future[int]: ...
    def iter(self, /, from_seq: SupportsIndex) -> AsyncIterator[Record]: ...
    def read(self, /, from_seq: SupportsIndex, limit: SupportsIndex) -> Future[list[Record]]: ...
    def subscribe(self, /, from_seq: SupportsIndex) -> AsyncSubscription: ...
    def verify(self, /, progress: Callable[[int, int], object] | None) -> Future[VerifyReport]: ...

@final
class AsyncLedger:
    """
    What `AsyncLedger` of the package is made of.
    """
    def balance(self, /, actor_id: str | None, seller_id: str) -> Future[list[Balance]]: ...
    def entries(self, /, actor_id: str | None, seller_id: str, limit: SupportsIndex | None, cursor: str | None) -> Future[BalanceEntryPage]: ...
    def iter(self, /, actor_id: str | None, seller_id: str, limit: SupportsIndex | None, cursor: str | None) -> AsyncIterator[BalanceEntry]: ...
    def platform(self, /, actor_id: str | None) -> Future[list[PlatformBalance]]: ...
    def record_payout(self, /, actor_id: str | None, seller_id: str, amount: str | int | Decimal, reference: str, currency: str | None, idempotency_key: str | None) -> Future[Payout]: ...
    def statement_csv(self, /, actor_id: str | None, seller_id: str) -> AsyncIterator[str]: ...

@final
class AsyncOfficeFacade:
    """
    What `AsyncOfficeFacade` of the package is made of.
    """
    @property
    def auth(self, /) -> AsyncAuth: ...
    def close(self, /) -> Future[None]: ...
    def compact(self, /) -> Future[bool]: ...
    def is_ready(self, /) -> bool: ...
    @property
    def journal(self, /) -> AsyncJournal: ...
    @property
    def ledger(self, /) -> AsyncLedger: ...
    def now(self, /) -> datetime: ...
    @property
    def orders(self, /) -> AsyncOrders: ...
    @property
    def payments(self, /) -> AsyncPayments: ...
    def metrics(self, /) -> Metrics: ...
    @property
    def tickets(self, /) -> AsyncTickets: ...

@final
class AsyncOrders:
    """
    What `AsyncOrders` of the package is made of.
    """
    def cancel(self, /, buyer_id: str, order_id: str, idempotency_key: str | None) -> Future[None]: ...
    def create(self, /, buyer_id: str, ticket_ids: Items[str], idempotency_key: str | None) -> Future[Order]: ...
    def get(self, /, buyer_id: str, order_id: str) -> Future[Order]: ...
    def iter(self, /, buyer_id: str, status: OrderStatus | None, limit: SupportsIndex | None, cursor: str | None) -> AsyncIterator[Order]: ...
    def list(self, /, buyer_id: str, status: OrderStatus | None, limit: SupportsIndex | None, cursor: str | None) -> Future[OrderPage]: ...

@final
class AsyncPayments:
    """
    What `AsyncPayments` of the package is made of.
    """
    def client_secret(self, /, buyer_id: str, charge_id: str) -> Future[str | None]: ...
    def escalated(self, /, actor_id: str | None) -> Future[list[Charge]]: ...
    def get(self, /, user_id: str, charge_id: str) -> Future[Charge]: ...
    def pay(self, /, buyer_id: str, order_id: str, token: str, idempotency_key: str | None) -> Future[Charge]: ...
    def receive_webhook(self, /, headers: Mapping[str, str | bytes] | Iterable[tuple[str | bytes, str | bytes]], body: bytes | bytearray) -> Future[None]: ...
    def refund(self, /, actor_id: str | None, order_id: str, return_to_sale: bool, idempotency_key: str | None) -> Future[Charge]: ...
    def refund_part(self, /, actor_id: str | None, order_id: str, amount: str | int | Decimal, idempotency_key: str | None) -> Future[Charge]: ...
    def resolve(self, /, actor_id: str | None, order_id: str, resolution: Resolution, note: str, idempotency_key: str | None) -> Future[Charge]: ...
    def takes_webhooks_of(self, /, processor: str) -> bool: ...

@final
class AsyncSubscription:
    """
    An asynchronous iterator over the journal: history first, then live, every record once and in order. It ends when it is
    closed, or the box office is; as a context manager, plain or asynchronous, it is closed at the end. A wait that is cancelled, as
    by a timeout, loses no record.
    """
    def __aenter__(self, /) -> Future[AsyncSubscription]: ...
    def __aexit__(self, /, _kind: Any, _error: Any, _traceback: Any) -> Future[None]: ...
    def __aiter__(self, /) -> AsyncSubscription: ...
    def __anext__(self, /) -> Future[Record]: ...
    def __enter__(self, /) -> AsyncSubscription: ...
    def __exit__(self, /, _kind: Any, _error: Any, _traceback: Any) -> None: ...
    def close(self, /) -> None:
        """
        Ends it: whoever waits for a record hears that there is none any more. To close twice is fine.
        """

@final
class AsyncTickets:
    """
    What `AsyncTickets` of the package is made of.
    """
    def create(self, /, seller_id: str, ticket: NewTicket, idempotency_key: str | None) -> Future[Ticket]: ...
    def create_many(self, /, seller_id: str, tickets: Items[NewTicket], idempotency_key: str | None) -> Future[list[Ticket]]: ...
    def get(self, /, ticket_id: str) -> Future[Ticket]: ...
    def get_in_memory(self, /, ticket_id: str) -> Ticket | None: ...
    def iter(self, /, status: TicketStatusFilter | None, seller: str | None, q: str | None, category: str | None, currency: str | None, min_price: str | int | Decimal | None, max_price: str | int | Decimal | None, sort: TicketSort | None, limit: SupportsIndex | None, cursor: str | None) -> AsyncIterator[Ticket]: ...
    def list(self, /, status: TicketStatusFilter | None, seller: str | None, q: str | None, category: str | None, currency: str | None, min_price: str | int | Decimal | None, max_price: str | int | Decimal | None, sort: TicketSort | None, limit: SupportsIndex | None, cursor: str | None) -> Future[TicketPage]: ...
    def update(self, /, seller_id: str, ticket_id: str, update: TicketUpdate, idempotency_key: str | None) -> Future[Ticket]: ...
    def withdraw(self, /, seller_id: str, ticket_id: str, expected_version: SupportsIndex | None, idempotency_key: str | None) -> Future[None]: ...

@final
class Auth:
    """
    Who people are: sign-up, sign-in, sessions.

    Args:
        idempotency_key: Names the next command, so that it may be sent again: the same user giving the same command
            under the same key within 24 hours gets the first answer again, and nothing is done twice. Another command
            under the key is refused with `IdempotencyMismatchError` (`command.key_reused`).
    """
    def authenticate(self, /, token: str) -> Session:
        """
        Returns the session that a token stands for. It reads memory only, so that it can be called with every request.

        Raises `UnauthenticatedError` (`auth.required`) for whatever is wrong with the token: malformed, signed with
        another key, expired, revoked, of an earlier password.
        """
    def current_user(self, /, session: Session) -> User:
        """
        Returns the user of a session.

        Raises `UnauthenticatedError` (`auth.required`) if the user was erased; `UnavailableError`
        (`journal.unavailable`) if the vault can't be read.
        """
    def erase_user(self, /, session: Session, current_password: str) -> None:
        """
        Deletes the user's personal data for good. The journal stays whole: it names users by id only.

        Raises `UnauthenticatedError` (`auth.invalid_credentials`) if the password is wrong; `ConflictError`
        (`auth.still_trading`) while the user has tickets on sale or open orders; `TooManyRequestsError`
        (`rate.limited`); `UnauthenticatedError` (`auth.required`).
        """
    def set_operator(self, /, email: str, operator: bool) -> User:
        """
        Gives the operator role to the user with this email, or takes it. For administrators at the machine: hosts must
        not offer it to users.

        Raises `ValidationError` for a malformed email; `NotFoundError` (`auth.user_not_found`).
        """
    def sign_in(self, /, email: str, password: str, *, client: str | None = None) -> SignedIn:
        """
        Begins a session for a user who has signed up before.

        It takes as long, and fails in the same way, whether the email is unknown or the password is wrong. After a few
        failures further attempts must wait, by account and by client address.

        Args:
            email: The email, in any case.
            password: The password.
            client: Where the attempt comes from; an address that guesses is slowed down.

        Raises `UnauthenticatedError` (`auth.invalid_credentials`); `TooManyRequestsError` (`rate.limited`), with the
        time to wait; `UnavailableError` (`engine.overloaded`) if too many passwords wait to be checked.
        """
    def sign_out(self, /, session: Session) -> None:
        """
        Ends a session for good: its token is refused from then on, also from somebody who stole it.

        Raises `UnauthenticatedError` (`auth.required`) if the user was erased.
        """
    def sign_up(self, /, email: str, password: str, *, idempotency_key: str | None = None) -> SignedIn:
        """
        Creates a user and begins a session.

        Emails are unique regardless of case. The password is hashed with Argon2id outside the writer.

        Args:
            email: An email address that nobody else has signed up with, whatever its case.
            password: 8 to 128 characters.

        Raises `ValidationError`; `ConflictError` (`auth.email_taken`); `UnavailableError` (`engine.overloaded`) if too
        many passwords wait to be hashed; `IdempotencyMismatchError` (`command.key_reused`).
        """
    def update_user(self, /, session: Session, current_password: str, *, email: str | None = None, password: str | None = None) -> SignedIn:
        """
        Changes the user's email or password. A new password ends every other session; this one goes on under the new
        token.

        Args:
            current_password: The password that the user has now.
            email: The new email.
            password: The new password: 8 to 128 characters.

        Raises `ValidationError`; `UnauthenticatedError` (`auth.invalid_credentials`) if the current password is wrong;
        `ConflictError` (`auth.email_taken`); `TooManyRequestsError` (`rate.limited`) after a few wrong passwords;
        `UnauthenticatedError` (`auth.required`) if the session has ended in the meantime.
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
        What the seller is to get: sold less refunded, fees and paid out. Below zero if money of sales that were paid
        out already went back to their buyers.
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
    def kind(self, /) -> BalanceEntryKind:
        """
        Why money moved.
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
    A page of a listing. A page may be short, even empty, and yet have a next one.
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
        What is taken.
        """
    @property
    def created_at(self, /) -> datetime:
        """
        When it was started.
        """
    @property
    def disputes(self, /) -> list[Dispute]:
        """
        What the buyer's bank took back, in the order in which it did.
        """
    @property
    def failure(self, /) -> str | None:
        """
        Why it failed, in words that a buyer may read.
        """
    @property
    def gateway(self, /) -> str:
        """
        The gateway's name.
        """
    @property
    def id(self, /) -> str:
        """
        The charge's id; the gateway's idempotency key.
        """
    @property
    def late(self, /) -> bool:
        """
        Whether the money came for an order that had ended.
        """
    @property
    def order_id(self, /) -> str:
        """
        The order.
        """
    @property
    def reference(self, /) -> str | None:
        """
        The gateway's own name for the charge.
        """
    @property
    def refunded(self, /) -> Money | None:
        """
        Returns how much was given back; `None` while nothing was.
        """
    @property
    def refunds(self, /) -> list[Refund]:
        """
        What was given back, or is to be, in the order in which it was begun.
        """
    @property
    def status(self, /) -> ChargeStatus:
        """
        Where it is in its life.
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
        Why, in the gateway's words.
        """
    @property
    def reference(self, /) -> str:
        """
        The gateway's own name for it.
        """
    @property
    def status(self, /) -> DisputeStatus:
        """
        Where it is in its life.
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
        Writes a copy of everything durable, as it is at one moment, to a new directory that opens as a box office of
        its own. Writers go on. Calls `progress` with the number of records copied and of all. Returns the number of the
        last record that is in it.

        The session key and the checkpoint are left out: the first is a secret to keep elsewhere, the other is made
        anew.

        Raises `ValidationError` if the directory exists and is not empty; `UnavailableError` (`journal.unavailable`) if
        it can't be written.
        """
    def head(self, /) -> int:
        """
        Returns the number of the last durable record; 0 if there is none.

        Raises `UnavailableError` (`journal.unavailable`), `ClosedError` (`engine.closed`).
        """
    def iter(self, /, from_seq: SupportsIndex) -> Iterator[Record]:
        """
        Iterates over the records from number `from_seq` to the last durable one, read in parts; records that are
        appended meanwhile come, too.

        It ends where the journal ends at that moment; `journal.subscribe` goes on.

        Raises as `journal.read`, as the last item.
        """
    def read(self, /, from_seq: SupportsIndex, limit: SupportsIndex) -> list[Record]:
        """
        Returns at most `limit` records, and at most 10,000, from number `from_seq` on. The first record has number 1.

        Raises `UnavailableError` (`journal.unavailable`), `InternalError` (`journal.damaged`), `ClosedError`
        (`engine.closed`).
        """
    def subscribe(self, /, from_seq: SupportsIndex) -> Subscription:
        """
        Follows the journal from number `from_seq` on: history first, then live, every record once and in order.
        """
    def verify(self, /, *, progress: Callable[[int, int], object] | None = None) -> VerifyReport:
        """
        Replays the whole journal and checks it: that no record is missing, altered or out of order, that each follows
        from those before it by the rules, and that the vault fits. Calls `progress` with the number of records checked
        and of all.

        Raises `UnavailableError` (`journal.unavailable`) if it can't be read at all; `ClosedError` (`engine.closed`) if
        the box office closes meanwhile. Damage is no error but part of the report.
        """

@final
class Ledger:
    """
    Whose the money is.

    Args:
        idempotency_key: Names the next command, so that it may be sent again: the same user giving the same command
            under the same key within 24 hours gets the first answer again, and nothing is done twice. Another command
            under the key is refused with `IdempotencyMismatchError` (`command.key_reused`).
    """
    def balance(self, /, actor_id: str | None, seller_id: str) -> list[Balance]:
        """
        Returns what a seller is owed, and the sums behind it, one entry a currency; none for somebody who never sold
        anything. For the seller, operators and the system.

        Args:
            actor_id: The id of the user who acts; `None` for the box office itself.

        Raises `ForbiddenError` (`auth.operator_required`) for anybody else; `NotFoundError` (`auth.user_not_found`).
        """
    def entries(self, /, actor_id: str | None, seller_id: str, *, limit: SupportsIndex | None = None, cursor: str | None = None) -> BalanceEntryPage:
        """
        Returns a page of the entries that make the balance, the newest first.

        Args:
            actor_id: The id of the user who acts; `None` for the box office itself.
            limit: How many entries a page has at most.
            cursor: The place after which the page starts: `next` of the page before.

        Raises as `ledger.balance`; `ValidationError` with an entry for each field of the query that is wrong;
        `UnavailableError` (`journal.unavailable`) if the views' file can't be read.
        """
    def iter(self, /, actor_id: str | None, seller_id: str, *, limit: SupportsIndex | None = None, cursor: str | None = None) -> Iterator[BalanceEntry]:
        """
        Streams all entries that make the balance, from the query's cursor on, a page of its limit at a time.

        Entries never change. Those that are posted meanwhile do not come, because the newest come first; all others
        come exactly once.

        Polling never waits: a page is read at once, as by `ledger.entries`.

        Args:
            actor_id: The id of the user who acts; `None` for the box office itself.
            limit: How many entries a page has at most.
            cursor: The place after which the page starts: `next` of the page before.

        Raises as `ledger.entries`, as the last item.
        """
    def platform(self, /, actor_id: str | None) -> list[PlatformBalance]:
        """
        Returns the platform's accounts, one entry a currency in the order of the codes. For operators and the system.

        Args:
            actor_id: The id of the user who acts; `None` for the box office itself.

        Raises `ForbiddenError` (`auth.operator_required`) for anybody else.
        """
    def record_payout(self, /, actor_id: str | None, seller_id: str, amount: str | int | Decimal, reference: str, *, currency: str | None = None, idempotency_key: str | None = None) -> Payout:
        """
        Records that a seller was paid what they are owed, or a part of it. For operators and the system. It moves no
        money: the bank does, before or after.

        Args:
            actor_id: The id of the user who acts; `None` for the box office itself.
            amount: A decimal number in major units, with at most as many decimals as the currency has.
            reference: By what it is found at the bank: 1 to 100 characters.
            currency: An ISO 4217 code, such as `EUR`; the box office's default currency if there is none.

        Raises `ValidationError`; `ForbiddenError` (`auth.operator_required`), `NotFoundError` (`auth.user_not_found`),
        `ConflictError` (`payout.exceeds_balance`), `IdempotencyMismatchError` (`command.key_reused`).
        """
    def statement_csv(self, /, actor_id: str | None, seller_id: str) -> Iterator[str]:
        """
        Returns all entries that make the balance, the newest first, as CSV by RFC 4180 in parts: first the header, then
        up to 100 lines at a time, read when they are asked for.

        Amounts are exact decimals; text that a spreadsheet would take for a formula has an apostrophe before it.

        Args:
            actor_id: The id of the user who acts; `None` for the box office itself.

        Raises as `ledger.balance`; `UnavailableError` (`journal.unavailable`) in the middle if the views' file can't be
        read any more.
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
    >>> price < Money("20", "USD")
    True

    Amounts of one currency are ordered; to compare those of two raises `TypeError`.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __ge__(self, other: object, /) -> bool: ...
    def __gt__(self, other: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __le__(self, other: object, /) -> bool: ...
    def __lt__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __new__(cls, /, amount: str | int | Decimal, currency: str) -> Money: ...
    def __reduce__(self, /) -> tuple[Any, tuple[str, str]]:
        """
        For `pickle` and `copy`.
        """
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

    Args:
        name: 1 to 200 characters.
        starts_at: When it starts, in RFC 3339.
        category: 1 to 40 lower-case letters, digits and hyphens, such as `concert`.
        venue: 1 to 200 characters.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __new__(cls, /, name: str, starts_at: str | datetime, *, category: str | None = None, venue: str | None = None) -> NewShow: ...

@final
class NewTicket:
    """
    A ticket as its seller lists it.

    Args:
        title: 1 to 200 characters.
        price: A decimal number in major units, such as `19.99`, with at most as many decimals as the currency has.
        currency: An ISO 4217 code, such as `EUR`; the box office's default currency if there is none.
        show: What it lets its holder attend.
        seat: 1 to 100 characters.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __new__(cls, /, title: str, price: str | int | Decimal, *, currency: str | None = None, show: NewShow | None = None, seat: str | None = None) -> NewTicket: ...

@final
class WebhookMessage:
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
    def async_facade(self, /) -> AsyncOfficeFacade:
        """
        What `AsyncBoxOffice` is made of.
        """
    def close(self, /) -> None:
        """
        Closes it, from any thread.
        """
    @property
    def facade(self, /) -> OfficeFacade:
        """
        What `BoxOffice` is made of.
        """
    def forget_loop(self, /) -> None:
        """
        Stops telling the event loop of outcomes; there are none any more.
        """

@final
class OfficeFacade:
    """
    A box office: signs people in, lists tickets, locks them, takes the money, and keeps every fact.

    Cheap to clone and safe to share between threads: all clones are one box office. Its methods return once the outcome
    is durable. A command whose future is dropped after its first poll may or may not have been decided; give it an
    idempotency key to ask again.

    Async methods run on any executor; `BoxOffice.blocking` has the same for callers without one.
    """
    @property
    def auth(self, /) -> Auth: ...
    def close(self, /) -> None:
        """
        Closes the box office: takes no more commands, waits until all that were taken are decided and durable, and lets
        go of the directory.

        Payments whose outcome is not known by then are taken up when the directory is opened again. Other clones get
        `ClosedError` (`engine.closed`) from then on; closing twice is fine.

        Raises `UnavailableError` (`journal.unavailable`) if the last checkpoint can't be written; nothing is lost by
        that but time at the next opening.
        """
    def compact(self, /) -> bool:
        """
        Reclaims unused disk space in the directory's files; returns `True` if any was freed. It blocks.

        Files grow by what is written and keep the room of what is replaced, to use it again; so this is of use once
        much has gone for good: after a backlog of a million changes was checkpointed, when a long history was replayed,
        or when a long journal that was restored or came from an earlier version has moved its old records to the
        archive. In a file of several gigabytes it takes minutes, and commands wait meanwhile: do it while nobody sells.

        A crash in the middle leaves files that are good: each of its steps is a transaction like any other. The next
        opening then walks the whole file once.

        Raises `UnavailableError` (`journal.unavailable`) while somebody reads the journal or a long listing: nothing
        has changed then, try again later.
        """
    def is_ready(self, /) -> bool:
        """
        Returns `True` if commands are taken.
        """
    @property
    def journal(self, /) -> Journal: ...
    @property
    def ledger(self, /) -> Ledger: ...
    def now(self, /) -> datetime:
        """
        Returns the engine's own time, which never runs backwards.
        """
    @property
    def orders(self, /) -> Orders: ...
    @property
    def payments(self, /) -> Payments: ...
    def metrics(self, /) -> Metrics:
        """
        Returns metrics of the engine right now.
        """
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
    def cancel_reason(self, /) -> CancelReason | None:
        """
        Why it was cancelled, if it was.
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
    def status(self, /) -> OrderStatus:
        """
        Where it is in its life.
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
    A page of a listing. A page may be short, even empty, and yet have a next one.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def items(self, /) -> list[Order]:
        """
        The entries.
        """
    @property
    def next(self, /) -> str | None:
        """
        The cursor of the next page; `None` on the last.
        """

@final
class OrderedTicket:
    """
    A ticket as it was when an order locked it.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def id(self, /) -> str:
        """
        The ticket.
        """
    @property
    def price(self, /) -> Money:
        """
        What it cost; what the buyer pays.
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
    @property
    def version(self, /) -> int:
        """
        The ticket's version after the lock.
        """

@final
class Orders:
    """
    Holds and purchases.

    Args:
        idempotency_key: Names the next command, so that it may be sent again: the same user giving the same command
            under the same key within 24 hours gets the first answer again, and nothing is done twice. Another command
            under the key is refused with `IdempotencyMismatchError` (`command.key_reused`).
    """
    def cancel(self, /, buyer_id: str, order_id: str, *, idempotency_key: str | None = None) -> None:
        """
        Cancels an order and frees its tickets at once. Only its buyer can, and only before a payment has started.

        Raises `NotFoundError` (`order.not_found`), `ForbiddenError` (`order.not_yours`), `ConflictError`
        (`order.payment_pending`, `order.already_paid`, `order.cancelled`, `order.expired`), `IdempotencyMismatchError`
        (`command.key_reused`).
        """
    def create(self, /, buyer_id: str, ticket_ids: Items[str], *, idempotency_key: str | None = None) -> Order:
        """
        Locks 1 to 10 tickets of one currency for a buyer, all or none, until the order's `expires_at`.

        Of any number of buyers at once, exactly one gets a ticket.

        Raises `ValidationError` for no tickets, too many, or one twice; `NotFoundError` (`ticket.not_found`),
        `ForbiddenError` (`order.own_ticket`), `ConflictError` (`ticket.locked`, `ticket.sold`, `ticket.withdrawn`,
        `ticket.show_started`), `ValidationError` (`order.mixed_currencies`, `order.total_too_large`), `ConflictError`
        (`order.too_many_open`); `UnauthenticatedError` (`auth.required`) if there is no such user;
        `IdempotencyMismatchError` (`command.key_reused`).
        """
    def get(self, /, buyer_id: str, order_id: str) -> Order:
        """
        Returns a buyer's own order as of the last durable batch.

        Raises `NotFoundError` (`order.not_found`), `ForbiddenError` (`order.not_yours`); `UnavailableError`
        (`journal.unavailable`) if the views' file can't be read.
        """
    def iter(self, /, buyer_id: str, *, status: OrderStatus | None = None, limit: SupportsIndex | None = None, cursor: str | None = None) -> Iterator[Order]:
        """
        Streams all of a buyer's orders that the query asks for, from its cursor on, a page of its limit at a time.

        The list is no snapshot: each page shows the orders as of the last durable batch when it is read. Every order
        comes at most once. Orders that are created meanwhile do not come, because the newest come first.

        Polling never waits: a page is read at once, as by `orders.list`.

        Args:
            status: The state that is listed; all of them if there is none.
            limit: How many orders a page has at most.
            cursor: The place after which the page starts: `next` of the page before.

        Raises as `orders.list`, as the last item.
        """
    def list(self, /, buyer_id: str, *, status: OrderStatus | None = None, limit: SupportsIndex | None = None, cursor: str | None = None) -> OrderPage:
        """
        Returns a page of a buyer's orders, the newest first.

        Args:
            status: The state that is listed; all of them if there is none.
            limit: How many orders a page has at most.
            cursor: The place after which the page starts: `next` of the page before.

        Raises `ValidationError`, for each field that is wrong; `UnavailableError` (`journal.unavailable`) if the views'
        file can't be read.
        """

@final
class Payments:
    """
    Charges and refunds.

    Args:
        idempotency_key: Names the next command, so that it may be sent again: the same user giving the same command
            under the same key within 24 hours gets the first answer again, and nothing is done twice. Another command
            under the key is refused with `IdempotencyMismatchError` (`command.key_reused`). A payment that comes again
            is answered with its outcome, as soon as that is known.
    """
    def client_secret(self, /, buyer_id: str, charge_id: str) -> str | None:
        """
        Returns the secret with which the buyer's page goes on with a payment, if the card processor waits for the buyer
        to do something, such as to confirm it with their bank. For the buyer alone.

        The order keeps its tickets until its deadline; then the charge is given up.

        Raises `NotFoundError` (`payment.not_found`), `ForbiddenError` (`payment.not_yours`); `UnavailableError`
        (`journal.unavailable`) if the views' file can't be read.
        """
    def escalated(self, /, actor_id: str | None) -> list[Charge]:
        """
        Returns the charges whose money belongs to no order and could not be given back, the oldest first. For
        operators, who settle them by `payments.refund` or `payments.resolve`.

        Args:
            actor_id: The id of the user who acts; `None` for the box office itself.

        Raises `ForbiddenError` (`auth.operator_required`).
        """
    def get(self, /, user_id: str, charge_id: str) -> Charge:
        """
        Returns a charge, for the order's buyer, the tickets' sellers and operators.

        Raises `NotFoundError` (`payment.not_found`), `ForbiddenError` (`payment.not_yours`); `UnavailableError`
        (`journal.unavailable`) if the views' file can't be read.
        """
    def pay(self, /, buyer_id: str, order_id: str, token: str, *, idempotency_key: str | None = None) -> Charge:
        """
        Takes the money of an order: records the intent, asks the card processor, records its answer.

        The returned charge is `succeeded`, and then the order is complete; or still `pending`, if the outcome was not
        known in time. Then the order keeps its tickets until the card processor has answered, which `payments.get`
        shows. An order is charged at most once, whatever happens.

        Raises `ValidationError` for a malformed token; `PaymentDeclinedError` (`payment.declined`), after which the
        order is cancelled; `NotFoundError` (`order.not_found`), `ForbiddenError` (`order.not_yours`), `ConflictError`
        (`order.payment_pending`, `order.already_paid`, `order.cancelled`, `order.expired`); `UnavailableError`
        (`payment.unavailable`) if too many payments wait for the card processor; `IdempotencyMismatchError`
        (`command.key_reused`).
        """
    def receive_webhook(self, /, headers: Mapping[str, str | bytes] | Iterable[tuple[str | bytes, str | bytes]], body: bytes | bytearray) -> None:
        """
        Records a message (webhook) of the card processor, given as it came, with the names of its headers in lower
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
    def refund(self, /, actor_id: str | None, order_id: str, *, return_to_sale: bool, idempotency_key: str | None = None) -> Charge:
        """
        Gives back all that is left of the money of a complete order. Its tickets go back on sale if `return_to_sale` is
        `True`.

        Operators can, and a seller who sold all tickets of the order. Operators can also try again to give back money
        that is escalated. The returned charge is `refunded`, or still `refunding` if the card processor has not
        confirmed it in time; it is then asked until it does. If it refuses for good, the refund is `failed`, and the
        charge is as before.

        Args:
            actor_id: The id of the user who acts; `None` for the box office itself.

        Raises `NotFoundError` (`order.not_found`), `ForbiddenError` (`order.not_yours`), `ConflictError`
        (`payment.not_refundable`, `payment.already_refunded`, `payment.return_needs_full_refund`) if a bank has taken
        some of the money back; `IdempotencyMismatchError` (`command.key_reused`).
        """
    def refund_part(self, /, actor_id: str | None, order_id: str, amount: str | int | Decimal, *, idempotency_key: str | None = None) -> Charge:
        """
        Gives back a part of the money of a complete order, such as `5.00`, in the order's currency. The tickets stay
        sold.

        However many refunds there are, and however many at once, their sum is never more than the charge took.
        Permissions and statuses are those of `payments.refund`.

        Args:
            actor_id: The id of the user who acts; `None` for the box office itself.

        Raises `ValidationError` for a malformed amount; `NotFoundError` (`order.not_found`), `ForbiddenError`
        (`order.not_yours`), `ConflictError` (`payment.not_refundable`, `payment.already_refunded`,
        `payment.refund_too_large`), `IdempotencyMismatchError` (`command.key_reused`).
        """
    def resolve(self, /, actor_id: str | None, order_id: str, resolution: Resolution, note: str, *, idempotency_key: str | None = None) -> Charge:
        """
        Records what became of money that was escalated, with a note of up to 500 characters. For operators.

        Args:
            actor_id: The id of the user who acts; `None` for the box office itself.

        Raises `ValidationError` for a note that is too long; `ForbiddenError` (`auth.operator_required`),
        `NotFoundError` (`order.not_found`), `ConflictError` (`payment.not_escalated`), `IdempotencyMismatchError`
        (`command.key_reused`).
        """
    def takes_webhooks_of(self, /, processor: str) -> bool:
        """
        Returns `True` if the messages of this card processor are for this box office: if it is the gateway's name, but
        for the `-test` of a processor's test mode.
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
        Its id.
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
    The platform's accounts in one currency: they come to zero.
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
        The event's data in the published form; `boxoffice.events` has its types.
        """
    @property
    def event(self, /) -> EventName:
        """
        The name of the event, such as `OrderCreated`.
        """
    @property
    def hash(self, /) -> str:
        """
        The hash over this record and all before it, as 64 hexadecimal digits.
        """
    @property
    def published(self, /) -> PublishedRecord:
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
        The refund's id; the gateway's idempotency key.
        """
    @property
    def reason(self, /) -> RefundReason:
        """
        Why.
        """
    @property
    def reference(self, /) -> str | None:
        """
        The gateway's own name for it.
        """
    @property
    def return_to_sale(self, /) -> bool:
        """
        Whether the tickets are sold anew once it is done.
        """
    @property
    def status(self, /) -> RefundStatus:
        """
        Where it is in its life.
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
class Recovery:
    """
    What was brought out of a journal, and what was not.
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
        How many of them, the last ones, the database no longer lists: they were found by searching the file for what
        follows by its hash. Records of a last transaction that was never finished, and so never acknowledged, may be
        among them.
        """

@final
class Session:
    """
    A session as its token tells it, checked.
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
    What people attend: a concert, a match, a play.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def category(self, /) -> str | None:
        """
        Its kind, such as `concert`.
        """
    @property
    def name(self, /) -> str:
        """
        What it is called.
        """
    @property
    def starts_at(self, /) -> datetime:
        """
        When it starts; from then on its tickets can't be ordered.
        """
    @property
    def venue(self, /) -> str | None:
        """
        Where it takes place.
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
        The session's token, to be shown with every request.

        It is in no `repr`.
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

    Sums of one currency are ordered; to compare those of two raises `TypeError`.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __ge__(self, other: object, /) -> bool: ...
    def __gt__(self, other: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __le__(self, other: object, /) -> bool: ...
    def __lt__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __reduce__(self, /) -> tuple[Any, tuple[int, str]]:
        """
        For `pickle` and `copy`.
        """
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
class Metrics:
    """
    Figures about the engine right now: cheap to ask for, so that they can be scraped.
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
    An iterator over the journal: history first, then live, every record once and in order. It ends when it is closed, or the box
    office is; as a context manager it is closed at the end.
    """
    def __enter__(self, /) -> Subscription: ...
    def __exit__(self, /, _kind: Any, _error: Any, _traceback: Any) -> None: ...
    def __iter__(self, /) -> Subscription: ...
    def __next__(self, /) -> Record: ...
    def close(self, /) -> None:
        """
        Ends it: whoever waits for a record, on any thread, hears that there is none any more. To close twice is fine.
        """

@final
class Ticket:
    """
    One place at one show, listed by a seller at a price.
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
        Where in the venue its place is.
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
    def status(self, /) -> TicketStatus:
        """
        Where it is in its life.
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
        1 when listed, one more after every change: edit, lock, release, sale, withdrawal.
        """

@final
class TicketPage:
    """
    A page of a listing. A page may be short, even empty, and yet have a next one.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def items(self, /) -> list[Ticket]:
        """
        The entries.
        """
    @property
    def next(self, /) -> str | None:
        """
        The cursor of the next page; `None` on the last.
        """

@final
class TicketUpdate:
    """
    The new title, price and show of a ticket.

    Args:
        title: 1 to 200 characters.
        price: A decimal number in major units of the ticket's currency.
        show: The new show; `None` leaves it as it is.
        expected_version: The version that the ticket must have; `None` for any.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __new__(cls, /, title: str, price: str | int | Decimal, *, show: NewShow | None = None, expected_version: SupportsIndex | None = None) -> TicketUpdate: ...

@final
class Tickets:
    """
    What is for sale.

    Args:
        idempotency_key: Names the next command, so that it may be sent again: the same user giving the same command
            under the same key within 24 hours gets the first answer again, and nothing is done twice. Another command
            under the key is refused with `IdempotencyMismatchError` (`command.key_reused`).
    """
    def create(self, /, seller_id: str, ticket: NewTicket, *, idempotency_key: str | None = None) -> Ticket:
        """
        Lists a ticket for sale.

        Raises `ValidationError`; `UnauthenticatedError` (`auth.required`) if there is no such user;
        `IdempotencyMismatchError` (`command.key_reused`).
        """
    def create_many(self, /, seller_id: str, tickets: Items[NewTicket], *, idempotency_key: str | None = None) -> list[Ticket]:
        """
        Lists up to 10,000 tickets for sale, all or none, and returns them in the given order.

        Raises `ValidationError`, with fields such as `tickets[2].price`; `UnauthenticatedError` (`auth.required`) if
        there is no such user; `IdempotencyMismatchError` (`command.key_reused`).
        """
    def get(self, /, ticket_id: str) -> Ticket:
        """
        Returns a ticket as of the last durable batch.

        Raises `NotFoundError` (`ticket.not_found`); `UnavailableError` (`journal.unavailable`) if the views' file can't
        be read.
        """
    def iter(self, /, *, status: TicketStatusFilter | None = None, seller: str | None = None, q: str | None = None, category: str | None = None, currency: str | None = None, min_price: str | int | Decimal | None = None, max_price: str | int | Decimal | None = None, sort: TicketSort | None = None, limit: SupportsIndex | None = None, cursor: str | None = None) -> Iterator[Ticket]:
        """
        Streams all tickets that the query asks for, from its cursor on, a page of its limit at a time.

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
    def list(self, /, *, status: TicketStatusFilter | None = None, seller: str | None = None, q: str | None = None, category: str | None = None, currency: str | None = None, min_price: str | int | Decimal | None = None, max_price: str | int | Decimal | None = None, sort: TicketSort | None = None, limit: SupportsIndex | None = None, cursor: str | None = None) -> TicketPage:
        """
        Returns a page of tickets: those on sale unless the query names another status.

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
    def update(self, /, seller_id: str, ticket_id: str, update: TicketUpdate, *, idempotency_key: str | None = None) -> Ticket:
        """
        Changes a ticket's title, price and, if given, show. Only its seller can, and only while it is available.

        Raises `ValidationError`, `NotFoundError` (`ticket.not_found`), `ForbiddenError` (`ticket.not_yours`),
        `ConflictError` (`ticket.locked`, `ticket.sold`, `ticket.withdrawn`), `PreconditionFailedError`
        (`ticket.version_mismatch`), `IdempotencyMismatchError` (`command.key_reused`).
        """
    def withdraw(self, /, seller_id: str, ticket_id: str, *, expected_version: SupportsIndex | None = None, idempotency_key: str | None = None) -> None:
        """
        Takes a ticket off sale for good. Only its seller can, and only while it is available.

        Raises `NotFoundError` (`ticket.not_found`), `ForbiddenError` (`ticket.not_yours`), `ConflictError`
        (`ticket.locked`, `ticket.sold`, `ticket.withdrawn`), `PreconditionFailedError` (`ticket.version_mismatch`),
        `IdempotencyMismatchError` (`command.key_reused`).
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
        What is wrong, in the order of the journal. The check ends at the first record that does not follow from those
        before.
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

def webhook_event_error(json: str) -> str | None:
    """
    What is wrong with a notice that a gateway has returned, or `None`: `boxoffice._gateway` asks before it hands it on.
    """

def openapi() -> str:
    """
    The description of the routes in OpenAPI, as JSON.
    """

def recover(directory: str | PathLike[str], visit: Callable[[Record], object]) -> Recovery: ...

def session_token(headers: SupportsGetItem[int, tuple[bytes | bytearray, bytes | bytearray]]) -> str | None:
    """
    The token that a request with these headers shows, good or not.
    """

def signed_money(minor: SupportsIndex, currency: str) -> SignedMoney:
    """
    The sum of so many minor units: what `pickle` makes one of.
    """
