'use strict'
// How a method of the native module is called: with checked arguments, failing with our errors, and waiting as long as is wanted.

const { restored, rejected } = require('./errors.js')
const { check } = require('./inputs.js')
const { heeded, unlessAborted } = require('./signals.js')

/** The place of the options that have a signal; -1 if there are none. */
function signalAt(inputs) {
  return inputs.findIndex((input) => input?.options !== undefined && Object.hasOwn(input.options, 'signal'))
}

/** The method without a mistake that could be seen here, and with our errors where there is one. */
function wrapped(name, method, inputs = [], throws = false) {
  const place = signalAt(inputs)
  const call = function (...given) {
    try {
      check(given, inputs)
      const signal = place < 0 ? undefined : heeded(given[place]?.signal)
      const answer = method.apply(this, given)
      return answer instanceof Promise ? unlessAborted(answer.then(undefined, rejected), signal) : answer
    } catch (error) {
      if (throws) throw restored(error)
      return Promise.reject(restored(error))
    }
  }
  return Object.defineProperty(call, 'name', { value: name })
}

/** Has every method of a native class called so: all but those named reject, also where an argument is of a wrong type. */
function wrap(native, throwing = [], inputs = {}) {
  const methods = Object.entries(Object.getOwnPropertyDescriptors(native.prototype))
  for (const [name, { value: method }] of methods) {
    if (typeof method !== 'function' || name === 'constructor') continue
    const value = wrapped(name, method, inputs[name], throwing.includes(name))
    Object.defineProperty(native.prototype, name, { value })
  }
}

module.exports = { wrap }
