// What pages cost: memory for thousands that follow a show, and the time of the first page with very many tickets on sale.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import http from 'node:http'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve } from './browser.mjs'

const FEEDS = 2000
const FEEDS_MB_MAX = 200
const BUYERS = 8
const SECONDS = 5
const TICKETS = 100_000
const SHOWS = 200
const FIRST_PAGE_MS_MAX = 50
const FIRST_PAGE_BYTES_MAX = 100_000

const folder = mkdtempSync(join(tmpdir(), 'boxoffice-load-'))
let host

before(async () => { host = await serve(folder) })

after(async () => {
  await host?.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function call(path, token, body) {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }
  const answer = await fetch(host.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
  assert.ok(answer.ok, `${path}: ${answer.status}`)
  return { body: await answer.json(), token: /session=([^;]+)/.exec(answer.headers.get('set-cookie') ?? '')?.[1] }
}

const person = async (name) => (await call('/api/users/signup', null, { email: `${name}@example.com`, password: 'correct horse battery' })).token
const text = async (path) => (await fetch(host.url + path)).text()

const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${host.pid}/status`, 'utf8'))[1]) / 1024

/** Orders a second by buyers who each lock and free a ticket of their own. */
async function orders(buyers, tickets) {
  const end = performance.now() + SECONDS * 1000
  let done = 0
  await Promise.all(buyers.map(async (token, at) => {
    while (performance.now() < end) {
      const order = (await call('/api/orders', token, { ticketId: tickets[at].id })).body
      await fetch(`${host.url}/api/orders/${order.id}`, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } })
      done++
    }
  }))
  return done / SECONDS
}

test('thousands who look at a show cost little memory, and all of them hear', async (t) => {
  const seller = await person('seller')
  const buyers = await Promise.all(Array.from({ length: BUYERS }, (_, at) => person(`buyer-${at}`)))
  const show = { name: 'Followed', startsAt: '2039-01-01T10:00:00Z' }
  const listed = buyers.map((_, at) => ({ title: 'Followed', price: 5, seat: `Seat ${at}`, show }))
  const tickets = (await call('/api/tickets/batch', seller, { tickets: listed })).body
  const key = /\/shows\/([0-9a-f]{32})/.exec(await text('/'))[1]
  const alone = await orders(buyers, tickets)
  const before = memory()
  const agent = new http.Agent({ maxSockets: Infinity })
  const heard = new Set()
  let open = 0
  for (let at = 0; at < FEEDS; at++) {
    const path = `${host.url}/shows/${key}/live?since=999999999`
    await new Promise((opened, failed) => {
      const request = http.get(path, { agent }, (answer) => {
        answer.on('data', (data) => { if (String(data).includes('data:')) heard.add(at) })
        answer.on('error', () => {})
        answer.once('data', () => { open++; opened() })
      })
      request.on('error', failed)
    })
  }
  assert.equal(open, FEEDS)
  const together = await orders(buyers, tickets)
  const cost = memory() - before
  t.diagnostic(`${FEEDS} feeds: ${cost.toFixed(0)} MB; orders a second: ${alone.toFixed(0)} without, ${together.toFixed(0)} with them`)
  assert.equal(heard.size, FEEDS)
  assert.ok(cost < FEEDS_MB_MAX, `${cost} MB`)
  agent.destroy()
})

test('the first page is quick with very many tickets on sale', async (t) => {
  const seller = await person('wholesaler')
  for (let at = 0; at < TICKETS; at += 10_000) {
    const tickets = Array.from({ length: 10_000 }, (_, seat) => {
      const number = (at + seat) % SHOWS
      const show = { name: `Show ${number}`, venue: 'Arena', startsAt: `2039-01-${String(number % 28 + 1).padStart(2, '0')}T19:30:00Z` }
      return { title: show.name, price: 10 + number, seat: `Seat ${at + seat}`, show }
    })
    await call('/api/tickets/batch', seller, { tickets })
  }
  let page = ''
  do page = await text('/')
  while (!page.includes(`${SHOWS + 1} shows`))
  const times = []
  for (let round = 0; round < 21; round++) {
    const start = performance.now()
    await text('/')
    times.push(performance.now() - start)
  }
  const loads = [...new Set(page.match(/\/assets\/[^"]+/g))]
  const bytes = (await Promise.all([...loads, '/'].map(text))).reduce((sum, part) => sum + Buffer.byteLength(part), 0)
  assert.ok(loads.length >= 3 && bytes < FIRST_PAGE_BYTES_MAX, `${bytes} bytes with ${loads}`)
  const median = times.sort((a, b) => a - b)[10]
  t.diagnostic(`the first page with ${TICKETS} tickets on sale: ${median.toFixed(1)} ms in the median, its transfer included`)
  assert.ok(median < FIRST_PAGE_MS_MAX, `${median} ms`)
})
