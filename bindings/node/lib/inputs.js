'use strict'
// What the objects of callers may hold: a name that there is not is a mistake, and is refused by its name.

const { classes } = require('./errors.js')

/** One value, whatever it is: what is wrong with it, the native module tells. A shape is an object without a prototype. */
const ANY = true

/** What the ready router can be told. */
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

/** How to reach an account at Stripe. */
const STRIPE_OPTIONS = { __proto__: null, secretKey: ANY, webhookSecret: ANY, authorizeFirst: ANY, apiBase: ANY }

/** Adds a fault for each name in the value that the shape does not have; `place` is that of the value in a list. */
function collect(value, shape, noun, path, faults, place) {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(shape)) {
    if (!Array.isArray(value)) return
    for (let at = 0; at < value.length; at += 1) collect(value[at], shape[0], noun, path, faults, at)
    return
  }
  // Quicker than to have the names in a list; those that are inherited are nobody's mistake.
  for (const name in value) {
    const inner = shape[name]
    if (inner === ANY || !Object.hasOwn(value, name)) continue
    const before = place === undefined ? path : `${path}[${place}]`
    const field = before === '' ? name : `${before}.${name}`
    if (inner === undefined) faults.push({ message: `There is no ${noun} ${name}`, field })
    else collect(value[name], inner, noun, field, faults)
  }
}

/** What there is to check of the arguments, by their places; `takes` is as in `generated.js`. */
function checks(takes) {
  return takes.flatMap(({ fields, options, name = '' }, at) => {
    const shape = options ?? fields
    return shape === undefined ? [] : [{ at, shape, noun: options === undefined ? 'field' : 'option', name }]
  })
}

/** Throws `ValidationError` with a fault for each name in what is given that there is not. */
function check(given, all) {
  const faults = []
  for (const { at, shape, noun, name } of all) {
    if (given[at] !== undefined) collect(given[at], shape, noun, name, faults)
  }
  if (faults.length > 0) throw new classes.ValidationError('validation', faults)
}

/** The options that were given, none of which is unknown. */
function checkedOptions(given, shape) {
  check([given], [{ at: 0, shape, noun: 'option', name: '' }])
  return given ?? {}
}

module.exports = { HTTP_SETTINGS, STRIPE_OPTIONS, check, checkedOptions, checks }
