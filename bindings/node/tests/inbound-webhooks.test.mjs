// What card processors written in JavaScript tell by themselves.

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import test from 'node:test'

import { ConflictError, ManualClock, WebhookRefused, UnavailableError, ValidationError } from 'boxoffice'
import { boxOfficeRouter, errorHandler } from 'boxoffice/express'
import express from 'express'
import { cast, open } from './helpers.mjs'

const SECRET = 'whsec_of_the_bank'
const ID = '01890a5d-ac96-774b-bcce-b302099a8057'

/** A message as the card processor sends it. */
function signed(payload, secret = SECRET) {
  const body = Buffer.from(JSON.stringify(payload, null, 2))
  return [{ 'Bank-Signature': createHmac('sha256', secret).update(body).digest('hex') }, body]
}

/** What a message says. */
function reportOf({ what, order: orderId, charge: chargeId, refund: refundId, won }) {
  const amount = { amount: '5.00', currency: 'USD' }
  const facts = {
    charged: { kind: 'charge', orderId, chargeId, answer: { status: 'charged', reference: 'told-1' } },
    declined: { kind: 'charge', orderId, chargeId, answer: { status: 'declined', reason: 'Told so' } },
    givenBack: { kind: 'refund', orderId, chargeId, refundId, answer: { status: 'refunded', reference: 'told-2' } },
    refunded: { kind: 'refundElsewhere', orderId, chargeId, reference: 're_1', amount },
    disputed: { kind: 'disputeOpened', orderId, chargeId, reference: 'dp_1', amount, reason: 'fraudulent' },
    closed: { kind: 'disputeClosed', orderId, chargeId, reference: 'dp_1', won },
  }
  return facts[what]
}

/** A card processor that also tells by itself. */
class Teller {
  name = 'teller-test'
  answers = new Map()

  charge({ chargeId, token }) {
    const answer = token === 'good' ? { status: 'charged' } : { status: 'declined', reason: 'No' }
    if (!this.answers.has(chargeId)) this.answers.set(chargeId, answer)
    return this.answers.get(chargeId)
  }

  lookup({ chargeId }) {
    return this.answers.get(chargeId) ?? { status: 'unknown' }
  }

  refund() {}

  readWebhook({ headers, body, now }) {
    const signature = createHmac('sha256', SECRET).update(body).digest('hex')
    if (headers['bank-signature'] !== signature) throw new WebhookRefused('signature')
    const payload = JSON.parse(body.toString())
    if ((payload.year ?? now.getUTCFullYear()) !== now.getUTCFullYear()) throw new WebhookRefused('stale')
    if (payload.id === undefined) throw new WebhookRefused('malformed', 'it has no id')
    return { id: payload.id, report: reportOf(payload) }
  }
}

/** The same, but reading later. */
class LateTeller extends Teller {
  async readWebhook(message) {
    await new Promise(setImmediate)
    return super.readWebhook(message)
  }
}

/** Takes the money, and then says nothing until it tells. */
class Silent extends Teller {
  charge = () => ({ status: 'pending' })
  lookup = () => ({ status: 'pending' })
  refund = () => ({ status: 'pending' })
}

/** An order that is paid, and how to tell of it. */
async function paid(t, gateway, options = {}) {
  const office = await open(t, { gateway, ...options })
  const { bob, ticket } = await cast(office)
  const order = await office.orders.create(bob.id, [ticket.id])
  const { id } = await office.payments.pay(bob.id, order.id, 'good')
  return {
    office,
    order,
    id,
    charge: () => office.payments.get(bob.id, id),
    tell: (name, what, more) => office.payments.receiveWebhook(...signed({ id: name, what, order: order.id, charge: id, ...more })),
  }
}

for (const kind of [Teller, LateTeller]) {
  test(`what a ${kind.name} tells is noted once`, async (t) => {
    const { office, charge, tell } = await paid(t, new kind())
    await tell('evt_1', 'refunded')
    await tell('evt_1', 'refunded')
    const { refunds } = await charge()
    assert.deepEqual(refunds.map(({ amount, status, reason, reference }) => [amount.minor, status, reason, reference]), [
      [500, 'done', 'elsewhere', 're_1'],
    ])
    await tell('evt_2', 'disputed')
    assert.deepEqual((await charge()).disputes, [
      { reference: 'dp_1', amount: { amount: '5.00', currency: 'USD', minor: 500 }, reason: 'fraudulent', status: 'open' },
    ])
    await tell('evt_3', 'closed', { won: false })
    assert.equal((await charge()).disputes[0].status, 'lost')
    const before = await office.journal.head()
    await Promise.all([tell('evt_1', 'refunded'), tell('evt_2', 'disputed'), tell('evt_3', 'closed', { won: false })])
    await tell('evt_4', 'of no concern')
    assert.equal(await office.journal.head(), before)
  })
}

const NOW = { answerPaymentWithinMs: 0, reconcileAfterMs: [1, 10] }

for (const [what, expected] of [
  ['charged', ['succeeded', 'told-1', undefined]],
  ['declined', ['failed', undefined, 'Told so']],
]) {
  test(`a payment of which is told that it was ${what} is settled`, async (t) => {
    const { charge, tell } = await paid(t, new Silent(), NOW)
    assert.equal((await charge()).status, 'pending')
    await tell('evt_1', what)
    const { status, reference, failure } = await charge()
    assert.deepEqual([status, reference, failure], expected)
  })
}

test('a refund of which is told is settled', async (t) => {
  const gateway = new Silent()
  const { office, order, charge, tell } = await paid(t, gateway, NOW)
  await tell('evt_1', 'charged')
  const refunding = await office.asSystem().payments.refund(order.id, { returnToSale: false })
  assert.equal(refunding.status, 'refunding')
  await tell('evt_2', 'givenBack', { refund: refunding.refunds[0].id })
  const { status, refunds } = await charge()
  assert.deepEqual([status, refunds[0].reference], ['refunded', 'told-2'])
})

test('what is not believed is refused', async (t) => {
  const { office, id, order, charge } = await paid(t, new Teller(), { clock: new ManualClock('2027-01-01T12:00:00Z') })
  const payload = { id: 'evt_1', what: 'refunded', order: order.id, charge: id }
  const [headers, body] = signed(payload)
  for (const [given, words] of [
    [signed(payload, 'of a thief'), /signature does not match/],
    [[{}, body], /signature does not match/],
    [[headers, `${body} `], /signature does not match/],
    [signed({ ...payload, year: 2020 }), /too old/],
    [signed({}), /can't be read: it has no id/],
  ]) {
    await assert.rejects(office.payments.receiveWebhook(...given), (error) => {
      assert.ok(error instanceof ValidationError && error.code === 'payment.notice_refused')
      assert.match(error.message, words)
      return true
    })
  }
  assert.deepEqual((await charge()).refunds, [])
})

test('what does not fit is refused', async (t) => {
  const { office, order, tell } = await paid(t, new Teller())
  await office.asSystem().payments.refund(order.id, { returnToSale: false })
  await assert.rejects(tell('evt_1', 'refunded'), ConflictError)
})

const DISPUTE = { kind: 'disputeOpened', orderId: ID, chargeId: ID, reference: 'dp_1', amount: { amount: '5', currency: 'USD' }, reason: 'x' }
const FAILURES = {
  'throws': [
    () => {
      throw new Error('the line dropped')
    },
    /threw Error: the line dropped/,
  ],
  'rejects': [async () => Promise.reject(null), /threw null/],
  'refuses for no reason': [() => new WebhookRefused('mood'), /refused for signature, stale, malformed, not 'mood'/],
  'returns nothing': [() => undefined, /must return an event, not undefined/],
  'returns a text': [() => 'evt_1', /must return an event, not 'evt_1'/],
  'returns no id': [() => ({}), /missing field `id`/],
  'returns an id that is no text': [() => ({ id: 7 }), /invalid type: integer `7`/],
  'returns a report that is none': [() => ({ id: 'evt_1', report: 5 }), /whose report is none: 5/],
  'returns a report of no kind': [() => ({ id: 'evt_1', report: { ...DISPUTE, kind: 'toString' } }), /unknown variant `toString`/],
  'returns an amount that is a number': [() => ({ id: 'evt_1', report: { ...DISPUTE, amount: 5 } }), /invalid type: integer `5`/],
  'returns an order that is none': [() => ({ id: 'evt_1', report: { ...DISPUTE, orderId: 'x' } }), /the order's id is/],
  'returns an answer that is none': [
    () => ({ id: 'evt_1', report: { kind: 'charge', orderId: ID, chargeId: ID, answer: { status: 'refunded' } } }),
    /whose answer is none: { status: 'refunded' }/,
  ],
  'returns what is no JSON': [() => ({ id: 'evt_1', report: { ...DISPUTE, reason: 5n } }), /BigInt/],
  'never answers': [() => new Promise(() => {}), /no answer in time/],
}

for (const [what, [readWebhook, words]] of Object.entries(FAILURES)) {
  test(`of a gateway that ${what} the message comes again`, async (t) => {
    const office = await open(t, { gateway: Object.assign(new Teller(), { readWebhook }), gatewayTimeoutMs: 200 })
    await assert.rejects(office.payments.receiveWebhook({}, '{}'), (error) => {
      assert.ok(error instanceof UnavailableError && error.code === 'payment.unavailable', error)
      assert.match(error.cause.message, words)
      return true
    })
    assert.ok(office.isReady())
  })
}

test('a refusal of what is no message is a failure', async (t) => {
  const gateway = new Teller()
  gateway.charge = ({ chargeId }) => {
    gateway.answers.set(chargeId, { status: 'charged' })
    throw new WebhookRefused('signature')
  }
  const { charge } = await paid(t, gateway, { reconcileAfterMs: [1, 10] })
  assert.equal((await charge()).status, 'succeeded')
})

test('closing waits for no message that is being read', async (t) => {
  const gateway = new Teller()
  const begun = new Promise((resolve) => {
    gateway.readWebhook = () => new Promise(() => resolve())
  })
  const office = await open(t, { gateway })
  const reading = office.payments.receiveWebhook({}, '{}')
  await begun
  // `ClosedError`, or that the gateway was not heard out: either way the card processor sends it again.
  await Promise.all([assert.rejects(reading, UnavailableError), office.close()])
})

test('who tells nothing is sent nothing', async (t) => {
  const office = await open(t, { gateway: Object.assign(new Teller(), { readWebhook: undefined }) })
  assert.equal(office.payments.takesWebhooksOf('teller'), true)
  assert.equal(office.payments.takesWebhooksOf('teller-test'), true)
  assert.equal(office.payments.takesWebhooksOf('book'), false)
  await assert.rejects(office.payments.receiveWebhook({}, '{}'), /sends no messages/)
})

test('headers and bodies are taken as servers have them', async (t) => {
  const office = await open(t, { gateway: new Teller() })
  const [headers, body] = signed({ id: 'evt_1', what: 'x' })
  const [[name, value]] = Object.entries(headers)
  const forms = [{ [name]: [value, 'a later one'], cookie: undefined, x: 'ü' }, [[name.toUpperCase(), value]], new Headers(headers), new Map([[name, value]])]
  for (const form of forms) await office.payments.receiveWebhook(form, body)
  await office.payments.receiveWebhook(headers, body.toString())
  await office.payments.receiveWebhook(headers, new Uint8Array(body))
  for (const wrong of [undefined, 5, { [name]: 5 }, { [name]: '€' }, ['ab']]) await assert.rejects(office.payments.receiveWebhook(wrong, body))
  await assert.rejects(office.payments.receiveWebhook(headers, JSON.parse(body)), /use no parser of bodies before/)
})

/** An application with the ready router behind what `before` adds. */
async function application(t, office, before) {
  const app = express()
  before(app)
  app.use(boxOfficeRouter(office))
  app.use(errorHandler)
  const server = app.listen(0, '127.0.0.1')
  t.after(() => server.closeAllConnections())
  t.after(() => server.close())
  await once(server, 'listening')
  return (gateway, headers, body) => {
    const url = `http://127.0.0.1:${server.address().port}/api/payments/webhooks/${gateway}`
    return fetch(url, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body })
  }
}

const KEEPING = express.json({
  verify: (req, res, bytes) => {
    req.rawBody = bytes
  },
})
const BEFORE = {
  'nothing': () => {},
  'a parser that keeps the bytes': (app) => app.use(KEEPING),
  'a parser of bytes': (app) => app.use(express.raw({ type: '*/*' })),
}

for (const [what, before] of Object.entries(BEFORE)) {
  test(`the ready router behind ${what} receives what is told`, async (t) => {
    const { office, id, order, charge } = await paid(t, new Teller())
    const send = await application(t, office, before)
    const [headers, body] = signed({ id: 'evt_1', what: 'disputed', order: order.id, charge: id })
    const answer = await send('teller', headers, body)
    assert.deepEqual([answer.status, await answer.json()], [200, {}])
    assert.equal((await charge()).disputes[0].reference, 'dp_1')
    const refused = await send('teller-test', headers, `${body} `)
    assert.deepEqual([refused.status, refused.headers.get('x-error-code')], [400, 'payment.notice_refused'])
    const unknown = await send('another', headers, body)
    assert.deepEqual([unknown.status, unknown.headers.get('x-error-code')], [404, 'route.not_found'])
  })
}

test('the ready router says what is wrong if the bytes are gone', async (t) => {
  const { office, id, order, charge } = await paid(t, new Teller())
  const send = await application(t, office, (app) => app.use(express.json()))
  const payload = t.mock.method(console, 'error', () => {})
  const answer = await send('teller', ...signed({ id: 'evt_1', what: 'disputed', order: order.id, charge: id }))
  // The card processor will send it again, and whoever looks after the application sees why.
  assert.equal(answer.status, 500)
  assert.match(payload.mock.calls[0].arguments[0].message, /use boxOfficeRouter before express\.json\(\)/)
  assert.deepEqual((await charge()).disputes, [])
})
