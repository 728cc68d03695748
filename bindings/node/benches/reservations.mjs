// Durable reservations a second from Node, and what a call costs: `node reservations.mjs DIRECTORY COUNT`.
//
// Prints a row a measurement, its columns separated by tabs: name, reservations a second, microseconds of CPU time a call, of all threads.
// `cargo xtask bench bindings` puts them beside those of Rust.

import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'

import Database from 'better-sqlite3'
import { BoxOffice } from 'boxoffice'

const IN_FLIGHT = 1_000
const READS = 50_000
const OPTIONS = { openOrdersMax: 4_000_000_000 }

function row(name, rate, micros) {
  console.log([name, rate?.toFixed(0) ?? '', micros?.toFixed(3) ?? ''].join('\t'))
}

/** The same order in every run, which looks random. */
function shuffle(items) {
  let seed = 1
  for (let at = items.length - 1; at > 0; at -= 1) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    const other = seed % (at + 1)
    ;[items[at], items[other]] = [items[other], items[at]]
  }
  return items
}

async function prepared(directory, count) {
  const office = await BoxOffice.open(directory, OPTIONS)
  const { user: seller } = await office.auth.signUp('seller@example.com', 'correct horse')
  const { user: buyer } = await office.auth.signUp('buyer@example.com', 'correct horse')
  const tickets = []
  while (tickets.length < count) {
    const listing = Array(Math.min(10_000, count - tickets.length)).fill({ title: 'Hamlet, stalls', price: '19.99' })
    for (const { id } of await office.tickets.createMany(seller.id, listing)) tickets.push(id)
  }
  return { office, buyer: buyer.id, tickets: shuffle(tickets) }
}

/** Does `work` for each item, so many at a time. */
async function inFlight(items, many, work) {
  const waiting = items[Symbol.iterator]()
  const worker = async () => {
    for (const item of waiting) await work(item)
  }
  await Promise.all(Array.from({ length: many }, worker))
}

async function reservations(directory, count, many, name) {
  const { office, buyer, tickets } = await prepared(directory, count)
  const start = performance.now()
  await inFlight(tickets, many, (ticket) => office.orders.create(buyer, [ticket]))
  row(name, count / ((performance.now() - start) / 1_000))
  if (many > 1) {
    const before = process.cpuUsage()
    await inFlight(Array(READS).fill(tickets[0]), many, (ticket) => office.tickets.get(ticket))
    const { user, system } = process.cpuUsage(before)
    row(`${name}: a read`, undefined, (user + system) / READS)
  }
  await office.close()
}

/** What one would write instead: a durable transaction a reservation. */
function sqlite(directory, count) {
  mkdirSync(directory)
  const db = new Database(join(directory, 'sqlite.db'))
  db.exec(`
    PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -262144; PRAGMA wal_autocheckpoint = 16384;
    CREATE TABLE ticket (id TEXT PRIMARY KEY, price INTEGER, status INTEGER, holder TEXT, version INTEGER) WITHOUT ROWID;
    CREATE TABLE orders (id TEXT PRIMARY KEY, buyer TEXT, status INTEGER, ticket TEXT, total INTEGER, expires_at INTEGER)
      WITHOUT ROWID;
    CREATE TABLE deadline (at INTEGER, order_id TEXT, PRIMARY KEY (at, order_id)) WITHOUT ROWID;
  `)
  const list = db.prepare('INSERT INTO ticket VALUES (?, 1999, 0, NULL, 1)')
  const tickets = Array.from({ length: count }, () => randomUUID())
  db.transaction(() => tickets.forEach((ticket) => list.run(ticket)))()
  const look = db.prepare('SELECT status, price FROM ticket WHERE id = ?')
  const lock = db.prepare('UPDATE ticket SET status = 1, holder = ?, version = version + 1 WHERE id = ?')
  const create = db.prepare("INSERT INTO orders VALUES (?, 'buyer', 0, ?, ?, ?)")
  const watch = db.prepare('INSERT INTO deadline VALUES (?, ?)')
  const reserve = db.transaction((ticket, at) => {
    const { status, price } = look.get(ticket)
    if (status !== 0) throw new Error('the ticket is locked')
    const order = randomUUID()
    lock.run(order, ticket)
    create.run(order, ticket, price, at)
    watch.run(at, order)
  })
  shuffle(tickets)
  const start = performance.now()
  tickets.forEach((ticket, at) => reserve.immediate(ticket, at))
  row('Node better-sqlite3, a durable transaction each', count / ((performance.now() - start) / 1_000))
  db.close()
}

const [, , directory, given] = process.argv
const count = Number(given)
const few = Math.max(Math.floor(count / 20), 100)
await reservations(join(directory, 'node-0'), few, 1, 'Node, 1 promise at a time')
await reservations(join(directory, 'node-1'), count, IN_FLIGHT, 'Node, 1,000 promises')
sqlite(join(directory, 'node-2'), few)
