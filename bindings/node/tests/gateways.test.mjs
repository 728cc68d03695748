// Card processors written in JavaScript: whatever they do, the box office goes on.

import assert from 'node:assert/strict'
import test from 'node:test'

import { BoxOffice, checkGateway } from 'boxoffice'
import { cast, directory, open } from './helpers.mjs'

/** One that conforms. */
class Book {
  name = 'book'
  answers = new Map()

  charge({ chargeId, token }) {
    const fresh = token === 'good' ? { status: 'charged' } : { status: 'declined', reason: 'No' }
    if (!this.answers.has(chargeId)) this.answers.set(chargeId, fresh)
    return this.answers.get(chargeId)
  }

  lookup(chargeId) {
    return this.answers.get(chargeId) ?? { status: 'unknown' }
  }

  refund({ chargeId }) {
    if (this.answers.get(chargeId)?.status !== 'charged') throw new Error('no such charge')
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
    for (const part of ['its name', 'must be Unknown', 'same id again', 'must be Declined', 'never heard of must fail', 'not 5']) {
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

test('a payment and its refund', async (t) => {
  const office = await open(t, { gateway: new Late() })
  const { ann, bob, ticket } = await cast(office)
  const order = await office.orders.create(bob.id, [ticket.id])
  const charge = await office.payments.pay(bob.id, order.id, 'good')
  assert.equal((await office.payments.get(bob.id, charge.id)).status, 'succeeded')
  assert.equal((await office.payments.refund(ann.id, order.id, { returnToSale: true })).status, 'refunded')
  assert.equal((await office.tickets.get(ticket.id)).status, 'available')
})
