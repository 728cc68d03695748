// Whose the money is.

import assert from 'node:assert/strict'
import test from 'node:test'

import { BoxOffice, ConflictError, ForbiddenError, ManualClock, NotFoundError, ValidationError } from 'boxoffice'
import { cast, directory, open } from './helpers.mjs'

const NOON = new Date('2027-01-01T12:00:00Z')
const FEES = { percent: '2.5', fixed: [{ amount: '0.30', currency: 'USD' }] }
const usd = (amount) => ({ amount, currency: 'USD', minor: Math.round(Number(amount) * 100) })

/** A sale of 19.99, of which the platform keeps 0.80. */
async function sold(t) {
  const office = await open(t, { fees: FEES, clock: new ManualClock(NOON) })
  const { ann, bob, ticket } = await cast(office)
  const order = await office.orders.create(bob.id, [ticket.id])
  await office.payments.pay(bob.id, order.id, 'tok_visa')
  return { office, ann, bob, order }
}

test('a seller sees what they are owed and how it came to that', async (t) => {
  const { office, ann, bob, order } = await sold(t)
  const [balance, ...others] = await office.ledger.balance(ann.id, ann.id)
  assert.deepEqual(others, [])
  const none = usd('0.00')
  assert.deepEqual(balance, { owed: usd('19.19'), sold: usd('19.99'), refunded: none, fees: usd('0.80'), paidOut: none })
  const { items } = await office.ledger.entries(ann.id, ann.id)
  const entry = { number: 1, at: NOON, kind: 'sale', orderId: order.id, amount: usd('19.19'), fee: usd('0.80'), gross: usd('19.99') }
  assert.deepEqual(items, [entry])
  assert.deepEqual(await office.ledger.balance(bob.id, bob.id), [])
  await assert.rejects(office.ledger.balance(bob.id, ann.id), ForbiddenError)
  await assert.rejects(office.ledger.entries(ann.id, ann.id, { limit: 0 }), ValidationError)
  await assert.rejects(office.asSystem().ledger.balance('01938f6e-8c7a-7b2e-8f00-0123456789ab'), NotFoundError)
  const [platform] = await office.asSystem().ledger.platform()
  assert.deepEqual([platform.processor, platform.sellers, platform.fees], [usd('19.99'), usd('19.19'), usd('0.80')])
  assert.deepEqual([platform.disputed, platform.late, platform.difference], [none, none, none])
  await assert.rejects(office.ledger.platform(ann.id), ForbiddenError)
})

test('payouts are recorded once, and what goes back later is owed', async (t) => {
  const { office, ann, order } = await sold(t)
  const payout = { amount: '19.19', reference: 'SEPA 2027-01' }
  const once = () => office.asSystem().ledger.recordPayout(ann.id, payout, { idempotencyKey: 'one' })
  const made = await once()
  assert.deepEqual([made.sellerId, made.amount, made.reference, made.recordedAt], [ann.id, usd('19.19'), payout.reference, NOON])
  assert.deepEqual(await once(), made)
  await assert.rejects(office.asSystem().ledger.recordPayout(ann.id, payout), ({ code }) => code === 'payout.exceeds_balance')
  await assert.rejects(office.asSystem().ledger.recordPayout(ann.id, payout), ConflictError)
  await assert.rejects(office.ledger.recordPayout(ann.id, ann.id, payout), ForbiddenError)
  const wrong = { amount: '0', currency: 'usd', reference: '' }
  await assert.rejects(office.asSystem().ledger.recordPayout(ann.id, wrong), ValidationError)
  await office.asSystem().payments.refund(order.id, { returnToSale: false })
  const [{ owed, paidOut }] = await office.ledger.balance(ann.id, ann.id)
  assert.deepEqual([owed, paidOut], [usd('-19.19'), usd('19.19')])
  const first = await office.ledger.entries(ann.id, ann.id, { limit: 2 })
  const rest = await office.ledger.entries(ann.id, ann.id, { limit: 2, cursor: first.next })
  const kinds = [...first.items, ...rest.items].map(({ kind, payoutId }) => [kind, payoutId])
  assert.deepEqual(kinds, [['refund', undefined], ['payout', made.id], ['sale', undefined]])
  assert.equal(rest.next, undefined)
})

test('a statement comes in parts', async (t) => {
  const { office, ann, bob, order } = await sold(t)
  let text = ''
  for await (const part of office.ledger.statementCsv(ann.id, ann.id)) text += part
  assert.equal(text, [
    'number,at,kind,orderId,payoutId,reference,currency,gross,fee,amount',
    `1,2027-01-01T12:00:00.000Z,sale,${order.id},,,USD,19.99,0.80,19.19`,
    '',
  ].join('\r\n'))
  assert.throws(() => office.ledger.statementCsv(bob.id, ann.id), ForbiddenError)
})

test('fees are checked', async (t) => {
  for (const fees of [{ percent: '2.555' }, { percent: '101' }, { fixed: [{ amount: '1', currency: 'usd' }] }]) {
    await assert.rejects(BoxOffice.open(directory(t), { fees }), (error) => {
      return error instanceof ValidationError && error.errors[0].field.startsWith('fees.')
    })
  }
})
