// Card processors written in JavaScript: whatever they do, the box office goes on.

import assert from 'node:assert/strict'
import test from 'node:test'

import { BoxOffice, ConflictError, ForbiddenError, PaymentDeclinedError, UnavailableError, ValidationError, checkGateway } from 'boxoffice'
import { cast, directory, open } from './helpers.mjs'

/** One that conforms. */
class Book {
  name = 'book'
  answers = new Map()
  taken = new Map()
  refunds = new Map()

  charge({ chargeId, token, amount }) {
    if (token === 'good') this.taken.set(chargeId, this.taken.get(chargeId) ?? amount.minor)
    const fresh = token === 'good' ? { status: 'charged' } : { status: 'declined', reason: 'No' }
    if (!this.answers.has(chargeId)) this.answers.set(chargeId, fresh)
    return this.answers.get(chargeId)
  }

  lookup({ chargeId }) {
    return this.answers.get(chargeId) ?? { status: 'unknown' }
  }

  refund(request) {
    const { refundId, chargeId, amount } = request
    if (this.answers.get(chargeId)?.status !== 'charged') throw new Error('no such charge')
    const others = [...this.refunds.values()].filter((other) => other.refundId !== refundId && other.chargeId === chargeId)
    const given = others.reduce((sum, other) => sum + other.amount.minor, 0)
    if (given + amount.minor > this.taken.get(chargeId)) return { status: 'refused', reason: 'not so much was taken' }
    this.refunds.set(refundId, request)
  }
}

/** The same, but answering later. */
class Late extends Book {
  async charge(request) {
    await new Promise(setImmediate)
    return super.charge(request)
  }
}

const TOKENS = { chargedToken: 'good', declinedToken: 'bad' }

for (const kind of [Book, Late]) {
  test(`${kind.name} conforms`, () => checkGateway(new kind(), TOKENS))
}

test('a careless gateway hears of all of it', async () => {
  const careless = { name: '', charge: () => ({ status: 'charged', reference: `${Math.random()}` }), lookup: () => 5, refund: () => {} }
  await assert.rejects(checkGateway(careless, TOKENS), (error) => {
    for (const part of ['its name', 'must be Unknown', 'same id again', 'must be Declined', 'never heard of must be Refused', 'not 5']) {
      assert.ok(error.message.includes(part), `${part} is missing in ${error.message}`)
    }
    return true
  })
})

const FAILURES = {
  'throws': () => {
    throw new Error('the line dropped')
  },
  'throws what is no error': () => {
    throw null
  },
  'rejects': async () => Promise.reject(new Error('the line dropped')),
  'returns nothing': () => undefined,
  'returns a text': () => 'charged',
  'returns an unknown status': () => ({ status: 'maybe' }),
  'does not say what is misconfigured': () => ({ status: 'misconfigured' }),
  'returns a reference that is no text': () => ({ status: 'charged', reference: 5 }),
  'returns a getter that throws': () => ({
    get status() {
      throw new Error('no status')
    },
  }),
  'never answers': () => new Promise(() => {}),
}

for (const [what, charge] of Object.entries(FAILURES)) {
  test(`a gateway that ${what} is asked again`, async (t) => {
    const gateway = new Book()
    gateway.charge = (request) => {
      gateway.answers.set(request.chargeId, { status: 'charged', reference: 'r1' })
      return charge()
    }
    const office = await open(t, { gateway, gatewayTimeoutMs: 100, reconcileAfterMs: [1, 10] })
    const { bob, ticket } = await cast(office)
    const order = await office.orders.create(bob.id, [ticket.id])
    const paid = await office.payments.pay(bob.id, order.id, 'good')
    assert.deepEqual([paid.status, paid.gateway, paid.reference], ['succeeded', 'book', 'r1'])
  })
}

test('what is no gateway is refused', async (t) => {
  for (const gateway of [null, 5, {}, { ...new Book(), name: 5 }]) {
    await assert.rejects(BoxOffice.open(directory(t), { gateway }), TypeError)
  }
})

test('money goes back in parts', async (t) => {
  const gateway = new Late()
  const office = await open(t, { gateway })
  const { ann, bob, ticket } = await cast(office)
  const order = await office.orders.create(bob.id, [ticket.id])
  const charge = await office.payments.pay(bob.id, order.id, 'good')
  assert.deepEqual([charge.refunded, charge.refunds, charge.disputes, charge.late], [undefined, [], [], false])
  assert.equal(await office.payments.clientSecret(bob.id, charge.id), null)
  await assert.rejects(office.payments.clientSecret(ann.id, charge.id), ForbiddenError)
  const once = () => office.payments.refundPart(ann.id, order.id, '5.00', { idempotencyKey: 'once' })
  const part = await once()
  assert.deepEqual(await once(), part)
  assert.deepEqual([part.status, part.refunded], ['succeeded', { amount: '5.00', currency: 'USD', minor: 500 }])
  const [{ refundId, chargeId, reference }] = gateway.refunds.values()
  assert.deepEqual([chargeId, reference], [charge.id, charge.reference])
  assert.deepEqual(part.refunds, [{ id: refundId, amount: part.refunded, status: 'done', reason: 'requested', returnToSale: false }])
  await assert.rejects(office.payments.refundPart(ann.id, order.id, '15.00'), ConflictError)
  await assert.rejects(office.payments.refundPart(ann.id, order.id, 'much'), ({ errors }) => errors[0].field === 'amount')
  const rest = await office.asSystem().payments.refund(order.id, { returnToSale: false })
  assert.deepEqual([rest.status, rest.refunds.map(({ amount }) => amount.minor)], ['refunded', [500, 1499]])
})

const REFUNDS = {
  'nothing': [[undefined], 'refunded', 'done'],
  'null': [[null], 'refunded', 'done'],
  'refunded': [[{ status: 'refunded', reference: 're_1' }], 'refunded', 'done', 're_1'],
  'refused': [[{ status: 'refused', reason: 'the account is closed' }], 'succeeded', 'failed'],
  'pending, then refunded': [[{ status: 'pending' }, { status: 'refunded' }], 'refunded', 'done'],
  'what is no answer, and then nothing': [
    [5, true, { status: 'charged' }, { status: 'refused' }, { status: 'refunded', reference: 5 }, { status: 'toString' }, undefined],
    'refunded',
    'done',
  ],
}

for (const [what, [answers, status, refundStatus, reference]] of Object.entries(REFUNDS)) {
  test(`a gateway that says of a refund: ${what}`, async (t) => {
    const gateway = new Book()
    const asked = []
    gateway.refund = ({ refundId }) => answers[asked.push(refundId) - 1]
    const office = await open(t, { gateway, reconcileAfterMs: [1, 10] })
    const { bob, ticket } = await cast(office)
    const order = await office.orders.create(bob.id, [ticket.id])
    await office.payments.pay(bob.id, order.id, 'good')
    const charge = await office.asSystem().payments.refund(order.id, { returnToSale: false })
    const [refund] = charge.refunds
    assert.deepEqual([charge.status, refund.status, refund.reference], [status, refundStatus, reference])
    assert.deepEqual(asked, Array(answers.length).fill(refund.id))
  })
}

/** Pays an order whose money comes only when it has ended. */
async function payLate(t, lateMoney, event) {
  const gateway = new Book()
  gateway.charge = () => {
    throw new Error('the line dropped')
  }
  const office = await open(t, { gateway, lateMoney, unknownChargeAfterMs: 1, reconcileAfterMs: [1, 10] })
  const { bob, ticket } = await cast(office)
  const order = await office.orders.create(bob.id, [ticket.id])
  await assert.rejects(office.payments.pay(bob.id, order.id, 'good'), PaymentDeclinedError)
  const { charge } = await office.orders.get(bob.id, order.id)
  gateway.answers.set(charge.id, { status: 'charged', reference: 'late-1' })
  for await (const record of office.journal.subscribe(1)) if (record.event === event) break
  return { office, bob, orderId: order.id, chargeId: charge.id }
}

/** A card processor that sets money aside, and has buyers of one kind of card confirm it first. */
class Careful extends Book {
  asked = []

  charge({ chargeId, token }) {
    const confirm = { status: 'actionRequired', clientSecret: `secret-${chargeId}` }
    const answer = token === 'confirm' ? confirm : { status: 'authorized', reference: `auth-${chargeId}` }
    if (!this.answers.has(chargeId)) this.answers.set(chargeId, answer)
    return this.answers.get(chargeId)
  }

  capture(request) {
    return this.ends('capture', request, { status: 'charged', reference: request.reference })
  }

  async void(request) {
    return this.ends('void', request, { status: 'declined', reason: 'Not confirmed in time' })
  }

  ends(how, request, answer) {
    this.asked.push([how, request])
    this.answers.set(request.chargeId, answer)
    return answer
  }
}

test('money that was set aside is captured', async (t) => {
  const gateway = new Careful()
  const office = await open(t, { gateway, reconcileAfterMs: [1, 10] })
  const { bob, ticket } = await cast(office)
  const order = await office.orders.create(bob.id, [ticket.id])
  const charge = await office.payments.pay(bob.id, order.id, 'good')
  assert.deepEqual([charge.status, charge.reference], ['succeeded', `auth-${charge.id}`])
  const { amount, createdAt } = charge
  const request = { chargeId: charge.id, orderId: order.id, amount, reference: `auth-${charge.id}`, createdAt }
  assert.deepEqual(gateway.asked, [['capture', request]])
})

test('a buyer has to confirm', async (t) => {
  const gateway = new Careful()
  const office = await open(t, { gateway, answerPaymentWithinMs: 100, reconcileAfterMs: [1, 10] })
  const { bob, ticket } = await cast(office)
  const order = await office.orders.create(bob.id, [ticket.id])
  const charge = await office.payments.pay(bob.id, order.id, 'confirm')
  assert.equal(charge.status, 'pending')
  assert.equal(await office.payments.clientSecret(bob.id, charge.id), `secret-${charge.id}`)
  gateway.answers.set(charge.id, { status: 'charged', reference: 'confirmed' })
  for await (const record of office.journal.subscribe(1)) if (record.event === 'ChargeCreated') break
  const done = await office.payments.get(bob.id, charge.id)
  assert.deepEqual([done.status, done.reference], ['succeeded', 'confirmed'])
})

test('who takes money at once can set none aside', async (t) => {
  const gateway = new Book()
  gateway.charge = () => ({ status: 'authorized' })
  const office = await open(t, { gateway, answerPaymentWithinMs: 100, reconcileAfterMs: [1, 10] })
  const { bob, ticket } = await cast(office)
  const order = await office.orders.create(bob.id, [ticket.id])
  assert.equal((await office.payments.pay(bob.id, order.id, 'good')).status, 'authorized')
})

test('late money waits for an operator', async (t) => {
  const { office, bob, orderId, chargeId } = await payLate(t, 'escalate', 'ChargeEscalated')
  await assert.rejects(office.payments.escalated(bob.id), ForbiddenError)
  const [charge] = await office.asSystem().payments.escalated()
  assert.deepEqual([charge.id, charge.status, charge.late, charge.reference], [chargeId, 'escalated', true, 'late-1'])
  await assert.rejects(office.asSystem().payments.resolve(orderId, 'lost', ''), ({ errors }) => errors[0].field === 'resolution')
  const resolved = await office.asSystem().payments.resolve(orderId, 'kept', 'agreed on the phone')
  assert.deepEqual([resolved.id, resolved.status], [chargeId, 'kept'])
  assert.deepEqual(await office.asSystem().payments.escalated(), [])
})

test('late money buys the tickets after all', async (t) => {
  const { office, bob, orderId, chargeId } = await payLate(t, 'retake', 'ChargeCreated')
  const { charge } = await office.orders.get(bob.id, orderId)
  assert.deepEqual([charge.id, charge.status], [chargeId, 'transferred'])
  assert.equal((await office.orders.get(bob.id, charge.transferredTo)).status, 'complete')
  // By its id, the charge is that of the order that it pays now.
  const paid = await office.payments.get(bob.id, chargeId)
  assert.deepEqual([paid.status, paid.orderId], ['succeeded', charge.transferredTo])
})

test('a policy for late money has known steps', async (t) => {
  await assert.rejects(BoxOffice.open(directory(t), { lateMoney: 'keep' }), (error) => {
    return error instanceof ValidationError && error.errors[0].field === 'lateMoney'
  })
})

test('a payment and its refund', async (t) => {
  const office = await open(t, { gateway: new Late() })
  const { ann, bob, ticket } = await cast(office)
  const order = await office.orders.create(bob.id, [ticket.id])
  const charge = await office.payments.pay(bob.id, order.id, 'good')
  assert.equal((await office.payments.get(bob.id, charge.id)).status, 'succeeded')
  assert.equal((await office.payments.refund(ann.id, order.id, { returnToSale: true })).status, 'refunded')
  assert.equal((await office.tickets.get(ticket.id)).status, 'available')
})

test('a shop that is not set up right is no decline', async (t) => {
  for (const kind of [Book, Late]) {
    const gateway = new kind()
    gateway.charge = ({ chargeId }) => {
      gateway.answers.set(chargeId, { status: 'misconfigured', reason: 'no such account: acct_1' })
      return gateway.answers.get(chargeId)
    }
    const heard = []
    let tell
    const told = new Promise((resolve) => (tell = resolve))
    const error = (message, fields) => {
      heard.push([message, fields.reason])
      tell()
    }
    const office = await open(t, { gateway, logger: { error } })
    const { bob, ticket } = await cast(office)
    const order = await office.orders.create(bob.id, [ticket.id])
    for (let turn = 0; turn < 2; turn += 1) {
      await assert.rejects(office.payments.pay(bob.id, order.id, 'good', { idempotencyKey: 'once' }), (refused) => {
        assert.ok(refused instanceof UnavailableError)
        assert.deepEqual([refused.code, refused.statusCode], ['payment.misconfigured', 503])
        assert.doesNotMatch(refused.message, /acct_1/)
        return true
      })
    }
    assert.equal((await office.orders.get(bob.id, order.id)).status, 'cancelled')
    assert.equal((await office.tickets.get(ticket.id)).status, 'available')
    await told
    assert.equal(heard.length, 1)
    assert.match(heard[0][0], /^boxoffice\.gateway\.worker: /)
    assert.equal(heard[0][1], 'no such account: acct_1')
  }
})

test('prices that a gateway can\'t charge are not listed', async (t) => {
  const refusal = ({ minor }) => (minor % 10 === 0 ? undefined : 'the last digit must be 0')
  for (const checkAmount of [refusal, async (amount) => refusal(amount) ?? null]) {
    const gateway = Object.assign(new Book(), { checkAmount })
    const office = await open(t, { gateway })
    const { user: ann } = await office.auth.signUp('ann@example.com', 'correct horse')
    await assert.rejects(office.tickets.create(ann.id, { title: 'x', price: '19.99' }), (error) => {
      assert.ok(error instanceof ValidationError)
      assert.deepEqual(error.serializeErrors(), [{ message: "Price can't be charged: the last digit must be 0", field: 'price' }])
      return true
    })
    const several = ['1.10', '1.11', '1.20'].map((price) => ({ title: 'x', price }))
    await assert.rejects(office.tickets.createMany(ann.id, several), ({ errors }) => errors.length === 1 && errors[0].field === 'tickets[1].price')
    const ticket = await office.tickets.create(ann.id, { title: 'x', price: '19.90' })
    await assert.rejects(office.tickets.update(ann.id, ticket.id, { title: 'x', price: '19.91' }), ValidationError)
    assert.deepEqual(await office.tickets.get(ticket.id), ticket)
  }
})

test('a gateway that can\'t tell what it can charge is no reason to refuse', async (t) => {
  const throws = () => {
    throw new Error('the line dropped')
  }
  for (const checkAmount of [() => 7, () => ({ status: 'refused' }), throws]) {
    const office = await open(t, { gateway: Object.assign(new Book(), { checkAmount }), logger: {} })
    const { ticket } = await cast(office)
    assert.equal(ticket.price.amount, '19.99')
  }
})
