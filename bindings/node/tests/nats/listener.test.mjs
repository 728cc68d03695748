// The example that follows published events: nothing is missed, whatever happens to it.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { fileURLToPath } from 'node:url'

import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { cast, open } from '../helpers.mjs'
import { KEY, Workshop, until } from './workshop.mjs'

const EXAMPLE = fileURLToPath(new URL('../../examples/nats-listener/main.mjs', import.meta.url))

/** Publishes all records of the journal as the server does: the servers drop by the message's id what they have. */
async function publish(client, office) {
  for (const { seq, at, actorId, commandId, version, event, data, hash } of await office.journal.read(1, 1_000)) {
    const actor = actorId === undefined ? 'system' : { user: actorId }
    const record = { seq, at: at.toISOString(), actor, commandId, version, event: { type: event, data }, hash }
    await client.publish(`events.${event}`, JSON.stringify(record), { msgID: String(seq) })
  }
}

test('a listener goes on where it was', async (t) => {
  const workshop = new Workshop(t)
  const { address, user, password } = await workshop.natsServer()
  const connection = await connect({ servers: address, user, pass: password })
  workshop.atEnd(() => connection.close())
  await (await jetstreamManager(connection)).streams.add({ name: 'BOXOFFICE_EVENTS', subjects: ['events.>'] })
  const client = jetstream(connection)
  const office = await open(t)
  const { ann, bob } = await cast(office)

  const lines = []
  const sell = async () => {
    const { id } = await office.tickets.create(ann.id, { title: 'Hamlet', price: '19.99' })
    const order = await office.orders.create(bob.id, [id])
    await office.payments.pay(bob.id, order.id, 'tok_visa')
    const last = (await office.journal.read(1, 1_000)).findLast(({ event }) => event === 'ChargeCreated')
    lines.push(`record ${last.seq}: order ${order.id} is paid, 1999 USD`)
    await publish(client, office)
  }
  let runs = 0
  const byPassword = { NATS_USER: user, NATS_PASSWORD: password }
  const listen = (who = byPassword) => {
    runs += 1
    const env = { NATS_URL: address, ...who, CURSOR: 'mailer.cursor' }
    const listener = workshop.start(`mailer-${runs}`, process.execPath, [EXAMPLE], env)
    return { ...listener, printed: () => listener.log().split('\n').slice(0, -1) }
  }
  const printed = (listener, ...expected) => until(() => listener.printed().join() === expected.join(), listener.log)

  await sell()
  const first = listen()
  await printed(first, lines[0])
  await sell()
  await printed(first, lines[0], lines[1])
  first.child.kill('SIGTERM')
  assert.deepEqual(await first.ended, { code: 0, signal: null }, first.log())

  // What came meanwhile, and nothing twice.
  await sell()
  const second = listen()
  await printed(second, lines[2])
  second.child.kill('SIGKILL')
  await second.ended

  // What it was at may come again. The servers know it by a key, too.
  await sell()
  writeFileSync(join(workshop.path, 'readers.nk'), `${KEY.seed}\n`)
  const third = listen({ NATS_NKEY_FILE: 'readers.nk' })
  await until(() => third.printed().includes(lines[3]), third.log)
  assert.deepEqual(third.printed().filter((line) => line !== lines[2]), [lines[3]])
  third.child.kill('SIGTERM')
  assert.deepEqual(await third.ended, { code: 0, signal: null }, third.log())
})
