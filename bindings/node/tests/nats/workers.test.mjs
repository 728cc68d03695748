// The example with four workers that share one box office: sales go on when the worker that writes is killed.

import assert from 'node:assert/strict'
import { request } from 'node:http'
import { join } from 'node:path'
import test from 'node:test'
import { fileURLToPath } from 'node:url'

import { BoxOffice } from 'boxoffice'
import { Workshop, freePorts, until } from './workshop.mjs'

const EXAMPLE = fileURLToPath(new URL('../../examples/node-cluster/main.mjs', import.meta.url))

const WORKERS = 4

const JWT_KEY = 'a secret that all workers of the test share'

/** A client of the workers. Each of its requests is a connection of its own, which goes to the next worker. */
class Client {
  constructor(port) {
    this.port = port
    this.headers = { 'content-type': 'application/json' }
  }

  /** Asks; remembers who it is and how far the journal was. */
  async ask(method, path, body, more = {}) {
    const answer = await new Promise((resolve, reject) => {
      const options = { port: this.port, method, path, headers: { ...this.headers, ...more }, agent: false, timeout: 60_000 }
      const asked = request(options, (response) => {
        const parts = []
        response.on('data', (part) => parts.push(part))
        response.on('error', reject)
        response.on('end', () => resolve({ response, text: Buffer.concat(parts).toString() }))
      })
      asked.on('timeout', () => asked.destroy(new Error('nobody answers')))
      asked.on('error', reject)
      asked.end(body === undefined ? undefined : JSON.stringify(body))
    })
    const { statusCode: status, headers } = answer.response
    const [session] = (headers['set-cookie'] ?? []).map((cookie) => /^session=([^;]+)/.exec(cookie)?.[1]).filter(Boolean)
    if (session !== undefined) this.headers.authorization = `Bearer ${session}`
    if (headers['boxoffice-position'] !== undefined) this.headers['boxoffice-position'] = headers['boxoffice-position']
    return { status, worker: headers['x-worker'], body: answer.text === '' ? null : JSON.parse(answer.text) }
  }

  /** Asks under one key until there is a certain answer: what has none is asked again. */
  async certainly(path, body, key, status) {
    return until(
      async () => {
        const answer = await this.ask('POST', path, body, { 'idempotency-key': key })
        const isUncertain = answer.status >= 500 || answer.status === 429
        assert.ok(isUncertain || answer.status === status, JSON.stringify(answer))
        return answer.status === status && answer
      },
      () => `${path} is not answered`,
    )
  }
}

/** What each worker says of itself, once all of them are ready and have the same journal. */
function all(client, log) {
  return until(async () => {
    const found = new Map()
    for (let at = 0; at < 2 * WORKERS; at += 1) {
      const { body } = await client.ask('GET', '/worker')
      found.set(body.worker, body)
    }
    const workers = [...found.values()]
    const isReady = ({ unready, voters, records }) => unready === null && voters === WORKERS && records === workers[0].records
    return workers.length === WORKERS && workers.every(isReady) && workers
  }, log)
}

const writer = (workers) => workers.find(({ state }) => state === 'writer')

async function signUp(port, name) {
  const client = new Client(port)
  const person = { email: `${name}@example.com`, password: 'correct horse' }
  const { worker } = await client.certainly('/api/users/signup', person, `sign-up-${name}`, 201)
  return { client, worker }
}

/** Buys a ticket; returns the workers that have answered. */
async function buy(client, ticket, key) {
  const order = await client.certainly('/api/orders', { ticketId: ticket.id }, `order-${key}`, 201)
  const pay = { orderId: order.body.id, token: 'tok_visa' }
  const charge = await client.certainly('/api/payments', pay, `pay-${key}`, 201)
  await until(
    async () => (await client.ask('GET', `/api/orders/${order.body.id}`)).body.status === 'complete',
    () => `order ${order.body.id} of ${JSON.stringify(charge)} is not complete`,
  )
  return [order.worker, charge.worker]
}

test('four workers sell from one box office, and go on when the one that writes is killed', async (t) => {
  const workshop = new Workshop(t)
  const { url } = await workshop.natsServer()
  const [port] = await freePorts(1)
  const env = { BOXOFFICE_CLUSTER: url, BOXOFFICE_CLUSTER_TEST: '1', BOXOFFICE_DATA: 'data', JWT_KEY, PORT: String(port) }
  const making = workshop.start('init', process.execPath, [EXAMPLE, 'init'], env)
  assert.deepEqual(await making.ended, { code: 0, signal: null }, making.log())
  const server = workshop.start('workers', process.execPath, [EXAMPLE], env)

  const before = await all(new Client(port), server.log)
  assert.equal(new Set(before.map(({ pid }) => pid)).size, WORKERS)

  // What is done at one worker is seen at the others.
  const ann = await signUp(port, 'ann')
  const bob = await signUp(port, 'bob')
  const tickets = []
  for (let at = 0; at < 8; at += 1) {
    const made = await ann.client.certainly('/api/tickets', { title: `Seat ${at}`, price: '19.99' }, `ticket-${at}`, 201)
    tickets.push(made.body)
  }
  await until(
    async () => (await bob.client.ask('GET', '/api/tickets')).body.length === tickets.length,
    () => 'the tickets are not listed',
  )
  const answered = new Set([ann.worker])
  const sold = tickets.splice(0, 6)
  for (const [at, ticket] of sold.entries()) for (const worker of await buy(bob.client, ticket, `first-${at}`)) answered.add(worker)
  assert.ok(answered.size > 1, `only worker ${[...answered]} has sold`)
  const again = await bob.client.ask('POST', '/api/orders', { ticketId: sold[0].id })
  assert.equal(again.status, 409)

  const { pid, worker } = writer(await all(bob.client, server.log))
  process.kill(pid, 'SIGKILL')
  for (const [at, ticket] of tickets.entries()) await buy(bob.client, ticket, `second-${at}`)

  // The dead one's successor has its directory, and so it is the same host.
  const after = await all(bob.client, server.log)
  assert.notEqual(after.find((it) => it.worker === worker).pid, pid)
  server.child.kill('SIGTERM')
  assert.deepEqual(await server.ended, { code: 0, signal: null }, server.log())

  // Each directory opens alone, and all have the same journal: nothing is lost, and nothing is there twice.
  const journals = []
  for (let at = 0; at < WORKERS; at += 1) {
    const office = await BoxOffice.open(join(workshop.path, 'data', String(at)), { jwtKey: Buffer.from(JWT_KEY) })
    journals.push(await office.journal.read(1, 1_000))
    await office.close()
  }
  for (const journal of journals) assert.deepEqual(journal, journals[0])
  const charges = journals[0].filter(({ event }) => event === 'ChargeCreated')
  assert.equal(charges.length, sold.length + tickets.length)
  assert.equal(new Set(charges.map(({ data }) => data.orderId)).size, charges.length)
})
