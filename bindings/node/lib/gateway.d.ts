import type { Money } from './inputs.js'

/** What a gateway is to charge. */
export interface ChargeRequest {
  /** The idempotency key: each is charged at most once, however often it is asked for. */
  chargeId: string
  /** The order that is paid. */
  orderId: string
  /** How much. */
  amount: Money
  /** From which card. */
  token: string
}

/** The charge that is meant, with what a gateway may need to find it. */
export interface LookupRequest {
  /** The charge: the idempotency key under which it was begun. */
  chargeId: string
  /** The order for which it was begun. */
  orderId: string
  /** How much it is about. */
  amount: Money
  /** The card processor's own name for the charge, if it has told one. */
  reference?: string
  /** When the charge was begun; its request can't have been sent earlier. */
  createdAt: Date
}

/** What a gateway is to give back: all that was taken, or a part. */
export interface RefundRequest {
  /** The idempotency key: each is given back at most once, however often it is asked for. */
  refundId: string
  /** The charge. */
  chargeId: string
  /** The card processor's own name for the charge, if it has told one. */
  reference?: string
  /** How much. */
  amount: Money
  /** When the charge was begun. */
  createdAt: Date
}

/** A message of a card processor (a webhook) as it came, byte for byte, because that is what is signed. */
export interface WebhookMessage {
  /** The headers, with names in lower case; of several with one name the first. */
  headers: Record<string, string>
  /** The body. */
  body: Buffer
  /** The time by which its age is judged. */
  now: Date
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
export type GatewayReport =
  /** What became of a charge. */
  | { kind: 'charge'; orderId: string; chargeId: string; answer: ChargeAnswer }
  /** What became of a refund that the box office asked for. */
  | { kind: 'refund'; orderId: string; chargeId: string; refundId: string; answer: RefundAnswer }
  /** Money was given back by somebody at the card processor's; `reference` is its own name for the refund. */
  | { kind: 'refundElsewhere'; orderId: string; chargeId: string; reference: string; amount: ReportAmount }
  /** The buyer's bank takes money back until it is clear whose it is; `reference` is the card processor's own name for the dispute. */
  | { kind: 'disputeOpened'; orderId: string; chargeId: string; reference: string; amount: ReportAmount; reason: string }
  /** It is clear whose the disputed money is: whether it came back from the buyer's bank. */
  | { kind: 'disputeClosed'; orderId: string; chargeId: string; reference: string; won: boolean }

/** An exact decimal text in major units such as `'19.99'`, and the ISO 4217 code; a `Money` is one. */
export interface ReportAmount {
  amount: string
  currency: string
}

/** A message that comes from the card processor. */
export interface WebhookEvent {
  /** The card processor's own name for the message, the same whenever it comes again: visible ASCII. */
  id: string
  /** What it says; nothing if that is of no concern to a box office. */
  report?: GatewayReport | null
}

/** Thrown by a gateway that does not believe a message: its signature does not match, it is too old, or it can't be read. */
export declare class WebhookRefused extends Error {
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
  /** Why an amount can't be charged, in words that a seller may read; nothing if it can. Tickets at such prices are not listed. */
  checkAmount?(amount: Money): string | null | undefined | void | Promise<string | null | undefined | void>
  /**
   * Reads a message that the card processor has sent by itself (a webhook), after checking that it comes from there. Throws
   * `WebhookRefused` if it does not, is too old or can't be read. To throw anything else, to answer late, and to return something else
   * mean that it can't be read now: the card processor will send it again.
   */
  readWebhook?(message: WebhookMessage): WebhookEvent | Promise<WebhookEvent>
}

/** How to reach an account at Stripe. */
export interface StripeOptions {
  /** `sk_test_…`, `rk_test_…`, `sk_live_…` or `rk_live_…`. */
  secretKey: string
  /**
   * What webhooks are signed with (`whsec_…`), or several while one replaces another. Without, none is believed and outcomes are
   * asked for.
   */
  webhookSecret?: string | string[]
  /** Whether the money is set aside first, and taken when the order completes. */
  authorizeFirst?: boolean
  /** Where Stripe is, for a proxy or a stand-in: https, or this machine. */
  apiBase?: string
}

/**
 * Charges cards by way of Stripe: the `gateway` of a box office.
 *
 * The buyer's page makes a payment method (`pm_…`) or a card token (`tok_…`) by Stripe's own script, and `payments.pay` takes it: card
 * numbers never come here.
 */
export declare class StripeGateway {
  /** A gateway to the account of the key. Throws `ValidationError`. */
  constructor(options: StripeOptions)
  /** The name under which its charges are recorded: `stripe`, or `stripe-test`, whose money is none. */
  get name(): string
  /** Whether money moves. */
  get mode(): 'live' | 'test'
}

/** Runs the conformance suite of gateways. Rejects with an `Error` that lists what the gateway does wrong. */
export declare function checkGateway(
  gateway: PaymentGateway | StripeGateway,
  tokens: { chargedToken: string; declinedToken: string },
): Promise<void>
