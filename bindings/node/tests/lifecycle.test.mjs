// How a box office ends: no hang, no crash, nothing lost.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdirSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'

import { BoxOffice, ClosedError, UnavailableError } from 'boxoffice'
import { cast, directory, open, run } from './helpers.mjs'

async function verified(path, check = () => {}) {
  const office = await BoxOffice.open(path)
  assert.ok((await office.journal.verify()).isClean)
  await check(office)
  await office.close()
}

test('an open box office keeps no process alive', async (t) => {
  const path = directory(t)
  const { code, stdout, stderr } = await run('leave', path)
  assert.deepEqual([code, stdout], [0, 'ended\n'], stderr)
  await verified(path)
})

test('process.exit with calls in flight loses nothing that was answered', async (t) => {
  const path = directory(t)
  const { code, stdout, stderr } = await run('exit', path)
  assert.equal(code, 0, stderr)
  await verified(path, (office) => office.tickets.get(stdout.trim()))
})

test('an exception that nobody catches ends the process as usual', async (t) => {
  const path = directory(t)
  const { code, stderr } = await run('uncaught', path)
  assert.equal(code, 1)
  assert.match(stderr, /uncaught in the gateway/)
  await verified(path)
})

test('Ctrl-C ends the process, and what was answered stays', async (t) => {
  const path = directory(t)
  const ended = run('interrupted', path)
  const { child } = run
  await once(child.stdout, 'data')
  child.kill('SIGINT')
  const { signal, stdout } = await ended
  assert.equal(signal, 'SIGINT')
  const ids = stdout.split('\n').slice(0, -1)
  await verified(path, (office) => Promise.all(ids.map((id) => office.tickets.get(id))))
})

test('box offices that are forgotten are collected', async (t) => {
  const { code, stdout, stderr } = await run('garbage', directory(t))
  assert.deepEqual([code, stdout], [0, 'ended\n'], stderr)
})

test('a worker thread may have a box office of its own, and may be ended at any time', async (t) => {
  const { code, stdout, stderr } = await run('worker', directory(t))
  assert.deepEqual([code, stdout], [0, 'journal.in_use true\n'], stderr)
})

test('closing with calls in flight answers all of them', async (t) => {
  const path = directory(t)
  const office = await BoxOffice.open(path)
  const { ann } = await cast(office)
  const feed = office.journal.subscribe(1)
  const followed = (async () => {
    let last
    for await (const record of feed) last = record.seq
    return last
  })()
  const calls = Array.from({ length: 500 }, () => office.tickets.create(ann.id, { title: 'x', price: '1' }))
  const [outcomes] = await Promise.all([Promise.allSettled(calls), office.close(), office.close()])
  const made = outcomes.filter(({ status }) => status === 'fulfilled').map(({ value }) => value.id)
  for (const { reason } of outcomes.filter(({ status }) => status === 'rejected')) assert.ok(reason instanceof ClosedError)
  assert.ok((await followed) >= 3)
  await verified(path, (again) => Promise.all(made.map((id) => again.tickets.get(id))))
})

test('facts are brought out of what no longer opens', async (t) => {
  const path = directory(t)
  const office = await BoxOffice.open(path)
  const { ann } = await cast(office)
  for (let at = 0; at < 20; at += 1) await office.tickets.create(ann.id, { title: 'x', price: '1' })
  const whole = await office.journal.read(1, 100)
  await office.close()
  const found = []
  assert.deepEqual(await BoxOffice.recover(path, (record) => found.push(record)), { records: 23, searched: 0 })
  assert.deepEqual(found, whole)
  // Whoever has seen enough ends it.
  const some = []
  const { records } = await BoxOffice.recover(path, async (record) => some.push(record) < 5)
  assert.deepEqual([records, some], [5, whole.slice(0, 5)])
  const throws = ({ seq }) => {
    throw new RangeError(`no more than ${seq}`)
  }
  await assert.rejects(BoxOffice.recover(path, throws), new RangeError('no more than 1'))
  await assert.rejects(BoxOffice.recover(path), TypeError)

  // Only the first half of the file is left.
  const file = join(path, readdirSync(path).find((name) => name.startsWith('journal')))
  truncateSync(file, statSync(file).size / 2)
  await assert.rejects(BoxOffice.open(path), { code: 'journal.damaged' })
  found.length = 0
  const recover = await BoxOffice.recover(path, async (record) => void found.push(record))
  assert.equal(recover.damage.seq, recover.records + 1)
  assert.deepEqual(found, whole.slice(0, recover.records))
  await assert.rejects(BoxOffice.recover(join(path, 'nowhere'), () => {}), UnavailableError)
})

test('resources are disposed of', async (t) => {
  const path = directory(t)
  const office = await BoxOffice.open(path)
  const feed = office.journal.subscribe(1)
  const waiting = feed[Symbol.asyncIterator]().next()
  feed[Symbol.dispose]()
  assert.deepEqual(await waiting, { done: true, value: undefined })
  await office[Symbol.asyncDispose]()
  assert.equal(office.isReady(), false)
  const again = await BoxOffice.open(path)
  again[Symbol.dispose]()
  await again.close()
})

test('leaving a loop over the journal ends its feed', async (t) => {
  const office = await open(t)
  await cast(office)
  const feed = office.journal.subscribe(1)
  for await (const record of feed) {
    assert.equal(record.seq, 1)
    break
  }
  assert.equal(await feed.nextBatch(), null)
})

test('memory does not grow with the number of calls', async (t) => {
  // A million calls take half a minute; BOXOFFICE_TEST_CALLS says how many others are to be made.
  const calls = process.env.BOXOFFICE_TEST_CALLS ?? '1000000'
  const { code, stdout, stderr } = await run('memory', directory(t), calls)
  assert.equal(code, 0, stderr)
  assert.ok(Number(stdout) < 40_000_000, `${stdout.trim()} bytes more after ${calls} calls`)
})
