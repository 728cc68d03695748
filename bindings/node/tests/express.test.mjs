// What the parts for Express do beside the ready router, whose routes the HTTP tests of the host go through.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { join } from 'node:path'
import test from 'node:test'

import { BoxOffice, ConflictError } from 'boxoffice'
import {
  FileCursor,
  Listener,
  Publisher,
  Subjects,
  boxOfficeRouter,
  currentUser,
  errorHandler,
  requireAuth,
  validateRequest,
} from 'boxoffice/express'
import express from 'express'
import { createApp } from '../examples/express/main.mjs'
import { cast, directory, open } from './helpers.mjs'

async function listening(t, app) {
  const server = app.listen(0, '127.0.0.1')
  t.after(() => server.closeAllConnections())
  t.after(() => server.close())
  await once(server, 'listening')
  return `http://127.0.0.1:${server.address().port}`
}

function post(url, body, headers = {}) {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })
}

test('three lines give the whole API, also behind a body parser', async (t) => {
  const app = express()
  app.use(express.json())
  app.use(boxOfficeRouter(await open(t)))
  const url = await listening(t, app)
  const answer = await post(`${url}/api/users/signup`, { email: 'a@example.com', password: 'correct horse' })
  assert.equal(answer.status, 201)
  const cookie = answer.headers.get('set-cookie').split(';')[0]
  const me = await (await fetch(`${url}/api/users/current-user`, { headers: { cookie } })).json()
  assert.equal(me.currentUser.email, 'a@example.com')
})

test('the example has a route of its own', async (t) => {
  const office = await open(t)
  const { ann } = await cast(office)
  const { app } = createApp(office)
  const url = await listening(t, app)
  const refused = await fetch(`${url}/my/summary`)
  assert.deepEqual([refused.status, refused.headers.get('www-authenticate')], [401, 'Bearer'])
  assert.equal((await refused.json()).errors.length, 1)
  const { token } = await office.auth.signIn(ann.email, 'correct horse')
  const summary = await fetch(`${url}/my/summary`, { headers: { authorization: `Bearer ${token}` } })
  assert.deepEqual(await summary.json(), { email: 'ann@example.com', orders: 0, listed: 1 })
  const nowhere = await fetch(`${url}/nowhere`)
  assert.deepEqual([nowhere.status, nowhere.headers.get('x-error-code')], [404, 'route.not_found'])
})

test('requests are checked, and whatever goes wrong has one shape', async (t) => {
  const app = express()
  const schema = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value) => (value?.title ? { value: { title: value.title.trim() } } : { issues: [{ message: 'is missing', path: ['title'] }] }),
    },
  }
  app.use(express.json(), currentUser(await open(t)))
  app.post('/schema', validateRequest(schema), (req, res) => res.json(req.body))
  app.post('/function', validateRequest((req) => (req.body.x ? [] : [{ message: 'no x' }])), (req, res) => res.json({}))
  app.post('/locked', () => {
    throw new ConflictError('ticket.locked', [{ message: 'locked' }])
  })
  app.post('/secret', () => {
    throw new Error('a secret')
  })
  app.get('/private', requireAuth, (req, res) => res.json({}))
  app.use(errorHandler)
  t.mock.method(console, 'error', () => {})
  const url = await listening(t, app)
  const cases = [
    ['schema', { title: ' x ' }, 200, { title: 'x' }],
    ['schema', {}, 400, { errors: [{ message: 'is missing', field: 'title' }] }],
    ['function', { x: 1 }, 200, {}],
    ['function', {}, 400, { errors: [{ message: 'no x' }] }],
    ['locked', {}, 409, { errors: [{ message: 'locked' }] }],
  ]
  for (const [path, body, status, expected] of cases) {
    const answer = await post(`${url}/${path}`, body)
    assert.deepEqual([answer.status, await answer.json()], [status, expected], path)
  }
  const internal = await post(`${url}/secret`, {})
  assert.equal(internal.status, 500)
  assert.doesNotMatch(await internal.text(), /secret/)
  assert.equal((await fetch(`${url}/private`)).status, 401)
  const malformed = await fetch(`${url}/locked`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' })
  assert.equal(malformed.status, 400)
})

test('a listener gets every event until it acknowledges it, across restarts', async (t) => {
  const path = directory(t)
  const cursor = new FileCursor(join(path, 'cursors', 'tickets'))
  const office = await BoxOffice.open(join(path, 'office'))
  const { ann } = await cast(office, 'first')
  await office.tickets.createMany(ann.id, ['second', 'third'].map((title) => ({ title, price: '1' })))
  const seen = []
  class Tickets extends Listener {
    subject = Subjects.TicketCreated
    fail = { second: ['throws', 'forgets'] }
    onMessage({ title }, message) {
      seen.push(title)
      const failure = this.fail[title]?.shift()
      if (failure === 'throws') throw new Error(failure)
      if (failure === undefined) message.ack()
      if (seen.length === 4) this.done()
    }
    onError() {}
  }
  const options = { retryAfterMs: 1, ackWaitMs: 20 }
  const first = new Tickets(office, cursor, options)
  const four = new Promise((resolve) => (first.done = resolve))
  void first.listen()
  await four
  await first.stop()
  assert.deepEqual(seen, ['first', 'second', 'second', 'second'])
  const second = new Tickets(office, new FileCursor(cursor.file), options)
  second.fail = {}
  seen.length = 3
  const third = new Promise((resolve) => (second.done = resolve))
  const listening = second.listen()
  await third
  assert.deepEqual(seen.slice(3), ['third'])
  await office.close()
  await listening
})

test('a publisher hands on what is to be handed on, and goes on after failures', async (t) => {
  const office = await open(t)
  await cast(office)
  const out = []
  class Out extends Publisher {
    subject = [Subjects.UserCreated, Subjects.TicketCreated]
    async publish(data, record) {
      if (out.push(record.event) === 1) throw new Error('the broker is away')
      if (out.length === 4) this.done()
    }
    onError(error) {
      out.error = error.message
    }
  }
  let saved = 0
  const publisher = new Out(office, { load: async () => saved, save: async (seq) => void (saved = seq) }, { retryAfterMs: 1 })
  const all = new Promise((resolve) => (publisher.done = resolve))
  void publisher.listen()
  await all
  await publisher.stop()
  assert.deepEqual([...out], ['UserCreated', 'UserCreated', 'UserCreated', 'TicketCreated'])
  assert.deepEqual([out.error, saved], ['the broker is away', 3])
})

test('what is published is the API, and what is chosen beside it', async (t) => {
  const accept = 'text/html'
  const api = await listening(t, createApp(await open(t)).app)
  assert.deepEqual(await (await fetch(`${api}/api/tickets`)).json(), [])
  for (const path of ['/', '/tickets', '/console', '/account', '/metrics', '/assets/site.css']) {
    const answer = await fetch(`${api}${path}`, { headers: { accept } })
    assert.deepEqual([answer.status, answer.headers.get('x-error-code')], [404, 'route.not_found'], path)
    assert.match(answer.headers.get('content-type'), /^application\/json/, path)
  }
  const pages = await listening(t, createApp(await open(t), { pages: true }).app)
  assert.match((await fetch(`${pages}/`, { headers: { accept } })).headers.get('content-type'), /^text\/html/)
  assert.equal((await fetch(`${pages}/metrics`)).status, 404)
  const metrics = await listening(t, createApp(await open(t), { metrics: true }).app)
  assert.match((await fetch(`${metrics}/metrics`)).headers.get('content-type'), /^text\/plain/)
  assert.equal((await fetch(`${metrics}/`, { headers: { accept } })).status, 404)
})
