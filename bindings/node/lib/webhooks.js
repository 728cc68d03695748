'use strict'
// What card processors report: in inbound webhook events, and in lists of refunds.

const { inspect, types } = require('node:util')

const native = require('./native.js')
const { CHARGE_ANSWERS, REFUND_ANSWERS, answerPayload } = require('./answers.js')

const REASONS = ['signature', 'stale', 'malformed']

/** By what it is known in every copy of this module. */
const REFUSED = Symbol.for('boxoffice.WebhookRefused')

/** Thrown by a gateway that refuses a message. */
class WebhookRefused extends Error {
  static [Symbol.hasInstance](value) {
    if (this !== WebhookRefused) return Function.prototype[Symbol.hasInstance].call(this, value)
    return typeof value === 'object' && value !== null && value[REFUSED] === true
  }

  get [REFUSED]() {
    return true
  }

  constructor(reason, text = '') {
    if (!REASONS.includes(reason)) throw new TypeError(`a message is refused for ${REASONS.join(', ')}, not ${inspect(reason)}`)
    super(text === '' ? reason : `${reason}: ${text}`)
    this.name = 'WebhookRefused'
    this.reason = reason
    this.text = String(text)
  }
}

/** Answers in the reports of each kind. */
const ANSWERS = { charge: CHARGE_ANSWERS, refund: REFUND_ANSWERS }

/** Converts a report; `of` says in messages where it is. */
function reportPayload(report, of) {
  if (typeof report !== 'object' || report === null) throw new TypeError(`returned ${of} whose report is none: ${inspect(report)}`)
  if (!Object.hasOwn(ANSWERS, report.kind)) return report
  const answer = report.kind === 'refund' ? (report.answer ?? { status: 'refunded' }) : report.answer
  const payload = answerPayload(answer, ANSWERS[report.kind])
  if (payload === undefined) throw new TypeError(`returned ${of} whose answer is none: ${inspect(report.answer)}`)
  return { ...report, answer: payload }
}

/** Converts an event for the native module; throws if it is invalid. */
function eventPayload(event) {
  if (typeof event !== 'object' || event === null) throw new TypeError(`must return an event, not ${inspect(event)}`)
  const { id, report = null } = event
  const payload = JSON.stringify({ id, report: report === null ? null : reportPayload(report, 'an event') })
  const invalid = native.webhookEventError(payload)
  if (invalid !== null) throw new TypeError(`returned an event that can't be: ${invalid}`)
  return payload
}

/** Converts a list of refunds for the native module; throws if it is invalid. */
function refundsPayload(refunds) {
  if (!Array.isArray(refunds)) throw new TypeError(`must return a list of refunds, not ${inspect(refunds)}`)
  const payload = JSON.stringify(refunds.map((refund) => reportPayload(refund, 'a list')))
  const invalid = native.refundsError(payload)
  if (invalid !== null) throw new TypeError(`returned a list that can't be: ${invalid}`)
  return payload
}

/** Converts headers to pairs of name and value: from an object, as in Node, or from pairs, such as `Headers`. */
function headerPairs(headers) {
  const pairs = typeof headers?.[Symbol.iterator] === 'function' ? headers : Object.entries(headers)
  const all = []
  for (const [name, value] of pairs) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) all.push([name, one])
  }
  return all
}

/** Returns the bytes of the body of a message. */
function messageBytes(body) {
  if (typeof body === 'string' || types.isUint8Array(body)) return Buffer.from(body)
  throw new TypeError(`a message has the bytes that were sent, not ${inspect(body, { depth: 0 })}: use no parser of bodies before`)
}

module.exports = { WebhookRefused, headerPairs, messageBytes, eventPayload, refundsPayload }
