import type { Money } from './inputs.js'

/** A request to a gateway to charge a card. */
export interface ChargeRequest {
  /** Idempotency key: a gateway charges each id at most once, even if the request is repeated. */
  chargeId: string
  /** Id of the order to pay. */
  orderId: string
  /** Amount to charge. */
  amount: Money
  /** Card token. */
  token: string
}

/** The charge to look up, capture or void, with the data that a gateway may need to find it. */
export interface LookupRequest {
  /** Id of the charge: the idempotency key under which it was begun. */
  chargeId: string
  /** Id of the order for which the charge was begun. */
  orderId: string
  /** Amount of the charge. */
  amount: Money
  /** The card processor's own id of the charge, if known. */
  reference?: string
  /** Time at which the charge was begun. Its request was not sent earlier. */
  createdAt: Date
}

/** A request to a gateway to refund a charge, in full or in part. */
export interface RefundRequest {
  /** Idempotency key: a gateway refunds each id at most once, even if the request is repeated. */
  refundId: string
  /** Id of the charge. */
  chargeId: string
  /** The card processor's own id of the charge, if known. */
  reference?: string
  /** Amount to refund. */
  amount: Money
  /** Time at which the charge was begun. */
  createdAt: Date
}

/** An inbound webhook message of a card processor, unchanged byte for byte, because the signature covers the bytes. */
export interface WebhookMessage {
  /** Headers, with names in lower case. Of several headers with one name, the first. */
  headers: Record<string, string>
  /** Body of the message. */
  body: Buffer
  /** Time against which the age of the message is checked. */
  now: Date
}

/** Answer of a gateway about a charge. */
export type ChargeAnswer =
  /** The gateway took the money; `reference` is the card processor's own id of the charge. */
  | { status: 'charged'; reference?: string | null }
  /** The gateway authorized the money, which can be captured or voided. For a gateway with `capture` and `void`. */
  | { status: 'authorized'; reference?: string | null }
  /** The buyer must act, for example confirm the payment with their bank. Only the buyer may see `clientSecret`. */
  | { status: 'actionRequired'; clientSecret: string }
  /** The gateway did not take the money and never will under this id. The buyer may read `reason`, 1 to 200 characters. */
  | { status: 'declined'; reason: string }
  /**
   * The card processor does not accept the request, whatever the card, because the shop's key, account or settings are wrong. No money
   * was taken and never will be under this id. The buyer gets `payment.misconfigured`; `reason` goes to the log of the shop.
   */
  | { status: 'misconfigured'; reason: string }
  /** The card processor is still processing the request. */
  | { status: 'pending' }
  /** The card processor does not know the charge. It may still be in transit, so this is accepted only after some time. */
  | { status: 'unknown' }

/** Answer of a gateway about a refund; no value means that the money was refunded. */
export type RefundAnswer =
  | void
  | null
  /** The gateway refunded the money; `reference` is the card processor's own id of the refund. */
  | { status: 'refunded'; reference?: string | null }
  /** The card processor is still processing the request. */
  | { status: 'pending' }
  /** The gateway did not refund the money and never will under this id; `reason` is for the operator. */
  | { status: 'refused'; reason: string }

/** Report of a card processor. It identifies a charge by the id under which the charge was begun. */
export type GatewayReport =
  /** The outcome of a charge. */
  | { kind: 'charge'; orderId: string; chargeId: string; answer: ChargeAnswer }
  /** The outcome of a refund that the box office requested. */
  | { kind: 'refund'; orderId: string; chargeId: string; refundId: string; answer: RefundAnswer }
  /** A refund made at the card processor, outside the box office; `reference` is its own id of the refund. */
  | { kind: 'refundElsewhere'; orderId: string; chargeId: string; reference: string; amount: ReportAmount }
  /** The refunds of a charge have changed: the box office looks them up by `refundsOf`. */
  | { kind: 'refundsChanged'; orderId: string; chargeId: string }
  /** A dispute was opened: the buyer's bank takes the money back. `reference` is the card processor's own id of the dispute. */
  | { kind: 'disputeOpened'; orderId: string; chargeId: string; reference: string; amount: ReportAmount; reason: string }
  /** A dispute was closed; `won` is `true` if the buyer's bank returned the money. */
  | { kind: 'disputeClosed'; orderId: string; chargeId: string; reference: string; won: boolean }

/** A refund in a list of the card processor: one that the box office requested, or one made at the card processor. */
export type ListedRefund = Extract<GatewayReport, { kind: 'refund' | 'refundElsewhere' }>

/** An exact decimal text in major units, such as `'19.99'`, and an ISO 4217 code. `Money` is assignable to it. */
export interface ReportAmount {
  amount: string
  currency: string
}

/** An inbound webhook event of the card processor. */
export interface WebhookEvent {
  /** The card processor's own id of the event, visible ASCII. A repeated delivery has the same id. */
  id: string
  /** Report in the event; missing if it does not concern the box office. */
  report?: GatewayReport | null
}

/** Thrown by a gateway that refuses a message: its signature does not match, it is too old, or it can't be read. */
export declare class WebhookRefused extends Error {
  constructor(reason: 'signature' | 'stale' | 'malformed', text?: string)
  readonly reason: 'signature' | 'stale' | 'malformed'
  /** Description of the malformed part. */
  readonly text: string
}

/**
 * A payment gateway: the connection to a card processor. Its methods may be plain or `async`. The box office may call each of them
 * again with the same id: after a crash, after a timeout, or concurrently. A gateway takes each charge at most once and makes each
 * refund at most once, even if the request is repeated.
 *
 * An exception means that the outcome is unknown: the box office looks it up later. A late answer (`gatewayTimeoutMs`) and an invalid
 * answer mean the same.
 */
export interface PaymentGateway {
  /** Name under which charges of this gateway are recorded. */
  readonly name: string
  /** Takes the money, or authorizes it for a later capture. */
  charge(request: ChargeRequest): ChargeAnswer | Promise<ChargeAnswer>
  /** Returns the outcome of a charge. */
  lookup(request: LookupRequest): ChargeAnswer | Promise<ChargeAnswer>
  /** Refunds a successful charge, in full or in part. A repeated call with the same `refundId` changes nothing. */
  refund(request: RefundRequest): RefundAnswer | Promise<RefundAnswer>
  /** Captures the full amount of an authorized charge. */
  capture?(request: LookupRequest): ChargeAnswer | Promise<ChargeAnswer>
  /**
   * Voids a charge that has taken no money: releases the authorized amount, or ends the wait for the buyer. Returns the outcome of
   * the charge: `declined`, unless the money was already taken.
   */
  void?(request: LookupRequest): ChargeAnswer | Promise<ChargeAnswer>
  /** Why an amount can't be charged, in words that a seller may read; nothing if it can. Tickets at such prices are not listed. */
  checkAmount?(amount: Money): string | null | undefined | void | Promise<string | null | undefined | void>
  /**
   * Lists every refund of a charge, also those made at the card processor. The box office asks when `readWebhook` reports
   * `refundsChanged`. An exception, a late answer and an invalid answer mean that the list can't be read now: the card processor sends
   * its message again.
   */
  refundsOf?(request: LookupRequest): readonly ListedRefund[] | Promise<readonly ListedRefund[]>
  /**
   * Lists the refunds made at the card processor since a time, those that the box office requested left out. The box office asks when it
   * opens, and every hour, so that a refund is recorded although no webhook has told of it. The list may hold charges of others, and
   * refunds that are known. An exception, a late answer (`gatewayTimeoutMs`) and an invalid answer mean that the list can't be read now.
   */
  refundsSince?(since: Date): readonly ListedRefund[] | Promise<readonly ListedRefund[]>
  /**
   * Checks that an inbound webhook message comes from the card processor, and reads it. Throws `WebhookRefused` if the signature is
   * wrong, or the message is too old or malformed. Any other exception, a late answer and an invalid answer mean that it can't be
   * read now: the card processor sends it again.
   */
  readWebhook?(message: WebhookMessage): WebhookEvent | Promise<WebhookEvent>
}

/** Settings of the Stripe gateway. */
export interface StripeOptions {
  /** Secret key of the account: `sk_test_…`, `rk_test_…`, `sk_live_…` or `rk_live_…`. */
  secretKey: string
  /**
   * Secret that signs webhooks (`whsec_…`), or several during a key rotation. Without a secret, all webhooks are refused and the box
   * office looks outcomes up.
   */
  webhookSecret?: string | string[]
  /** `true` authorizes the money first and captures it when the order completes. */
  authorizeFirst?: boolean
  /** Address of a proxy or a stand-in of Stripe: https, or this machine. */
  apiBase?: string
}

/**
 * Charges cards through Stripe: the `gateway` of a box office.
 *
 * The buyer's page creates a payment method (`pm_…`) or a card token (`tok_…`) with Stripe's own script, and `payments.pay` takes it.
 * Card numbers never reach the box office.
 */
export declare class StripeGateway {
  /** Creates a gateway to the account of the key. Throws `ValidationError`. */
  constructor(options: StripeOptions)
  /** Name under which its charges are recorded: `stripe`, or `stripe-test` in test mode, where no money moves. */
  get name(): string
  /** Mode of the key: `live`, where money moves, or `test`. */
  get mode(): 'live' | 'test'
}

/** Runs the conformance suite of gateways. Rejects with an `Error` that lists what the gateway does wrong. */
export declare function checkGateway(
  gateway: PaymentGateway | StripeGateway,
  tokens: { chargedToken: string; declinedToken: string },
): Promise<void>
