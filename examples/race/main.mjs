// A thousand concurrent attempts to get one ticket: exactly one wins.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { BoxOffice, BoxOfficeError } from 'boxoffice'

const BUYERS = 10
const ATTEMPTS = 1_000

const directory = await mkdtemp(join(tmpdir(), 'boxoffice-'))
const office = await BoxOffice.open(directory)
const { user: seller } = await office.auth.signUp('seller@example.com', 'correct horse')
const ticket = await office.tickets.create(seller.id, { title: 'The last ticket', price: '250' })
const buyers = []
for (let at = 0; at < BUYERS; at += 1) {
  buyers.push((await office.auth.signUp(`buyer${at}@example.com`, 'battery staple')).user)
}

async function attempt(at) {
  try {
    await office.orders.create(buyers[at % BUYERS].id, [ticket.id])
    return 'has the ticket'
  } catch (error) {
    if (!(error instanceof BoxOfficeError)) throw error
    return `refused: ${error.code}`
  }
}

const outcomes = new Map()
for (const outcome of await Promise.all(Array.from({ length: ATTEMPTS }, (_, at) => attempt(at)))) {
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
}
console.log(`${ATTEMPTS} attempts by ${BUYERS} buyers:`)
for (const [outcome, count] of [...outcomes].sort()) console.log(`${String(count).padStart(5)} ${outcome}`)
const records = await office.journal.read(1, ATTEMPTS)
console.log(`Orders in the journal: ${records.filter((record) => record.event === 'OrderCreated').length}.`)
await office.close()
await rm(directory, { recursive: true })
