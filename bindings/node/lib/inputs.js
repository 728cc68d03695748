'use strict'
// What the objects of callers may hold: a name that there is not is a mistake, and is refused by its name.

const { classes } = require('./errors.js')

/** One value, whatever it is: what is wrong with it, the native module tells. */
const ANY = undefined

/** What the ready router can be told. */
const HTTP_SETTINGS = {
  publicUrl: ANY,
  corsOrigins: ANY,
  rateLimit: ANY,
  trustedProxies: ANY,
  requestTimeoutMs: ANY,
  inFlightMax: ANY,
  feedsMax: ANY,
}

/** How to reach an account at Stripe. */
const STRIPE_OPTIONS = { secretKey: ANY, webhookSecret: ANY, authorizeFirst: ANY, apiBase: ANY }

/** Adds a fault for each name in the value that the shape does not have. */
function collect(value, shape, noun, path, faults) {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(shape)) {
    if (Array.isArray(value)) value.forEach((one, at) => collect(one, shape[0], noun, `${path}[${at}]`, faults))
    return
  }
  for (const name of Object.keys(value)) {
    const isKnown = Object.hasOwn(shape, name)
    if (isKnown && shape[name] === ANY) continue
    const field = path === '' ? name : `${path}.${name}`
    if (isKnown) collect(value[name], shape[name], noun, field, faults)
    else faults.push({ message: `There is no ${noun} ${name}`, field })
  }
}

/** Throws `ValidationError` with a fault for each name in what is given that there is not; `takes` is as in `generated.js`. */
function check(given, takes) {
  let faults
  for (let at = 0; at < takes.length; at += 1) {
    const { fields, options, name = '' } = takes[at] ?? {}
    const shape = options ?? fields
    if (shape === undefined || given[at] === undefined || given[at] === null) continue
    faults ??= []
    collect(given[at], shape, options === undefined ? 'field' : 'option', name, faults)
  }
  if (faults !== undefined && faults.length > 0) throw new classes.ValidationError('validation', faults)
}

/** The options that were given, none of which is unknown. */
function checkedOptions(given, options) {
  check([given], [{ options }])
  return given ?? {}
}

module.exports = { HTTP_SETTINGS, STRIPE_OPTIONS, check, checkedOptions }
