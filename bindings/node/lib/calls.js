'use strict'
// Wrappers of the methods of the native module: they check arguments, convert errors and support `AbortSignal`.

const { fileURLToPath } = require('node:url')

const { rejected, restored } = require('./errors.js')
const { Subscription, gone } = require('./feeds.js')
const { check, checks } = require('./inputs.js')
const { begun } = require('./promises.js')
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

/** Where the options with a signal are; -1 if there are none. */
function signalAt(takes) {
  return takes.findIndex((input) => input.options !== undefined && Object.hasOwn(input.options, 'signal'))
}

/** A method that gives what the native one does in another form. */
function converted(method, takes, gives, of) {
  const [at, made, inputs] = [signalAt(takes), GIVES[gives], checks(takes)]
  const turns = takes.some((input) => input.turn !== undefined)
  return function (...given) {
    try {
      if (inputs.length > 0) check(given, inputs)
      const signal = at < 0 ? undefined : heeded(given[at]?.signal)
      return made(method.apply(of(this), turns ? turned(given, takes) : given), signal)
    } catch (error) {
      if (gives !== 'promise') throw restored(error)
      return Promise.reject(restored(error))
    }
  }
}

/** An operation some of whose arguments are converted for the native module. */
function operationWithTurns(method, takes, of) {
  const [at, inputs] = [signalAt(takes), checks(takes)]
  return function (...given) {
    try {
      if (inputs.length > 0) check(given, inputs)
      const signal = at < 0 ? undefined : heeded(given[at]?.signal)
      return unlessAborted(begun(of(this), method, ...turned(given, takes)), signal)
    } catch (error) {
      return Promise.reject(restored(error))
    }
  }
}

/** An operation whose arguments are passed on as they are. The usual call has no options, and costs no array and no check. */
function operation(method, takes, of) {
  const [at, inputs] = [signalAt(takes), checks(takes)]
  const [first, second, third, fourth, fifth] = Array.from({ length: 5 }, (_, place) => inputs.some((input) => input.at === place))
  return function (a, b, c, d, e) {
    try {
      let signal
      if (
        (first && a !== undefined) ||
        (second && b !== undefined) ||
        (third && c !== undefined) ||
        (fourth && d !== undefined) ||
        (fifth && e !== undefined)
      ) {
        const given = [a, b, c, d, e]
        check(given, inputs)
        if (at >= 0) signal = heeded(given[at]?.signal)
      }
      return unlessAborted(begun(of(this), method, a, b, c, d, e), signal)
    } catch (error) {
      return Promise.reject(restored(error))
    }
  }
}

/** The method as it is called from outside, on what `of` gives; `takes` and `gives` are as in `generated.js`. */
function wrapped(name, method, takes, gives, of) {
  let call
  if (gives !== 'outcome') call = converted(method, takes, gives, of)
  else if (takes.some((input) => input.turn !== undefined)) call = operationWithTurns(method, takes, of)
  else call = operation(method, takes, of)
  return Object.defineProperty(call, 'name', { value: name })
}

/**
 * A class around objects of a native one. What has words takes what they say, and is an operation unless they say what it gives. What
 * there is no word about takes whatever it takes, and gives a promise of the native module's own.
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
    const { takes = [], gives = 'outcome' } = methods[name] ?? { gives: 'promise' }
    Object.defineProperty(kind.prototype, name, { value: wrapped(name, method, takes, gives, of) })
  }
  return kind
}

module.exports = { around, directoryOf }
