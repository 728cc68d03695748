// A custom card processor that takes vouchers, with a connection that drops at the worst moment.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { BoxOffice, PaymentDeclinedError, checkGateway } from 'boxoffice'

/** A gateway that takes vouchers. It remembers each charge and refund, so a repetition has no effect. */
class Vouchers {
  name = 'vouchers'
  lookups = 0
  #answers = new Map()
  #left = new Map()
  #refunds = new Set()

  charge({ chargeId, token, amount }) {
    if (!this.#answers.has(chargeId)) {
      const good = token.startsWith('voucher-')
      const answer = good ? { status: 'charged', reference: chargeId } : { status: 'declined', reason: 'That is no voucher' }
      this.#answers.set(chargeId, answer)
      if (good) this.#left.set(chargeId, amount.minor)
    }
    // This voucher is charged, but the answer never arrives.
    if (token === 'voucher-lost') throw new Error('the line dropped')
    return this.#answers.get(chargeId)
  }

  async lookup({ chargeId }) {
    this.lookups += 1
    return this.#answers.get(chargeId) ?? { status: 'unknown' }
  }

  async refund({ refundId, chargeId, amount }) {
    if (!this.#refunds.has(refundId)) {
      const left = this.#left.get(chargeId) ?? 0
      if (left < amount.minor) return { status: 'refused', reason: 'there is not so much to give back' }
      this.#left.set(chargeId, left - amount.minor)
      this.#refunds.add(refundId)
    }
    return { status: 'refunded' }
  }
}

// Checks the gateway against the contract that the box office relies on. In your own program this is a test.
await checkGateway(new Vouchers(), { chargedToken: 'voucher-1', declinedToken: 'tok_visa' })
console.log('The gateway conforms.')

const gateway = new Vouchers()
const directory = await mkdtemp(join(tmpdir(), 'boxoffice-'))
const office = await BoxOffice.open(directory, { gateway })
const { user: ann } = await office.auth.signUp('ann@example.com', 'correct horse')
const { user: bob } = await office.auth.signUp('bob@example.com', 'battery staple')
const orders = []
for (const seat of [1, 2, 3]) {
  const ticket = await office.tickets.create(ann.id, { title: `Seat ${seat}`, price: '19.99' })
  orders.push(await office.orders.create(bob.id, [ticket.id]))
}

const paid = await office.payments.pay(bob.id, orders[0].id, 'voucher-1')
console.log(`Bob pays with a voucher: ${paid.status} (${paid.gateway}).`)

try {
  await office.payments.pay(bob.id, orders[1].id, 'tok_visa')
  throw new Error('a card is no voucher')
} catch (error) {
  if (!(error instanceof PaymentDeclinedError)) throw error
  console.log(`Bob pays with a card: ${error.errors[0].message} (${error.code}).`)
}

// The outcome of the charge is unknown until the box office has looked it up.
const lost = await office.payments.pay(bob.id, orders[2].id, 'voucher-lost')
console.log(`The line drops while Bob pays: ${lost.status} (lookups: ${gateway.lookups}).`)

const refunded = await office.payments.refund(ann.id, orders[2].id, { returnToSale: true })
console.log(`Ann gives it back: ${refunded.status}.`)

await office.close()
await rm(directory, { recursive: true })
