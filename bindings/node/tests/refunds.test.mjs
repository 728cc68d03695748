// Refunds at the card processor's own desk, which gateways written in JavaScript list.

import assert from 'node:assert/strict'
import test from 'node:test'

import { BoxOffice, UnavailableError } from 'boxoffice'
import { cast, directory, open } from './helpers.mjs'

const ID = '01890a5d-ac96-774b-bcce-b302099a8057'
const DAY_MS = 24 * 60 * 60 * 1000

/** A card processor with a desk. Its messages say of a charge that its refunds have changed, and no more. */
class Desk {
  name = 'desk'
  made = []
  asked = []

  charge = () => ({ status: 'charged' })
  lookup = () => ({ status: 'charged' })
  refund = () => {}

  /** Gives money back at the desk. */
  giveBack({ id: chargeId, orderId }, reference, amount) {
    this.made.push({ kind: 'refundElsewhere', orderId, chargeId, reference, amount: { amount, currency: 'USD' } })
  }

  refundsOf(request) {
    return this.made.filter(({ chargeId }) => chargeId === request.chargeId)
  }

  refundsSince(since) {
    this.asked.push(since)
    return this.made
  }

  readWebhook({ body }) {
    const [orderId, chargeId] = body.toString().split(' ')
    return { id: 'evt_1', report: { kind: 'refundsChanged', orderId, chargeId } }
  }
}

/** The same, but listing later. */
class LateDesk extends Desk {
  async refundsOf(request) {
    await new Promise(setImmediate)
    return super.refundsOf(request)
  }

  async refundsSince(since) {
    await new Promise(setImmediate)
    return super.refundsSince(since)
  }
}

/** The buyer of a paid order, and its charge. */
async function sell(office) {
  const { bob, ticket } = await cast(office)
  const order = await office.orders.create(bob.id, [ticket.id])
  const charge = await office.payments.pay(bob.id, order.id, 'good')
  return { bob, charge, order, changed: () => office.payments.receiveWebhook({}, `${charge.orderId} ${charge.id}`) }
}

const summary = ({ refunds }) => refunds.map(({ amount, status, reason, reference }) => [amount.minor, status, reason, reference])

for (const kind of [Desk, LateDesk]) {
  test(`what is given back at a ${kind.name} of which a message names the charge alone is found`, async (t) => {
    const gateway = new kind()
    const office = await open(t, { gateway })
    const { bob, charge, order, changed } = await sell(office)
    await office.asSystem().payments.refundPart(order.id, '1.00')
    const [own] = (await office.payments.get(bob.id, charge.id)).refunds
    gateway.made.push({ kind: 'refund', orderId: charge.orderId, chargeId: charge.id, refundId: own.id, answer: { status: 'refunded' } })
    gateway.giveBack(charge, 're_1', '5.00')
    gateway.giveBack(charge, 're_2', '2.50')
    for (let turn = 0; turn < 2; turn += 1) {
      await changed()
      assert.deepEqual(summary(await office.payments.get(bob.id, charge.id)), [
        [100, 'done', 'requested', undefined],
        [500, 'done', 'elsewhere', 're_1'],
        [250, 'done', 'elsewhere', 're_2'],
      ])
    }
  })

  test(`what is given back at a ${kind.name} of which no message tells is found at the next start, once`, async (t) => {
    const path = directory(t)
    const gateway = new kind()
    const first = await BoxOffice.open(path, { gateway })
    const { bob, charge } = await sell(first)
    await first.close()
    gateway.giveBack(charge, 're_1', '5.00')
    gateway.giveBack({ id: ID, orderId: ID }, 're_of_others', '5.00')
    const second = await BoxOffice.open(path, { gateway })
    for await (const record of second.journal.subscribe(1)) if (record.event === 'ChargeRefunded') break
    assert.deepEqual(summary(await second.payments.get(bob.id, charge.id)), [[500, 'done', 'elsewhere', 're_1']])
    const head = await second.journal.head()
    await second.close()
    gateway.giveBack(charge, 're_2', '1.00')
    const third = await BoxOffice.open(path, { gateway })
    t.after(() => third.close())
    for await (const { seq } of third.journal.subscribe(head + 1)) if (seq > head) break
    assert.deepEqual(summary(await third.payments.get(bob.id, charge.id)), [
      [500, 'done', 'elsewhere', 're_1'],
      [100, 'done', 'elsewhere', 're_2'],
    ])
    const [since] = gateway.asked
    assert.ok(since instanceof Date)
    const days = (Date.now() - since.getTime()) / DAY_MS
    assert.ok(days > 29 && days < 31, `${days}`)
  })
}

const CHARGED = { kind: 'charge', orderId: ID, chargeId: ID, answer: { status: 'charged' } }
const REFUND = { kind: 'refundElsewhere', orderId: ID, chargeId: ID, reference: 're_1', amount: { amount: '5.00', currency: 'USD' } }
const FAILURES = {
  'throws': [
    () => {
      throw new Error('the line dropped')
    },
    /threw Error: the line dropped/,
  ],
  'returns nothing': [() => undefined, /must return a list of refunds, not undefined/],
  'returns a text': [() => 're_1', /must return a list of refunds, not 're_1'/],
  'returns one refund': [() => REFUND, /must return a list of refunds/],
  'returns a list with nothing': [() => [REFUND, null], /returned a list whose report is none: null/],
  'returns what is no refund': [() => [REFUND, CHARGED], /can't be: refund 2: must be of kind `refund` or `refundElsewhere`/],
  'returns an answer that is none': [() => [{ ...REFUND, kind: 'refund', refundId: ID, answer: 5 }], /a list whose answer is none: 5/],
  'returns an amount of no currency': [() => [{ ...REFUND, amount: { amount: '5.001', currency: 'USD' } }], /refund 1: the amount/],
  'never answers': [() => new Promise(() => {}), /no answer in time/],
}

for (const [what, [refundsOf, words]] of Object.entries(FAILURES)) {
  test(`to a gateway that ${what} for a list the message comes again`, async (t) => {
    const gateway = new Desk()
    const office = await open(t, { gateway, gatewayTimeoutMs: what === 'never answers' ? 500 : 30_000 })
    const { bob, charge, changed } = await sell(office)
    gateway.refundsOf = refundsOf
    await assert.rejects(changed(), (error) => {
      assert.ok(error instanceof UnavailableError && error.code === 'payment.unavailable', error)
      assert.match(error.cause.message, words)
      return true
    })
    assert.deepEqual((await office.payments.get(bob.id, charge.id)).refunds, [])
  })
}

test('who tells that refunds have changed has to list them', async (t) => {
  const office = await open(t, { gateway: Object.assign(new Desk(), { refundsOf: undefined }) })
  const { changed } = await sell(office)
  await assert.rejects(changed(), ({ cause }) => /Desk tells that refunds have changed, and has no refundsOf\(\)/.test(cause.message))
})

test('a list that can\'t be read at the start is a failure that is heard', async (t) => {
  const refundsSince = async () => {
    throw new Error('the line dropped')
  }
  // A gateway and a logger keep no process alive.
  const alive = setInterval(() => {}, 1_000)
  t.after(() => clearInterval(alive))
  let tell
  const told = new Promise((resolve) => (tell = resolve))
  const warn = (message, fields) => {
    if (message.includes('refunds at the card processor could not be looked for')) tell(fields)
  }
  const office = await open(t, { gateway: Object.assign(new Desk(), { refundsSince }), logger: { warn } })
  const { error } = await told
  assert.match(error, /Desk\.refundsSince\(\) threw Error: the line dropped/)
  const { lastError } = await office.metrics()
  assert.match(lastError.message, /Desk\.refundsSince\(\)/)
  assert.ok(office.isReady())
})

test('what has the name of a method and is none is refused', async (t) => {
  for (const method of ['capture', 'void', 'checkAmount', 'refundsOf', 'refundsSince', 'readWebhook']) {
    const opening = BoxOffice.open(directory(t), { gateway: Object.assign(new Desk(), { [method]: true }) })
    await assert.rejects(opening, { name: 'TypeError', message: `a gateway has a method ${method}(), or none` })
    const office = await open(t, { gateway: Object.assign(new Desk(), { [method]: null }) })
    assert.ok(office.isReady())
  }
})
