'use strict'
// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

/** One value, whatever it is: what is wrong with it, the native module tells. A shape is an object without a prototype. */
const ANY = true

const AMOUNT = { __proto__: null, amount: ANY, currency: ANY }
const FEE_POLICY = { __proto__: null, percent: ANY, fixed: [AMOUNT] }
const WAIT_OPTIONS = { __proto__: null, signal: ANY }
const LEDGER_QUERY = { __proto__: null, limit: ANY, cursor: ANY }
const NEW_PAYOUT = { __proto__: null, amount: ANY, currency: ANY, reference: ANY }
const NEW_SHOW = { __proto__: null, name: ANY, category: ANY, venue: ANY, startsAt: ANY }
const NEW_TICKET = { __proto__: null, title: ANY, price: ANY, currency: ANY, show: NEW_SHOW, seat: ANY }
const ORDER_QUERY = { __proto__: null, status: ANY, limit: ANY, cursor: ANY }
const TICKET_QUERY = { __proto__: null, status: ANY, seller: ANY, q: ANY, category: ANY, currency: ANY, minPrice: ANY, maxPrice: ANY, sort: ANY, limit: ANY, cursor: ANY }
const TICKET_UPDATE = { __proto__: null, title: ANY, price: ANY, show: NEW_SHOW, seat: ANY, expectedVersion: ANY }
const COMMAND_OPTIONS = { __proto__: null, idempotencyKey: ANY, signal: ANY }
const REFUND_OPTIONS = { __proto__: null, returnToSale: ANY, idempotencyKey: ANY, signal: ANY }
const SIGN_IN_OPTIONS = { __proto__: null, client: ANY, signal: ANY }
const USER_CHANGES = { __proto__: null, email: ANY, password: ANY }
const WITHDRAW_OPTIONS = { __proto__: null, expectedVersion: ANY, idempotencyKey: ANY, signal: ANY }
const CLUSTER_OPTIONS = { __proto__: null, servers: ANY, credentialsFile: ANY, nkeyFile: ANY, user: ANY, certificateAuthorities: ANY, clientCertificate: ANY, monitoring: ANY, hostName: ANY, preferredWriter: ANY, votes: ANY, joins: ANY, payments: ANY, acknowledge: ANY, replicas: ANY, levelWithinMs: ANY, testServers: ANY }

/** The options of a box office. */
const OPTIONS = {
  __proto__: null,
  holdMs: ANY,
  fees: FEE_POLICY,
  gateway: ANY,
  clock: ANY,
  acceptClockJump: ANY,
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
  cluster: CLUSTER_OPTIONS,
  openOrdersMax: ANY,
  orderTicketsMax: ANY,
  listingTicketsMax: ANY,
  lateMoney: ANY,
  logger: ANY,
}

/** Arguments of each class's methods, by position, and results that are no promises. */
const CLASSES = {
  Office: {
    metrics: { takes: [] },
    isReady: { takes: [], gives: 'value' },
    checkReady: { takes: [] },
    now: { takes: [] },
    compact: { takes: [] },
    close: { takes: [] },
  },
  Auth: {
    signUp: { takes: [ANY, ANY, { options: COMMAND_OPTIONS }] },
    signIn: { takes: [ANY, ANY, { options: SIGN_IN_OPTIONS }] },
    authenticate: { takes: [] },
    currentUser: { takes: [] },
    signOut: { takes: [] },
    updateUser: { takes: [ANY, ANY, { fields: USER_CHANGES }] },
    eraseUser: { takes: [] },
    setOperator: { takes: [] },
  },
  Tickets: {
    create: { takes: [ANY, { fields: NEW_TICKET }, { options: COMMAND_OPTIONS }] },
    createMany: { takes: [ANY, { fields: [NEW_TICKET], name: 'tickets' }, { options: COMMAND_OPTIONS }] },
    checkMany: { takes: [ANY, { fields: [NEW_TICKET], name: 'tickets' }] },
    update: { takes: [ANY, ANY, { fields: TICKET_UPDATE }, { options: COMMAND_OPTIONS }] },
    reschedule: { takes: [ANY, { fields: NEW_SHOW }, { date: 'startsAt' }, { options: COMMAND_OPTIONS }] },
    withdraw: { takes: [ANY, ANY, { options: WITHDRAW_OPTIONS }] },
    get: { takes: [] },
    list: { takes: [{ fields: TICKET_QUERY }] },
    iter: { takes: [{ fields: TICKET_QUERY }, { options: WAIT_OPTIONS }], gives: 'parts' },
  },
  Orders: {
    create: { takes: [ANY, ANY, { options: COMMAND_OPTIONS }] },
    createAt: { takes: [ANY, ANY, ANY, { options: COMMAND_OPTIONS }] },
    createAtPrices: { takes: [ANY, ANY, ANY, { options: COMMAND_OPTIONS }] },
    cancel: { takes: [ANY, ANY, { options: COMMAND_OPTIONS }] },
    get: { takes: [] },
    list: { takes: [ANY, { fields: ORDER_QUERY }] },
    iter: { takes: [ANY, { fields: ORDER_QUERY }, { options: WAIT_OPTIONS }], gives: 'parts' },
  },
  Payments: {
    pay: { takes: [ANY, ANY, ANY, { options: COMMAND_OPTIONS }] },
    get: { takes: [] },
    clientSecret: { takes: [] },
    refund: { takes: [{ turn: 'actor' }, ANY, { options: REFUND_OPTIONS }] },
    refundPart: { takes: [{ turn: 'actor' }, ANY, ANY, { options: COMMAND_OPTIONS }] },
    escalated: { takes: [{ turn: 'actor' }] },
    resolve: { takes: [{ turn: 'actor' }, ANY, ANY, ANY, { options: COMMAND_OPTIONS }] },
    takesWebhooksOf: { takes: [], gives: 'value' },
    receiveWebhook: { takes: [{ turn: 'headerPairs' }, { turn: 'messageBytes' }] },
  },
  Ledger: {
    balance: { takes: [{ turn: 'actor' }] },
    entries: { takes: [{ turn: 'actor' }, ANY, { fields: LEDGER_QUERY }] },
    iter: { takes: [{ turn: 'actor' }, ANY, { fields: LEDGER_QUERY }, { options: WAIT_OPTIONS }], gives: 'parts' },
    statementCsv: { takes: [{ turn: 'actor' }, ANY, { options: WAIT_OPTIONS }], gives: 'parts' },
    platform: { takes: [{ turn: 'actor' }] },
    recordPayout: { takes: [{ turn: 'actor' }, ANY, { fields: NEW_PAYOUT }, { options: COMMAND_OPTIONS }] },
  },
  Journal: {
    head: { takes: [] },
    read: { takes: [] },
    readAfter: { takes: [] },
    history: { takes: [] },
    iter: { takes: [ANY, { options: WAIT_OPTIONS }], gives: 'parts' },
    subscribe: { takes: [ANY, { options: WAIT_OPTIONS }], gives: 'feed' },
    subscribeAfter: { takes: [ANY, { options: WAIT_OPTIONS }], gives: 'feed' },
    verify: { takes: [ANY, { options: WAIT_OPTIONS }] },
    backup: { takes: [{ turn: 'directoryOf' }, ANY, { options: WAIT_OPTIONS }] },
    eraseInBackup: { takes: [{ turn: 'directoryOf' }] },
  },
  Cluster: {
    status: { takes: [] },
    message: { takes: [] },
    levelWith: { takes: [] },
    join: { takes: [{ turn: 'actor' }] },
    remove: { takes: [{ turn: 'actor' }] },
    takeOverAlone: { takes: [{ turn: 'actor' }] },
  },
}

/** The parts of a box office, and what it does itself. */
const HANDLES = ['auth', 'tickets', 'orders', 'payments', 'ledger', 'journal', 'cluster']
const OFFICE = ['metrics', 'isReady', 'checkReady', 'now', 'compact', 'close']

/** What the box office does in its own name. */
const SYSTEM = {
  payments: ['refund', 'refundPart', 'escalated', 'resolve'],
  ledger: ['balance', 'entries', 'iter', 'statementCsv', 'platform', 'recordPayout'],
  cluster: ['join', 'remove', 'takeOverAlone'],
}

module.exports = { CLASSES, CLUSTER_OPTIONS, HANDLES, OFFICE, OPTIONS, SYSTEM, WAIT_OPTIONS }
