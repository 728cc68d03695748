// Errors and values keep their class where the package is loaded in another context, as Jest and vitest do for each test file.

import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import test from 'node:test'

import * as here from 'boxoffice'
import { context, directory } from './helpers.mjs'

const require = createRequire(import.meta.url)

const MISSING = '01938f6e-8c7a-7b2e-8f00-0123456789ab'

test('errors are of the context that asks, and of every other', async (t) => {
  const [one, other] = [context(), context()]
  assert.notEqual(one.boxoffice.NotFoundError, other.boxoffice.NotFoundError)
  const office = await one.boxoffice.BoxOffice.open(directory(t))
  t.after(() => office.close())
  const error = await office.tickets.get(MISSING).then(
    () => assert.fail(),
    (reason) => reason,
  )
  assert.equal(one.run('(error) => error instanceof Error')(error), true)
  for (const { NotFoundError, BoxOfficeError, ConflictError } of [one.boxoffice, other.boxoffice, here]) {
    assert.ok(error instanceof NotFoundError && error instanceof BoxOfficeError)
    assert.ok(!(error instanceof ConflictError))
  }
  assert.deepEqual([error.name, error.code, error.statusCode], ['NotFoundError', 'ticket.not_found', 404])
  // What the native module itself finds wrong is an error of the context too.
  const wrong = await office.tickets.get({}).then(
    () => assert.fail(),
    (reason) => reason,
  )
  assert.equal(one.run('(error) => error instanceof Error')(wrong), true)
})

test('a copy of the package changes nothing for another', async (t) => {
  const office = await here.BoxOffice.open(directory(t))
  t.after(() => office.close())
  const { user } = await office.auth.signUp('ann@example.com', 'correct horse')
  // Loading it in a context must not wrap again what is wrapped here.
  const { boxoffice } = context()
  assert.deepEqual(await office.ledger.balance(user.id, user.id), [])
  assert.deepEqual(await office.asSystem().ledger.balance(user.id), [])
  await assert.rejects(office.tickets.get(MISSING), here.NotFoundError)
  await assert.rejects(office.tickets.get(MISSING), boxoffice.NotFoundError)
})

test('what extends a class of ours is no other', () => {
  class Sold extends here.ConflictError {}
  const plain = new here.ConflictError('ticket.sold', [{ message: 'x' }])
  const own = new Sold('ticket.sold', [{ message: 'x' }])
  assert.ok(own instanceof Sold && own instanceof here.ConflictError && own instanceof here.BoxOfficeError)
  assert.ok(!(plain instanceof Sold))
  for (const value of [null, undefined, 1, 'x', {}, new Error('x'), [here.ConflictError]]) assert.ok(!(value instanceof here.BoxOfficeError))
})

test('dates, bytes and URLs of another context are what they are', async (t) => {
  const { boxoffice, run } = context()
  const clock = run("({ now: () => new Date('2027-01-01T12:00:00Z') })")
  const office = await boxoffice.BoxOffice.open(directory(t), { clock })
  t.after(() => office.close())
  assert.equal((await office.now()).toISOString(), '2027-01-01T12:00:00.000Z')
  const { user } = await office.auth.signUp('ann@example.com', 'correct horse')
  const show = run("({ name: 'Hamlet', startsAt: new Date('2027-02-01T20:00:00Z') })")
  const ticket = await office.tickets.create(user.id, { title: 'Seat 1', price: '1', show })
  assert.equal(ticket.show.startsAt.toISOString(), '2027-02-01T20:00:00.000Z')
  // The sandbox reads no messages, which is what it says once it has the bytes.
  const bytes = run('new Uint8Array([123, 125])')
  await assert.rejects(office.payments.receiveWebhook({}, bytes), here.BoxOfficeError)
})

test('an error has all its causes', async (t) => {
  const path = `${directory(t)}/file`
  const { writeFileSync } = require('node:fs')
  writeFileSync(path, '')
  const error = await here.BoxOffice.open(`${path}/below`).then(
    () => assert.fail(),
    (reason) => reason,
  )
  assert.ok(error instanceof here.UnavailableError && error.code === 'journal.unavailable', error)
  const texts = []
  for (let cause = error.cause; cause !== undefined; cause = cause.cause) texts.push(cause.message)
  assert.ok(
    texts.some((text) => /directory/i.test(text)),
    texts.join(),
  )
})
