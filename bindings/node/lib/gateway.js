'use strict'
// Card processors written in JavaScript, as the native module takes them: functions whose promises are never rejected.

const { inspect } = require('node:util')

/** What every gateway has, and what only those have that set money aside first. */
const METHODS = ['charge', 'lookup', 'refund']
const CAPTURING = ['capture', 'void']

/** What an answer is, for a message. */
function shown(answer) {
  return inspect(answer, { depth: 1, breakLength: Infinity }).slice(0, 200)
}

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
function checked(answer, kinds) {
  if (typeof answer !== 'object' || answer === null) return undefined
  const { status } = answer
  if (typeof status !== 'string' || !Object.hasOwn(kinds, status)) return undefined
  if (kinds[status] === undefined) return { status }
  const text = answer[kinds[status]]
  if (kinds[status] === 'reference' && (text === undefined || text === null)) return { status }
  return typeof text === 'string' ? { status, text } : undefined
}

function failed(text) {
  return { status: 'failed', text }
}

/** Calls a method of the gateway; whatever it does, the promise is fulfilled with an answer or the reason why there is none. */
async function ask(gateway, method, argument) {
  const kind = gateway.constructor?.name ?? 'gateway'
  const name = `${kind}.${method}()`
  if (typeof gateway[method] !== 'function') return failed(`${kind} takes money at once, and can't ${method} it`)
  const kinds = method === 'refund' ? REFUND_ANSWERS : CHARGE_ANSWERS
  let answer
  try {
    answer = await gateway[method](argument)
  } catch (error) {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : shown(error)
    return failed(`${name} threw ${text}`)
  }
  // To have nothing to say of a refund means that it is done.
  if (method === 'refund' && (answer === undefined || answer === null)) return { status: 'refunded' }
  const statuses = Object.keys(kinds).map((status) => `'${status}'`)
  return checked(answer, kinds) ?? failed(`${name} must return { status: ${statuses.join(' | ')}, … }, not ${shown(answer)}`)
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
  const asks = [...METHODS, ...CAPTURING].map((method) => [method, (argument) => ask(gateway, method, argument)])
  return { name: gateway.name, ...Object.fromEntries(asks) }
}

module.exports = { hooks }
