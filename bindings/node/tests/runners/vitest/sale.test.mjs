// A second file, so that the native module is in two contexts or threads.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { BoxOffice, ConflictError, ManualClock } from 'boxoffice'
import { expect, test } from 'vitest'

test('a sale, with dates of this context', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'boxoffice-vitest-'))
  const office = await BoxOffice.open(folder, { clock: new ManualClock(new Date('2027-01-01T12:00:00Z')) })
  const user = async (name) => (await office.auth.signUp(`${name}@example.com`, 'correct horse')).user.id
  const [ann, bob, cat] = [await user('ann'), await user('bob'), await user('cat')]
  const show = { name: 'Hamlet', startsAt: new Date('2027-02-01T20:00:00Z') }
  const ticket = await office.tickets.create(ann, { title: 'Seat 1', price: '19.99', show })
  expect(ticket.show.startsAt.toISOString()).toBe('2027-02-01T20:00:00.000Z')
  const order = await office.orders.create(bob, [ticket.id])
  await expect(office.orders.create(cat, [ticket.id])).rejects.toThrow(ConflictError)
  expect((await office.payments.pay(bob, order.id, 'tok_visa')).status).toBe('succeeded')
  expect((await office.now()).toISOString()).toBe('2027-01-01T12:00:00.000Z')
  await office.close()
  rmSync(folder, { recursive: true })
})
