'use strict'
// What the objects of callers may hold: a name that there is not is a mistake, and is refused by its name.

const { classes } = require('./errors.js')

/** One value, whatever it is: what is wrong with it, the native module tells. */
const ANY = undefined

const COMMAND_OPTIONS = { idempotencyKey: ANY, signal: ANY }
const WAIT_OPTIONS = { signal: ANY }
const NEW_SHOW = { name: ANY, category: ANY, venue: ANY, startsAt: ANY }
const NEW_TICKET = { title: ANY, price: ANY, currency: ANY, show: NEW_SHOW, seat: ANY }

/** The options of a box office. */
const OPTIONS = {
  holdMs: ANY,
  openOrdersMax: ANY,
  lateMoney: ANY,
  fees: { percent: ANY, fixed: [{ amount: ANY, currency: ANY }] },
  orderTicketsMax: ANY,
  listingTicketsMax: ANY,
  gateway: ANY,
  clock: ANY,
  seed: ANY,
  jwtKey: ANY,
  previousJwtKeys: ANY,
  sessionLengthMs: ANY,
  defaultCurrency: ANY,
  answerPaymentWithinMs: ANY,
  pendingPaymentsMax: ANY,
  gatewayTimeoutMs: ANY,
  reconcileAfterMs: ANY,
  unknownChargeAfterMs: ANY,
  queueLen: ANY,
  refuseWhenFull: ANY,
}

/** What the methods of each class take, by the place of the argument: `fields` of a value, `options`, or a list of values by its name. */
const INPUTS = {
  Auth: {
    signUp: [ANY, ANY, { options: COMMAND_OPTIONS }],
    signIn: [ANY, ANY, { options: { client: ANY, signal: ANY } }],
    updateUser: [ANY, ANY, { fields: { email: ANY, password: ANY } }],
  },
  Tickets: {
    create: [ANY, { fields: NEW_TICKET }, { options: COMMAND_OPTIONS }],
    createMany: [ANY, { fields: [NEW_TICKET], name: 'tickets' }, { options: COMMAND_OPTIONS }],
    update: [
      ANY,
      ANY,
      { fields: { title: ANY, price: ANY, show: NEW_SHOW, expectedVersion: ANY } },
      { options: COMMAND_OPTIONS },
    ],
    withdraw: [ANY, ANY, { options: { expectedVersion: ANY, ...COMMAND_OPTIONS } }],
    list: [
      {
        fields: {
          status: ANY,
          seller: ANY,
          q: ANY,
          category: ANY,
          currency: ANY,
          minPrice: ANY,
          maxPrice: ANY,
          sort: ANY,
          limit: ANY,
          cursor: ANY,
        },
      },
    ],
  },
  Orders: {
    create: [ANY, ANY, { options: COMMAND_OPTIONS }],
    cancel: [ANY, ANY, { options: COMMAND_OPTIONS }],
    list: [ANY, { fields: { status: ANY, limit: ANY, cursor: ANY } }],
  },
  Payments: {
    pay: [ANY, ANY, ANY, { options: COMMAND_OPTIONS }],
    refund: [ANY, ANY, { options: { returnToSale: ANY, ...COMMAND_OPTIONS } }],
    refundPart: [ANY, ANY, ANY, { options: COMMAND_OPTIONS }],
    resolve: [ANY, ANY, ANY, ANY, { options: COMMAND_OPTIONS }],
  },
  Ledger: {
    entries: [ANY, ANY, { fields: { limit: ANY, cursor: ANY } }],
    recordPayout: [ANY, ANY, { fields: { amount: ANY, currency: ANY, reference: ANY } }, { options: COMMAND_OPTIONS }],
  },
  Journal: {
    verify: [ANY, { options: WAIT_OPTIONS }],
    backup: [ANY, ANY, { options: WAIT_OPTIONS }],
  },
}

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
    const field = path === '' ? name : `${path}.${name}`
    if (!Object.hasOwn(shape, name)) faults.push({ message: `There is no ${noun} ${name}`, field })
    else if (shape[name] !== ANY) collect(value[name], shape[name], noun, field, faults)
  }
}

/** Throws `ValidationError` with a fault for each name in what is given that there is not. */
function check(given, inputs) {
  let faults
  for (let at = 0; at < inputs.length; at += 1) {
    const input = inputs[at]
    if (input === ANY || given[at] === undefined || given[at] === null) continue
    faults ??= []
    if (input.options === undefined) collect(given[at], input.fields, 'field', input.name ?? '', faults)
    else collect(given[at], input.options, 'option', '', faults)
  }
  if (faults !== undefined && faults.length > 0) throw new classes.ValidationError('validation', faults)
}

/** The options that were given, none of which is unknown. */
function checkedOptions(given, options) {
  check([given], [{ options }])
  return given ?? {}
}

module.exports = { HTTP_SETTINGS, INPUTS, OPTIONS, STRIPE_OPTIONS, WAIT_OPTIONS, check, checkedOptions }
