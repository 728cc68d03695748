// What is in flight: each promise gets its own outcome, whoever else waits, and whatever ends meanwhile.

import assert from 'node:assert/strict'
import test from 'node:test'

import { BoxOffice, BoxOfficeError, ClosedError } from 'boxoffice'
import { cast, context, directory, open, run } from './helpers.mjs'

const MISSING = '01938f6e-8c7a-7b2e-8f00-0123456789ab'

/** Tickets with these titles, each of a call of its own. */
function created(office, seller, titles, options) {
  return titles.map((title) => office.tickets.create(seller.id, { title, price: '1' }, options))
}

function numbered(count, name = 't') {
  return Array.from({ length: count }, (_, at) => `${name}${at}`)
}

function titles(tickets) {
  return tickets.map(({ title }) => title)
}

test('10,000 calls in flight get each its own answer', async (t) => {
  const office = await open(t, { openOrdersMax: 20_000 })
  const { ann, bob } = await cast(office)
  const tickets = await office.tickets.createMany(
    ann.id,
    numbered(10_000).map((title) => ({ title, price: '1' })),
  )
  const orders = await Promise.all(tickets.map(({ id }) => office.orders.create(bob.id, [id])))
  assert.deepEqual(
    orders.map((order) => order.tickets[0].id),
    tickets.map(({ id }) => id),
  )
  // What was taken before is taken again.
  assert.deepEqual(titles(await Promise.all(tickets.map(({ id }) => office.tickets.get(id)))), numbered(10_000))
})

test('answers and refusals come to whom they are for', async (t) => {
  const office = await open(t)
  const { ann, bob, ticket } = await cast(office)
  await office.orders.create(bob.id, [ticket.id])
  const kinds = [
    // The writer answers and refuses, another thread finds nothing, and what can't be is refused at once.
    (at) => office.tickets.create(ann.id, { title: `t${at}`, price: '1' }),
    () => office.orders.create(bob.id, [ticket.id]),
    () => office.orders.get(bob.id, MISSING),
    () => office.tickets.create(ann.id, { title: '', price: '1' }),
    () => office.tickets.get(ticket.id),
    () => office.journal.head(),
  ]
  const outcomes = await Promise.allSettled(Array.from({ length: 6_000 }, (_, at) => kinds[at % kinds.length](at)))
  const expected = ['title', 'ticket.locked', 'order.not_found', 'validation', 'Seat 1', 'number']
  const told = ({ value, reason }, at) => {
    if (reason !== undefined) return reason.code
    if (typeof value === 'number') return 'number'
    return value.title === `t${at}` ? 'title' : value.title
  }
  assert.deepEqual(
    outcomes.map(told),
    outcomes.map((_, at) => expected[at % kinds.length]),
  )
})

test('a refusal has its class, its code, and the functions that wait for it', async (t) => {
  const office = await open(t)
  const { ann, bob, ticket } = await cast(office)
  await office.orders.create(bob.id, [ticket.id])
  const calls = {
    'ticket.locked': ['ConflictError', () => office.orders.create(bob.id, [ticket.id])],
    'order.not_found': ['NotFoundError', () => office.orders.get(bob.id, MISSING)],
    'ticket.not_found': ['NotFoundError', () => office.tickets.get(MISSING)],
    validation: ['ValidationError', () => office.tickets.create(ann.id, { title: '', price: '1' })],
    'auth.required': ['UnauthenticatedError', () => office.auth.authenticate('nonsense')],
  }
  async function asking(call) {
    return await call()
  }
  for (const [code, [name, call]] of Object.entries(calls)) {
    const error = await asking(call).then(
      () => assert.fail(code),
      (reason) => reason,
    )
    assert.ok(error instanceof BoxOfficeError, code)
    assert.deepEqual([error.name, error.code], [name, code])
    assert.match(error.stack, /^\s+at (async )?asking\b/m, code)
  }
})

test('a call that begins within another takes no place of it', async (t) => {
  const office = await open(t)
  const { ann } = await cast(office)
  const inner = []
  const ticket = {
    get title() {
      inner.push(...created(office, ann, [`inner ${inner.length}`]))
      return 'outer'
    },
    price: '1',
  }
  assert.equal((await office.tickets.create(ann.id, ticket)).title, 'outer')
  assert.ok(inner.length > 0)
  assert.deepEqual(titles(await Promise.all(inner)), numbered(inner.length, 'inner '))
})

test('what the native module can not take is refused by a promise, and what follows goes on', async (t) => {
  const office = await open(t)
  const { ann, bob } = await cast(office)
  const fails = {
    get title() {
      throw new RangeError('no title')
    },
    price: '1',
  }
  for (let turn = 0; turn < 100; turn += 1) {
    const calls = [
      office.orders.create(bob.id, 5),
      office.tickets.get({}),
      office.tickets.create(ann.id, { title: 5, price: '1' }),
      office.tickets.create(ann.id, fails),
      office.journal.read('1', 1),
    ]
    const reasons = (await Promise.allSettled(calls)).map(({ reason }) => reason)
    for (const reason of reasons) assert.ok(reason instanceof Error && !(reason instanceof BoxOfficeError), reason)
    assert.deepEqual(reasons[3], new RangeError('no title'))
  }
  assert.deepEqual(titles(await Promise.all(created(office, ann, numbered(100)))), numbered(100))
  // Without an object of its class, a method has no box office.
  await assert.rejects(office.orders.create.call({}, bob.id, []), TypeError)
})

test('who has given up gets nothing, and the others their own', async (t) => {
  const office = await open(t)
  const { ann } = await cast(office)
  const controller = new AbortController()
  const reason = new Error('enough')
  const given = Promise.allSettled(created(office, ann, numbered(100, 'given up '), { signal: controller.signal }))
  controller.abort(reason)
  const others = created(office, ann, numbered(100))
  for (const outcome of await given) assert.equal(outcome.reason, reason)
  assert.deepEqual(titles(await Promise.all(others)), numbered(100))
  // What was begun is decided all the same.
  let count = 0
  for await (const { title } of office.tickets.iter({ seller: ann.id })) count += title.startsWith('given up') ? 1 : 0
  assert.equal(count, 100)
})

test('closing answers what is in flight, and refuses what follows', async (t) => {
  const path = directory(t)
  const office = await BoxOffice.open(path, { openOrdersMax: 1_000 })
  const { ann, bob } = await cast(office)
  const tickets = await Promise.all(created(office, ann, numbered(500)))
  const calls = tickets.map(({ id }) => office.orders.create(bob.id, [id]))
  const [outcomes] = await Promise.all([Promise.allSettled(calls), office.close()])
  for (const { reason } of outcomes) assert.ok(reason === undefined || reason instanceof ClosedError, reason)
  for (const call of [() => created(office, ann, ['late'])[0], () => office.journal.head(), () => office.tickets.get(MISSING)]) {
    await assert.rejects(call, ClosedError)
  }
  const again = await BoxOffice.open(path)
  for (const { value } of outcomes) if (value !== undefined) assert.equal((await again.orders.get(bob.id, value.id)).id, value.id)
  await again.close()
})

test('copies of the package in one thread get each its own answers', async (t) => {
  const sell = async ({ boxoffice, run }, copy) => {
    const office = await boxoffice.BoxOffice.open(directory(t))
    t.after(() => office.close())
    const { ann } = await cast(office)
    const own = numbered(1_000, `copy ${copy}, `)
    assert.deepEqual(titles(await Promise.all(created(office, ann, own))), own)
    for (const call of [() => office.orders.cancel(ann.id, MISSING), () => office.orders.get(ann.id, MISSING)]) {
      const error = await call().catch((reason) => reason)
      assert.equal(error.constructor, boxoffice.NotFoundError)
      assert.ok(run('(error) => error instanceof Error')(error))
    }
  }
  await Promise.all([context(), context()].map(sell))
})

test('threads with many calls in flight get each their own answers', async (t) => {
  const { code, stdout, stderr } = await run('threads', directory(t))
  assert.deepEqual([code, stdout], [0, '2000 2000 0\n'], stderr)
})

test('what is in flight keeps the process alive', async (t) => {
  const { code, stdout, stderr } = await run('wait', directory(t))
  assert.deepEqual([code, stdout.trim().split('\n').sort()], [0, ['created', 'signed in']], stderr)
})

test('what is in flight keeps its box office', async (t) => {
  const { code, stdout, stderr } = await run('forget', directory(t))
  assert.deepEqual([code, stdout], [0, 'kept\n'], stderr)
})

test('a clock of JavaScript is asked while a session is looked at', async (t) => {
  let now = new Date('2027-01-01T12:00:00Z')
  const office = await open(t, { clock: { now: () => now } })
  const { token } = await office.auth.signUp('ann@example.com', 'correct horse')
  assert.ok(await office.auth.authenticate(token))
  now = new Date('2028-01-01T12:00:00Z')
  await assert.rejects(office.auth.authenticate(token), { code: 'auth.required' })
})
