// No user id is nobody, who may do nothing; the box office itself acts by `asSystem`.

import assert from 'node:assert/strict'
import test from 'node:test'

import { UnauthenticatedError, ValidationError } from 'boxoffice'
import { cast, open } from './helpers.mjs'

/** Every method that is done by somebody; the first argument is who. */
const METHODS = {
  payments: {
    refund: (order) => [order.id, { returnToSale: false }],
    refundPart: (order) => [order.id, '1.00'],
    escalated: () => [],
    resolve: (order) => [order.id, 'kept', ''],
    pay: (order) => [order.id, 'tok_visa'],
    get: (order) => [order.id],
    clientSecret: (order) => [order.id],
  },
  ledger: {
    balance: (order, ann) => [ann.id],
    entries: (order, ann) => [ann.id],
    iter: (order, ann) => [ann.id],
    statementCsv: (order, ann) => [ann.id],
    platform: () => [],
    recordPayout: (order, ann) => [ann.id, { amount: '1.00', reference: 'x' }],
  },
  tickets: {
    create: () => [{ title: 'x', price: '1' }],
    createMany: () => [[{ title: 'x', price: '1' }]],
    update: (order) => [order.tickets[0].id, { title: 'x', price: '1' }],
    withdraw: (order) => [order.tickets[0].id],
  },
  orders: {
    create: (order) => [[order.tickets[0].id]],
    cancel: (order) => [order.id],
    get: (order) => [order.id],
    list: () => [],
    iter: () => [],
  },
}

/** A box office with an order that is paid. */
async function sold(t) {
  const office = await open(t)
  const { ann, bob, ticket } = await cast(office)
  const order = await office.orders.create(bob.id, [ticket.id])
  await office.payments.pay(bob.id, order.id, 'tok_visa')
  return { office, ann, order }
}

test('nobody may do nothing', async (t) => {
  const { office, ann, order } = await sold(t)
  const head = await office.journal.head()
  const refused = (error) => error instanceof UnauthenticatedError && error.code === 'auth.required'
  for (const [part, methods] of Object.entries(METHODS)) {
    for (const [method, rest] of Object.entries(methods)) {
      for (const nobody of [null, undefined]) {
        const call = async () => office[part][method](nobody, ...rest(order, ann))
        await assert.rejects(call, refused, `${part}.${method}(${nobody})`)
      }
    }
  }
  await assert.rejects(office.payments.escalated(), refused)
  assert.equal(await office.journal.head(), head)
})

test('no value from outside is the system', async (t) => {
  const { office, order } = await sold(t)
  for (const text of ['', 'system', 'null']) {
    await assert.rejects(office.payments.refund(text, order.id, { returnToSale: false }), ValidationError, text)
  }
  await assert.rejects(office.payments.refund('00000000-0000-0000-0000-000000000000', order.id, { returnToSale: false }), { code: 'order.not_yours' })
  for (const actor of [true, 0, {}, { system: true }, { user: null, system: true }, Symbol('the box office itself'), [null]]) {
    await assert.rejects(async () => office.payments.refund(actor, order.id, { returnToSale: false }), Error)
  }
  assert.equal((await office.orders.get(order.buyerId, order.id)).charge.status, 'succeeded')
})

test('the box office itself acts by asSystem', async (t) => {
  const { office, ann, order } = await sold(t)
  const { payments, ledger } = office.asSystem()
  const part = await payments.refundPart(order.id, '1.00', { idempotencyKey: 'one' })
  assert.deepEqual(await payments.refundPart(order.id, '1.00', { idempotencyKey: 'one' }), part)
  const kinds = []
  for await (const entry of ledger.iter(ann.id)) kinds.push(entry.kind)
  assert.deepEqual(kinds, ['refund', 'sale'])
  assert.deepEqual(await payments.escalated(), [])
  const [record] = await office.journal.read((await office.journal.head()) - 1, 1)
  assert.equal(record.actorId, undefined)
})
