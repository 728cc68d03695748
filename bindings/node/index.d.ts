// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.
/// <reference lib="esnext.disposable" />
import type { Clock, ManualClock } from './lib/clock.js'
import type { ErrorCode } from './lib/codes.js'
import { BoxOfficeError } from './lib/errors.js'
import type { JournalRecord, Subscription } from './lib/feeds.js'
import type { PaymentGateway, StripeGateway } from './lib/gateway.js'
import type { FeePolicy, Money, SignedMoney, WaitOptions } from './lib/inputs.js'
import type { Logger } from './lib/log.js'

export * from './events.js'
export * from './lib/clock.js'
export * from './lib/codes.js'
export * from './lib/errors.js'
export * from './lib/feeds.js'
export * from './lib/gateway.js'
export * from './lib/http.js'
export * from './lib/inputs.js'
export * from './lib/log.js'

/** Why what a seller is owed has changed. */
export type BalanceEntryKind =
  /** A buyer paid. */
  | 'sale'
  /** Money went back. */
  | 'refund'
  /** The buyer's bank took money back, and the buyer keeps it. */
  | 'dispute_lost'
  /** The seller was paid. */
  | 'payout'

/** Why an order was cancelled. */
export type CancelReason =
  /** Its buyer wanted so. */
  | 'buyer'
  /** The money was not taken. */
  | 'payment_failed'

/** Where a charge is in its life. */
export type ChargeStatus =
  /** The gateway's answer is not known yet. */
  | 'pending'
  /** The money is set aside and about to be captured. */
  | 'authorized'
  /** The money was taken. */
  | 'succeeded'
  /** The money was not taken. */
  | 'failed'
  /** Money is being given back, all of it or a part. */
  | 'refunding'
  /** All of the money was given back. */
  | 'refunded'
  /** The money was set aside too late and is being released. */
  | 'voiding'
  /** The money was set aside too late and was released. */
  | 'voided'
  /** The money came too late, and it is not decided what becomes of it. */
  | 'late'
  /** The money came too late and pays another order. */
  | 'transferred'
  /** The money came too late and could not be given back: an operator has to see to it. */
  | 'escalated'
  /** The money came too late, and an operator has decided that the platform keeps it. */
  | 'kept'

/** Where a dispute is in its life. */
export type DisputeStatus =
  /** It is not clear yet whose the money is. */
  | 'open'
  /** The money came back from the buyer's bank. */
  | 'won'
  /** The buyer keeps the money. */
  | 'lost'

/** What may be done with money that comes for an order that has ended. */
export type LateMoneyStep =
  /** The tickets are sold to the buyer after all, by a new order, if all are still free, cost the same and may be theirs. */
  | 'retake'
  /** The money is given back, or released if it is only set aside. */
  | 'return'
  /** An operator sees to it. */
  | 'escalate'

/** Where an order is in its life. */
export type OrderStatus =
  /** It holds its tickets until its deadline. */
  | 'created'
  /** It holds its tickets until the gateway's answer is known. */
  | 'awaiting_payment'
  /** It is paid, its tickets are sold. */
  | 'complete'
  /** It ended without payment. */
  | 'cancelled'
  /** It ended at its deadline. */
  | 'expired'

/** Why money is given back. */
export type RefundReason =
  /** The seller or an operator asked for it. */
  | 'requested'
  /** The money was taken for an order that had ended. */
  | 'late'
  /** Somebody did it at the card processor's. */
  | 'elsewhere'

/** Where a refund is in its life. */
export type RefundStatus =
  /** The gateway has not confirmed it yet. */
  | 'pending'
  /** The money was given back. */
  | 'done'
  /** The gateway refused it for good. */
  | 'failed'

/** What became of money that was nobody's. */
export type Resolution =
  /** The buyer has it back by another way, such as a bank transfer. */
  | 'returned_elsewhere'
  /** The platform keeps it. */
  | 'kept'

/** Sorts tickets. Tickets that are equal in it follow the order of their ids. */
export type TicketSort =
  /** Last listed first: `newest`. */
  | 'newest'
  /** First listed first: `oldest`. */
  | 'oldest'
  /** Cheapest first, by the number of major units whatever the currency: `price`. */
  | 'price'
  /** Dearest first: `-price`. */
  | '-price'
  /** Soonest show first, tickets without one last: `startsAt`. */
  | 'startsAt'
  /** Farthest show first, tickets without one last: `-startsAt`. */
  | '-startsAt'

/** Where a ticket is in its life. */
export type TicketStatus =
  /** For sale. */
  | 'available'
  /** Held by an open order. */
  | 'locked'
  /** Bought and paid. */
  | 'sold'
  /** Taken off sale by its seller. */
  | 'withdrawn'

/** Selects tickets by their state. */
export type TicketStatusFilter =
  /** Available, or locked and so perhaps available again soon: `onSale`. */
  | 'onSale'
  /** For sale. */
  | 'available'
  /** Held by an open order. */
  | 'locked'
  /** Bought and paid. */
  | 'sold'
  /** Taken off sale by its seller. */
  | 'withdrawn'
  /** In any state: `all`. */
  | 'all'

/** What is tried with money that comes for an order that has ended, in this order, such as `'retake,return'`. */
export type LateMoneyPolicy =
  | LateMoneyStep
  | `${LateMoneyStep},${LateMoneyStep}`
  | `${LateMoneyStep},${LateMoneyStep},${LateMoneyStep}`

/** Sums up a seller's entries in one currency. */
export interface Balance {
  /**
   * What the seller is to get: sold less refunded, fees and paid out. Below zero if money of sales that were paid out already went
   * back to their buyers.
   */
  owed: SignedMoney
  /** What buyers have paid for the seller's tickets. */
  sold: SignedMoney
  /** What of that went back to them. */
  refunded: SignedMoney
  /** What the platform has kept of the rest. */
  fees: SignedMoney
  /** What the seller got. */
  paidOut: SignedMoney
}

/** An entry of the ledger, as its seller sees it. */
export interface BalanceEntry {
  /** The number of the entry in the ledger. */
  number: number
  /** When it came to be. */
  at: Date
  /** Why money moved. */
  kind: BalanceEntryKind
  /** The order, of sales and refunds. */
  orderId?: string
  /** The payout, if it is one. */
  payoutId?: string
  /** By what the payout is found at the bank. */
  reference?: string
  /** By how much the seller is owed more: below zero for refunds and payouts. */
  amount: SignedMoney
  /** What the platform keeps more: below zero if it gives back. */
  fee: SignedMoney
  /** Returns what the buyer paid, or, below zero, got back: amount and fee together. */
  gross: SignedMoney
}

/** One attempt to take the money of one order. */
export interface Charge {
  /** The charge's id; the gateway's idempotency key. */
  id: string
  /** The order. */
  orderId: string
  /** What is taken. */
  amount: Money
  /** Where it is in its life. */
  status: ChargeStatus
  /** The gateway's name. */
  gateway: string
  /** The gateway's own name for the charge. */
  reference?: string
  /** Why it failed, in words that a buyer may read. */
  failure?: string
  /** Whether the money came for an order that had ended. */
  late: boolean
  /** What was given back, or is to be, in the order in which it was begun. */
  refunds: Refund[]
  /** What the buyer's bank took back, in the order in which it did. */
  disputes: Dispute[]
  /** The order that the money pays instead, if it came late and its buyer could still have the tickets. */
  transferredTo?: string
  /** When it was started. */
  createdAt: Date
  /** When it last changed. */
  updatedAt: Date
  /** Returns how much was given back; `undefined` while nothing was. */
  refunded?: Money
}

/** Money of a charge that the buyer's bank took back. */
export interface Dispute {
  /** The gateway's own name for it. */
  reference: string
  /** How much. */
  amount: Money
  /** Why, in the gateway's words. */
  reason: string
  /** Where it is in its life. */
  status: DisputeStatus
}

/** A failure of the storage or of the card processor. */
export interface LastError {
  /** When it happened, by the box office's clock. */
  at: Date
  /** What failed, and the whole chain of causes: up to 1,000 characters. */
  message: string
}

/** Metrics of the engine at one moment: cheap to ask for, so that they can be scraped. */
export interface Metrics {
  /** How many commands wait. */
  queueLen: number
  /** How many commands can wait. */
  queueCapacity: number
  /** How many orders hold tickets. */
  openOrders: number
  /** How long the most overdue hold has been waiting for its expiry to be recorded. */
  expiryLagMs: number
  /** The number of the last durable record. */
  headSeq: number
  /** How many users there are, erased ones included. */
  users: number
  /** How many tickets are for sale. */
  ticketsAvailable: number
  /** How many tickets are held by open orders. */
  ticketsLocked: number
  /** How many changed entities wait for the next checkpoint. */
  checkpointLag: number
  /** How many charges and refunds wait for the card processor. */
  pendingPayments: number
  /** The last failure of the storage or of the card processor since the box office was opened, none if nothing has failed. */
  lastError?: LastError
}

/** One buyer's claim on tickets, then their purchase. */
export interface Order {
  /** The order's id. */
  id: string
  /** Who buys. */
  buyerId: string
  /** Where it is in its life. */
  status: OrderStatus
  /** Why it was cancelled, if it was. */
  cancelReason?: CancelReason
  /** The sum of the prices. */
  total: Money
  /** When the hold ends unless a payment has started. */
  expiresAt: Date
  /** The tickets as they were at the moment of the lock. */
  tickets: OrderedTicket[]
  /** The attempt to take the money, once there is one. */
  charge?: Charge
  /** 1 when created, one more after every event of the order or its charge. */
  version: number
  /** When it was created. */
  createdAt: Date
  /** When it last changed. */
  updatedAt: Date
}

/** A ticket as it was when an order locked it. */
export interface OrderedTicket {
  /** The ticket. */
  id: string
  /** Who sells it. */
  sellerId: string
  /** What it was called. */
  title: string
  /** What it cost; what the buyer pays. */
  price: Money
  /** The ticket's version after the lock. */
  version: number
}

/** A payout as it was recorded. */
export interface Payout {
  /** Its id. */
  id: string
  /** Who was paid. */
  sellerId: string
  /** How much. */
  amount: Money
  /** By what it is found at the bank. */
  reference: string
  /** When it was recorded. */
  recordedAt: Date
}

/** The platform's accounts in one currency: they come to zero. */
export interface PlatformBalance {
  /** What the card processor, or the bank behind it, has. */
  processor: SignedMoney
  /** What buyers' banks have until it is clear whose it is. */
  disputed: SignedMoney
  /** What of both all sellers are owed. */
  sellers: SignedMoney
  /** What of both the platform has earned. */
  fees: SignedMoney
  /** What of both came for orders that had ended, and is nobody's yet. */
  late: SignedMoney
  /** Returns what there is less all that is owed of it: always zero. */
  difference: SignedMoney
}

/** Something that is wrong with a journal. */
export interface Problem {
  /** The record, or the one that should be there. */
  seq: number
  /** What is wrong. */
  what: string
}

/** What was brought out of a journal, and what was not. */
export interface Recovery {
  /** How many records were brought out: those with the numbers 1 to this one. */
  records: number
  /**
   * How many of them, the last ones, the database no longer lists: they were found by searching the file for what follows by its hash.
   * Records of a last transaction that was never finished, and so never acknowledged, may be among them.
   */
  searched: number
  /** The first record that is missing, and what is wrong; `undefined` if the journal is whole. */
  damage?: Problem
}

/** Money of a charge that was given back, or is to be. */
export interface Refund {
  /** The refund's id; the gateway's idempotency key. */
  id: string
  /** How much. */
  amount: Money
  /** Where it is in its life. */
  status: RefundStatus
  /** Why. */
  reason: RefundReason
  /** The gateway's own name for it. */
  reference?: string
  /** Whether the tickets are sold anew once it is done. */
  returnToSale: boolean
}

/** A session as its token tells it, checked. */
export interface Session {
  /** Who is signed in. */
  readonly userId: string
  /** The session. */
  readonly sessionId: string
  /** When the session ends by itself. */
  readonly expiresAt: Date
  /** Whether the user is an operator right now. */
  readonly operator: boolean
}

/** What people attend: a concert, a match, a play. */
export interface Show {
  /** What it is called. */
  name: string
  /** Its kind, such as `concert`. */
  category?: string
  /** Where it takes place. */
  venue?: string
  /** When it starts; from then on its tickets can't be ordered. */
  startsAt: Date
}

/** A user with a session. */
export interface SignedIn {
  /** The user. */
  user: User
  /** The session's token, to be shown with every request. */
  token: string
  /** The session. */
  session: Session
}

/** One place at one show, listed by a seller at a price. */
export interface Ticket {
  /** The ticket's id. */
  id: string
  /** Who sells it. */
  sellerId: string
  /** What it is called. */
  title: string
  /** What it costs. */
  price: Money
  /** What it lets its holder attend. */
  show?: Show
  /** Where in the venue its place is. */
  seat?: string
  /** Where it is in its life. */
  status: TicketStatus
  /** 1 when listed, one more after every change: edit, lock, release, sale, withdrawal. */
  version: number
  /** When it was listed. */
  createdAt: Date
  /** When it last changed. */
  updatedAt: Date
}

/** A user, as the user themself may see it. */
export interface User {
  /** The user's id. */
  id: string
  /** The email as it was typed. */
  email: string
  /** Whether the user is an operator. */
  operator: boolean
  /** When the user signed up. */
  createdAt: Date
  /** 1 after sign-up, one more after every change. */
  version: number
}

/** What a check of the journal found. */
export interface VerifyReport {
  /** How many records are in order. */
  records: number
  /** The hash of the last of them: the fingerprint of all that came before. */
  head: string
  /** How many users were created. */
  users: number
  /** How many tickets were listed. */
  tickets: number
  /** How many orders were created. */
  orders: number
  /** How many charges took money. */
  charges: number
  /** How many records each event has. */
  byEvent: Record<string, number>
  /** What is wrong, in the order of the journal. The check ends at the first record that does not follow from those before. */
  problems: Problem[]
  /** Whether nothing is wrong. */
  isClean: boolean
}

/** A page of a listing. A page may be short, even empty, and yet have a next one. */
export interface BalanceEntryPage {
  /** The entries. */
  items: BalanceEntry[]
  /** The cursor of the next page; none on the last. */
  next?: string
}

/** A page of a listing. A page may be short, even empty, and yet have a next one. */
export interface OrderPage {
  /** The entries. */
  items: Order[]
  /** The cursor of the next page; none on the last. */
  next?: string
}

/** A page of a listing. A page may be short, even empty, and yet have a next one. */
export interface TicketPage {
  /** The entries. */
  items: Ticket[]
  /** The cursor of the next page; none on the last. */
  next?: string
}

/** Selects the entries of an account, newest first. By default 50 a page. */
export interface LedgerQuery {
  /** How many entries a page has at most. */
  limit?: number
  /** The place after which the page starts: `next` of the page before. */
  cursor?: string
}

/** A payout as an operator gives it in. */
export interface NewPayout {
  /** A decimal number in major units, with at most as many decimals as the currency has. */
  amount: string
  /** An ISO 4217 code, such as `EUR`; the box office's default currency if there is none. */
  currency?: string
  /** By what it is found at the bank: 1 to 100 characters. */
  reference: string
}

/** What people attend, as a seller describes it. */
export interface NewShow {
  /** 1 to 200 characters. */
  name: string
  /** 1 to 40 lower-case letters, digits and hyphens, such as `concert`. */
  category?: string
  /** 1 to 200 characters. */
  venue?: string
  /** When it starts, in RFC 3339. */
  startsAt: string | Date
}

/** A ticket as its seller lists it. */
export interface NewTicket {
  /** 1 to 200 characters. */
  title: string
  /** A decimal number in major units, such as `19.99`, with at most as many decimals as the currency has. */
  price: string
  /** An ISO 4217 code, such as `EUR`; the box office's default currency if there is none. */
  currency?: string
  /** What it lets its holder attend. */
  show?: NewShow
  /** 1 to 100 characters. */
  seat?: string
}

/** Selects a buyer's orders, newest first. By default all of them, 50 a page. */
export interface OrderQuery {
  /** The state that is listed; all of them if there is none. */
  status?: OrderStatus
  /** How many orders a page has at most. */
  limit?: number
  /** The place after which the page starts: `next` of the page before. */
  cursor?: string
}

/** Selects and sorts tickets. By default those on sale, newest first, 50 a page. */
export interface TicketQuery {
  /** The states that are listed. */
  status?: TicketStatusFilter
  /** The seller whose tickets are listed; everybody's if there is none. */
  seller?: string
  /** The words that every listed ticket has. */
  q?: string
  /** The category of the show. */
  category?: string
  /** The currency of the price. */
  currency?: string
  /** The lowest price, in major units whatever the currency. */
  minPrice?: string
  /** The highest price, in major units whatever the currency. */
  maxPrice?: string
  /** The order of the list. */
  sort?: TicketSort
  /** How many tickets a page has at most. */
  limit?: number
  /** The place after which the page starts: `next` of a page of the same sort. */
  cursor?: string
}

/** The new title, price and show of a ticket. */
export interface TicketUpdate {
  /** 1 to 200 characters. */
  title: string
  /** A decimal number in major units of the ticket's currency. */
  price: string
  /** The new show; `undefined` leaves it as it is. */
  show?: NewShow
  /** The version that the ticket must have; `undefined` for any. */
  expectedVersion?: number
}

export interface CommandOptions extends WaitOptions {
  /**
   * Names the next command, so that it may be sent again: the same user giving the same command under the same key within 24 hours
   * gets the first answer again, and nothing is done twice. Another command under the key is refused with `IdempotencyMismatchError`
   * (`command.key_reused`).
   */
  idempotencyKey?: string
}

export interface RefundOptions extends CommandOptions {
  returnToSale: boolean
}

export interface SignInOptions extends WaitOptions {
  /** Where the attempt comes from; an address that guesses is slowed down. */
  client?: string
}

export interface UserChanges {
  /** The new email. */
  email?: string
  /** The new password: 8 to 128 characters. */
  password?: string
}

export interface WithdrawOptions extends CommandOptions {
  expectedVersion?: number
}

/** Everything that can be chosen about a box office; what is left out is as the core has it. */
export interface Options {
  /** Sets how long an order holds its tickets: 15 minutes by default. */
  holdMs?: number
  /** Sets what the platform keeps of each ticket that is paid from now on: nothing by default. What was paid before keeps its fees. */
  fees?: FeePolicy
  /** Sets the card processor: by default the `Sandbox`, with its book in the data directory. */
  gateway?: PaymentGateway | StripeGateway
  /** Sets where time comes from: `SystemClock` by default. */
  clock?: ManualClock | Clock
  /** Makes ids that are the same in every run, for tests; two box offices of one seed make the same ids. */
  seed?: number
  /** Sets the keys that sessions are signed with: by default one that is made once and kept in the data directory. */
  jwtKey?: Buffer
  /** Keys whose sessions are still accepted. */
  previousJwtKeys?: Buffer[]
  /** Sets how long a session lasts: 7 days by default. */
  sessionLengthMs?: number
  /** Sets the currency of prices that name none: US dollars by default. */
  defaultCurrency?: string
  /** Sets how long a payment waits for the card processor before it answers that the outcome is not known yet: 10 seconds by default. */
  answerPaymentWithinMs?: number
  /**
   * Sets how many payments may wait for the card processor before new ones are refused with `UnavailableError`
   * (`payment.unavailable`): 10,000 by default.
   */
  pendingPaymentsMax?: number
  /** Sets how long one call of the card processor may take before its outcome is looked up: 30 seconds by default. */
  gatewayTimeoutMs?: number
  /**
   * Sets how long to wait before the card processor is asked what became of a charge, at first and at most: 500 milliseconds and one
   * minute by default. The wait doubles each time.
   */
  reconcileAfterMs?: [first: number, most: number]
  /**
   * Sets after how long a charge that the card processor never heard of counts as failed: one minute by default. It must be longer
   * than a request can be on its way.
   */
  unknownChargeAfterMs?: number
  /** Sets how many commands may wait: 16,384 by default. */
  queueLen?: number
  /**
   * Sets whether a command that finds the queue full is refused with `UnavailableError` (`engine.overloaded`), as a server wants it,
   * instead of waiting for a place, as an embedder does: `false` by default.
   */
  refuseWhenFull?: boolean
  /** How many open orders one buyer may have: 10 by default. */
  openOrdersMax?: number
  /** How many tickets one order may have: 10 by default. */
  orderTicketsMax?: number
  /** How many tickets one command may list: 10,000 by default. */
  listingTicketsMax?: number
  /**
   * What is tried, in this order, with money that comes for an order that has ended: `retake,return,escalate` unless told otherwise.
   * `retake` sells the buyer the tickets after all, `return` gives the money back, `escalate` leaves it to an operator; that is also
   * the last resort.
   */
  lateMoney?: LateMoneyPolicy
  /** Hears of failures and of what is worth knowing: by default warnings of the process, for failures alone. */
  logger?: Logger
}

/** Signs people up, in and out, and keeps their accounts. */
export interface Auth {
  /**
   * Creates a user and begins a session.
   *
   * Emails are unique regardless of case. The password is hashed with Argon2id outside the writer.
   *
   * Rejects with `ValidationError`; `ConflictError` (`auth.email_taken`); `UnavailableError` (`engine.overloaded`) if too many
   * passwords wait to be hashed; `IdempotencyMismatchError` (`command.key_reused`).
   */
  signUp(email: string, password: string, options?: CommandOptions): Promise<SignedIn>
  /**
   * Begins a session for a user who has signed up before.
   *
   * It takes as long, and fails in the same way, whether the email is unknown or the password is wrong. After a few failures further
   * attempts must wait, by account and by client address.
   *
   * Rejects with `UnauthenticatedError` (`auth.invalid_credentials`); `TooManyRequestsError` (`rate.limited`), with the time to wait;
   * `UnavailableError` (`engine.overloaded`) if too many passwords wait to be checked.
   */
  signIn(email: string, password: string, options?: SignInOptions): Promise<SignedIn>
  /**
   * Returns the session that a token stands for. It reads memory only, so that it can be called with every request.
   *
   * Rejects with `UnauthenticatedError` (`auth.required`) for whatever is wrong with the token: malformed, signed with another key,
   * expired, revoked, of an earlier password.
   */
  authenticate(token: string): Promise<Session>
  /**
   * Returns the user of a session.
   *
   * Rejects with `UnauthenticatedError` (`auth.required`) if the user was erased; `UnavailableError` (`journal.unavailable`) if the
   * vault can't be read.
   */
  currentUser(session: Session): Promise<User>
  /**
   * Ends a session for good: its token is refused from then on, also from somebody who stole it.
   *
   * Rejects with `UnauthenticatedError` (`auth.required`) if the user was erased.
   */
  signOut(session: Session): Promise<void>
  /**
   * Changes the user's email or password. A new password ends every other session; this one goes on under the new token.
   *
   * Rejects with `ValidationError`; `UnauthenticatedError` (`auth.invalid_credentials`) if the current password is wrong;
   * `ConflictError` (`auth.email_taken`); `TooManyRequestsError` (`rate.limited`) after a few wrong passwords; `UnauthenticatedError`
   * (`auth.required`) if the session has ended in the meantime.
   */
  updateUser(session: Session, currentPassword: string, changes: UserChanges): Promise<SignedIn>
  /**
   * Deletes the user's personal data for good. The journal stays whole: it names users by id only.
   *
   * Rejects with `UnauthenticatedError` (`auth.invalid_credentials`) if the password is wrong; `ConflictError` (`auth.still_trading`)
   * while the user has tickets on sale or open orders; `TooManyRequestsError` (`rate.limited`); `UnauthenticatedError`
   * (`auth.required`).
   */
  eraseUser(session: Session, currentPassword: string): Promise<void>
  /**
   * Gives the operator role to the user with this email, or takes it. For administrators at the machine: hosts must not offer it to
   * users.
   *
   * Rejects with `ValidationError` for a malformed email; `NotFoundError` (`auth.user_not_found`).
   */
  setOperator(email: string, operator: boolean): Promise<User>
}

/** Lists, changes and finds tickets. */
export interface Tickets {
  /**
   * Lists a ticket for sale.
   *
   * Rejects with `ValidationError`; `UnauthenticatedError` (`auth.required`) if there is no such user; `IdempotencyMismatchError`
   * (`command.key_reused`).
   */
  create(sellerId: string, ticket: NewTicket, options?: CommandOptions): Promise<Ticket>
  /**
   * Lists up to 10,000 tickets for sale, all or none, and returns them in the given order.
   *
   * Rejects with `ValidationError`, with fields such as `tickets[2].price`; `UnauthenticatedError` (`auth.required`) if there is no
   * such user; `IdempotencyMismatchError` (`command.key_reused`).
   */
  createMany(sellerId: string, tickets: NewTicket[], options?: CommandOptions): Promise<Ticket[]>
  /**
   * Changes a ticket's title, price and, if given, show. Only its seller can, and only while it is available.
   *
   * Rejects with `ValidationError`, `NotFoundError` (`ticket.not_found`), `ForbiddenError` (`ticket.not_yours`), `ConflictError`
   * (`ticket.locked`, `ticket.sold`, `ticket.withdrawn`), `PreconditionFailedError` (`ticket.version_mismatch`),
   * `IdempotencyMismatchError` (`command.key_reused`).
   */
  update(sellerId: string, ticketId: string, update: TicketUpdate, options?: CommandOptions): Promise<Ticket>
  /**
   * Takes a ticket off sale for good. Only its seller can, and only while it is available.
   *
   * Rejects with `NotFoundError` (`ticket.not_found`), `ForbiddenError` (`ticket.not_yours`), `ConflictError` (`ticket.locked`,
   * `ticket.sold`, `ticket.withdrawn`), `PreconditionFailedError` (`ticket.version_mismatch`), `IdempotencyMismatchError`
   * (`command.key_reused`).
   */
  withdraw(sellerId: string, ticketId: string, options?: WithdrawOptions): Promise<void>
  /**
   * Returns a ticket as of the last durable batch.
   *
   * Rejects with `NotFoundError` (`ticket.not_found`); `UnavailableError` (`journal.unavailable`) if the views' file can't be read.
   */
  get(ticketId: string): Promise<Ticket>
  /**
   * Returns a page of tickets: those on sale unless the query names another status.
   *
   * Rejects with `ValidationError`, for each field that is wrong; `UnavailableError` (`journal.unavailable`) if the views' file can't
   * be read.
   */
  list(query?: TicketQuery): Promise<TicketPage>
  /**
   * Streams all tickets that the query asks for, from its cursor on, a page of its limit at a time.
   *
   * The list is no snapshot: each page shows the tickets as of the last durable batch when it is read. A ticket that does not change
   * meanwhile comes exactly once. One that is listed, sold, withdrawn or moved in the sort order meanwhile may come or not, and comes
   * twice if it moves from before the place that was reached to behind it.
   *
   * Polling never waits: a page is read at once, as by `tickets.list`.
   *
   * Fails as `tickets.list`, as the last item.
   */
  iter(query?: TicketQuery, options?: WaitOptions): AsyncIterableIterator<Ticket>
}

/** Holds tickets for buyers, and finds their orders. */
export interface Orders {
  /**
   * Locks 1 to 10 tickets of one currency for a buyer, all or none, until the order's `expiresAt`.
   *
   * Of any number of buyers at once, exactly one gets a ticket.
   *
   * Rejects with `ValidationError` for no tickets, too many, or one twice; `NotFoundError` (`ticket.not_found`), `ForbiddenError`
   * (`order.own_ticket`), `ConflictError` (`ticket.locked`, `ticket.sold`, `ticket.withdrawn`, `ticket.show_started`),
   * `ValidationError` (`order.mixed_currencies`, `order.total_too_large`), `ConflictError` (`order.too_many_open`);
   * `UnauthenticatedError` (`auth.required`) if there is no such user; `IdempotencyMismatchError` (`command.key_reused`).
   */
  create(buyerId: string, ticketIds: string[], options?: CommandOptions): Promise<Order>
  /**
   * Cancels an order and frees its tickets at once. Only its buyer can, and only before a payment has started.
   *
   * Rejects with `NotFoundError` (`order.not_found`), `ForbiddenError` (`order.not_yours`), `ConflictError` (`order.payment_pending`,
   * `order.already_paid`, `order.cancelled`, `order.expired`), `IdempotencyMismatchError` (`command.key_reused`).
   */
  cancel(buyerId: string, orderId: string, options?: CommandOptions): Promise<void>
  /**
   * Returns a buyer's own order as of the last durable batch.
   *
   * Rejects with `NotFoundError` (`order.not_found`), `ForbiddenError` (`order.not_yours`); `UnavailableError` (`journal.unavailable`)
   * if the views' file can't be read.
   */
  get(buyerId: string, orderId: string): Promise<Order>
  /**
   * Returns a page of a buyer's orders, the newest first.
   *
   * Rejects with `ValidationError`, for each field that is wrong; `UnavailableError` (`journal.unavailable`) if the views' file can't
   * be read.
   */
  list(buyerId: string, query?: OrderQuery): Promise<OrderPage>
  /**
   * Streams all of a buyer's orders that the query asks for, from its cursor on, a page of its limit at a time.
   *
   * The list is no snapshot: each page shows the orders as of the last durable batch when it is read. Every order comes at most once.
   * Orders that are created meanwhile do not come, because the newest come first.
   *
   * Polling never waits: a page is read at once, as by `orders.list`.
   *
   * Fails as `orders.list`, as the last item.
   */
  iter(buyerId: string, query?: OrderQuery, options?: WaitOptions): AsyncIterableIterator<Order>
}

/** Takes money for orders, and gives it back. */
export interface Payments {
  /**
   * Takes the money of an order: records the intent, asks the card processor, records its answer.
   *
   * The returned charge is `succeeded`, and then the order is complete; or still `pending`, if the outcome was not known in time. Then
   * the order keeps its tickets until the card processor has answered, which `payments.get` shows. An order is charged at most once,
   * whatever happens.
   *
   * Rejects with `ValidationError` for a malformed token; `PaymentDeclinedError` (`payment.declined`), after which the order is
   * cancelled; `NotFoundError` (`order.not_found`), `ForbiddenError` (`order.not_yours`), `ConflictError` (`order.payment_pending`,
   * `order.already_paid`, `order.cancelled`, `order.expired`); `UnavailableError` (`payment.unavailable`) if too many payments wait
   * for the card processor; `IdempotencyMismatchError` (`command.key_reused`).
   */
  pay(buyerId: string, orderId: string, token: string, options?: CommandOptions): Promise<Charge>
  /**
   * Returns a charge, for the order's buyer, the tickets' sellers and operators.
   *
   * Rejects with `NotFoundError` (`payment.not_found`), `ForbiddenError` (`payment.not_yours`); `UnavailableError`
   * (`journal.unavailable`) if the views' file can't be read.
   */
  get(userId: string, chargeId: string): Promise<Charge>
  /**
   * Returns the secret with which the buyer's page goes on with a payment, if the card processor waits for the buyer to do something,
   * such as to confirm it with their bank. For the buyer alone.
   *
   * The order keeps its tickets until its deadline; then the charge is given up.
   *
   * Rejects with `NotFoundError` (`payment.not_found`), `ForbiddenError` (`payment.not_yours`); `UnavailableError`
   * (`journal.unavailable`) if the views' file can't be read.
   */
  clientSecret(buyerId: string, chargeId: string): Promise<string | null>
  /**
   * Gives back all that is left of the money of a complete order. Its tickets go back on sale if `returnToSale` is `true`.
   *
   * Operators can, and a seller who sold all tickets of the order. Operators can also try again to give back money that is escalated.
   * The returned charge is `refunded`, or still `refunding` if the card processor has not confirmed it in time; it is then asked until
   * it does. If it refuses for good, the refund is `failed`, and the charge is as before.
   *
   * Rejects with `NotFoundError` (`order.not_found`), `ForbiddenError` (`order.not_yours`), `ConflictError` (`payment.not_refundable`,
   * `payment.already_refunded`, `payment.return_needs_full_refund`) if a bank has taken some of the money back;
   * `IdempotencyMismatchError` (`command.key_reused`).
   */
  refund(actorId: string, orderId: string, options: RefundOptions): Promise<Charge>
  /**
   * Gives back a part of the money of a complete order, such as `5.00`, in the order's currency. The tickets stay sold.
   *
   * However many refunds there are, and however many at once, their sum is never more than the charge took. Permissions and statuses
   * are those of `payments.refund`.
   *
   * Rejects with `ValidationError` for a malformed amount; `NotFoundError` (`order.not_found`), `ForbiddenError` (`order.not_yours`),
   * `ConflictError` (`payment.not_refundable`, `payment.already_refunded`, `payment.refund_too_large`), `IdempotencyMismatchError`
   * (`command.key_reused`).
   */
  refundPart(actorId: string, orderId: string, amount: string, options?: CommandOptions): Promise<Charge>
  /**
   * Returns the charges whose money belongs to no order and could not be given back, the oldest first. For operators, who settle them
   * by `payments.refund` or `payments.resolve`.
   *
   * Rejects with `ForbiddenError` (`auth.operator_required`).
   */
  escalated(actorId: string): Promise<Charge[]>
  /**
   * Records what became of money that was escalated, with a note of up to 500 characters. For operators.
   *
   * Rejects with `ValidationError` for a note that is too long; `ForbiddenError` (`auth.operator_required`), `NotFoundError`
   * (`order.not_found`), `ConflictError` (`payment.not_escalated`), `IdempotencyMismatchError` (`command.key_reused`).
   */
  resolve(actorId: string, orderId: string, resolution: Resolution, note: string, options?: CommandOptions): Promise<Charge>
  /**
   * Returns `true` if the messages of this card processor are for this box office: if it is the gateway's name, but for the `-test` of
   * a processor's test mode.
   */
  takesWebhooksOf(processor: string): boolean
  /**
   * Records a message (webhook) of the card processor, given as it came, with the names of its headers in lower case.
   *
   * Once it returns, the message's content is durable; the same message again changes nothing. A message that does not concern this
   * box office, such as one of an unknown kind or about somebody else's charge, is accepted and ignored. Messages may come in any
   * order; one that comes too early is refused, and accepted when the processor sends it again.
   *
   * Rejects with `ValidationError` (`payment.notice_refused`) if the message does not come from the card processor, is too old or
   * can't be read; `UnavailableError` (`payment.unavailable`) if the card processor has to be asked about it and does not answer: it
   * will send it again; `NotFoundError` (`payment.not_found`), `ConflictError` (`payment.not_refundable`, `payment.refund_too_large`)
   * if the message does not fit what is known.
   */
  receiveWebhook(headers: Record<string, string | string[] | undefined> | Iterable<[string, string]>, body: Uint8Array | string): Promise<void>
}

/** Reads balances and entries of the ledger, and records payouts. */
export interface Ledger {
  /**
   * Returns what a seller is owed, and the sums behind it, one entry a currency; none for somebody who never sold anything. For the
   * seller, operators and the system.
   *
   * Rejects with `ForbiddenError` (`auth.operator_required`) for anybody else; `NotFoundError` (`auth.user_not_found`).
   */
  balance(actorId: string, sellerId: string): Promise<Balance[]>
  /**
   * Returns a page of the entries that make the balance, the newest first.
   *
   * Rejects as `ledger.balance`; `ValidationError` with an entry for each field of the query that is wrong; `UnavailableError`
   * (`journal.unavailable`) if the views' file can't be read.
   */
  entries(actorId: string, sellerId: string, query?: LedgerQuery): Promise<BalanceEntryPage>
  /**
   * Streams all entries that make the balance, from the query's cursor on, a page of its limit at a time.
   *
   * Entries never change. Those that are posted meanwhile do not come, because the newest come first; all others come exactly once.
   *
   * Polling never waits: a page is read at once, as by `ledger.entries`.
   *
   * Fails as `ledger.entries`, as the last item.
   */
  iter(actorId: string, sellerId: string, query?: LedgerQuery, options?: WaitOptions): AsyncIterableIterator<BalanceEntry>
  /**
   * Returns all entries that make the balance, the newest first, as CSV by RFC 4180 in parts: first the header, then up to 100 lines
   * at a time, read when they are asked for.
   *
   * Amounts are exact decimals; text that a spreadsheet would take for a formula has an apostrophe before it.
   *
   * Fails as `ledger.balance`; `UnavailableError` (`journal.unavailable`) in the middle if the views' file can't be read any more.
   */
  statementCsv(actorId: string, sellerId: string, options?: WaitOptions): AsyncIterableIterator<string>
  /**
   * Returns the platform's accounts, one entry a currency in the order of the codes. For operators and the system.
   *
   * Rejects with `ForbiddenError` (`auth.operator_required`) for anybody else.
   */
  platform(actorId: string): Promise<PlatformBalance[]>
  /**
   * Records that a seller was paid what they are owed, or a part of it. For operators and the system. It moves no money: the bank
   * does, before or after.
   *
   * Rejects with `ValidationError`; `ForbiddenError` (`auth.operator_required`), `NotFoundError` (`auth.user_not_found`),
   * `ConflictError` (`payout.exceeds_balance`), `IdempotencyMismatchError` (`command.key_reused`).
   */
  recordPayout(actorId: string, sellerId: string, payout: NewPayout, options?: CommandOptions): Promise<Payout>
}

/** Reads, follows, checks and copies the journal. Reading takes nothing from the writer. */
export interface Journal {
  /**
   * Returns the number of the last durable record; 0 if there is none.
   *
   * Rejects with `UnavailableError` (`journal.unavailable`), `ClosedError` (`engine.closed`).
   */
  head(): Promise<number>
  /**
   * Returns at most `limit` records, and at most 10,000, from number `from` on. The first record has number 1.
   *
   * Rejects with `UnavailableError` (`journal.unavailable`), `InternalError` (`journal.damaged`), `ClosedError` (`engine.closed`).
   */
  read(fromSeq: number, limit: number): Promise<JournalRecord[]>
  /**
   * Iterates over the records from number `from` to the last durable one, read in parts; records that are appended meanwhile come,
   * too.
   *
   * It ends where the journal ends at that moment; `journal.subscribe` goes on.
   *
   * Fails as `journal.read`, as the last item.
   */
  iter(fromSeq: number, options?: WaitOptions): AsyncIterableIterator<JournalRecord>
  /** Follows the journal from number `from` on: history first, then live, every record once and in order. */
  subscribe(fromSeq: number, options?: WaitOptions): Subscription
  /**
   * Replays the whole journal and checks it: that no record is missing, altered or out of order, that each follows from those before
   * it by the rules, and that the vault fits. Calls `progress` with the number of records checked and of all.
   *
   * Rejects with `UnavailableError` (`journal.unavailable`) if it can't be read at all; `ClosedError` (`engine.closed`) if the box
   * office closes meanwhile. Damage is no error but part of the report.
   */
  verify(progress?: (done: number, total: number) => void, options?: WaitOptions): Promise<VerifyReport>
  /**
   * Writes a copy of everything durable, as it is at one moment, to a new directory that opens as a box office of its own. Writers go
   * on. Calls `progress` with the number of records copied and of all. Returns the number of the last record that is in it.
   *
   * The session key and the checkpoint are left out: the first is a secret to keep elsewhere, the other is made anew.
   *
   * Rejects with `ValidationError` if the directory exists and is not empty; `UnavailableError` (`journal.unavailable`) if it can't be
   * written.
   */
  backup(directory: string | URL, progress?: (done: number, total: number) => void, options?: WaitOptions): Promise<number>
}

/** The operations of `payments` that the box office does in its own name. */
export interface SystemPayments {
  /**
   * Gives back all that is left of the money of a complete order. Its tickets go back on sale if `returnToSale` is `true`.
   *
   * Operators can, and a seller who sold all tickets of the order. Operators can also try again to give back money that is escalated.
   * The returned charge is `refunded`, or still `refunding` if the card processor has not confirmed it in time; it is then asked until
   * it does. If it refuses for good, the refund is `failed`, and the charge is as before.
   *
   * Rejects with `NotFoundError` (`order.not_found`), `ForbiddenError` (`order.not_yours`), `ConflictError` (`payment.not_refundable`,
   * `payment.already_refunded`, `payment.return_needs_full_refund`) if a bank has taken some of the money back;
   * `IdempotencyMismatchError` (`command.key_reused`).
   */
  refund(orderId: string, options: RefundOptions): Promise<Charge>
  /**
   * Gives back a part of the money of a complete order, such as `5.00`, in the order's currency. The tickets stay sold.
   *
   * However many refunds there are, and however many at once, their sum is never more than the charge took. Permissions and statuses
   * are those of `payments.refund`.
   *
   * Rejects with `ValidationError` for a malformed amount; `NotFoundError` (`order.not_found`), `ForbiddenError` (`order.not_yours`),
   * `ConflictError` (`payment.not_refundable`, `payment.already_refunded`, `payment.refund_too_large`), `IdempotencyMismatchError`
   * (`command.key_reused`).
   */
  refundPart(orderId: string, amount: string, options?: CommandOptions): Promise<Charge>
  /**
   * Returns the charges whose money belongs to no order and could not be given back, the oldest first. For operators, who settle them
   * by `payments.refund` or `payments.resolve`.
   *
   * Rejects with `ForbiddenError` (`auth.operator_required`).
   */
  escalated(): Promise<Charge[]>
  /**
   * Records what became of money that was escalated, with a note of up to 500 characters. For operators.
   *
   * Rejects with `ValidationError` for a note that is too long; `ForbiddenError` (`auth.operator_required`), `NotFoundError`
   * (`order.not_found`), `ConflictError` (`payment.not_escalated`), `IdempotencyMismatchError` (`command.key_reused`).
   */
  resolve(orderId: string, resolution: Resolution, note: string, options?: CommandOptions): Promise<Charge>
}

/** The operations of `ledger` that the box office does in its own name. */
export interface SystemLedger {
  /**
   * Returns what a seller is owed, and the sums behind it, one entry a currency; none for somebody who never sold anything. For the
   * seller, operators and the system.
   *
   * Rejects with `ForbiddenError` (`auth.operator_required`) for anybody else; `NotFoundError` (`auth.user_not_found`).
   */
  balance(sellerId: string): Promise<Balance[]>
  /**
   * Returns a page of the entries that make the balance, the newest first.
   *
   * Rejects as `ledger.balance`; `ValidationError` with an entry for each field of the query that is wrong; `UnavailableError`
   * (`journal.unavailable`) if the views' file can't be read.
   */
  entries(sellerId: string, query?: LedgerQuery): Promise<BalanceEntryPage>
  /**
   * Streams all entries that make the balance, from the query's cursor on, a page of its limit at a time.
   *
   * Entries never change. Those that are posted meanwhile do not come, because the newest come first; all others come exactly once.
   *
   * Polling never waits: a page is read at once, as by `ledger.entries`.
   *
   * Fails as `ledger.entries`, as the last item.
   */
  iter(sellerId: string, query?: LedgerQuery, options?: WaitOptions): AsyncIterableIterator<BalanceEntry>
  /**
   * Returns all entries that make the balance, the newest first, as CSV by RFC 4180 in parts: first the header, then up to 100 lines
   * at a time, read when they are asked for.
   *
   * Amounts are exact decimals; text that a spreadsheet would take for a formula has an apostrophe before it.
   *
   * Fails as `ledger.balance`; `UnavailableError` (`journal.unavailable`) in the middle if the views' file can't be read any more.
   */
  statementCsv(sellerId: string, options?: WaitOptions): AsyncIterableIterator<string>
  /**
   * Returns the platform's accounts, one entry a currency in the order of the codes. For operators and the system.
   *
   * Rejects with `ForbiddenError` (`auth.operator_required`) for anybody else.
   */
  platform(): Promise<PlatformBalance[]>
  /**
   * Records that a seller was paid what they are owed, or a part of it. For operators and the system. It moves no money: the bank
   * does, before or after.
   *
   * Rejects with `ValidationError`; `ForbiddenError` (`auth.operator_required`), `NotFoundError` (`auth.user_not_found`),
   * `ConflictError` (`payout.exceeds_balance`), `IdempotencyMismatchError` (`command.key_reused`).
   */
  recordPayout(sellerId: string, payout: NewPayout, options?: CommandOptions): Promise<Payout>
}

/** What `BoxOffice.asSystem` returns. */
export interface System {
  /** Returns the operations on charges and refunds. */
  readonly payments: SystemPayments
  /** Returns the operations on the ledger: balances, statements and payouts. */
  readonly ledger: SystemLedger
}

/**
 * A box office: signs people in, lists tickets, locks them, takes the money, and keeps every fact.
 *
 * Cheap to clone and safe to share between threads: all clones are one box office. Its methods return once the outcome is durable. A
 * command whose future is dropped after its first poll may or may not have been decided; give it an idempotency key to ask again.
 *
 * Async methods run on any executor; `BoxOffice.blocking` has the same for callers without one.
 */
export declare class BoxOffice {
  private constructor()
  /**
   * Opens the box office that is kept in a directory, or makes one there, with the defaults of `Options`.
   *
   * Blocks until the journal's tail is replayed, and whatever fell due while it was closed has expired.
   *
   * Rejects with `UnavailableError` (`journal.in_use`) if it is open already, here or in another process; `UnavailableError`
   * (`journal.newer_format`) if a newer version wrote it; `InternalError` (`journal.damaged`); `UnavailableError`
   * (`journal.unavailable`) if the storage fails.
   */
  static open(path: string | URL, options?: Options): Promise<BoxOffice>
  /**
   * Gives `visit` every record of the journal in a directory that comes before the first damage, each checked by the chain of hashes.
   * Works where `BoxOffice.open` refuses, also on a file that was cut off or whose index is broken.
   *
   * Nothing in the directory is changed or created, and nobody may write to it meanwhile. Stops when `visit` breaks.
   *
   * Rejects with `UnavailableError` (`journal.unavailable`) if the file can't be read at all. Damage is no error but part of the
   * result.
   */
  static recover(path: string | URL, visit: (record: JournalRecord) => unknown, options?: WaitOptions): Promise<Recovery>
  /** Returns the operations on users: sign-up, sign-in, sessions. */
  readonly auth: Auth
  /** Returns the operations on tickets. */
  readonly tickets: Tickets
  /** Returns the operations on orders: holds and purchases. */
  readonly orders: Orders
  /** Returns the operations on charges and refunds. */
  readonly payments: Payments
  /** Returns the operations on the ledger: balances, statements and payouts. */
  readonly ledger: Ledger
  /** Returns the reader of the journal. */
  readonly journal: Journal
  /** Returns metrics of the engine right now. */
  metrics(): Promise<Metrics>
  /** Returns `true` if commands are taken. */
  isReady(): boolean
  /** Returns the engine's own time, which never runs backwards. */
  now(): Promise<Date>
  /**
   * Reclaims unused disk space in the directory's files; returns `true` if any was freed. It blocks.
   *
   * Files grow by what is written and keep the room of what is replaced, to use it again; so this is of use once much has gone for
   * good: after a backlog of a million changes was checkpointed, when a long history was replayed, or when a long journal that was
   * restored or came from an earlier version has moved its old records to the archive. In a file of several gigabytes it takes
   * minutes, and commands wait meanwhile: do it while nobody sells.
   *
   * A crash in the middle leaves files that are good: each of its steps is a transaction like any other. The next opening then walks
   * the whole file once.
   *
   * Rejects with `UnavailableError` (`journal.unavailable`) while somebody reads the journal or a long listing: nothing has changed
   * then, try again later.
   */
  compact(): Promise<boolean>
  /**
   * Closes the box office: takes no more commands, waits until all that were taken are decided and durable, and lets go of the
   * directory.
   *
   * Payments whose outcome is not known by then are taken up when the directory is opened again. Other clones get `ClosedError`
   * (`engine.closed`) from then on; closing twice is fine.
   *
   * Rejects with `UnavailableError` (`journal.unavailable`) if the last checkpoint can't be written; nothing is lost by that but time
   * at the next opening.
   */
  close(): Promise<void>
  /**
   * Returns the operations that the box office does in its own name, without a user: refunds, payouts and the like.
   *
   * They are for the programs of whoever runs the box office, never for what a request asks for.
   */
  asSystem(): System
  /** `await using`: closes at the end of the block. */
  [Symbol.asyncDispose](): Promise<void>
  /** `using`: begins to close at the end of the block, without waiting. */
  [Symbol.dispose](): void
}

/** The input is wrong: correct it. Status 400. */
export declare class ValidationError extends BoxOfficeError {}

/** Nobody is signed in, or the credentials are wrong: sign in. Status 401. */
export declare class UnauthenticatedError extends BoxOfficeError {}

/** The card was declined: try another. Status 402. */
export declare class PaymentDeclinedError extends BoxOfficeError {}

/** Somebody else may do this, but not you: give up. Status 403. */
export declare class ForbiddenError extends BoxOfficeError {}

/** There is no such thing: give up. Status 404. */
export declare class NotFoundError extends BoxOfficeError {}

/** The thing is not in a state that allows this: look at it again. Status 409. */
export declare class ConflictError extends BoxOfficeError {}

/** The thing has changed since you read it: read it again. Status 412. */
export declare class PreconditionFailedError extends BoxOfficeError {}

/** The idempotency key was used for something else: take a new one. Status 422. */
export declare class IdempotencyMismatchError extends BoxOfficeError {}

/** Too often: wait for `retryAfter`. Status 429. */
export declare class TooManyRequestsError extends BoxOfficeError {}

/** A fault of ours; the outcome is unknown. Status 500. */
export declare class InternalError extends BoxOfficeError {}

/** Not now; the outcome is unknown if a command was under way: ask again with the same key. Status 503. */
export declare class UnavailableError extends BoxOfficeError {}

/** The box office is closed. */
export declare class ClosedError extends UnavailableError {}
