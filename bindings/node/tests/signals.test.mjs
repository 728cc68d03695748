// Waiting that is given up by an AbortSignal.

import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { join } from 'node:path'
import test from 'node:test'

import { BoxOffice } from 'boxoffice'
import { cast, directory, open, run } from './helpers.mjs'

const listeners = (signal) => getEventListeners(signal, 'abort').length

/** A gateway whose charges are answered when the test says so. */
function slow() {
  const asked = []
  return { name: 'slow', charge: () => new Promise((resolve) => asked.push(resolve)), lookup: () => ({ status: 'pending' }), refund() {}, asked }
}

test('a payment goes on when nobody waits for it any more', async (t) => {
  const gateway = slow()
  const office = await open(t, { gateway })
  const { bob, ticket } = await cast(office)
  const order = await office.orders.create(bob.id, [ticket.id])
  const controller = new AbortController()
  const { signal } = controller
  const pay = () => office.payments.pay(bob.id, order.id, 'x', { idempotencyKey: 'p', signal })
  const given = pay()
  assert.equal(listeners(signal), 1)
  while (gateway.asked.length === 0) await new Promise(setImmediate)
  const reason = new Error('the buyer has left')
  controller.abort(reason)
  await assert.rejects(given, reason)
  assert.equal(listeners(signal), 0)
  await assert.rejects(pay(), reason)
  assert.equal((await office.orders.get(bob.id, order.id)).status, 'awaiting_payment')
  gateway.asked[0]({ status: 'charged' })
  // The same key gets the outcome.
  const charge = await office.payments.pay(bob.id, order.id, 'x', { idempotencyKey: 'p' })
  assert.equal(charge.status, 'succeeded')
  assert.equal(gateway.asked.length, 1)
})

test('what is aborted already is not begun', async (t) => {
  const office = await open(t)
  const { ann, bob, ticket } = await cast(office)
  const head = await office.journal.head()
  const signal = AbortSignal.abort()
  const copy = join(directory(t), 'copy')
  const { auth, tickets, orders, payments, ledger, journal } = office
  const calls = [
    auth.signUp('c@example.com', 'correct horse', { signal }),
    auth.signIn('ann@example.com', 'correct horse', { signal }),
    tickets.create(ann.id, { title: 'x', price: '1' }, { signal }),
    tickets.createMany(ann.id, [{ title: 'x', price: '1' }], { signal }),
    tickets.update(ann.id, ticket.id, { title: 'x', price: '1' }, { signal }),
    tickets.withdraw(ann.id, ticket.id, { signal }),
    orders.create(bob.id, [ticket.id], { signal }),
    orders.cancel(bob.id, ticket.id, { signal }),
    payments.pay(bob.id, ticket.id, 'x', { signal }),
    office.asSystem().payments.refund(ticket.id, { returnToSale: false, signal }),
    office.asSystem().payments.refundPart(ticket.id, '1', { signal }),
    office.asSystem().payments.resolve(ticket.id, 'kept', '', { signal }),
    office.asSystem().ledger.recordPayout(ann.id, { amount: '1', reference: 'x' }, { signal }),
    journal.verify(undefined, { signal }),
    journal.backup(copy, undefined, { signal }),
    BoxOffice.recover(copy, () => {}, { signal }),
  ]
  for (const call of calls) await assert.rejects(call, { name: 'AbortError' })
  const loops = [
    () => tickets.iter({}, { signal }),
    () => orders.iter(bob.id, {}, { signal }),
    () => office.asSystem().ledger.iter(ann.id, {}, { signal }),
    () => office.asSystem().ledger.statementCsv(ann.id, { signal }),
    () => journal.iter(1, { signal }),
    () => journal.subscribe(1, { signal }),
  ]
  for (const loop of loops) assert.throws(loop, { name: 'AbortError' })
  assert.equal(await journal.head(), head)
  // Nothing was copied.
  await assert.rejects(BoxOffice.recover(copy, () => {}))
  await assert.rejects(journal.verify(undefined, { signal: 'now' }), TypeError)
})

test('waiting that ends by itself leaves nothing at its signal', async (t) => {
  const office = await open(t)
  const { ann, bob, ticket } = await cast(office)
  const { signal } = new AbortController()
  await office.tickets.create(ann.id, { title: 'x', price: '1' }, { signal })
  await assert.rejects(office.orders.cancel(bob.id, ticket.id, { signal }), { code: 'order.not_found' })
  assert.equal(await office.journal.backup(join(directory(t), 'copy'), undefined, { signal }), await office.journal.head())
  assert.ok((await office.journal.verify(undefined, { signal })).isClean)
  for await (const record of office.journal.subscribe(1, { signal })) if (record.seq === 3) break
  const feed = office.journal.subscribe(1, { signal })
  assert.equal(listeners(signal), 1)
  feed.close()
  assert.equal(await feed.nextBatch(), null)
  for await (const { title } of office.tickets.iter({ limit: 1 }, { signal })) assert.ok(title)
  for await (const part of office.asSystem().ledger.statementCsv(ann.id, { signal })) assert.equal(typeof part, 'string')
  assert.equal(listeners(signal), 0)
})

test('a feed ends with the reason of its signal, whether it waits or not', async (t) => {
  const office = await open(t)
  await cast(office)
  const waiting = new AbortController()
  const feed = office.journal.subscribe((await office.journal.head()) + 1, { signal: waiting.signal })
  const next = feed[Symbol.asyncIterator]().next()
  waiting.abort()
  await assert.rejects(next, { name: 'AbortError' })
  await assert.rejects(feed.nextBatch(), { name: 'AbortError' })
  assert.equal(listeners(waiting.signal), 0)

  // What was read ahead is not given any more.
  const working = new AbortController()
  const seen = []
  const loop = (async () => {
    for await (const { seq } of office.journal.subscribe(1, { signal: working.signal })) {
      seen.push(seq)
      if (seq === 2) working.abort(new Error('enough'))
    }
  })()
  await assert.rejects(loop, /enough/)
  assert.deepEqual(seen, [1, 2])

  // One that was closed has ended, and an abort changes nothing.
  const late = new AbortController()
  const closed = office.journal.subscribe(1, { signal: late.signal })
  closed.close()
  late.abort()
  assert.equal(await closed.nextBatch(), null)

  // So has one whose box office is closed.
  const { signal } = new AbortController()
  const last = office.journal.subscribe((await office.journal.head()) + 1, { signal })
  const ended = last.nextBatch()
  await office.close()
  assert.equal(await ended, null)
  assert.equal(listeners(signal), 0)
})

test('loops over pages, statements and facts end in the middle', async (t) => {
  const office = await open(t)
  const { ann, bob, ticket } = await cast(office)
  await office.tickets.createMany(ann.id, Array.from({ length: 9 }, (_, at) => ({ title: `t${at}`, price: '1' })))
  const order = await office.orders.create(bob.id, [ticket.id])
  await office.payments.pay(bob.id, order.id, 'tok_visa')
  const loops = {
    tickets: (signal) => office.tickets.iter({ limit: 2 }, { signal }),
    journal: (signal) => office.journal.iter(1, { signal }),
    statement: (signal) => office.asSystem().ledger.statementCsv(ann.id, { signal }),
  }
  for (const [name, loop] of Object.entries(loops)) {
    const controller = new AbortController()
    let count = 0
    const looped = (async () => {
      for await (const item of loop(controller.signal)) {
        assert.ok(item)
        count += 1
        controller.abort()
      }
    })()
    await assert.rejects(looped, { name: 'AbortError' }, name)
    assert.equal(count, 1, name)
    assert.equal(listeners(controller.signal), 0, name)
  }
  await office.close()
  const path = directory(t)
  await (await BoxOffice.open(path).then(async (other) => (await cast(other), other))).close()
  const controller = new AbortController()
  let visited = 0
  const visit = () => {
    visited += 1
    controller.abort()
  }
  await assert.rejects(BoxOffice.recover(path, visit, { signal: controller.signal }), { name: 'AbortError' })
  assert.equal(visited, 1)
})

test('a signal keeps no feed that is forgotten', async (t) => {
  const { code, stdout, stderr } = await run('forgotten', directory(t))
  assert.deepEqual([code, stdout], [0, 'collected true, listeners 0\n'], stderr)
})
