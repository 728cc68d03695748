// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.
import type { CancelReason, RefundReason, Resolution } from './index.js'

/** Money as it is published: minor units, such as cents, and the ISO 4217 code. */
export interface PublishedMoney {
  minor: number
  currency: string
}

/** The money is set aside: the order keeps its tickets until it is captured. */
export interface ChargeAuthorizedData {
  /** The charge. */
  chargeId: string
  /** The order. */
  orderId: string
  /** The gateway's own name for the charge. */
  reference?: string
}

/** The money was taken: the order is complete and its tickets are sold. */
export interface ChargeCreatedData {
  /** The charge. */
  chargeId: string
  /** The order. */
  orderId: string
  /** What was taken. */
  amount: PublishedMoney
  /** The gateway's own name for the charge. */
  reference?: string
  /** The tickets that are sold. */
  tickets: TicketVersion[]
  /** What the platform keeps of each, in minor units and the order's sequence; empty if that is nothing. */
  fees?: number[]
}

/** The buyer's bank took money back until it is clear whose it is. */
export interface ChargeDisputedData {
  /** The charge. */
  chargeId: string
  /** The order. */
  orderId: string
  /** The gateway's own name for the dispute. */
  reference: string
  /** How much. */
  amount: PublishedMoney
  /** Why, in the gateway's words. */
  reason: string
}

/** Money is nobody's and could not be given back: an operator has to see to it. */
export interface ChargeEscalatedData {
  /** The charge. */
  chargeId: string
  /** The order that had ended. */
  orderId: string
  /** How much there is. */
  amount: PublishedMoney
  /** Why. */
  reason: string
}

/** The money was not taken. */
export interface ChargeFailedData {
  /** The charge. */
  chargeId: string
  /** The order. */
  orderId: string
  /** Why, in words that a buyer may read. */
  reason: string
}

/**
 * Money was given back.
 *
 * A refund that nobody asked the box office for, because it was made at the card processor's, has no `RefundStarted`.
 */
export interface ChargeRefundedData {
  /** The refund. */
  refundId?: string
  /** The charge. */
  chargeId: string
  /** The order. */
  orderId: string
  /** What was given back. */
  amount: PublishedMoney
  /** The gateway's own name for the refund. */
  reference?: string
  /** The tickets that are for sale again. */
  tickets?: TicketVersion[]
}

/** A charge that came late pays a new order, because its buyer could still have the tickets. */
export interface ChargeTransferredData {
  /** The charge. */
  chargeId: string
  /** The order that had ended. */
  orderId: string
  /** The new order. */
  to: string
}

/** Money that was set aside was released: none was taken. */
export interface ChargeVoidedData {
  /** The charge. */
  chargeId: string
  /** The order that had ended. */
  orderId: string
}

/** It is clear whose disputed money is. */
export interface DisputeClosedData {
  /** The charge. */
  chargeId: string
  /** The order. */
  orderId: string
  /** The gateway's own name for the dispute. */
  reference: string
  /** How much it was about. */
  amount: PublishedMoney
  /** Whether it came back from the buyer's bank. */
  won: boolean
}

/** An operator has seen to money that was nobody's. */
export interface EscalationResolvedData {
  /** The charge. */
  chargeId: string
  /** The order that had ended. */
  orderId: string
  /** How much it was about. */
  amount: PublishedMoney
  /** What became of it. */
  resolution: Resolution
  /** What the operator wants remembered. */
  note: string
}

/**
 * Money came for an order that had ended.
 *
 * What becomes of it is told by the next event of the same moment: `ChargeTransferred`, `RefundStarted` or `ChargeEscalated`.
 */
export interface LateMoneyReceivedData {
  /** The charge. */
  chargeId: string
  /** The order that had ended. */
  orderId: string
  /** What was taken. */
  amount: PublishedMoney
  /** The gateway's own name for the charge. */
  reference?: string
}

/** An order ended and freed its tickets. */
export interface OrderCancelledData {
  /** The order. */
  orderId: string
  /** Why it ended. */
  reason: CancelReason
  /** The tickets that are free again. */
  tickets: TicketVersion[]
}

/** An order locked its tickets. */
export interface OrderCreatedData {
  /** The new order. */
  orderId: string
  /** Who buys. */
  buyerId: string
  /** The tickets as they were at the moment of the lock. */
  tickets: PublishedOrderedTicket[]
  /** The sum of their prices. */
  total: PublishedMoney
  /** When the hold ends unless the order is paid. */
  expiresAt: string
}

/** An order reached its deadline and freed its tickets. */
export interface OrderExpiredData {
  /** The order. */
  orderId: string
  /** The tickets that are free again. */
  tickets: TicketVersion[]
}

/** A ticket as it was when an order locked it. */
export interface PublishedOrderedTicket {
  /** The ticket. */
  id: string
  /** Who sells it. */
  sellerId: string
  /** What it was called. */
  title: string
  /** What it cost; what the buyer pays. */
  price: PublishedMoney
  /** The ticket's version after the lock. */
  version: number
}

/** The gateway is about to be asked for the money of an order. */
export interface PaymentStartedData {
  /** The new charge; the gateway's idempotency key. */
  chargeId: string
  /** The order. */
  orderId: string
  /** What is to be taken. */
  amount: PublishedMoney
  /** The gateway's name. */
  gateway: string
}

/** A seller was paid what they were owed, or a part of it. */
export interface PayoutRecordedData {
  /** The payout. */
  payoutId: string
  /** Who was paid. */
  sellerId: string
  /** How much. */
  amount: PublishedMoney
  /** By what it is found at the bank. */
  reference: string
}

/** The gateway refused to give the money back, for good. */
export interface RefundFailedData {
  /** The refund. */
  refundId: string
  /** The charge. */
  chargeId: string
  /** The order. */
  orderId: string
  /** What was not given back. */
  amount: PublishedMoney
  /** Why, in the gateway's words. */
  reason: string
}

/** The gateway is about to be asked to give the money back. */
export interface RefundStartedData {
  /** The new refund; the gateway's idempotency key. Journals from before partial refunds have none: there was one a charge. */
  refundId?: string
  /** The charge. */
  chargeId: string
  /** The order. */
  orderId: string
  /** What is to be given back. */
  amount: PublishedMoney
  /** Why. */
  reason: RefundReason
  /** Whether the tickets are sold anew once it is done. */
  returnToSale: boolean
}

/** A session ended before its time. */
export interface SessionRevokedData {
  /** The session's user. */
  userId: string
  /** The session. */
  sessionId: string
  /** When the session would have ended by itself: after that the fact no longer matters. */
  expiresAt: string
}

/** What people attend: a concert, a match, a play. */
export interface PublishedShow {
  /** What it is called. */
  name: string
  /** Its kind, such as `concert`. */
  category?: string
  /** Where it takes place. */
  venue?: string
  /** When it starts; from then on its tickets can't be ordered. */
  startsAt: string
}

/** A ticket was listed. */
export interface TicketCreatedData {
  /** The new ticket. */
  ticketId: string
  /** Who sells it. */
  sellerId: string
  /** What it is called. */
  title: string
  /** What it costs. */
  price: PublishedMoney
  /** What it lets its holder attend. */
  show?: PublishedShow
  /** Where in the venue its place is. */
  seat?: string
}

/** A ticket's title, price, show or seat changed. */
export interface TicketUpdatedData {
  /** The ticket. */
  ticketId: string
  /** Its title after it. */
  title: string
  /** Its price after it. */
  price: PublishedMoney
  /** Its show after it. */
  show?: PublishedShow
  /** Its seat after it, if that changed: nothing if it has none any more. */
  seat?: string | null
}

/** A ticket's version after an event of its order. */
export interface TicketVersion {
  /** The ticket. */
  id: string
  /** Its version after the event. */
  version: number
}

/** A ticket was taken off sale by its seller. */
export interface TicketWithdrawnData {
  /** The ticket. */
  ticketId: string
}

/** Somebody signed up. */
export interface UserCreatedData {
  /** The new user. */
  userId: string
}

/** A user's personal data was deleted. */
export interface UserErasedData {
  /** The user. */
  userId: string
}

/** A user's email, password or role changed. */
export interface UserUpdatedData {
  /** The user. */
  userId: string
  /** Whether the email changed; the vault has the new one. */
  emailChanged: boolean
  /** Whether the password changed. */
  passwordChanged: boolean
  /** Whether the user is an operator after it. */
  operator: boolean
  /** The user's epoch after it; sessions of an earlier epoch have ended. */
  epoch: number
}

/** Money was set aside for an order that had ended; the gateway is about to be asked to release it. */
export interface VoidStartedData {
  /** The charge. */
  chargeId: string
  /** The order that had ended. */
  orderId: string
  /** The gateway's own name for the charge. */
  reference?: string
}

/** The data of each event, by its name. */
export interface EventData {
  /** Somebody signed up. */
  UserCreated: UserCreatedData
  /** A user's email, password or role changed. */
  UserUpdated: UserUpdatedData
  /** A user's personal data was deleted. */
  UserErased: UserErasedData
  /** A session ended before its time. */
  SessionRevoked: SessionRevokedData
  /** A ticket was listed. */
  TicketCreated: TicketCreatedData
  /** A ticket's title, price or show changed. */
  TicketUpdated: TicketUpdatedData
  /** A ticket was taken off sale by its seller. */
  TicketWithdrawn: TicketWithdrawnData
  /** An order locked its tickets. */
  OrderCreated: OrderCreatedData
  /** An order ended and freed its tickets. */
  OrderCancelled: OrderCancelledData
  /** An order reached its deadline and freed its tickets. */
  OrderExpired: OrderExpiredData
  /** The gateway is about to be asked for the money of an order. */
  PaymentStarted: PaymentStartedData
  /** The money was taken: the order is complete and its tickets are sold. */
  ChargeCreated: ChargeCreatedData
  /** The money was not taken. */
  ChargeFailed: ChargeFailedData
  /** The gateway is about to be asked to give the money back. */
  RefundStarted: RefundStartedData
  /** Money was given back. */
  ChargeRefunded: ChargeRefundedData
  /** The money is set aside: the order keeps its tickets until it is captured. */
  ChargeAuthorized: ChargeAuthorizedData
  /** The gateway refused to give money back, for good. */
  RefundFailed: RefundFailedData
  /** Money came for an order that had ended. */
  LateMoneyReceived: LateMoneyReceivedData
  /** A charge that came late pays a new order. */
  ChargeTransferred: ChargeTransferredData
  /** Money is nobody's and could not be given back: an operator has to see to it. */
  ChargeEscalated: ChargeEscalatedData
  /** An operator has seen to money that was nobody's. */
  EscalationResolved: EscalationResolvedData
  /** Money was set aside too late; the gateway is about to be asked to release it. */
  VoidStarted: VoidStartedData
  /** Money that was set aside was released. */
  ChargeVoided: ChargeVoidedData
  /** The buyer's bank took money back until it is clear whose it is. */
  ChargeDisputed: ChargeDisputedData
  /** It is clear whose disputed money is. */
  DisputeClosed: DisputeClosedData
  /** A seller was paid what they were owed, or a part of it. */
  PayoutRecorded: PayoutRecordedData
}

/** The name of an event. */
export type EventName = keyof EventData
