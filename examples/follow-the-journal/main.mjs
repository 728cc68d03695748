// A program that follows the journal, remembers its position, and continues from there after a restart.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { BoxOffice } from 'boxoffice'

/** Adds up the sales. It keeps one number between runs: the last record that it has counted. */
class Follower {
  static async start(office, cursor, soldMinor = 0) {
    const follower = new Follower()
    follower.cursor = cursor
    follower.seen = Number(await readFile(cursor, 'utf8').catch(() => '0'))
    follower.soldMinor = soldMinor
    console.log(`The follower starts at record ${follower.seen + 1}.`)
    follower.feed = office.journal.subscribe(follower.seen + 1)[Symbol.asyncIterator]()
    return follower
  }

  async next() {
    const { value: record } = await this.feed.next()
    console.log(`${String(record.seq).padStart(3)} ${record.event}`)
    if (record.event === 'ChargeCreated') this.soldMinor += record.data.amount.minor
    // Stored after the work, not before: a record may be seen twice after a crash, but is never missed.
    this.seen = record.seq
    await writeFile(this.cursor, String(record.seq))
  }

  async upTo(head) {
    while (this.seen < head) await this.next()
    console.log(`Sold so far: ${this.soldMinor} cents.`)
  }
}

const directory = await mkdtemp(join(tmpdir(), 'boxoffice-'))
const cursor = join(directory, 'cursor')
const office = await BoxOffice.open(join(directory, 'office'))
const { user: ann } = await office.auth.signUp('ann@example.com', 'correct horse')
const { user: bob } = await office.auth.signUp('bob@example.com', 'battery staple')
const seats = ['Seat 1', 'Seat 2'].map((title) => ({ title, price: '19.99' }))
const tickets = await office.tickets.createMany(ann.id, seats)
const bought = await office.orders.create(bob.id, [tickets[0].id])
await office.payments.pay(bob.id, bought.id, 'tok_visa')

let follower = await Follower.start(office, cursor)
await follower.upTo(await office.journal.head())

console.log('While it is away, Bob orders the other seat and thinks better of it.')
const order = await office.orders.create(bob.id, [tickets[1].id])
await office.orders.cancel(bob.id, order.id)

follower = await Follower.start(office, cursor, follower.soldMinor)
await follower.upTo(await office.journal.head())

console.log('It waits for news, and Ann lists a seat.')
const listing = office.tickets.create(ann.id, { title: 'Seat 3', price: '25' })
await follower.next()
await listing

await office.close()
const { done } = await follower.feed.next()
console.log(`The box office closes: ${done ? 'the feed ends' : 'there is more'}.`)
await rm(directory, { recursive: true })
