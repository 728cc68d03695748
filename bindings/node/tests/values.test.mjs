// What goes in and comes out, and what goes wrong.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import test from 'node:test'

import { BoxOffice, ClosedError, ConflictError, ManualClock, UnavailableError, ValidationError } from 'boxoffice'
import { cast, directory, open } from './helpers.mjs'

const START = new Date('2027-05-01T12:00:00Z')

test('money is exact, ids are texts, times are dates', async (t) => {
  const office = await open(t, { clock: new ManualClock(START) })
  const { ann, bob } = await cast(office)
  const show = { name: 'Hamlet', startsAt: new Date('2099-05-01T19:30:00Z') }
  const ticket = await office.tickets.create(ann.id, { title: 'Stalls', price: '2000', currency: 'JPY', show })
  assert.deepEqual(ticket.price, { amount: '2000', currency: 'JPY', minor: 2000 })
  assert.deepEqual(ticket.show.startsAt, show.startsAt)
  assert.deepEqual(ticket.createdAt, START)
  const order = await office.orders.create(bob.id, [ticket.id])
  assert.equal(order.expiresAt - START, 15 * 60_000)
  assert.equal(order.tickets[0].sellerId, ann.id)
})

test('every fault of a validation is told with its field', async (t) => {
  const office = await open(t)
  const { ann } = await cast(office)
  const wrong = office.tickets.createMany(ann.id, [
    { title: '', price: '1' },
    { title: 'x', price: '0' },
  ])
  await assert.rejects(wrong, (error) => {
    assert.ok(error instanceof ValidationError)
    assert.deepEqual(
      error.serializeErrors().map(({ field }) => field),
      ['tickets[0].title', 'tickets[1].price'],
    )
    return true
  })
  await assert.rejects(office.tickets.get('nonsense'), (error) => error.errors[0].field === 'ticketId')
  assert.throws(() => office.journal.subscribe(-1), ValidationError)
  await assert.rejects(office.tickets.create(ann.id, { title: 'x', price: 19.99 }), /price/)
})

test('a key gives the first answer again', async (t) => {
  const office = await open(t)
  const { ann } = await cast(office)
  const once = () => office.tickets.create(ann.id, { title: 'x', price: '1' }, { idempotencyKey: 'k' })
  assert.equal((await once()).id, (await once()).id)
  await assert.rejects(office.tickets.create(ann.id, { title: 'y', price: '1' }, { idempotencyKey: 'k' }), {
    name: 'IdempotencyMismatchError',
    statusCode: 422,
  })
})

test('accounts: sign-in, sessions, updates, erasure', async (t) => {
  const office = await open(t)
  await cast(office)
  const { token, session } = await office.auth.signIn('ANN@example.com', 'correct horse', { client: '192.0.2.1' })
  assert.equal((await office.auth.authenticate(token)).userId, session.userId)
  const changed = await office.auth.updateUser(session, 'correct horse', { password: 'another horse' })
  assert.equal((await office.auth.currentUser(changed.session)).email, 'ann@example.com')
  assert.equal((await office.auth.setOperator('ann@example.com', true)).operator, true)
  const bob = await office.auth.signIn('bob@example.com', 'battery staple')
  await office.auth.eraseUser(bob.session, 'battery staple')
  await office.auth.signOut(changed.session)
  for (const dead of [token, changed.token, bob.token]) {
    await assert.rejects(office.auth.authenticate(dead), { name: 'UnauthenticatedError', statusCode: 401 })
  }
})

test('lists go on where the page before has ended', async (t) => {
  const office = await open(t)
  const { ann, bob } = await cast(office)
  await office.tickets.createMany(ann.id, Array.from({ length: 5 }, (_, at) => ({ title: `t${at}`, price: `${at + 1}` })))
  const first = await office.tickets.list({ sort: 'price', limit: 4, seller: ann.id })
  const second = await office.tickets.list({ sort: 'price', limit: 4, seller: ann.id, cursor: first.next })
  assert.deepEqual([...first.items, ...second.items].map(({ price }) => price.minor), [100, 200, 300, 400, 500, 1999])
  assert.deepEqual((await office.orders.list(bob.id)).items, [])
})

test('the journal is read, followed, verified and copied', async (t) => {
  const office = await open(t)
  const { ann } = await cast(office)
  const feed = office.journal.subscribe(1)[Symbol.asyncIterator]()
  const seen = []
  for (let at = 0; at < 3; at += 1) seen.push((await feed.next()).value)
  assert.deepEqual(seen, await office.journal.read(1, 10))
  const waiting = [feed.next(), feed.next()]
  await office.tickets.createMany(ann.id, [1, 2].map((price) => ({ title: 'x', price: `${price}` })))
  const news = await Promise.all(waiting)
  assert.deepEqual(news.map(({ value }) => value.seq), [4, 5])
  const copy = join(directory(t), 'copy')
  assert.equal(await office.journal.backup(copy, () => {}), await office.journal.head())
  const report = await office.journal.verify()
  assert.deepEqual([report.isClean, report.records, report.byEvent.TicketCreated], [true, 5, 3])
  const restored = await BoxOffice.open(copy)
  assert.deepEqual(await restored.journal.read(1, 10), await office.journal.read(1, 10))
  await restored.close()
})

test('a directory is open once', async (t) => {
  const path = directory(t)
  const office = await BoxOffice.open(path)
  await assert.rejects(BoxOffice.open(path), (error) => error instanceof UnavailableError && error.code === 'journal.in_use')
  await office.close()
  await assert.rejects(office.journal.head(), ClosedError)
  assert.equal(office.isReady(), false)
  await (await BoxOffice.open(path)).close()
})

test('options that there are not are told', async (t) => {
  await assert.rejects(BoxOffice.open(directory(t), { hold: 1 }), /no option hold/)
  await assert.rejects(BoxOffice.open(directory(t), { holdMs: -1 }), ValidationError)
})

test('a manual clock expires holds', async (t) => {
  const clock = new ManualClock(START)
  const office = await open(t, { clock })
  const { bob, ticket } = await cast(office)
  const order = await office.orders.create(bob.id, [ticket.id])
  const news = office.journal.subscribe((await office.journal.head()) + 1)
  clock.advance(15 * 60_000)
  for await (const record of news) {
    assert.deepEqual([record.event, record.data.orderId], ['OrderExpired', order.id])
    break
  }
  await assert.rejects(office.payments.pay(bob.id, order.id, 'tok_visa'), ConflictError)
})

test('a clock that is far from the last record is refused, and accepted if that is said', async (t) => {
  const path = directory(t)
  const later = new Date('2037-05-01T12:00:00Z')
  const at = (now, options) => BoxOffice.open(path, { clock: new ManualClock(now), ...options })
  const office = await at(START)
  const { bob, ticket } = await cast(office)
  const { id } = await office.orders.create(bob.id, [ticket.id])
  const head = await office.journal.head()
  await office.close()
  const jumped = (error) => {
    assert.ok(error instanceof UnavailableError)
    assert.deepEqual([error.code, error.statusCode], ['clock.jumped', 503])
    for (const told of ['2037-05-01T12:00:00', '2027-05-01T12:00:00', 'acceptClockJump']) assert.ok(error.message.includes(told), error.message)
    assert.doesNotMatch(error.message, /accept_clock_jump/)
    return true
  }
  await assert.rejects(at(later), jumped)
  await assert.rejects(at(later, { acceptClockJump: false }), jumped)
  // It was left as it was.
  const same = await at(START)
  assert.deepEqual([await same.journal.head(), (await same.orders.get(bob.id, id)).status], [head, 'created'])
  await same.close()
  const accepted = await at(later, { acceptClockJump: true })
  assert.deepEqual(await accepted.now(), later)
  assert.equal((await accepted.orders.get(bob.id, id)).status, 'expired')
  await accepted.close()
  await assert.rejects(at(START), { code: 'clock.jumped' })
})

test('a clock in JavaScript is believed, and stands still where it throws', async (t) => {
  let now = START
  let wake
  const clock = {
    now() {
      if (now === null) throw new Error('the clock is broken')
      return now
    },
    wakeBy: (waker) => (wake = waker),
  }
  const warnings = []
  const listen = (warning) => warnings.push(warning.message)
  process.on('warning', listen)
  t.after(() => process.off('warning', listen))
  const office = await open(t, { clock })
  const { bob, ticket } = await cast(office)
  await office.orders.create(bob.id, [ticket.id])
  const news = office.journal.subscribe((await office.journal.head()) + 1)
  now = new Date(START.getTime() + 15 * 60_000)
  wake()
  for await (const { event, at } of news) {
    assert.deepEqual([event, at], ['OrderExpired', now])
    break
  }
  now = null
  assert.deepEqual(await office.now(), new Date(START.getTime() + 15 * 60_000))
  assert.match(warnings.join(), /the clock is broken/)
  await assert.rejects(BoxOffice.open(directory(t), { clock: { now: () => 5 } }), TypeError)
})
