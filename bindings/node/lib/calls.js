'use strict'
// Wrappers of the methods of the native module: they check arguments, convert errors and support `AbortSignal`.

const { fileURLToPath } = require('node:url')

const { rejected, restored } = require('./errors.js')
const { followed, gone } = require('./feeds.js')
const { check, checks } = require('./inputs.js')
const { headerPairs, messageBytes } = require('./webhooks.js')
const { heeded, unlessAborted } = require('./signals.js')

/** Converts a file URL to a path; returns other values unchanged. */
function directoryOf(path) {
  return path instanceof URL ? fileURLToPath(path) : path
}

/** Conversions of arguments for the native module, by name. */
const TURNS = { directoryOf, headerPairs, messageBytes }

/** Conversions of results of the native module, by form. */
const GIVES = {
  promise: (answer, signal) => unlessAborted(answer.then(undefined, rejected), signal),
  value: (answer) => answer,
  parts: gone,
  feed: followed,
}

/** Converts the arguments for the native module. */
function turned(given, takes) {
  return given.map((argument, at) => (takes[at]?.turn === undefined ? argument : TURNS[takes[at].turn](argument)))
}

/** Wraps a method of the native module; `takes` and `gives` have the form of `generated.js`. */
function wrapped(name, method, takes, gives) {
  const signalAt = takes.findIndex((input) => input.options !== undefined && Object.hasOwn(input.options, 'signal'))
  const turns = takes.some((input) => input.turn !== undefined)
  const made = GIVES[gives]
  const inputs = checks(takes)
  const call = function (...given) {
    try {
      if (inputs.length > 0) check(given, inputs)
      const signal = signalAt < 0 ? undefined : heeded(given[signalAt]?.signal)
      return made(method.apply(this, turns ? turned(given, takes) : given), signal)
    } catch (error) {
      if (gives !== 'promise') throw restored(error)
      return Promise.reject(restored(error))
    }
  }
  return Object.defineProperty(call, 'name', { value: name })
}

/** Wraps every method of a native class. A method without an entry takes unchecked arguments and returns a promise. */
function wrap(native, methods = {}) {
  for (const [name, { value: method }] of Object.entries(Object.getOwnPropertyDescriptors(native.prototype))) {
    if (typeof method !== 'function' || name === 'constructor') continue
    const { takes = [], gives = 'promise' } = methods[name] ?? {}
    Object.defineProperty(native.prototype, name, { value: wrapped(name, method, takes, gives) })
  }
}

module.exports = { directoryOf, wrap }
