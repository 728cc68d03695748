// Expiry of a hold whose buyer walks away: fifteen minutes on a manual clock.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { BoxOffice, ConflictError, ManualClock } from 'boxoffice'

const MINUTES = 60_000

// The engine reads only its clock, so that tests can move the time instead of sleeping.
const clock = new ManualClock('2027-05-01T12:00:00Z')
const directory = await mkdtemp(join(tmpdir(), 'boxoffice-'))
const office = await BoxOffice.open(directory, { holdMs: 15 * MINUTES, clock })
const { user: seller } = await office.auth.signUp('seller@example.com', 'correct horse')
const { user: bob } = await office.auth.signUp('bob@example.com', 'battery staple')
const { user: eve } = await office.auth.signUp('eve@example.com', 'let me in now')
const ticket = await office.tickets.create(seller.id, { title: 'Box 5', price: '80' })

const now = async () => (await office.now()).toISOString()

async function refusal(promise) {
  try {
    await promise
  } catch (error) {
    if (error instanceof ConflictError) return error.code
    throw error
  }
  throw new Error('it was not refused')
}

const held = await office.orders.create(bob.id, [ticket.id])
console.log(`${await now()}  Bob holds the ticket until ${held.expiresAt.toISOString()}.`)

clock.advance(15 * MINUTES - 1)
const early = await refusal(office.orders.create(eve.id, [ticket.id]))
console.log(`${await now()}  Eve is refused: ${early}.`)

// Followers of the journal receive the expiry as soon as it is recorded; this one starts at the current end.
const news = office.journal.subscribe((await office.journal.head()) + 1)
clock.advance(1)
for await (const record of news) {
  console.log(`${record.at.toISOString()}  ${record.event}: the ticket is ${(await office.tickets.get(ticket.id)).status}.`)
  break
}

const late = await refusal(office.payments.pay(bob.id, held.id, 'tok_visa'))
console.log(`${await now()}  Bob is too late to pay: ${late}.`)
const order = await office.orders.create(eve.id, [ticket.id])
console.log(`${await now()}  Eve holds the ticket until ${order.expiresAt.toISOString()}.`)

await office.close()
await rm(directory, { recursive: true })
