// A service of its own that hears of what is sold: a `Listener` of the package, on the events that a box office publishes to NATS.

import { readFileSync } from 'node:fs'

import { DeliverPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect, nkeyAuthenticator } from '@nats-io/transport-node'
import { FileCursor, Listener, Subjects } from 'boxoffice/express'

const SERVERS = (process.env.NATS_URL ?? 'nats://127.0.0.1:4222').split(',')
const PREFIX = process.env.NATS_SUBJECTS ?? 'events'

/** The published events, in place of the box office that a listener follows. A cursor is a place in their stream. */
class PublishedEvents {
  constructor(connection, ...events) {
    const subjects = events.map((event) => `${PREFIX}.${event}`)
    this.journal = { subscribeAfter: (cursor) => new Feed(messagesAfter(Number(cursor), connection, subjects)) }
  }
}

async function messagesAfter(place, connection, subjects) {
  const manager = await jetstreamManager(connection)
  const consumer = await jetstream(connection).consumers.get(await manager.streams.find(subjects[0]), {
    filter_subjects: subjects,
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: place + 1,
  })
  return consumer.consume()
}

/** What was published, as a box office gives it to its listeners. */
function recordOf(message) {
  const { seq, at, actor, commandId, version, event, hash } = message.json()
  const cursor = String(message.seq)
  return { seq, at: new Date(at), actorId: actor.user, commandId, version, event: event.type, data: event.data, hash, cursor }
}

/** Messages that are on their way, as records. */
class Feed {
  #messages

  constructor(messages) {
    this.#messages = messages
  }

  async *[Symbol.asyncIterator]() {
    for await (const message of await this.#messages) yield recordOf(message)
  }

  close() {
    this.#messages.then(
      (messages) => messages.close(),
      () => {}, // Whoever reads hears why there are none.
    )
  }
}

/** Sends tickets to whoever has paid. */
class Mailer extends Listener {
  subject = Subjects.ChargeCreated

  async onMessage(data, message) {
    // After a crash the last event comes again: what is done for it has to be done once by the order's id.
    console.log(`record ${message.seq}: order ${data.orderId} is paid, ${data.amount.minor} ${data.amount.currency}`)
    message.ack()
  }
}

/** Who it is at servers that know it by a key, such as `keys/readers.nk` of `deploy/nats`. */
function byKey(file) {
  return { authenticator: nkeyAuthenticator(new TextEncoder().encode(readFileSync(file, 'utf8').trim())) }
}

const connection = await connect({
  servers: SERVERS,
  name: 'mailer',
  user: process.env.NATS_USER,
  pass: process.env.NATS_PASSWORD,
  ...(process.env.NATS_NKEY_FILE && byKey(process.env.NATS_NKEY_FILE)),
  maxReconnectAttempts: -1,
})
const events = new PublishedEvents(connection, Subjects.ChargeCreated)
const mailer = new Mailer(events, new FileCursor(process.env.CURSOR ?? 'mailer.cursor'))
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => mailer.stop())
try {
  await mailer.listen()
} finally {
  await connection.close()
}
