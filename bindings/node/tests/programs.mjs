// Programs whose ends are tested: node programs.mjs NAME DIRECTORY.

import { getEventListeners, once } from 'node:events'
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads'
import { fileURLToPath } from 'node:url'

import { BoxOffice, ManualClock } from 'boxoffice'
import { cast } from './helpers.mjs'

const forever = { name: 'forever', charge: () => new Promise(() => {}), lookup: () => ({ status: 'pending' }), refund() {} }

/** Has many calls in flight; returns how many got their own answers. */
async function many(path) {
  const office = await BoxOffice.open(path)
  const { ann } = await cast(office)
  const titles = Array.from({ length: 2_000 }, (_, at) => `t${at}`)
  const tickets = await Promise.all(titles.map((title) => office.tickets.create(ann.id, { title, price: '1' })))
  await office.close()
  return tickets.filter(({ title }, at) => title === titles[at]).length
}

const PROGRAMS = {
  /** Opens a box office and just ends. */
  async leave(path) {
    const office = await BoxOffice.open(path, { gateway: forever })
    await cast(office)
    office.journal.subscribe(1)
    console.log('ended')
  },
  /** Ends with calls in flight, of which one is polled on this thread and the other runs on another. */
  async wait(path) {
    const office = await BoxOffice.open(path)
    const { ann } = await cast(office)
    void office.tickets.create(ann.id, { title: 'x', price: '1' }).then(() => console.log('created'))
    void office.auth.signIn('ann@example.com', 'correct horse').then(() => console.log('signed in'))
  },
  /** Forgets a box office while a call is in flight. */
  async forget(path) {
    const begin = async () => {
      const office = await BoxOffice.open(path)
      const { ann } = await cast(office)
      return [office.tickets.create(ann.id, { title: 'kept', price: '1' })]
    }
    const [call] = await begin()
    global.gc?.()
    const { title } = await call
    console.log(title)
  },
  /** Exits with calls in flight. */
  async exit(path) {
    const office = await BoxOffice.open(path, { gateway: forever })
    const { ann, bob, ticket } = await cast(office)
    const order = await office.orders.create(bob.id, [ticket.id])
    void office.payments.pay(bob.id, order.id, 'x').catch(() => {})
    const kept = await office.tickets.create(ann.id, { title: 'kept', price: '1' })
    for (let at = 0; at < 500; at += 1) void office.tickets.create(ann.id, { title: 'x', price: '1' }).catch(() => {})
    console.log(kept.id)
    process.exit(0)
  },
  /** An exception that nobody catches, in a gateway's own timer. */
  async uncaught(path) {
    const gateway = { ...forever, charge: () => new Promise(() => setTimeout(() => { throw new Error('uncaught in the gateway') })) }
    const office = await BoxOffice.open(path, { gateway })
    const { bob, ticket } = await cast(office)
    const order = await office.orders.create(bob.id, [ticket.id])
    await office.payments.pay(bob.id, order.id, 'x')
  },
  /** Works until it is interrupted. */
  async interrupted(path) {
    const office = await BoxOffice.open(path)
    const { ann } = await cast(office)
    for (let at = 0; ; at += 1) {
      const { id } = await office.tickets.create(ann.id, { title: `${at}`, price: '1' })
      console.log(id)
    }
  },
  /** Makes box offices and forgets them, open, with calls and feeds. */
  async garbage(path) {
    for (let at = 0; at < 5; at += 1) {
      const office = await BoxOffice.open(`${path}/${at}`, { clock: { now: () => new Date() }, gateway: { ...forever } })
      await office.auth.signUp('a@example.com', 'correct horse')
      office.journal.subscribe(1)
    }
    for (let at = 0; at < 20; at += 1) {
      global.gc?.()
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    console.log('ended')
  },
  /** Forgets a feed whose signal stays. */
  async forgotten(path) {
    const office = await BoxOffice.open(path)
    const { signal } = new AbortController()
    let collected = false
    const registry = new FinalizationRegistry(() => (collected = true))
    ;(() => registry.register(office.journal.subscribe(1, { signal }), undefined))()
    const count = () => getEventListeners(signal, 'abort').length
    for (let at = 0; at < 200 && (!collected || count() > 0); at += 1) {
      global.gc?.()
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    console.log(`collected ${collected}, listeners ${count()}`)
    await office.close()
  },
  /** A worker thread is ended in the middle of its work; its directory can be opened afterwards. */
  async worker(path) {
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: path })
    await new Promise((resolve) => worker.once('message', resolve))
    const inUse = await BoxOffice.open(path).catch((error) => error.code)
    await worker.terminate()
    for (;;) {
      const office = await BoxOffice.open(path).catch((error) => error)
      if (office instanceof BoxOffice) {
        const report = await office.journal.verify()
        await office.close()
        console.log(inUse, report.isClean)
        return
      }
      if (office.code !== 'journal.in_use') throw office
      await new Promise(setImmediate)
    }
  },
  /** Two threads have a box office each, with many calls in flight at the same time. */
  async threads(path) {
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { many: `${path}/worker` } })
    const [told, ended] = [once(worker, 'message'), once(worker, 'exit')]
    const own = await many(`${path}/main`)
    console.log(own, ...(await told), ...(await ended))
  },
  /** Makes many calls and tells how much memory it has after some and after all. */
  async memory(path, calls) {
    const office = await BoxOffice.open(path, { clock: new ManualClock('2027-01-01T00:00:00Z') })
    const { ticket } = await cast(office)
    const some = async (count) => {
      for (let at = 0; at < count; at += 100) {
        await Promise.all(
          Array.from({ length: 100 }, (_, n) => (n % 2 ? office.tickets.get(ticket.id) : office.orders.get('x', 'y').catch(() => {}))),
        )
      }
      global.gc?.()
      return process.memoryUsage.rss()
    }
    const before = await some(20_000)
    console.log((await some(Number(calls))) - before)
    await office.close()
  },
}

if (isMainThread) {
  const [, , name, ...given] = process.argv
  await PROGRAMS[name](...given)
} else if (workerData.many !== undefined) {
  parentPort.postMessage(await many(workerData.many))
} else {
  const office = await BoxOffice.open(workerData, { gateway: forever })
  const { ann } = await cast(office)
  for (let at = 0; ; at += 1) {
    await Promise.all(Array.from({ length: 20 }, () => office.tickets.create(ann.id, { title: 'x', price: '1' })))
    if (at === 2) parentPort.postMessage('busy')
  }
}
