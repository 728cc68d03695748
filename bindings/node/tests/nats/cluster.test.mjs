// Box offices that share one journal, as programs see them.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'

import { BoxOffice, ConflictError, ForbiddenError, NotFoundError, UnavailableError, initCluster } from 'boxoffice'
import { cast } from '../helpers.mjs'
import { Workshop, until } from './workshop.mjs'

const METHODS = JSON.parse(readFileSync(new URL('../../methods.json', import.meta.url), 'utf8'))

const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase())

const methods = (object) => Object.getOwnPropertyNames(Object.getPrototypeOf(object)).filter((name) => name !== 'constructor').sort()

const voters = async (office) => (await office.cluster.status()).hosts.filter(({ voter }) => voter).length

/** Two box offices of one cluster, both of which vote. */
async function pair(t) {
  const workshop = new Workshop(t)
  const { url } = await workshop.natsServer()
  const jwtKey = Buffer.alloc(32, 7)
  const cluster = (at) => ({ servers: [url], hostName: `host-${at}`, replicas: 1, testServers: true })
  const options = (at) => ({ cluster: cluster(at), jwtKey })
  const path = (at) => join(workshop.path, `${at}`)
  const stream = await initCluster(path(0), options(0))
  assert.match(stream, /^JOURNAL-/)
  // There is a cluster already.
  await assert.rejects(initCluster(path(9), options(9)), UnavailableError)
  const offices = []
  for (const at of [0, 1]) {
    const office = await BoxOffice.open(path(at), options(at))
    offices.push(office)
    workshop.atEnd(() => office.close())
  }
  const [one, other] = offices
  await until(
    async () => (await Promise.all(offices.map(voters))).every((count) => count === 2),
    () => 'two hosts do not vote',
  )
  return { one, other, stream }
}

test('what is done at one host is seen at the other', async (t) => {
  const { one, other, stream } = await pair(t)
  const { bob, ticket } = await cast(one)
  assert.equal(await other.cluster.levelWith(await one.cluster.message(), 10_000), true)
  assert.equal((await other.tickets.get(ticket.id)).title, ticket.title)
  const order = await other.orders.create(bob.id, [ticket.id])
  // Whoever got an answer from a host sees there what it led to.
  assert.equal((await other.orders.get(bob.id, order.id)).id, order.id)
  const { user: cat } = await one.auth.signUp('cat@example.com', 'correct horse')
  await assert.rejects(one.orders.create(cat.id, [ticket.id]), ConflictError)
  assert.equal(await one.cluster.levelWith(Number.MAX_SAFE_INTEGER, 1), false)

  assert.deepEqual(methods(one.cluster), METHODS.cluster.map(camel).sort())
  assert.deepEqual(methods(one.asSystem().cluster), METHODS.system_cluster.map(camel).sort())
  await until(
    async () => {
      const [status, others] = await Promise.all([one.cluster.status(), other.cluster.status()])
      assert.deepEqual([status.state, others.state].sort(), ['follower', 'writer'])
      assert.deepEqual([status.unready, others.unready], [undefined, undefined])
      assert.deepEqual([status.stream, others.stream], [stream, stream])
      assert.deepEqual(status.hosts.map(({ name }) => name).sort(), ['host-0', 'host-1'])
      const { clockAheadMs, heardAgoMs, message } = status.hosts.find(({ id }) => id === others.host)
      return Math.abs(clockAheadMs) < 1_000 && heardAgoMs >= 0 && message > 0
    },
    () => 'the hosts do not know each other',
  )
})

test('an operator removes a host, and nobody else does', async (t) => {
  const { one, other } = await pair(t)
  const { ann } = await cast(one)
  const { host } = await other.cluster.status()
  await assert.rejects(one.cluster.remove(ann.id, host), ForbiddenError)
  await assert.rejects(one.cluster.takeOverAlone(ann.id), ForbiddenError)
  await assert.rejects(one.cluster.takeOverAlone(undefined), { code: 'auth.required' })
  await assert.rejects(one.asSystem().cluster.remove(ann.id), NotFoundError)
  const gone = await one.asSystem().cluster.remove(host)
  assert.deepEqual([gone.id, gone.name, gone.left], [host, 'host-1', true])
  await until(
    async () => (await voters(one)) === 1,
    () => 'it still votes',
  )
})
