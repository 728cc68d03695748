// What the parts for Express do beside the ready router, whose routes the HTTP tests of the host go through.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { join } from 'node:path'
import test from 'node:test'

import { BoxOffice, ConflictError, ValidationError } from 'boxoffice'
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
  assert.deepEqual(answer.headers.getSetCookie().map((cookie) => cookie.split('=')[0]), ['session', 'device'])
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

/** An application with the ready router; returns its address. */
async function routed(t, settings) {
  const app = express()
  app.use(boxOfficeRouter(await open(t), settings))
  return listening(t, app)
}

test('people may reach it by several names', async (t) => {
  for (const publicUrl of [['https://a.example', 'https://B.example:443/'], 'https://a.example, https://b.example']) {
    const url = await routed(t, { publicUrl })
    const signOut = async (origin) => (await post(`${url}/api/users/signout`, {}, { origin })).status
    const origins = ['https://a.example', 'https://b.example', 'http://a.example', 'https://c.example']
    assert.deepEqual(await Promise.all(origins.map(signOut)), [200, 200, 403, 403])
    const signedUp = await post(`${url}/api/users/signup`, { email: 'ann@example.com', password: 'correct horse' })
    assert.match(signedUp.headers.get('set-cookie'), /__Host-session=/)
  }
})

test('only trusted proxies are believed', async (t) => {
  // What lacks everything counts as a try, too.
  const signUp = async (url, address) => (await post(`${url}/api/users/signup`, {}, { 'x-forwarded-for': address })).status
  const statuses = async (url, addresses) => {
    const seen = new Set()
    for (const address of addresses) seen.add(await signUp(url, address))
    return [...seen].sort()
  }
  const others = Array.from({ length: 30 }, (_, at) => `198.51.100.${at}`)
  for (const trustedProxies of ['127.0.0.0/8', '10.0.0.0/8, 127.0.0.1', ['192.0.2.7', '127.0.0.0/8']]) {
    const url = await routed(t, { trustedProxies })
    assert.deepEqual(await statuses(url, Array.from({ length: 30 }, () => '198.51.100.200')), [400, 429])
    assert.equal(await signUp(url, '198.51.100.201'), 400)
  }
  for (const trustedProxies of [undefined, [], '192.0.2.0/24']) {
    assert.deepEqual(await statuses(await routed(t, { trustedProxies }), others), [400, 429])
  }
})

test('what is no address is refused by its name', async (t) => {
  const office = await open(t)
  const cases = [
    [{ publicUrl: 'tickets.example.com' }, 'publicUrl', /must be an origin/],
    [{ publicUrl: ['https://a.example', 'https://a.example/path'] }, 'publicUrl', /must be an origin/],
    [{ publicUrl: ['https://a.example', 'http://b.example'] }, 'publicUrl', /must all be https, or all http/],
    [{ publicUrl: 'http://a.example, https://b.example' }, 'publicUrl', /must all be https, or all http/],
    [{ publicUrl: '' }, 'publicUrl', /must not be empty/],
    [{ corsOrigins: ['*'] }, 'corsOrigins', /must be an origin/],
    [{ trustedProxies: '10.0.0.0/33' }, 'trustedProxies', /must be addresses or networks/],
    [{ trustedProxies: ['10.0.0.1', 'proxy'] }, 'trustedProxies', /not `proxy`/],
    [{ inFlightMax: -1 }, 'inFlightMax', /must be a whole number/],
    [{ feedsMax: 2 ** 60 }, 'feedsMax', /must be a whole number/],
  ]
  for (const [settings, field, reason] of cases) {
    assert.throws(() => boxOfficeRouter(office, settings), (error) => {
      assert.ok(error instanceof ValidationError, String(error))
      const [fault, ...more] = error.errors
      assert.deepEqual([fault.field, more], [field, []])
      assert.match(fault.message, reason)
      return true
    })
  }
})

/** A session of another application on the same host, in a cookie of the same name. */
const FOREIGN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmVkIGJ5IHNvbWVib2R5IGVsc2U'

test('of several session cookies the good one counts', async (t) => {
  const office = await open(t)
  await cast(office)
  const app = express()
  app.use(boxOfficeRouter(office))
  app.get('/me', currentUser(office), requireAuth, (req, res) => res.json(req.currentUser.email))
  app.get('/perhaps-me', currentUser(office), (req, res) => res.json(req.currentUser?.email ?? null))
  app.use(errorHandler)
  const url = await listening(t, app)
  const { token } = await office.auth.signIn('ann@example.com', 'correct horse')
  const ask = async (path, tokens, headers = {}) => {
    const cookie = ['theme=dark', ...tokens.map((it) => `session=${it}`)].join('; ')
    const answer = await fetch(`${url}${path}`, { headers: { cookie, ...headers } })
    return answer.status === 200 ? answer.json() : answer.status
  }
  for (const tokens of [[FOREIGN, token], [token, FOREIGN], ['x', FOREIGN, token]]) {
    assert.equal(await ask('/me', tokens), 'ann@example.com')
    assert.equal(await ask('/perhaps-me', tokens), 'ann@example.com')
    // The routes of the host see it the same way.
    assert.equal((await ask('/api/users/current-user', tokens)).currentUser.email, 'ann@example.com')
  }
  for (const none of [[FOREIGN], ['x', FOREIGN]]) {
    assert.equal(await ask('/me', none), 401)
    assert.equal(await ask('/perhaps-me', none), null)
  }
  // Whoever sends the header means it.
  assert.equal(await ask('/me', [token], { authorization: `Bearer ${FOREIGN}` }), 401)
  assert.equal(await ask('/me', [FOREIGN], { authorization: `Bearer ${token}` }), 'ann@example.com')
})

test('over https a cookie that others can plant signs nobody in', async (t) => {
  const office = await open(t)
  await cast(office)
  const app = express()
  app.use(boxOfficeRouter(office, { publicUrl: 'https://tickets.example.com' }))
  app.get('/perhaps-me', currentUser(office), (req, res) => res.json(req.currentUser?.email ?? null))
  const url = await listening(t, app)
  const { token } = await office.auth.signIn('ann@example.com', 'correct horse')
  const ask = async (path, cookie) => (await fetch(`${url}${path}`, { headers: { cookie: `${cookie}=${token}` } })).json()
  assert.equal(await ask('/perhaps-me', '__Host-session'), 'ann@example.com')
  assert.equal(await ask('/perhaps-me', 'session'), null)
  assert.deepEqual(await ask('/api/users/current-user', 'session'), { currentUser: null })
})
