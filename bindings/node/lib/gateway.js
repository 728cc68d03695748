'use strict'
// Card processors written in JavaScript, as the native module takes them: functions whose promises are never rejected.

const { inspect, types } = require('node:util')

const { CHARGE_ANSWERS, REFUND_ANSWERS, answerPayload } = require('./answers.js')
const { WebhookRefused, eventPayload } = require('./webhooks.js')

/** What every gateway has, what only those have that set money aside first, and what only those that tell by themselves. */
const METHODS = ['charge', 'lookup', 'refund']
const CAPTURING = ['capture', 'void']
const TELLING = ['readWebhook']

/** What an answer is, for a message. */
function shown(answer) {
  return inspect(answer, { depth: 1, breakLength: Infinity }).slice(0, 200)
}

function failed(text) {
  return { status: 'failed', text }
}

/** What the gateway says, as the native module takes it; throws if it is none. */
function told(method, answer) {
  if (method === 'readWebhook') return { status: 'event', text: eventPayload(answer) }
  // To have nothing to say of a refund means that it is done.
  if (method === 'refund' && (answer === undefined || answer === null)) return { status: 'refunded' }
  const kinds = method === 'refund' ? REFUND_ANSWERS : CHARGE_ANSWERS
  const checked = answerPayload(answer, kinds)
  if (checked !== undefined) return checked
  const statuses = Object.keys(kinds).map((status) => `'${status}'`)
  throw new TypeError(`must return { status: ${statuses.join(' | ')}, … }, not ${shown(answer)}`)
}

/** Calls a method of the gateway; whatever it does, the promise is fulfilled with an answer or the reason why there is none. */
async function ask(gateway, method, argument) {
  const kind = gateway.constructor?.name ?? 'gateway'
  const name = `${kind}.${method}()`
  if (typeof gateway[method] !== 'function') {
    return TELLING.includes(method) ? { status: 'unsupported' } : failed(`${kind} takes money at once, and can't ${method} it`)
  }
  let answer
  try {
    answer = await gateway[method](argument)
  } catch (error) {
    if (TELLING.includes(method) && error instanceof WebhookRefused) return { status: error.reason, text: error.text }
    const text = types.isNativeError(error) ? `${error.name}: ${error.message}` : shown(error)
    return failed(`${name} threw ${text}`)
  }
  try {
    return told(method, answer)
  } catch (error) {
    return failed(`${name} ${error?.message ?? shown(error)}`)
  }
}

/** The gateway as the native module takes it. */
function hooks(gateway) {
  if (typeof gateway !== 'object' || gateway === null) throw new TypeError('a gateway is an object')
  for (const method of METHODS) {
    if (typeof gateway[method] !== 'function') throw new TypeError(`a gateway has a method ${method}()`)
  }
  if (typeof gateway.name !== 'string') {
    throw new TypeError('a gateway has a `name`, a string under which its charges are recorded')
  }
  const asks = [...METHODS, ...CAPTURING, ...TELLING].map((method) => [method, (argument) => ask(gateway, method, argument)])
  return { name: gateway.name, ...Object.fromEntries(asks) }
}

module.exports = { hooks }
