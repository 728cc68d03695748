// What goes wrong is heard: by a logger, in the metrics, or by a warning of the process.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { devNull } from 'node:os'
import test from 'node:test'
import { promisify } from 'node:util'

import { ManualClock } from 'boxoffice'
import { cast, open } from './helpers.mjs'

/** A card processor that can't be reached. */
const BROKEN = {
  name: 'broken',
  async charge() {
    throw new Error('the line is dead')
  },
  lookup: async () => ({ status: 'charged' }),
  refund: async () => {},
}

async function fail(t, options) {
  const office = await open(t, { gateway: BROKEN, ...options })
  const { bob, ticket } = await cast(office)
  const order = await office.orders.create(bob.id, [ticket.id])
  await office.payments.pay(bob.id, order.id, 'tok')
  return office
}

test('a logger hears of failures, with what they are about', async (t) => {
  const heard = []
  let tell
  const told = new Promise((resolve) => (tell = resolve))
  const warn = (message, fields) => {
    heard.push([message, fields])
    tell()
  }
  const office = await fail(t, { logger: { warn } })
  await told
  const [[message, fields]] = heard
  assert.match(message, /^boxoffice\.gateway\.worker: the outcome of a charge is not known \(/)
  assert.match(fields.error, /the line is dead/)
  const { lastError } = await office.metrics()
  assert.match(lastError.message, /^the card processor failed: Object\.charge\(\) threw Error: the line is dead$/)
  assert.ok(lastError.at instanceof Date)
})

test('without a logger the process is warned', async (t) => {
  const warned = new Promise((resolve) => {
    const hear = (warning) => {
      if (warning.name !== 'BoxOfficeWarning') return
      process.off('warning', hear)
      resolve(warning)
    }
    process.on('warning', hear)
  })
  await fail(t)
  assert.match((await warned).message, /the outcome of a charge is not known/)
})

test('a logger that throws, or is none, harms nobody', async (t) => {
  const logger = {
    warn() {
      throw new Error('the log is full')
    },
  }
  const warned = new Promise((resolve) => {
    const hear = (warning) => {
      if (!warning.message.includes('the logger of a box office threw Error: the log is full')) return
      process.off('warning', hear)
      resolve()
    }
    process.on('warning', hear)
  })
  const office = await fail(t, { logger })
  await warned
  assert.ok(office.isReady())
  for (const none of [null, 'console', { warn: 1 }]) await assert.rejects(open(t, { logger: none }), TypeError)
})

test('a move of the clock is done when what fell due is durable and visible', async (t) => {
  const clock = new ManualClock('2027-01-01T12:00:00Z')
  const office = await open(t, { clock })
  const { bob, ticket } = await cast(office)
  for (let turn = 0; turn < 20; turn += 1) {
    const order = await office.orders.create(bob.id, [ticket.id])
    const head = await office.journal.head()
    const moved = clock.advance(15 * 60_000)
    assert.equal(clock.now().getTime(), order.expiresAt.getTime())
    await moved
    assert.equal(await office.journal.head(), head + 1)
    assert.equal((await office.tickets.get(ticket.id)).status, 'available')
  }
  const order = await office.orders.create(bob.id, [ticket.id])
  await clock.set(order.expiresAt)
  assert.equal((await office.orders.get(bob.id, order.id)).status, 'expired')
  await office.close()
  await clock.advance(1)
})

/** What a program that does not end well says. */
async function failing(program, environment = {}) {
  const options = { env: { ...process.env, ...environment }, cwd: new URL('.', import.meta.url) }
  return promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], options).then(
    () => assert.fail(),
    ({ stderr }) => stderr,
  )
}

test('a gateway to Stripe without certificate authorities fails when it is made', async () => {
  const program = "import { StripeGateway } from 'boxoffice'; new StripeGateway({ secretKey: 'sk_test_51abc' })"
  const said = await failing(program, { SSL_CERT_FILE: devNull, SSL_CERT_DIR: '/nowhere' })
  assert.match(said, /ValidationError: validation: .*no certificate authority/)
})

test('where there is no package for the platform, that is said', async () => {
  const program = "Object.defineProperty(process, 'arch', { value: 'riscv64' }); await import('boxoffice')"
  assert.match(await failing(program), /boxoffice has no native module for linux riscv64 \(glibc\): there are packages for linux x64/)
})
