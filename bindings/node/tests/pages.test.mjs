// All pages, by `for await`.

import assert from 'node:assert/strict'
import test from 'node:test'

import { ForbiddenError, ManualClock, ValidationError } from 'boxoffice'
import { cast, open } from './helpers.mjs'

/** All that a loop gives. */
async function all(loop) {
  const items = []
  for await (const item of loop) items.push(item)
  return items
}

test('every ticket comes once, in the order of the listing', async (t) => {
  const office = await open(t, { clock: new ManualClock('2027-01-01T00:00:00Z') })
  const { ann } = await cast(office)
  await office.tickets.createMany(ann.id, Array.from({ length: 250 }, (_, at) => ({ title: `t${at}`, price: `${at + 1}` })))
  const prices = (await all(office.tickets.iter({ sort: 'price' }))).map(({ price }) => price.minor)
  assert.equal(prices.length, 251)
  assert.deepEqual(prices, [...prices].sort((one, other) => one - other))
  for (const limit of [1, 7, 100]) {
    const ids = (await all(office.tickets.iter({ limit, seller: ann.id }))).map(({ id }) => id)
    assert.equal(new Set(ids).size, 251, `limit ${limit}`)
  }
  // From a page on.
  const first = await office.tickets.list({ sort: 'price', limit: 100 })
  const rest = await all(office.tickets.iter({ sort: 'price', cursor: first.next }))
  assert.deepEqual([...first.items, ...rest].map(({ price }) => price.minor), prices)
  assert.deepEqual(await all(office.tickets.iter({ status: 'sold' })), [])
  assert.throws(() => office.tickets.iter({ sort: 'nonsense' }), ValidationError)
})

test('a loop reads no page that it does not come to', async (t) => {
  const office = await open(t)
  const { ann } = await cast(office)
  await office.tickets.createMany(ann.id, Array.from({ length: 5 }, () => ({ title: 'x', price: '1' })))
  const loop = office.tickets.iter({ limit: 2 })
  for await (const ticket of loop) {
    assert.ok(ticket.id)
    break
  }
  assert.deepEqual(await loop.next(), { done: true, value: undefined })
})

test('orders, entries and records come whole too', async (t) => {
  const office = await open(t)
  const { ann, bob } = await cast(office)
  const listed = await office.tickets.createMany(ann.id, Array.from({ length: 5 }, () => ({ title: 'x', price: '1' })))
  for (const { id } of listed) {
    const order = await office.orders.create(bob.id, [id])
    await office.payments.pay(bob.id, order.id, 'tok_visa')
  }
  const orders = await all(office.orders.iter(bob.id, { limit: 2, status: 'complete' }))
  assert.deepEqual(orders.map(({ id }) => id), (await office.orders.list(bob.id)).items.map(({ id }) => id))
  assert.equal(orders.length, 5)
  const entries = await all(office.ledger.iter(ann.id, ann.id, { limit: 2 }))
  assert.deepEqual(entries, (await office.ledger.entries(ann.id, ann.id)).items)
  await assert.rejects(all(office.ledger.iter(bob.id, ann.id)), ForbiddenError)
  const records = await all(office.journal.iter(1))
  assert.deepEqual(records, await office.journal.read(1, 1_000))
  assert.deepEqual(await all(office.journal.iter(4)), records.slice(3))
  assert.deepEqual(await all(office.journal.iter(records.length + 1)), [])
})

test('records that come meanwhile are left to a feed', async (t) => {
  const office = await open(t)
  const { ann } = await cast(office)
  const seen = []
  for await (const { seq } of office.journal.iter(2)) {
    seen.push(seq)
    await office.tickets.create(ann.id, { title: 'x', price: '1' })
  }
  assert.deepEqual(seen, [2, 3])
})
