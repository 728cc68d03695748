'use strict'
// Conversion of gateways written in JavaScript to the form of the native module: functions whose promises never reject.

const { inspect, types } = require('node:util')

const { CHARGE_ANSWERS, REFUND_ANSWERS, answerPayload } = require('./answers.js')
const { WebhookRefused, eventPayload, refundsPayload } = require('./webhooks.js')

/** Methods of every gateway. */
const METHODS = ['charge', 'lookup', 'refund']

/** Methods of some gateways. Without them there is an answer to each call. */
const OFFERED = ['capture', 'void', 'refundsOf', 'readWebhook']

/** Methods of some gateways. The native module knows which of them are there. */
const KNOWN = ['checkAmount', 'refundsSince']

/** Formats an answer for a message. */
function shown(answer) {
  return inspect(answer, { depth: 1, breakLength: Infinity }).slice(0, 200)
}

function failed(text) {
  return { status: 'failed', text }
}

/** Converts an answer for the native module; throws if it is invalid. */
function told(method, answer) {
  if (method === 'readWebhook') return { status: 'event', text: eventPayload(answer) }
  if (method === 'refundsOf' || method === 'refundsSince') return { status: 'refunds', text: refundsPayload(answer) }
  if (method === 'checkAmount') {
    if (answer === undefined || answer === null) return { status: 'chargeable' }
    if (typeof answer === 'string') return { status: 'refused', text: answer }
    throw new TypeError(`must return why the amount can't be charged, or nothing, not ${shown(answer)}`)
  }
  // No value means that the refund was made.
  if (method === 'refund' && (answer === undefined || answer === null)) return { status: 'refunded' }
  const kinds = method === 'refund' ? REFUND_ANSWERS : CHARGE_ANSWERS
  const checked = answerPayload(answer, kinds)
  if (checked !== undefined) return checked
  const statuses = Object.keys(kinds).map((status) => `'${status}'`)
  throw new TypeError(`must return { status: ${statuses.join(' | ')}, … }, not ${shown(answer)}`)
}

/** Returns the answer of a gateway without this method. */
function lacking(kind, method) {
  if (method === 'readWebhook') return { status: 'unsupported' }
  if (method === 'refundsOf') return failed(`${kind} tells that refunds have changed, and has no refundsOf() to list them`)
  return failed(`${kind} takes money at once, and can't ${method} it`)
}

/** Calls a method of the gateway. The promise never rejects: it resolves to an answer or to the reason of the failure. */
async function ask(gateway, method, argument) {
  const kind = gateway.constructor?.name ?? 'gateway'
  const name = `${kind}.${method}()`
  if (typeof gateway[method] !== 'function') return lacking(kind, method)
  let answer
  try {
    answer = await gateway[method](argument)
  } catch (error) {
    if (method === 'readWebhook' && error instanceof WebhookRefused) return { status: error.reason, text: error.text }
    const text = types.isNativeError(error) ? `${error.name}: ${error.message}` : shown(error)
    return failed(`${name} threw ${text}`)
  }
  try {
    return told(method, answer)
  } catch (error) {
    return failed(`${name} ${error?.message ?? shown(error)}`)
  }
}

/** Whether the gateway has a method; throws if something else has its name. */
function has(gateway, method) {
  const found = gateway[method]
  if (found === undefined || found === null) return false
  if (typeof found !== 'function') throw new TypeError(`a gateway has a method ${method}(), or none`)
  return true
}

/** Converts a gateway for the native module. */
function hooks(gateway) {
  if (typeof gateway !== 'object' || gateway === null) throw new TypeError('a gateway is an object')
  for (const method of METHODS) {
    if (typeof gateway[method] !== 'function') throw new TypeError(`a gateway has a method ${method}()`)
  }
  if (typeof gateway.name !== 'string') {
    throw new TypeError('a gateway has a `name`, a string under which its charges are recorded')
  }
  for (const method of OFFERED) has(gateway, method)
  const known = KNOWN.filter((method) => has(gateway, method))
  const asks = [...METHODS, ...OFFERED, ...known].map((method) => [method, (argument) => ask(gateway, method, argument)])
  return { name: gateway.name, ...Object.fromEntries(asks) }
}

module.exports = { hooks }
