import type { BoxOffice, JournalRecord } from '../index.js'

/** The names of the events. */
export declare enum Subjects {
  UserCreated = 'UserCreated',
  UserUpdated = 'UserUpdated',
  UserErased = 'UserErased',
  SessionRevoked = 'SessionRevoked',
  TicketCreated = 'TicketCreated',
  TicketUpdated = 'TicketUpdated',
  TicketWithdrawn = 'TicketWithdrawn',
  OrderCreated = 'OrderCreated',
  OrderCancelled = 'OrderCancelled',
  OrderExpired = 'OrderExpired',
  PaymentStarted = 'PaymentStarted',
  ChargeAuthorized = 'ChargeAuthorized',
  ChargeCreated = 'ChargeCreated',
  ChargeFailed = 'ChargeFailed',
  RefundStarted = 'RefundStarted',
  ChargeRefunded = 'ChargeRefunded',
  RefundFailed = 'RefundFailed',
  LateMoneyReceived = 'LateMoneyReceived',
  ChargeTransferred = 'ChargeTransferred',
  ChargeEscalated = 'ChargeEscalated',
  EscalationResolved = 'EscalationResolved',
  VoidStarted = 'VoidStarted',
  ChargeVoided = 'ChargeVoided',
  ChargeDisputed = 'ChargeDisputed',
  DisputeClosed = 'DisputeClosed',
  PayoutRecorded = 'PayoutRecorded',
}

/** Money as it is published: minor units, such as cents, and the ISO 4217 code. */
export interface PublishedMoney {
  minor: number
  currency: string
}
/** A show as it is published; `startsAt` is RFC 3339. */
export interface PublishedShow {
  name: string
  category?: string
  venue?: string
  startsAt: string
}
/** A ticket that an order's event changed, and its version after that. */
export interface TicketVersion {
  id: string
  version: number
}

/** An event: its subject and its data. */
export interface Event {
  subject: Subjects
  data: object
}
export interface UserCreatedEvent {
  subject: Subjects.UserCreated
  data: { userId: string }
}
export interface UserUpdatedEvent {
  subject: Subjects.UserUpdated
  data: { userId: string; emailChanged: boolean; passwordChanged: boolean; operator: boolean; epoch: number }
}
export interface UserErasedEvent {
  subject: Subjects.UserErased
  data: { userId: string }
}
export interface SessionRevokedEvent {
  subject: Subjects.SessionRevoked
  data: { userId: string; sessionId: string; expiresAt: string }
}
export interface TicketCreatedEvent {
  subject: Subjects.TicketCreated
  data: { ticketId: string; sellerId: string; title: string; price: PublishedMoney; show?: PublishedShow; seat?: string }
}
export interface TicketUpdatedEvent {
  subject: Subjects.TicketUpdated
  data: { ticketId: string; title: string; price: PublishedMoney; show?: PublishedShow }
}
export interface TicketWithdrawnEvent {
  subject: Subjects.TicketWithdrawn
  data: { ticketId: string }
}
export interface OrderCreatedEvent {
  subject: Subjects.OrderCreated
  data: {
    orderId: string
    buyerId: string
    tickets: { id: string; sellerId: string; title: string; price: PublishedMoney; version: number }[]
    total: PublishedMoney
    expiresAt: string
  }
}
export interface OrderCancelledEvent {
  subject: Subjects.OrderCancelled
  data: { orderId: string; reason: 'buyer' | 'payment_failed'; tickets: TicketVersion[] }
}
export interface OrderExpiredEvent {
  subject: Subjects.OrderExpired
  data: { orderId: string; tickets: TicketVersion[] }
}
export interface PaymentStartedEvent {
  subject: Subjects.PaymentStarted
  data: { chargeId: string; orderId: string; amount: PublishedMoney; gateway: string }
}
export interface ChargeAuthorizedEvent {
  subject: Subjects.ChargeAuthorized
  data: { chargeId: string; orderId: string; reference?: string }
}
export interface ChargeCreatedEvent {
  subject: Subjects.ChargeCreated
  data: { chargeId: string; orderId: string; amount: PublishedMoney; reference?: string; tickets: TicketVersion[] }
}
export interface ChargeFailedEvent {
  subject: Subjects.ChargeFailed
  data: { chargeId: string; orderId: string; reason: string }
}
export interface RefundStartedEvent {
  subject: Subjects.RefundStarted
  /** Journals from before partial refunds have no `refundId`: there was one a charge. */
  data: {
    refundId?: string
    chargeId: string
    orderId: string
    amount: PublishedMoney
    reason: 'requested' | 'late' | 'elsewhere'
    returnToSale: boolean
  }
}
export interface ChargeRefundedEvent {
  subject: Subjects.ChargeRefunded
  data: {
    refundId?: string
    chargeId: string
    orderId: string
    amount: PublishedMoney
    reference?: string
    tickets?: TicketVersion[]
  }
}
export interface RefundFailedEvent {
  subject: Subjects.RefundFailed
  data: { refundId: string; chargeId: string; orderId: string; amount: PublishedMoney; reason: string }
}
export interface LateMoneyReceivedEvent {
  subject: Subjects.LateMoneyReceived
  data: { chargeId: string; orderId: string; amount: PublishedMoney; reference?: string }
}
export interface ChargeTransferredEvent {
  subject: Subjects.ChargeTransferred
  data: { chargeId: string; orderId: string; to: string }
}
export interface ChargeEscalatedEvent {
  subject: Subjects.ChargeEscalated
  data: { chargeId: string; orderId: string; amount: PublishedMoney; reason: string }
}
export interface EscalationResolvedEvent {
  subject: Subjects.EscalationResolved
  data: {
    chargeId: string
    orderId: string
    amount: PublishedMoney
    resolution: 'returned_elsewhere' | 'kept'
    note: string
  }
}
export interface VoidStartedEvent {
  subject: Subjects.VoidStarted
  data: { chargeId: string; orderId: string; reference?: string }
}
export interface ChargeVoidedEvent {
  subject: Subjects.ChargeVoided
  data: { chargeId: string; orderId: string }
}
export interface ChargeDisputedEvent {
  subject: Subjects.ChargeDisputed
  data: { chargeId: string; orderId: string; reference: string; amount: PublishedMoney; reason: string }
}
export interface DisputeClosedEvent {
  subject: Subjects.DisputeClosed
  data: { chargeId: string; orderId: string; reference: string; amount: PublishedMoney; won: boolean }
}
export interface PayoutRecordedEvent {
  subject: Subjects.PayoutRecorded
  data: { payoutId: string; sellerId: string; amount: PublishedMoney; reference: string }
}

/** How far somebody has come: the number of the last record that needs not come again. */
export interface Cursor {
  /** 0 at the very beginning. */
  load(): Promise<number>
  /** Done once it is durable. */
  save(seq: number): Promise<void>
}
/** A cursor in a file: it is replaced as a whole, and on the disk before `save` is done. */
export declare class FileCursor implements Cursor {
  constructor(file: string)
  load(): Promise<number>
  save(seq: number): Promise<void>
}

export interface FollowerOptions {
  /** How long to wait before an event that was not done comes again: a second unless told otherwise. */
  retryAfterMs?: number
}
declare abstract class Follower<E extends Event> {
  constructor(office: BoxOffice, cursor: Cursor, options?: FollowerOptions)
  /** The event that it is about. */
  abstract readonly subject: E['subject']
  /** Starts at the cursor; the promise is fulfilled when it has stopped, or the box office is closed. */
  listen(): Promise<void>
  /** Stops after the event that is under way. */
  stop(): Promise<void>
  /** Hears of what goes wrong; the event comes again. Logs unless told otherwise. */
  protected onError(error: unknown, record: JournalRecord): void
}
/** An event on its way to a listener. */
export interface Message extends JournalRecord {
  /** Says that the event is dealt with and needs not come again. */
  ack(): void
}
/**
 * Does something for each event of one subject, in the order of the journal, one at a time. An event that is not acknowledged, because
 * of an error, a crash or `ackWaitMs`, comes again: it may come twice, and is never missed.
 */
export declare abstract class Listener<E extends Event> extends Follower<E> {
  constructor(office: BoxOffice, cursor: Cursor, options?: FollowerOptions & { ackWaitMs?: number })
  /** Deals with an event, and then calls `message.ack()`. */
  abstract onMessage(data: E['data'], message: Message): void | Promise<void>
}
/**
 * Hands each event of one subject on to somewhere else, such as a message broker, in the order of the journal. An event whose
 * publication failed is published again: it may go out twice, and is never missed.
 */
export declare abstract class Publisher<E extends Event> extends Follower<E> {
  /** Publishes an event; done once it is safe where it goes. */
  abstract publish(data: E['data'], record: JournalRecord): void | Promise<void>
}
