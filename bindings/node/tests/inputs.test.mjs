// Names that there are not are refused, by their names.

import assert from 'node:assert/strict'
import test from 'node:test'

import { BoxOffice, ManualClock, StripeGateway, ValidationError, initCluster } from 'boxoffice'
import { boxOfficeRouter } from 'boxoffice/express'
import { cast, directory, open } from './helpers.mjs'

/** Checks that an error tells of each of these fields, and nothing else. */
const naming = (...fields) => (error) => {
  assert.ok(error instanceof ValidationError, String(error))
  assert.equal(error.code, 'validation')
  assert.deepEqual(error.serializeErrors().map(({ field }) => field), fields)
  for (const [at, field] of fields.entries()) assert.ok(error.errors[at].message.endsWith(` ${field.split('.').at(-1)}`))
  return true
}

test('options of a box office that there are not', async (t) => {
  const path = directory(t)
  await assert.rejects(BoxOffice.open(path, { holdSecond: 60, clock: new ManualClock(new Date()), sed: 1 }), naming('holdSecond', 'sed'))
  await assert.rejects(BoxOffice.open(path, { fees: { percent: '1', fix: [] } }), naming('fees.fix'))
  const fixed = [{ amount: '1', currency: 'USD' }, { amount: '1', curency: 'EUR' }]
  await assert.rejects(BoxOffice.open(path, { fees: { fixed } }), naming('fees.fixed[1].curency'))
  await assert.rejects(BoxOffice.open(path, { toString: 1 }), naming('toString'))
  const cluster = { servers: ['nats://127.0.0.1:1'], credentials: 'nats.creds', hostname: 'a' }
  await assert.rejects(BoxOffice.open(path, { cluster }), naming('cluster.credentials', 'cluster.hostname'))
  await assert.rejects(initCluster(path, { cluster, jwtKeys: 1 }), naming('cluster.credentials', 'cluster.hostname', 'jwtKeys'))
  // Nothing was opened.
  await (await BoxOffice.open(path)).close()
  assert.throws(() => new StripeGateway({ secretKey: 'sk_test_1', apiBasis: 'x' }), naming('apiBasis'))
})

test('what a cluster can not be opened with', async (t) => {
  const path = directory(t)
  const servers = ['nats://127.0.0.1:1']
  const wrong = async (cluster, field, options = { jwtKey: Buffer.alloc(32, 1) }) => {
    const refused = (error) => error instanceof ValidationError && error.errors[0].field === field
    await assert.rejects(BoxOffice.open(path, { ...options, cluster }), refused, field)
  }
  await wrong({ servers }, 'JWT_KEY', {})
  await wrong({ servers, hostName: 'Not a name' }, 'hostName')
  await wrong({ servers, user: ['boxoffice'] }, 'user')
  await wrong({ servers, clientCertificate: ['a', 'b', 'c'] }, 'clientCertificate')
  await wrong({ servers, replicas: 1.5 }, 'replicas')
  await wrong({ servers, levelWithinMs: -1 }, 'levelWithinMs')
  for (const given of ['nats://127.0.0.1:1', { servers: 'nats://127.0.0.1:1' }, {}]) {
    await assert.rejects(BoxOffice.open(path, { jwtKey: Buffer.alloc(32), cluster: given }), Error)
  }
  await assert.rejects(initCluster(path, { cluster: { servers }, jwtKey: Buffer.from('short') }), ValidationError)
  // Nothing was opened, nor made a host of a cluster.
  await (await BoxOffice.open(path)).close()
})

test('fields of inputs that there are not', async (t) => {
  const office = await open(t)
  const { ann, bob, ticket } = await cast(office)
  const head = await office.journal.head()
  const { auth, tickets, orders, payments, ledger, journal } = office
  const { session } = await auth.signIn('ann@example.com', 'correct horse')
  const show = { name: 'Hamlet', startAt: new Date() }
  const calls = [
    [auth.signUp('c@example.com', 'correct horse', { idempotenceKey: 'k' }), 'idempotenceKey'],
    [auth.signIn('ann@example.com', 'correct horse', { clients: '192.0.2.1' }), 'clients'],
    [auth.updateUser(session, 'correct horse', { mail: 'x@example.com' }), 'mail'],
    [tickets.create(ann.id, { title: 'x', pirce: '1' }), 'pirce'],
    [tickets.create(ann.id, { title: 'x', price: '1', show }, { key: 'k' }), 'show.startAt', 'key'],
    [tickets.createMany(ann.id, [{ title: 'x', price: '1' }, { title: 'x', price: '1', show }]), 'tickets[1].show.startAt'],
    [tickets.update(ann.id, ticket.id, { title: 'x', price: '1', version: 1 }), 'version'],
    [tickets.withdraw(ann.id, ticket.id, { expectVersion: 7 }), 'expectVersion'],
    [tickets.list({ state: 'sold' }), 'state'],
    [tickets.list({ min_price: '1' }), 'min_price'],
    [orders.create(bob.id, [ticket.id], { idempotency_key: 'k' }), 'idempotency_key'],
    [orders.cancel(bob.id, ticket.id, { k: 1 }), 'k'],
    [orders.list(bob.id, { page: 2 }), 'page'],
    [payments.pay(bob.id, ticket.id, 'tok_visa', { k: 1 }), 'k'],
    [office.asSystem().payments.refund(ticket.id, { returnToSales: true }), 'returnToSales'],
    [office.asSystem().payments.refundPart(ticket.id, '1', { k: 1 }), 'k'],
    [office.asSystem().payments.resolve(ticket.id, 'kept', '', { k: 1 }), 'k'],
    [office.asSystem().ledger.entries(ann.id, { after: 'x' }), 'after'],
    [office.asSystem().ledger.recordPayout(ann.id, { amount: '1', ref: 'x' }), 'ref'],
    [journal.verify(undefined, { abort: 1 }), 'abort'],
    [journal.backup(directory(t), undefined, { abort: 1 }), 'abort'],
  ]
  for (const [call, ...fields] of calls) await assert.rejects(call, naming(...fields), fields.join())
  assert.throws(() => tickets.iter({ state: 'sold' }), naming('state'))
  assert.throws(() => orders.iter(bob.id, {}, { sginal: undefined }), naming('sginal'))
  assert.throws(() => journal.subscribe(1, { abort: 1 }), naming('abort'))
  assert.throws(() => ledger.statementCsv(ann.id, ann.id, { abort: 1 }), naming('abort'))
  assert.throws(() => boxOfficeRouter(office, { publicURL: 'https://example.com' }), naming('publicURL'))
  // None of it was done.
  assert.equal(await journal.head(), head)
})

test('what is left out may be there as undefined', async (t) => {
  const office = await open(t, { holdMs: undefined, gateway: undefined })
  const { ann } = await cast(office)
  const show = { name: 'Hamlet', startsAt: '2099-05-01T19:30:00Z', venue: undefined }
  const ticket = await office.tickets.create(ann.id, { title: 'x', price: '1', seat: undefined, show }, { idempotencyKey: undefined, signal: undefined })
  assert.equal(ticket.show.name, 'Hamlet')
})

/** Checks that an error tells of these fields, whatever it says. */
const about = (...fields) => (error) => {
  assert.ok(error instanceof ValidationError, String(error))
  assert.deepEqual(error.serializeErrors().map(({ field }) => field), fields)
  return true
}

test('dates and numbers that are none', async (t) => {
  const office = await open(t)
  const { ann, ticket } = await cast(office)
  const head = await office.journal.head()
  const { tickets, journal } = office
  const none = new Date(Number.NaN)
  const listing = (startsAt) => ({ title: 'x', price: '1', show: { name: 'Hamlet', startsAt } })
  await assert.rejects(tickets.create(ann.id, listing(none)), about('show.startsAt'))
  await assert.rejects(tickets.createMany(ann.id, [listing('2099-05-01T19:30:00Z'), listing(none)]), about('tickets[1].show.startsAt'))
  await assert.rejects(tickets.create(ann.id, listing(new Date(-1))), about('show.startsAt'))
  await assert.rejects(tickets.create(ann.id, listing(new Date(8.64e15))), /startsAt/)
  const show = { name: 'Hamlet', startsAt: '2099-05-01T19:30:00Z' }
  await assert.rejects(tickets.reschedule(ann.id, show, none), (error) => {
    assert.deepEqual(error.serializeErrors(), [{ message: 'Starts at must be a valid Date', field: 'startsAt' }])
    return error instanceof ValidationError
  })
  await assert.rejects(tickets.reschedule(ann.id, { name: 'Hamlet', startsAt: none }, '2099-05-01T19:30:00Z'), about('startsAt'))
  await assert.rejects(tickets.reschedule(ann.id, show, none, { key: 'k' }), about('startsAt', 'key'))
  await assert.rejects(tickets.reschedule(ann.id, show, new Date(-1)), about('startsAt'))
  for (const number of [Number.NaN, Number.POSITIVE_INFINITY, -1, 1.5, 2 ** 60]) {
    assert.throws(() => journal.subscribe(number), about('fromSeq'), String(number))
    assert.throws(() => journal.iter(number), about('fromSeq'), String(number))
    await assert.rejects(journal.read(number, 10), about('fromSeq'), String(number))
    await assert.rejects(journal.read(1, number), about('limit'), String(number))
    await assert.rejects(tickets.list({ limit: number }), about('limit'), String(number))
    await assert.rejects(tickets.withdraw(ann.id, ticket.id, { expectedVersion: number }), about('expectedVersion'), String(number))
    await assert.rejects(tickets.update(ann.id, ticket.id, { title: 'x', price: '1', expectedVersion: number }), about('expectedVersion'), String(number))
    await assert.rejects(BoxOffice.open(directory(t), { holdMs: number }), about('holdMs'), String(number))
    assert.throws(() => new ManualClock('2027-01-01T12:00:00Z').advance(number), about('byMs'), String(number))
  }
  assert.throws(() => new ManualClock(none), about('now'))
  assert.throws(() => new ManualClock('2027-01-01T12:00:00Z').set(none), about('now'))
  assert.throws(() => new ManualClock(new Date(-1)), about('now'))
  assert.equal(await journal.head(), head)
})

test('an edit keeps what it does not name and clears by null', async (t) => {
  const office = await open(t)
  const { ann } = await cast(office)
  const show = { name: 'Hamlet', startsAt: new Date('2099-05-01T19:30:00Z') }
  const { id } = await office.tickets.create(ann.id, { title: 'x', price: '1', seat: 'A1', show })
  const edit = (more) => office.tickets.update(ann.id, id, { title: 'x', price: '1', ...more })
  const of = ({ show, seat }) => [show?.name, seat]
  assert.deepEqual(of(await edit({})), ['Hamlet', 'A1'])
  assert.deepEqual(of(await edit({ show: undefined, seat: undefined })), ['Hamlet', 'A1'])
  assert.deepEqual(of(await edit({ seat: 'B2' })), ['Hamlet', 'B2'])
  assert.deepEqual(of(await edit({ seat: null })), ['Hamlet', undefined])
  assert.deepEqual(of(await edit({ show: null, seat: 'C3' })), [undefined, 'C3'])
  await assert.rejects(edit({ show: { ...show, startsAt: new Date(Number.NaN) } }), about('show.startsAt'))
})
