'use strict'
// Answers of gateways about charges and refunds.

/** Property of an answer for each status: an optional `reference`, a required text, or none. */
const CHARGE_ANSWERS = {
  charged: 'reference',
  authorized: 'reference',
  actionRequired: 'clientSecret',
  declined: 'reason',
  misconfigured: 'reason',
  pending: undefined,
  unknown: undefined,
}
const REFUND_ANSWERS = { refunded: 'reference', refused: 'reason', pending: undefined }

/** Converts an answer for the native module; returns `undefined` if it is none of `kinds`. */
function answerPayload(answer, kinds) {
  if (typeof answer !== 'object' || answer === null) return undefined
  const { status } = answer
  if (typeof status !== 'string' || !Object.hasOwn(kinds, status)) return undefined
  if (kinds[status] === undefined) return { status }
  const text = answer[kinds[status]]
  if (kinds[status] === 'reference' && (text === undefined || text === null)) return { status }
  return typeof text === 'string' ? { status, text } : undefined
}

module.exports = { CHARGE_ANSWERS, REFUND_ANSWERS, answerPayload }
