// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.
import type {
  ChargeAuthorizedData,
  ChargeCreatedData,
  ChargeDisputedData,
  ChargeEscalatedData,
  ChargeFailedData,
  ChargeRefundedData,
  ChargeTransferredData,
  ChargeVoidedData,
  DisputeClosedData,
  EscalationResolvedData,
  HostJoinedData,
  HostLeftData,
  LateMoneyReceivedData,
  OrderCancelledData,
  OrderCreatedData,
  OrderExpiredData,
  PaymentStartedData,
  PayoutRecordedData,
  RefundFailedData,
  RefundStartedData,
  SessionRevokedData,
  TicketCreatedData,
  TicketUpdatedData,
  TicketWithdrawnData,
  UserCreatedData,
  UserErasedData,
  UserUpdatedData,
  VoidStartedData,
  WebhookAdvancedData,
  WebhookDisabledData,
  WebhookRemovedData,
  WebhookResumedData,
  WebhookSavedData,
} from '../events.js'

export type { PublishedMoney, PublishedOrderedTicket, PublishedShow, TicketVersion, WebhookProgress } from '../events.js'

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
  ChargeCreated = 'ChargeCreated',
  ChargeFailed = 'ChargeFailed',
  RefundStarted = 'RefundStarted',
  ChargeRefunded = 'ChargeRefunded',
  ChargeAuthorized = 'ChargeAuthorized',
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
  HostJoined = 'HostJoined',
  HostLeft = 'HostLeft',
  WebhookSaved = 'WebhookSaved',
  WebhookAdvanced = 'WebhookAdvanced',
  WebhookDisabled = 'WebhookDisabled',
  WebhookResumed = 'WebhookResumed',
  WebhookRemoved = 'WebhookRemoved',
}

/** An event: its subject and its data. */
export interface Event {
  subject: Subjects
  data: object
}
/** A user signed up. */
export interface UserCreatedEvent {
  subject: Subjects.UserCreated
  data: UserCreatedData
}
/** A user's email, password or role changed. */
export interface UserUpdatedEvent {
  subject: Subjects.UserUpdated
  data: UserUpdatedData
}
/** A user's personal data was deleted. */
export interface UserErasedEvent {
  subject: Subjects.UserErased
  data: UserErasedData
}
/** A session was ended before it expired. */
export interface SessionRevokedEvent {
  subject: Subjects.SessionRevoked
  data: SessionRevokedData
}
/** A ticket was listed. */
export interface TicketCreatedEvent {
  subject: Subjects.TicketCreated
  data: TicketCreatedData
}
/** A ticket's title, price or show changed. */
export interface TicketUpdatedEvent {
  subject: Subjects.TicketUpdated
  data: TicketUpdatedData
}
/** A ticket was taken off sale by its seller. */
export interface TicketWithdrawnEvent {
  subject: Subjects.TicketWithdrawn
  data: TicketWithdrawnData
}
/** An order locked its tickets. */
export interface OrderCreatedEvent {
  subject: Subjects.OrderCreated
  data: OrderCreatedData
}
/** An order was cancelled and freed its tickets. */
export interface OrderCancelledEvent {
  subject: Subjects.OrderCancelled
  data: OrderCancelledData
}
/** An order reached its deadline and freed its tickets. */
export interface OrderExpiredEvent {
  subject: Subjects.OrderExpired
  data: OrderExpiredData
}
/** The gateway is about to be asked for the money of an order. */
export interface PaymentStartedEvent {
  subject: Subjects.PaymentStarted
  data: PaymentStartedData
}
/** The money was taken. The order is complete and its tickets are sold. */
export interface ChargeCreatedEvent {
  subject: Subjects.ChargeCreated
  data: ChargeCreatedData
}
/** The money was not taken. */
export interface ChargeFailedEvent {
  subject: Subjects.ChargeFailed
  data: ChargeFailedData
}
/** The gateway is about to be asked to give the money back. */
export interface RefundStartedEvent {
  subject: Subjects.RefundStarted
  data: RefundStartedData
}
/** Money was given back. */
export interface ChargeRefundedEvent {
  subject: Subjects.ChargeRefunded
  data: ChargeRefundedData
}
/** The money was authorized. The order keeps its tickets until the money is captured. */
export interface ChargeAuthorizedEvent {
  subject: Subjects.ChargeAuthorized
  data: ChargeAuthorizedData
}
/** The gateway permanently refused to give the money back. */
export interface RefundFailedEvent {
  subject: Subjects.RefundFailed
  data: RefundFailedData
}
/** Money came for an order that had ended. */
export interface LateMoneyReceivedEvent {
  subject: Subjects.LateMoneyReceived
  data: LateMoneyReceivedData
}
/** Late money pays a new order. */
export interface ChargeTransferredEvent {
  subject: Subjects.ChargeTransferred
  data: ChargeTransferredData
}
/** Late money could not be given back. An operator has to resolve it. */
export interface ChargeEscalatedEvent {
  subject: Subjects.ChargeEscalated
  data: ChargeEscalatedData
}
/** An operator resolved late money. */
export interface EscalationResolvedEvent {
  subject: Subjects.EscalationResolved
  data: EscalationResolvedData
}
/** Money was authorized too late. The gateway is about to be asked to void the authorization. */
export interface VoidStartedEvent {
  subject: Subjects.VoidStarted
  data: VoidStartedData
}
/** A late authorization was voided. No money was taken. */
export interface ChargeVoidedEvent {
  subject: Subjects.ChargeVoided
  data: ChargeVoidedData
}
/** The buyer's bank took money back until the dispute is closed. */
export interface ChargeDisputedEvent {
  subject: Subjects.ChargeDisputed
  data: ChargeDisputedData
}
/** A dispute was closed. */
export interface DisputeClosedEvent {
  subject: Subjects.DisputeClosed
  data: DisputeClosedData
}
/** A seller was paid all or part of what they were owed. */
export interface PayoutRecordedEvent {
  subject: Subjects.PayoutRecorded
  data: PayoutRecordedData
}
/** A host joined the cluster, or got another name or vote. */
export interface HostJoinedEvent {
  subject: Subjects.HostJoined
  data: HostJoinedData
}
/** A host left the cluster. */
export interface HostLeftEvent {
  subject: Subjects.HostLeft
  data: HostLeftData
}
/** A webhook that the hosts share was created, or delivers something else or elsewhere. */
export interface WebhookSavedEvent {
  subject: Subjects.WebhookSaved
  data: WebhookSavedData
}
/** The deliveries of a webhook that the hosts share have come so far. */
export interface WebhookAdvancedEvent {
  subject: Subjects.WebhookAdvanced
  data: WebhookAdvancedData
}
/** Nothing is delivered to a webhook that the hosts share, until it is resumed. */
export interface WebhookDisabledEvent {
  subject: Subjects.WebhookDisabled
  data: WebhookDisabledData
}
/** An operator resumed the deliveries of a webhook that the hosts share. */
export interface WebhookResumedEvent {
  subject: Subjects.WebhookResumed
  data: WebhookResumedData
}
/** A webhook that the hosts share was removed. */
export interface WebhookRemovedEvent {
  subject: Subjects.WebhookRemoved
  data: WebhookRemovedData
}
