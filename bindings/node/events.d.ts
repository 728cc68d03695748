// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.
import type { CancelReason, RefundReason, Resolution } from './index.js'

/** Money as it is published: minor units, such as cents, and the ISO 4217 code. */
export interface PublishedMoney {
  minor: number
  currency: string
}

/** The money was authorized. The order keeps its tickets until the money is captured. */
export interface ChargeAuthorizedData {
  /** Id of the charge. */
  chargeId: string
  /** Id of the order. */
  orderId: string
  /** Gateway's reference for the charge. */
  reference?: string
}

/** The money was taken. The order is complete and its tickets are sold. */
export interface ChargeCreatedData {
  /** Id of the charge. */
  chargeId: string
  /** Id of the order. */
  orderId: string
  /** Amount that was taken. */
  amount: PublishedMoney
  /** Gateway's reference for the charge. */
  reference?: string
  /** Tickets that are sold. */
  tickets: TicketVersion[]
  /** Fee of each ticket, in minor units and the order's sequence; empty if there are no fees. */
  fees?: number[]
}

/** The buyer's bank took money back until the dispute is closed. */
export interface ChargeDisputedData {
  /** Id of the charge. */
  chargeId: string
  /** Id of the order. */
  orderId: string
  /** Gateway's reference for the dispute. */
  reference: string
  /** Disputed amount. */
  amount: PublishedMoney
  /** Reason, in the gateway's words. */
  reason: string
}

/** Late money could not be given back. An operator has to resolve it. */
export interface ChargeEscalatedData {
  /** Id of the charge. */
  chargeId: string
  /** Id of the order that had ended. */
  orderId: string
  /** Amount that is left. */
  amount: PublishedMoney
  /** Reason for the escalation. */
  reason: string
}

/** The money was not taken. */
export interface ChargeFailedData {
  /** Id of the charge. */
  chargeId: string
  /** Id of the order. */
  orderId: string
  /** Reason, in words that a buyer may read. */
  reason: string
}

/**
 * Money was given back.
 *
 * A refund that was made at the card processor, not requested by the box office, has no `RefundStarted`.
 */
export interface ChargeRefundedData {
  /** Id of the refund. */
  refundId?: string
  /** Id of the charge. */
  chargeId: string
  /** Id of the order. */
  orderId: string
  /** Amount that was given back. */
  amount: PublishedMoney
  /** Gateway's reference for the refund. */
  reference?: string
  /** Tickets that are for sale again. */
  tickets?: TicketVersion[]
}

/** Late money pays a new order, because its buyer could still have the tickets. */
export interface ChargeTransferredData {
  /** Id of the charge. */
  chargeId: string
  /** Id of the order that had ended. */
  orderId: string
  /** Id of the new order. */
  to: string
}

/** A late authorization was voided. No money was taken. */
export interface ChargeVoidedData {
  /** Id of the charge. */
  chargeId: string
  /** Id of the order that had ended. */
  orderId: string
}

/** A dispute was closed. */
export interface DisputeClosedData {
  /** Id of the charge. */
  chargeId: string
  /** Id of the order. */
  orderId: string
  /** Gateway's reference for the dispute. */
  reference: string
  /** Disputed amount. */
  amount: PublishedMoney
  /** `true` if the money came back from the buyer's bank. */
  won: boolean
}

/** An operator resolved late money. */
export interface EscalationResolvedData {
  /** Id of the charge. */
  chargeId: string
  /** Id of the order that had ended. */
  orderId: string
  /** Amount that was resolved. */
  amount: PublishedMoney
  /** Outcome for the money. */
  resolution: Resolution
  /** Operator's note. */
  note: string
}

/** A host joined the cluster, or got another name or vote. */
export interface HostJoinedData {
  /** Id of the host. */
  hostId: string
  /** Name of the host. */
  name: string
  /** `true` if it votes for the host that writes. */
  voter: boolean
}

/** A host left the cluster. */
export interface HostLeftData {
  /** Id of the host. */
  hostId: string
}

/**
 * Money came for an order that had ended.
 *
 * The next event, decided at the same moment, tells what happens to the money: `ChargeTransferred`, `RefundStarted` or
 * `ChargeEscalated`.
 */
export interface LateMoneyReceivedData {
  /** Id of the charge. */
  chargeId: string
  /** Id of the order that had ended. */
  orderId: string
  /** Amount that was taken. */
  amount: PublishedMoney
  /** Gateway's reference for the charge. */
  reference?: string
}

/** An order was cancelled and freed its tickets. */
export interface OrderCancelledData {
  /** Id of the order. */
  orderId: string
  /** Reason why it was cancelled. */
  reason: CancelReason
  /** Tickets that became available again. */
  tickets: TicketVersion[]
}

/** An order locked its tickets. */
export interface OrderCreatedData {
  /** Id of the new order. */
  orderId: string
  /** Buyer of the tickets. */
  buyerId: string
  /** Tickets as they were when the order locked them. */
  tickets: PublishedOrderedTicket[]
  /** Sum of their prices. */
  total: PublishedMoney
  /** Time at which the hold ends unless a payment has started. */
  expiresAt: string
}

/** An order reached its deadline and freed its tickets. */
export interface OrderExpiredData {
  /** Id of the order. */
  orderId: string
  /** Tickets that became available again. */
  tickets: TicketVersion[]
}

/** A ticket as it was when an order locked it. */
export interface PublishedOrderedTicket {
  /** Id of the ticket. */
  id: string
  /** Seller of the ticket. */
  sellerId: string
  /** Title of the ticket at that time. */
  title: string
  /** Price at that time, which the buyer pays. */
  price: PublishedMoney
  /** Version of the ticket after the lock. */
  version: number
}

/** The gateway is about to be asked for the money of an order. */
export interface PaymentStartedData {
  /** Id of the new charge, which is the gateway's idempotency key. */
  chargeId: string
  /** Id of the order. */
  orderId: string
  /** Amount to be taken. */
  amount: PublishedMoney
  /** Name of the gateway. */
  gateway: string
}

/** A seller was paid all or part of what they were owed. */
export interface PayoutRecordedData {
  /** Id of the payout. */
  payoutId: string
  /** Seller who was paid. */
  sellerId: string
  /** Amount paid. */
  amount: PublishedMoney
  /** Reference by which the bank identifies the payout. */
  reference: string
}

/** The gateway permanently refused to give the money back. */
export interface RefundFailedData {
  /** Id of the refund. */
  refundId: string
  /** Id of the charge. */
  chargeId: string
  /** Id of the order. */
  orderId: string
  /** Amount that was not given back. */
  amount: PublishedMoney
  /** Reason, in the gateway's words. */
  reason: string
}

/** The gateway is about to be asked to give the money back. */
export interface RefundStartedData {
  /**
   * Id of the new refund, which is the gateway's idempotency key. Journals from before partial refunds have none, because a charge had
   * one refund.
   */
  refundId?: string
  /** Id of the charge. */
  chargeId: string
  /** Id of the order. */
  orderId: string
  /** Amount to be given back. */
  amount: PublishedMoney
  /** Reason for the refund. */
  reason: RefundReason
  /** `true` if the tickets go back on sale once the refund is done. */
  returnToSale: boolean
}

/** A session was ended before it expired. */
export interface SessionRevokedData {
  /** Id of the session's user. */
  userId: string
  /** Id of the session. */
  sessionId: string
  /** Time at which the session would have expired. After that the fact no longer matters. */
  expiresAt: string
}

/** An event that people attend: a concert, a match, a play. */
export interface PublishedShow {
  /** Name of the show. */
  name: string
  /** Kind of show, such as `concert`. */
  category?: string
  /** Place of the show. */
  venue?: string
  /** Time at which the show starts. From then on its tickets can't be ordered. */
  startsAt: string
}

/** A ticket was listed. */
export interface TicketCreatedData {
  /** Id of the new ticket. */
  ticketId: string
  /** Seller of the ticket. */
  sellerId: string
  /** Title of the ticket. */
  title: string
  /** Price of the ticket. */
  price: PublishedMoney
  /** Show that the ticket is for. */
  show?: PublishedShow
  /** Label of the seat in the venue. */
  seat?: string
}

/** A ticket's title, price, show or seat changed. */
export interface TicketUpdatedData {
  /** Id of the ticket. */
  ticketId: string
  /** Title after the event. */
  title: string
  /** Price after the event. */
  price: PublishedMoney
  /** Show after the event. */
  show?: PublishedShow
  /** Its seat after it, if that changed: nothing if it has none any more. */
  seat?: string | null
}

/** Version of a ticket after an event of its order. */
export interface TicketVersion {
  /** Id of the ticket. */
  id: string
  /** Version of the ticket after the event. */
  version: number
}

/** A ticket was taken off sale by its seller. */
export interface TicketWithdrawnData {
  /** Id of the ticket. */
  ticketId: string
}

/** A user signed up. */
export interface UserCreatedData {
  /** Id of the new user. */
  userId: string
}

/** A user's personal data was deleted. */
export interface UserErasedData {
  /** Id of the user. */
  userId: string
}

/** A user's email, password or role changed. */
export interface UserUpdatedData {
  /** Id of the user. */
  userId: string
  /** `true` if the email changed. The vault has the new one. */
  emailChanged: boolean
  /** `true` if the password changed. */
  passwordChanged: boolean
  /** `true` if the user is an operator after the event. */
  operator: boolean
  /** Epoch of the user after the event. Sessions of an earlier epoch have ended. */
  epoch: number
}

/** Money was authorized for an order that had ended. The gateway is about to be asked to void the authorization. */
export interface VoidStartedData {
  /** Id of the charge. */
  chargeId: string
  /** Id of the order that had ended. */
  orderId: string
  /** Gateway's reference for the charge. */
  reference?: string
}

/** The deliveries of a webhook that the hosts share have come so far. It is recorded now and then, not for each delivery. */
export interface WebhookAdvancedData {
  /** Id of the webhook. */
  webhookId: string
  /** How far deliveries have come. */
  progress: WebhookProgress
}

/** Nothing is delivered to a webhook that the hosts share, until it is resumed. */
export interface WebhookDisabledData {
  /** Id of the webhook. */
  webhookId: string
  /** Reason for which nothing is delivered. */
  reason: string
}

/** How far the deliveries of a webhook have come. */
export interface WebhookProgress {
  /** Number of the last record that needs no more delivery. */
  cursor: number
  /** Number of failed attempts of the next delivery. */
  attempts: number
  /** Time before which the next delivery is not attempted again; none if it may be at once. */
  nextTryAt: string | null
  /** Id of the journal's history in which the cursor lies. */
  history: string
  /**
   * Number of the last record that this history shares with those that it was restored from, as messages tell it; none if it never
   * was. Hosts may differ in what they know of it, and messages must not.
   */
  common: number | null
  /** `true` until the receiver is told that the journal goes on with another history. */
  reset: boolean
}

/** A webhook that the hosts share was removed. */
export interface WebhookRemovedData {
  /** Id of the webhook. */
  webhookId: string
}

/** An operator resumed the deliveries of a webhook that the hosts share. */
export interface WebhookResumedData {
  /** Id of the webhook. */
  webhookId: string
}

/** A webhook that the hosts share was created, or delivers something else or elsewhere. */
export interface WebhookSavedData {
  /** Id of the webhook. */
  webhookId: string
  /** Types of the delivered events; empty for all. */
  eventTypes: string[]
  /** Where deliveries go and what signs them, encrypted. */
  sealed: string
  /** Progress from which it goes on; none if that is as it was. */
  progress: WebhookProgress | null
}

/** The data of each event, by its name. */
export interface EventData {
  /** A user signed up. */
  UserCreated: UserCreatedData
  /** A user's email, password or role changed. */
  UserUpdated: UserUpdatedData
  /** A user's personal data was deleted. */
  UserErased: UserErasedData
  /** A session was ended before it expired. */
  SessionRevoked: SessionRevokedData
  /** A ticket was listed. */
  TicketCreated: TicketCreatedData
  /** A ticket's title, price or show changed. */
  TicketUpdated: TicketUpdatedData
  /** A ticket was taken off sale by its seller. */
  TicketWithdrawn: TicketWithdrawnData
  /** An order locked its tickets. */
  OrderCreated: OrderCreatedData
  /** An order was cancelled and freed its tickets. */
  OrderCancelled: OrderCancelledData
  /** An order reached its deadline and freed its tickets. */
  OrderExpired: OrderExpiredData
  /** The gateway is about to be asked for the money of an order. */
  PaymentStarted: PaymentStartedData
  /** The money was taken. The order is complete and its tickets are sold. */
  ChargeCreated: ChargeCreatedData
  /** The money was not taken. */
  ChargeFailed: ChargeFailedData
  /** The gateway is about to be asked to give the money back. */
  RefundStarted: RefundStartedData
  /** Money was given back. */
  ChargeRefunded: ChargeRefundedData
  /** The money was authorized. The order keeps its tickets until the money is captured. */
  ChargeAuthorized: ChargeAuthorizedData
  /** The gateway permanently refused to give the money back. */
  RefundFailed: RefundFailedData
  /** Money came for an order that had ended. */
  LateMoneyReceived: LateMoneyReceivedData
  /** Late money pays a new order. */
  ChargeTransferred: ChargeTransferredData
  /** Late money could not be given back. An operator has to resolve it. */
  ChargeEscalated: ChargeEscalatedData
  /** An operator resolved late money. */
  EscalationResolved: EscalationResolvedData
  /** Money was authorized too late. The gateway is about to be asked to void the authorization. */
  VoidStarted: VoidStartedData
  /** A late authorization was voided. No money was taken. */
  ChargeVoided: ChargeVoidedData
  /** The buyer's bank took money back until the dispute is closed. */
  ChargeDisputed: ChargeDisputedData
  /** A dispute was closed. */
  DisputeClosed: DisputeClosedData
  /** A seller was paid all or part of what they were owed. */
  PayoutRecorded: PayoutRecordedData
  /** A host joined the cluster, or got another name or vote. */
  HostJoined: HostJoinedData
  /** A host left the cluster. */
  HostLeft: HostLeftData
  /** A webhook that the hosts share was created, or delivers something else or elsewhere. */
  WebhookSaved: WebhookSavedData
  /** The deliveries of a webhook that the hosts share have come so far. */
  WebhookAdvanced: WebhookAdvancedData
  /** Nothing is delivered to a webhook that the hosts share, until it is resumed. */
  WebhookDisabled: WebhookDisabledData
  /** An operator resumed the deliveries of a webhook that the hosts share. */
  WebhookResumed: WebhookResumedData
  /** A webhook that the hosts share was removed. */
  WebhookRemoved: WebhookRemovedData
}

/** The name of an event. */
export type EventName = keyof EventData
