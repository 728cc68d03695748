// A second file, so that the native module is in two contexts of one process.
const { mkdtempSync, rmSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')

const { BoxOffice, ConflictError, ManualClock } = require('boxoffice')

test('a sale, with dates of this context', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'boxoffice-jest-'))
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
