'use strict'
// What a card processor tells by itself.

const { inspect } = require('node:util')

const native = require('../native.js')
const { CHARGE_ANSWERS, REFUND_ANSWERS, answerTold } = require('./answers.js')

const REASONS = ['signature', 'stale', 'malformed']

/** Thrown by a gateway that does not believe a message. */
class NoticeRefused extends Error {
  constructor(reason, text = '') {
    if (!REASONS.includes(reason)) throw new TypeError(`a message is refused for ${REASONS.join(', ')}, not ${inspect(reason)}`)
    super(text === '' ? reason : `${reason}: ${text}`)
    this.name = 'NoticeRefused'
    this.reason = reason
    this.text = String(text)
  }
}

/** The answers that the facts of each kind come with. */
const ANSWERS = { charge: CHARGE_ANSWERS, refund: REFUND_ANSWERS }

function factTold(fact) {
  if (typeof fact !== 'object') throw new TypeError(`returned a notice whose fact is none: ${inspect(fact)}`)
  if (!Object.hasOwn(ANSWERS, fact.kind)) return fact
  const answer = fact.kind === 'refund' ? (fact.answer ?? { status: 'refunded' }) : fact.answer
  const told = answerTold(answer, ANSWERS[fact.kind])
  if (told === undefined) throw new TypeError(`returned a notice whose answer is none: ${inspect(fact.answer)}`)
  return { ...fact, answer: told }
}

/** A notice as the native module takes it; throws if it is none. */
function noticeTold(notice) {
  if (typeof notice !== 'object' || notice === null) throw new TypeError(`must return a notice, not ${inspect(notice)}`)
  const { id, fact = null } = notice
  const told = JSON.stringify({ id, fact: fact === null ? null : factTold(fact) })
  const fault = native.noticeFault(told)
  if (fault !== null) throw new TypeError(`returned a notice that can't be: ${fault}`)
  return told
}

/** Names and values in turn: of an object as Node has headers, or of pairs, such as `Headers`. */
function headerPairs(headers) {
  const pairs = typeof headers?.[Symbol.iterator] === 'function' ? headers : Object.entries(headers)
  const all = []
  for (const [name, value] of pairs) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) all.push([name, one])
  }
  return all
}

/** The bytes of a message as it came. */
function messageBytes(body) {
  if (typeof body === 'string' || body instanceof Uint8Array) return Buffer.from(body)
  throw new TypeError(`a message has the bytes that were sent, not ${inspect(body, { depth: 0 })}: use no parser of bodies before`)
}

module.exports = { NoticeRefused, headerPairs, messageBytes, noticeTold }
