// Places in the journal: a reader goes on after its cursor, and hears of it if the journal never had what it has read.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import test from 'node:test'

import { BoxOffice, ConflictError, ValidationError } from 'boxoffice'
import { cast, directory, open } from './helpers.mjs'

/** Checks that an error says that there is no such place. */
function unknown(error) {
  assert.ok(error instanceof ConflictError, String(error))
  assert.deepEqual([error.code, error.statusCode], ['journal.cursor_unknown', 409])
  return true
}

/** Reads an iterator to its end. */
async function all(iterator) {
  const found = []
  for await (const one of iterator) found.push(one)
  return found
}

/** Reads so many records of a subscription, and closes it. */
async function some(feed, count) {
  const found = []
  for await (const record of feed) if (found.push(record) === count) return found
  return found
}

test('a place beyond the head is unknown', async (t) => {
  const { journal, ...office } = await open(t)
  await office.auth.signUp('ann@example.com', 'correct horse')
  const head = await journal.head()
  assert.equal(head, 1)
  for (const beyond of [head + 1, head + 1000, Number.MAX_SAFE_INTEGER - 1]) {
    await assert.rejects(journal.read(beyond + 1, 5), unknown)
    await assert.rejects(journal.readAfter(String(beyond), 5), unknown)
    await assert.rejects(all(journal.iter(beyond + 1)), unknown)
    await assert.rejects(journal.subscribe(beyond + 1).nextBatch(), unknown)
    await assert.rejects(some(journal.subscribe(beyond + 1), 1), unknown)
    assert.throws(() => journal.subscribeAfter(String(beyond)), unknown)
  }
  // The place behind the last record is known: the next one comes there.
  for (const records of [await journal.read(head + 1, 5), await journal.readAfter(String(head), 5), await all(journal.iter(head + 1))]) {
    assert.deepEqual(records, [])
  }
  for (const none of ['', '-1', 'x', '1-x', '1-0123456789ABCDEF']) {
    assert.throws(() => journal.subscribeAfter(none), (error) => error instanceof ValidationError && error.errors[0].field === 'cursor', none)
  }
})

test('a reader goes on after its cursor', async (t) => {
  const office = await open(t)
  const { journal } = office
  const { ann } = await cast(office)
  const records = await journal.readAfter('0', 100)
  assert.deepEqual(records.map(({ seq }) => seq), [1, 2, 3])
  for (const [at, { seq, cursor }] of records.slice(0, -1).entries()) {
    assert.equal(cursor.split('-')[0], String(seq))
    const rest = records.slice(at + 1)
    assert.deepEqual(await journal.readAfter(cursor, 100), rest)
    assert.deepEqual(await some(journal.subscribeAfter(cursor), rest.length), rest)
  }
  const news = some(journal.subscribeAfter(records[2].cursor), 1)
  const ticket = await office.tickets.create(ann.id, { title: 'x', price: '1' })
  const [{ seq, data }] = await news
  assert.deepEqual([seq, data.ticketId], [4, ticket.id])
})

test('a restored backup knows no cursors of the history that is gone', async (t) => {
  const office = await open(t)
  const { ann } = await cast(office)
  const copy = join(directory(t), 'copy')
  const head = await office.journal.backup(copy)
  const three = (title) => Array.from({ length: 3 }, () => ({ title, price: '5' }))
  await office.tickets.createMany(ann.id, three('Hamlet'))
  const [shared, ...gone] = (await office.journal.read(head, 10)).map(({ cursor }) => cursor)
  assert.equal(gone.length, 3)
  const restored = await BoxOffice.open(copy)
  t.after(() => restored.close())
  for (let turn = 0; turn < 2; turn += 1) {
    for (const cursor of gone) {
      await assert.rejects(restored.journal.readAfter(cursor, 10), unknown)
      assert.throws(() => restored.journal.subscribeAfter(cursor), unknown)
    }
    // The second time the journal has records of these numbers again, which are others.
    await restored.tickets.createMany(ann.id, three('Macbeth'))
  }
  assert.deepEqual((await restored.journal.readAfter(shared, 2)).map(({ seq }) => seq), [head + 1, head + 2])
  const [record] = await some(restored.journal.subscribeAfter(shared), 1)
  assert.equal(record.data.title, 'Macbeth')
  const [one, two] = [await office.journal.history(), await restored.journal.history()]
  assert.notEqual(one.id, two.id)
  assert.deepEqual([one.common, two.common], [undefined, head])
  // The original goes on as before.
  assert.deepEqual((await office.journal.readAfter(gone[0], 10)).map(({ seq }) => seq), [head + 2, head + 3])
})
