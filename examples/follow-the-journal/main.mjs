// A program that follows the journal, remembers its position, and continues from there after a restart.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { BoxOffice } from 'boxoffice'

/** Adds up the sales. It keeps one text between runs: the cursor of the last record that it has counted. */
class Follower {
  static async start(office, file, soldMinor = 0) {
    const follower = new Follower()
    follower.file = file
    follower.soldMinor = soldMinor
    follower.follow(office, await readFile(file, 'utf8').catch(() => '0'))
    return follower
  }

  follow(office, cursor) {
    try {
      this.feed = office.journal.subscribeAfter(cursor)[Symbol.asyncIterator]()
    } catch (error) {
      if (error.code !== 'journal.cursor_unknown') throw error
      console.log(`The journal does not have record ${cursor}, for a backup was restored: the follower starts over.`)
      this.soldMinor = 0
      return this.follow(office, '0')
    }
    // A cursor begins with the number of its record.
    this.seen = Number(cursor.split('-')[0])
    console.log(`The follower starts at record ${this.seen + 1}.`)
  }

  async next() {
    const { value: record } = await this.feed.next()
    console.log(`${String(record.seq).padStart(3)} ${record.event}`)
    if (record.event === 'ChargeCreated') this.soldMinor += record.data.amount.minor
    // Stored after the work, not before: a record may be seen twice after a crash, but is never missed.
    this.seen = record.seq
    await writeFile(this.file, record.cursor)
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
