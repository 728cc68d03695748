'use strict'
// Card processors written in JavaScript, as the native module takes them: functions whose promises are never rejected.

const { inspect } = require('node:util')

const METHODS = ['charge', 'lookup', 'refund']

/** What an answer is, for a message. */
function shown(answer) {
  return inspect(answer, { depth: 1, breakLength: Infinity }).slice(0, 200)
}

/** The answer as the native module takes it; `undefined` if it is none. */
function checked(answer) {
  if (typeof answer !== 'object' || answer === null) return undefined
  const { status, reference, reason } = answer
  switch (status) {
    case 'charged':
      if (reference === undefined || reference === null) return { status }
      return typeof reference === 'string' ? { status, text: reference } : undefined
    case 'declined':
      return typeof reason === 'string' ? { status, text: reason } : undefined
    case 'pending':
    case 'unknown':
      return { status }
    default:
      return undefined
  }
}

function failed(text) {
  return { status: 'failed', text }
}

/** Calls a method of the gateway; whatever it does, the promise is fulfilled with an answer or the reason why there is none. */
async function ask(gateway, method, argument) {
  const name = `${gateway.constructor?.name ?? 'gateway'}.${method}()`
  let answer
  try {
    answer = await gateway[method](argument)
  } catch (error) {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : shown(error)
    return failed(`${name} threw ${text}`)
  }
  if (method === 'refund') return { status: 'refunded' }
  const kinds = "{ status: 'charged' | 'declined' | 'pending' | 'unknown', … }"
  return checked(answer) ?? failed(`${name} must return ${kinds}, not ${shown(answer)}`)
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
  const [charge, lookup, refund] = METHODS.map((method) => (argument) => ask(gateway, method, argument))
  return { name: gateway.name, charge, lookup, refund }
}

module.exports = { hooks }
