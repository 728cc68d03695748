"""
Native part of the package `boxoffice`.
"""

import builtins
from _typeshed import SupportsGetItem
from asyncio import Future
from boxoffice._items import Items
from boxoffice._types import Acknowledgement, BalanceEntryKind, CancelReason, ChargeStatus, DisputeStatus, EventName, HostState, OrderStatus, RefundReason, RefundStatus, Resolution, TicketSort, TicketStatus, TicketStatusFilter
from boxoffice.events import PublishedRecord
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from os import PathLike
from typing import Any, SupportsIndex, final

__all__ = ["AsyncAuth", "AsyncCluster", "AsyncJournal", "AsyncLedger", "AsyncOfficeFacade", "AsyncOrders", "AsyncPayments", "AsyncSubscription", "AsyncTickets", "Auth", "Balance", "BalanceEntry", "BalanceEntryPage", "Charge", "ChargeRequest", "Cluster", "ClusterHost", "ClusterOptions", "ClusterStatus", "Dispute", "FeePolicy", "Host", "HttpApp", "HttpResponse", "Journal", "JournalHistory", "LastError", "Ledger", "LookupRequest", "ManualClock", "Metrics", "Money", "NewShow", "NewTicket", "Office", "OfficeFacade", "Order", "OrderPage", "OrderedTicket", "Orders", "Payments", "Payout", "PlatformBalance", "Problem", "Record", "Recovery", "Refund", "RefundRequest", "Session", "Show", "SignedIn", "SignedMoney", "StripeGateway", "Subscription", "TheSystem", "Ticket", "TicketPage", "TicketUpdate", "Tickets", "User", "VerifyReport", "WebhookMessage", "check_gateway", "codes", "end_log", "hear_log", "init_cluster", "is_first_interpreter", "next_log", "openapi", "recover", "refunds_error", "signed_money", "version", "webhook_event_error"]

@final
class AsyncAuth:
    """
    Native part of the package's `AsyncAuth`.
    """
    def authenticate(self, /, token: str) -> Session: ...
    def current_user(self, /, session: Session) -> Future[User]: ...
    def erase_user(self, /, session: Session, current_password: str) -> Future[None]: ...
    def set_operator(self, /, email: str, operator: bool) -> Future[User]: ...
    def sign_in(self, /, email: str, password: str, client: str | None) -> Future[SignedIn]: ...
    def sign_out(self, /, session: Session) -> Future[None]: ...
    def sign_up(self, /, email: str, password: str, idempotency_key: str | None) -> Future[SignedIn]: ...
    def update_user(self, /, session: Session, current_password: str, email: str | None, password: str | None) -> Future[SignedIn]: ...

@final
class AsyncCluster:
    """
    Native part of the package's `AsyncCluster`.
    """
    def join(self, /, actor_id: str) -> Future[Host]: ...
    def level_with(self, /, message: SupportsIndex, within: timedelta) -> Future[bool]: ...
    def message(self, /) -> int: ...
    def remove(self, /, actor_id: str, host_id: str) -> Future[Host]: ...
    def status(self, /) -> ClusterStatus: ...
    def take_over_alone(self, /, actor_id: str) -> Future[None]: ...

@final
class AsyncJournal:
    """
    Native part of the package's `AsyncJournal`.
    """
    def backup(self, /, directory: str | PathLike[str], progress: Callable[[int, int], object] | None) -> Future[int]: ...
    def erase_in_backup(self, /, directory: str | PathLike[str]) -> Future[int]: ...
    def head(self, /) -> Future[int]: ...
    def history(self, /) -> Future[JournalHistory]: ...
    def iter(self, /, from_seq: SupportsIndex) -> AsyncIterator[Record]: ...
    def read(self, /, from_seq: SupportsIndex, limit: SupportsIndex) -> Future[list[Record]]: ...
    def read_after(self, /, cursor: str, limit: SupportsIndex) -> Future[list[Record]]: ...
    def subscribe(self, /, from_seq: SupportsIndex) -> AsyncSubscription: ...
    def subscribe_after(self, /, cursor: str) -> AsyncSubscription: ...
    def verify(self, /, progress: Callable[[int, int], object] | None) -> Future[VerifyReport]: ...

@final
class AsyncLedger:
    """
    Native part of the package's `AsyncLedger`.
    """
    def balance(self, /, actor_id: str, seller_id: str) -> Future[list[Balance]]: ...
    def entries(self, /, actor_id: str, seller_id: str, limit: SupportsIndex | None, cursor: str | None) -> Future[BalanceEntryPage]: ...
    def iter(self, /, actor_id: str, seller_id: str, limit: SupportsIndex | None, cursor: str | None) -> AsyncIterator[BalanceEntry]: ...
    def platform(self, /, actor_id: str) -> Future[list[PlatformBalance]]: ...
    def record_payout(self, /, actor_id: str, seller_id: str, amount: str | int | Decimal, reference: str, currency: str | None, idempotency_key: str | None) -> Future[Payout]: ...
    def statement_csv(self, /, actor_id: str, seller_id: str) -> AsyncIterator[str]: ...

@final
class AsyncOfficeFacade:
    """
    Native part of the package's `AsyncOfficeFacade`.
    """
    @property
    def auth(self, /) -> AsyncAuth: ...
    def check_ready(self, /) -> Future[None]: ...
    def close(self, /) -> Future[None]: ...
    @property
    def cluster(self, /) -> AsyncCluster | None: ...
    def compact(self, /) -> Future[bool]: ...
    def is_ready(self, /) -> bool: ...
    @property
    def journal(self, /) -> AsyncJournal: ...
    @property
    def ledger(self, /) -> AsyncLedger: ...
    def metrics(self, /) -> Metrics: ...
    def now(self, /) -> datetime: ...
    @property
    def orders(self, /) -> AsyncOrders: ...
    @property
    def payments(self, /) -> AsyncPayments: ...
    @property
    def tickets(self, /) -> AsyncTickets: ...

@final
class AsyncOrders:
    """
    Native part of the package's `AsyncOrders`.
    """
    def cancel(self, /, buyer_id: str, order_id: str, idempotency_key: str | None) -> Future[None]: ...
    def create(self, /, buyer_id: str, ticket_ids: Items[str], idempotency_key: str | None) -> Future[Order]: ...
    def create_at(self, /, buyer_id: str, ticket_ids: Items[str], agreed_amount: str | int | Decimal, idempotency_key: str | None) -> Future[Order]: ...
    def create_at_prices(self, /, buyer_id: str, ticket_ids: Items[str], agreed_prices: Items[str | int | Decimal], idempotency_key: str | None) -> Future[Order]: ...
    def get(self, /, buyer_id: str, order_id: str) -> Future[Order]: ...
    def iter(self, /, buyer_id: str, status: OrderStatus | None, limit: SupportsIndex | None, cursor: str | None) -> AsyncIterator[Order]: ...
    def list(self, /, buyer_id: str, status: OrderStatus | None, limit: SupportsIndex | None, cursor: str | None) -> Future[OrderPage]: ...

@final
class AsyncPayments:
    """
    Native part of the package's `AsyncPayments`.
    """
    def client_secret(self, /, buyer_id: str, charge_id: str) -> Future[str | None]: ...
    def escalated(self, /, actor_id: str) -> Future[list[Charge]]: ...
    def get(self, /, user_id: str, charge_id: str) -> Future[Charge]: ...
    def pay(self, /, buyer_id: str, order_id: str, token: str, idempotency_key: str | None) -> Future[Charge]: ...
    def receive_webhook(self, /, headers: Mapping[str, str | bytes] | Iterable[tuple[str | bytes, str | bytes]], body: bytes | bytearray) -> Future[None]: ...
    def refund(self, /, actor_id: str, order_id: str, return_to_sale: bool, idempotency_key: str | None) -> Future[Charge]: ...
    def refund_part(self, /, actor_id: str, order_id: str, amount: str | int | Decimal, idempotency_key: str | None) -> Future[Charge]: ...
    def resolve(self, /, actor_id: str, order_id: str, resolution: Resolution, note: str, idempotency_key: str | None) -> Future[Charge]: ...
    def takes_webhooks_of(self, /, processor: str) -> bool: ...

@final
class AsyncSubscription:
    """
    An asynchronous iterator over the journal: history first, then live, every record once and in order.

    It ends when it or the box office is closed. As a context manager, plain or asynchronous, it is closed at the end of
    the block. Cancelling a wait, for example by a timeout, loses no record.
    """
    def __aenter__(self, /) -> Future[AsyncSubscription]: ...
    def __aexit__(self, /, _kind: Any, _error: Any, _traceback: Any) -> Future[None]: ...
    def __aiter__(self, /) -> AsyncSubscription: ...
    def __anext__(self, /) -> Future[Record]: ...
    def __enter__(self, /) -> AsyncSubscription: ...
    def __exit__(self, /, _kind: Any, _error: Any, _traceback: Any) -> None: ...
    def close(self, /) -> None:
        """
        Closes the subscription: a waiting iteration ends. Closing twice has no effect.
        """

@final
class AsyncTickets:
    """
    Native part of the package's `AsyncTickets`.
    """
    def check_many(self, /, seller_id: str, tickets: Items[NewTicket]) -> Future[None]: ...
    def create(self, /, seller_id: str, ticket: NewTicket, idempotency_key: str | None) -> Future[Ticket]: ...
    def create_many(self, /, seller_id: str, tickets: Items[NewTicket], idempotency_key: str | None) -> Future[list[Ticket]]: ...
    def get(self, /, ticket_id: str) -> Future[Ticket]: ...
    def get_in_memory(self, /, ticket_id: str) -> Ticket | None: ...
    def iter(self, /, status: TicketStatusFilter | None, seller: str | None, q: str | None, category: str | None, currency: str | None, min_price: str | int | Decimal | None, max_price: str | int | Decimal | None, sort: TicketSort | None, limit: SupportsIndex | None, cursor: str | None) -> AsyncIterator[Ticket]: ...
    def list(self, /, status: TicketStatusFilter | None, seller: str | None, q: str | None, category: str | None, currency: str | None, min_price: str | int | Decimal | None, max_price: str | int | Decimal | None, sort: TicketSort | None, limit: SupportsIndex | None, cursor: str | None) -> Future[TicketPage]: ...
    def reschedule(self, /, seller_id: str, show: NewShow, starts_at: str | datetime, idempotency_key: str | None) -> Future[builtins.list[Ticket]]: ...
    def update(self, /, seller_id: str, ticket_id: str, update: TicketUpdate, idempotency_key: str | None) -> Future[Ticket]: ...
    def withdraw(self, /, seller_id: str, ticket_id: str, expected_version: SupportsIndex | None, idempotency_key: str | None) -> Future[None]: ...

@final
class Auth:
    """
    Operations on users: sign-up, sign-in, sign-out, and changes of accounts.

    Args:
        idempotency_key: Sets the idempotency key of the next command, so that it can be repeated: if a user repeats
            a command with its key within 24 hours, it returns the first answer and changes nothing. A different command
            with the key is refused with `IdempotencyMismatchError` (`command.key_reused`).
    """
    def authenticate(self, /, token: str) -> Session:
        """
        Returns the session of a token. Reads memory only, so it can be called for every request.

        Raises `UnauthenticatedError` (`auth.required`) if the token is malformed, signed with another key, expired,
        revoked, or older than the user's password.
        """
    def current_user(self, /, session: Session) -> User:
        """
        Returns the user of a session.

        Raises `UnauthenticatedError` (`auth.required`) if the user was erased; `UnavailableError`
        (`journal.unavailable`) if the vault can't be read.
        """
    def erase_user(self, /, session: Session, current_password: str) -> None:
        """
        Deletes the user's personal data permanently. The journal stays complete, because it names users by id only.

        Raises `UnauthenticatedError` (`auth.invalid_credentials`) if the password is wrong; `ConflictError`
        (`auth.still_trading`) while the user has tickets on sale or open orders; `TooManyRequestsError`
        (`rate.limited`); `UnauthenticatedError` (`auth.required`).
        """
    def set_operator(self, /, email: str, operator: bool) -> User:
        """
        Grants the operator role to the user with this email, or revokes it. For administrators at the machine: hosts
        must not offer it to users.

        Raises `ValidationError` for a malformed email; `NotFoundError` (`auth.user_not_found`).
        """
    def sign_in(self, /, email: str, password: str, *, client: str | None = None) -> SignedIn:
        """
        Begins a session for a user who has signed up before.

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
    def sign_out(self, /, session: Session) -> None:
        """
        Ends a session permanently. Its token is refused from then on, even if it was stolen.

        Raises `UnauthenticatedError` (`auth.required`) if the user was erased.
        """
    def sign_up(self, /, email: str, password: str, *, idempotency_key: str | None = None) -> SignedIn:
        """
        Creates a user and begins a session.

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
    def update_user(self, /, session: Session, current_password: str, *, email: str | None = None, password: str | None = None) -> SignedIn:
        """
        Changes the user's email or password. A new password ends all other sessions; this one continues with the new
        token.

        Args:
            current_password: Current password of the user.
            email: New email, if it changes.
            password: New password, if it changes: 8 to 128 characters.

        Raises `ValidationError`; `UnauthenticatedError` (`auth.invalid_credentials`) if the current password is wrong;
        `ConflictError` (`auth.email_taken`); `TooManyRequestsError` (`rate.limited`) after a few wrong passwords;
        `UnauthenticatedError` (`auth.required`) if the session has ended in the meantime.
        """

@final
class Balance:
    """
    Sums of a seller's entries in one currency.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def fees(self, /) -> SignedMoney:
        """
        Fees that the platform has kept of the rest.
        """
    @property
    def owed(self, /) -> SignedMoney:
        """
        Amount that the seller is owed: sold less refunded, fees and paid out. Negative if money went back to buyers
        after it was paid out.
        """
    @property
    def paid_out(self, /) -> SignedMoney:
        """
        Amount that the seller was paid.
        """
    @property
    def refunded(self, /) -> SignedMoney:
        """
        Part of `sold` that went back to buyers.
        """
    @property
    def sold(self, /) -> SignedMoney:
        """
        Amount that buyers have paid for the seller's tickets.
        """

@final
class BalanceEntry:
    """
    An entry of the ledger, as its seller sees it.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def amount(self, /) -> SignedMoney:
        """
        Change of the amount that the seller is owed: negative for refunds and payouts.
        """
    @property
    def at(self, /) -> datetime:
        """
        Time of the entry.
        """
    @property
    def fee(self, /) -> SignedMoney:
        """
        Change of the platform's fee: negative if it gives a fee back.
        """
    @property
    def gross(self, /) -> SignedMoney:
        """
        Returns the amount that the buyer paid, or got back if negative: the sum of amount and fee.
        """
    @property
    def kind(self, /) -> BalanceEntryKind:
        """
        Reason why money moved.
        """
    @property
    def number(self, /) -> int:
        """
        Number of the entry in the ledger.
        """
    @property
    def order_id(self, /) -> str | None:
        """
        Order, for entries about one.
        """
    @property
    def payout_id(self, /) -> str | None:
        """
        Payout, if the entry is one.
        """
    @property
    def reference(self, /) -> str | None:
        """
        Reference by which the bank identifies the payout.
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
        Amount that is taken.
        """
    @property
    def created_at(self, /) -> datetime:
        """
        Time at which it was started.
        """
    @property
    def disputes(self, /) -> list[Dispute]:
        """
        Money that the buyer's bank took back, in the order in which it did.
        """
    @property
    def failure(self, /) -> str | None:
        """
        Reason why it failed, in words that a buyer may read.
        """
    @property
    def gateway(self, /) -> str:
        """
        Name of the gateway.
        """
    @property
    def id(self, /) -> str:
        """
        Id of the charge, which is the gateway's idempotency key.
        """
    @property
    def is_misconfigured(self, /) -> bool:
        """
        Returns `True` if no money was taken because the shop's payments are not set up right: no other card would help.
        """
    @property
    def late(self, /) -> bool:
        """
        `True` if the money came for an order that had ended.
        """
    @property
    def order_id(self, /) -> str:
        """
        Id of the order.
        """
    @property
    def reference(self, /) -> str | None:
        """
        Gateway's reference for the charge.
        """
    @property
    def refunded(self, /) -> Money | None:
        """
        Returns the amount that was given back; `None` if it is zero.
        """
    @property
    def refunds(self, /) -> list[Refund]:
        """
        Refunds of all statuses, in the order in which they were started.
        """
    @property
    def status(self, /) -> ChargeStatus:
        """
        Status of the charge.
        """
    @property
    def transferred_to(self, /) -> str | None:
        """
        Order that the money pays instead, if it came late and its buyer could still have the tickets.
        """
    @property
    def updated_at(self, /) -> datetime:
        """
        Time of the last change.
        """

@final
class ChargeRequest:
    """
    A request to a gateway to charge a card.
    """
    def __repr__(self, /) -> str: ...
    @property
    def amount(self, /) -> Money:
        """
        Amount to charge.
        """
    @property
    def charge_id(self, /) -> str:
        """
        Idempotency key: a gateway charges each id at most once, even if the request is repeated.
        """
    @property
    def order_id(self, /) -> str:
        """
        Id of the order to pay.
        """
    @property
    def token(self, /) -> str:
        """
        Card token. It appears in no `repr`.
        """

@final
class Cluster:
    """
    Operations on the cluster that a box office is a host of.
    """
    def join(self, /, actor_id: str) -> Host:
        """
        Makes this host a member of the cluster that votes for the host that writes, under the name that its options
        have. For hosts that do not join by themselves, see `ClusterOptions.joins`. Call it once `cluster.status` says
        no more that this host is `blank`.

        Args:
            actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.

        Raises `ForbiddenError` (`auth.operator_required`), `ConflictError` (`cluster.name_taken`,
        `cluster.change_pending`) while another host joins or leaves; the errors of all commands.
        """
    def level_with(self, /, message: SupportsIndex, within: timedelta) -> bool:
        """
        Waits until this host's views include the message with this number, or the time is over. Returns `True` if they
        do.
        """
    def message(self, /) -> int:
        """
        Returns the number of a message of the journal by which all that led to this host's answers has been appended:
        mostly the last that its views include, and a later one if an answer could not wait until they did. A caller who
        has got it from another host can wait here until this one is as far, see `cluster.level_with`.
        """
    def remove(self, /, actor_id: str, host_id: str) -> Host:
        """
        Removes a host from the cluster: it has no vote any more. Its process should be stopped then; started again, it
        joins anew.

        Args:
            actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.

        Raises `ForbiddenError` (`auth.operator_required`), `NotFoundError` (`cluster.host_not_found`), `ConflictError`
        (`cluster.change_pending`) while another host joins or leaves, `ConflictError` (`cluster.last_voter`); the
        errors of all commands.
        """
    def status(self, /) -> ClusterStatus:
        """
        Returns the state of this host, and what it knows of the others.
        """
    def take_over_alone(self, /, actor_id: str) -> None:
        """
        Makes this host the writer without the consent of a majority of the voters. Only for an operator who knows that
        the others are gone for good: whatever they had and the stream has not is lost.

        It takes effect only if this host has everything that the stream has, while no other host writes, and within a
        minute: after that, say it again.

        Args:
            actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.

        Raises `ForbiddenError` (`auth.operator_required`).
        """

@final
class ClusterHost:
    """
    A host as another one knows it.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def clock_ahead_ms(self, /) -> int:
        """
        Milliseconds by which its clock is ahead of this host's; negative if it is behind.
        """
    @property
    def heard_ago(self, /) -> timedelta | None:
        """
        Time since it was heard; none if it was not.
        """
    @property
    def id(self, /) -> str:
        """
        Id of the host: of its data directory.
        """
    @property
    def message(self, /) -> int | None:
        """
        Number of the last message that it has read; none if it was not heard.
        """
    @property
    def name(self, /) -> str | None:
        """
        Name of the host; none if it has not joined.
        """
    @property
    def voter(self, /) -> bool:
        """
        `True` if it votes for the host that writes.
        """
    @property
    def writes(self, /) -> bool:
        """
        `True` if it writes, by its own word.
        """

@final
class ClusterOptions:
    """
    Options of a host of a cluster: where its servers are, and what it is among the others.

    All hosts share the journal of one NATS `JetStream` stream, which `init_cluster` makes, and the key that signs
    sessions. Each has a data directory of its own with a full copy.

    Args:
        servers: Creates options with the addresses of the servers, such as `nats://nats-0:4222`, or `tls://…` to
            insist on TLS. One is enough to find the others; all of them help while one is down.
        credentials_file: Sets the file with this host's token and key at the servers, as `nsc` makes it.
        nkey_file: Sets the file with the seed of this host's nkey at the servers.
        user: Sets the user and password of this host at the servers. An address may name them, too:
            `nats://user:password@nats-0:4222`.
        certificate_authorities: Sets the file with the certificates of the authorities to trust: those of the
            machine by default.
        client_certificate: Sets the files with this host's own certificate and key, for servers that ask for one.
        monitoring: Sets the addresses of the servers' monitoring, such as `http://nats-0:8222`: port 8222 of each
            server by default. Only there the servers say whether they sync every write to their disks. A host refuses
            to start on servers that don't, or if it can't ask a majority of them.
        host_name: Sets the name of this host, for people: by default one that is made of its id.
        preferred_writer: Sets whether this host would rather write than the others would: `False` by default.
        votes: Sets whether this host votes for the host that writes, and may write: `True` by default. A majority
            of the voters has to be there for a host to begin to write. A host whose directory does not outlive its
            process should not vote: it would be a new voter at each start.
        joins: Sets whether this host joins the cluster by itself: `True` by default. One that does not follows the
            journal, serves reads and forwards commands as any other; it has neither a name nor a vote until an operator
            lets it join by `cluster.join`, and stays a member from then on.
        payments: Sets whether this host has the card processor's keys: `True` by default, and `gateway` sets the
            card processor. A host without them is given no gateway. If it writes, it asks the card processor by way of
            a host that has them; while there is none, charges wait. It takes the card processor's messages, and shows
            its buyers what they have to do, as the others do.
        acknowledge: Sets what a command's answer waits for: by default for the stream alone, which loses nothing
            while a majority of its servers has its disks. `second_host` waits until another host that votes has it
            durably, too. That keeps sales that were answered even if the host that writes and the end of the stream are
            lost together. It costs a sync of that host's disk for each batch. Give it to all hosts: the one that writes
            goes by its own. While no other host that votes is there, nothing is answered: callers hear after 15 seconds
            that the outcome is unknown, and the host that writes is not ready. While no other host votes at all, the
            stream alone is waited for.
        replicas: Sets the number of servers that have the stream, for `init_cluster`: 3 by default.
        level_within: Sets the time for which opening waits until this host has what the others have: 20 seconds by
            default. After that it opens anyway and goes on catching up; `BoxOffice.check_ready` tells when it is done.
        test_servers: Sets whether the servers are for tests: `False` by default. Then they may be fewer than three,
            and nobody asks whether they sync every write. **Such servers lose acknowledged sales** with their power.
    """
    def __new__(cls, /, servers: Items[str], *, credentials_file: str | PathLike[str] | None = None, nkey_file: str | PathLike[str] | None = None, user: tuple[str, str] | None = None, certificate_authorities: str | PathLike[str] | None = None, client_certificate: tuple[str | PathLike[str], str | PathLike[str]] | None = None, monitoring: Items[str] | None = None, host_name: str | None = None, preferred_writer: bool | None = None, votes: bool | None = None, joins: bool | None = None, payments: bool | None = None, acknowledge: Acknowledgement | None = None, replicas: SupportsIndex | None = None, level_within: timedelta | None = None, test_servers: bool | None = None) -> ClusterOptions: ...
    def __repr__(self, /) -> str: ...

@final
class ClusterStatus:
    """
    State of a host, and of what it knows of its cluster.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def applied(self, /) -> int:
        """
        Number of the last message that this host's views include.
        """
    @property
    def epoch(self, /) -> int:
        """
        Number of that claim.
        """
    @property
    def findings(self, /) -> list[str]:
        """
        What is wrong with the servers or the stream.
        """
    @property
    def host(self, /) -> str:
        """
        Id of this host: of its data directory.
        """
    @property
    def hosts(self, /) -> list[ClusterHost]:
        """
        All hosts, this one included.
        """
    @property
    def message(self, /) -> int:
        """
        Number of the last message of the journal that this host has read.
        """
    @property
    def state(self, /) -> HostState:
        """
        State of this host.
        """
    @property
    def stream(self, /) -> str:
        """
        Name of the stream.
        """
    @property
    def unready(self, /) -> str | None:
        """
        Reason why this host must not be asked now; none if it may be.
        """
    @property
    def writer(self, /) -> str:
        """
        Host that writes, by the last claim that this host has read.
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
        Disputed amount.
        """
    @property
    def reason(self, /) -> str:
        """
        Reason, in the gateway's words.
        """
    @property
    def reference(self, /) -> str:
        """
        Gateway's reference for the dispute.
        """
    @property
    def status(self, /) -> DisputeStatus:
        """
        Status of the dispute.
        """

@final
class FeePolicy:
    """
    The fee that the platform keeps for each paid ticket: a percentage of its price, and a fixed amount in the currencies
    that have one.

    >>> from boxoffice import FeePolicy, Money
    >>> policy = FeePolicy("2.5", fixed=[Money("0.30", "USD")])
    >>> print(policy.fee(Money("19.99", "USD")))
    0.80 USD

    `percent` has at most two decimals. The percentage of the price is rounded to the minor unit, halves up. No fee is
    greater than the price. Raises `ValidationError`.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __new__(cls, /, percent: str | int | Decimal, *, fixed: SupportsGetItem[int, Money] | None = None) -> FeePolicy: ...
    def __repr__(self, /) -> str: ...
    def fee(self, /, price: Money) -> SignedMoney:
        """
        Returns the fee of a ticket at this price.
        """

@final
class Host:
    """
    A host of a cluster.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def id(self, /) -> str:
        """
        Id of the host: of its data directory.
        """
    @property
    def joined_at(self, /) -> datetime:
        """
        Time at which it joined for the first time.
        """
    @property
    def left(self, /) -> bool:
        """
        `True` if it has left.
        """
    @property
    def name(self, /) -> str:
        """
        Name of the host.
        """
    @property
    def updated_at(self, /) -> datetime:
        """
        Time of the last change.
        """
    @property
    def version(self, /) -> int:
        """
        Version: 1 after it joined for the first time, incremented by every change.
        """
    @property
    def voter(self, /) -> bool:
        """
        `True` if it votes for the host that writes.
        """
    @property
    def votes(self, /) -> bool:
        """
        Returns `True` if the host has joined and votes.
        """

@final
class HttpApp:
    """
    The HTTP host of an open box office, without a listener.
    """
    def __new__(cls, /, office: Office, *, public_url: str | Iterable[object] | None = None, cors_origins: str | Iterable[object] | None = None, rate_limit: bool | None = None, trusted_proxies: str | Iterable[object] | None = None, request_timeout: timedelta | None = None, in_flight_max: SupportsIndex | None = None, feeds_max: SupportsIndex | None = None, pages: bool = False, metrics: bool = False) -> HttpApp: ...
    @property
    def body_limit(self, /) -> int:
        """
        Maximum length of a request body, in bytes, that any route reads.
        """
    def handle(self, /, method: str, target: str, headers: SupportsGetItem[int, tuple[bytes | bytearray, bytes | bytearray]], body: SupportsGetItem[int, SupportsIndex], client: tuple[str, SupportsIndex] | None) -> Future[HttpResponse]:
        """
        Handles a request and returns the response.
        """
    def session_tokens(self, /, headers: SupportsGetItem[int, tuple[bytes | bytearray, bytes | bytearray]]) -> list[str]:
        """
        Returns the session tokens of a request that count at this host, without checking them: the first that is good counts.
        """
    def stop(self, /) -> None:
        """
        Ends the open streams, so that a stopping server does not wait for them.
        """

@final
class HttpResponse:
    """
    Response of the host.
    """
    def chunk(self, /) -> Future[bytes | None]:
        """
        Returns the next part of the body; `None` at its end.
        """
    @property
    def headers(self, /) -> list[tuple[bytes, bytes]]: ...
    @property
    def status(self, /) -> int: ...

@final
class Journal:
    """
    Operations on the journal: read, follow, verify and copy. Reading does not block the writer.
    """
    def backup(self, /, directory: str | PathLike[str], *, progress: Callable[[int, int], object] | None = None) -> int:
        """
        Writes a copy of all durable data, as of one moment, to a new directory that opens as a box office. Writers
        continue. Calls `progress` with the number of copied records and the total. Returns the number of the last
        record in the copy.

        Excludes the session key, a secret that should be stored elsewhere, and the checkpoint, which is created anew.

        Raises `ValidationError` if the directory exists and is not empty; `UnavailableError` (`journal.unavailable`) if
        it can't be written.
        """
    def erase_in_backup(self, /, directory: str | PathLike[str]) -> int:
        """
        Erases in a backup everybody who was erased here, also after it was made: overwrites the keys of their personal
        data in its file `vault.keys`, and adds them to its list `erased-users`. Returns the number of users who could
        still be read there. The backup must not be open, and keeps all else.

        Personal data that an earlier version stored, and that was not encrypted when the backup was made, stays
        readable in it.

        Raises `ValidationError` if there is no backup in the directory; `InternalError` (`journal.damaged`) if its keys
        can't be read; `UnavailableError` (`journal.unavailable`) if it can't be written.
        """
    def head(self, /) -> int:
        """
        Returns the number of the last durable record; 0 if there is none.

        Raises `UnavailableError` (`journal.unavailable`), `ClosedError` (`engine.closed`).
        """
    def history(self, /) -> JournalHistory:
        """
        Returns the identity of the journal's history, which is another one in a restored backup.

        Raises `UnavailableError` (`journal.unavailable`), `ClosedError` (`engine.closed`).
        """
    def iter(self, /, from_seq: SupportsIndex) -> Iterator[Record]:
        """
        Iterates over the records from number `from_seq` to the last durable one, read in parts. Includes records that
        are appended meanwhile.

        Ends at the end of the journal; `journal.subscribe` continues.

        Raises the errors of `journal.read`, as the last item.
        """
    def read(self, /, from_seq: SupportsIndex, limit: SupportsIndex) -> list[Record]:
        """
        Returns at most `limit` records, and at most 10,000, starting with number `from_seq`. The first record has
        number 1.

        Raises `ConflictError` (`journal.cursor_unknown`) if the record before number `from_seq` does not exist;
        `UnavailableError` (`journal.unavailable`), `InternalError` (`journal.damaged`), `ClosedError`
        (`engine.closed`).
        """
    def read_after(self, /, cursor: str, limit: SupportsIndex) -> list[Record]:
        """
        Returns at most `limit` records, and at most 10,000, after the cursor of a reader: that of the last record that
        it has.

        Raises `ConflictError` (`journal.cursor_unknown`) if the cursor lies beyond the end of the journal, or in a
        history that a restored backup has replaced: the reader has records that this journal never had, and begins
        anew; `UnavailableError` (`journal.unavailable`), `InternalError` (`journal.damaged`), `ClosedError`
        (`engine.closed`).
        """
    def subscribe(self, /, from_seq: SupportsIndex) -> Subscription:
        """
        Follows the journal from number `from_seq` on: first history, then new records, each exactly once and in order.

        The first wait for a record is refused with `ConflictError` (`journal.cursor_unknown`) if the record before
        number `from_seq` does not exist.
        """
    def subscribe_after(self, /, cursor: str) -> Subscription:
        """
        Follows the journal after the cursor of a reader: that of the last record that it has.

        Raises `ConflictError` (`journal.cursor_unknown`) if the cursor lies beyond the end of the journal, or in a
        history that a restored backup has replaced; `UnavailableError` (`journal.unavailable`), `InternalError`
        (`journal.damaged`), `ClosedError` (`engine.closed`).
        """
    def verify(self, /, *, progress: Callable[[int, int], object] | None = None) -> VerifyReport:
        """
        Verifies the whole journal by replaying it. Checks that no record is missing, altered or out of order, that each
        record follows from those before it by the rules, and that the vault matches. Calls `progress` with the number
        of checked records and the total.

        Raises `UnavailableError` (`journal.unavailable`) if it can't be read at all; `ClosedError` (`engine.closed`) if
        the box office closes meanwhile. Damage is not an error; it is part of the report.
        """

@final
class JournalHistory:
    """
    Identity of the history that a journal records.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def common(self, /) -> int | None:
        """
        Number of the last record that the journal shares with every history that it was restored from; `None` if it
        never was.
        """
    @property
    def id(self, /) -> str:
        """
        Id of the history. A backup gets another one when it is made, so that followers of the original notice that it
        was restored.
        """

@final
class LastError:
    """
    A failure of the storage or of the card processor.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def at(self, /) -> datetime:
        """
        When it happened, by the box office's clock.
        """
    @property
    def message(self, /) -> str:
        """
        What failed, and the whole chain of causes: up to 1,000 characters.
        """

@final
class Ledger:
    """
    Operations on the ledger: balances, entries and payouts.

    Args:
        idempotency_key: Sets the idempotency key of the next command, so that it can be repeated: if a user repeats
            a command with its key within 24 hours, it returns the first answer and changes nothing. A different command
            with the key is refused with `IdempotencyMismatchError` (`command.key_reused`).
    """
    def balance(self, /, actor_id: str, seller_id: str) -> list[Balance]:
        """
        Returns a seller's balance, one entry for each currency; none for a user who never sold anything. For the
        seller, operators and the system.

        Args:
            actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.

        Raises `ForbiddenError` (`auth.operator_required`) for other actors; `NotFoundError` (`auth.user_not_found`).
        """
    def entries(self, /, actor_id: str, seller_id: str, *, limit: SupportsIndex | None = None, cursor: str | None = None) -> BalanceEntryPage:
        """
        Returns a page of the entries behind the balance, the newest first.

        Args:
            actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.
            limit: How many entries a page has at most.
            cursor: The place after which the page starts: `next` of the page before.

        Raises the errors of `ledger.balance`; `ValidationError` with an entry for each invalid field of the query;
        `UnavailableError` (`journal.unavailable`) if the views' file can't be read.
        """
    def iter(self, /, actor_id: str, seller_id: str, *, limit: SupportsIndex | None = None, cursor: str | None = None) -> Iterator[BalanceEntry]:
        """
        Streams all entries behind the balance, from the query's cursor on, in pages of its limit.

        Entries never change. Entries that are posted meanwhile are not included, because the newest come first. All
        others come exactly once.

        Polling never waits: a page is read immediately, as by `ledger.entries`.

        Args:
            actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.
            limit: How many entries a page has at most.
            cursor: The place after which the page starts: `next` of the page before.

        Raises the errors of `ledger.entries`, as the last item.
        """
    def platform(self, /, actor_id: str) -> list[PlatformBalance]:
        """
        Returns the platform's accounts, one entry for each currency in the order of the codes. For operators and the
        system.

        Args:
            actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.

        Raises `ForbiddenError` (`auth.operator_required`) for other actors.
        """
    def record_payout(self, /, actor_id: str, seller_id: str, amount: str | int | Decimal, reference: str, *, currency: str | None = None, idempotency_key: str | None = None) -> Payout:
        """
        Records a payout to a seller, of all or part of what they are owed. For operators and the system. It moves no
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
    def statement_csv(self, /, actor_id: str, seller_id: str) -> Iterator[str]:
        """
        Returns all entries behind the balance, the newest first, as CSV by RFC 4180 in parts: first the header, then up
        to 100 lines at a time, read on demand.

        Amounts are exact decimals. Text that a spreadsheet would take for a formula is preceded by an apostrophe.

        Args:
            actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.

        Raises the errors of `ledger.balance`; `UnavailableError` (`journal.unavailable`) in the middle if the views'
        file can't be read any more.
        """

@final
class LookupRequest:
    """
    The charge to look up, capture or void, with the data that a gateway may need to find it.
    """
    def __repr__(self, /) -> str: ...
    @property
    def amount(self, /) -> Money:
        """
        Amount of the charge.
        """
    @property
    def charge_id(self, /) -> str:
        """
        Id of the charge: the idempotency key under which it was begun.
        """
    @property
    def created_at(self, /) -> datetime:
        """
        Time at which the charge was begun. Its request was not sent earlier.
        """
    @property
    def order_id(self, /) -> str:
        """
        Id of the order for which the charge was begun.
        """
    @property
    def reference(self, /) -> str | None:
        """
        The card processor's own id of the charge, if known.
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
        Returns the current time of the clock.
        """
    def set(self, /, now: datetime) -> None:
        """
        Sets the clock, forwards or backwards.
        """

@final
class Metrics:
    """
    Metrics of the engine at one moment. Reading them is cheap, so they can be scraped.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def checkpoint_lag(self, /) -> int:
        """
        Number of changed entities that wait for the next checkpoint.
        """
    @property
    def expiry_lag(self, /) -> timedelta:
        """
        Time for which the most overdue hold has waited for its expiry to be recorded.
        """
    @property
    def head_seq(self, /) -> int:
        """
        Number of the last durable record.
        """
    @property
    def last_error(self, /) -> LastError | None:
        """
        The last failure of the storage or of the card processor since the box office was opened, none if nothing has
        failed.
        """
    @property
    def open_orders(self, /) -> int:
        """
        Number of orders that hold tickets.
        """
    @property
    def pending_payments(self, /) -> int:
        """
        Number of charges and refunds that wait for the card processor.
        """
    @property
    def queue_capacity(self, /) -> int:
        """
        Maximum number of commands that can wait.
        """
    @property
    def queue_len(self, /) -> int:
        """
        Number of commands that wait.
        """
    @property
    def tickets_available(self, /) -> int:
        """
        Number of tickets on sale.
        """
    @property
    def tickets_locked(self, /) -> int:
        """
        Number of tickets held by open orders.
        """
    @property
    def users(self, /) -> int:
        """
        Number of users, including erased ones.
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

    Amounts of one currency are ordered. Comparing amounts of two currencies raises `TypeError`.
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
        Supports `pickle` and `copy`.
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
    A show as a seller describes it.

    Args:
        name: Name: 1 to 200 characters.
        starts_at: Time at which the show starts, in RFC 3339.
        category: Category: 1 to 40 lower-case letters, digits and hyphens, such as `concert`.
        venue: Venue: 1 to 200 characters.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __new__(cls, /, name: str, starts_at: str | datetime, *, category: str | None = None, venue: str | None = None) -> NewShow: ...

@final
class NewTicket:
    """
    A ticket as its seller lists it.

    Args:
        title: Title: 1 to 200 characters.
        price: Price: a decimal number in major units, such as `19.99`, with at most as many decimals as the
            currency has.
        currency: ISO 4217 code of the currency, such as `EUR`; the box office's default currency if there is none.
        show: Show that the ticket is for.
        seat: Seat: 1 to 100 characters.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __new__(cls, /, title: str, price: str | int | Decimal, *, currency: str | None = None, show: NewShow | None = None, seat: str | None = None) -> NewTicket: ...

@final
class Office:
    """
    An open box office, wrapped by `BoxOffice` and `AsyncBoxOffice`.
    """
    def __new__(cls, /, path: str | PathLike[str], options: dict[str, Any]) -> Office: ...
    @property
    def async_facade(self, /) -> AsyncOfficeFacade:
        """
        Returns the asynchronous façade.
        """
    def close(self, /) -> None:
        """
        Closes the box office. Callable from any thread.
        """
    @property
    def facade(self, /) -> OfficeFacade:
        """
        Returns the blocking façade.
        """
    def forget_loop(self, /) -> None:
        """
        Detaches from the event loop, after all outcomes are delivered.
        """

@final
class OfficeFacade:
    """
    A box office: signs users in, lists tickets, locks them, takes the money, and records every fact.

    Cheap to clone and safe to share between threads: all clones are one box office. Its methods return once the outcome
    is durable. A command whose future is dropped after its first poll may or may not have been decided; give it an
    idempotency key to be able to repeat it.

    Async methods run on any executor. `BoxOffice.blocking` has blocking methods for callers without one.
    """
    @property
    def auth(self, /) -> Auth: ...
    def check_ready(self, /) -> None:
        """
        Checks that commands can be recorded: that the journal is open, that its file is still in its directory, and
        that the disk has room. It blocks for some calls of the system, and writes nothing unless the last command could
        not be recorded.

        Raises `ClosedError` (`engine.closed`); `UnavailableError` (`journal.unavailable`), whose source says what is
        wrong.
        """
    def close(self, /) -> None:
        """
        Closes the box office: accepts no more commands, waits until all accepted commands are decided and durable, and
        releases the directory.

        No payment begins any more from then on, and those that have begun are waited for, at most 10 seconds. Payments
        whose outcome is not known by then continue when the directory is opened again. Other clones get `ClosedError`
        (`engine.closed`) from then on. Closing twice is allowed.

        Raises `UnavailableError` (`journal.unavailable`) if the last checkpoint can't be written: no data is lost, but
        the next opening takes longer.
        """
    @property
    def cluster(self, /) -> Cluster | None: ...
    def compact(self, /) -> bool:
        """
        Reclaims unused disk space in the directory's files; returns `True` if any was freed. Blocks.

        Files keep the space of replaced data and reuse it. Therefore this helps only after much data was removed: when
        a backlog of a million changes was checkpointed, when a long history was replayed, or when a long journal that
        was restored or came from an earlier version has moved its old records to the archive. In a file of several
        gigabytes it takes minutes, and commands wait meanwhile: run it while no tickets are sold.

        A crash in the middle leaves valid files, because each step is a transaction. The next opening then walks the
        whole file once.

        Raises `UnavailableError` (`journal.unavailable`) while the journal or a long listing is being read: nothing was
        changed, try again later.
        """
    def is_ready(self, /) -> bool:
        """
        Returns `True` if the box office accepts commands.
        """
    @property
    def journal(self, /) -> Journal: ...
    @property
    def ledger(self, /) -> Ledger: ...
    def metrics(self, /) -> Metrics:
        """
        Returns the current metrics of the engine.
        """
    def now(self, /) -> datetime:
        """
        Returns the engine's own time, which never runs backwards.
        """
    @property
    def orders(self, /) -> Orders: ...
    @property
    def payments(self, /) -> Payments: ...
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
        Buyer of the tickets.
        """
    @property
    def cancel_reason(self, /) -> CancelReason | None:
        """
        Reason why it was cancelled, if it was.
        """
    @property
    def charge(self, /) -> Charge | None:
        """
        Attempt to take the money, once there is one.
        """
    @property
    def created_at(self, /) -> datetime:
        """
        Time at which it was created.
        """
    @property
    def expires_at(self, /) -> datetime:
        """
        Time at which the hold ends unless a payment has started.
        """
    @property
    def id(self, /) -> str:
        """
        Id of the order.
        """
    @property
    def status(self, /) -> OrderStatus:
        """
        Status of the order.
        """
    @property
    def tickets(self, /) -> list[OrderedTicket]:
        """
        Tickets as they were when the order locked them.
        """
    @property
    def total(self, /) -> Money:
        """
        Sum of the prices.
        """
    @property
    def updated_at(self, /) -> datetime:
        """
        Time of the last change.
        """
    @property
    def version(self, /) -> int:
        """
        Version: 1 when created, incremented by every event of the order or its charge.
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
        Id of the ticket.
        """
    @property
    def price(self, /) -> Money:
        """
        Price at that time, which the buyer pays.
        """
    @property
    def seller_id(self, /) -> str:
        """
        Seller of the ticket.
        """
    @property
    def title(self, /) -> str:
        """
        Title of the ticket at that time.
        """
    @property
    def version(self, /) -> int:
        """
        Version of the ticket after the lock.
        """

@final
class Orders:
    """
    Operations on orders: holds of tickets, and their purchase.

    Args:
        idempotency_key: Sets the idempotency key of the next command, so that it can be repeated: if a user repeats
            a command with its key within 24 hours, it returns the first answer and changes nothing. A different command
            with the key is refused with `IdempotencyMismatchError` (`command.key_reused`).
    """
    def cancel(self, /, buyer_id: str, order_id: str, *, idempotency_key: str | None = None) -> None:
        """
        Cancels an order and frees its tickets immediately. Only its buyer can, and only before a payment has started.

        Raises `NotFoundError` (`order.not_found`), `ForbiddenError` (`order.not_yours`), `ConflictError`
        (`order.payment_pending`, `order.already_paid`, `order.cancelled`, `order.expired`), `IdempotencyMismatchError`
        (`command.key_reused`).
        """
    def create(self, /, buyer_id: str, ticket_ids: Items[str], *, idempotency_key: str | None = None) -> Order:
        """
        Locks 1 to 10 tickets of one currency for a buyer, all or none, until the order's `expires_at`.

        Of several concurrent buyers, exactly one gets a ticket.

        Raises `ValidationError` for no tickets, too many, or one twice; `NotFoundError` (`ticket.not_found`),
        `ForbiddenError` (`order.own_ticket`), `ConflictError` (`ticket.locked`, `ticket.sold`, `ticket.withdrawn`,
        `ticket.show_started`), `ValidationError` (`order.mixed_currencies`, `order.total_too_large`), `ConflictError`
        (`order.too_many_open`); `UnauthenticatedError` (`auth.required`) if there is no such user;
        `IdempotencyMismatchError` (`command.key_reused`).
        """
    def create_at(self, /, buyer_id: str, ticket_ids: Items[str], agreed_amount: str | int | Decimal, *, idempotency_key: str | None = None) -> Order:
        """
        Locks tickets as `orders.create` does, if they cost what the buyer has agreed to.

        `agreed_amount` is the total in major units, such as `39.98`, in the currency of the tickets. If it is another
        one, because a seller has changed a price since the buyer saw it, nothing is locked. Changes that cancel out
        pass; `orders.create_at_prices` notices them.

        Raises the errors of `orders.create`; `ConflictError` (`order.price_changed`); `ValidationError` for an amount
        that is none.
        """
    def create_at_prices(self, /, buyer_id: str, ticket_ids: Items[str], agreed_prices: Items[str | int | Decimal], *, idempotency_key: str | None = None) -> Order:
        """
        Locks tickets as `orders.create` does, if each of them costs what the buyer has agreed to.

        `agreed_prices` has the price of each ticket, in the order of the ids, in major units of the ticket's currency,
        such as `19.99`. If a seller has changed one of them since the buyer saw it, nothing is locked.

        Raises the errors of `orders.create`; `ConflictError` (`order.price_changed`); `ValidationError` unless there is
        one price for each ticket, and for a price that is none, with fields such as `prices[1]`.
        """
    def get(self, /, buyer_id: str, order_id: str) -> Order:
        """
        Returns a buyer's own order, as of the last durable batch.

        Raises `NotFoundError` (`order.not_found`), `ForbiddenError` (`order.not_yours`); `UnavailableError`
        (`journal.unavailable`) if the views' file can't be read.
        """
    def iter(self, /, buyer_id: str, *, status: OrderStatus | None = None, limit: SupportsIndex | None = None, cursor: str | None = None) -> Iterator[Order]:
        """
        Streams all orders of a buyer that match the query, from its cursor on, in pages of its limit.

        The list is not a snapshot: each page shows the orders as of the last durable batch when it is read. Every order
        comes at most once. Orders that are created meanwhile are not included, because the newest come first.

        Polling never waits: a page is read immediately, as by `orders.list`.

        Args:
            status: The state that is listed; all of them if there is none.
            limit: How many orders a page has at most.
            cursor: The place after which the page starts: `next` of the page before.

        Raises the errors of `orders.list`, as the last item.
        """
    def list(self, /, buyer_id: str, *, status: OrderStatus | None = None, limit: SupportsIndex | None = None, cursor: str | None = None) -> OrderPage:
        """
        Returns a page of a buyer's orders, the newest first.

        Args:
            status: The state that is listed; all of them if there is none.
            limit: How many orders a page has at most.
            cursor: The place after which the page starts: `next` of the page before.

        Raises `ValidationError`, for each invalid field; `UnavailableError` (`journal.unavailable`) if the views' file
        can't be read.
        """

@final
class Payments:
    """
    Operations on payments: charges and refunds.

    Args:
        idempotency_key: Sets the idempotency key of the next command, so that it can be repeated: if a user repeats
            a command with its key within 24 hours, it returns the first answer and changes nothing. A different command
            with the key is refused with `IdempotencyMismatchError` (`command.key_reused`). A repeated payment returns
            its outcome as soon as that is known.
    """
    def client_secret(self, /, buyer_id: str, charge_id: str) -> str | None:
        """
        Returns the secret with which the buyer's page continues a payment, if the card processor waits for an action of
        the buyer, such as a confirmation with their bank. For the buyer only.

        The order keeps its tickets until its deadline; then the charge is given up.

        Raises `NotFoundError` (`payment.not_found`), `ForbiddenError` (`payment.not_yours`); `UnavailableError`
        (`journal.unavailable`) if the views' file can't be read.
        """
    def escalated(self, /, actor_id: str) -> list[Charge]:
        """
        Returns the charges whose money belongs to no order and could not be given back, the oldest first. For
        operators, who settle them by `payments.refund` or `payments.resolve`.

        Args:
            actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.

        Raises `ForbiddenError` (`auth.operator_required`).
        """
    def get(self, /, user_id: str, charge_id: str) -> Charge:
        """
        Returns a charge. For the order's buyer, the tickets' sellers and operators.

        Raises `NotFoundError` (`payment.not_found`), `ForbiddenError` (`payment.not_yours`); `UnavailableError`
        (`journal.unavailable`) if the views' file can't be read.
        """
    def pay(self, /, buyer_id: str, order_id: str, token: str, *, idempotency_key: str | None = None) -> Charge:
        """
        Takes the money of an order: records the intent, asks the card processor, records its answer.

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
    def receive_webhook(self, /, headers: Mapping[str, str | bytes] | Iterable[tuple[str | bytes, str | bytes]], body: bytes | bytearray) -> None:
        """
        Records a webhook message of the card processor. Takes the message unchanged, with header names in lower case.

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
    def refund(self, /, actor_id: str, order_id: str, *, return_to_sale: bool, idempotency_key: str | None = None) -> Charge:
        """
        Gives back all that is left of the money of a complete order. Its tickets go back on sale if `return_to_sale` is
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
    def refund_part(self, /, actor_id: str, order_id: str, amount: str | int | Decimal, *, idempotency_key: str | None = None) -> Charge:
        """
        Gives back a part of the money of a complete order, such as `5.00`, in the order's currency. The tickets stay
        sold.

        The sum of all refunds, including concurrent ones, never exceeds the charge. Permissions and statuses are those
        of `payments.refund`.

        Args:
            actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.

        Raises `ValidationError` for a malformed amount; `NotFoundError` (`order.not_found`), `ForbiddenError`
        (`order.not_yours`), `ConflictError` (`payment.not_refundable`, `payment.already_refunded`,
        `payment.refund_too_large`), `IdempotencyMismatchError` (`command.key_reused`).
        """
    def resolve(self, /, actor_id: str, order_id: str, resolution: Resolution, note: str, *, idempotency_key: str | None = None) -> Charge:
        """
        Records the resolution of escalated money, with a note of up to 500 characters. For operators.

        Args:
            actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.

        Raises `ValidationError` for a note that is too long; `ForbiddenError` (`auth.operator_required`),
        `NotFoundError` (`order.not_found`), `ConflictError` (`payment.not_escalated`), `IdempotencyMismatchError`
        (`command.key_reused`).
        """
    def takes_webhooks_of(self, /, processor: str) -> bool:
        """
        Returns `True` if webhooks of this card processor are for this box office: if it is the gateway's name, ignoring
        the `-test` suffix of a processor's test mode. A host of a cluster that has no keys takes those of the hosts
        that have some, once it has heard of one.
        """

@final
class Payout:
    """
    A recorded payout.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def amount(self, /) -> Money:
        """
        Amount paid.
        """
    @property
    def id(self, /) -> str:
        """
        Id of the payout.
        """
    @property
    def recorded_at(self, /) -> datetime:
        """
        Time at which it was recorded.
        """
    @property
    def reference(self, /) -> str:
        """
        Reference by which the bank identifies the payout.
        """
    @property
    def seller_id(self, /) -> str:
        """
        Seller who was paid.
        """

@final
class PlatformBalance:
    """
    Accounts of the platform in one currency. They sum to zero.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def difference(self, /) -> SignedMoney:
        """
        Returns the money held less all money owed: always zero.
        """
    @property
    def disputed(self, /) -> SignedMoney:
        """
        Money that buyers' banks hold until disputes are closed.
        """
    @property
    def fees(self, /) -> SignedMoney:
        """
        Part of both that the platform has earned.
        """
    @property
    def late(self, /) -> SignedMoney:
        """
        Part of both that came for orders that had ended, and belongs to nobody yet.
        """
    @property
    def processor(self, /) -> SignedMoney:
        """
        Money that the card processor, or the bank behind it, holds.
        """
    @property
    def sellers(self, /) -> SignedMoney:
        """
        Part of both that all sellers are owed.
        """

@final
class Problem:
    """
    A problem of a journal.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def seq(self, /) -> int:
        """
        Number of the record, or of the one that should be there.
        """
    @property
    def what(self, /) -> str:
        """
        Description of the problem.
        """

@final
class Record:
    """
    An event with its number, time, actor, command, version and hash.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def actor_id(self, /) -> str | None:
        """
        Id of the user who caused the event; `None` for the box office itself.
        """
    @property
    def at(self, /) -> datetime:
        """
        Time of the decision. The engine's time never runs backwards.
        """
    @property
    def command_id(self, /) -> str:
        """
        Id of the command that caused the event.
        """
    @property
    def cursor(self, /) -> str:
        """
        The cursor of a reader that has this record, for `journal.read_after` and `journal.subscribe_after`.
        """
    @property
    def data(self, /) -> dict[str, Any]:
        """
        Data of the event in the published form; `boxoffice.events` has the types.
        """
    @property
    def event(self, /) -> EventName:
        """
        Name of the event, such as `OrderCreated`.
        """
    @property
    def hash(self, /) -> str:
        """
        Hash over this record and all records before it, as 64 hexadecimal digits.
        """
    @property
    def published(self, /) -> PublishedRecord:
        """
        The whole record in the published form.
        """
    @property
    def seq(self, /) -> int:
        """
        Number of the record in the journal: 1, 2, 3, … without gaps.
        """
    @property
    def version(self, /) -> int:
        """
        Version of the entity after the event.
        """

@final
class Recovery:
    """
    Result of recovering records from a journal.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def damage(self, /) -> Problem | None:
        """
        First missing record, and the reason; `None` if the journal is complete.
        """
    @property
    def records(self, /) -> int:
        """
        Number of recovered records. They have the numbers 1 to this one.
        """
    @property
    def searched(self, /) -> int:
        """
        Number of recovered records, the last ones, that the database no longer lists. They were found by searching the
        file for records that continue the chain of hashes. They may include records of a last transaction that was
        never finished, and so never acknowledged.
        """

@final
class Refund:
    """
    Money of a charge that was given back, is being given back, or was refused.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def amount(self, /) -> Money:
        """
        Amount of the refund.
        """
    @property
    def id(self, /) -> str:
        """
        Id of the refund, which is the gateway's idempotency key.
        """
    @property
    def reason(self, /) -> RefundReason:
        """
        Reason for the refund.
        """
    @property
    def reference(self, /) -> str | None:
        """
        Gateway's reference for the refund.
        """
    @property
    def return_to_sale(self, /) -> bool:
        """
        `True` if the tickets go back on sale once the refund is done.
        """
    @property
    def status(self, /) -> RefundStatus:
        """
        Status of the refund.
        """

@final
class RefundRequest:
    """
    A request to a gateway to refund a charge, in full or in part.
    """
    def __repr__(self, /) -> str: ...
    @property
    def amount(self, /) -> Money:
        """
        Amount to refund.
        """
    @property
    def charge_id(self, /) -> str:
        """
        Id of the charge.
        """
    @property
    def created_at(self, /) -> datetime:
        """
        Time at which the charge was begun.
        """
    @property
    def reference(self, /) -> str | None:
        """
        The card processor's own id of the charge, if known.
        """
    @property
    def refund_id(self, /) -> str:
        """
        Idempotency key: a gateway refunds each id at most once, even if the request is repeated.
        """

@final
class Session:
    """
    A session, read from a checked token.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def expires_at(self, /) -> datetime:
        """
        Time at which the session expires.
        """
    @property
    def operator(self, /) -> bool:
        """
        `True` if the user is an operator now.
        """
    @property
    def session_id(self, /) -> str:
        """
        Id of the session.
        """
    @property
    def user_id(self, /) -> str:
        """
        Id of the signed-in user.
        """

@final
class Show:
    """
    An event that people attend: a concert, a match, a play.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def category(self, /) -> str | None:
        """
        Kind of show, such as `concert`.
        """
    @property
    def name(self, /) -> str:
        """
        Name of the show.
        """
    @property
    def starts_at(self, /) -> datetime:
        """
        Time at which the show starts. From then on its tickets can't be ordered.
        """
    @property
    def venue(self, /) -> str | None:
        """
        Place of the show.
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
        Session of the user.
        """
    @property
    def token(self, /) -> str:
        """
        Token of the session, to be sent with every request.

        It is in no `repr`.
        """
    @property
    def user(self, /) -> User:
        """
        Signed-in user.
        """

@final
class SignedMoney:
    """
    A sum of money, which may be negative: a `Decimal` in major units and a currency.

    Sums of one currency are ordered. Comparing sums of two currencies raises `TypeError`.
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
        Supports `pickle` and `copy`.
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
class StripeGateway:
    """
    Charges cards through Stripe: the `gateway` of a box office.

    The buyer's page creates a payment method (`pm_…`) or a card token (`tok_…`) with Stripe's own script, and
    `payments.pay` takes it. Card numbers never reach the box office. `secret_key` is `sk_test_…`, `rk_test_…`,
    `sk_live_…` or `rk_live_…`. Webhooks are accepted if they are signed with `webhook_secret` (`whsec_…`), or with one of
    several during a key rotation. Without a secret, the box office looks outcomes up. With `authorize_first` the money is
    authorized first and captured when the order completes. `api_base` is the address of a proxy or a stand-in: https, or
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
        Mode of the key: `live`, where money moves, or `test`.
        """
    @property
    def name(self, /) -> str:
        """
        Name under which its charges are recorded: `stripe`, or `stripe-test` in test mode, where no money moves.
        """

@final
class Subscription:
    """
    An iterator over the journal: history first, then live, every record once and in order.

    It ends when it or the box office is closed. As a context manager it is closed at the end of the block.
    """
    def __enter__(self, /) -> Subscription: ...
    def __exit__(self, /, _kind: Any, _error: Any, _traceback: Any) -> None: ...
    def __iter__(self, /) -> Subscription: ...
    def __next__(self, /) -> Record: ...
    def close(self, /) -> None:
        """
        Closes the subscription: iterations on all threads end. Closing twice has no effect.
        """

@final
class TheSystem:
    """
    Stands for the box office itself where somebody acts; the package hands it on for `as_system`.
    """
    def __new__(cls, /) -> TheSystem: ...

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
        Time at which it was listed.
        """
    @property
    def id(self, /) -> str:
        """
        Id of the ticket.
        """
    @property
    def price(self, /) -> Money:
        """
        Price of the ticket.
        """
    @property
    def seat(self, /) -> str | None:
        """
        Label of the seat in the venue.
        """
    @property
    def seller_id(self, /) -> str:
        """
        Seller of the ticket.
        """
    @property
    def show(self, /) -> Show | None:
        """
        Show that the ticket is for.
        """
    @property
    def status(self, /) -> TicketStatus:
        """
        Status of the ticket.
        """
    @property
    def title(self, /) -> str:
        """
        Title of the ticket.
        """
    @property
    def updated_at(self, /) -> datetime:
        """
        Time of the last change.
        """
    @property
    def version(self, /) -> int:
        """
        Version: 1 when listed, incremented by every change: edit, lock, release, sale, return to sale, withdrawal.
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
    The new title and price of a ticket, and what becomes of its show and seat.

    Args:
        title: Title: 1 to 200 characters.
        price: Price: a decimal number in major units of the ticket's currency.
        show: The new show: left as it is unless it is set or cleared.
        seat: The new seat, 1 to 100 characters: left as it is unless it is set or cleared.
        expected_version: Version that the ticket must have; `None` accepts any version.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __new__(cls, /, title: str, price: str | int | Decimal, *, show: NewShow | None = ..., seat: str | None = ..., expected_version: SupportsIndex | None = None) -> TicketUpdate: ...

@final
class Tickets:
    """
    Operations on tickets: listing, editing and search.

    Args:
        idempotency_key: Sets the idempotency key of the next command, so that it can be repeated: if a user repeats
            a command with its key within 24 hours, it returns the first answer and changes nothing. A different command
            with the key is refused with `IdempotencyMismatchError` (`command.key_reused`).
    """
    def check_many(self, /, seller_id: str, tickets: Items[NewTicket]) -> None:
        """
        Checks whether tickets could be listed as of the last durable batch, by the very rules of `create_many`, and
        lists nothing: for the preview of an import. Somebody else may take a seat between the two. It takes the
        caller's thread, and holds up nobody who sells or buys.

        Raises those of `create_many`, with the same fields, except `IdempotencyMismatchError` (`command.key_reused`):
        the idempotency key is not used; `UnavailableError` (`journal.unavailable`) if the views' file can't be read.
        """
    def create(self, /, seller_id: str, ticket: NewTicket, *, idempotency_key: str | None = None) -> Ticket:
        """
        Lists a ticket for sale.

        Raises `ValidationError`; `UnauthenticatedError` (`auth.required`) if there is no such user; `ConflictError`
        (`ticket.seat_taken`) if another ticket for this seat of this show is on sale or sold, and its money was not
        given back; `IdempotencyMismatchError` (`command.key_reused`).
        """
    def create_many(self, /, seller_id: str, tickets: Items[NewTicket], *, idempotency_key: str | None = None) -> list[Ticket]:
        """
        Lists up to 10,000 tickets for sale, all or none, and returns them in the given order.

        Raises `ValidationError`, with fields such as `tickets[2].price`, also if a seat of a show comes twice;
        `UnauthenticatedError` (`auth.required`) if there is no such user; `ConflictError` (`ticket.seat_taken`), with
        the field `tickets[2].seat`, if another ticket for this seat of this show is on sale or sold;
        `IdempotencyMismatchError` (`command.key_reused`).
        """
    def get(self, /, ticket_id: str) -> Ticket:
        """
        Returns a ticket, as of the last durable batch.

        Raises `NotFoundError` (`ticket.not_found`); `UnavailableError` (`journal.unavailable`) if the views' file can't
        be read.
        """
    def iter(self, /, *, status: TicketStatusFilter | None = None, seller: str | None = None, q: str | None = None, category: str | None = None, currency: str | None = None, min_price: str | int | Decimal | None = None, max_price: str | int | Decimal | None = None, sort: TicketSort | None = None, limit: SupportsIndex | None = None, cursor: str | None = None) -> Iterator[Ticket]:
        """
        Streams all tickets that match the query, from its cursor on, in pages of its limit.

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
    def list(self, /, *, status: TicketStatusFilter | None = None, seller: str | None = None, q: str | None = None, category: str | None = None, currency: str | None = None, min_price: str | int | Decimal | None = None, max_price: str | int | Decimal | None = None, sort: TicketSort | None = None, limit: SupportsIndex | None = None, cursor: str | None = None) -> TicketPage:
        """
        Returns a page of tickets: those on sale, unless the query names another status.

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
    def reschedule(self, /, seller_id: str, show: NewShow, starts_at: str | datetime, *, idempotency_key: str | None = None) -> builtins.list[Ticket]:
        """
        Moves the seller's unsold tickets of a show to another time, and returns those that moved, the first listed
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
    def update(self, /, seller_id: str, ticket_id: str, update: TicketUpdate, *, idempotency_key: str | None = None) -> Ticket:
        """
        Changes a ticket's title and price and, if the update says so, its show and seat. Only its seller can, and only
        while it is available.

        Raises `ValidationError`, `NotFoundError` (`ticket.not_found`), `ForbiddenError` (`ticket.not_yours`),
        `ConflictError` (`ticket.locked`, `ticket.sold`, `ticket.withdrawn`), `PreconditionFailedError`
        (`ticket.version_mismatch`), `ConflictError` (`ticket.seat_taken`), `IdempotencyMismatchError`
        (`command.key_reused`).
        """
    def withdraw(self, /, seller_id: str, ticket_id: str, *, expected_version: SupportsIndex | None = None, idempotency_key: str | None = None) -> None:
        """
        Takes a ticket off sale permanently. Only its seller can, and only while it is available.

        Raises `NotFoundError` (`ticket.not_found`), `ForbiddenError` (`ticket.not_yours`), `ConflictError`
        (`ticket.locked`, `ticket.sold`, `ticket.withdrawn`), `PreconditionFailedError` (`ticket.version_mismatch`),
        `IdempotencyMismatchError` (`command.key_reused`).
        """

@final
class User:
    """
    A user, as the user themself sees it.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def created_at(self, /) -> datetime:
        """
        Time of sign-up.
        """
    @property
    def email(self, /) -> str:
        """
        Email as typed.
        """
    @property
    def id(self, /) -> str:
        """
        Id of the user.
        """
    @property
    def operator(self, /) -> bool:
        """
        `True` if the user is an operator.
        """
    @property
    def version(self, /) -> int:
        """
        Version: 1 after sign-up, incremented by every change.
        """

@final
class VerifyReport:
    """
    Result of verifying a journal.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def by_event(self, /) -> dict[str, int]:
        """
        Number of records of each event.
        """
    @property
    def charges(self, /) -> int:
        """
        Number of charges that took money.
        """
    @property
    def head(self, /) -> str:
        """
        Hash of the last valid record, which is a fingerprint of all records up to it.
        """
    @property
    def is_clean(self, /) -> bool:
        """
        Returns `True` if there are no problems.
        """
    @property
    def orders(self, /) -> int:
        """
        Number of orders created.
        """
    @property
    def problems(self, /) -> list[Problem]:
        """
        Problems, in the order of the journal. The check ends at the first record that does not follow from those before
        it.
        """
    @property
    def records(self, /) -> int:
        """
        Number of records that are valid.
        """
    @property
    def tickets(self, /) -> int:
        """
        Number of tickets listed.
        """
    @property
    def users(self, /) -> int:
        """
        Number of users created.
        """

@final
class WebhookMessage:
    """
    An inbound webhook message of a card processor, unchanged byte for byte, because the signature covers the bytes.
    """
    def __repr__(self, /) -> str: ...
    @property
    def body(self, /) -> bytes:
        """
        The body.
        """
    def header(self, /, name: str) -> str | None:
        """
        Returns the first header with this name, given in lower case; `None` if there is none or its value is not UTF-8.
        """
    @property
    def headers(self, /) -> list[tuple[str, bytes]]:
        """
        Headers, with names in lower case.
        """
    @property
    def now(self, /) -> datetime:
        """
        Time against which the age of the message is checked.
        """

def check_gateway(gateway: Any, charged_token: str, declined_token: str) -> list[str]:
    """
    Runs the conformance suite of gateways; returns one sentence for each fault.
    """

def codes() -> list[tuple[str, str, int, str]]:
    """
    Lists every code with the name of its exception class, its HTTP status and its message.
    """

def end_log() -> None:
    """
    Ends the log after the records that are queued.
    """

def hear_log() -> None:
    """
    Begins to queue what is logged.
    """

def init_cluster(path: str | PathLike[str], cluster: ClusterOptions, jwt_key: bytes | bytearray) -> str:
    """
    Makes the box office of a data directory the first host of a new cluster, and the stream that its hosts share. A
    directory without a box office gets an empty one. Returns the name of the stream.

    Call it once in the life of a cluster, before any host is opened; the directory must not be open. If it is cut off,
    the same call completes it. The hosts are opened with the same `cluster`, each with a `host_name` of its own, and the
    same `jwt_key`.

    Raises `UnavailableError` (`journal.unavailable`) with the reason if the servers can't be reached, are not what they
    must be, or have a cluster already, and if the directory belongs to one; `ValidationError`.
    """

def is_first_interpreter(interpreter: SupportsIndex) -> bool:
    """
    Returns `true` if `interpreter` is the first that called this, where `interpreter` is a number unique to it.

    Interpreters must not share objects, but static objects of this module would be shared. Only the first interpreter of
    a process may therefore use it.
    """

def next_log() -> tuple[str, str, str, list[tuple[str, str]]] | None:
    """
    Waits for the next record; `None` once the log has ended.
    """

def openapi() -> str:
    """
    Returns the OpenAPI description of the routes, as JSON.
    """

def recover(directory: str | PathLike[str], visit: Callable[[Record], object]) -> Recovery: ...

def refunds_error(json: str) -> str | None:
    """
    Checks a list of refunds that a gateway returned; returns what is wrong with it, or `None`.
    """

def signed_money(minor: SupportsIndex, currency: str) -> SignedMoney:
    """
    Creates a sum from minor units; used by `pickle`.
    """

def version() -> str:
    """
    The version of the package.
    """

def webhook_event_error(json: str) -> str | None:
    """
    Checks an event that a gateway returned; returns what is wrong with it, or `None`.
    """
