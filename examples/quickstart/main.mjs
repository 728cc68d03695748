// The life of one ticket: listed, locked, refused to a rival, paid. The journal records all of it.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { BoxOffice, BoxOfficeError } from 'boxoffice'

// A box office is a directory. This one is temporary; yours would be permanent.
const directory = await mkdtemp(join(tmpdir(), 'boxoffice-'))
const office = await BoxOffice.open(directory)
const { user: ann } = await office.auth.signUp('ann@example.com', 'correct horse')
const { user: bob } = await office.auth.signUp('bob@example.com', 'battery staple')
console.log('Ann and Bob have signed up.')

const show = { name: 'Hamlet', startsAt: '2099-05-01T19:30:00Z', category: 'play', venue: 'Old Vic' }
const listing = { title: 'Hamlet, stalls', price: '19.99', seat: 'Row 3, seat 12', show }
const ticket = await office.tickets.create(ann.id, listing)
console.log(`Ann lists a ticket for ${ticket.price.amount} ${ticket.price.currency}: ${ticket.status}.`)

// The first order holds the ticket for 15 minutes. The answer comes once the order is on the disk.
const order = await office.orders.create(bob.id, [ticket.id])
console.log(`Bob's order is ${order.status}, and the ticket ${(await office.tickets.get(ticket.id)).status}.`)

const { user: eve } = await office.auth.signUp('eve@example.com', 'let me in now')
try {
  await office.orders.create(eve.id, [ticket.id])
  throw new Error('two people hold one ticket')
} catch (error) {
  if (!(error instanceof BoxOfficeError)) throw error
  console.log(`Eve is refused: ${error.code} (${error.statusCode}).`)
}

// The bundled sandbox stands in for a card processor; this token always succeeds.
const charge = await office.payments.pay(bob.id, order.id, 'tok_visa')
console.log(`Bob's payment of ${charge.amount.amount} has ${charge.status}.`)
console.log(`The ticket is ${(await office.tickets.get(ticket.id)).status}.`)

console.log('The journal:')
for (const record of await office.journal.read(1, 100)) console.log(`${String(record.seq).padStart(3)} ${record.event}`)

await office.close()
await rm(directory, { recursive: true })
