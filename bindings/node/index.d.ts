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
export * from './lib/cluster.js'
export * from './lib/codes.js'
export * from './lib/errors.js'
export * from './lib/feeds.js'
export * from './lib/gateway.js'
export * from './lib/http.js'
export * from './lib/inputs.js'
export * from './lib/log.js'

/** What the answer to a command waits for, in a cluster. */
export type Acknowledgement =
  /** The stream: the disks of a majority of its servers have it. */
  | 'stream'
  /** The stream, and the disk of another host that votes. */
  | 'second_host'

/** Reason why the amount that a seller is owed changed. */
export type BalanceEntryKind =
  /** A buyer paid. */
  | 'sale'
  /** Money went back to the buyer. */
  | 'refund'
  /** The buyer's bank took money back, and the buyer keeps it. */
  | 'dispute_lost'
  /** The seller was paid. */
  | 'payout'

/** Reason why an order was cancelled. */
export type CancelReason =
  /** The buyer cancelled it. */
  | 'buyer'
  /** The money was not taken. */
  | 'payment_failed'

/** Status of a charge. */
export type ChargeStatus =
  /** The gateway's answer is not known yet. */
  | 'pending'
  /** The money is authorized and about to be captured. */
  | 'authorized'
  /** The money was taken. */
  | 'succeeded'
  /** The money was not taken. */
  | 'failed'
  /** All or part of the money is being given back. */
  | 'refunding'
  /** All of the money was given back. */
  | 'refunded'
  /** The money was authorized too late and is being voided. */
  | 'voiding'
  /** The money was authorized too late and was voided. */
  | 'voided'
  /** The money came too late, and its use is not decided. */
  | 'late'
  /** The money came too late and pays another order. */
  | 'transferred'
  /** The money came too late and could not be given back. An operator has to resolve it. */
  | 'escalated'
  /** The money came too late, and an operator decided that the platform keeps it. */
  | 'kept'

/** Status of a dispute. */
export type DisputeStatus =
  /** The dispute is not decided yet. */
  | 'open'
  /** The money came back from the buyer's bank. */
  | 'won'
  /** The buyer keeps the money. */
  | 'lost'

/** State of a host of a cluster. */
export type HostState =
  /** Catching up: it neither votes nor answers. */
  | 'blank'
  /** Follows the host that writes. */
  | 'follower'
  /** Asks the other hosts for their consent to write. */
  | 'candidate'
  /** Writes. */
  | 'writer'
  /** Takes nothing new, and ends. */
  | 'leaving'
  /** Has met what can't be, answers nothing, and waits for an operator. */
  | 'alarm'

/** Step that may be taken with money that comes for an order that has ended. */
export type LateMoneyStep =
  /** Sells the tickets to the buyer after all, by a new order, if all are still available, cost the same, and the buyer may order them. */
  | 'retake'
  /** Gives the money back, or voids it if it is only authorized. */
  | 'return'
  /** Leaves the money to an operator. */
  | 'escalate'

/** Status of an order. */
export type OrderStatus =
  /** The order holds its tickets until its deadline. */
  | 'created'
  /** The order holds its tickets until the gateway's answer is known. */
  | 'awaiting_payment'
  /** The order is paid and its tickets are sold. */
  | 'complete'
  /** The order ended without payment. */
  | 'cancelled'
  /** The order ended at its deadline. */
  | 'expired'

/** Reason for a refund. */
export type RefundReason =
  /** The seller or an operator requested it. */
  | 'requested'
  /** The money was taken for an order that had ended. */
  | 'late'
  /** It was made at the card processor. */
  | 'elsewhere'

/** Status of a refund. */
export type RefundStatus =
  /** The gateway has not confirmed it yet. */
  | 'pending'
  /** The money was given back. */
  | 'done'
  /** The gateway permanently refused it. */
  | 'failed'

/** Outcome of escalated late money. */
export type Resolution =
  /** The buyer got it back by another way, such as a bank transfer. */
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

/** Status of a ticket. */
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

/** Steps to try, in order, with money that arrives for an order that has ended, such as `'retake,return'`. */
export type LateMoneyPolicy =
  | LateMoneyStep
  | `${LateMoneyStep},${LateMoneyStep}`
  | `${LateMoneyStep},${LateMoneyStep},${LateMoneyStep}`

/** Sums of a seller's entries in one currency. */
export interface Balance {
  /**
   * Amount that the seller is owed: sold less refunded, fees and paid out. Negative if money went back to buyers after it was paid
   * out.
   */
  owed: SignedMoney
  /** Amount that buyers have paid for the seller's tickets. */
  sold: SignedMoney
  /** Part of `sold` that went back to buyers. */
  refunded: SignedMoney
  /** Fees that the platform has kept of the rest. */
  fees: SignedMoney
  /** Amount that the seller was paid. */
  paidOut: SignedMoney
}

/** An entry of the ledger, as its seller sees it. */
export interface BalanceEntry {
  /** Number of the entry in the ledger. */
  number: number
  /** Time of the entry. */
  at: Date
  /** Reason why money moved. */
  kind: BalanceEntryKind
  /** Order, for entries about one. */
  orderId?: string
  /** Payout, if the entry is one. */
  payoutId?: string
  /** Reference by which the bank identifies the payout. */
  reference?: string
  /** Change of the amount that the seller is owed: negative for refunds and payouts. */
  amount: SignedMoney
  /** Change of the platform's fee: negative if it gives a fee back. */
  fee: SignedMoney
  /** Returns the amount that the buyer paid, or got back if negative: the sum of amount and fee. */
  gross: SignedMoney
}

/** One attempt to take the money of one order. */
export interface Charge {
  /** Id of the charge, which is the gateway's idempotency key. */
  id: string
  /** Id of the order. */
  orderId: string
  /** Amount that is taken. */
  amount: Money
  /** Status of the charge. */
  status: ChargeStatus
  /** Name of the gateway. */
  gateway: string
  /** Gateway's reference for the charge. */
  reference?: string
  /** Reason why it failed, in words that a buyer may read. */
  failure?: string
  /** `true` if the money came for an order that had ended. */
  late: boolean
  /** Refunds of all statuses, in the order in which they were started. */
  refunds: Refund[]
  /** Money that the buyer's bank took back, in the order in which it did. */
  disputes: Dispute[]
  /** Order that the money pays instead, if it came late and its buyer could still have the tickets. */
  transferredTo?: string
  /** Time at which it was started. */
  createdAt: Date
  /** Time of the last change. */
  updatedAt: Date
  /** Returns `true` if no money was taken because the shop's payments are not set up right: no other card would help. */
  isMisconfigured: boolean
  /** Returns the amount that was given back; `undefined` if it is zero. */
  refunded?: Money
}

/** A host as another one knows it. */
export interface ClusterHost {
  /** Id of the host: of its data directory. */
  id: string
  /** Name of the host; none if it has not joined. */
  name?: string
  /** `true` if it votes for the host that writes. */
  voter: boolean
  /** `true` if it writes, by its own word. */
  writes: boolean
  /** Number of the last message that it has read; none if it was not heard. */
  message?: number
  /** Time since it was heard; none if it was not. */
  heardAgoMs?: number
  /** Milliseconds by which its clock is ahead of this host's; negative if it is behind. */
  clockAheadMs: number
}

/** State of a host, and of what it knows of its cluster. */
export interface ClusterStatus {
  /** Id of this host: of its data directory. */
  host: string
  /** State of this host. */
  state: HostState
  /** Host that writes, by the last claim that this host has read. */
  writer: string
  /** Number of that claim. */
  epoch: number
  /** Number of the last message of the journal that this host has read. */
  message: number
  /** Number of the last message that this host's views include. */
  applied: number
  /** Name of the stream. */
  stream: string
  /** All hosts, this one included. */
  hosts: ClusterHost[]
  /** Reason why this host must not be asked now; none if it may be. */
  unready?: string
  /** What is wrong with the servers or the stream. */
  findings: string[]
}

/** Money of a charge that the buyer's bank took back. */
export interface Dispute {
  /** Gateway's reference for the dispute. */
  reference: string
  /** Disputed amount. */
  amount: Money
  /** Reason, in the gateway's words. */
  reason: string
  /** Status of the dispute. */
  status: DisputeStatus
}

/** A host of a cluster. */
export interface Host {
  /** Id of the host: of its data directory. */
  id: string
  /** Name of the host. */
  name: string
  /** `true` if it votes for the host that writes. */
  voter: boolean
  /** `true` if it has left. */
  left: boolean
  /** Version: 1 after it joined for the first time, incremented by every change. */
  version: number
  /** Time at which it joined for the first time. */
  joinedAt: Date
  /** Time of the last change. */
  updatedAt: Date
  /** Returns `true` if the host has joined and votes. */
  votes: boolean
}

/** Identity of the history that a journal records. */
export interface JournalHistory {
  /** Id of the history. A backup gets another one when it is made, so that followers of the original notice that it was restored. */
  id: string
  /** Number of the last record that the journal shares with every history that it was restored from; `undefined` if it never was. */
  common?: number
}

/** A failure of the storage or of the card processor. */
export interface LastError {
  /** When it happened, by the box office's clock. */
  at: Date
  /** What failed, and the whole chain of causes: up to 1,000 characters. */
  message: string
}

/** Metrics of the engine at one moment. Reading them is cheap, so they can be scraped. */
export interface Metrics {
  /** Number of commands that wait. */
  queueLen: number
  /** Maximum number of commands that can wait. */
  queueCapacity: number
  /** Number of orders that hold tickets. */
  openOrders: number
  /** Time for which the most overdue hold has waited for its expiry to be recorded. */
  expiryLagMs: number
  /** Number of the last durable record. */
  headSeq: number
  /** Number of users, including erased ones. */
  users: number
  /** Number of tickets on sale. */
  ticketsAvailable: number
  /** Number of tickets held by open orders. */
  ticketsLocked: number
  /** Number of changed entities that wait for the next checkpoint. */
  checkpointLag: number
  /** Number of charges and refunds that wait for the card processor. */
  pendingPayments: number
  /** The last failure of the storage or of the card processor since the box office was opened, none if nothing has failed. */
  lastError?: LastError
}

/** One buyer's claim on tickets, then their purchase. */
export interface Order {
  /** Id of the order. */
  id: string
  /** Buyer of the tickets. */
  buyerId: string
  /** Status of the order. */
  status: OrderStatus
  /** Reason why it was cancelled, if it was. */
  cancelReason?: CancelReason
  /** Sum of the prices. */
  total: Money
  /** Time at which the hold ends unless a payment has started. */
  expiresAt: Date
  /** Tickets as they were when the order locked them. */
  tickets: OrderedTicket[]
  /** Attempt to take the money, once there is one. */
  charge?: Charge
  /** Version: 1 when created, incremented by every event of the order or its charge. */
  version: number
  /** Time at which it was created. */
  createdAt: Date
  /** Time of the last change. */
  updatedAt: Date
}

/** A ticket as it was when an order locked it. */
export interface OrderedTicket {
  /** Id of the ticket. */
  id: string
  /** Seller of the ticket. */
  sellerId: string
  /** Title of the ticket at that time. */
  title: string
  /** Price at that time, which the buyer pays. */
  price: Money
  /** Version of the ticket after the lock. */
  version: number
}

/** A recorded payout. */
export interface Payout {
  /** Id of the payout. */
  id: string
  /** Seller who was paid. */
  sellerId: string
  /** Amount paid. */
  amount: Money
  /** Reference by which the bank identifies the payout. */
  reference: string
  /** Time at which it was recorded. */
  recordedAt: Date
}

/** Accounts of the platform in one currency. They sum to zero. */
export interface PlatformBalance {
  /** Money that the card processor, or the bank behind it, holds. */
  processor: SignedMoney
  /** Money that buyers' banks hold until disputes are closed. */
  disputed: SignedMoney
  /** Part of both that all sellers are owed. */
  sellers: SignedMoney
  /** Part of both that the platform has earned. */
  fees: SignedMoney
  /** Part of both that came for orders that had ended, and belongs to nobody yet. */
  late: SignedMoney
  /** Returns the money held less all money owed: always zero. */
  difference: SignedMoney
}

/** A problem of a journal. */
export interface Problem {
  /** Number of the record, or of the one that should be there. */
  seq: number
  /** Description of the problem. */
  what: string
}

/** Result of recovering records from a journal. */
export interface Recovery {
  /** Number of recovered records. They have the numbers 1 to this one. */
  records: number
  /**
   * Number of recovered records, the last ones, that the database no longer lists. They were found by searching the file for records
   * that continue the chain of hashes. They may include records of a last transaction that was never finished, and so never
   * acknowledged.
   */
  searched: number
  /** First missing record, and the reason; `undefined` if the journal is complete. */
  damage?: Problem
}

/** Money of a charge that was given back, is being given back, or was refused. */
export interface Refund {
  /** Id of the refund, which is the gateway's idempotency key. */
  id: string
  /** Amount of the refund. */
  amount: Money
  /** Status of the refund. */
  status: RefundStatus
  /** Reason for the refund. */
  reason: RefundReason
  /** Gateway's reference for the refund. */
  reference?: string
  /** `true` if the tickets go back on sale once the refund is done. */
  returnToSale: boolean
}

/** A session, read from a checked token. */
export interface Session {
  /** Id of the signed-in user. */
  readonly userId: string
  /** Id of the session. */
  readonly sessionId: string
  /** Time at which the session expires. */
  readonly expiresAt: Date
  /** `true` if the user is an operator now. */
  readonly operator: boolean
}

/** An event that people attend: a concert, a match, a play. */
export interface Show {
  /** Name of the show. */
  name: string
  /** Kind of show, such as `concert`. */
  category?: string
  /** Place of the show. */
  venue?: string
  /** Time at which the show starts. From then on its tickets can't be ordered. */
  startsAt: Date
}

/** A user with a session. */
export interface SignedIn {
  /** Signed-in user. */
  user: User
  /** Token of the session, to be sent with every request. */
  token: string
  /** Session of the user. */
  session: Session
}

/** One place at one show, listed by a seller at a price. */
export interface Ticket {
  /** Id of the ticket. */
  id: string
  /** Seller of the ticket. */
  sellerId: string
  /** Title of the ticket. */
  title: string
  /** Price of the ticket. */
  price: Money
  /** Show that the ticket is for. */
  show?: Show
  /** Label of the seat in the venue. */
  seat?: string
  /** Status of the ticket. */
  status: TicketStatus
  /** Version: 1 when listed, incremented by every change: edit, lock, release, sale, return to sale, withdrawal. */
  version: number
  /** Time at which it was listed. */
  createdAt: Date
  /** Time of the last change. */
  updatedAt: Date
}

/** A user, as the user themself sees it. */
export interface User {
  /** Id of the user. */
  id: string
  /** Email as typed. */
  email: string
  /** `true` if the user is an operator. */
  operator: boolean
  /** Time of sign-up. */
  createdAt: Date
  /** Version: 1 after sign-up, incremented by every change. */
  version: number
}

/** Result of verifying a journal. */
export interface VerifyReport {
  /** Number of records that are valid. */
  records: number
  /** Hash of the last valid record, which is a fingerprint of all records up to it. */
  head: string
  /** Number of users created. */
  users: number
  /** Number of tickets listed. */
  tickets: number
  /** Number of orders created. */
  orders: number
  /** Number of charges that took money. */
  charges: number
  /** Number of records of each event. */
  byEvent: Record<string, number>
  /** Problems, in the order of the journal. The check ends at the first record that does not follow from those before it. */
  problems: Problem[]
  /** Returns `true` if there are no problems. */
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

/** A payout as an operator enters it. */
export interface NewPayout {
  /** Amount: a decimal number in major units, with at most as many decimals as the currency has. */
  amount: string
  /** ISO 4217 code of the currency, such as `EUR`; the box office's default currency if there is none. */
  currency?: string
  /** Reference by which the bank identifies the payout: 1 to 100 characters. */
  reference: string
}

/** A show as a seller describes it. */
export interface NewShow {
  /** Name: 1 to 200 characters. */
  name: string
  /** Category: 1 to 40 lower-case letters, digits and hyphens, such as `concert`. */
  category?: string
  /** Venue: 1 to 200 characters. */
  venue?: string
  /** Time at which the show starts, in RFC 3339. */
  startsAt: string | Date
}

/** A ticket as its seller lists it. */
export interface NewTicket {
  /** Title: 1 to 200 characters. */
  title: string
  /** Price: a decimal number in major units, such as `19.99`, with at most as many decimals as the currency has. */
  price: string
  /** ISO 4217 code of the currency, such as `EUR`; the box office's default currency if there is none. */
  currency?: string
  /** Show that the ticket is for. */
  show?: NewShow
  /** Seat: 1 to 100 characters. */
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

/** The new title and price of a ticket, and what becomes of its show and seat. */
export interface TicketUpdate {
  /** Title: 1 to 200 characters. */
  title: string
  /** Price: a decimal number in major units of the ticket's currency. */
  price: string
  /** The new show: left as it is unless it is set or cleared. */
  show?: NewShow | null
  /** The new seat, 1 to 100 characters: left as it is unless it is set or cleared. */
  seat?: string | null
  /** Version that the ticket must have; `undefined` accepts any version. */
  expectedVersion?: number
}

export interface CommandOptions extends WaitOptions {
  /**
   * Sets the idempotency key of the next command, so that it can be repeated: if a user repeats a command with its key within 24
   * hours, it returns the first answer and changes nothing. A different command with the key is refused with
   * `IdempotencyMismatchError` (`command.key_reused`).
   */
  idempotencyKey?: string
}

export interface RefundOptions extends CommandOptions {
  returnToSale: boolean
}

export interface SignInOptions extends WaitOptions {
  /** Address of the client. Addresses with many failed attempts must wait. */
  client?: string
}

export interface UserChanges {
  /** New email, if it changes. */
  email?: string
  /** New password, if it changes: 8 to 128 characters. */
  password?: string
}

export interface WithdrawOptions extends CommandOptions {
  expectedVersion?: number
}

/**
 * Options of a host of a cluster: where its servers are, and what it is among the others.
 *
 * All hosts share the journal of one NATS `JetStream` stream, which `initCluster` makes, and the key that signs sessions. Each has a
 * data directory of its own with a full copy.
 */
export interface ClusterOptions {
  /**
   * Creates options with the addresses of the servers, such as `nats://nats-0:4222`, or `tls://…` to insist on TLS. One is enough to
   * find the others; all of them help while one is down.
   */
  servers: string[]
  /** Sets the file with this host's token and key at the servers, as `nsc` makes it. */
  credentialsFile?: string
  /** Sets the file with the seed of this host's nkey at the servers. */
  nkeyFile?: string
  /** Sets the user and password of this host at the servers. An address may name them, too: `nats://user:password@nats-0:4222`. */
  user?: [user: string, password: string]
  /** Sets the file with the certificates of the authorities to trust: those of the machine by default. */
  certificateAuthorities?: string
  /** Sets the files with this host's own certificate and key, for servers that ask for one. */
  clientCertificate?: [certificate: string, key: string]
  /**
   * Sets the addresses of the servers' monitoring, such as `http://nats-0:8222`: port 8222 of each server by default.
   *
   * Only there the servers say whether they sync every write to their disks. A host refuses to start on servers that don't, or if it
   * can't ask a majority of them.
   */
  monitoring?: string[]
  /** Sets the name of this host, for people: by default one that is made of its id. */
  hostName?: string
  /** Sets whether this host would rather write than the others would: `false` by default. */
  preferredWriter?: boolean
  /**
   * Sets whether this host votes for the host that writes, and may write: `true` by default.
   *
   * A majority of the voters has to be there for a host to begin to write. A host whose directory does not outlive its process should
   * not vote: it would be a new voter at each start.
   */
  votes?: boolean
  /**
   * Sets whether this host joins the cluster by itself: `true` by default.
   *
   * One that does not follows the journal, serves reads and forwards commands as any other; it has neither a name nor a vote until an
   * operator lets it join by `cluster.join`, and stays a member from then on.
   */
  joins?: boolean
  /**
   * Sets whether this host has the card processor's keys: `true` by default, and `gateway` sets the card processor.
   *
   * A host without them is given no gateway. If it writes, it asks the card processor by way of a host that has them; while there is
   * none, charges wait. It takes the card processor's messages, and shows its buyers what they have to do, as the others do.
   */
  payments?: boolean
  /**
   * Sets what a command's answer waits for: by default for the stream alone, which loses nothing while a majority of its servers has
   * its disks.
   *
   * `second_host` waits until another host that votes has it durably, too. That keeps sales that were answered even if the host that
   * writes and the end of the stream are lost together. It costs a sync of that host's disk for each batch. Give it to all hosts: the
   * one that writes goes by its own. While no other host that votes is there, nothing is answered: callers hear after 15 seconds that
   * the outcome is unknown, and the host that writes is not ready. While no other host votes at all, the stream alone is waited for.
   */
  acknowledge?: Acknowledgement
  /** Sets the number of servers that have the stream, for `initCluster`: 3 by default. */
  replicas?: number
  /**
   * Sets the time for which opening waits until this host has what the others have: 20 seconds by default. After that it opens anyway
   * and goes on catching up; `BoxOffice.checkReady` tells when it is done.
   */
  levelWithinMs?: number
  /**
   * Sets whether the servers are for tests: `false` by default. Then they may be fewer than three, and nobody asks whether they sync
   * every write. **Such servers lose acknowledged sales** with their power.
   */
  testServers?: boolean
}

/** Everything that can be chosen about a box office; what is left out is as the core has it. */
export interface Options {
  /** Sets the duration for which an order holds its tickets: 15 minutes by default. */
  holdMs?: number
  /** Sets the fees that the platform keeps of tickets paid from now on: none by default. Past payments keep their fees. */
  fees?: FeePolicy
  /** Sets the card processor: by default the `Sandbox`, which stores its data in the data directory. */
  gateway?: PaymentGateway | StripeGateway
  /** Sets the source of time: `SystemClock` by default. */
  clock?: ManualClock | Clock
  /**
   * Sets whether a clock that is far from the journal's last time is accepted: `false` by default.
   *
   * Engine time never runs backwards, so one start with a clock that is years ahead would stay in the journal for good. Opening is
   * therefore refused with `UnavailableError` (`clock.jumped`) if the clock is more than 90 days from the journal's last record,
   * behind or ahead. Set this once, after a look at the clock, for a box office that has rested longer. Engine time goes on from the
   * last record if the clock is behind.
   */
  acceptClockJump?: boolean
  /** Makes ids that are the same in every run, for tests; two box offices of one seed make the same ids. */
  seed?: number
  /** Sets the keys that sign sessions: by default a key that is created once and stored in the data directory. */
  jwtKey?: Buffer
  /** Keys whose sessions are still accepted. */
  previousJwtKeys?: Buffer[]
  /** Sets the duration of a session: 7 days by default. */
  sessionLengthMs?: number
  /** Sets the currency of prices without a currency: US dollars by default. */
  defaultCurrency?: string
  /** Sets the maximum time that a payment waits for the card processor before it returns a pending charge: 10 seconds by default. */
  answerPaymentWithinMs?: number
  /**
   * Sets the maximum number of payments that wait for the card processor. Further payments are refused with `UnavailableError`
   * (`payment.unavailable`). The default is 10,000.
   */
  pendingPaymentsMax?: number
  /** Sets the timeout of one call of the card processor, after which its outcome is looked up: 30 seconds by default. */
  gatewayTimeoutMs?: number
  /**
   * Sets the first and the maximum wait before the card processor is asked for the outcome of a charge: 500 milliseconds and one
   * minute by default. The wait doubles each time.
   */
  reconcileAfterMs?: [first: number, most: number]
  /**
   * Sets the time after which a charge that is unknown to the card processor counts as failed: one minute by default. It must be
   * longer than a request can be in transit.
   */
  unknownChargeAfterMs?: number
  /** Sets the maximum number of commands that wait: 16,384 by default. */
  queueLen?: number
  /**
   * Sets the behaviour when the queue is full: `true` refuses the command with `UnavailableError` (`engine.overloaded`), which suits
   * servers; `false` waits for a place, which suits embedders. The default is `false`.
   */
  refuseWhenFull?: boolean
  /**
   * Makes the box office a host of a cluster: it shares its journal with other hosts. By default it is on one machine.
   *
   * The key ring has to be set, and the same for all hosts. A directory without a journal gets a copy from another host; the first
   * host's is made by `initCluster`. While another host writes, commands are given to it.
   */
  cluster?: ClusterOptions
  /** Maximum number of open orders of one buyer: 10 by default. */
  openOrdersMax?: number
  /** Maximum number of tickets of one order: 10 by default. */
  orderTicketsMax?: number
  /** Maximum number of tickets that one command may list: 10,000 by default. */
  listingTicketsMax?: number
  /**
   * Steps that are tried, in this order, with money that comes for an order that has ended: `retake,return,escalate` by default.
   * `retake` sells the tickets to the buyer after all, `return` gives the money back, and `escalate` leaves it to an operator. The
   * last resort is always `escalate`.
   */
  lateMoney?: LateMoneyPolicy
  /** Hears of failures and of what is worth knowing: by default warnings of the process, for failures alone. */
  logger?: Logger
}

/** Operations on users: sign-up, sign-in, sign-out, and changes of accounts. */
export interface Auth {
  /**
   * Creates a user and begins a session.
   *
   * Emails are unique regardless of case, and the domain is one whether it is written in its own letters or in punycode. The password
   * is prepared by the profile `OpaqueString` of RFC 8265, so that it is the same on every keyboard, and hashed with Argon2id outside
   * the writer.
   *
   * Rejects with `ValidationError`; `ConflictError` (`auth.email_taken`); `UnavailableError` (`engine.overloaded`) if too many
   * passwords wait to be hashed; `IdempotencyMismatchError` (`command.key_reused`).
   */
  signUp(email: string, password: string, options?: CommandOptions): Promise<SignedIn>
  /**
   * Begins a session for a user who has signed up before.
   *
   * It takes as long, and fails in the same way, whether the email is unknown or the password is wrong. After a few failures further
   * attempts must wait, by account and by client address. Attempts from a place from which the account was signed in to before, by its
   * address or by a device, are counted by themselves: strangers' guesses never make its owner wait there.
   *
   * Rejects with `UnauthenticatedError` (`auth.invalid_credentials`); `TooManyRequestsError` (`rate.limited`), with the time to wait;
   * `UnavailableError` (`engine.overloaded`) if too many passwords wait to be checked.
   */
  signIn(email: string, password: string, options?: SignInOptions): Promise<SignedIn>
  /**
   * Returns the session of a token. Reads memory only, so it can be called for every request.
   *
   * Rejects with `UnauthenticatedError` (`auth.required`) if the token is malformed, signed with another key, expired, revoked, or
   * older than the user's password.
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
   * Ends a session permanently. Its token is refused from then on, even if it was stolen.
   *
   * Rejects with `UnauthenticatedError` (`auth.required`) if the user was erased.
   */
  signOut(session: Session): Promise<void>
  /**
   * Changes the user's email or password. A new password ends all other sessions; this one continues with the new token.
   *
   * Rejects with `ValidationError`; `UnauthenticatedError` (`auth.invalid_credentials`) if the current password is wrong;
   * `ConflictError` (`auth.email_taken`); `TooManyRequestsError` (`rate.limited`) after a few wrong passwords; `UnauthenticatedError`
   * (`auth.required`) if the session has ended in the meantime.
   */
  updateUser(session: Session, currentPassword: string, changes: UserChanges): Promise<SignedIn>
  /**
   * Deletes the user's personal data permanently. The journal stays complete, because it names users by id only.
   *
   * Rejects with `UnauthenticatedError` (`auth.invalid_credentials`) if the password is wrong; `ConflictError` (`auth.still_trading`)
   * while the user has tickets on sale or open orders; `TooManyRequestsError` (`rate.limited`); `UnauthenticatedError`
   * (`auth.required`).
   */
  eraseUser(session: Session, currentPassword: string): Promise<void>
  /**
   * Grants the operator role to the user with this email, or revokes it. For administrators at the machine: hosts must not offer it to
   * users.
   *
   * Rejects with `ValidationError` for a malformed email; `NotFoundError` (`auth.user_not_found`).
   */
  setOperator(email: string, operator: boolean): Promise<User>
}

/** Operations on tickets: listing, editing and search. */
export interface Tickets {
  /**
   * Lists a ticket for sale.
   *
   * Rejects with `ValidationError`; `UnauthenticatedError` (`auth.required`) if there is no such user; `ConflictError`
   * (`ticket.seat_taken`) if another ticket for this seat of this show is on sale or sold, and its money was not given back;
   * `IdempotencyMismatchError` (`command.key_reused`).
   */
  create(sellerId: string, ticket: NewTicket, options?: CommandOptions): Promise<Ticket>
  /**
   * Lists up to 10,000 tickets for sale, all or none, and returns them in the given order.
   *
   * Rejects with `ValidationError`, with fields such as `tickets[2].price`, also if a seat of a show comes twice;
   * `UnauthenticatedError` (`auth.required`) if there is no such user; `ConflictError` (`ticket.seat_taken`), with the field
   * `tickets[2].seat`, if another ticket for this seat of this show is on sale or sold; `IdempotencyMismatchError`
   * (`command.key_reused`).
   */
  createMany(sellerId: string, tickets: NewTicket[], options?: CommandOptions): Promise<Ticket[]>
  /**
   * Checks whether tickets could be listed as of the last durable batch, by the very rules of `createMany`, and lists nothing: for the
   * preview of an import. Somebody else may take a seat between the two. It takes the caller's thread, and holds up nobody who sells
   * or buys.
   *
   * Rejects those of `createMany`, with the same fields, except `IdempotencyMismatchError` (`command.key_reused`): the idempotency key
   * is not used; `UnavailableError` (`journal.unavailable`) if the views' file can't be read.
   */
  checkMany(sellerId: string, tickets: NewTicket[]): Promise<void>
  /**
   * Changes a ticket's title and price and, if the update says so, its show and seat. Only its seller can, and only while it is
   * available.
   *
   * Rejects with `ValidationError`, `NotFoundError` (`ticket.not_found`), `ForbiddenError` (`ticket.not_yours`), `ConflictError`
   * (`ticket.locked`, `ticket.sold`, `ticket.withdrawn`), `PreconditionFailedError` (`ticket.version_mismatch`), `ConflictError`
   * (`ticket.seat_taken`), `IdempotencyMismatchError` (`command.key_reused`).
   */
  update(sellerId: string, ticketId: string, update: TicketUpdate, options?: CommandOptions): Promise<Ticket>
  /**
   * Moves the seller's unsold tickets of a show to another time, and returns those that moved, the first listed first.
   *
   * Shows are told apart by name, venue and start; names that look alike are one, such as `Hamlet` and `HAMLET`, and tickets keep
   * theirs. Tickets that an open order holds, and sold ones, stay as they are. One command moves at most as many tickets as one may
   * list, 10,000 by default: call again, under another idempotency key, until nothing moves.
   *
   * Rejects with `ValidationError`, with fields such as `show.name` and `startsAt`; `UnauthenticatedError` (`auth.required`) if there
   * is no such user; `ConflictError` (`ticket.seat_taken`), with the field `startsAt`, if a seat of the show at its new time is taken;
   * `IdempotencyMismatchError` (`command.key_reused`); `UnavailableError` (`journal.unavailable`) if the views' file can't be read.
   */
  reschedule(sellerId: string, show: NewShow, startsAt: string | Date, options?: CommandOptions): Promise<Ticket[]>
  /**
   * Takes a ticket off sale permanently. Only its seller can, and only while it is available.
   *
   * Rejects with `NotFoundError` (`ticket.not_found`), `ForbiddenError` (`ticket.not_yours`), `ConflictError` (`ticket.locked`,
   * `ticket.sold`, `ticket.withdrawn`), `PreconditionFailedError` (`ticket.version_mismatch`), `IdempotencyMismatchError`
   * (`command.key_reused`).
   */
  withdraw(sellerId: string, ticketId: string, options?: WithdrawOptions): Promise<void>
  /**
   * Returns a ticket, as of the last durable batch.
   *
   * Rejects with `NotFoundError` (`ticket.not_found`); `UnavailableError` (`journal.unavailable`) if the views' file can't be read.
   */
  get(ticketId: string): Promise<Ticket>
  /**
   * Returns a page of tickets: those on sale, unless the query names another status.
   *
   * Rejects with `ValidationError`, for each invalid field; `UnavailableError` (`journal.unavailable`) if the views' file can't be
   * read.
   */
  list(query?: TicketQuery): Promise<TicketPage>
  /**
   * Streams all tickets that match the query, from its cursor on, in pages of its limit.
   *
   * The list is not a snapshot: each page shows the tickets as of the last durable batch when it is read. A ticket that does not
   * change meanwhile comes exactly once. A ticket that is listed, sold, withdrawn or moved in the sort order meanwhile may or may not
   * come. It comes twice if it moves from before the current position to behind it.
   *
   * Polling never waits: a page is read immediately, as by `tickets.list`.
   *
   * Fails the errors of `tickets.list`, as the last item.
   */
  iter(query?: TicketQuery, options?: WaitOptions): AsyncIterableIterator<Ticket>
}

/** Operations on orders: holds of tickets, and their purchase. */
export interface Orders {
  /**
   * Locks 1 to 10 tickets of one currency for a buyer, all or none, until the order's `expiresAt`.
   *
   * Of several concurrent buyers, exactly one gets a ticket.
   *
   * Rejects with `ValidationError` for no tickets, too many, or one twice; `NotFoundError` (`ticket.not_found`), `ForbiddenError`
   * (`order.own_ticket`), `ConflictError` (`ticket.locked`, `ticket.sold`, `ticket.withdrawn`, `ticket.show_started`),
   * `ValidationError` (`order.mixed_currencies`, `order.total_too_large`), `ConflictError` (`order.too_many_open`);
   * `UnauthenticatedError` (`auth.required`) if there is no such user; `IdempotencyMismatchError` (`command.key_reused`).
   */
  create(buyerId: string, ticketIds: string[], options?: CommandOptions): Promise<Order>
  /**
   * Locks tickets as `orders.create` does, if they cost what the buyer has agreed to.
   *
   * `agreedAmount` is the total in major units, such as `39.98`, in the currency of the tickets. If it is another one, because a
   * seller has changed a price since the buyer saw it, nothing is locked. Changes that cancel out pass; `orders.createAtPrices`
   * notices them.
   *
   * Rejects the errors of `orders.create`; `ConflictError` (`order.price_changed`); `ValidationError` for an amount that is none.
   */
  createAt(buyerId: string, ticketIds: string[], agreedAmount: string, options?: CommandOptions): Promise<Order>
  /**
   * Locks tickets as `orders.create` does, if each of them costs what the buyer has agreed to.
   *
   * `agreedPrices` has the price of each ticket, in the order of the ids, in major units of the ticket's currency, such as `19.99`. If
   * a seller has changed one of them since the buyer saw it, nothing is locked.
   *
   * Rejects the errors of `orders.create`; `ConflictError` (`order.price_changed`); `ValidationError` unless there is one price for
   * each ticket, and for a price that is none, with fields such as `prices[1]`.
   */
  createAtPrices(buyerId: string, ticketIds: string[], agreedPrices: string[], options?: CommandOptions): Promise<Order>
  /**
   * Cancels an order and frees its tickets immediately. Only its buyer can, and only before a payment has started.
   *
   * Rejects with `NotFoundError` (`order.not_found`), `ForbiddenError` (`order.not_yours`), `ConflictError` (`order.payment_pending`,
   * `order.already_paid`, `order.cancelled`, `order.expired`), `IdempotencyMismatchError` (`command.key_reused`).
   */
  cancel(buyerId: string, orderId: string, options?: CommandOptions): Promise<void>
  /**
   * Returns a buyer's own order, as of the last durable batch.
   *
   * Rejects with `NotFoundError` (`order.not_found`), `ForbiddenError` (`order.not_yours`); `UnavailableError` (`journal.unavailable`)
   * if the views' file can't be read.
   */
  get(buyerId: string, orderId: string): Promise<Order>
  /**
   * Returns a page of a buyer's orders, the newest first.
   *
   * Rejects with `ValidationError`, for each invalid field; `UnavailableError` (`journal.unavailable`) if the views' file can't be
   * read.
   */
  list(buyerId: string, query?: OrderQuery): Promise<OrderPage>
  /**
   * Streams all orders of a buyer that match the query, from its cursor on, in pages of its limit.
   *
   * The list is not a snapshot: each page shows the orders as of the last durable batch when it is read. Every order comes at most
   * once. Orders that are created meanwhile are not included, because the newest come first.
   *
   * Polling never waits: a page is read immediately, as by `orders.list`.
   *
   * Fails the errors of `orders.list`, as the last item.
   */
  iter(buyerId: string, query?: OrderQuery, options?: WaitOptions): AsyncIterableIterator<Order>
}

/** Operations on payments: charges and refunds. */
export interface Payments {
  /**
   * Takes the money of an order: records the intent, asks the card processor, records its answer.
   *
   * The returned charge is `succeeded`, and the order is complete; or it is still `pending`, if the outcome was not known in time.
   * Then the order keeps its tickets until the card processor has answered, which `payments.get` shows. An order is charged at most
   * once in all cases.
   *
   * Rejects with `ValidationError` for a malformed token; `PaymentDeclinedError` (`payment.declined`), after which the order is
   * cancelled; `UnavailableError` (`payment.misconfigured`) if the card processor does not accept what the shop asks for, whatever the
   * card, after which the order is cancelled too; `NotFoundError` (`order.not_found`), `ForbiddenError` (`order.not_yours`),
   * `ConflictError` (`order.payment_pending`, `order.already_paid`, `order.cancelled`, `order.expired`); `UnavailableError`
   * (`payment.unavailable`) if too many payments wait for the card processor, or no host of the cluster has its keys;
   * `IdempotencyMismatchError` (`command.key_reused`).
   */
  pay(buyerId: string, orderId: string, token: string, options?: CommandOptions): Promise<Charge>
  /**
   * Returns a charge. For the order's buyer, the tickets' sellers and operators.
   *
   * Rejects with `NotFoundError` (`payment.not_found`), `ForbiddenError` (`payment.not_yours`); `UnavailableError`
   * (`journal.unavailable`) if the views' file can't be read.
   */
  get(userId: string, chargeId: string): Promise<Charge>
  /**
   * Returns the secret with which the buyer's page continues a payment, if the card processor waits for an action of the buyer, such
   * as a confirmation with their bank. For the buyer only.
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
   * Operators can, and a seller who sold all tickets of the order. Operators can also retry the refund of escalated money, whose
   * tickets went back on sale when its order ended. The returned charge is `refunded`, or still `refunding` if the card processor has
   * not confirmed it in time; it is then asked until it does. If it refuses permanently, the refund is `failed`, and the charge is as
   * before.
   *
   * Rejects with `NotFoundError` (`order.not_found`), `ForbiddenError` (`order.not_yours`), `ConflictError` (`payment.not_refundable`,
   * `payment.already_refunded`, `payment.return_needs_full_refund`) if a bank has taken some of the money back;
   * `IdempotencyMismatchError` (`command.key_reused`).
   */
  refund(actorId: string, orderId: string, options: RefundOptions): Promise<Charge>
  /**
   * Gives back a part of the money of a complete order, such as `5.00`, in the order's currency. The tickets stay sold.
   *
   * The sum of all refunds, including concurrent ones, never exceeds the charge. Permissions and statuses are those of
   * `payments.refund`.
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
   * Records the resolution of escalated money, with a note of up to 500 characters. For operators.
   *
   * Rejects with `ValidationError` for a note that is too long; `ForbiddenError` (`auth.operator_required`), `NotFoundError`
   * (`order.not_found`), `ConflictError` (`payment.not_escalated`), `IdempotencyMismatchError` (`command.key_reused`).
   */
  resolve(actorId: string, orderId: string, resolution: Resolution, note: string, options?: CommandOptions): Promise<Charge>
  /**
   * Returns `true` if webhooks of this card processor are for this box office: if it is the gateway's name, ignoring the `-test`
   * suffix of a processor's test mode. A host of a cluster that has no keys takes those of the hosts that have some, once it has heard
   * of one.
   */
  takesWebhooksOf(processor: string): boolean
  /**
   * Records a webhook message of the card processor. Takes the message unchanged, with header names in lower case.
   *
   * Once it returns, the message's content is durable; a repeated message changes nothing. A message that does not concern this box
   * office, such as one of an unknown kind or about a charge of another system, is accepted and ignored. Messages may come in any
   * order. A message that comes too early is refused, and is accepted when the processor sends it again.
   *
   * Rejects with `ValidationError` (`payment.notice_refused`) if the message is not from the card processor, is too old or can't be
   * read; `UnavailableError` (`payment.unavailable`) if the card processor has to be queried about it and does not answer, in which
   * case it sends the message again; `NotFoundError` (`payment.not_found`), `ConflictError` (`payment.not_refundable`,
   * `payment.refund_too_large`) if the message does not fit the known state.
   */
  receiveWebhook(headers: Record<string, string | string[] | undefined> | Iterable<[string, string]>, body: Uint8Array | string): Promise<void>
}

/** Operations on the ledger: balances, entries and payouts. */
export interface Ledger {
  /**
   * Returns a seller's balance, one entry for each currency; none for a user who never sold anything. For the seller, operators and
   * the system.
   *
   * Rejects with `ForbiddenError` (`auth.operator_required`) for other actors; `NotFoundError` (`auth.user_not_found`).
   */
  balance(actorId: string, sellerId: string): Promise<Balance[]>
  /**
   * Returns a page of the entries behind the balance, the newest first.
   *
   * Rejects the errors of `ledger.balance`; `ValidationError` with an entry for each invalid field of the query; `UnavailableError`
   * (`journal.unavailable`) if the views' file can't be read.
   */
  entries(actorId: string, sellerId: string, query?: LedgerQuery): Promise<BalanceEntryPage>
  /**
   * Streams all entries behind the balance, from the query's cursor on, in pages of its limit.
   *
   * Entries never change. Entries that are posted meanwhile are not included, because the newest come first. All others come exactly
   * once.
   *
   * Polling never waits: a page is read immediately, as by `ledger.entries`.
   *
   * Fails the errors of `ledger.entries`, as the last item.
   */
  iter(actorId: string, sellerId: string, query?: LedgerQuery, options?: WaitOptions): AsyncIterableIterator<BalanceEntry>
  /**
   * Returns all entries behind the balance, the newest first, as CSV by RFC 4180 in parts: first the header, then up to 100 lines at a
   * time, read on demand.
   *
   * Amounts are exact decimals. Text that a spreadsheet would take for a formula is preceded by an apostrophe.
   *
   * Fails the errors of `ledger.balance`; `UnavailableError` (`journal.unavailable`) in the middle if the views' file can't be read
   * any more.
   */
  statementCsv(actorId: string, sellerId: string, options?: WaitOptions): AsyncIterableIterator<string>
  /**
   * Returns the platform's accounts, one entry for each currency in the order of the codes. For operators and the system.
   *
   * Rejects with `ForbiddenError` (`auth.operator_required`) for other actors.
   */
  platform(actorId: string): Promise<PlatformBalance[]>
  /**
   * Records a payout to a seller, of all or part of what they are owed. For operators and the system. It moves no money: the bank
   * does, before or after.
   *
   * Rejects with `ValidationError`; `ForbiddenError` (`auth.operator_required`), `NotFoundError` (`auth.user_not_found`),
   * `ConflictError` (`payout.exceeds_balance`), `IdempotencyMismatchError` (`command.key_reused`).
   */
  recordPayout(actorId: string, sellerId: string, payout: NewPayout, options?: CommandOptions): Promise<Payout>
}

/** Operations on the journal: read, follow, verify and copy. Reading does not block the writer. */
export interface Journal {
  /**
   * Returns the number of the last durable record; 0 if there is none.
   *
   * Rejects with `UnavailableError` (`journal.unavailable`), `ClosedError` (`engine.closed`).
   */
  head(): Promise<number>
  /**
   * Returns at most `limit` records, and at most 10,000, starting with number `from`. The first record has number 1.
   *
   * Rejects with `ConflictError` (`journal.cursor_unknown`) if the record before number `from` does not exist; `UnavailableError`
   * (`journal.unavailable`), `InternalError` (`journal.damaged`), `ClosedError` (`engine.closed`).
   */
  read(fromSeq: number, limit: number): Promise<JournalRecord[]>
  /**
   * Returns at most `limit` records, and at most 10,000, after the cursor of a reader: that of the last record that it has.
   *
   * Rejects with `ConflictError` (`journal.cursor_unknown`) if the cursor lies beyond the end of the journal, or in a history that a
   * restored backup has replaced: the reader has records that this journal never had, and begins anew; `UnavailableError`
   * (`journal.unavailable`), `InternalError` (`journal.damaged`), `ClosedError` (`engine.closed`).
   */
  readAfter(cursor: string, limit: number): Promise<JournalRecord[]>
  /**
   * Returns the identity of the journal's history, which is another one in a restored backup.
   *
   * Rejects with `UnavailableError` (`journal.unavailable`), `ClosedError` (`engine.closed`).
   */
  history(): Promise<JournalHistory>
  /**
   * Iterates over the records from number `from` to the last durable one, read in parts. Includes records that are appended meanwhile.
   *
   * Ends at the end of the journal; `journal.subscribe` continues.
   *
   * Fails the errors of `journal.read`, as the last item.
   */
  iter(fromSeq: number, options?: WaitOptions): AsyncIterableIterator<JournalRecord>
  /**
   * Follows the journal from number `from` on: first history, then new records, each exactly once and in order.
   *
   * The first wait for a record is refused with `ConflictError` (`journal.cursor_unknown`) if the record before number `from` does not
   * exist.
   */
  subscribe(fromSeq: number, options?: WaitOptions): Subscription
  /**
   * Follows the journal after the cursor of a reader: that of the last record that it has.
   *
   * Throws `ConflictError` (`journal.cursor_unknown`) if the cursor lies beyond the end of the journal, or in a history that a
   * restored backup has replaced; `UnavailableError` (`journal.unavailable`), `InternalError` (`journal.damaged`), `ClosedError`
   * (`engine.closed`).
   */
  subscribeAfter(cursor: string, options?: WaitOptions): Subscription
  /**
   * Verifies the whole journal by replaying it. Checks that no record is missing, altered or out of order, that each record follows
   * from those before it by the rules, and that the vault matches. Calls `progress` with the number of checked records and the total.
   *
   * Rejects with `UnavailableError` (`journal.unavailable`) if it can't be read at all; `ClosedError` (`engine.closed`) if the box
   * office closes meanwhile. Damage is not an error; it is part of the report.
   */
  verify(progress?: (done: number, total: number) => void, options?: WaitOptions): Promise<VerifyReport>
  /**
   * Writes a copy of all durable data, as of one moment, to a new directory that opens as a box office. Writers continue. Calls
   * `progress` with the number of copied records and the total. Returns the number of the last record in the copy.
   *
   * Excludes the session key, a secret that should be stored elsewhere, and the checkpoint, which is created anew.
   *
   * Rejects with `ValidationError` if the directory exists and is not empty; `UnavailableError` (`journal.unavailable`) if it can't be
   * written.
   */
  backup(directory: string | URL, progress?: (done: number, total: number) => void, options?: WaitOptions): Promise<number>
  /**
   * Erases in a backup everybody who was erased here, also after it was made: overwrites the keys of their personal data in its file
   * `vault.keys`, and adds them to its list `erased-users`. Returns the number of users who could still be read there. The backup must
   * not be open, and keeps all else.
   *
   * Personal data that an earlier version stored, and that was not encrypted when the backup was made, stays readable in it.
   *
   * Rejects with `ValidationError` if there is no backup in the directory; `InternalError` (`journal.damaged`) if its keys can't be
   * read; `UnavailableError` (`journal.unavailable`) if it can't be written.
   */
  eraseInBackup(directory: string | URL): Promise<number>
}

/** Operations on the cluster that a box office is a host of. */
export interface Cluster {
  /** Returns the state of this host, and what it knows of the others. */
  status(): Promise<ClusterStatus>
  /**
   * Returns the number of a message of the journal by which all that led to this host's answers has been appended: mostly the last
   * that its views include, and a later one if an answer could not wait until they did. A caller who has got it from another host can
   * wait here until this one is as far, see `cluster.levelWith`.
   */
  message(): Promise<number>
  /** Waits until this host's views include the message with this number, or the time is over. Returns `true` if they do. */
  levelWith(message: number, withinMs: number): Promise<boolean>
  /**
   * Makes this host a member of the cluster that votes for the host that writes, under the name that its options have. For hosts that
   * do not join by themselves, see `ClusterOptions.joins`. Call it once `cluster.status` says no more that this host is `blank`.
   *
   * Rejects with `ForbiddenError` (`auth.operator_required`), `ConflictError` (`cluster.name_taken`, `cluster.change_pending`) while
   * another host joins or leaves; the errors of all commands.
   */
  join(actorId: string): Promise<Host>
  /**
   * Removes a host from the cluster: it has no vote any more. Its process should be stopped then; started again, it joins anew.
   *
   * Rejects with `ForbiddenError` (`auth.operator_required`), `NotFoundError` (`cluster.host_not_found`), `ConflictError`
   * (`cluster.change_pending`) while another host joins or leaves, `ConflictError` (`cluster.last_voter`); the errors of all commands.
   */
  remove(actorId: string, hostId: string): Promise<Host>
  /**
   * Makes this host the writer without the consent of a majority of the voters. Only for an operator who knows that the others are
   * gone for good: whatever they had and the stream has not is lost.
   *
   * It takes effect only if this host has everything that the stream has, while no other host writes, and within a minute: after that,
   * say it again.
   *
   * Rejects with `ForbiddenError` (`auth.operator_required`).
   */
  takeOverAlone(actorId: string): Promise<void>
}

/** The operations of `payments` that the box office does in its own name. */
export interface SystemPayments {
  /**
   * Gives back all that is left of the money of a complete order. Its tickets go back on sale if `returnToSale` is `true`.
   *
   * Operators can, and a seller who sold all tickets of the order. Operators can also retry the refund of escalated money, whose
   * tickets went back on sale when its order ended. The returned charge is `refunded`, or still `refunding` if the card processor has
   * not confirmed it in time; it is then asked until it does. If it refuses permanently, the refund is `failed`, and the charge is as
   * before.
   *
   * Rejects with `NotFoundError` (`order.not_found`), `ForbiddenError` (`order.not_yours`), `ConflictError` (`payment.not_refundable`,
   * `payment.already_refunded`, `payment.return_needs_full_refund`) if a bank has taken some of the money back;
   * `IdempotencyMismatchError` (`command.key_reused`).
   */
  refund(orderId: string, options: RefundOptions): Promise<Charge>
  /**
   * Gives back a part of the money of a complete order, such as `5.00`, in the order's currency. The tickets stay sold.
   *
   * The sum of all refunds, including concurrent ones, never exceeds the charge. Permissions and statuses are those of
   * `payments.refund`.
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
   * Records the resolution of escalated money, with a note of up to 500 characters. For operators.
   *
   * Rejects with `ValidationError` for a note that is too long; `ForbiddenError` (`auth.operator_required`), `NotFoundError`
   * (`order.not_found`), `ConflictError` (`payment.not_escalated`), `IdempotencyMismatchError` (`command.key_reused`).
   */
  resolve(orderId: string, resolution: Resolution, note: string, options?: CommandOptions): Promise<Charge>
}

/** The operations of `ledger` that the box office does in its own name. */
export interface SystemLedger {
  /**
   * Returns a seller's balance, one entry for each currency; none for a user who never sold anything. For the seller, operators and
   * the system.
   *
   * Rejects with `ForbiddenError` (`auth.operator_required`) for other actors; `NotFoundError` (`auth.user_not_found`).
   */
  balance(sellerId: string): Promise<Balance[]>
  /**
   * Returns a page of the entries behind the balance, the newest first.
   *
   * Rejects the errors of `ledger.balance`; `ValidationError` with an entry for each invalid field of the query; `UnavailableError`
   * (`journal.unavailable`) if the views' file can't be read.
   */
  entries(sellerId: string, query?: LedgerQuery): Promise<BalanceEntryPage>
  /**
   * Streams all entries behind the balance, from the query's cursor on, in pages of its limit.
   *
   * Entries never change. Entries that are posted meanwhile are not included, because the newest come first. All others come exactly
   * once.
   *
   * Polling never waits: a page is read immediately, as by `ledger.entries`.
   *
   * Fails the errors of `ledger.entries`, as the last item.
   */
  iter(sellerId: string, query?: LedgerQuery, options?: WaitOptions): AsyncIterableIterator<BalanceEntry>
  /**
   * Returns all entries behind the balance, the newest first, as CSV by RFC 4180 in parts: first the header, then up to 100 lines at a
   * time, read on demand.
   *
   * Amounts are exact decimals. Text that a spreadsheet would take for a formula is preceded by an apostrophe.
   *
   * Fails the errors of `ledger.balance`; `UnavailableError` (`journal.unavailable`) in the middle if the views' file can't be read
   * any more.
   */
  statementCsv(sellerId: string, options?: WaitOptions): AsyncIterableIterator<string>
  /**
   * Returns the platform's accounts, one entry for each currency in the order of the codes. For operators and the system.
   *
   * Rejects with `ForbiddenError` (`auth.operator_required`) for other actors.
   */
  platform(): Promise<PlatformBalance[]>
  /**
   * Records a payout to a seller, of all or part of what they are owed. For operators and the system. It moves no money: the bank
   * does, before or after.
   *
   * Rejects with `ValidationError`; `ForbiddenError` (`auth.operator_required`), `NotFoundError` (`auth.user_not_found`),
   * `ConflictError` (`payout.exceeds_balance`), `IdempotencyMismatchError` (`command.key_reused`).
   */
  recordPayout(sellerId: string, payout: NewPayout, options?: CommandOptions): Promise<Payout>
}

/** The operations of `cluster` that the box office does in its own name. */
export interface SystemCluster {
  /**
   * Makes this host a member of the cluster that votes for the host that writes, under the name that its options have. For hosts that
   * do not join by themselves, see `ClusterOptions.joins`. Call it once `cluster.status` says no more that this host is `blank`.
   *
   * Rejects with `ForbiddenError` (`auth.operator_required`), `ConflictError` (`cluster.name_taken`, `cluster.change_pending`) while
   * another host joins or leaves; the errors of all commands.
   */
  join(): Promise<Host>
  /**
   * Removes a host from the cluster: it has no vote any more. Its process should be stopped then; started again, it joins anew.
   *
   * Rejects with `ForbiddenError` (`auth.operator_required`), `NotFoundError` (`cluster.host_not_found`), `ConflictError`
   * (`cluster.change_pending`) while another host joins or leaves, `ConflictError` (`cluster.last_voter`); the errors of all commands.
   */
  remove(hostId: string): Promise<Host>
  /**
   * Makes this host the writer without the consent of a majority of the voters. Only for an operator who knows that the others are
   * gone for good: whatever they had and the stream has not is lost.
   *
   * It takes effect only if this host has everything that the stream has, while no other host writes, and within a minute: after that,
   * say it again.
   *
   * Rejects with `ForbiddenError` (`auth.operator_required`).
   */
  takeOverAlone(): Promise<void>
}

/** What `BoxOffice.asSystem` returns. */
export interface System {
  /** Returns the operations on charges and refunds. */
  readonly payments: SystemPayments
  /** Returns the operations on the ledger: balances, statements and payouts. */
  readonly ledger: SystemLedger
  /** Returns the operations on the cluster; none if the box office is on one machine. */
  readonly cluster: SystemCluster | null
}

/**
 * A box office: signs users in, lists tickets, locks them, takes the money, and records every fact.
 *
 * Cheap to clone and safe to share between threads: all clones are one box office. Its methods return once the outcome is durable. A
 * command whose future is dropped after its first poll may or may not have been decided; give it an idempotency key to be able to
 * repeat it.
 *
 * Async methods run on any executor. `BoxOffice.blocking` has blocking methods for callers without one.
 */
export declare class BoxOffice {
  private constructor()
  /**
   * Opens the box office in a directory, or creates one there, with the defaults of `Options`.
   *
   * Blocks until the journal's tail is replayed and all orders that became due while it was closed have expired.
   *
   * Rejects with `UnavailableError` (`journal.in_use`) if it is open already, here or in another process; `UnavailableError`
   * (`journal.newer_format`) if a newer version wrote it; `InternalError` (`journal.damaged`); `UnavailableError`
   * (`journal.unavailable`) if the storage fails; `UnavailableError` (`clock.jumped`) if the clock is far from the journal's last
   * time, see `acceptClockJump`.
   */
  static open(path: string | URL, options?: Options): Promise<BoxOffice>
  /**
   * Passes every record before the first damage in a directory's journal to `visit`, each checked by the chain of hashes. Works on
   * journals that `BoxOffice.open` refuses, including files that are cut off or have a broken index.
   *
   * Changes and creates nothing in the directory. No other process may write to it meanwhile. Stops when `visit` breaks.
   *
   * Rejects with `UnavailableError` (`journal.unavailable`) if the file can't be read at all. Damage is not an error; it is part of
   * the result.
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
  /** Returns the operations on the cluster; none if the box office is on one machine. */
  readonly cluster: Cluster | null
  /** Returns the current metrics of the engine. */
  metrics(): Promise<Metrics>
  /** Returns `true` if the box office accepts commands. */
  isReady(): boolean
  /**
   * Checks that commands can be recorded: that the journal is open, that its file is still in its directory, and that the disk has
   * room. It blocks for some calls of the system, and writes nothing unless the last command could not be recorded.
   *
   * Rejects with `ClosedError` (`engine.closed`); `UnavailableError` (`journal.unavailable`), whose source says what is wrong.
   */
  checkReady(): Promise<void>
  /** Returns the engine's own time, which never runs backwards. */
  now(): Promise<Date>
  /**
   * Reclaims unused disk space in the directory's files; returns `true` if any was freed. Blocks.
   *
   * Files keep the space of replaced data and reuse it. Therefore this helps only after much data was removed: when a backlog of a
   * million changes was checkpointed, when a long history was replayed, or when a long journal that was restored or came from an
   * earlier version has moved its old records to the archive. In a file of several gigabytes it takes minutes, and commands wait
   * meanwhile: run it while no tickets are sold.
   *
   * A crash in the middle leaves valid files, because each step is a transaction. The next opening then walks the whole file once.
   *
   * Rejects with `UnavailableError` (`journal.unavailable`) while the journal or a long listing is being read: nothing was changed,
   * try again later.
   */
  compact(): Promise<boolean>
  /**
   * Closes the box office: accepts no more commands, waits until all accepted commands are decided and durable, and releases the
   * directory.
   *
   * No payment begins any more from then on, and those that have begun are waited for, at most 10 seconds. Payments whose outcome is
   * not known by then continue when the directory is opened again. Other clones get `ClosedError` (`engine.closed`) from then on.
   * Closing twice is allowed.
   *
   * Rejects with `UnavailableError` (`journal.unavailable`) if the last checkpoint can't be written: no data is lost, but the next
   * opening takes longer.
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

/** The input is invalid: correct it. Status 400. */
export declare class ValidationError extends BoxOfficeError {}

/** No user is signed in, or the credentials are wrong: sign in. Status 401. */
export declare class UnauthenticatedError extends BoxOfficeError {}

/** The card was declined: try another. Status 402. */
export declare class PaymentDeclinedError extends BoxOfficeError {}

/** The caller may not do this: give up. Status 403. */
export declare class ForbiddenError extends BoxOfficeError {}

/** The entity does not exist: give up. Status 404. */
export declare class NotFoundError extends BoxOfficeError {}

/** The entity's state does not allow this: read it again. Status 409. */
export declare class ConflictError extends BoxOfficeError {}

/** The entity has changed since the caller read it: read it again. Status 412. */
export declare class PreconditionFailedError extends BoxOfficeError {}

/** The idempotency key was used for another command: choose a new one. Status 422. */
export declare class IdempotencyMismatchError extends BoxOfficeError {}

/** There were too many requests: wait for `retryAfter`. Status 429. */
export declare class TooManyRequestsError extends BoxOfficeError {}

/** The program has a bug; the outcome is unknown. Status 500. */
export declare class InternalError extends BoxOfficeError {}

/** The service is temporarily unavailable. The outcome is unknown if a command was under way: repeat it with its key. Status 503. */
export declare class UnavailableError extends BoxOfficeError {}

/** The box office is closed. */
export declare class ClosedError extends UnavailableError {}
