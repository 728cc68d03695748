'use strict'
// What the objects of callers may hold: a name that there is not is a mistake, and is refused by its name, as is a date that is none.

const { isDate } = require('node:util/types')

const { classes } = require('./errors.js')

/** Shape of a single value, which the native module checks. Other shapes are objects without a prototype. */
const ANY = true

/** Settings of the ready router. */
const HTTP_SETTINGS = {
  __proto__: null,
  publicUrl: ANY,
  corsOrigins: ANY,
  rateLimit: ANY,
  trustedProxies: ANY,
  requestTimeoutMs: ANY,
  inFlightMax: ANY,
  feedsMax: ANY,
  pages: ANY,
  metrics: ANY,
}

/** Settings of the Stripe gateway. */
const STRIPE_OPTIONS = { __proto__: null, secretKey: ANY, webhookSecret: ANY, authorizeFirst: ANY, apiBase: ANY }

/** Whether it is a `Date` that is none: the native module would take it for 1970. */
function isNoDate(value) {
  return isDate(value) && Number.isNaN(value.getTime())
}

function notADate(name, field) {
  const spoken = name.replace(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`)
  return { message: `${spoken[0].toUpperCase()}${spoken.slice(1)} must be a valid Date`, field }
}

/** Adds a fault for each name in the value that the shape lacks; `place` is the index of the value in a list. */
function collect(value, shape, noun, path, faults, place) {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(shape)) {
    if (!Array.isArray(value)) return
    for (let at = 0; at < value.length; at += 1) collect(value[at], shape[0], noun, path, faults, at)
    return
  }
  // Faster than `Object.keys`. Inherited names are not faults.
  for (const name in value) {
    const inner = shape[name]
    if (!Object.hasOwn(value, name) || (inner === ANY && !isNoDate(value[name]))) continue
    const before = place === undefined ? path : `${path}[${place}]`
    const field = before === '' ? name : `${before}.${name}`
    if (inner === ANY) faults.push(notADate(name, field))
    else if (inner === undefined) faults.push({ message: `There is no ${noun} ${name}`, field })
    else collect(value[name], inner, noun, field, faults)
  }
}

/** Returns the checks of the arguments, by position; `takes` has the form of `generated.js`. */
function checks(takes) {
  return takes.flatMap(({ date, fields, options, name = '' }, at) => {
    if (date !== undefined) return [{ at, shape: ANY, name: date }]
    const shape = options ?? fields
    return shape === undefined ? [] : [{ at, shape, noun: options === undefined ? 'field' : 'option', name }]
  })
}

/** Throws `ValidationError` with a fault for each unknown name in the arguments, and for each date that is none. */
function check(given, all) {
  const faults = []
  for (const { at, shape, noun, name } of all) {
    if (shape !== ANY) collect(given[at], shape, noun, name, faults)
    else if (isNoDate(given[at])) faults.push(notADate(name, name))
  }
  if (faults.length > 0) throw new classes.ValidationError('validation', faults)
}

/** Returns the given options, or an empty object; throws `ValidationError` if one is unknown. */
function checkedOptions(given, shape) {
  check([given], [{ at: 0, shape, noun: 'option', name: '' }])
  return given ?? {}
}

module.exports = { HTTP_SETTINGS, STRIPE_OPTIONS, check, checkedOptions, checks }
