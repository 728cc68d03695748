'use strict'
// What a gateway may say of a charge or a refund.

/** What each status of an answer comes with: a name that may be missing, a text that may not, or nothing. */
const CHARGE_ANSWERS = {
  charged: 'reference',
  authorized: 'reference',
  actionRequired: 'clientSecret',
  declined: 'reason',
  pending: undefined,
  unknown: undefined,
}
const REFUND_ANSWERS = { refunded: 'reference', refused: 'reason', pending: undefined }

/** The answer as the native module takes it; `undefined` if it is none of `kinds`. */
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
