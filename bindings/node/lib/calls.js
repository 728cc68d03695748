'use strict'
// Wrappers of the methods of the native module: they check arguments, convert errors and support `AbortSignal`.

const { fileURLToPath } = require('node:url')

const { rejected, restored } = require('./errors.js')
const { Subscription, gone } = require('./feeds.js')
const { check, checks } = require('./inputs.js')
const { actor } = require('./system.js')
const { headerPairs, messageBytes } = require('./webhooks.js')
const { heeded, unlessAborted } = require('./signals.js')

/** Converts a file URL to a path; returns other values unchanged. */
function directoryOf(path) {
  // Any `URL`, also of another context.
  return typeof path === 'object' && typeof path?.href === 'string' ? fileURLToPath(path.href) : path
}

/** Conversions of arguments for the native module, by name. */
const TURNS = { actor, directoryOf, headerPairs, messageBytes }

/** Conversions of results of the native module, by form. */
const GIVES = {
  promise: (answer, signal) => unlessAborted(answer.then(undefined, rejected), signal),
  value: (answer) => answer,
  parts: gone,
  feed: (feed, signal) => new Subscription(feed, signal),
}

/** Converts the arguments for the native module. */
function turned(given, takes) {
  // What was left out is looked at too.
  const all = Array.from({ length: Math.max(given.length, takes.length) }, (_, at) => given[at])
  return all.map((argument, at) => (takes[at]?.turn === undefined ? argument : TURNS[takes[at].turn](argument)))
}

/** The method as it is called from outside, on what `of` gives; `takes` and `gives` are as in `generated.js`. */
function wrapped(name, method, takes, gives, of) {
  const signalAt = takes.findIndex((input) => input.options !== undefined && Object.hasOwn(input.options, 'signal'))
  const turns = takes.some((input) => input.turn !== undefined)
  const made = GIVES[gives]
  const inputs = checks(takes)
  const call = function (...given) {
    try {
      if (inputs.length > 0) check(given, inputs)
      const signal = signalAt < 0 ? undefined : heeded(given[signalAt]?.signal)
      return made(method.apply(of(this), turns ? turned(given, takes) : given), signal)
    } catch (error) {
      if (gives !== 'promise') throw restored(error)
      return Promise.reject(restored(error))
    }
  }
  return Object.defineProperty(call, 'name', { value: name })
}

/**
 * A class around objects of a native one. What there is no word about takes whatever it takes, and gives a promise.
 *
 * The native class stays as it is: it is one for the whole thread, while test runners have a copy of this module in each context.
 */
function around(native, methods = {}) {
  let of
  const kind = class {
    #native

    static {
      of = (it) => it.#native
    }

    constructor(object) {
      this.#native = object
    }
  }
  Object.defineProperty(kind, 'name', { value: native.name })
  for (const [name, { value: method }] of Object.entries(Object.getOwnPropertyDescriptors(native.prototype))) {
    if (typeof method !== 'function' || name === 'constructor') continue
    const { takes = [], gives = 'promise' } = methods[name] ?? {}
    Object.defineProperty(kind.prototype, name, { value: wrapped(name, method, takes, gives, of) })
  }
  return kind
}

module.exports = { around, directoryOf }
