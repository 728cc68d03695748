/// <reference lib="esnext.disposable" />
import type {
  Auth,
  ChargeRequest,
  FeePolicy,
  Journal,
  JournalRecord,
  Ledger,
  LookupRequest,
  ManualClock,
  NoticeMessage,
  Orders,
  Payments,
  RefundRequest,
  Salvage,
  Stats,
  StripeGateway,
  Tickets,
} from './native.js'

export type {
  Amount,
  Auth,
  Balance,
  BalanceEntry,
  BalanceEntryPage,
  Charge,
  ChargeRequest,
  CodeRow,
  CommandOptions,
  Dispute,
  FeePolicy,
  HttpSettings,
  Journal,
  JournalRecord,
  Ledger,
  LedgerQuery,
  LookupRequest,
  Money,
  NewPayout,
  NewShow,
  NewTicket,
  NoticeMessage,
  Order,
  OrderPage,
  OrderQuery,
  OrderedTicket,
  Orders,
  Payments,
  Payout,
  PlatformBalance,
  Problem,
  Refund,
  RefundOptions,
  RefundRequest,
  Salvage,
  Session,
  Show,
  SignInOptions,
  SignedIn,
  SignedMoney,
  Statement,
  Stats,
  StripeOptions,
  Subscription,
  Ticket,
  TicketPage,
  TicketQuery,
  TicketUpdate,
  Tickets,
  User,
  UserChanges,
  VerifyReport,
  WithdrawOptions,
} from './native.js'
export { ManualClock, StripeGateway, codes } from './native.js'

/** What everything takes that may be waited for. */
export interface WaitOptions {
  /**
   * Ends the waiting: the promise is rejected with the signal's reason. A command that was begun may be done nevertheless; given again
   * under the same `idempotencyKey`, it tells. What is aborted already is not begun.
   */
  signal?: AbortSignal
}

declare module './native.js' {
  interface CommandOptions extends WaitOptions {}
  interface RefundOptions extends WaitOptions {}
  interface SignInOptions extends WaitOptions {}
  interface WithdrawOptions extends WaitOptions {}
  interface Tickets {
    /** All tickets of a listing, page after page, each page read when it is come to: `limit` is how many are read at once. */
    iter(query?: TicketQuery, options?: WaitOptions): AsyncGenerator<Ticket, void, undefined>
  }
  interface Orders {
    /** All of the buyer's orders, the newest first, page after page. */
    iter(buyerId: string, query?: OrderQuery, options?: WaitOptions): AsyncGenerator<Order, void, undefined>
  }
  interface Ledger {
    /** All of what made the balance, the newest first, page after page. */
    iter(actorId: string | null, sellerId: string, query?: LedgerQuery, options?: WaitOptions): AsyncGenerator<BalanceEntry, void, undefined>
    statementCsv(actorId: string | null, sellerId: string, options?: WaitOptions): Statement
  }
  interface Journal {
    /** All records from number `fromSeq` on, until there are no more: `subscribe` goes on. */
    iter(fromSeq?: number, options?: WaitOptions): AsyncGenerator<JournalRecord, void, undefined>
    subscribe(fromSeq: number, options?: WaitOptions): Subscription
    verify(progress: ((done: number, total: number) => void) | undefined, options?: WaitOptions): Promise<VerifyReport>
    backup(directory: string, progress: ((done: number, total: number) => void) | undefined, options?: WaitOptions): Promise<number>
  }
  interface Statement {
    [Symbol.asyncIterator](): AsyncIterableIterator<string>
  }
  interface Subscription {
    [Symbol.asyncIterator](): AsyncIterableIterator<JournalRecord>
    [Symbol.dispose](): void
  }
}

/** What a gateway says of a charge. */
export type ChargeAnswer =
  /** The money was taken; `reference` is the card processor's own name for the charge. */
  | { status: 'charged'; reference?: string | null }
  /** The money is set aside, and can be captured or voided: for a gateway that has `capture` and `void`. */
  | { status: 'authorized'; reference?: string | null }
  /** The buyer has to do something, such as to confirm the payment with their bank; only the buyer may see `clientSecret`. */
  | { status: 'actionRequired'; clientSecret: string }
  /** The money was not taken, and never will be under this id; `reason` in words that a buyer may read, 1 to 200 characters. */
  | { status: 'declined'; reason: string }
  /** The card processor is still at it. */
  | { status: 'pending' }
  /** The card processor never heard of the charge. It may still be on its way, so this is only believed after a while. */
  | { status: 'unknown' }

/** What a gateway says of a refund; nothing means that the money was given back. */
export type RefundAnswer =
  | void
  | null
  /** The money was given back; `reference` is the card processor's own name for the refund. */
  | { status: 'refunded'; reference?: string | null }
  /** The card processor is still at it. */
  | { status: 'pending' }
  /** The money was not given back, and never will be under this id; `reason` for whoever looks after the money. */
  | { status: 'refused'; reason: string }

/** What a card processor may tell by itself. Charges are named by the ids that they were begun with. */
export type NoticeFact =
  /** What became of a charge. */
  | { kind: 'charge'; orderId: string; chargeId: string; answer: ChargeAnswer }
  /** What became of a refund that the box office asked for. */
  | { kind: 'refund'; orderId: string; chargeId: string; refundId: string; answer: RefundAnswer }
  /** Money was given back by somebody at the card processor's own desk; `reference` is its own name for the refund. */
  | { kind: 'refundElsewhere'; orderId: string; chargeId: string; reference: string; amount: NoticeAmount }
  /** The buyer's bank takes money back until it is clear whose it is; `reference` is the card processor's own name for the dispute. */
  | { kind: 'disputeOpened'; orderId: string; chargeId: string; reference: string; amount: NoticeAmount; reason: string }
  /** It is clear whose the disputed money is: whether it came back from the buyer's bank. */
  | { kind: 'disputeClosed'; orderId: string; chargeId: string; reference: string; won: boolean }

/** An exact decimal text in major units such as `'19.99'`, and the ISO 4217 code; a `Money` is one. */
export interface NoticeAmount {
  amount: string
  currency: string
}

/** A message that comes from the card processor. */
export interface Notice {
  /** The card processor's own name for the message, the same whenever it comes again: visible ASCII. */
  id: string
  /** What it says; nothing if that is of no concern to a box office. */
  fact?: NoticeFact | null
}

/** Thrown by a gateway that does not believe a message: its signature does not match, it is too old, or it can't be read. */
export declare class NoticeRefused extends Error {
  constructor(reason: 'signature' | 'stale' | 'malformed', text?: string)
  readonly reason: 'signature' | 'stale' | 'malformed'
  /** What can't be read. */
  readonly text: string
}

/**
 * A card processor. Its methods may be plain or `async`. All may be called again with the same id: after a crash, a timeout, or at the
 * same time. Each charge is taken at most once and each refund given at most once, however often it is asked for.
 *
 * To throw means that the outcome is not known: the box office will look it up. So does to answer late (`gatewayTimeoutMs`), and to
 * return something else.
 */
export interface PaymentGateway {
  /** The name under which charges of this gateway are recorded. */
  readonly name: string
  /** Takes the money, or sets it aside until it is captured. */
  charge(request: ChargeRequest): ChargeAnswer | Promise<ChargeAnswer>
  /** What became of a charge. */
  lookup(request: LookupRequest): ChargeAnswer | Promise<ChargeAnswer>
  /** Gives money of a successful charge back, all of it or a part. A second time with the same `refundId` changes nothing. */
  refund(request: RefundRequest): RefundAnswer | Promise<RefundAnswer>
  /** Takes the money of a charge for which `authorized` was answered: all of it. */
  capture?(request: LookupRequest): ChargeAnswer | Promise<ChargeAnswer>
  /**
   * Sees to it that a charge that has taken no money never will: releases what was set aside, or ends the wait for the buyer. The answer
   * is what the charge has come to: `declined`, unless the money was taken before.
   */
  void?(request: LookupRequest): ChargeAnswer | Promise<ChargeAnswer>
  /**
   * Reads a message that the card processor has sent by itself (a webhook), after checking that it comes from there. Throws
   * `NoticeRefused` if it does not, is too old or can't be read. To throw anything else, to answer late, and to return something else
   * mean that it can't be read now: the card processor will send it again.
   */
  readNotice?(message: NoticeMessage): Notice | Promise<Notice>
}

/** Where time comes from, for tests. Without `wakeBy` a clock is believed to go at the pace of real time. */
export interface Clock {
  /** The time. */
  now(): Date
  /** Takes a function to call whenever the time has jumped. */
  wakeBy?(wake: () => void): void
}

/** Everything that can be chosen about a box office; what is left out is as the core has it. */
export interface Options {
  /** How long an order holds its tickets: 15 minutes unless told otherwise. */
  holdMs?: number
  /** How many open orders one buyer may have: 10 unless told otherwise. */
  openOrdersMax?: number
  /**
   * What is tried, in this order, with money that comes for an order that has ended: `'retake,return,escalate'` unless told otherwise.
   * `retake` sells the buyer the tickets after all, `return` gives the money back, `escalate` leaves it to an operator; that is also
   * the last resort.
   */
  lateMoney?: string
  /** What the platform keeps of each ticket that is paid from now on: nothing unless told otherwise. */
  fees?: FeePolicy
  /** How many tickets one order may have: 10 unless told otherwise. */
  orderTicketsMax?: number
  /** How many tickets one command may list: 10,000 unless told otherwise. */
  listingTicketsMax?: number
  /** The card processor: a sandbox with its book in the data directory unless told otherwise. `StripeGateway` takes real money. */
  gateway?: PaymentGateway | StripeGateway
  /** Where time comes from: the machine's clock, steadied, unless told otherwise. */
  clock?: ManualClock | Clock
  /** Makes ids that are the same in every run, for tests; two box offices of one seed make the same ids. */
  seed?: number
  /** The key that sessions are signed with, at least 32 bytes: one that is kept in the data directory unless told otherwise. */
  jwtKey?: Buffer
  /** Keys whose sessions are still accepted. */
  previousJwtKeys?: Buffer[]
  /** How long a session lasts: 7 days unless told otherwise. */
  sessionLengthMs?: number
  /** The currency of prices that name none: USD unless told otherwise. */
  defaultCurrency?: string
  /** How long a payment waits before it answers that the outcome is not yet known: 10 seconds unless told otherwise. */
  answerPaymentWithinMs?: number
  /** How many payments may wait for the card processor: 10,000 unless told otherwise. */
  pendingPaymentsMax?: number
  /** How long one call of the card processor may take: 30 seconds unless told otherwise. */
  gatewayTimeoutMs?: number
  /** How long to wait before asking what became of a charge, at first and at most. */
  reconcileAfterMs?: [first: number, most: number]
  /** After how long a charge that the card processor never heard of counts as failed: a minute unless told otherwise. */
  unknownChargeAfterMs?: number
  /** How many commands may wait: 16,384 unless told otherwise. */
  queueLen?: number
  /** Whether a command that finds the queue full is refused instead of waiting for a place: not unless told otherwise. */
  refuseWhenFull?: boolean
}

/**
 * A box office: it signs people in, lists tickets, locks them, takes the money, and keeps every fact.
 *
 * Its promises are fulfilled once the outcome is durable. Any number may be awaited at once, and share one write to the disk.
 */
export declare class BoxOffice {
  private constructor()
  /**
   * Opens the directory, or makes a box office there. Rejects with `UnavailableError` with `journal.in_use` if it is open already, in
   * this process (another worker thread too) or another.
   */
  static open(path: string | URL, options?: Options): Promise<BoxOffice>
  /**
   * Gives `visit` every record of the journal in a directory that comes before the first damage, each checked by the chain of hashes; one
   * after the other, when the promise that it returned is fulfilled. Works where `open` refuses, also on a file that was cut off or whose
   * index is broken.
   *
   * Nothing in the directory is changed or created, and nobody may write to it meanwhile. Stops when `visit` returns `false` or throws.
   * Rejects with `UnavailableError` if the file can't be read at all; damage is no error but part of the result.
   */
  static salvage(path: string | URL, visit: (record: JournalRecord) => unknown, options?: WaitOptions): Promise<Salvage>
  /** Who people are: sign-up, sign-in, sessions. */
  readonly auth: Auth
  /** What is for sale. */
  readonly tickets: Tickets
  /** Holds and purchases. */
  readonly orders: Orders
  /** Charges and refunds. */
  readonly payments: Payments
  /** Whose the money is: balances, statements, payouts. */
  readonly ledger: Ledger
  /** The facts themselves. */
  readonly journal: Journal
  /** Figures about the engine right now. */
  stats(): Promise<Stats>
  /** Whether commands are taken. */
  isReady(): boolean
  /** The engine's own time, which never runs backwards. */
  now(): Promise<Date>
  /** Makes the files as small as they can be, while nobody writes. Gives whether that made any smaller. */
  compact(): Promise<boolean>
  /**
   * Takes no more commands, waits until all that were taken are durable, and lets go of the directory. Calls that come later reject
   * with `ClosedError`; to close twice is fine.
   */
  close(): Promise<void>
  /** `await using`: closes at the end of the block. */
  [Symbol.asyncDispose](): Promise<void>
  /** `using`: begins to close at the end of the block, without waiting. */
  [Symbol.dispose](): void
}

/** Runs the conformance suite of gateways. Rejects with an `Error` that lists what the gateway does wrong. */
export declare function checkGateway(
  gateway: PaymentGateway | StripeGateway,
  tokens: { chargedToken: string; declinedToken: string },
): Promise<void>

/** One thing that is wrong; `field` is the one field at fault, such as `price` or `tickets[2].title`. */
export interface Fault {
  message: string
  field?: string
}

/**
 * The error of every operation. Each subclass is one kind and tells what to do next; `code` tells exactly what happened, and never
 * changes its meaning.
 */
export declare class BoxOfficeError extends Error {
  constructor(code: string, errors: Fault[], options?: { retryAfterMs?: number; cause?: unknown })
  /** A stable code, such as `ticket.locked`. */
  readonly code: string
  /** The HTTP status of the kind. */
  readonly statusCode: number
  /** What is wrong, one entry a fault. */
  readonly errors: Fault[]
  /** How long to wait before asking again, if that is known. */
  readonly retryAfterMs?: number
  /** The `errors` of the common error shape, as every host shows them. */
  serializeErrors(): Fault[]
}
/** The input is wrong: correct it. */
export declare class ValidationError extends BoxOfficeError {}
/** Nobody is signed in, or the credentials are wrong: sign in. */
export declare class UnauthenticatedError extends BoxOfficeError {}
/** The card was declined: try another. */
export declare class PaymentDeclinedError extends BoxOfficeError {}
/** Somebody else may do this, but not you: give up. */
export declare class ForbiddenError extends BoxOfficeError {}
/** There is no such thing: give up. */
export declare class NotFoundError extends BoxOfficeError {}
/** The thing is not in a state that allows this: look at it again. */
export declare class ConflictError extends BoxOfficeError {}
/** The thing has changed since you read it: read it again. */
export declare class PreconditionFailedError extends BoxOfficeError {}
/** The idempotency key was used for something else: take a new one. */
export declare class IdempotencyMismatchError extends BoxOfficeError {}
/** Too often: wait for `retryAfterMs`. */
export declare class TooManyRequestsError extends BoxOfficeError {}
/** A fault of ours; the outcome is unknown. */
export declare class InternalError extends BoxOfficeError {}
/** Not now; the outcome is unknown if a command was under way: ask again with the same key. */
export declare class UnavailableError extends BoxOfficeError {}
/** The box office is closed. */
export declare class ClosedError extends UnavailableError {}
